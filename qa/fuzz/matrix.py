"""Every operation of the generated documents against every kind of wrong input that the documents allow to think of.

QA-49, QA-50, QA-51, SEC-38, SEC-41, SEC-42: the answer is a 4xx with a stable code and the one body, names the wrong
field, and is never a failure of the server. The cases come from the documents alone, so a new endpoint is asked too.
Operations under /internal are not on the public address; their parameters have a test in the platform service.
"""

import json
import sys
import uuid
from datetime import date, timedelta
from functools import partial
from urllib.parse import quote

from world import PEOPLE, ROOT, Caller, error_codes, shape_complaint, sign_in

SLOWEST = 5.0  # seconds, for a debug build on a busy machine
BAD_DATES = ["0000-00-00", "9999-99-99", "-9999-01-01", "+10000-01-01", "2026-02-30", "20261", "tomorrow", "2026-13-01", ""]
ODD_DATES = ["0001-01-01", "9999-12-31", "-009999-01-01", "0000-01-01"]
BAD_TIMES = ["24:00", "25:61", "9", "-1:00", "10:60", "noon", ""]
BAD_UUIDS = ["1", "not-a-uuid", "0198c3de-7a10-7000-8000-0000000000ag", "", "{}"]
BAD_NUMBERS = ["NaN", "nan", "inf", "-inf", "Infinity", "1e400", "many", "", "0x10", "1,5"]
HUGE_INTEGERS = ["99999999999999999999", "-99999999999999999999", "9223372036854775808"]
BAD_PATH_SEGMENTS = ["not-a-uuid", "0", "%00", "%FF", "..%2F..%2Fetc", "%7B%7D", "%F0%9F%8E%BE", "x" * 4000, "-1"]
TIME_PATTERN = "\\d{2}:\\d{2}"
BROKEN_TEXTS = [
    *(b"{", b"nonsense", b'{"a":}', b"{} trailing", b"[1,]", b"\xef\xbb\xbf{}", b"\0", b"{'a':1}", b'{"a":"\n"}', b'{"a":"\\x"}'),
    *(b'{"a":NaN}', b'{"a":1e400}', b'{"a":01}', b'{"a":"\\ud800"}', b'{"a":"\xff\xfe"}', b'{"\xc0\x80":1}'),
    *(b"[" * 10_000 + b"]" * 10_000, b'{"a":' * 10_000 + b"1" + b"}" * 10_000),
]
CONTENT_TYPES = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "nonsense", None]
# Not an empty list: serde reads a list as an object's members in their order, so it is as good as an empty object.
OF_EACH_TYPE = [("null", None), ("boolean", True), ("integer", 7), ("number", -1.5), ("string", "text"), ("array", [7]), ("object", {"x": 1})]


class Operation:
    """One operation of a document."""

    def __init__(self, document, path, method, description):
        self.document, self.path, self.method = document, path, method.upper()
        self.parameters = description.get("parameters", [])
        # Values by name of what exists, so that good bodies and queries get as far as they can.
        self.known = {}
        content = description.get("requestBody", {}).get("content", {})
        self.body = content.get("application/json", {}).get("schema")
        # Whoever calls with a signature is refused for that before the body is looked at.
        self.signed = any(p["in"] == "header" and p["name"] == "Stripe-Signature" for p in self.parameters)

    def __str__(self):
        return f"{self.method} {self.path}"

    def resolve(self, schema):
        """Follows references and takes `null` out of a choice; returns the schema and whether null is allowed."""
        nullable = False
        while True:
            if "$ref" in schema:
                schema = self.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
                continue
            choice = schema.get("oneOf") or schema.get("anyOf")
            if choice:
                rest = [option for option in choice if option.get("type") != "null"]
                nullable = nullable or len(rest) < len(choice)
                if len(rest) == 1:
                    schema = rest[0]
                    continue
            types = schema.get("type")
            types = [types] if isinstance(types, str) else types or []
            return schema, nullable or "null" in types, [name for name in types if name != "null"]

    def sample(self, schema):
        """A value that the schema allows, for what is not under test."""
        schema, _, types = self.resolve(schema)
        kind = types[0] if types else "string"
        if "enum" in schema:
            return schema["enum"][0]
        if schema.get("format") == "date":
            return (date.today() + timedelta(days=3)).isoformat()
        if schema.get("format") == "uuid":
            return str(uuid.uuid4())
        if TIME_PATTERN in schema.get("pattern", ""):
            return "10:00"
        if kind in ("integer", "number"):
            return max(schema.get("minimum", 1), 1)
        if kind == "boolean":
            return False
        if kind == "array":
            return [self.sample(schema["items"]) for _ in range(schema.get("minItems", 0))]
        if kind == "object":
            return {name: self.known.get(name) or self.sample(schema["properties"][name]) for name in schema.get("required", [])}
        return "x" * max(schema.get("minLength", 1), 1)

    def body_with(self, schema, steps, value):
        """A body that is right but for the `value` at the end of `steps`."""
        if not steps:
            return value
        schema = self.resolve(schema)[0]
        if steps[0] == 0:
            return [self.body_with(schema["items"], steps[1:], value)]
        rest = self.body_with(schema["properties"][steps[0]], steps[1:], value)
        return {**self.sample({**schema, "type": "object"}), steps[0]: rest}


