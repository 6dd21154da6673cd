"""What stands in graded copies: answers as they were read, and texts. Imports little, since several processes share the work."""

import ast
import json
import os
import re
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from multiprocessing import get_context

_LABEL = re.compile(r"\*Edition `([a-z0-9]{6})`\.\*")
_READ = re.compile(r"^(?:`[^`\n]*`|What it returned|Your \w+) was read as (.*)\.$", re.MULTILINE)
_CHOSE = re.compile(r"^(Right|Not quite): you chose (\w)\. (.*)", re.MULTILINE)
_SAID = re.compile(r"is not right yet\. (.*)")
_ANSWER = re.compile(r"^\s*answer\s*=.*$", re.MULTILINE)
_MANY = 1000  # copies; from here on more processes are worth their start


def read(files: list[tuple]) -> tuple[list, list, list, list]:
    """Rows of answers, texts and copies, and the files that are damaged; ``files`` holds (path, assignment, notebook, student).

    A copy that is not there gives nothing.
    """
    workers = min(4, os.cpu_count() or 1)
    if len(files) < _MANY or workers == 1:
        return _read(files)
    # Fresh processes: the caller has threads.
    try:
        with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
            parts = list(pool.map(_read, [files[i::workers] for i in range(workers)]))
    except BrokenProcessPool:  # a caller's own script without a guard cannot start any
        return _read(files)
    return tuple([row for part in parts for row in part[i]] for i in range(4))


def _read(files):
    answers, texts, copies, damaged = [], [], [], []
    for file, slug, name, student in files:
        try:
            with open(file, "rb") as content:
                cells = json.loads(content.read())["cells"]
            copies.append((slug, name, student, _label(cells[:3])))
            asked = None
            for cell in cells:
                grading = cell["metadata"].get("nbgrader")
                if not grading:
                    continue
                if grading.get("solution"):
                    source, asked = "".join(cell["source"]), None
                    if cell["cell_type"] == "code" and "ask(" in source:
                        asked = source
                    else:
                        kind = "text" if cell["cell_type"] == "markdown" else "code"
                        texts.append((slug, name, grading["grade_id"], student, kind, source))
                elif grading.get("grade") and (row := _answer(_printed(cell), asked)):
                    answers.append((slug, name, grading["grade_id"], student, *row))
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            damaged.append(file)
    return answers, texts, copies, damaged


def _label(cells):
    for cell in cells:
        if match := _LABEL.search("".join(cell["source"])):
            return match[1]
    return ""


def _printed(cell) -> str:
    outputs = cell.get("outputs", ())
    return "".join("".join(output["text"]) for output in outputs if output.get("name") == "stdout")


def _answer(said: str, asked: str | None):
    """(kind, value, right, told, options) of what a test said; None where it says nothing of an answer."""
    if asked and (match := _CHOSE.search(said)):
        options = _options(_ANSWER.sub("", asked))
        return "option", options.get(match[2], match[2]), match[1] == "Right", match[3], tuple(options.values())
    if match := _READ.search(said):
        told = _SAID.search(said)
        return "number", match[1], said.startswith("Right"), told[1] if told else "", ()
    return None


@lru_cache(maxsize=4096)
def _options(source: str) -> dict[str, str]:
    """Letter -> wording, from the call of a question; kept for all students who have the same."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # what a student wrote can be anything
        return {}
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    call = next((call for call in calls if getattr(call.func, "id", "") == "ask"), None)
    return {
        word.arg: word.value.value
        for word in (call.keywords if call else ())
        if word.arg
        and len(word.arg) == 1
        and isinstance(word.value, ast.Constant)
        and isinstance(word.value.value, str)
    }
