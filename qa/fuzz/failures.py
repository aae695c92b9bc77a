"""The last word: whatever was asked before, by whichever suite, the system has counted no failure of its own."""

import sys

from world import server_failures


def main():
    """Fails when the system has answered anything with a status from 500 on."""
    failed = server_failures()
    print(f"failures of the server, by its own count: {len(failed)}")
    for line in failed:
        print(f"  {line}", file=sys.stderr)
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