def operations():
    """All operations on the public address that answer with JSON."""
    for name in ("platform", "transaction"):
        document = json.loads((ROOT / f"api/{name}.openapi.json").read_text())
        for path, methods in document["paths"].items():
            if path.startswith("/internal/") or path == "/ws":
                continue
            for method, description in methods.items():
                yield Operation(document, path, method, description)


class Matrix:
    """Asks and keeps count."""

    def __init__(self):
        self.codes = error_codes()
        self.callers = {name: Caller(sign_in(email)) for name, email in PEOPLE.items()}
        self.nobody = Caller()
        self.ids = self.real_ids()
        self.asked, self.slowest, self.complaints = 0, (0, ""), []

    def real_ids(self):
        """Ids of things that exist, so that questions get past the first lookup."""
        owned = self.callers["owner"].call("GET", "/api/courts/owner/me").json()["courts"]
        shown = self.callers["maria"].call("GET", "/api/courts?latitude=37.98&longitude=23.73&radiusKm=500&size=1").json()["courts"]
        return {
            "courtId": {"owner": owned[0]["courtId"], None: shown[0]["id"]},
            "bookingId": {
                name: self.callers[name].call("GET", "/api/bookings?size=1").json()["bookings"][0]["bookingId"]
                for name in ("maria", "owner")
            },
        }

    def target(self, operation, person, path_values=None, query=None):
        """The address of an operation with real ids in it; with `query` the other parameters stand there too."""
        path = operation.path
        for parameter in operation.parameters:
            if parameter["in"] != "path":
                continue
            known = self.ids.get(parameter["name"], {})
            value = (path_values or {}).get(parameter["name"])
            path = path.replace("{%s}" % parameter["name"], value or known.get(person) or known.get(None) or str(uuid.uuid4()))
        wanted = [p for p in operation.parameters if p["in"] == "query" and (p.get("required") or query)]
        pairs = {p["name"]: quote(str(operation.sample(p["schema"]))) for p in wanted}
        pairs.update(query or {})
        return path + ("?" + "&".join(f"{name}={value}" for name, value in pairs.items()) if pairs else "")

    def person_for(self, operation):
        """The first one whose role may ask."""
        for name, caller in self.callers.items():
            body = b"{" if operation.body else None
            answer = caller.call(operation.method, self.target(operation, name, {"courtId": str(uuid.uuid4())}), body, self.headers(operation))
            if answer.code != "AUTHZ_INSUFFICIENT_ROLE":
                return name
        self.complaints.append(f"{operation}: no role may ask")
        return None

    @staticmethod
    def headers(operation):
        """A fresh value of each documented header that must be there."""
        return {
            p["name"]: str(uuid.uuid4()) if p["schema"].get("format") == "uuid" else "t=1,v1=00"
            for p in operation.parameters
            if p["in"] == "header" and p.get("required")
        }

    def ask(self, operation, person, what, *, target=None, body=None, headers=None, expect=None, code=None, or_code=None, field=None):
        """One question; notes what is wrong with its answer. Without `expect` anything but a failure will do."""
        caller = self.callers[person]
        target = target or self.target(operation, person)
        if body is None and operation.body:
            body = {}
        answer = caller.call(operation.method, target, body, {**self.headers(operation), **(headers or {})})
        self.asked += 1
        self.slowest = max(self.slowest, (answer.seconds, f"{operation}: {what}"))
        complaint = None
        if answer.status >= 500:
            complaint = "failed"
        elif answer.status >= 400 and (wrong := shape_complaint(answer, self.codes)):
            complaint = wrong
        elif operation.signed and expect in (400, 415):
            complaint = None if answer.status in (400, 415) else "is neither 400 nor 415"
        elif expect and answer.status != expect and (answer.code is None or answer.code != or_code):
            complaint = f"is no {expect}"
        elif code and answer.code not in code:
            complaint = f"is not {' or '.join(code)}"
        elif field and answer.code == "VALIDATION_ERROR" and not any(named(found, field) for found in answer.fields()):
            complaint = f"does not name {field}"
        if complaint:
            self.complaints.append(f"{operation} ({person}), {what}: {complaint}: {answer}")
        return answer

    # -- bodies

    def bodies(self, operation, person):
        """Everything that can be wrong with a body."""
        malformed = None if operation.signed else ("MALFORMED_JSON",)
        wrong = None if operation.signed else ("VALIDATION_ERROR",)
        # Some operations do without a body.
        self.ask(operation, person, "an empty body", body=b"")
        for text in BROKEN_TEXTS:
            self.ask(operation, person, f"the body {text[:20]!r}", body=text, expect=400, code=malformed)
        known = next(iter(self.properties(operation, operation.body)), None)
        if known:
            nested = b'{"%s":' % known.encode() + b'{"a":' * 10_000 + b"1" + b"}" * 10_001
            self.ask(operation, person, f"10,000 objects in {known}", body=nested, expect=400, code=malformed)
        for text in (b"[]", b"[{}]", b"7", b"1.5", b'"text"', b"null", b"true"):
            self.ask(operation, person, f"the body {text!r}", body=text, expect=400, code=wrong)
        for content_type in CONTENT_TYPES:
            self.ask(operation, person, f"content type {content_type}", body=b"{}", headers={"Content-Type": content_type}, expect=415)
        large = b'{"a":"' + b"x" * 1_100_000 + b'"}'
        self.ask(operation, person, "1.1 MB", body=large, expect=413, code=("PAYLOAD_TOO_LARGE",))
        if not operation.signed:
            self.fields(operation, person, operation.body, [], "")

    def properties(self, operation, schema):
        return operation.resolve(schema)[0].get("properties", {})

    def fields(self, operation, person, schema, steps, prefix):
        """Each property with each wrong value, one at a time, however deep."""
        for name, property_schema in self.properties(operation, schema).items():
            path, here = f"{prefix}{name}", [*steps, name]
            resolved, nullable, types = operation.resolve(property_schema)
            self.values(operation, person, path, here, resolved, nullable, types)
            if len(here) < 6 and "object" in types:
                self.fields(operation, person, resolved, here, f"{path}.")
            if len(here) < 6 and "array" in types and isinstance(resolved.get("items"), dict):
                item, item_nullable, item_types = operation.resolve(resolved["items"])
                self.values(operation, person, f"{path}[0]", [*here, 0], item, item_nullable, item_types)
                if "object" in item_types:
                    self.fields(operation, person, item, [*here, 0], f"{path}[0].")
                self.ask(operation, person, f"100,000 {path}", body=wrapped(here, [None] * 100_000), expect=400)

    def values(self, operation, person, path, here, schema, nullable, types):
        """One place with each wrong value: alone, so that all that is missing is told as well, then in a good body."""
        good = partial(operation.body_with, operation.body, here)
        for value in wrong_values(schema, nullable, types):
            for body in (wrapped(here, value), good(value)):
                self.ask(operation, person, f"{path} = {json.dumps(value)[:60]}", body=body, expect=400, field=path)
        for value in broken_limits(schema, types):
            # Some limits belong to the thing itself and are only looked at by a change to its newest version.
            self.ask(operation, person, f"{path} = {str(value)[:60]}", body=good(value), expect=400, or_code="CONCURRENT_MODIFICATION", field=path)
        if "string" in types:
            self.ask(operation, person, f"{path} with a NUL", body=good("a\0b"), expect=400, field=path)
            raw = json.dumps(good("SURROGATE")).replace("SURROGATE", "\\udfff").encode()
            self.ask(operation, person, f"{path} with a lone surrogate", body=raw, expect=400, code=("MALFORMED_JSON",))
            free = "enum" not in schema and "format" not in schema
            for odd in ("x" * 100_000, "\u202e", "'; DROP TABLE x; --", "🎾" * 300, " ") if free else ODD_DATES:
                self.ask(operation, person, f"{path} = {odd[:20]!r}", body=good(odd))
        if "integer" in types or "number" in types:
            for number in ("1e400", "-1e400", "NaN", "Infinity", "1" * 400):
                raw = json.dumps(good("NUMBER")).replace('"NUMBER"', number).encode()
                self.ask(operation, person, f"{path} = {number[:30]}", body=raw, expect=400)
            for number in (2**31 - 1, 2**31, -(2**31), 2**63 - 1, -(2**63), 2**63, 0, -1, -0.0, 1e300):
                self.ask(operation, person, f"{path} = {number}", body=good(number))

    # -- parameters

    def query(self, operation, person):
        """Each parameter of the query with each wrong value."""
        for parameter in operation.parameters:
            if parameter["in"] != "query":
                continue
            name = parameter["name"]
            schema, _, types = operation.resolve(parameter["schema"])
            bad, odd = wrong_texts(schema, types)
            for text in [*bad, "%00", "a%00b"]:
                value = text if text.startswith(("%", "a%")) else quote(text)
                self.ask(operation, person, f"{name}={text[:40]}", target=self.target(operation, person, query={name: value}), expect=400, field=name)
            for value in [*map(quote, odd), "%FF%FE", "%ED%A0%80", "%", "%zz", "x" * 6000, quote("'; --"), f"1&{name}=1"]:
                self.ask(operation, person, f"{name}={value[:40]}", target=self.target(operation, person, query={name: value}))
            if parameter.get("required"):
                pairs = self.target(operation, person).split("?")
                rest = "&".join(pair for pair in pairs[1].split("&") if not pair.startswith(f"{name}="))
                self.ask(operation, person, f"without {name}", target=f"{pairs[0]}?{rest}", expect=400, field=name)

    def path(self, operation, person):
        """Each parameter of the path with each wrong value."""
        for parameter in operation.parameters:
            if parameter["in"] == "path":
                # A free text names something or nothing, but it is never wrong.
                free = not {"format", "enum", "pattern"} & operation.resolve(parameter["schema"])[0].keys()
                for text in BAD_PATH_SEGMENTS:
                    target = self.target(operation, person, {parameter["name"]: text})
                    field = None if text == "%00" else parameter["name"]
                    if free and text not in ("%00", "%FF"):
                        self.ask(operation, person, f"{parameter['name']} = {text[:30]}", target=target)
                        continue
                    self.ask(operation, person, f"{parameter['name']} = {text[:30]}", target=target, expect=400, code=("VALIDATION_ERROR",), field=field)

    def header_values(self, operation, person):
        """Each documented header with nonsense in it."""
        for parameter in operation.parameters:
            if parameter["in"] != "header":
                continue
            name = parameter["name"]
            strict = parameter["schema"].get("format") == "uuid" or operation.signed
            for value in ("", "nonsense", "00000000-0000-0000-0000-000000000000", "x" * 7000, "é\xff"):
                self.ask(operation, person, f"{name}: {value[:20]}", body={} if operation.body else None, headers={name: value}, expect=400 if strict else None)

    def methods(self, path, known):
        """QA-51: other methods get 405 with a body that says so."""
        operation = known[0]
        for method in {"GET", "POST", "PUT", "DELETE", "PATCH", "PROPFIND"} - {op.method for op in known}:
            if method == "GET" and any(op.method == "GET" for op in known):
                continue
            answer = self.nobody.call(method, self.target(operation, None), None)
            self.asked += 1
            if answer.status != 405 or answer.code != "METHOD_NOT_ALLOWED" or shape_complaint(answer, self.codes):
                self.complaints.append(f"{method} {path} is no 405: {answer}")

    def run(self):
        """All of it."""
        by_path = {}
        for operation in operations():
            # It takes nothing, so nothing can be wrong with it, and whoever asks for it cannot ask for more.
            if operation.path == "/api/users/me/delete":
                continue
            by_path.setdefault(operation.path, []).append(operation)
            if (person := self.person_for(operation)) is None:
                continue
            courts = self.ids["courtId"]
            operation.known = {"courtId": courts.get(person) or courts[None], "paymentMethodId": "pm_card_visa"}
            self.path(operation, person)
            self.query(operation, person)
            self.header_values(operation, person)
            if operation.body:
                self.bodies(operation, person)
        for path, known in by_path.items():
            self.methods(path, known)
        if self.slowest[0] > SLOWEST:
            self.complaints.append(f"{self.slowest[1]} took {self.slowest[0]:.1f} s")
        return by_path


