"""Marking that teaches: type first, then shape, then value, and one helpful sentence at the first failure.

A grade cell has two parts. Its visible part calls an ``expect_…`` function, which returns ``None`` when an answer
of the right kind was given and raises `Mistake` otherwise, so that nbgrader's Validate says what is missing. Its
hidden part ends with a ``mark_…`` function, which prints one sentence and returns the points as a built-in number,
the only form of partial credit that nbgrader 0.9 counts correctly. No message contains the expected value; a last line says
how the answer was read.

Answers are reduced to plain numbers and texts before they are compared, so one that claims to equal everything earns
nothing. Warnings and prints of a student's function stay out of the grade cell, where nbgrader would score them as 0.
"""

import contextlib
import io
import logging
import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np

from postwar.quiz import markup

__all__ = [
    "Mistake",
    "expect_choice",
    "expect_choices",
    "expect_function",
    "expect_number",
    "expect_numbers",
    "expect_order",
    "expect_pairs",
    "mark_choice",
    "mark_choices",
    "mark_function",
    "mark_number",
    "mark_numbers",
    "mark_order",
    "mark_pairs",
]

_ROUNDED = "It is the right value, rounded too far: give it with more decimals, or do not round at all."
_BLANK = "`{name}` has no value yet: write your answer in the cell above and run it again."


class Mistake(Exception):
    """What the student should look at next, in one sentence."""

    def _render_traceback_(self) -> list[str]:
        # IPython's hook for exceptions that draw themselves: a traceback would print the lines of the test.
        return [str(self)]


# -- reducing an answer to plain values --------------------------------------------------------------------------


def _plain_number(value, name: str) -> float:
    """One finite number as a built-in float. Accepts Python and numpy numbers and anything array-like of size one."""
    if value is None:
        raise Mistake(_BLANK.format(name=name))
    if isinstance(value, str):
        raise Mistake(f"`{name}` is text; write a number, without quotation marks.")
    array = _array(value, name, "one number")
    if array.size != 1:
        raise Mistake(f"`{name}` should be one number, but it holds {array.size}.")
    number = float(array.reshape(-1)[0])
    if not math.isfinite(number):
        raise Mistake(f"`{name}` is {number}; look for a division by zero or a missing value on the way to it.")
    return number


def _array(value, name: str, wanted: str) -> np.ndarray:
    try:
        # Fractions and decimals are numbers too; numpy would keep them as objects.
        array = np.asarray(float(value) if isinstance(value, Fraction | Decimal) else value)
    except Exception:  # ragged lists, objects with a broken conversion
        array = np.asarray(None)
    if array.dtype.kind not in "iuf":
        kind = "True or False" if array.dtype.kind == "b" else f"of type {type(value).__name__}"
        raise Mistake(f"`{name}` should be {wanted}, but it is {kind}.")
    return array


def _plain_numbers(value, name: str, length: int) -> list[float]:
    """A list of built-in floats from a list, tuple, array or Series of the given length."""
    if value is None:
        raise Mistake(_BLANK.format(name=name))
    if isinstance(value, (str, Mapping, set, frozenset)):
        raise Mistake(f"`{name}` should be a list of {length} numbers in order, but it is a {type(value).__name__}.")
    with contextlib.suppress(TypeError):
        value = list(value)
    if not isinstance(value, list):
        raise Mistake(f"`{name}` should be a list of {length} numbers, but it is a single {type(value).__name__}.")
    if len(value) != length:
        raise Mistake(f"`{name}` should hold {length} numbers, but it holds {len(value)}.")
    return [_plain_number(element, f"{name}[{i}]") for i, element in enumerate(value)]


