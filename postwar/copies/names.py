"""Which of a student's files stands for which notebook of an assignment.

Names change on the way: browsers and learning platforms number a second download (``quiz (1).ipynb``, ``quiz-1.ipynb``), file managers
copy (``quiz - Copy.ipynb``), people rename (``Quiz final.ipynb``), archives nest. The rule: the exact name wins; else one file whose name, without such
additions, is the wanted one; of several, the newest where their times differ, else the one with the highest number. What stays unclear is named, never guessed.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

_SUFFIX = ".ipynb"
# What tools leave behind; none of it is a hand-in.
_LITTER_FOLDERS = {".ipynb_checkpoints", "__macosx", ".git", "__pycache__", ".trash", "@eadir"}
_LITTER_FILES = {"desktop.ini", "thumbs.db", ".ds_store"}
# Additions that a browser, a platform, a file manager or a hurried person makes, in the usual languages of file managers.
_COPY = r"copy|kopie|copie|copia|cópia|копия|копія|kopia|kopi|kópia|kopija|kopio|másolat|kopyası|αντίγραφο|のコピー|コピー|副本|복사본|final|answers?|solved|done|v?\d+"
_ADDED = re.compile(
    rf"(?:[\s_.\-–]*\((?:{_COPY}|\d+)\)|[\s_.\-–]+(?:{_COPY})(?:[\s_]*\(?\d+\)?)?|(?:のコピー|副本|복사본)\d*)$",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"^(?:copy|kopie|copie|copia|cópia|kopia|kopi|копія|копия)(?: of| von| de| di| van| av| af)? ", re.IGNORECASE
)
_NUMBER = re.compile(r"(\d+)\D*$")


@dataclass
class Match:
    """What `match` found.

    ``files`` maps a wanted notebook to the file that stands for it; ``notes`` says what was put right, notebook by notebook;
    ``missing`` and ``ambiguous`` name wanted notebooks without a file or with several that nobody can choose between (with these);
    ``extra`` are files that stand for nothing.
    """

    files: dict[str, PurePosixPath] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    ambiguous: dict[str, list[PurePosixPath]] = field(default_factory=dict)
    extra: list[PurePosixPath] = field(default_factory=list)


def is_litter(path: PurePosixPath) -> bool:
    """Whether a file is what tools leave behind: checkpoints, ``__MACOSX``, AppleDouble, thumbnails."""
    parts = [part.lower() for part in path.parts]
    return bool(
        _LITTER_FOLDERS & set(parts[:-1]) or parts[-1] in _LITTER_FILES | _LITTER_FOLDERS or parts[-1].startswith("._")
    )


def plain(name: str) -> str:
    """The name of a notebook without what was added to it: ``"Quiz (1).ipynb"`` → ``"quiz"``.

    Letter case and Unicode forms do not count. A name without the ending keeps all of its text.
    """
    text = unicodedata.normalize("NFKC", name).strip().casefold()
    while text.endswith(_SUFFIX):  # quiz.ipynb.ipynb
        text = text.removesuffix(_SUFFIX).rstrip()
    if text.endswith(".txt") or text.endswith(".json"):  # some browsers add an ending of their own
        text = text.rsplit(".", 1)[0].removesuffix(_SUFFIX)
    text = _BEFORE.sub("", text)
    while (shorter := _ADDED.sub("", text)) != text and shorter:
        text = shorter
    return text.strip(" _.-")


def match(
    files: Iterable[PurePosixPath], wanted: Iterable[str], times: Mapping[PurePosixPath, float] | None = None
) -> Match:
    """Say which file stands for which wanted notebook.

    Parameters
    ----------
    files : relative paths found in one hand-in
    wanted : names of the released notebooks, with or without ``.ipynb``
    times : when each file was written, where that is known (any comparable number)
    """
    wanted = [name.removesuffix(_SUFFIX) for name in wanted]
    found = Match()
    kept = sorted(path for path in map(PurePosixPath, files) if not is_litter(path))
    candidates = {name: [] for name in wanted}
    for path in kept:
        name = _stands_for(path, wanted)
        if name:
            candidates[name].append(path)
        else:
            found.extra.append(path)
    for name, paths in candidates.items():
        _choose(found, name, paths, times or {})
    return found


def _stands_for(path, wanted):
    name = unicodedata.normalize("NFC", path.name)
    if not _notebook_like(name):
        return None
    exact = name.removesuffix(_SUFFIX)
    if exact in wanted:
        return exact
    short = plain(name)
    fits = [want for want in wanted if short == plain(want)]
    if (
        not fits
    ):  # 04-deterrence-quiz.ipynb, smith_quiz.ipynb: the wanted name as a word of its own, and no other of them
        words = re.split(r"[\s_.\-–]+", short)
        fits = [want for want in wanted if want.casefold() in words]
    return fits[0] if len(fits) == 1 else None


def _notebook_like(name):
    return re.search(r"\.ipynb(\.(txt|json))?\s*$", name.casefold()) is not None


def _choose(found, name, paths, times):
    released = PurePosixPath(name + _SUFFIX)
    if not paths:
        found.missing.append(name)
        return
    chosen = paths[0]
    if len(paths) > 1:
        chosen = _newest(paths, times) or (released if released in paths else None)
        if chosen is None:
            found.ambiguous[name] = paths
            return
    found.files[name] = chosen
    others = [str(path) for path in paths if path != chosen]
    said = []
    if chosen != released:
        said.append(f"{chosen} taken for {released}")
    if others:
        said.append(f"the newest of {len(paths)}; left out: {', '.join(others)}")
    if said:
        found.notes[name] = "; ".join(said)


def _newest(paths, times):
    """The file that was written last, by its time or else by the number that was added to its name; None if neither tells."""
    known = [times.get(path) for path in paths]
    if None not in known and known.count(max(known)) == 1:
        return paths[known.index(max(known))]
    if len({path.parent for path in paths}) > 1:  # two folders: their numbers do not compare
        return None
    numbers = [int(found[1]) if (found := _NUMBER.search(path.stem)) else 0 for path in paths]
    return paths[numbers.index(max(numbers))] if numbers.count(max(numbers)) == 1 else None
