"""What stands in graded copies: answers as they were read, and texts. Imports little, since several processes share the work."""

import gc
import json
import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

from msgspec import DecodeError, Struct, ValidationError, convert
from msgspec.json import Decoder

from postwar.quiz import answered

_LABEL = re.compile(r"\*Edition `([a-z0-9]{6})`\.\*")
_READ = re.compile(r"^(?:`[^`\n]*`|What it returned) was read as (.*)\.$", re.MULTILINE)
_SAID = re.compile(r"is not right yet\. (.*)")
_MANY = 1000  # copies; from here on more processes are worth their start


class _Metadata(Struct, frozen=True):
    nbgrader: Any = None


class _Cell(Struct):
    """What is wanted of a cell; all else is skipped. Students may change any of it, so little is expected."""

    cell_type: str = ""
    source: Any = ""
    metadata: _Metadata = _Metadata()
    outputs: list[dict[str, Any]] = []


class _Notebook(Struct):
    cells: list[_Cell]


_NOTEBOOK = Decoder(_Notebook)
Rows = tuple[list, list, list, list]


@contextmanager
def reading(files: list[tuple]) -> Iterator[Callable[[], Rows]]:
    """Begin to read copies and yield a function that waits for what stands in them; ``files`` holds (path, assignment, notebook, student).

    It returns rows of answers, texts and copies, and the files that are damaged. A copy that is not there gives nothing.
    """
    workers = min(4, os.cpu_count() or 1)
    if len(files) < _MANY or workers == 1:
        yield lambda: _read(files)
        return
    # Fresh processes: the caller has threads.
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        pieces = 4 * workers  # so that none waits long for the others
        parts = [pool.submit(_read, files[i::pieces]) for i in range(pieces)]

        def result():
            try:
                done = [part.result() for part in parts]
            except BrokenProcessPool:  # a caller's own script without a guard cannot start any
                return _read(files)
            return tuple([row for part in done for row in part[i]] for i in range(4))

        yield result


def _read(files) -> Rows:
    answers, texts, copies, damaged = [], [], [], []
    collects = gc.isenabled()
    gc.disable()  # nothing here is circular, and there is much of it
    try:
        for file, slug, name, student in files:
            try:
                cells = _cells(file)
            except FileNotFoundError:
                continue
            except (OSError, ValueError, RecursionError, ValidationError):
                damaged.append(file)
                continue
            copies.append((slug, name, student, _label(cells[:3])))
            asked = ""
            for cell in cells:
                grading = cell.metadata.nbgrader
                if not isinstance(grading, dict):
                    continue
                if grading.get("solution"):
                    source, asked = _text(cell.source), ""
                    if cell.cell_type == "code" and "ask(" in source:
                        asked = source
                    else:
                        kind = "text" if cell.cell_type == "markdown" else "code"
                        texts.append((slug, name, grading.get("grade_id"), student, kind, source))
                elif grading.get("grade") and (row := _answer(_printed(cell), asked, _text(cell.source))):
                    answers.append((slug, name, grading.get("grade_id"), student, *row))
    finally:
        if collects:
            gc.enable()
    return answers, texts, copies, damaged


def _cells(file):
    with open(file, "rb") as content:
        written = content.read()
    try:
        return _NOTEBOOK.decode(written).cells
    except DecodeError:  # Python writes NaN and lone surrogates, which are no JSON
        return convert(json.loads(written), _Notebook).cells


def _text(written) -> str:
    """Text in a notebook is a string or a list of lines."""
    lines = written if isinstance(written, list) else [written]
    return "".join(line for line in lines if isinstance(line, str))


def _label(cells):
    for cell in cells:
        if match := _LABEL.search(_text(cell.source)):
            return match[1]
    return ""


def _printed(cell) -> str:
    return "".join(_text(output.get("text")) for output in cell.outputs if output.get("name") == "stdout")


def _answer(said: str, question: str, test: str):
    """(kind, value, right, told, chosen, question, sure) of what a test said; None where it says nothing of an answer.

    ``kind`` is number, or that of a question, which has the parts of the answer as ``chosen``; ``value`` says what is wrong, and is the number itself.
    """
    if question and (asked := answered.asked(question, test)):
        letters = asked.said(said)
        chosen = asked.given(letters) if letters is not None else ()
        if not chosen:
            return None
        wrong = "; ".join(
            f"{one.asked.rstrip('.')}: {one.wording}" if one.asked else one.wording for one in chosen if not one.right
        )
        return asked.kind, wrong, not wrong, "", chosen, asked, answered.how_sure(said)
    if match := _READ.search(said):
        told = _SAID.search(said)
        return "number", match[1], said.startswith("Right"), told[1] if told else "", (), None, ""
    return None
