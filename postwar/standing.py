"""How far a learner is with each objective, by the fresh sets that `postwar mark` marked; read by `postwar practice` and the lessons.

A set is a folder ``practice/<slug>-<number>/`` of the learner's own copy. Its notebooks carry what it was drawn from; ``marks.json``
beside them keeps points and maximum by objective. Nothing leaves the learner's computer.

An objective is *mastered* when every item on it was right in two fresh sets in a row. It is to be repeated at once while it is
not right, then after 1, 3, 7, 21 and 60 days: each further day on which it is right, the next interval is due. Sets of one day count as
one here, since repeating at once is no spacing.
"""

import datetime
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

RULE = "An objective is mastered when every item on it was right in two fresh sets in a row."
_INTERVALS = (0, 1, 3, 7, 21, 60)
_MOST_SETS, _LONGEST_SEED = 1000, 64
_IN_A_ROW = 2
#: Points and maximum by objective, beside what was marked.
MARKS = "marks.json"


@dataclass(frozen=True)
class Standing:
    """How far a learner is with an objective: sets marked, how many were right in a row, and when it is due again."""

    assignment: str
    objective: str
    sets: int
    in_a_row: int
    due: datetime.date

    @property
    def mastered(self) -> bool:
        return self.in_a_row >= _IN_A_ROW

    @property
    def command(self) -> str:
        """What writes the next set on it."""
        return f"postwar practice {self.assignment} --objective {self.objective}"


def standings(home: Path, today: datetime.date | None = None) -> list[Standing]:
    """Every objective that was practised below ``home/practice``, most urgent first.

    A set that is dated after ``today`` (default: this day) counts as marked today: a clock that was wrong postpones nothing.
    """
    today = today or datetime.date.today()
    found = {}
    for folder in sets(home / "practice"):
        try:
            marks = json.loads((folder / MARKS).read_text(encoding="utf-8"))
            day = min(datetime.date.fromisoformat(marks["marked"]), today)
            results = [(name, earned >= possible) for name, (earned, possible) in marks["objectives"].items()]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue  # not marked yet
        for name, right in results:
            found.setdefault((origin(folder)["assignment"], name), []).append((day, number(folder), right))
    standing = []
    for (slug, name), marked in found.items():
        marked.sort()
        in_a_row, days = 0, set()
        for day, _, right in marked:
            in_a_row = in_a_row + 1 if right else 0
            days = days | {day} if right else set()
        wait = _INTERVALS[min(len(days), len(_INTERVALS) - 1)]
        standing.append(Standing(slug, name, len(marked), in_a_row, marked[-1][0] + datetime.timedelta(days=wait)))
    return sorted(standing, key=lambda each: (each.due, each.in_a_row, each.objective))


def keep(folder: Path, earned: Iterable[tuple[str, float, float]], day: datetime.date) -> None:
    """Write down a marked set or assignment: an objective, points and maximum for each of its items."""
    found = {}
    for objective, points, maximum in earned:
        before = found.get(objective, (0, 0))
        found[objective] = (before[0] + points, before[1] + maximum)
    marks = {"marked": day.isoformat(), "objectives": found}
    (folder / MARKS).write_text(json.dumps(marks, indent=1) + "\n", encoding="utf-8")


def sets(home: Path, slug: str = "") -> list[Path]:
    """The folders of all sets (of an assignment), in the order in which they were written."""
    if not home.is_dir():
        return []
    return [
        folder
        for folder in sorted(home.iterdir(), key=number)
        if (drawn_from := origin(folder)) and slug in ("", drawn_from["assignment"])
    ]


def number(folder: Path) -> int:
    """Which set of its assignment a folder is, by its name; 0 where it has none."""
    match = re.search(r"-(\d+)$", folder.name)
    return int(match[1]) if match else 0


def origin(folder: Path) -> dict | None:
    """What a set was drawn from, as one of its notebooks says; None where the folder is no set."""
    for file in sorted(folder.glob("*.ipynb")) if folder.is_dir() else ():
        try:
            found = json.loads(file.read_text(encoding="utf-8"))["metadata"]["postwar"]["practice"]
            if _is_origin(found):
                return found
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            continue
    return None


def _is_origin(found) -> bool:
    """Whether a set, which may come from anywhere, names an assignment, a seed and a number that can be drawn."""
    return (
        re.fullmatch(r"[\w-]+", found["assignment"]) is not None
        and 0 < len(bytes.fromhex(found["seed"])) <= _LONGEST_SEED
        and type(found["set"]) is int
        and 0 < found["set"] <= _MOST_SETS
    )
