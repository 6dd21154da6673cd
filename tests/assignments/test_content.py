"""Questions and tasks as a set: objectives covered, letters and lengths balanced, every option explained."""

import ast
from collections import Counter

import pytest
from machinery import SLUGS
from nbgrader.utils import is_solution

from postwar.assignments import objectives

SLUG = [pytest.param(slug, marks=pytest.mark.xdist_group(slug)) for slug in SLUGS]
LETTERS = 4


def questions(assignment):
    """``(cell, options, best)`` of every question with one best option."""
    for notebook in assignment.source.values():
        for cell in notebook.cells:
            if cell.cell_type == "code" and is_solution(cell) and "= ask(" in cell.source:
                (call,) = (node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Call))
                options = {keyword.arg: getattr(keyword.value, "value", None) for keyword in call.keywords}
                best, kind = options.pop("answer"), options.keys() & {"several", "ordered"}
                options.pop("confidence", None)
                if not kind and len(call.args) == 1:
                    yield cell, options, best


@pytest.mark.parametrize("slug", SLUGS)
def test_every_objective_has_two_graded_items_or_more(slug):
    items = objectives.items()
    items = items[items["assignment"] == slug]
    counts = items["objective"].value_counts()
    lesson = slug[:2].lstrip("0")
    assert set(counts.index) == {f"LO{lesson}.{i}" for i in range(1, len(counts) + 1)}
    assert counts.min() >= 2, counts


def test_item_names_are_unique_over_the_course():
    assert not [item for item, count in Counter(objectives.items()["item"]).items() if count > 1 and item != "essay"]


def test_the_table_for_instructors_is_up_to_date():
    text = objectives.INSTRUCTORS.read_text(encoding="utf-8")
    assert text == objectives.update(text), "run: python -m postwar.assignments.objectives"


@pytest.mark.parametrize("assignment", SLUG, indirect=True)
def test_the_quiz_has_eight_questions_or_more(assignment):
    assert len([a for a in assignment.answers if a.notebook == "quiz"]) >= 8


@pytest.mark.parametrize("assignment", SLUG, indirect=True)
def test_right_letters_are_balanced(assignment):
    letters = Counter(best for _, _, best in questions(assignment))
    assert max(letters.values()) <= sum(letters.values()) / LETTERS + 1.5, letters
    assert len(letters) == LETTERS, letters


@pytest.mark.parametrize("assignment", SLUG, indirect=True)
def test_no_option_stands_out_by_length(assignment):
    longest, total = 0, 0
    for cell, options, best in questions(assignment):
        lengths = {key: len(text) for key, text in options.items()}
        # Short options (numbers, a few words) may differ by more.
        assert max(lengths.values()) <= 2.2 * max(min(lengths.values()), 20), cell.id
        longest += lengths[best] > max(length for key, length in lengths.items() if key != best)
        total += 1
    assert longest <= 0.4 * total, f"the best option is the longest in {longest} of {total} questions"


@pytest.mark.parametrize("assignment", SLUG, indirect=True)
def test_every_option_is_explained_on_its_own(assignment):
    for answer in assignment.answers:
        for item in answer.items:
            why = assignment.explanations(item)
            assert len(set(why.values())) == len(why) and all(len(text) > 20 for text in why.values()), item
    for cell, options, _ in questions(assignment):
        item = cell.id.removesuffix("-answer")
        assert assignment.explanations(item).keys() == options.keys(), item
