"""Who has no folder for an assignment in ``submitted/``, and what lies there instead: nobody's hand-in is passed over in silence."""

from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from postwar.copies import names

ARCHIVES = {".zip", ".7z", ".rar", ".gz", ".tar", ".tgz"}
_MOST_FILES = 1000


@dataclass
class Without:
    """Students without a folder for the assignment.

    ``misplaced`` maps those who may have handed it in under another name to what was found; ``absent`` lists those who have nothing
    that could be it; ``stray`` are files in ``submitted/`` that belong to no student; ``beside`` maps students who do have the folder
    to others that look like it.
    """

    misplaced: dict[str, str] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    stray: list[str] = field(default_factory=list)
    beside: dict[str, str] = field(default_factory=dict)


def look(submitted: Path, assignment: str, others: Collection[str] = ()) -> Without:
    """Go through ``submitted/<student>/``; *others* are the course's other assignments, whose folders are right as they are."""
    found = Without()
    for path in sorted(submitted.iterdir()) if submitted.is_dir() else ():
        if path.name.startswith(".") or names.is_litter(path.relative_to(submitted)):
            continue
        if path.is_symlink() or not path.is_dir():
            found.stray.append(path.name)
            continue
        there = path / assignment
        like = [
            each.name
            for each in sorted(path.iterdir())
            if each != there and each.name not in others and _may_be_it(each)
        ]
        shown = ", ".join(f"“{name}”" for name in like)
        if there.is_dir():
            if like := [name for name in like if names.plain(name) == names.plain(assignment)]:
                found.beside[path.name] = f"{', '.join(like)} beside {assignment} is not looked at"
        elif like:
            found.misplaced[path.name] = (
                f"there is no folder {assignment}, but {shown}: put what is meant into {path.name}/{assignment}"
            )
        elif there.exists():
            found.misplaced[path.name] = f"{assignment} is a file, not a folder"
        else:
            found.absent.append(path.name)
    return found


def _may_be_it(path):
    """Whether a file or folder in a student's folder may be a hand-in under a wrong name."""
    if path.is_symlink() or names.is_litter(path.relative_to(path.parent)):
        return False
    if path.is_file():
        return path.suffix.lower() in {".ipynb", *ARCHIVES}
    return any(each.suffix in {".ipynb", *ARCHIVES} for each in islice(path.rglob("*"), _MOST_FILES))
