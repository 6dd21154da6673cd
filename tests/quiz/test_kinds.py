"""Questions with several answers, in order, in pairs, and with confidence: what they accept, show and earn."""

import pytest

from postwar import ask
from postwar.quiz import marking
from postwar.quiz.asking import CONFIDENCE
from postwar.quiz.marking import Mistake

OPTIONS = {"a": "two", "b": "three", "c": "four", "d": "five"}
WHY = {letter: f"Because of {text}." for letter, text in OPTIONS.items()}
CLAIMS = ["It is even.", "It is odd."]


@pytest.mark.parametrize(
    ("more", "answer", "says"),
    [
        ({"several": True}, "ax", "letters of the options"),
        ({"ordered": True}, "abc", "each of the letters abcd once"),
        ({"claims": CLAIMS}, "a", "for each of the 2 claims"),
        ({"confidence": "very"}, "a", "not one of 'guess', 'think so' or 'sure'"),
        ({"claims": CLAIMS, "several": True}, None, "not two of these"),
        ({"claims": ["one"]}, None, "a list of two texts"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_fix(more, answer, says):
    with pytest.raises(ValueError, match=says):
        ask("Which?", answer=answer, **more, **OPTIONS)


def test_answers_are_plain_text_and_shown_without_a_widget():
    several = ask("Which are even?", several=True, answer="ac", **OPTIONS)
    assert several._as_text().count("← chosen") == 2
    ordered = ask("In order?", ordered=True, answer="badc", **OPTIONS)
    assert "b  three  ← 1" in ordered._as_text() and "c  four  ← 4" in ordered._as_text()
    pairs = ask("Which is which?", CLAIMS, answer="ab", **OPTIONS)
    assert "1  It is even." in pairs._as_text() and "a  two  ← for 1" in pairs._as_text()
    assert "<ol><li>It is even.</li>" in pairs._as_html()
    sure = ask("Which?", answer="a", confidence="sure", **OPTIONS)
    assert "How sure: sure." in sure._as_text() and "How sure: sure." in sure._as_html()
    for kind in ({"several": True}, {"ordered": True}, {"claims": CLAIMS}):
        blank = ask("Which?", **kind, **OPTIONS)
        assert "No answer yet" in blank._as_text() and "ask(…)" in blank._as_text()


@pytest.mark.parametrize(
    ("chosen", "points"),
    [("ac", 2), ("CA", 2), ("a", 1), ("acb", 1), ("bd", 0), ("abcd", 0), ("", 0), (None, 0), ("xy", 0), (7, 0)],
)
def test_every_option_of_choose_all_counts(chosen, points, capsys):
    assert marking.mark_choices(chosen, best="ac", points=2, **WHY) == points
    said = capsys.readouterr().out
    if points == 1:
        assert "3 of 4" in said and said.count("Because") == 1, "only what was judged wrongly is explained"


@pytest.mark.parametrize(
    ("chosen", "points"),
    [("abcd", 3), ("bacd", 2), ("dcba", 0), ("bcda", 0), ("abc", 0), ("aabb", 0), ("", 0), (None, 0)],
)
def test_pairs_in_the_right_order_count(chosen, points, capsys):
    assert marking.mark_order(chosen, best="abcd", points=3, **WHY) == pytest.approx(points)
    if chosen == "bacd":
        assert "5 of 6 pairs" in (said := capsys.readouterr().out) and "first to move is b: Because of three." in said


@pytest.mark.parametrize(
    ("chosen", "points"), [("ab", 2), ("ac", 1), ("ba", 0), ("a-", 1), ("--", 0), ("abc", 0), ("", 0), (None, 0)]
)
def test_every_claim_earns_its_share(chosen, points, capsys):
    assert marking.mark_pairs(chosen, best="ab", why=["First.", "Second."], points=2) == points
    if chosen == "ac":
        assert "Claim 2: Second." in (said := capsys.readouterr().out) and "First." not in said
    with pytest.raises(ValueError, match="2 claims and 1 explanations"):
        marking.mark_pairs("ab", best="ab", why=["First."])


@pytest.mark.parametrize(
    ("expect", "good", "bad"),
    [
        (lambda answer: marking.expect_choices(answer, "abcd"), "ac", ["", None, "xz"]),
        (lambda answer: marking.expect_order(answer, "abcd"), "dbca", ["", None, "abc", "aabb"]),
        (lambda answer: marking.expect_pairs(answer, 2, "abcd"), "ba", ["", None, "a", "a-", "--"]),
    ],
)
def test_validate_says_what_is_missing(expect, good, bad):
    assert expect(good) is None
    for answer in bad:
        with pytest.raises(Mistake):
            expect(answer)


class Sly(str):
    def __eq__(self, other):
        return True

    def __iter__(self):
        return iter("abcd")

    __hash__ = None


def test_an_answer_that_claims_to_be_right_is_taken_as_the_text_it_is():
    assert marking.mark_choices(Sly("b"), best="ac", **WHY) == 0
    assert marking.mark_order(Sly("dcba"), best="abcd", **WHY) == 0
    assert marking.mark_pairs(Sly("ba"), best="ab", why=["First.", "Second."]) == 0


def test_confidence_is_said_and_changes_no_point(capsys):
    for level, (gain, loss) in CONFIDENCE.items():
        assert marking.mark_choice("a", best="a", confidence=level, a="Yes.", b="No.") == 1
        assert f"“{level}”: +{gain} by" in capsys.readouterr().out
        assert marking.mark_choice("b", best="a", confidence=level, a="Yes.", b="No.") == 0
        assert f"“{level}”: {'−' if loss else ''}{abs(loss)} by" in capsys.readouterr().out
    for odd in ("", None, "certain", 3, Sly("nothing")):
        assert marking.mark_choice("a", best="a", confidence=odd, a="Yes.", b="No.") == 1
        assert "rule of confidence" not in capsys.readouterr().out


def test_the_rule_of_confidence_is_proper():
    """Whatever the chance of being right, no level beats the one that the rule names for it."""

    def expected(level, chance):
        gain, loss = CONFIDENCE[level]
        return chance * gain + (1 - chance) * loss

    for percent in range(101):
        chance = percent / 100
        best = max(CONFIDENCE, key=lambda level: expected(level, chance))
        if percent not in (67, 80):
            assert best == ("guess" if chance < 2 / 3 else "think so" if chance < 4 / 5 else "sure"), percent
