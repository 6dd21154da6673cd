"""Plausible wrong answers lose their points; unusual right ones do not. Run without a kernel, by nbgrader's rule."""

import pytest
from machinery import SLUGS

SLUG = [pytest.param(slug, marks=pytest.mark.xdist_group(slug)) for slug in SLUGS]


@pytest.mark.parametrize("assignment", SLUG, indirect=True)
def test_the_solution_gets_full_marks(assignment):
    for answer in assignment.answers:
        assert assignment.mark(answer, answer.right) == answer.items


@pytest.mark.parametrize("assignment", SLUG, indirect=True)
def test_a_blank_gets_nothing_and_a_sentence_that_says_so(assignment):
    for answer in assignment.answers:
        assert assignment.mark(answer, "# YOUR ANSWER HERE") == dict.fromkeys(answer.items, 0), answer.id


@pytest.mark.parametrize("assignment", SLUG, indirect=True)
def test_no_wrong_answer_survives(assignment, record_property):
    survivors, tried = [], 0
    for answer in assignment.answers:
        for name, (code, _) in answer.variants.items():
            got = assignment.mark(answer, code)
            tried += name in answer.wrong
            if got != answer.points(name):
                survivors.append(f"{answer.id}, {name}: got {got}, expected {answer.points(name)}")
    assert not survivors, "\n".join(survivors)
    record_property("assignment", f"{assignment.slug}: {tried} wrong answers tried, all caught")


@pytest.mark.parametrize("assignment", SLUG, indirect=True)
def test_each_item_is_lost_by_three_wrong_answers_or_more(assignment):
    for answer in assignment.answers:
        for item in answer.items:
            losing = [name for name, (_, earns) in answer.variants.items() if item in earns]
            assert len(losing) >= 3, f"{item} has only {losing}; add slips to tests/assignments/{assignment.slug}.toml"
