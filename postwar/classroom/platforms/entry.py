"""What the name of a file in an archive says."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Entry:
    """One file of a hand-in.

    ``who`` are hints for `roster.Finder` (``platform_id``, ``id``, ``name``, ``squeezed``); ``file`` is the student's own name for the
    file, folders included; ``attempt`` groups the files of one attempt and sorts attempts; ``handed_in`` is by the platform's clock,
    without zone; ``late`` is the platform's own word on it; ``keep`` is what a feedback page must be named after.
    """

    who: tuple[tuple[str, str], ...]
    file: str
    attempt: str = ""
    handed_in: datetime | None = None
    late: bool = False
    keep: str = ""
    receipt: bool = False
