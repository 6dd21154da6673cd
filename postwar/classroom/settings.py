"""``class.toml``: what an instructor decided for one term."""

import re
import tomllib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

FILE = "class.toml"

TEMPLATE = """# What was decided for this class. Lines that begin with # are remarks; change the rest as you like.

name = "{name}"
course_id = "{course_id}"          # letters, digits, - and _: names the course in the exchange and in the gradebook
timezone = "{timezone}"     # every time in this file is meant in this zone
platform = "{platform}"            # moodle, canvas, blackboard, brightspace, or "" for none
editions = {editions}                 # 1: all students have the same numbers; 6: six versions; "each": one for every student

[due]                        # when an assignment is to be handed in, by this zone's clock
{due}

[weights]                    # share of an assignment in the final mark; all count alike where nothing is said
# "08-looking-ahead" = 2

[late]
grace_minutes = 15           # nothing is taken off within
percent_per_day = 0          # taken off the points for each day begun
zero_after_days = 0          # 0: never

[drop]
lowest = 0                   # so many assignments with the lowest marks do not count

[final]
step = 0                     # the final mark is rounded to this many per cent, such as 1 or 0.5; 0: not rounded
half = "up"                  # what lies exactly between two steps goes "up", or to the "even" one

# Grading takes the late rule from here, and `postwar class return` brings it up to date: change it at any time.
# Another date for one student, or an assignment that need not be done:
# [extensions.s001]
# "01-planning-peace" = "2027-03-08 18:00"
# "02-london-and-paris" = "excused"
"""


@dataclass(frozen=True)
class Late:
    """How a late hand-in counts."""

    grace_minutes: float = 0
    percent_per_day: float = 0
    zero_after_days: float = 0

    def share_off(self, seconds: float) -> float:
        """Share of the points, 0 to 1, that is taken off for so many seconds after the due date."""
        if seconds <= self.grace_minutes * 60:
            return 0.0
        days = seconds / 86_400
        if self.zero_after_days and days > self.zero_after_days:
            return 1.0
        return min(1.0, -(-days // 1) * self.percent_per_day / 100)


@dataclass(frozen=True)
class Rounding:
    """How the final mark is rounded: to multiples of ``step`` per cent (0: not at all), halves ``up`` or to the ``even`` one."""

    step: float = 0
    half: str = "up"

    def rounded(self, share: float) -> float:
        """A mark in per cent, rounded as decimals are by hand."""
        if not self.step:
            return share
        step = Decimal(str(self.step))
        # A sum of floats that should be 62.5 may be 62.49999999999999.
        steps = Decimal(str(round(share, 9))) / step
        return float(steps.quantize(Decimal(1), ROUND_HALF_UP if self.half == "up" else ROUND_HALF_EVEN) * step)

    def __str__(self) -> str:
        if not self.step:
            return "not rounded"
        return f"to {self.step:g} per cent, halves {'up' if self.half == 'up' else 'to the even step'}"


@dataclass(frozen=True)
class Settings:
    """The content of ``class.toml``; times carry their zone. ``extensions`` maps student -> slug -> new date, None if excused."""

    name: str
    course_id: str
    timezone: ZoneInfo
    platform: str = ""
    editions: int | str = 1
    due: dict[str, datetime] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    late: Late = Late()
    drop_lowest: int = 0
    rounding: Rounding = Rounding()
    extensions: dict[str, dict[str, datetime | None]] = field(default_factory=dict)

    def due_for(self, student: str, slug: str) -> datetime | None:
        """When this student hands in, extension included; None where there is no date or none is needed."""
        return self.extensions.get(student, {}).get(slug, self.due.get(slug))

    def excused(self, student: str, slug: str) -> bool:
        """Whether this student need not do the assignment."""
        return slug in (own := self.extensions.get(student, {})) and own[slug] is None

    def own_date(self, student: str, slug: str) -> list[str]:
        """In words, what was agreed with this student alone; empty where nothing was."""
        own = self.extensions.get(student, {})
        if slug not in own:
            return []
        return [f"extension to {own[slug]:%Y-%m-%d %H:%M}" if own[slug] else "excused"]

    def late_by(self, student: str, slug: str, handed_in: datetime | None) -> timedelta | None:
        """How long after the date; None where that is unknown or it was in time."""
        due = self.due_for(student, slug)
        if due is None or handed_in is None or handed_in <= due:
            return None
        return handed_in - due


def read(folder: Path) -> Settings:
    """Read ``class.toml``; raises ValueError with the file, the entry and what would be right."""
    file = folder / FILE
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{file}: {error}") from None
    known = {
        "name",
        "course_id",
        "timezone",
        "platform",
        "editions",
        "due",
        "weights",
        "late",
        "drop",
        "final",
        "extensions",
    }
    if unknown := sorted(content.keys() - known):
        raise ValueError(f"{file}: {', '.join(unknown)} is unknown; there are {', '.join(sorted(known))}")

    def need(holds, message):
        if not holds:
            raise ValueError(f"{file}: {message}")

    need(re.fullmatch(r"[\w-]+", str(content.get("course_id", ""))), "course_id takes letters, digits, - and _")
    try:
        zone = ZoneInfo(content.get("timezone", "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(
            f"{file}: timezone {content['timezone']!r} is unknown; write one such as Europe/Berlin"
        ) from None
    editions = content.get("editions", 1)
    need(
        editions == "each" or (isinstance(editions, int) and not isinstance(editions, bool) and editions >= 1),
        'editions is 1 or more, or "each"',
    )

    def moment(value, where):
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=zone)
        try:
            found = datetime.fromisoformat(str(value).strip())
        except ValueError:
            raise ValueError(f"{file}: {where} = {value!r}; write a date such as 2027-03-01 18:00") from None
        return found if found.tzinfo else found.replace(tzinfo=zone)

    def share(table, key, default=0.0):
        value = table.get(key, default)
        need(isinstance(value, int | float) and value >= 0, f"{key} = {value!r} must be a number of at least 0")
        return value

    late, final = content.get("late", {}), content.get("final", {})
    need(final.get("half", "up") in ("up", "even"), '[final] half is "up" or "even"')
    return Settings(
        name=str(content.get("name", folder.name)),
        course_id=content["course_id"],
        timezone=zone,
        platform=str(content.get("platform", "")),
        editions=editions,
        due={slug: moment(value, f"[due] {slug}") for slug, value in content.get("due", {}).items()},
        weights={slug: share(content["weights"], slug) for slug in content.get("weights", {})},
        late=Late(*(share(late, key) for key in ("grace_minutes", "percent_per_day", "zero_after_days"))),
        drop_lowest=int(share(content.get("drop", {}), "lowest")),
        rounding=Rounding(share(final, "step"), final.get("half", "up")),
        extensions={
            str(student): {
                slug: None if value == "excused" else moment(value, f"[extensions.{student}] {slug}")
                for slug, value in dates.items()
            }
            for student, dates in content.get("extensions", {}).items()
        },
    )
