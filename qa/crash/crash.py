"""Kills `courtside up` while players pay, restarts it, and compares what everybody believes.

After each kill and restart, once the jobs have done their work:
- every payment that Stripe holds or took belongs to a booking that stands, or was given back whole;
- every booking that stands has its payment at Stripe and its BOOKING_CREATED event, exactly one;
- no hold is left, and no two bookings overlap (the database would refuse, so only counts are compared).

Only the standard library is used. The stand-ins for the vendors die and come back with the process; what they remember
is on disk, as at a real vendor.
"""

import concurrent.futures
import datetime
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid

STATE = pathlib.Path(".courtside/crash")
BINARY = os.environ.get("COURTSIDE_BINARY", "target/debug/courtside")
CLUSTER = os.environ.get("COURTSIDE_CLUSTER", "target/debug/cluster")
PLAYERS = 12
# From before the first hold to after the last answer, in seconds after the bookings began.
MOMENTS = [0.03, 0.08, 0.15, 0.25, 0.4, 0.6, 0.9, 1.3]


class System:
    """One life of the process."""

    def __init__(self):
        address = STATE / "address"
        address.unlink(missing_ok=True)
        self.log = open(str(STATE) + ".log", "ab")
        environment = dict(
            os.environ,
            COURTSIDE__HTTP__RATE_LIMIT__ENABLED="false",
            COURTSIDE__PLATFORM__PROTECTION__CALLS_PER_ACCOUNT_PER_MINUTE="1000000",
            # What takes minutes in life takes seconds here; the rules are the same.
            COURTSIDE__TRANSACTION__BOOKINGS__HOLD_SECONDS="4",
            COURTSIDE__TRANSACTION__BOOKINGS__MAX_PER_HOUR="100000",
            COURTSIDE__TRANSACTION__BOOKINGS__MAX_PER_DAY="100000",
            COURTSIDE__TRANSACTION__BOOKINGS__SWEEP_SECONDS="1",
            COURTSIDE__TRANSACTION__PAYMENTS__UNFINISHED_SECONDS="1",
        )
        command = [BINARY, "up", "--disposable", "--port", "0", "--state", str(STATE)]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, env=environment)
        self.base = wait("the system is ready", 120, lambda: self.ready(address))

    def ready(self, address):
        if self.process.poll() is not None:
            raise SystemExit(f"the system did not start, see {STATE}.log")
        if not address.exists() or not address.read_text().strip():
            return None
        base = address.read_text().strip()
        try:
            urllib.request.urlopen(base + "/health/ready", timeout=2).read()
        except OSError:
            return None
        return base

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=60)

    def call(self, method, path, body=None, token=None, key=None):
        headers = {"content-type": "application/json"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        if key:
            headers["x-idempotency-key"] = key
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, method=method, data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")

    def sign_in(self, email):
        _, proof = self.call("POST", "/sandbox/identities/google", {"email": email, "name": "Demo"})
        status, session = self.call("POST", "/api/auth/login", {"oauthProvider": "GOOGLE", "oauthToken": proof["token"]})
        assert status == 200, session
        return session["accessToken"]


def wait(what, seconds, condition):
    """Polls until `condition` gives something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    raise SystemExit(f"waited {seconds} s in vain until {what}")


def query(statement):
    """Rows of the private database, as JSON."""
    url = subprocess.run([CLUSTER, "--disposable", "--state", str(STATE), "start", "courtside"], check=True, capture_output=True, text=True).stdout.strip()
    programs = subprocess.run([CLUSTER, "--state", str(STATE), "programs"], check=True, capture_output=True, text=True).stdout.strip()
    sql = f"SELECT coalesce(json_agg(row_to_json(found)), '[]') FROM ({statement}) AS found"
    answer = subprocess.run([f"{programs}/psql", "-XAtq", "-c", sql, url], check=True, capture_output=True, text=True)
    return json.loads(answer.stdout)


def free_slots(system, token):
    """Slots after the demo world's bookings, of courts around Athens that confirm at once or ask first."""
    _, found = system.call("GET", "/api/courts?latitude=37.98&longitude=23.73&radiusKm=30&size=40", token=token)
    day = (datetime.date.today() + datetime.timedelta(days=20)).isoformat()
    for court in found["courts"]:
        _, answer = system.call("GET", f"/api/courts/{court['id']}/availability?date={day}", token=token)
        for slot in answer["slots"]:
            if slot["status"] == "AVAILABLE":
                yield {"courtId": court["id"], "date": day, "startTime": slot["startTime"], "paymentMethodId": "pm_card_visa"}


def book(system, token, slot):
    try:
        status, answer = system.call("POST", "/api/bookings", slot, token, str(uuid.uuid4()))
        return status, answer.get("bookingId")
    except OSError:
        return None, None  # the process died under this call


def unsettled(since):
    """What the jobs still have to do about bookings since a moment."""
    return query(f"""
        SELECT booking.id FROM transaction.bookings booking LEFT JOIN transaction.payments payment ON payment.booking_id = booking.id
        WHERE booking.created_at >= '{since}' AND (booking.status = 'PENDING_PAYMENT' OR payment.pending_step IS NOT NULL)
        UNION ALL SELECT refund.booking_id FROM transaction.refunds refund
        WHERE refund.initiated_at >= '{since}' AND refund.status = 'INITIATED'
        UNION ALL SELECT NULL FROM transaction.outbox WHERE published_at IS NULL""")


def compare(system, since):
    """All contradictions between bookings, events and Stripe."""
    _, state = system.call("GET", "/sandbox/stripe/_state?limit=100000")
    money = {}
    for intent in state["paymentIntents"]:
        kept, held = money.get(intent["metadata"].get("booking_id"), (0, 0))
        kept, held = kept + intent["captured"] - intent["refunded"], held + intent["amountCapturable"]
        money[intent["metadata"].get("booking_id")] = (kept, held)
    rows = query(f"""
        SELECT booking.id, booking.status, booking.amount_cents, payment.status AS payment,
               (SELECT count(*) FROM bus.messages message WHERE message.topic = 'booking-events'
                AND convert_from(message.payload, 'UTF8')::jsonb ->> 'eventType' = 'BOOKING_CREATED'
                AND convert_from(message.payload, 'UTF8')::jsonb -> 'payload' ->> 'bookingId' = booking.id::text) AS events
        FROM transaction.bookings booking LEFT JOIN transaction.payments payment ON payment.booking_id = booking.id
        WHERE booking.created_at >= '{since}'""")
    wrong = []
    for row in rows:
        kept, held = money.get(row["id"], (0, 0))
        stands = row["status"] in ("CONFIRMED", "PENDING_CONFIRMATION")
        expected = (row["amount_cents"], 0) if row["status"] == "CONFIRMED" else (0, row["amount_cents"]) if stands else (0, 0)
        if (kept, held) != expected:
            wrong.append(f"{row['id']} is {row['status']}, but Stripe took {kept} and holds {held}: {row}")
        if row["events"] != (1 if stands else 0):
            wrong.append(f"{row['id']} is {row['status']}, but {row['events']} events say that it was made")
    return rows, wrong


def main():
    kills = int(sys.argv[1])
    subprocess.run([CLUSTER, "--disposable", "--state", str(STATE), "stop"], check=False, capture_output=True)
    shutil.rmtree(STATE, ignore_errors=True)
    STATE.mkdir(parents=True)
    system = System()
    since = datetime.datetime.now(datetime.timezone.utc).isoformat()
    token = system.sign_in("maria@courtside.test")
    slots = list(free_slots(system, token))
    answered = unanswered = 0
    for number in range(kills):
        token = system.sign_in("maria@courtside.test")
        moment = MOMENTS[number % len(MOMENTS)]
        with concurrent.futures.ThreadPoolExecutor(PLAYERS) as players:
            running = [players.submit(book, system, token, slots.pop()) for _ in range(PLAYERS)]
            time.sleep(moment)  # the moment of the kill is the input of this test, not a wait for something
            system.kill()
            outcomes = [one.result() for one in running]
        answered += sum(status == 201 for status, _ in outcomes)
        unanswered += sum(status is None for status, _ in outcomes)
        system = System()
        wait("all that was begun is finished or undone", 90, lambda: not unsettled(since))
        promised = {booking for status, booking in outcomes if status == 201}
        rows, wrong = compare(system, since)
        standing = {row["id"] for row in rows if row["status"] in ("CONFIRMED", "PENDING_CONFIRMATION")}
        wrong += [f"{booking} was promised and does not stand" for booking in promised - standing]
        if wrong:
            print("\n".join(wrong))
            system.stop()
            raise SystemExit(f"contradictions after the kill at {moment} s")
        print(f"kill {number + 1} at {moment:.2f} s: {len(rows)} begun so far, {len(standing)} stand, the rest undone", flush=True)
    system.stop()
    print(f"{kills} kills, {kills * PLAYERS} bookings begun: {answered} answered, {unanswered} cut off, no contradiction")


main()
