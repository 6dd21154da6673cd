"""Learning platforms as data: how each names files and columns, and in which form it takes marks and feedback back.

A module per platform with the same four functions; ``HEADINGS``: by which headings they know what `headings.WORDS` lists; ``COLUMN``: how an
assignment's column is headed (None: an export is for one assignment); ``SHEET``: columns that its export of marks always has;
``UPLOAD``: where a person uploads what `marks` and `feedback_path` name.

``roster(header, rows)``
    Fields of `Student` for each row of its roster or grade export; None where it is another platform's.
``entry(path)``
    What the name of a file in its archive of hand-ins says, as an `Entry`; None where it does not fit.
``marks(sheet, results, title, maximum)``
    Header and rows of the file in which it takes marks back; ``sheet`` is its own export, of which each result has its ``row``, or None.
``feedback_path(entry, student)``
    The name of a feedback page in the archive that it takes back; ``entry`` is what was handed in.

Adding a platform is copying the smallest of them and naming it here.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath

from postwar.classroom.platforms import blackboard, brightspace, canvas, headings, moodle
from postwar.classroom.platforms.entry import Entry

__all__ = ["ALL", "Entry", "Result", "english", "named", "parse", "recognise", "titles"]

ALL = {"moodle": moodle, "canvas": canvas, "blackboard": blackboard, "brightspace": brightspace}


def named() -> str:
    """The platforms' names, for messages."""
    return ", ".join(name.capitalize() for name in ALL)


@dataclass(frozen=True)
class Result:
    """What one student gets for one assignment: points, or None with the reason; ``keep`` as in `Entry`; ``row`` of the platform's own export."""

    student: object
    points: float | None
    reason: str = ""
    handed_in: datetime | None = None
    keep: str = ""
    row: dict[str, str] | None = None


def recognise(paths: list[PurePosixPath]) -> str | None:
    """The platform by whose rule most files of an archive are named; None where no rule fits half of them."""
    counts = {name: sum(parse(module, path) is not None for path in paths) for name, module in ALL.items()}
    best = max(counts, key=counts.get)
    return best if paths and counts[best] * 2 >= len(paths) and counts[best] else None


def parse(module, path: PurePosixPath) -> Entry | None:
    """What a member's name says; of a file from an archive within, what the archive's own name says."""
    for end in range(1, len(path.parts) + 1):
        if entry := module.entry(PurePosixPath(*path.parts[:end])):
            return replace(entry, file="/".join(filter(None, [entry.file, *path.parts[end:]])))
    return None


def english(module, header: list[str], rows: list[dict[str, str]]):
    """An export with the headings that a platform's module knows, and for each the heading that stood there."""
    named = headings.english(header, module.HEADINGS)
    back = {new: old for old, new in named.items()}
    return list(named.values()), [{named.get(name, name): cell for name, cell in row.items()} for row in rows], back


def titles(module, header: list[str]) -> list[str]:
    """The assignments that an export has columns for; empty where it is for one assignment alone."""
    return [found["title"] for name in header if (found := module.COLUMN.fullmatch(name))] if module.COLUMN else []
