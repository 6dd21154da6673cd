"""What the name of a file in an archive says."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Entry:
    """One file of a hand-in.

    ``who`` are hints for `roster.Finder` (``platform_id``, ``id``, ``name``, ``squeezed``); ``file`` is the student's own name for the
    file, folders included; ``attempt`` groups the files of one attempt and sorts attempts; ``handed_in`` is by the platform's clock,
    without zone; ``late`` is the platform's own word on it; ``keep`` is what a feedback page must be named after;
    ``undated`` is a time that could not be read, as it was written.
    """

    who: tuple[tuple[str, str], ...]
    file: str
    attempt: str = ""
    handed_in: datetime | None = None
    late: bool = False
    keep: str = ""
    receipt: bool = False
    undated: str = ""


def scaled(points: float | None, maximum: float, theirs: str | float | None, comma: bool = False) -> str:
    """Points as a platform's sheet takes them: out of the maximum that the sheet states, with its decimal sign; "" for none."""
    if points is None:
        return ""
    limit = number(theirs)
    text = f"{points * limit / maximum if limit and maximum else points:.2f}"
    return text.replace(".", ",") if comma else text


def number(text: str | float | None) -> float | None:
    """A number as sheets write it, ``45``, ``45.00`` or ``45,00``; None where it is none."""
    try:
        return float(str(text).strip().replace(",", "."))
    except ValueError:
        return None
