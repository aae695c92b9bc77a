"""Requests that schemathesis makes up from the generated documents, as nobody and as each role.

QA-49, QA-51, SEC-38: no answer is a failure, and each has a status, a content type and a shape that the documents name.
One run per document and person, each document beside the other; a seed makes all of it repeatable.
"""

import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from world import BASE, PEOPLE, ROOT, sign_in

REPORTS = ROOT / ".courtside/fuzz"
SEED = "4"
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# One worker each: the generator is not safe with threads on every Python.
OPTIONS = [
    *("--checks", CHECKS, "--continue-on-failure", "--phases", "examples,coverage,fuzzing", "--seed", SEED, "--workers", "1"),
    *("--suppress-health-check", "all", "--warnings", "off", "--no-color", "--request-timeout", "20", "--max-response-time", "10"),
]


def run(document, person, examples):
    """One run; returns a line for the summary and whether all was well."""
    name = f"{document} as {person}"
    command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(ROOT / "qa/fuzz/schemathesis.toml"), "run"]
    # /internal is not on the public address, the socket does not speak HTTP for long, and a deleted account asks no more.
    command += [str(ROOT / f"api/{document}.openapi.json"), "--url", BASE, "--exclude-path-regex", "^/internal/|^/ws$|^/api/users/me/delete$"]
    command += [*OPTIONS, "--max-examples", str(examples), "--report-junit-path", str(REPORTS / f"{document}-{person}.xml")]
    if person in PEOPLE:
        command += ["--header", f"Authorization: Bearer {sign_in(PEOPLE[person])}"]
    started = time.monotonic()
    done = subprocess.run(command, cwd=REPORTS, capture_output=True, text=True, check=False)
    log = REPORTS / f"{document}-{person}.txt"
    log.write_text(done.stdout + done.stderr)
    counts = re.search(r"(\d[\d,]*) generated", done.stdout)
    operations = re.search(r"Tested: (\d+)", done.stdout)
    found = re.search(r"(\d+) unique failure", done.stdout)
    failures = found.group(1) if found else ("0" if done.returncode == 0 else f"unknown, see {log}")
    line = (
        f"  {name}: {counts.group(1) if counts else '0'} requests to {operations.group(1) if operations else '0'} operations, "
        f"failures: {failures}, {time.monotonic() - started:.0f} s"
    )
    if done.returncode:
        shown = done.stdout.partition("= FAILURES =")[2] or done.stdout[-4000:] + done.stderr[-4000:]
        line += "\n" + shown[:6000] + f"\n  all of it: {log}"
    return line, done.returncode == 0


def main():
    """Prints a line per document and person; fails when any run did."""
    examples = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    REPORTS.mkdir(parents=True, exist_ok=True)
    people = ["nobody", "maria", "owner", "admin"]

    def whole(document):
        return [run(document, person, examples) for person in people]

    with ThreadPoolExecutor() as both:
        results = [result for runs in both.map(whole, ["platform", "transaction"]) for result in runs]
    print(f"generated: seed {SEED}, {examples} examples per operation")
    print("\n".join(line for line, _ in results))
    sys.exit(not all(well for _, well in results))


if __name__ == "__main__":
    main()
