"""Lesson 5's explorers do what their scripts say, number for number."""

import numpy as np
import pytest

from postwar import explore, load
from postwar.figures import nato as figures
from postwar.models import burden_sharing, veto_players, voting_power
from postwar.quiz.questions import collect


def test_the_smallest_member_has_power_at_odd_quotas_only():
    explorer = explore.voting_power("more-less")
    for quota in range(9, 18):
        picture = explorer.set(quota=quota)
        index = picture.numbers["Shapley–Shubik"][-1]
        assert (index > 1e-12) == (quota % 2 == 1), quota
        assert f"{index:.1%} of the Shapley–Shubik power" in picture.sentence


def test_power_to_act_falls_on_the_way_to_consensus():
    explorer = explore.voting_power("more-less")
    shown = {}
    for preset, quota in (("More than half: 9", 9), ("Start again", 12), ("Consensus: 17", 17)):
        picture = explorer.press(preset)
        assert explorer.values["quota"] == quota
        shown[quota] = picture.numbers["power to act (all)"][0]
        assert f"power to act {shown[quota]:.3f}" in picture.sentence
    assert shown == pytest.approx({9: 0.5, 12: 14 / 64, 17: 1 / 64})
    assert picture.numbers["Shapley–Shubik"] == pytest.approx([1 / 6] * 6)
    assert picture.numbers["Banzhaf"] == pytest.approx([1 / 6] * 6)
    assert "1 of 64 patterns" in picture.sentence


def test_a_quota_out_of_reach_passes_nothing():
    picture = explore.voting_power("more-less").set(weights=(1, 1, 1, 1, 1, 1), quota=7)
    assert picture.numbers["power to act (all)"] == [0] * 6
    assert "nothing passes" in picture.sentence


@pytest.mark.parametrize(
    "weights", [(4, 4, 4, 2, 2, 1), (10,) * 6, (0, 0, 0, 0, 0, 1), (10, 0, 1, 0, 2, 0), (3, 2, 1, 0, 0, 0)]
)
@pytest.mark.parametrize("quota", [1, 4, 9, 17, 30, 60])
def test_power_over_votes_and_quotas(weights, quota):
    picture = explore.voting_power("more-less").set(weights=weights, quota=quota)
    table = picture.table()
    assert table["share of votes"].sum() == pytest.approx(1)
    assert 0 <= table["power to act (all)"][0] <= 1
    possible = quota <= sum(weights)
    assert ("nothing passes" in picture.sentence) == (not possible)
    for index in ("Shapley–Shubik", "Banzhaf"):
        assert table[index].sum() == pytest.approx(float(possible))
        assert table[index].between(0, 1).all()
        assert (table.loc[table["votes"] == 0, index] == 0).all()
    assert picture.svg().startswith("<svg")


def test_votes_of_nobody_are_refused_with_the_reason():
    with pytest.raises(ValueError, match="weights must sum to a total"):
        explore.voting_power("more-less").set(weights=(0,) * 6)


def test_a_higher_quota_never_raises_the_power_to_act():
    explorer = explore.voting_power("more-less")
    act = [explorer.set(quota=quota).numbers["power to act (all)"][0] for quota in range(1, 19)]
    assert act == sorted(act, reverse=True)
    assert act[-1] == 0


def _room(picture):
    return picture.numbers["prefers from"][-1], picture.numbers["to"][-1]


def test_winset_script():
    explorer = explore.winset("nothing")
    assert _room(explorer.picture) == (2, 10)
    assert "between 2 and 10" in explorer.picture.sentence and "A binds" in explorer.picture.sentence
    empty = explorer.press("A cautious member joins")
    assert _room(empty) == (None, None)
    assert empty.sentence == "No change from 2 suits everybody: the status quo lies in the core, from 2 to 9."
    assert _room(explorer.set(in_d=False)) == (2, 10)
    absorbed = explorer.press("A middle member joins")
    assert _room(absorbed) == (2, 10)
    assert "All four members prefer every point between 2 and 10" in absorbed.sentence


def test_leaving_out_the_most_reluctant_opens_room():
    picture = explore.winset("nothing").press("The two firmest act alone")
    assert _room(picture) == (2, 14)
    assert "Both members" in picture.sentence and "the scale ends at 10" in picture.sentence


def test_nobody_and_a_single_member_are_said_so():
    explorer = explore.winset("nothing")
    assert "No member is asked" in explorer.set(in_a=False, in_b=False, in_c=False).sentence
    assert "The one member prefers every point between 2 and 10" in explorer.set(in_a=True).sentence
    assert "prefers no change" in explorer.set(a=2.0).sentence


def test_winset_sweep(sweep):
    names = "abcd"
    for values, picture in sweep(explore.winset("nothing"), corners=64):
        ideals = [values[name] for name in names if values[f"in_{name}"]]
        low, high = _room(picture)
        if not ideals:
            continue
        if min(ideals) <= values["sq"] <= max(ideals):
            assert (low, high) == (None, None)
            continue
        assert low < high
        inside = np.linspace(low, high, 9)[1:-1]
        for ideal in ideals:  # what the picture calls acceptable is closer than the status quo, for every member
            assert (abs(inside - ideal) < abs(values["sq"] - ideal)).all()


def test_another_veto_player_never_enlarges_the_room():
    explorer = explore.winset("nothing")
    low, high = _room(explorer.picture)
    for ideal in np.arange(0, 10.5, 0.5):
        after = _room(explorer.set(d=float(ideal), in_d=True))
        assert after == (None, None) or (low <= after[0] and after[1] <= high)


