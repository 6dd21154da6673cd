"""The assignments of a class: kept as they were, made into its editions, and handed out.

::

    course/<slug>/, course/<slug>.editions.toml …   the sources, as the course had them when the class began
    solutions/<slug>/                               edition 1 (or the only one), for nbgrader and its gradebook
    exercises/<slug>/                               its release
    outbox/release/<slug>/<student or group>/       each student's own, and the same as a .zip
"""

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat

from postwar.classroom.folder import ClassFolder
from postwar.editions.edition import Edition
from postwar.editions.versions import PINNED, Versions

#: The version that stands in ``solutions/`` of a class with one edition per student; no student has it.
_FRAME = "frame"


def pin(folder: ClassFolder, solutions: Path) -> None:
    """Copy the course's sources into the class, so that a later release of the course changes nothing in it."""
    target = folder.root / PINNED
    for source in sorted(solutions.rglob("*")):
        if source.is_file() and not any(part.startswith(".") for part in source.relative_to(solutions).parts):
            copy = target / source.relative_to(solutions)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)


def slugs(folder: ClassFolder) -> list[str]:
    """The assignments of the class."""
    return sorted(path.name for path in (folder.root / PINNED).iterdir() if path.is_dir())


def prepare(folder: ClassFolder, only: str | None = None) -> None:
    """Write ``solutions/`` of the class, from which nbgrader generates its assignments."""
    versions = Versions(folder)
    for slug in [only] if only else slugs(folder):
        frame = _FRAME if folder.editions == "each" else "1"
        edition = versions.edition(slug, frame)
        target = folder.root / "solutions" / slug
        _write(edition.solutions, target)
        _copy_others(versions.source(slug).folder / slug, target)


def release(folder: ClassFolder, slug: str) -> Iterator[tuple[str, Edition, Path]]:
    """Write each student's or group's own release; yields its owner, its edition and its folder as they are done.

    Raises FileNotFoundError where the class has no such assignment.
    """
    versions = Versions(folder)
    if slug not in slugs(folder):
        raise FileNotFoundError(f"This class has no assignment {slug!r}. It has {', '.join(slugs(folder))}.")
    outbox = folder.root / "outbox" / "release" / slug
    owners = {}
    for student in folder.roster():
        owners[student.owner] = student.id
    for owner, student in owners.items():
        edition = versions.of(slug, student)
        target = outbox / owner
        shutil.rmtree(target, ignore_errors=True)
        _write(edition.release, target)
        _copy_others(versions.source(slug).folder / slug, target)
        with zipfile.ZipFile(target.with_name(f"{owner}.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(target.rglob("*")):
                if file.is_file():
                    archive.write(file, Path(slug) / file.relative_to(target))
        yield owner, edition, target


def _write(notebooks, target):
    target.mkdir(parents=True, exist_ok=True)
    for name, notebook in notebooks.items():
        nbformat.write(notebook, target / f"{name}.ipynb")


def _copy_others(source, target):
    """Files beside the notebooks, such as data for a task."""
    for file in source.rglob("*"):
        if file.is_file() and file.suffix != ".ipynb":
            copy = target / file.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
