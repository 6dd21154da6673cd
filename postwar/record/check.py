"""``postwar record check``: what a person must re-read since rows changed, as a list to tick."""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from postwar import data
from postwar.record import prose, tables, uses

_TICKED = "- [x] "
_OPEN = "- [ ] "
#: Words before a date that make a sentence say how things stood on it, and words for what had not come by then.
_STOOD = r"\b(?:by|until|till|up to|as of|since|before) "
_OPEN_YET = r"\b(?:no|not|none|nobody|nothing|never|unknown|still|yet|open)\b"


@dataclass(frozen=True)
class Change:
    """A row that is new, gone or corrected: its table, its key, and for a correction the columns with old and new cells."""

    table: str
    key: str
    what: str
    cells: tuple[tuple[str, str, str], ...] = ()
    topic: str = ""

    def __str__(self):
        moved = "; ".join(f"{name}: {_short(old)} → {_short(new)}" for name, old, new in self.cells)
        return f"{self.table} **{self.key}** {self.what}{f' ({moved})' if moved else ''}"


def main(options) -> int:
    """Print the to-do, or write it to a file in which ticks stay."""
    folder = tables.checkout()
    found = changes(folder, options.since)
    text = todo(found, folder.parent, options.since)
    if options.file is None:
        print(text)
        return 0
    if options.file.exists():
        ticked = {
            line[len(_TICKED) :]
            for line in options.file.read_text(encoding="utf-8").splitlines()
            if line[:6] == _TICKED
        }
        lines = [_TICKED + line[len(_OPEN) :] if line[len(_OPEN) :] in ticked else line for line in text.splitlines()]
        text = "\n".join(lines) + "\n"
    tables.replace(options.file, text)
    print(
        f"Rows changed since {options.since}: {len(found)}. Places to re-read: {text.count(_OPEN)}, listed in {options.file}."
    )
    return 0


# -- what changed -------------------------------------------------------------------------------------------------------


def changes(folder: Path, since: str) -> list[Change]:
    """Rows that are new, gone or corrected since a revision; a column that is new in a whole table is no correction."""
    found = []
    for resource in tables.package(folder)["resources"]:
        name, key = resource["name"], tables.key(resource)
        if name in tables.LINKS:
            continue
        text = at_revision(folder.parent, since, f"data/{resource['path']}")
        old = {_identity(row, key): row for row in tables.parse(text or "")}
        new = {_identity(row, key): row for row in tables.read(folder, name)}
        for identity, row in new.items():
            before = old.get(identity)
            if before is None:
                found.append(Change(name, identity, "is new", topic=row.get("topic", "")))
                continue
            cells = tuple(
                (column, before[column], cell) for column, cell in row.items() if before.get(column, cell) != cell
            )
            if cells:
                found.append(Change(name, identity, "was corrected", cells, row.get("topic", "")))
        found += [Change(name, identity, "is gone") for identity in old if identity not in new]
    return found


def at_revision(course: Path, since: str, path: str) -> str | None:
    """A file of the course as it was; None if it was not there."""

    def git(*words):
        return subprocess.run(["git", "-C", str(course), *words], capture_output=True, text=True, check=False)

    try:
        known = git("rev-parse", "--verify", "--quiet", f"{since}^{{commit}}")
    except FileNotFoundError:
        raise ValueError("postwar record check compares with git, which is not installed here.") from None
    if known.returncode:
        raise ValueError(
            f"{since!r} is no revision of git here ({course}); name a commit, a tag or a branch, or make a commit first."
        )
    shown = git("show", f"{since}:./{path}")
    return shown.stdout if shown.returncode == 0 else None


def _identity(row: dict, key) -> str:
    return ", ".join(row.get(name, "") for name in key)


def _short(cell: str) -> str:
    return f"“{cell if len(cell) < 60 else cell[:57] + '…'}”" if cell else "empty"


# -- what rests on it ---------------------------------------------------------------------------------------------------


def resting(changed: list[Change], course: Path, since: str) -> dict[uses.Use, list[str]]:
    """The places that name a changed row, print a number that moved, or draw a table with a changed row; and why."""
    older = {change.key for change in changed if change.what != "is new"}
    terms = _terms(changed, course)
    own = {(f"data/{change.table}.csv", change.key) for change in changed}
    touched = {change.table for change in changed}
    before = {}
    found = {}
    for use in uses.uses(course):
        why = sorted(use.keys & older) if (use.file, use.id) not in own else []
        if use.kind not in ("figure", "code", "row"):
            why += sorted({terms[key] for key in use.keys & terms.keys()})
        if use.kind in ("figure", "code"):
            why += sorted(use.tables & touched)
        why += sorted(use.keys & touched)
        for expression, number in use.derived:
            if use.file not in before:
                before[use.file] = _numbers_at(course, since, use.file)
            if (
                prose.renewed(f"{number}<!--={expression}-->")
                != f"{before[use.file].get(expression)}<!--={expression}-->"
            ):
                why += [f"a number from {', '.join(sorted(use.tables))}"]
        if why:
            found[use] = list(dict.fromkeys(why))
    return found


