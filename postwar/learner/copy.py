"""The personal copy of an installed course: made once, brought up to date by the same call, whole or not at all.

Beside the notebooks the copy holds ``.course/``: ``base/`` is the course as it was given last, from which is seen what the learner
wrote; ``before/`` keeps each notebook that an update changed, as it was. An update is first written in full into ``.course/next``;
only then files change their place, one by one. If it is stopped, the next call finishes or forgets it.
"""

import hashlib
import json
import os
import re
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import nbformat

from postwar import paths
from postwar.learner import calls
from postwar.learner.merge import Offers, merge

FOLDERS = ("lessons", "exercises")
_HIDDEN = ".course"
_ASKING = ("checks", "explorers")  # in lessons/: what its questions offer


@dataclass
class Update:
    """What an update did: new files, files brought up to date, and what was kept beside them with the reason."""

    place: Path
    new: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    kept: list[tuple[str, str, str]] = field(default_factory=list)  # file, cell, reason
    saved_meanwhile: list[str] = field(
        default_factory=list
    )  # by the learner, after an update was stopped and before this one


def update(
    place: Path, course: Path = paths.COURSE, folders=FOLDERS, progress: Callable = lambda names: names
) -> Update:
    """Make the copy at ``place``, or bring it to the course at ``course``; what is up to date already is not touched.

    ``folders`` are the parts of the course that the copy has. ``progress`` wraps the list of files. Raises ValueError where a
    notebook of the copy cannot be read, before anything is changed.
    """
    hidden = place / _HIDDEN
    done = Update(place)
    done.saved_meanwhile = _finish(place)
    names = [
        file.relative_to(course).as_posix()
        for folder in folders
        for file in sorted((course / folder).rglob("*"))
        if file.is_file() and ".ipynb_checkpoints" not in file.parts
    ]
    mark = _fingerprint(course, names)
    if (hidden / "given").exists() and (hidden / "given").read_text(encoding="utf-8") == mark:
        return done
    following = hidden / "next"
    shutil.rmtree(following, ignore_errors=True)
    (following / "files").mkdir(parents=True)
    was = {}
    for name in progress(names):
        old, mine, new = hidden / "base" / name, place / name, course / name
        was[name] = _hash(mine)
        _stage(name, mine, old if old.exists() else None, new, following / "files", done, hidden / "base", course)
    for name in names:
        place_file(course / name, following / "base" / name)
    (following / "given").write_text(mark, encoding="utf-8")
    write_text(following / "ready", json.dumps(was))
    _finish(place)
    return done


def _stage(name, mine, old, new, target, done, base, course):
    """Write the file ``name`` as it shall be into ``target``, unless it is so already."""
    if not mine.exists():
        if old is None or old.read_bytes() != new.read_bytes() or name.endswith(".ipynb"):
            place_file(new, target / name)
            done.new.append(name)
        return
    same = mine.read_bytes() == new.read_bytes() or (old is not None and old.read_bytes() == new.read_bytes())
    if same and not (name.endswith(".ipynb") and _offers_changed(name, base, course)):
        return
    if not name.endswith(".ipynb"):
        if old is None or mine.read_bytes() != old.read_bytes():
            beside = free_name(mine)
            place_file(mine, target / Path(name).with_name(beside.name))
            done.kept.append((name, "", f"you changed this file; yours is now {beside.name}"))
        place_file(new, target / name)
        done.updated.append(name)
        return
    try:
        merged = merge(read(mine), read(old) if old else None, read(new), before=offers(base), now=offers(course))
    except Exception as error:  # a damaged file fails nbformat in many ways
        beside = free_name(mine)
        place_file(mine, target / Path(name).with_name(beside.name))
        place_file(new, target / name)
        done.kept.append(
            (name, "", f"it cannot be read ({type(error).__name__}); the damaged one is now {beside.name}")
        )
        return
    (target / name).parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(merged.notebook, target / name)
    done.updated.append(name)
    if merged.kept:
        beside = free_name(mine)
        nbformat.write(kept_notebook(mine.name, merged.kept), target / Path(name).with_name(beside.name))
        done.kept += [(name, cell.get("id", ""), f"{reason}: {beside.name}") for cell, reason in merged.kept]


def kept_notebook(name: str, kept):
    """A notebook of the cells that have no place in the new version, each below the reason."""
    made = nbformat.v4.new_notebook()
    made.cells.append(
        nbformat.v4.new_markdown_cell(
            f"# Kept from {name}\n\nWritten by you, without a place in the new version of the lesson."
        )
    )
    for cell, reason in kept:
        made.cells.append(nbformat.v4.new_markdown_cell(f"**{cell.get('id', '')}**: {reason}."))
        made.cells.append(nbformat.from_dict({**cell, "id": f"kept-{len(made.cells)}", "metadata": {}}))
    return made