def _plain_table(value, name: str, keys: Sequence) -> dict:
    """A dict of built-in floats from a dict or Series that has exactly these keys."""
    if value is None:
        raise Mistake(_BLANK.format(name=name))
    try:
        table = dict(value.items())
    except (AttributeError, TypeError, ValueError):
        listed = ", ".join(map(str, keys))
        raise Mistake(f"`{name}` should be a dictionary with the keys {listed}.") from None
    missing = [str(key) for key in keys if key not in table]
    if missing:
        raise Mistake(f"`{name}` lacks {', '.join(missing)}; check the spelling of the keys.")
    if len(table) > len(keys):
        extra = ", ".join(str(key) for key in table if key not in keys)
        raise Mistake(f"`{name}` has more than it should: {extra}.")
    return {key: _plain_number(table[key], f"{name}[{key!r}]") for key in keys}


def _plain_choice(answer, options: Sequence[str]) -> str:
    """The chosen option as a built-in lower-case text."""
    # str.__str__ also takes the plain text out of a subclass that redefines comparison.
    chosen = markup.letters(str.__str__(answer)) if isinstance(answer, str) else ""
    if not chosen:
        raise Mistake("No option is chosen yet: click one in the question above, or add answer=… to its call by hand.")
    if chosen not in options:
        raise Mistake(f"“{chosen}” is not one of the options; choose one of {', '.join(options)}.")
    return chosen


def _plain_letters(answer, letters: str, how: str) -> str:
    """The letters of an answer as a built-in lower-case text, each of them one of ``letters``."""
    chosen = markup.letters(str.__str__(answer)) if isinstance(answer, str) else ""
    if not chosen.strip("-"):
        raise Mistake(f"No option is chosen yet: {how} in the question above, or add answer=… to its call by hand.")
    if set(chosen) - set(letters):
        raise Mistake(f"“{chosen}” holds something else than the letters {', '.join(letters)}.")
    return chosen


def _plain_several(answer, letters: str) -> str:
    chosen = _plain_letters(answer, letters, "tick every one that applies")
    return "".join(sorted(set(chosen)))


def _plain_order(answer, letters: str) -> str:
    chosen = _plain_letters(answer, letters, "move them into order")
    if sorted(chosen) != sorted(letters):
        raise Mistake(f"“{chosen}” is no order: write each of the letters {', '.join(letters)} once.")
    return chosen


def _plain_pairs(answer, letters: str, count: int) -> str:
    chosen = _plain_letters(answer, letters + "-", "choose for every claim")
    if len(chosen) != count:
        raise Mistake(f"“{chosen}” should hold one letter for each of the {count} claims.")
    return chosen


def _in_bounds(number: float, name: str, low: float, high: float) -> None:
    if not low <= number <= high:
        if math.isinf(high):
            raise Mistake(f"`{name}` should be at least {low:g}, but it is {number:g}.")
        if math.isinf(low):
            raise Mistake(f"`{name}` should be at most {high:g}, but it is {number:g}.")
        raise Mistake(f"`{name}` should lie between {low:g} and {high:g}, but it is {number:g}.")


def _near(number: float, expected: float, within: float, or_percent: bool) -> bool:
    # The slack of a billionth keeps an answer that sits on the edge of the tolerance inside it.
    return _distance(number, expected, or_percent) <= within + 1e-9


def _distance(number: float, expected: float, or_percent: bool) -> float:
    return min(abs(n - expected) for n in ([number, number / 100] if or_percent else [number]))


def _rounded_too_far(number: float, expected: float, or_percent: bool) -> bool:
    """Whether the number is the expected one with three decimals or fewer, and not so coarse that it says little."""
    forms = [expected, 100 * expected] if or_percent else [expected]
    return any(
        abs(number - round(form, digits)) < 1e-9 < abs(number - form) < abs(form) / 10
        for form in forms
        for digits in range(4)
    )


def _say_read(name: str, value: str) -> None:
    """How an answer was understood, on a line of its own; the class report reads it there too."""
    print(f"{name} was read as {value}.")


def _shown(number: float) -> str:
    return f"{number:.10g}".replace("-", "−")