def _terms(changed: list[Change], course: Path) -> dict[str, str]:
    """The facts about an office whose holder changed, and why they matter: what they say of the holder may be over."""
    moved = {
        change.key
        for change in changed
        if change.table == "governments" and {"holder", "from", "until"} & {name for name, *_ in change.cells}
    }
    return {
        key: f"{row['office']} {row['iso3']} changed"
        for row in tables.read(course / "data", "governments")
        if row["id"] in moved
        for key in row["fact_ids"].split(";")
    }


def dated(course: Path, since: str) -> tuple[str, list[uses.Use]]:
    """Sentences that say how things stood where the record ended, once it goes on; and that month."""
    ends = [
        max(
            (f"{row['date']}-01-01"[:10] for name in ("facts", "timeline") for row in tables.parse(read(name) or "")),
            default="",
        )
        for read in (
            lambda name: at_revision(course, since, f"data/{name}.csv"),
            lambda name: (course / "data" / f"{name}.csv").read_text(encoding="utf-8"),
        )
    ]
    if not ends[0] or ends[0] >= ends[1]:
        return "", []
    month = data.spell_date(ends[0][:7])
    stood = re.compile(rf"{_STOOD}(?:(?:early|mid|late)[ -])?(?:\d+ )?{month}|{_OPEN_YET}[^.]*\b{month}", re.IGNORECASE)
    found = [use for use in uses.sentences(course) if stood.search(use.text) and "record_ends" not in use.keys]
    return month, list(dict.fromkeys(found))


def names_gone(changed: list[Change], course: Path) -> dict[uses.Use, str]:
    """Places that still say a name by which a table knew a row that is gone: it was renamed, or taken out."""
    found = {}
    for change in [change for change in changed if change.what == "is gone"]:
        resource = tables.resource(course / "data", change.table)
        (first, *others) = tables.key(resource)
        fields = {field["name"]: field for field in resource["schema"]["fields"]}
        name = change.key if not others else ""
        if name and not fields[first].get("constraints", {}).get("pattern") and not uses.is_id(name):
            found |= {
                use: name
                for use in uses.saying(name, course)
                if (use.kind, use.file) != ("row", f"data/{change.table}.csv")
            }
    return found


def _numbers_at(course: Path, since: str, file: str) -> dict[str, str]:
    text = at_revision(course, since, file)
    cells = json.loads(text)["cells"] if text else []
    return {match[3]: match[1] for cell in cells for match in prose.DERIVED.finditer("".join(cell["source"]))}


def bearing(changed: list[Change], course: Path) -> list[tuple[str, str, str, list[str]]]:
    """Open questions and verdicts on the topic of a new fact: it may answer or move them."""
    folder = course / "data"
    topics = {row["id"]: row["topic"] for name in ("facts", "timeline") for row in tables.read(folder, name)}
    new = {change.key: change.topic for change in changed if change.what == "is new" and change.topic}
    fresh = {change.key for change in changed if change.what == "is new"}
    found = []
    for table, kind, words in (("open_questions", "open question", "question"), ("claims", "claim verdict", "claim")):
        for row in tables.read(folder, table):
            if row["status"] not in ("open", "standing") or row["id"] in fresh:
                continue
            about = {topics.get(key) for key in row["fact_ids"].split(";")}
            if keys := [key for key, topic in new.items() if topic in about and key not in row["fact_ids"]]:
                found.append((kind, row["id"], row[words], keys))
    return found


def todo(changed: list[Change], course: Path, since: str) -> str:
    """The list in Markdown: what changed, then by file what rests on it, then what new facts may answer."""
    lines = [f"# To re-read: what changed in the record since {since}", ""]
    if not changed:
        return "\n".join([*lines, "No row has changed.", ""])
    lines += [f"- {change}" for change in changed]
    found = resting(changed, course, since)
    for file in dict.fromkeys(use.file for use in found):
        lines += ["", f"## {file}", ""]
        for use, why in found.items():
            if use.file == file:
                lines.append(f"{_OPEN}{use.kind} `{use.id}`: {use.text or use.id} ({', '.join(why)})")
    if gone := names_gone(changed, course):
        lines += ["", "## Names that no table has any more", ""]
        lines += [f"{_OPEN}{use.kind} `{use.file}, {use.id}`: {use.text} ({name})" for use, name in gone.items()]
    month, stood = dated(course, since)
    if stood:
        lines += ["", f"## How things stood where the record ended, in {month}: still so?", ""]
        lines += [f"{_OPEN}{use.kind} `{use.file}, {use.id}`: {use.text}" for use in stood]
    if near := bearing(changed, course):
        lines += ["", "## On the topic of new rows: answered, or moved?", ""]
        lines += [f"{_OPEN}{kind} `{key}`: {words} ({', '.join(keys)})" for kind, key, words, keys in near]
    return "\n".join([*lines, ""])
