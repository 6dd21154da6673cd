"""Addresses outside the course: which of them still answer, as Sphinx's linkcheck finds them."""

import csv
import json
import socket
from collections import Counter
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

#: What was found last, address by address; a row without a date was never tried.
KNOWN = Path(__file__).parent / "links.csv"
_GOOD = ("working", "redirected", "unchecked", "ignored")


def check() -> int:
    """Try every external address of the pages, print those that fail and renew the list; returns 1 where one fails.

    A fact that no page cites keeps what was found last. Without a connection nothing is tried and nothing changes.
    """
    from postwar.book import build, staging

    known = read()
    if not _connected([urlsplit(address).hostname for address in known][:3]):
        states = Counter(state for state, _ in known.values()).most_common()
        print(f"No connection: links were not checked. Found last: {', '.join(f'{n} {state}' for state, n in states)}.")
        return 0
    report = staging.CACHE / "linkcheck"
    build(report, builder="linkcheck")
    found = {}
    for line in (report / "output.json").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if entry["uri"].startswith("http"):
            found[entry["uri"]] = entry
    today = {address: (entry["status"], date.today().isoformat()) for address, entry in found.items()}
    write({address: state for address, state in known.items() if address in cited()} | today)
    broken = {address: entry for address, entry in found.items() if entry["status"] not in _GOOD}
    for address, entry in sorted(broken.items()):
        print(f"{entry['filename']}: {address} {entry['info']}")
    print(f"{len(found)} addresses, {len(broken)} do not answer.")
    return 1 if broken else 0


def read() -> dict[str, tuple[str, str]]:
    """Address -> (state, date of the last look), in order."""
    with KNOWN.open(encoding="utf-8", newline="") as file:
        return {row["address"]: (row["state"], row["checked"]) for row in csv.DictReader(file)}


def write(states: dict[str, tuple[str, str]]) -> None:
    """Replace the list."""
    with KNOWN.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["address", "state", "checked"])
        writer.writerows([address, *states[address]] for address in sorted(states))


def cited() -> set[str]:
    """Every address of a fact: what the lists of sources link to."""
    from postwar.data import facts

    return {row["url"] for row in facts().values()}


def _connected(hosts: list[str]) -> bool:
    for host in hosts:
        try:
            socket.getaddrinfo(host, 443)
        except OSError:
            continue
        return True
    return False