def _quietly(function: Callable, name: str, arguments: Mapping):
    """The function's value; its warnings and prints are dropped, its exception becomes a `Mistake`."""
    shown = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
    sink = io.StringIO()
    with warnings.catch_warnings(), contextlib.redirect_stdout(sink), contextlib.redirect_stderr(sink):
        warnings.simplefilter("ignore")
        before = logging.root.manager.disable
        logging.disable(logging.CRITICAL)
        try:
            return function(**arguments)
        except (Exception, SystemExit) as error:
            raise Mistake(f"`{name}({shown})` stopped with {type(error).__name__}: {error}") from None
        finally:
            logging.disable(before)


# -- the visible part of a grade cell ----------------------------------------------------------------------------


def expect_choice(answer: str, options: Sequence[str] = ("a", "b", "c", "d")) -> None:
    """Raise `Mistake` unless one of the options was chosen."""
    _plain_choice(answer, options)


def expect_choices(answer: str, options: str = "abcd") -> None:
    """Raise `Mistake` unless some of the options were chosen; ``options`` are their letters."""
    _plain_several(answer, options)


def expect_order(answer: str, options: str = "abcd") -> None:
    """Raise `Mistake` unless all options were put in an order."""
    _plain_order(answer, options)


def expect_pairs(answer: str, count: int, options: str = "abcd") -> None:
    """Raise `Mistake` unless every one of ``count`` claims was paired with an option."""
    if "-" in _plain_pairs(answer, options, count):
        raise Mistake("Some claims are still open: choose for every one of them.")


def expect_number(value, name: str, *, low: float = -math.inf, high: float = math.inf) -> None:
    """Raise `Mistake` unless ``value`` is one finite number between ``low`` and ``high``."""
    _in_bounds(_plain_number(value, name), name, low, high)


def expect_numbers(value, name: str, *, length: int = 0, keys: Sequence = ()) -> None:
    """Raise `Mistake` unless ``value`` holds ``length`` finite numbers in order, or one for each of ``keys``."""
    if keys:
        _plain_table(value, name, keys)
    else:
        _plain_numbers(value, name, length)


def expect_function(function, name: str, *, returns: int = 1, **arguments) -> None:
    """Raise `Mistake` unless ``function(**arguments)`` runs and returns as many finite numbers as it should."""
    if function is None:
        raise Mistake(_BLANK.format(name=name))
    if not callable(function):
        raise Mistake(f"`{name}` should be a function, but it is a {type(function).__name__}: was the name used again?")
    value = _quietly(function, name, arguments)
    if value is None:
        raise Mistake(f"`{name}` returns nothing; end it with a return statement.")
    if returns == 1:
        _plain_number(value, f"the value of {name}")
    else:
        _plain_numbers(value, f"the value of {name}", returns)


# -- the hidden part ---------------------------------------------------------------------------------------------


def mark_choice(answer: str, *, best: str, points: float = 1, confidence: str | None = None, **why: str) -> float:
    """Print the explanation of the chosen option, and of no other; return the points earned.

    ``why`` holds one explanation per option: ``a="…", b="…"``. What ``confidence`` earns by the rule of confidence is said,
    and changes no point. Raises ValueError where the best option has none.
    """
    if best not in why:
        raise ValueError(f"the best option {best!r} needs an explanation; explained are {', '.join(why)}")
    try:
        chosen = _plain_choice(answer, list(why))
    except Mistake as mistake:
        print(mistake)
        return 0
    print(f"{'Right' if chosen == best else 'Not quite'}: you chose {chosen}. {why[chosen]}")
    _say_confidence(confidence, chosen == best)
    return points if chosen == best else 0


def _say_confidence(confidence: str | None, right: bool) -> None:
    """What somebody's confidence earns; see `postwar.quiz.asking.CONFIDENCE`."""
    from postwar.quiz.asking import CONFIDENCE

    said = str.__str__(confidence).strip() if isinstance(confidence, str) else ""
    if said in CONFIDENCE:
        earned = f"{CONFIDENCE[said][0 if right else 1]:+d}".replace("-", "−").replace("+0", "0")
        rule = ", ".join(f"{level} {gain} or {loss}" for level, (gain, loss) in CONFIDENCE.items()).replace("-", "−")
        print(
            f"You said “{said}”: {earned} by the rule of confidence ({rule}; right or wrong). It is no part of your points. "
            "On average you gain most by saying what you believe."
        )


