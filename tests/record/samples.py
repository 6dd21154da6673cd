"""Rows that are made up, one of every kind that comes in by a sheet. They live in temporary copies of the record only."""

import csv
import os
import re
import shutil
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

from postwar.paths import COURSE, DATA
from postwar.record import intake, tables
from postwar.record.sheets import KINDS

MADE_UP = "Made up for a test: "
SOURCE = {
    "kind": "statement",
    "source_title": "A page made up for a test",
    "publisher": "A made-up paper",
    "url": "https://example.org/made-up",
    "source_type": "news_outlet",
    "corroboration": "single",
    "confidence": "medium",
}
AID = {"donor_code": "AUS", "donor": "Australia", "donor_group": "Other"}


def row(kind: str, /, **cells) -> dict[str, str]:
    """A made-up row of a kind, with other cells where they are named."""
    return {
        "facts": {
            "date": "2026-08-05",
            "actor": "UK",
            "theme": "uk",
            "topic": "uk_cost",
            "fact": f"{MADE_UP}the sum was put at 321 million pounds by nobody.",
            "value": "321",
            "unit": "million GBP",
            **SOURCE,
        },
        "events": {
            "date": "2026-08-06",
            "actor": "Ukraine",
            "theme": "timeline",
            "topic": "war",
            "label": "Made up",
            "fact": f"{MADE_UP}a meeting that never was.",
            **SOURCE,
        },
        "positions": {
            "actor": "United Kingdom (made-up government)",
            "iso3": "GBR",
            "actor_type": "state",
            "issue": "own_ground_troops_after_ceasefire",
            "stance": f"{MADE_UP}pledges nothing",
            "strength": "0",
            "as_of": "2026-08-05",
            "fact_ids": "T067",
            "kind": "statement",
            "confidence": "low",
        },
        "signals": {
            "speaker": "Steve Witkoff",
            "form": "words",
            "subject": "aid",
            "direction": "1",
            "signal": "made up",
            "fact_id": "US014",
        },
        "polls": {
            "fact_id": "US001",
            "iso3": "USA",
            "population": "adults",
            "pollster": "YouGov",
            "date": "2025-03-16",
            "about": "terms of peace",
            "question": f"{MADE_UP}other words",
            "support": "46",
            "oppose": "48",
        },
        "aid": {
            **AID,
            "month": "2026-05",
            "military": "0.25",
            "financial": "0.5",
            "humanitarian": "0",
            "total": "0.75",
        },
        "conflicts": {
            "question": f"{MADE_UP}how much?",
            "values": "100 (UK001) or 200 (T053)",
            "fact_ids": "UK001;T053",
            "advice": "Ask what is counted",
        },
        "missions": {
            "mission": "Made-up mission",
            "lead": "EU",
            "kind": "observers",
            "host_iso3": "UKR",
            "start_date": "2026-08",
            "strength": "100",
            "host_population_thousand": "40000",
            "troops_per_1000_inhabitants": "0.0025",
            "source_id": "TROOPDATA",
        },
        "strengths": {
            "mission": "IFOR",
            "as_of": "1996-06",
            "strength": "54321",
            "basis": "deployed",
            "quality": "press",
            "source_id": "TROOPDATA",
        },
        "forces": {
            "iso3": "GBR",
            "as_of": "2026-08",
            "measure": "made up",
            "persons": "72510",
            "is_estimate": "true",
            "quality": "press",
            "fact_id": "UK008",
        },
        "proposals": {
            "date": "2026-08-05",
            "who": "nobody",
            "basis": "asked for",
            "scope": "whole force",
            "low": "72510",
            "fact_id": "UK008",
        },
        "guarantees": {
            "instrument": "Made-up pact",
            "date": "2026-08-05",
            "status": "draft",
            "provider": "GBR;FRA",
            "beneficiary": "UKR",
            "form": "treaty",
            "obligation_class": "consult_then_decide",
            "fact_ids": "UK001",
        },
    }[kind] | cells


def sheet(path: Path, **rows: list[dict]) -> Path:
    """A filled sheet: every kind on a page of its own (.xlsx), or the rows of one kind (.csv)."""
    if path.suffix == ".xlsx":
        from openpyxl import Workbook

        book = Workbook()
        book.remove(book.active)
        for kind, found in rows.items():
            page = book.create_sheet(kind)
            header = list(dict.fromkeys(name for cells in found for name in cells))
            for line in [header, *([cells.get(name, "") for name in header] for cells in found)]:
                page.append(line)
        book.save(path)
        return path
    ((kind, found),) = rows.items()
    path = path.with_name(f"{kind}.csv")
    header = list(dict.fromkeys(name for cells in found for name in cells))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        writer.writerows(found)
    return path


def copy_of_record(folder: Path) -> Path:
    """The tables and the two pages that say where the record ends, copied; returns the folder of the tables."""
    shutil.copytree(DATA, folder / "data")
    for name in ("README.md", "INSTRUCTORS.md"):
        shutil.copy(COURSE / name, folder / name)
    return folder / "data"


class Course:
    """A copy of the course under git, with its own commands and, where one is named, its own today."""

    def __init__(self, folder: Path, today: str | None = None):
        self.root, self.today = folder, today
        listed = subprocess.run(
            ["git", "ls-files", "-coz", "--exclude-standard"], cwd=COURSE, capture_output=True, check=True
        )
        for name in filter(None, listed.stdout.decode().split("\0")):
            if (COURSE / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(COURSE / name, folder / name)
        self.git("init", "-q")
        self.commit()

    def git(self, *words):
        who = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, *words], cwd=self.root, check=True, capture_output=True)

    def commit(self):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "as it was")

    def rows(self, table: str) -> list[dict[str, str]]:
        return tables.read(self.root / "data", table)

    def write(self, table: str, rows: list[dict[str, str]]):
        tables.write(self.root / "data", table, rows)

    def python(self, code: str, *words: str) -> subprocess.CompletedProcess:
        """Run Python with the copy's own package."""
        return self.run([sys.executable, "-c", code, *words])

    def run(self, command: list[str]) -> subprocess.CompletedProcess:
        environment = os.environ | {"PYTHONPATH": str(self.root)}
        return subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True, check=False)

    def record(self, *words: str) -> subprocess.CompletedProcess:
        """``postwar record …`` as typed in the copy."""
        code = "import datetime, sys\nfrom postwar import cli\nfrom postwar.record import rules\n"
        if self.today:
            code += f"rules.today = lambda: datetime.date.fromisoformat({self.today!r})\n"
        return self.python(code + "sys.exit(cli.main(['record', *sys.argv[1:]]))", *words)

    def todo(self, *words: str) -> set[tuple[str, str, str]]:
        """What ``postwar record check`` lists: kind, file and id of each place; ``list`` keeps its words."""
        done = self.record("check", *words)
        assert done.returncode == 0, done.stderr
        self.list = done.stdout
        found, file = set(), ""
        for line in self.list.splitlines():
            if line.startswith("## "):
                file = line.removeprefix("## ")
            elif match := re.match(r"- \[ \] (.+?) `(.+?)`:", line):
                found.add((match[1], file, match[2]))
        return found


def add(path: Path, **options) -> int:
    """What ``postwar record add`` does with a file."""
    return intake.main(Namespace(**{"file": path, "kind": None, "correct": False, "dry_run": False} | options))


__all__ = ["AID", "KINDS", "MADE_UP", "SOURCE", "Course", "add", "copy_of_record", "row", "sheet"]