def _gifts(picture):
    return picture.numbers["contribution"][:-1]


def test_a_shift_between_contributors_leaves_the_total():
    explorer = explore.burden_sharing("same")
    assert _gifts(explorer.picture) == pytest.approx([15, 10, 5])
    assert explorer.picture.numbers["share of own income"][:3] == pytest.approx([0.25, 10 / 55, 0.1])
    assert explorer.picture.numbers["efficient total"][-1] == pytest.approx(66)
    moved = explorer.press("Five units move")
    assert _gifts(moved) == pytest.approx([10, 15, 5])
    assert moved.numbers["contribution"][-1] == pytest.approx(30)
    assert "give 30 in all (A 10, B 15, C 5; all of them contribute)" in moved.sentence


def test_corners_leave_the_largest_alone():
    picture = explore.burden_sharing("same").press("One large ally, taste 0.3")
    assert _gifts(picture) == pytest.approx([30, 0, 0, 0, 0])
    assert picture.numbers["efficient total"][-1] == pytest.approx(60)
    assert "only A contributes" in picture.sentence and "50% of the efficient 60" in picture.sentence


def test_no_income_is_no_ally():
    explorer = explore.burden_sharing("same")
    assert explorer.set(incomes=(60, 0, 0, 0, 0)).numbers["ally"] == ["A", "all"]
    with pytest.raises(ValueError, match="at least one ally"):
        explorer.set(incomes=(0, 0, 0, 0, 0))


@pytest.mark.parametrize(
    "incomes", [(60, 55, 50, 0, 0), (200,) * 5, (200, 5, 0, 0, 0), (5, 0, 0, 0, 0), (10, 20, 30, 40, 100)]
)
@pytest.mark.parametrize("alpha", [0.05, 0.3, 0.5, 0.95])
def test_burden_over_incomes_and_tastes(incomes, alpha):
    picture = explore.burden_sharing("same").set(incomes=incomes, alpha=alpha)
    table = picture.table().iloc[:-1]
    assert len(table) == sum(income > 0 for income in incomes)
    assert table["share of own income"].between(0, 1).all()
    assert table["contribution"].sum() == pytest.approx(picture.numbers["contribution"][-1])
    assert picture.numbers["contribution"][-1] <= picture.numbers["efficient total"][-1] + 1e-9
    assert table.sort_values("income", ascending=False)["share of own income"].is_monotonic_decreasing
    assert picture.svg().startswith("<svg")


@pytest.mark.parametrize("incomes", [(60, 55, 50, 0, 0), (100, 40, 30, 20, 10), (40,) * 5, (200, 1, 1, 1, 1)])
def test_nobody_gains_by_giving_a_little_more_or_less(incomes):
    """The picture shows an equilibrium: each ally's gift is best against the others', by search rather than formula."""
    alpha = 0.4
    picture = explore.burden_sharing("same").set(incomes=incomes, alpha=alpha)
    gifts, total = _gifts(picture), picture.numbers["contribution"][-1]
    for income, gift in zip([income for income in incomes if income], gifts, strict=True):
        tries = np.linspace(0, income, 4001)[:-1]
        with np.errstate(divide="ignore"):
            utility = alpha * np.log(np.maximum(0, total - gift) + tries) + (1 - alpha) * np.log(income - tries)
        assert tries[utility.argmax()] == pytest.approx(gift, abs=income / 2000)


@pytest.mark.parametrize("year", [2014, 2019, 2024])
def test_spending_by_size_shows_every_ally(year):
    spending = load("nato_defence")
    picture = figures.spending_by_size(spending, year)
    table = picture.table()
    assert len(table) == 31
    ranks = table[["GDP, billion", "per cent of GDP"]].rank()
    correlation = ranks.corr().iloc[0, 1]
    assert f"was {correlation:.2f};".replace("-", "−") in picture.sentence


def test_spending_by_size_names_the_years():
    with pytest.raises(ValueError, match="from 2014 to 2024"):
        figures.spending_by_size(load("nato_defence"), 2025)


def test_the_keys_of_computed_questions_follow_from_the_models():
    best = {name: question.options[question.best] for name, question in collect().items() if name.startswith("nato-")}
    # Who has said yes for good takes no part in what is left to decide.
    assert voting_power.power_to_act([1] * 9, 9) == 1 / 512
    assert best["nato-unanimity-patterns"].text.startswith("1/512 ")
    assert f"{voting_power.p_consensus(32, 0.98):.2f}" in collect()["nato-benchmark"].stem
    assert tuple(veto_players.winset([5, 7, 9], 3)) == (3, 7)
    assert veto_players.winset([5, 7, 9, 3], 3) is None and best["nato-cautious-joins"].text == "Only 3 itself"
    given, efficient = burden_sharing.G_nash([60, 60], 0.5), burden_sharing.G_opt([60, 60], 0.5)
    assert best["nato-two-equal-allies"].text == f"They give {given:g}, and {efficient:g} would be efficient"


def test_the_question_on_size_quotes_the_figure():
    spending = load("nato_defence")
    explanation = collect()["nato-size-and-spending"].options["a"].explanation
    for year in (2014, 2019, 2024):
        correlation = figures.spending_by_size(spending, year).sentence.split(" was ")[1].split(";")[0]
        assert correlation in explanation