def mark_choices(answer: str, *, best: str, points: float = 1, **why: str) -> float:
    """Mark a question of which several options may be right; return the points earned.

    Every option counts, ticked or not: half of them right earns nothing, all right earn ``points``, and in between evenly.
    Options that were judged wrongly are explained, or all of them where none was. ``best`` holds the letters that apply.
    """
    try:
        chosen = _plain_several(answer, "".join(why))
    except Mistake as mistake:
        print(mistake)
        return 0
    wrong = [letter for letter in why if (letter in chosen) != (letter in best)]
    right = len(why) - len(wrong)
    if not wrong:
        print(f"Right: {', '.join(chosen)} and no other. {' '.join(why[letter] for letter in best)}")
        return points
    explained = " ".join(f"{'Chosen' if letter in chosen else 'Left out'}, {letter}: {why[letter]}" for letter in wrong)
    print(f"{right} of {len(why)} options are judged right. {explained}")
    _say_read("Your choice", ", ".join(chosen))
    return points * max(0, 2 * right / len(why) - 1)


def mark_order(answer: str, *, best: str, points: float = 1, **why: str) -> float:
    """Mark an order; return the points earned.

    Every pair of options counts that stands in the right order: half of them earn nothing, all earn ``points``. ``best`` is
    the right order; the first option that stands too early is explained.
    """
    try:
        chosen = _plain_order(answer, "".join(why))
    except Mistake as mistake:
        print(mistake)
        return 0
    pairs = [(one, other) for i, one in enumerate(best) for other in best[i + 1 :]]
    right = [chosen.index(one) < chosen.index(other) for one, other in pairs]
    if all(right):
        print(f"Right: {', '.join(best)}. {' '.join(why[letter] for letter in best)}")
        return points
    early = next(b for a, b in zip(best, chosen, strict=True) if a != b)
    print(f"{sum(right)} of {len(pairs)} pairs stand in the right order. The first to move is {early}: {why[early]}")
    _say_read("Your order", ", ".join(chosen))
    return points * max(0, 2 * sum(right) / len(pairs) - 1)


def mark_pairs(answer: str, *, best: str, why: Sequence[str], options: str = "abcd", points: float = 1) -> float:
    """Mark claims that were paired with options; return the points earned, an equal share for each claim.

    ``best`` has a letter for each claim, ``why`` an explanation for each; those of wrong pairs are printed.
    """
    if len(why) != len(best):
        raise ValueError(f"there are {len(best)} claims and {len(why)} explanations")
    try:
        chosen = _plain_pairs(answer, options, len(best))
    except Mistake as mistake:
        print(mistake)
        return 0
    wrong = [i for i, letter in enumerate(best) if chosen[i] != letter]
    if not wrong:
        print(f"Right: all {len(best)} pairs. {' '.join(why)}")
        return points
    explained = " ".join(f"Claim {i + 1}: {why[i]}" for i in wrong)
    print(f"{len(best) - len(wrong)} of {len(best)} claims are paired right. {explained}")
    _say_read("Your pairs", ", ".join(f"{i}{letter}" for i, letter in enumerate(chosen, 1)))
    return points * (len(best) - len(wrong)) / len(best)


