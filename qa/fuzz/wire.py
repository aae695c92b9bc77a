"""Nonsense below the documents: broken HTTP, odd headers, unknown paths and methods, and paths that climb out of a folder.

QA-49, QA-51, SEC-42: whatever arrives, the server answers with a 4xx or closes the connection, and goes on serving.
"""

import re
import socket
import sys

from world import HOST, PORT, Caller, error_codes, shape_complaint

CLIMBS = [
    *(b"/../../../../etc/passwd", b"/..%2f..%2f..%2f..%2fetc%2fpasswd", b"/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd"),
    *(b"//etc/passwd", b"/%2fetc/passwd", b"/..;/..;/etc/passwd", b"/....//....//etc/passwd", b"/%252e%252e%252fetc%252fpasswd"),
    *(b"/..\\..\\..\\Cargo.toml", b"/..%5c..%5cCargo.toml", b"/../../../Cargo.toml", b"/%2e%2e%2f%2e%2e%2f%2e%2e%2fCargo.toml"),
    *(b"/../package.json", b"/..%2fpackage.json", b"/%2e%2e/src/main.tsx", b"/../../admin/package.json", b"/assets/../../package.json"),
    *(b"/assets/%2e%2e/%2e%2e/package.json", b"/.courtside/secrets.toml", b"/index.html%00.js", b"/\xff\xfe", b"/%ff%fe", b"/%00"),
    *(b"/./././", b"/" + b"a/" * 2000, b"/" + b"%2e%2e%2f" * 500 + b"etc/passwd", b"/C:/Windows/win.ini", b"/file:///etc/passwd"),
]
SECRETS = [b"root:x:0", b"[workspace]", b'"dependencies"', b'"devDependencies"', b"createRoot(", b"internal_api_key"]


def exchange(raw, ends_early=False):
    """Sends bytes as they are; returns status, head and body of the first answer, or None for a closed connection."""
    received = b""
    with socket.create_connection((HOST, PORT), timeout=10) as connection:
        try:
            connection.sendall(raw)
            if ends_early:
                connection.shutdown(socket.SHUT_WR)
        except ConnectionError:
            # The server may refuse before it has read everything.
            pass
        try:
            while chunk := connection.recv(65536):
                received += chunk
        except ConnectionError:
            pass
    head, _, body = received.partition(b"\r\n\r\n")
    status = re.match(rb"HTTP/1\.[01] (\d{3})", head)
    return (int(status.group(1)), head, body) if status else None


