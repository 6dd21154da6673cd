"""The class folder: where it is, what was decided, who is in it, and its secret.

::

    peace-2027/
      class.toml             what was decided
      class.key              the secret behind the editions; never in what students get
      roster.csv             student_id, and what else is known: first_name, last_name, email, group …
      nbgrader_config.py     this folder, and the course's settings
      course/                the assignments as the course had them when the class began
      solutions/ exercises/  nbgrader's own, made from course/ for this class
"""

import csv
import os
import secrets
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

SETTINGS, KEY, ROSTER = "class.toml", "class.key", "roster.csv"


@dataclass(frozen=True)
class ClassFolder:
    """One class; ``root`` holds its ``class.toml``."""

    root: Path

    @cached_property
    def settings(self) -> dict:
        """What ``class.toml`` says; raises ValueError where it cannot be read."""
        try:
            return tomllib.loads((self.root / SETTINGS).read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise ValueError(f"{self.root / SETTINGS} is not valid TOML: {error}") from None

    @cached_property
    def editions(self) -> int | str:
        """How many editions the class has: a number, or ``"each"`` for one per student."""
        number = self.settings.get("editions", 1)
        if number != "each" and (isinstance(number, bool) or not isinstance(number, int) or number < 1):
            raise ValueError(f'{self.root / SETTINGS}: editions must be 1 or more, or "each", not {number!r}')
        return number

    def roster(self) -> list[dict[str, str]]:
        """The rows of ``roster.csv``, in order; raises ValueError where it has no student_id or one twice."""
        path = self.root / ROSTER
        if not path.exists():
            return []
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        names = [(row.get("student_id") or "").strip() for row in rows]
        if not all(names):
            raise ValueError(f"{path}: every row needs a student_id")
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"{path}: {min(twice)} is there twice")
        return [{**row, "student_id": name} for row, name in zip(rows, names, strict=True)]

    def key(self) -> bytes:
        """The secret; raises FileNotFoundError where it is missing, for without it no edition can be made again."""
        path = self.root / KEY
        if not path.exists():
            raise FileNotFoundError(
                f"{path} is missing. It is the secret behind this class's editions: put it back from a copy. Without it "
                "neither keys nor marks of this class can be worked out."
            )
        return path.read_bytes().strip()


def find(path: Path | None = None) -> ClassFolder:
    """The class folder at ``path`` (the current folder) or above it; raises FileNotFoundError where there is none."""
    start = Path(path or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / SETTINGS).is_file():
            return ClassFolder(folder)
    raise FileNotFoundError(
        f"There is no {SETTINGS} in {start} or above it. `postwar class new NAME` makes a class folder."
    )


def write_key(path: Path) -> None:
    """A new secret of 32 random bytes, as text, readable by its owner alone. An existing one is never replaced."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32) + "\n")
