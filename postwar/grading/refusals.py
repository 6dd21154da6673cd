"""What is refused, and why: hand-ins that are none, too large, too deep, unclear, or of another assignment."""

import os
import re
import stat
from pathlib import Path, PurePosixPath

from postwar.copies import encoding, names
from postwar.copies.folders import ARCHIVES

_LARGEST_NOTEBOOK = 20 << 20
_LARGEST_TIMESTAMP = 200
_DEEPEST_NESTING = 100
_MOST_VALUES = 1_000_000
_MOST_CELLS = 3000
NO_JSON = "not a notebook: invalid JSON"


class Refused(Exception):
    """Why a submission is not graded, in a few words for the instructor."""


def check_folder(folder, limits):
    """Refuse links, devices, and more than *limits* allow."""
    size = count = 0
    for parent, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            path = os.path.join(parent, name)
            status = os.lstat(path)
            if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
                raise Refused(
                    f"“{os.path.relpath(path, folder)}” is neither a file nor a folder, but a link or a device"
                )
            size, count = size + status.st_size, count + 1
    if size > limits.disk << 20:
        raise Refused(f"larger than {limits.disk} MiB")
    if count > limits.files:
        raise Refused(f"more than {limits.files} files")


def timestamp(coursedir, folder):
    """When the submission in *folder* was handed in, or None."""
    path = Path(folder, "timestamp.txt")
    try:
        if path.exists() and path.stat().st_size > _LARGEST_TIMESTAMP:
            raise ValueError
        return coursedir.get_existing_timestamp(folder)
    except (Exception, SystemExit):  # nbgrader stops at a timestamp that is none
        raise Refused("its timestamp.txt holds no date") from None


def match(folder, wanted):
    """Which files of *folder* stand for the notebooks *wanted*, by the rule of `postwar.copies.names`; and what to note about it."""
    found, archives = {}, []
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_file():
            continue
        found[PurePosixPath(path.relative_to(folder))] = path.stat().st_mtime
        if path.suffix.lower() in ARCHIVES:
            archives.append(path.name)
    matched = names.match(found, wanted, found)
    if matched.ambiguous:
        name, paths = next(iter(matched.ambiguous.items()))
        raise Refused(f"which of {', '.join(map(str, paths))} is {name}.ipynb? Keep one, under that name")
    packed = f"; it holds {', '.join(archives)}: unpack it there" if archives else ""
    if not matched.files:
        raise Refused(f"holds none of the assignment's notebooks{packed}")
    missing = [f"handed in no {name}.ipynb, which counts 0{packed}" for name in matched.missing]
    return {name: folder / path for name, path in matched.files.items()}, [*matched.notes.values(), *missing]


def read_text(path):
    """The JSON text of a notebook's file, and what was put right to read it; not of one that is too large or too deep, or no text."""
    if path.stat().st_size > _LARGEST_NOTEBOOK:
        raise Refused(f"“{path.name}” is larger than {_LARGEST_NOTEBOOK >> 20} MiB")
    raw, notes = path.read_bytes(), []
    try:
        text = encoding.decoded(raw)
        plain = text.encode(errors="surrogatepass")
        if nesting(plain) > _DEEPEST_NESTING:
            raise Refused(f"“{path.name}” is nested too deeply or holds too many values")
        if plain != raw:
            notes.append(f"“{path.name}” was not saved in plain UTF-8 and was read all the same")
        whole = encoding.whole(text)
    except ValueError:
        raise Refused(f"“{path.name}” is {NO_JSON}") from None
    if whole is not text:
        notes.append(f"“{path.name}” held halves of characters; � stands for them")
    return whole, notes


def too_many_cells(nb, name):
    """Refuse a notebook of more cells than formgrader can show while somebody waits."""
    if len(nb.cells) > _MOST_CELLS:
        raise Refused(f"“{name}.ipynb” holds more than {_MOST_CELLS:,} cells")


def another_notebook(nb, name, release):
    """Refuse a notebook whose nbgrader cells are, for the most part, not those of this assignment's notebook *name*."""
    cells, others = release.cells, release.others
    claims = [cell.metadata.get("nbgrader") for cell in nb.cells]
    ids = {str(claim.get("grade_id")) for claim in claims if isinstance(claim, dict) and "grade_id" in claim}
    own = ids & cells[name].keys()
    if len(ids) < 2 or len(own) * 2 >= len(ids):
        return
    twin = max(cells, key=lambda each: len(ids & cells[each].keys()))
    if len(ids & cells[twin].keys()) * 2 > len(ids):
        raise Refused(f"“{name}.ipynb” holds the questions of {twin}.ipynb: give each notebook its own name")
    other = max(others, key=lambda each: len(ids & others[each]), default=None)
    if other and len(ids & others[other]) > len(own):
        raise Refused(f"“{name}.ipynb” is a notebook of {other}")
    if not own:
        raise Refused(f"“{name}.ipynb” is a notebook of another assignment")


def nesting(text):
    """How deep the brackets of a JSON text go; linear in its length, without recursion. Infinite where it holds too many values."""
    outside = re.sub(rb'"[^"]*(?:"|\Z)', b"", text.replace(rb"\\", b"").replace(rb"\"", b""))
    if sum(map(outside.count, (b"[", b"{", b","))) > _MOST_VALUES:
        return float("inf")
    depth = deepest = 0
    for bracket in outside.translate(None, delete=_NO_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def brief(error):
    """An unexpected error in a line."""
    text = str(error).strip().split("\n")[0][:200]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
