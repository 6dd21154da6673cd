"""Wrong answers that students gave, and what each is told in the public edition: the sentence must fit the way that leads there."""

from decimal import Decimal
from fractions import Fraction
from functools import cache

import pytest

from postwar.editions.edition import Source
from postwar.paths import SOLUTIONS
from postwar.quiz import marking

pytestmark = pytest.mark.xdist_group("named-values")  # the editions are computed once

TOO_FAR = "rounded too far"
SAID = [
    # Two slips lie within the tolerance of each other: the nearer one speaks.
    ("04-deterrence", "pacts-like-with-like", 0.9476, "the rate without a pact divided by the rate with one"),
    ("04-deterrence", "pacts-like-with-like", 0.951, "averages the two ratios"),
    ("05-nato", "willing-soldiers", 0.1769, "The United States is still in the sum"),
    ("05-nato", "willing-soldiers", 0.1741, "the code +2 only"),
    # A way to the number that has its own sentence.
    ("02-london-and-paris", "missions-compared", 22, "the strength is known, but not always the ratios"),
    ("05-nato", "economies-needed", 0.02, "which gives α"),
    # No way leads there, or two do: the hint, and no slip.
    ("05-nato", "economies-needed", 0.04, "Put that into the second ally's best reply"),
    ("06-kyiv", "at-least-one", 0.12, "then allow for the shock"),
    # The right value, but coarser than the tolerance.
    ("05-nato", "willing-allies", 27, TOO_FAR),
    ("05-nato", "willing-allies", 0.27, TOO_FAR),
]
RIGHT = [
    ("05-nato", "willing-allies", 26.67),
    ("01-planning-peace", "raw-difference", 0.1159),
    ("01-planning-peace", "range-low", Fraction(43, 100)),
    ("01-planning-peace", "range-low", Decimal("0.43")),
]


@cache
def items(slug):
    notebooks = Source(slug, SOLUTIONS).notebooks.values()
    return {item.item: item for problems in notebooks for item in problems.marked({})}


@pytest.mark.parametrize(("slug", "item", "value", "says"), SAID)
def test_a_wrong_value_is_told_what_led_to_it(slug, item, value, says, capsys):
    assert marking.mark_number(value, **items(slug)[item].arguments) == 0
    assert says in capsys.readouterr().out


@pytest.mark.parametrize(("slug", "item", "value"), RIGHT, ids=str)
def test_a_right_value_counts(slug, item, value):
    assert marking.mark_number(value, **items(slug)[item].arguments) == 1


def test_the_raw_difference_is_computed_and_not_remembered():
    assert items("01-planning-peace")["raw-difference"].key[0] == pytest.approx(0.11591, abs=1e-5)


def test_what_rounds_to_two_decimals_is_right_or_told_so(capsys):
    """Every number of every assignment, in the public edition."""
    silent = []
    for slug in sorted(path.name.removesuffix(".editions.toml") for path in SOLUTIONS.glob("*.editions.toml")):
        for item in items(slug).values():
            if item.function != "mark_number":
                continue
            rounded = round(float(item.key[0]), 2)
            coarse = abs(rounded - item.key[0]) >= abs(item.key[0]) / 10
            earned = marking.mark_number(rounded, **item.arguments)
            told = TOO_FAR in capsys.readouterr().out or rounded in item.slips.values()
            if not (earned or told or coarse):
                silent.append((slug, item.item, rounded))
    assert not silent