def mark_number(
    value,
    expected: float,
    *,
    within: float,
    name: str,
    hint: str,
    slips: Mapping[str, float] | None = None,
    or_percent: bool = False,
    points: float = 1,
) -> float:
    """Compare one number with ``expected`` and return the points earned: all or none.

    ``within`` is the absolute tolerance. ``or_percent`` accepts 43 for 0.43, for tasks that allow either unit.
    ``hint`` is printed for a wrong answer, unless the answer is one of the ``slips``: sentences about typical
    mistakes, each with the value that the mistake leads to. Of several within the tolerance, the nearest speaks. A
    right value that was rounded further than the tolerance allows is told so.
    """
    try:
        number = _plain_number(value, name)
    except Mistake as mistake:
        print(mistake)
        return 0
    if _near(number, expected, within, or_percent):
        print(f"Right: `{name}` is correct.")
        _say_read(f"`{name}`", _shown(number) + (" per cent" if not _near(number, expected, within, False) else ""))
        return points
    slips = slips or {}
    nearest = min(slips, key=lambda sentence: _distance(number, slips[sentence], or_percent), default=None)
    off = _distance(number, slips[nearest], or_percent) if slips else math.inf
    if off <= within + 1e-9 and not (off > 1e-9 and _rounded_too_far(number, expected, or_percent)):
        sentence = nearest
    elif _rounded_too_far(number, expected, or_percent):
        sentence = _ROUNDED
    else:
        sentence = hint
    print(f"`{name}` is not right yet. {sentence}")
    _say_read(f"`{name}`", _shown(number))
    return 0


def mark_numbers(
    value,
    expected: Sequence[float] | Mapping,
    *,
    within: float,
    name: str,
    hint: str | Sequence[str],
    or_percent: bool = False,
    points: float = 1,
) -> float:
    """Compare several numbers, each worth an equal share of the points; return what was earned.

    ``expected`` is a sequence (order counts) or a mapping (keys count); ``hint`` one sentence, or one per number.
    """
    keys = list(expected) if isinstance(expected, Mapping) else range(len(expected))
    try:
        if isinstance(expected, Mapping):
            numbers = _plain_table(value, name, keys)
        else:
            numbers = _plain_numbers(value, name, len(keys))
    except Mistake as mistake:
        print(mistake)
        return 0
    wrong = [i for i, key in enumerate(keys) if not _near(numbers[key], expected[key], within, or_percent)]
    right = len(keys) - len(wrong)
    label = "{}: {}" if isinstance(expected, Mapping) else "{1}"
    read = ", ".join(label.format(key, _shown(numbers[key])) for key in keys)
    if not wrong:
        print(f"Right: all {len(keys)} values of `{name}` are correct.")
        _say_read(f"`{name}`", read)
        return points
    first = wrong[0]
    if _rounded_too_far(numbers[keys[first]], expected[keys[first]], or_percent):
        sentence = _ROUNDED
    else:
        sentence = hint if isinstance(hint, str) else hint[first]
    print(f"{right} of {len(keys)} values are right; the first to look at is `{name}[{keys[first]!r}]`. {sentence}")
    _say_read(f"`{name}`", read)
    return points * right / len(keys)


def mark_function(
    function,
    cases: Sequence[tuple[Mapping, float | Sequence[float]]],
    *,
    within: float,
    name: str,
    hint: str,
    points: float = 1,
) -> float:
    """Call a student's function on every case ``(arguments, expected)``; all must be right to earn the points.

    Expected values may be one number or a sequence. The first case that fails is named, without its expected value.
    """
    for arguments, expected in cases:
        shown = f"{name}({', '.join(f'{key}={value!r}' for key, value in arguments.items())})"
        try:
            if not callable(function):
                raise Mistake(f"`{name}` should be a function, but it is a {type(function).__name__}.")
            returned = _quietly(function, name, arguments)
            several = isinstance(expected, Sequence)
            got = _plain_numbers(returned, shown, len(expected)) if several else [_plain_number(returned, shown)]
        except Mistake as mistake:
            print(mistake)
            return 0
        pairs = list(zip(got, expected if several else [expected], strict=True))
        if wrong := [pair for pair in pairs if not _near(*pair, within, False)]:
            sentence = _ROUNDED if all(_rounded_too_far(*pair, False) for pair in wrong) else hint
            print(f"`{shown}` is not right yet. {sentence}")
            _say_read("What it returned", ", ".join(map(_shown, got)))
            return 0
    print(f"Right: `{name}` gives the correct values for {len(cases)} different inputs.")
    return points