def named(found, field):
    """Whether a named field is the one that was meant: itself, inside of it, or the thing it is in."""
    return found == field or found.startswith((f"{field}.", f"{field}["))


def wrapped(steps, value):
    """The body in which `value` stands at the end of `steps`."""
    for step in reversed(steps):
        value = [value] if step == 0 else {step: value}
    return value


def wrong_values(schema, nullable, types):
    """Values that the schema forbids."""
    if not types and "enum" not in schema:
        return
    for name, value in OF_EACH_TYPE:
        fits = name in types or (name == "integer" and "number" in types) or (name == "null" and nullable)
        if name == "null" and not nullable or name != "null" and not fits:
            yield value
    if "integer" in types:
        yield 7.25
    if "enum" in schema:
        yield from ("NO_SUCH_VALUE", "", str(schema["enum"][0]).swapcase(), str(schema["enum"][0]) + " ")
    elif schema.get("format") == "date":
        yield from BAD_DATES
    elif schema.get("format") == "uuid":
        yield from BAD_UUIDS
    elif TIME_PATTERN in schema.get("pattern", ""):
        yield from BAD_TIMES


def broken_limits(schema, types):
    """Values of the right type outside of the schema's limits."""
    if "string" in types and "maxLength" in schema:
        yield "x" * (schema["maxLength"] + 1)
    if "string" in types and schema.get("minLength") and "pattern" not in schema:
        yield ""
    if "array" in types and "maxItems" in schema:
        yield ["x"] * (schema["maxItems"] + 1)
    if "minimum" in schema:
        yield schema["minimum"] - 1
    if "maximum" in schema:
        yield schema["maximum"] + 1
    if "integer" in types:
        yield from (10**30, -(10**30), 2**64)


