"""What was answered to a graded question, in rows that can be counted over editions: by what is said, never by letters.

Everything is read from two cells of a graded copy: the question (``ask``) and its test (``mark_…``), where key and explanations stand.
A question of one right option has one part; of several that apply, a part for each option, which applies or does not; of an order, a part
for each step, which has a place; of pairs, a part for each claim, which has an option.
"""

import ast
import re
from collections import Counter
from collections.abc import Hashable, Iterable
from functools import lru_cache
from typing import NamedTuple

#: An answer is some lines; parsing what is longer than this may take minutes and gigabytes.
_LONGEST = 100_000
_NUMBER = re.compile(r"[-−+]?\d[\d.,]*")
_KINDS = {"mark_choice": "one", "mark_choices": "all", "mark_order": "order", "mark_pairs": "pairs"}
_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_ANSWER = re.compile(r"^\s*(?:answer|confidence)\s*=.*$", re.MULTILINE)
_CHOSE = re.compile(r"^(?:Right|Not quite): you chose (\w)\.", re.MULTILINE)
_READ = re.compile(r"^Your (?:choice|order|pairs) was read as (.*)\.$", re.MULTILINE)
_SURE = re.compile(r"^You said “([^”]+)”:", re.MULTILINE)


class Choice(NamedTuple):
    """What can be answered in one part of a question.

    ``part`` and ``answer`` are the same in all editions, whatever numbers these have; ``asked`` and ``wording`` are as one of them words it.
    ``told`` explains the answer.
    """

    part: str
    answer: str
    asked: str
    wording: str
    right: bool
    told: str


class Asked(NamedTuple):
    """A question: its ``kind`` (one, all, order, pairs), text, key, letters, and ``choices`` by part and letter.

    ``same`` holds the explanations of its test without their numbers, by which it is known in all editions, whatever a student has made of
    its words. ``words``: what it says without numbers, in whatever order, and what of that is right; alike in all copies that were left as
    they are.
    """

    kind: str
    stem: str
    same: str
    best: str
    letters: str
    choices: tuple[tuple[Choice, ...], ...]
    words: tuple

    def given(self, answer: str) -> tuple[Choice, ...]:
        """What an answer says, part by part; of pairs, claims that were left open say nothing. Empty for what is no answer."""
        if not answer:
            return ()
        if self.kind == "one":
            places = [self.letters.find(answer)] if len(answer) == 1 else []
        elif self.kind == "all":
            places = [int(letter in answer) for letter in self.letters] if set(answer) <= set(self.letters) else []
        elif self.kind == "order":
            ordered = sorted(answer) == sorted(self.letters)
            places = [answer.index(letter) for letter in self.letters] if ordered else []
        else:
            places = [self.letters.find(letter) for letter in answer] if len(answer) == len(self.choices) else []
        return tuple(self.choices[part][place] for part, place in enumerate(places) if place >= 0)

    def said(self, printed: str) -> str | None:
        """The letters of an answer as its test read them; None where it read none."""
        if match := _CHOSE.search(printed):
            return match[1]
        if match := _READ.search(printed):
            return re.sub(r"[\d, ]", "", match[1])
        return self.best if printed.startswith("Right: ") else None


def unchanged(questions: Iterable[tuple[Hashable, Asked]]) -> dict[tuple[Hashable, str], Asked]:
    """By place (such as an item) and ``same``: the question as most copies word it. Who has changed its words is not asked about the same."""
    words, first = {}, {}
    for place, asked in questions:
        words.setdefault((place, asked.same), Counter())[asked.words] += 1
        first.setdefault((place, asked.words), asked)
    return {(place, same): first[place, many.most_common(1)[0][0]] for (place, same), many in words.items()}


def how_sure(printed: str) -> str:
    """How sure somebody said to be, as a test read it; empty where nothing was said."""
    match = _SURE.search(printed)
    return match[1] if match else ""


def asked(question: str, test: str) -> Asked | None:
    """The question that stands in two cells; None where the first is damaged, which a student may have done, or asks nothing."""
    return _asked(_ANSWER.sub("", question), test)


