"""A class folder: an ordinary nbgrader course directory with what was decided for one term."""

import os
import secrets
import stat
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from postwar.classroom import roster, settings
from postwar.classroom.settings import Settings

KEY = "class.key"


@dataclass(frozen=True)
class ClassFolder:
    """The folder ``root`` with its ``class.toml``, ``class.key``, ``roster.csv`` and nbgrader's own folders."""

    root: Path

    @cached_property
    def settings(self) -> Settings:
        """What ``class.toml`` says; raises ValueError where it cannot be read."""
        return settings.read(self.root)

    @property
    def editions(self) -> int | str:
        """How many editions the class has: a number, or ``"each"`` for one per student."""
        return self.settings.editions

    def roster(self) -> list[roster.Student]:
        """Who is in the class, in the order of ``roster.csv``."""
        return roster.read(self.root / roster.FILE)

    def key(self) -> bytes:
        """The secret behind the editions; raises FileNotFoundError with what to do where it is gone."""
        try:
            return bytes.fromhex((self.root / KEY).read_text(encoding="ascii").strip())
        except FileNotFoundError:
            raise FileNotFoundError(
                f"{self.root / KEY} is missing. Without it no edition of this class can be made again: restore it from a back-up."
            ) from None
        except ValueError:
            raise ValueError(f"{self.root / KEY} is damaged: it holds 64 hexadecimal digits.") from None

    @property
    def assignments(self) -> list[str]:
        """The slugs in ``solutions/``, in order."""
        source = self.root / "solutions"
        return sorted(path.name for path in source.iterdir() if path.is_dir()) if source.is_dir() else []

    def notebooks(self, slug: str) -> list[str]:
        """Names of an assignment's notebooks, without ending; raises ValueError where there is no such assignment."""
        if slug not in self.assignments:
            raise ValueError(f"there is no assignment {slug!r} in {self.root}; there are {', '.join(self.assignments)}")
        return sorted(path.stem for path in (self.root / "solutions" / slug).glob("*.ipynb"))

    @property
    def db_url(self) -> str:
        return f"sqlite:///{self.root / 'gradebook.db'}"


def find(path: Path | None = None) -> ClassFolder:
    """The class folder at ``path`` (default: here) or above it; raises FileNotFoundError with what to do."""
    here = Path(path or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / settings.FILE).is_file():
            return ClassFolder(folder)
    raise FileNotFoundError(
        f"{here} is no class folder (it has no {settings.FILE}). Change into one, or make it: postwar class new FOLDER --roster FILE"
    )


def close(folder: Path, *, everybody: bool = False) -> list[str]:
    """Keep other accounts of this machine out of a class folder, which holds keys, hand-ins and marks; returns what was done, in words.

    A group's rights stay, so that assistants can share the folder, unless ``everybody`` is to be kept out. Elsewhere than on Linux and macOS, and
    where the folder is another account's, nothing is done.
    """
    mode = stat.S_IMODE(folder.stat().st_mode)
    closed = mode & ~(0o077 if everybody else 0o007)
    if os.name != "posix" or mode == closed or folder.stat().st_uid != os.geteuid():
        return []
    folder.chmod(closed)
    return [f"{folder.name}: was open to other accounts of this machine and is now closed to them"]


def new_key() -> str:
    """32 random bytes as text."""
    return secrets.token_hex(32)
