"""What stands in graded copies: answers as they were read, and what two copies share. Imports little, since several
processes share the work, an assignment each.
"""

import gc
import json
import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, NamedTuple

from msgspec import DecodeError, Struct, ValidationError, convert
from msgspec.json import Decoder

from postwar.quiz import answered
from postwar.report import mistakes, passages

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
Found = tuple[list, list, dict[str, tuple], list]


class Assignment(NamedTuple):
    """What to read of an assignment, and what is known of it.

    ``files``: (path, notebook, student); ``tasks``: the task of each item; ``released``: texts that everybody was given; ``editions``: by the label
    that a copy bears; ``own``: the edition of each student, for copies without a label; ``assignments``: how many the report is about.
    """

    slug: str
    files: list[tuple[str, str, str]]
    tasks: dict[str, str]
    released: list[str]
    editions: dict[str, str]
    own: dict[str, str]
    assignments: int


@contextmanager
def reading(assignments: list[Assignment]) -> Iterator[Callable[[], Found]]:
    """Begin to read copies and yield a function that waits for what stands in them.

    It returns rows of answers and of copies, by assignment the kinds of likeness between copies (see `postwar.report.likeness`), and the files
    that are damaged. A copy that is not there gives nothing.
    """
    workers = min(4, os.cpu_count() or 1)
    if sum(len(one.files) for one in assignments) < _MANY or workers == 1:
        yield lambda: _together(map(_read, assignments))
        return
    # Fresh processes: the caller has threads.
    pool = ProcessPoolExecutor(workers, get_context("spawn"))
    try:
        parts = [pool.submit(_read, one) for one in assignments]

        def result():
            try:
                return _together(part.result() for part in parts)
            except BrokenProcessPool:  # a caller's own script without a guard cannot start any
                return _together(map(_read, assignments))

        yield result
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _together(parts) -> Found:
    answers, copies, alike, damaged = [], [], {}, []
    for slug, *part in parts:
        answers += part[0]
        copies += part[1]
        alike[slug] = part[2]
        damaged += part[3]
    return answers, copies, alike, damaged


def _read(of: Assignment):
    """What stands in the copies of one assignment. Answers to a question whose words somebody has changed are left out."""
    answers, texts, copies, damaged = [], [], [], []
    collects = gc.isenabled()
    gc.disable()  # nothing here is circular, and there is much of it
    try:
        for file, name, student in of.files:
            try:
                cells = _cells(file)
            except FileNotFoundError:
                continue
            except (OSError, ValueError, RecursionError, ValidationError):
                damaged.append(file)
                continue
            copies.append((of.slug, name, student, of.editions.get(_label(cells[:3])) or of.own.get(student, "")))
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
                        texts.append(("text" if cell.cell_type == "markdown" else "code", student, source))
                elif grading.get("grade") and (row := _answer(_printed(cell), asked, _text(cell.source))):
                    answers.append((of.slug, name, grading.get("grade_id"), student, *row))
        usual = answered.unchanged((row[:3], row[9]) for row in answers if row[9] is not None)
        answers = [row for row in answers if row[9] is None or row[9].words == usual[row[:3], row[9].same].words]
        editions = {student: edition for _, _, student, edition in reversed(copies)}
        alike = (
            mistakes.compare(of.slug, answers, of.tasks, editions, of.assignments),
            passages.compare(of.slug, texts, of.released),
        )
        return of.slug, answers, copies, alike, damaged
    finally:
        if collects:
            gc.enable()


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
