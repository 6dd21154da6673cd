"""Statements to sort: their records, their feedback, and what an export shows."""

import pytest

from postwar import check
from postwar.quiz.questions import collect_sortings, parse_sorting


def _record(**changes):
    items = [
        {"text": "One.", "best": "R", "explanation": "Because one."},
        {"text": "Two.", "best": "F", "also": ["R"], "explanation": "Because two."},
    ]
    record = {"id": "a-b", "objective": "LO1.1", "bloom": "Analyse", "stem": "What is it?"}
    return record | {"categories": {"R": "report", "F": "fact"}, "items": items} | changes


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stem": " "}, "stem must be a text"),
        ({"categories": {"R": "report"}}, "categories need capital letters"),
        ({"categories": {"r": "report", "f": "fact"}}, "categories need capital letters"),
        ({"items": [{"text": "One.", "best": "X", "explanation": "…"}] * 2}, "item 1: best = 'X' is not a category"),
        ({"items": [{"text": "One.", "best": "R", "also": ["R"], "explanation": "…"}] * 2}, "also must name other"),
        ({"items": [{"text": "One.", "best": "R", "explanation": ""}] * 2}, "item 1: explanation must be a text"),
        ({"items": []}, "at least two items"),
    ],
)
def test_a_wrong_record_names_itself_and_the_fix(changes, message):
    with pytest.raises(ValueError, match=message) as caught:
        parse_sorting(_record(**changes), "x.toml")
    assert "x.toml: sorting 'a-b'" in str(caught.value)


def test_each_answer_is_explained_and_open_ones_are_not():
    key = "".join(item.best for item in collect_sortings()["planning-sentences"].items)
    shown = check("planning-sentences", answer=key)._as_html()
    assert f"{len(key)} of {len(key)} agree" in shown and "✗" not in shown
    half = check("planning-sentences", answer=key[:3] + "-" * (len(key) - 3))._as_html()
    assert f"3 of {len(key)} agree" in half and half.count("✓") == 3
    empty = check("planning-sentences")
    assert "✓" not in empty._as_html() and "in place of each dash" in empty._as_text()


def test_a_defensible_label_counts_and_says_what_the_key_says():
    sortings = collect_sortings()["planning-sentences"]
    place = next(number for number, item in enumerate(sortings.items) if item.also)
    answer = "-" * place + sortings.items[place].also[0] + "-" * (len(sortings.items) - place - 1)
    shown = check("planning-sentences", answer=answer)._as_html()
    assert "Defensible" in shown and "1 of" in shown


@pytest.mark.parametrize("answer", ["R", "X" * 12, "r" * 12])
def test_an_answer_that_does_not_fit_says_what_would(answer):
    with pytest.raises(ValueError, match="write 12 letters out of RFAIJ"):
        check("planning-sentences", answer=answer)


def test_every_category_of_a_sorting_is_used():
    for record in collect_sortings().values():
        assert {item.best for item in record.items} == set(record.categories), record.id
