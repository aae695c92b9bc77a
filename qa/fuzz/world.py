"""What the suites here share: the running system, people in it, and calls that never fail for what comes back."""

import sys
import http.client
import json
import os
import re
import time
import urllib.parse
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BASE = os.environ.get("COURTSIDE_URL", "http://127.0.0.1:8080").rstrip("/")
HOST, PORT = urllib.parse.urlsplit(BASE).hostname, urllib.parse.urlsplit(BASE).port or 80
PEOPLE = {name: f"{name}@courtside.test" for name in ("maria", "owner", "agent", "admin")}


class Answer:
    """One answer: status, headers and body, and how long it took."""

    def __init__(self, status, headers, body, seconds):
        self.status, self.headers, self.body, self.seconds = status, headers, body, seconds

    def json(self):
        """The body as JSON, or None."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def code(self):
        """The stable code of an error."""
        body = self.json()
        return body.get("error") if isinstance(body, dict) else None

    def fields(self):
        """The fields that a validation error names."""
        body = self.json()
        errors = body.get("errors") if isinstance(body, dict) else None
        return [error["field"] for error in errors or []]

    def __str__(self):
        return f"{self.status} {self.body[:300].decode(errors='replace')}"


class Caller:
    """One connection that is kept open between calls, as one person or as nobody."""

    def __init__(self, token=None):
        self.token = token
        self.connection = None

    def call(self, method, target, body=None, headers=(), timeout=20):
        """Sends one request; bytes go out as they are."""
        headers = {"Accept-Language": "en", **dict(headers)}
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
            headers["Content-Length"] = str(len(body))
        elif method not in ("GET", "HEAD"):
            headers["Content-Length"] = "0"
        headers = {name: value for name, value in headers.items() if value is not None}
        for attempt in (1, 2):
            started = time.monotonic()
            try:
                return self._once(method, target, body, headers, timeout, started)
            except (http.client.BadStatusLine, ConnectionError):
                # A server may close a kept connection at any time, so one fresh try is fair.
                self.close()
                if attempt == 2:
                    raise

    def _once(self, method, target, body, headers, timeout, started):
        if self.connection is None:
            self.connection = http.client.HTTPConnection(HOST, PORT, timeout=timeout)
        connection = self.connection
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        try:
            connection.endheaders(body)
        except (BrokenPipeError, ConnectionResetError):
            # The answer to a body that is too large may come before all of it is sent.
            pass
        response = connection.getresponse()
        content = response.read()
        answer = Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, content, time.monotonic() - started)
        if response.will_close or answer.status == 413:
            self.close()
        return answer

    def close(self):
        """Forgets the connection; the next call opens another."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def sign_in(email):
    """The access token of a demo person, through the sandbox's identities."""
    nobody = Caller()
    proof = nobody.call("POST", "/sandbox/identities/google", {"email": email, "name": "Demo"}).json()["token"]
    answer = nobody.call("POST", "/api/auth/login", {"oauthProvider": "GOOGLE", "oauthToken": proof})
    if "accessToken" not in answer.json():
        raise RuntimeError(f"{email} cannot sign in: {answer.status} {answer.json()}")
    return answer.json()["accessToken"]


def error_codes():
    """The catalogue of errors: status by stable code."""
    catalogue = "".join(path.read_text() for path in sorted((ROOT / "crates/contracts/src/codes").glob("*.rs")))
    return {name: int(status) for name, status in re.findall(r"^ {4}([A-Z][A-Z0-9_]+) = (\d{3}),", catalogue, re.M)}


def shape_complaint(answer, codes):
    """What is wrong with the body of an error (QA-49, QA-50), or None."""
    body = answer.json()
    if not answer.headers.get("content-type", "").startswith("application/json") or not isinstance(body, dict):
        return "the error is no JSON object"
    if missing := {"error", "message", "details", "timestamp", "correlationId"} - body.keys():
        return f"the error lacks {sorted(missing)}"
    if codes.get(body["error"]) != answer.status:
        return f"{body['error']} does not stand for {answer.status} in the catalogue"
    if not body["message"] or "{" in body["message"]:
        return f"the message is {body['message']!r}"
    if not re.fullmatch(r"[0-9a-f]{32}", body["correlationId"]):
        return f"the correlation id is {body['correlationId']!r}"
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", body["timestamp"]):
        return f"the timestamp is {body['timestamp']!r}"
    if body["error"] == "VALIDATION_ERROR":
        if not body.get("errors") or body["errors"] != body["details"]["errors"]:
            return "a validation error lists its fields twice, alike"
    return None


def server_failures():
    """All answers of the service so far with a status from 500 on, out of its own metrics."""
    lines = Caller().call("GET", "/metrics").body.decode().splitlines()
    return [line for line in lines if line.startswith("http_requests_total") and re.search(r'status="5\d\d"', line)]
