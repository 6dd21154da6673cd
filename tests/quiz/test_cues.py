"""Whoever sees the options without the questions is to be near chance: no habit of wording may point at the right one.

A cue is a number for each option, such as its length. A reader who follows a cue picks the option with most (or least) of it and
guesses among equals; a reader who has learnt from the other questions weighs all cues together. This says nothing about readers
who know the subject: they recognise what is true.
"""

import re

import numpy as np
import pytest

from postwar.quiz.questions import collect

ABSOLUTE = (
    r"always|never|all|any|every|each|whatever|whichever|none|nothing|nobody|only|must|cannot|simply|certain|proves?|proved|refuted"
    r"|entirely|alone|whole|fully|ever|bound to|for good|no"
)
HEDGE = (
    r"may|might|can|could|some|about|seldom|hardly|likely|likelier|usually|often|mostly|mainly|partly|perhaps|if|until|unless|yet|though"
    r"|depends?|rather|little|near"
)
COMMON = set(
    re.findall(
        "[a-z]+",
        "the a an of to and in is it that for on as with by be are at from or this was not which its their they has",
    )
)


def words(text):
    return re.findall(r"[a-z]+", text.lower())


def stems(text):
    """What a text is about: the beginnings of its words, without the commonest."""
    return {word[:6] for word in words(text) if word not in COMMON}


def count(pattern):
    return lambda question, text: len(re.findall(rf"\b(?:{pattern})\b", text.lower()))


def likeness(question, text):
    """How many words it shares with the other options: the right one is what the wrong ones were made from."""
    others = [option.text for option in question.options.values() if option.text != text]
    return sum(len(stems(text) & stems(other)) / max(1, len(stems(text) | stems(other))) for other in others)


def agrees(question, text):
    """Whether it continues the question's last words: *a* or *an*, one or many."""
    end = question.stem.rstrip(" …?.:").lower().split()[-1]
    return int((end in ("a", "an") and (text[:1].lower() in "aeiou") == (end == "an")) or text[:1].islower())


CUES = {
    "length": lambda question, text: len(text),
    "length of its words": lambda question, text: len("".join(words(text))) / max(1, len(words(text))),
    "absolute words": count(ABSOLUTE),
    "hedges": count(HEDGE),
    "negations": count("not|no|never|nothing|none|nobody|cannot|neither"),
    "reasons": count("because|since|as|for"),
    "two parts": count("yet|but|and|although|though|while|both"),
    "punctuation": lambda question, text: len(re.findall(r"[,:;–]", text)),
    "digits": lambda question, text: len(re.findall(r"\d", text)),
    "content": lambda question, text: len(stems(text)),
    "words of the question": lambda question, text: len(stems(text) & stems(question.stem)),
    "likeness to the others": likeness,
    "grammar": agrees,
}


@pytest.fixture(scope="module")
def questions():
    return list(collect().values())


def following(questions, cue, sign):
    """The share of questions that a reader gets right who follows one cue."""
    share = 0
    for question in questions:
        marks = {letter: sign * cue(question, option.text) for letter, option in question.options.items()}
        best = [letter for letter, mark in marks.items() if mark == max(marks.values())]
        share += (question.best in best) / len(best)
    return share / len(questions)


@pytest.mark.parametrize("sign", [1, -1], ids=["most", "least"])
@pytest.mark.parametrize("name", CUES)
def test_no_cue_points_at_the_right_option(questions, name, sign):
    share = following(questions, CUES[name], sign)
    # With 93 questions chance alone exceeds 36 % once in a hundred times.
    assert share <= 0.36, f"whoever takes the option with most (or least) {name} is right in {share:.0%}"


def features(question):
    """Cues of each option, compared with the other options of the question; the right option comes first."""
    letters = [question.best, *(letter for letter in question.options if letter != question.best)]
    table = np.array(
        [[cue(question, question.options[letter].text) for cue in CUES.values()] for letter in letters], float
    )
    spread = table.std(axis=0)
    return (table - table.mean(axis=0)) / np.where(spread > 0, spread, 1)


def fit(tables, penalty=3.0):
    """Weights of the cues that explain best which option is right (a conditional logit, held towards zero)."""
    tables = np.stack(tables)
    weights = np.zeros(len(CUES))
    for _ in range(300):
        chances = np.exp(tables @ weights)
        chances /= chances.sum(axis=1, keepdims=True)
        expected = np.einsum("qo,qoc->c", chances, tables)
        weights += 0.01 * (tables[:, 0].sum(axis=0) - expected - penalty * weights)
    return weights


def test_all_cues_together_teach_nothing_that_helps_with_another_question(questions):
    tables = [features(question) for question in questions]
    right = 0
    for fold in range(10):
        weights = fit([table for place, table in enumerate(tables) if place % 10 != fold])
        for marks in (table @ weights for table in tables[fold::10]):
            best = np.isclose(marks, marks.max())
            right += best[0] / best.sum()  # a guess among equals, such as bare numbers
    assert right / len(tables) <= 0.38, f"a reader of cues gets {right:.0f} of {len(tables)}"


def test_the_measure_sees_a_give_away():
    """The same measures on questions whose right option is the longest, and hedged: both are found."""

    class Option:
        def __init__(self, text):
            self.text = text

    class Question:
        stem, best = "Which?", "b"

        def __init__(self, place):
            texts = [f"All of them {place}", "It may depend on a few of these things", "None at all", "Always so"]
            self.options = dict(zip("bacd", map(Option, [texts[1], texts[0], *texts[2:]]), strict=True))

    given_away = [Question(place) for place in range(20)]
    assert following(given_away, CUES["length"], 1) == following(given_away, CUES["hedges"], 1) == 1
    assert all(
        np.argmax(features(question) @ fit([features(each) for each in given_away])) == 0 for question in given_away
    )