def request(method, target, headers=(), body=b"", version=b"HTTP/1.1"):
    """One request as bytes, with `Connection: close`."""
    lines = [method + b" " + target + b" " + version, b"Host: localhost", b"Connection: close", *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


JSON = b"Content-Type: application/json"
LOGIN = b"/api/auth/login"
# What is sent, and the statuses that are right for it; None stands for a connection that is closed without an answer.
BROKEN = {
    "no HTTP at all": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n", {400, None}),
    "HTTP/2 without asking": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0" * 9, {200, 400, 505, None}),
    "a version that does not exist": (request(b"GET", b"/api/courts", version=b"HTTP/9.9"), {400, 505, None}),
    "no host": (b"GET /api/courts HTTP/1.1\r\nConnection: close\r\n\r\n", {400, 401, None}),
    "a broken chunk": (request(b"POST", LOGIN, [JSON, b"Transfer-Encoding: chunked"], b"ZZ\r\n{}\r\n0\r\n\r\n"), {400, None}),
    "a chunk without end": (request(b"POST", LOGIN, [JSON, b"Transfer-Encoding: chunked"], b"5\r\n{"), {400, None}),
    "a chunk of boundless size": (request(b"POST", LOGIN, [JSON, b"Transfer-Encoding: chunked"], b"FFFFFFFFFFFFFFFFF\r\n{"), {400, None}),
    "chunks over the limit": (request(b"POST", LOGIN, [JSON, b"Transfer-Encoding: chunked"], (b"10000\r\n" + b"x" * 65536 + b"\r\n") * 20 + b"0\r\n\r\n"), {413, None}),
    "less than announced": (request(b"POST", LOGIN, [JSON, b"Content-Length: 500"], b"{}"), {400, 408, None}),
    "two lengths": (request(b"POST", LOGIN, [JSON, b"Content-Length: 2", b"Content-Length: 3"], b"{}"), {400, None}),
    "length and chunks": (request(b"POST", LOGIN, [JSON, b"Content-Length: 2", b"Transfer-Encoding: chunked"], b"0\r\n\r\n"), {400, None}),
    "a negative length": (request(b"POST", LOGIN, [JSON, b"Content-Length: -1"], b"{}"), {400, None}),
    "an announced terabyte": (request(b"POST", LOGIN, [JSON, b"Content-Length: 1099511627776"], b"{}"), {413}),
    "a length beyond all numbers": (request(b"POST", LOGIN, [JSON, b"Content-Length: " + b"9" * 40], b"{}"), {400, 413, None}),
    "two content types": (request(b"POST", LOGIN, [JSON, b"Content-Type: text/plain", b"Content-Length: 2"], b"{}"), {400, 415}),
    "two tokens": (request(b"GET", b"/api/users/me", [b"Authorization: Bearer a", b"Authorization: Bearer b"]), {400, 401}),
    "a token of 20 KB": (request(b"GET", b"/api/users/me", [b"Authorization: Bearer " + b"x" * 20_000]), {400, 401, 431}),
    "a token that is no text": (request(b"GET", b"/api/users/me", [b"Authorization: Bearer \xff\xfe"]), {400, 401}),
    "a header of 20 KB": (request(b"GET", b"/api/users/me", [b"X-Odd: " + b"x" * 20_000]), {401, 431}),
    "a header of 2 MB": (request(b"GET", b"/api/users/me", [b"X-Odd: " + b"x" * 2_000_000]), {400, 431, None}),
    "a thousand headers": (request(b"GET", b"/api/users/me", [b"X-Odd-%d: x" % number for number in range(1000)]), {400, 431, None}),
    "a header with a NUL": (request(b"GET", b"/api/users/me", [b"X-Odd: a\0b"]), {400, None}),
    "a header without a name": (request(b"GET", b"/api/users/me", [b": x"]), {400, None}),
    "an odd request id": (request(b"GET", b"/api/users/me", [b"X-Request-Id: " + b"<script>" * 100]), {401}),
    "an odd trace": (request(b"GET", b"/api/users/me", [b"traceparent: 00-" + b"z" * 32 + b"-zz", b"tracestate: \xff"]), {401}),
    "odd proxies": (request(b"GET", b"/api/users/me", [b"X-Forwarded-For: " + b"999.999.999.999, " * 300]), {401, 431}),
    "odd languages": (request(b"GET", b"/api/users/me", [b"Accept-Language: " + b"el;q=NaN, " * 300]), {401, 431}),
    "an odd cookie": (request(b"POST", b"/api/auth/refresh", [JSON, b"X-Session-Transport: cookie", b"Cookie: courtside_refresh=\xff%00;;;=", b"Content-Length: 2"], b"{}"), {400, 401}),
    "an odd range": (request(b"GET", b"/index.html", [b"Range: bytes=-1-99999999999999999999999"]), {200, 206, 400, 404, 416}),
    "an odd date": (request(b"GET", b"/index.html", [b"If-Modified-Since: Wed, 99 Foo 99999 99:99:99 GMT"]), {200, 400, 404}),
    "an unknown encoding of the body": (request(b"POST", LOGIN, [JSON, b"Content-Encoding: gzip", b"Content-Length: 2"], b"\x1f\x8b"), {400, 415}),
    "an expectation nobody has": (request(b"POST", LOGIN, [JSON, b"Expect: nonsense", b"Content-Length: 2"], b"{}"), {400, 417}),
    "an address of 70 KB": (request(b"GET", b"/api/courts?q=" + b"x" * 70_000), {400, 414, 431, None}),
    "an unknown method": (request(b"FROBNICATE", b"/api/courts"), {405}),
    "TRACE": (request(b"TRACE", b"/api/courts"), {405}),
    "CONNECT": (request(b"CONNECT", b"localhost:443"), {400, 404, 405}),
    "a whole address": (request(b"GET", b"http://elsewhere.example/api/users/me"), {400, 401, 404}),
    "bytes in the address": (request(b"GET", b"/api/courts/\xff\xfe"), {400, 401, None}),
    "bytes in the query": (request(b"GET", b"/api/courts?q=\xff\xfe&latitude=%ff"), {400, 401, None}),
    "an upgrade to nowhere": (request(b"GET", b"/ws", [b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABk"]), {400, 401, 426}),
    "a socket without a key": (request(b"GET", b"/ws", [b"Upgrade: websocket", b"Connection: Upgrade"]), {400, 401, 426}),
}
# A server may wait for the rest of these, so the client stops sending.
END_EARLY = {"no HTTP at all", "HTTP/2 without asking", "a chunk without end", "less than announced", "a length beyond all numbers"}
UNKNOWN = [b"/api", b"/api/", b"/api/nonsense", b"/api/courts/", b"/api/bookings/a/b/c", b"/internal/courts", b"/health/nonsense", b"/.well-known/nonsense"]


def main():
    """Prints a summary; fails when anything was answered wrongly."""
    codes, complaints, asked = error_codes(), [], 0

    def alive(what):
        if Caller().call("GET", "/health/live").status != 200:
            complaints.append(f"{what}: the server does not live any more")

    for what, (raw, right) in BROKEN.items():
        answer = exchange(raw, what in END_EARLY)
        asked += 1
        if (answer and answer[0]) not in right:
            complaints.append(f"{what}: {answer and (answer[0], answer[2][:200])} is none of {sorted(map(str, right))}")
        alive(what)
    for path in UNKNOWN:
        for method in ("GET", "POST", "DELETE"):
            answer = Caller().call(method, path.decode())
            asked += 1
            if answer.status != 404 or answer.code != "NOT_FOUND" or shape_complaint(answer, codes):
                complaints.append(f"{method} {path.decode()} is no 404: {answer}")
    pages = {prefix: exchange(request(b"GET", prefix + b"/")) for prefix in (b"", b"/admin")}
    for prefix, page in pages.items():
        for climb in CLIMBS:
            answer = exchange(request(b"GET", prefix + climb))
            asked += 1
            if answer is None:
                continue
            status, _, body = answer
            leaks = [secret for secret in SECRETS if secret in body]
            # What is no file is a screen of an app, or nothing.
            if status >= 500 or leaks or (status == 200 and body not in [known[2] for known in pages.values() if known]):
                complaints.append(f"GET {prefix + climb[:60]!r}: {status} {leaks} {body[:100]!r}")
    alive("climbing")
    print(f"wire: {asked} requests, {len(complaints)} wrong answers")
    for complaint in complaints:
        print(f"  {complaint}", file=sys.stderr)
    sys.exit(bool(complaints))


if __name__ == "__main__":
    main()