def free_name(file: Path) -> Path:
    """A name beside a file for what has no place in it: ``quiz.kept-1.ipynb``, or the next number that is free."""
    number = 1
    while (beside := file.with_name(f"{file.stem}.kept-{number}{file.suffix}")).exists():
        number += 1
    return beside


def _finish(place) -> list[str]:
    """Put a complete update in its place, and forget one that was not.

    Returns the files that the learner has written to since the update was stopped: these are left as they are, with what they began as,
    for the update that follows.
    """
    hidden = place / _HIDDEN
    following = hidden / "next"
    if not (following / "ready").exists():
        shutil.rmtree(following, ignore_errors=True)
        return []
    was = json.loads((following / "ready").read_text(encoding="utf-8"))
    written = [name for name in was if _hash(place / name) not in (was[name], _hash(following / "files" / name))]
    beside = [re.compile(rf"{re.escape(name.removesuffix('.ipynb'))}\.kept-\d+\.") for name in written]
    for file in sorted((following / "files").rglob("*")):
        name = file.relative_to(following / "files").as_posix()
        if not file.is_file() or name in written or any(pattern.match(name) for pattern in beside):
            continue
        mine = place / name
        if mine.exists() and _hash(mine) != _hash(file):
            number = 1
            while (before := hidden / "before" / f"{number}" / name).exists() and _hash(before) != _hash(mine):
                number += 1
            place_file(mine, before)
        mine.parent.mkdir(parents=True, exist_ok=True)
        place_file(file, mine)
    held = {*written, *(f"lessons/{folder}/{Path(name).stem}.toml" for name in written for folder in _ASKING)}
    for file in sorted((following / "base").rglob("*")):
        name = file.relative_to(following / "base").as_posix()
        if file.is_file() and name not in held:
            place_file(file, hidden / "base" / name)
    if written:
        (hidden / "given").unlink(missing_ok=True)
    else:
        place_file(following / "given", hidden / "given")
    (following / "ready").unlink()
    shutil.rmtree(following, ignore_errors=True)
    return written


# -- what a question offers ----------------------------------------------------------------------------------------------


def offers(course: Path) -> Offers:
    """What a call offers in the course at ``course``: from the call itself, or from ``lessons/checks`` and ``lessons/explorers``."""

    @cache
    def tables():
        found = {}
        for file in sorted((course / "lessons" / "checks").glob("*.toml")):
            table = _table(file)
            for record in table.get("questions", []):
                found["check", record["id"]] = {key: each["text"] for key, each in record["options"].items()}, []
            for record in table.get("sortings", []):
                found["check", record["id"]] = dict(record["categories"]), [each["text"] for each in record["items"]]
        for file in sorted((course / "lessons" / "explorers").glob("*.toml")):
            for name, record in _table(file).items():
                options = record.get("options", []) if isinstance(record, dict) else []
                found[f"explore.{name}", ""] = {each["key"]: each["text"] for each in options}, []
        return found

    def of(call: calls.Asked):
        if call.name == "ask":
            return call.options, call.items
        return tables().get((call.name, call.question), ({}, []))

    return of


def _table(file):
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return {}


def _offers_changed(name, base, course):
    """Whether the questions that a lesson shows were changed in the files beside it."""
    slug = Path(name).stem
    for folder in _ASKING:
        old, new = (root / "lessons" / folder / f"{slug}.toml" for root in (base, course))
        if name.startswith("lessons/") and old.exists() and new.exists() and old.read_bytes() != new.read_bytes():
            return True
    return False


# -- files ---------------------------------------------------------------------------------------------------------------


def read(file: Path):
    """The notebook in a file."""
    return nbformat.read(file, as_version=4)


def _fingerprint(course, names):
    digest = hashlib.sha256()
    for name in names:
        digest.update(f"{name}\n{_hash(course / name)}\n".encode())
    return digest.hexdigest()


def _hash(file):
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else ""


def place_file(source: Path, target: Path) -> None:
    """Copy a file so that the target is the old one or the new one, never a part of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.new")
    shutil.copyfile(source, temporary)
    os.replace(temporary, target)


def write_text(file: Path, text: str) -> None:
    """Write a text so that the file is the old one or the new one, never a part of it."""
    temporary = file.with_name(f".{file.name}.new")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, file)