def wrong_texts(schema, types):
    """Texts that a parameter of the schema must refuse, and texts that it may take."""
    if "enum" in schema:
        return ["NO_SUCH_VALUE", str(schema["enum"][0]).swapcase(), ""], []
    if schema.get("format") == "date":
        return BAD_DATES, ODD_DATES
    if schema.get("format") == "uuid":
        return BAD_UUIDS, []
    if TIME_PATTERN in schema.get("pattern", ""):
        return BAD_TIMES, ["10:07", "10:00:00"]
    if "integer" in types or "number" in types:
        bad = list(BAD_NUMBERS)
        if "integer" in types:
            bad += ["1.5", *HUGE_INTEGERS]
        if "minimum" in schema:
            bad.append(str(schema["minimum"] - 1))
        if "maximum" in schema:
            bad.append(str(schema["maximum"] + 1))
        return bad, ["-1", "0", "1000000000", "1e3", "-0"]
    if "boolean" in types:
        return ["maybe", "", "2"], []
    return (["x" * (schema["maxLength"] + 1)] if "maxLength" in schema else []), ["", "%", "\u202e", "😀"]


def main():
    """Prints a summary; fails when anything was answered wrongly."""
    matrix = Matrix()
    by_path = matrix.run()
    asked = sum(len(known) for known in by_path.values())
    print(f"matrix: {matrix.asked} requests to {asked} operations, {len(matrix.complaints)} wrong answers, slowest {matrix.slowest[0]:.2f} s ({matrix.slowest[1]})")
    for complaint in matrix.complaints:
        print(f"  {complaint}", file=sys.stderr)
    sys.exit(bool(matrix.complaints))


if __name__ == "__main__":
    main()
