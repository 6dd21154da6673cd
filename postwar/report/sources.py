"""What a class was given: its items, the names of criteria, texts, hints, and the misconceptions behind wrong options."""

import ast
import json
import re
import tomllib
from pathlib import Path

from postwar.assignments.criteria import names as names_of
from postwar.classroom.folder import ClassFolder
from postwar.quiz.answered import without_numbers

_BRACES = re.compile(r"\{[^{}]*\}")


def given(folder: ClassFolder, slugs: list[str]) -> tuple[list[tuple], dict, dict[str, list[str]], set[str]]:
    """Rows of items (see ``read.ITEMS``), names of criteria by (assignment, item), texts that everybody has by assignment, and hints."""
    rows, criteria, released, hints = [], {}, {}, set()
    for slug in slugs:
        released[slug] = []
        for name in folder.notebooks(slug):
            task, names = "", []
            for cell in cells(folder.root / "solutions" / slug / f"{name}.ipynb"):
                source, metadata = "".join(cell["source"]), cell["metadata"]
                grading = metadata.get("nbgrader", {})
                if grading.get("solution"):
                    task = grading["grade_id"]
                if named := names_of(source):
                    names = named
                if grading.get("grade"):
                    objective = metadata.get("postwar", {}).get("objective", "")
                    by_hand = bool(grading["solution"])
                    hints |= set() if by_hand else hints_of(source)
                    rows.append((slug, name, grading["grade_id"], objective, float(grading["points"]), by_hand, task))
                    if by_hand:
                        criteria[slug, grading["grade_id"]] = names
                else:
                    # Reference solutions too: who quotes one has it from the open course, not from a neighbour.
                    released[slug].append(source)
    return rows, criteria, released, hints


def misconceptions(folder: ClassFolder, slugs: list[str]) -> dict[str, str]:
    """The misconception behind a wrong option, by its explanation; none where the class has no bank of questions."""
    found = {}
    for slug in slugs:
        bank = folder.root / "course" / f"{slug}.quiz.toml"
        try:
            items = tomllib.loads(bank.read_text(encoding="utf-8"))["items"] if bank.is_file() else []
            for option in (option for item in items for option in item.get("wrong", ())):
                found[without_numbers(_BRACES.sub("0", option["explanation"].strip()))] = option["misconception"]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(
                f"{bank} cannot be read as a bank of questions ({error}); restore it from the course"
            ) from None
    return found


def cells(notebook: Path) -> list[dict]:
    """The cells of a notebook of the class or the course; raises ValueError with the file where it cannot be read."""
    try:
        return json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{notebook} cannot be read as a notebook ({error}); restore it from course/ or a back-up"
        ) from None


def hints_of(test: str) -> set[str]:
    """The hints of a test cell, as they are printed."""
    words = (node for node in ast.walk(ast.parse(test)) if isinstance(node, ast.keyword) and node.arg == "hint")
    return {part.value for word in words for part in ast.walk(word.value) if isinstance(part, ast.Constant)}