@lru_cache(maxsize=8192)
def _asked(question: str, test: str) -> Asked | None:
    ask, mark = call(question, "ask"), call(test, *_KINDS)
    if ask is None or mark is None:
        return None
    try:
        stem, *claims = map(ast.literal_eval, ask.args)
        wordings, key = _literals(ask), _literals(mark)
        kind, best, explained = _KINDS[_name(mark)], key.pop("best"), key.pop("why", ())
        key.pop("options", None)
        letters = "".join(letter for letter in wordings if len(letter) == 1 and (letter in key or kind == "pairs"))
        if not isinstance(stem, str) or not letters or set(best) - set(letters):
            return None
        options = [wordings[letter] for letter in letters]
        if kind == "pairs":
            same = [_alone(option, options) for option in options]
            choices = tuple(
                tuple(
                    Choice(without_numbers(claim), one, claim, option, letter == right, told)
                    for letter, option, one in zip(letters, options, same, strict=True)
                )
                for claim, right, told in zip(claims[0], best, explained, strict=True)
            )
            told = list(explained)
        else:
            told = [key[letter] for letter in letters]
            same = [_alone(option, options, why, told) for option, why in zip(options, told, strict=True)]
            choices = _of_options(kind, letters, best, options, told, same)
    except (ValueError, TypeError, KeyError, IndexError, SyntaxError, RecursionError, MemoryError):
        return None
    words = without_numbers(stem), frozenset((one.part, one.answer, one.right) for part in choices for one in part)
    return Asked(kind, stem, without_numbers("\n".join(sorted(told))), best, letters, choices, words)


def _of_options(kind, letters, best, options, told, same):
    each = list(zip(letters, options, told, same, strict=True))
    if kind == "one":
        return (tuple(Choice("", one, "", option, letter == best, why) for letter, option, why, one in each),)
    if kind == "all":
        answers = ("does not apply", "applies")
        return tuple(
            tuple(Choice(one, said, option, said, (letter in best) == bool(i), why) for i, said in enumerate(answers))
            for letter, option, why, one in each
        )
    places = _PLACES[: len(letters)]
    return tuple(
        tuple(Choice(one, place, option, place, best[i] == letter, why) for i, place in enumerate(places))
        for letter, option, why, one in each
    )


def without_numbers(text: str) -> str:
    """A text with # for each number, since these differ between editions."""
    return _NUMBER.sub("#", text)


def _alone(text, texts, explanation="", explanations=()) -> str:
    """A text without its numbers; told apart by its explanation where another of ``texts`` is then the same."""
    bare, explained = without_numbers(text), without_numbers(explanation)
    if sum(without_numbers(other) == bare for other in texts) < 2:
        return bare
    unlike = sum(without_numbers(other) == explained for other in explanations) == 1
    return f"{bare} ({explained})" if unlike else text


def _literals(call) -> dict:
    """The keyword arguments that are plain texts, or lists of them."""
    found = {}
    for word in call.keywords:
        if word.arg and not isinstance(word.value, ast.Attribute | ast.Name):
            value = ast.literal_eval(word.value)
            if isinstance(value, str | list):
                found[word.arg] = value
    return found


def call(source: str, *names: str) -> ast.Call | None:
    """The first call of one of these names; None where there is none or the source, a student's perhaps, is no Python."""
    if len(source) > _LONGEST or not any(f"{name}(" in source for name in names):
        return None
    try:
        tree = ast.parse(source)
        calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
        return next((one for one in calls if _name(one) in names), None)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _name(one: ast.Call) -> str:
    return getattr(one.func, "attr", getattr(one.func, "id", ""))


def answer_in(question: str) -> tuple[str, str]:
    """The answer that stands in a question's own call, and how sure; in lower case, empty where there is none."""
    ask = call(question, "ask")
    words = {word.arg: word.value.value for word in ask.keywords if isinstance(word.value, ast.Constant)} if ask else {}
    said = (words.get(name) for name in ("answer", "confidence"))
    answer, sure = (text.strip().lower() if isinstance(text, str) else "" for text in said)
    return answer, sure
