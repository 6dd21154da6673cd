"""The tables as text, so that a row that nobody changed stays byte for byte the same; and writing that is never left half done."""

import csv
import io
import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from postwar import paths

#: Tables that only repeat what others say, so that keys can lead somewhere.
LINKS = ("fact_index", "fact_links")
_PENDING = ".record-pending"


def read(folder: Path, name: str) -> list[dict[str, str]]:
    """The rows of a table, every cell as text."""
    return parse((folder / f"{name}.csv").read_text(encoding="utf-8"))


def parse(text: str) -> list[dict[str, str]]:
    """The rows of a CSV text with a header."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


def write(folder: Path, name: str, rows: list[dict[str, str]]) -> None:
    """Write a table in the order of its schema; a table without rows keeps its header."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns(folder, name), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    (folder / f"{name}.csv").write_text(buffer.getvalue(), encoding="utf-8", newline="")


def package(folder: Path) -> dict:
    """The descriptor of all tables."""
    return json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))


def write_package(folder: Path, descriptor: dict) -> None:
    text = json.dumps(descriptor, ensure_ascii=False, indent=1) + "\n"
    (folder / "datapackage.json").write_text(text, encoding="utf-8", newline="")


def resource(folder: Path, name: str) -> dict:
    """The descriptor of one table."""
    return next(found for found in package(folder)["resources"] if found["name"] == name)


def columns(folder: Path, name: str) -> list[str]:
    return [field["name"] for field in resource(folder, name)["schema"]["fields"]]


def key(folder_or_resource, name: str | None = None) -> tuple[str, ...]:
    """The columns that tell the rows of a table apart."""
    found = folder_or_resource if name is None else resource(folder_or_resource, name)
    return tuple(found["schema"]["primaryKey"])


def replace(path: Path, text: str) -> bool:
    """Write a file in one step; False if it says so already."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".record-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.chmod(name, 0o644)
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)
    return True


@contextmanager
def staged(data: Path):
    """A copy of the data folder to work in; it becomes the data when the block ends well, and vanishes when it does not.

    The copy is committed by one rename. If the computer stops after it, the next command finishes the move (``recover``).
    """
    recover(data)
    folder = Path(tempfile.mkdtemp(dir=data.parent, prefix=".record-"))
    try:
        shutil.copytree(data, folder, dirs_exist_ok=True)
        yield folder
        for path in sorted(folder.iterdir()):
            old = data / path.name
            if path.is_dir() or (old.exists() and old.read_bytes() == path.read_bytes()):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        if any(folder.iterdir()):
            folder.rename(data.parent / _PENDING)
            recover(data)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def recover(data: Path) -> bool:
    """Finish a move that was interrupted after it had been decided; True if there was one."""
    pending = data.parent / _PENDING
    if not pending.is_dir():
        return False
    for path in sorted(pending.iterdir()):
        os.replace(path, data / path.name)
    pending.rmdir()
    return True


def checkout() -> Path:
    """The data folder of a checkout; an installed course has nothing to add to."""
    if paths.COURSE.name == "_course":
        raise ValueError(
            "The record is kept in a checkout of the course (a folder with lessons/ and data/); this is an installed copy."
        )
    return paths.DATA
