"""Lesson 4's explorers do what their scripts say, number for number."""

import pytest

from postwar import explore, load
from postwar.figures import deterrence as figures
from postwar.models import deterrence, inference
from postwar.quiz.questions import collect


def _read(picture):
    return dict(zip(picture.numbers["quantity"], picture.numbers["value"], strict=True))


# From the script: what each move leaves the attack worth, against which status quo.
MOVES = {
    "Credibility": (6, 5, "it attacks"),
    "Denial": (5, 5, "it is deterred"),
    "Punishment": (7, 5, "it attacks"),
    "Assurance": (12, 20, "it is deterred"),
}


def test_balance_starts_at_an_attack_worth_twelve():
    shown = _read(explore.deterrence_balance().picture)
    assert shown["utility of attack"] == pytest.approx(12)
    assert shown["status quo"] == 5
    assert shown["critical chance of intervention, q*"] == pytest.approx(35 / 84, abs=0.001)


@pytest.mark.parametrize(("preset", "attack", "status_quo", "verdict"), [(name, *row) for name, row in MOVES.items()])
def test_each_move_alone(preset, attack, status_quo, verdict):
    picture = explore.deterrence_balance("several").press(preset)
    shown = _read(picture)
    assert shown["utility of attack"] == pytest.approx(attack)
    assert shown["status quo"] == status_quo
    assert picture.sentence.startswith(
        f"An attack is worth {attack} to the Challenger and the status quo {status_quo}: {verdict}."
    )


def test_the_moves_are_a_tenth_of_their_sliders():
    explorer = explore.deterrence_balance("several")
    start = explorer.values
    for preset in MOVES:
        ((name, value),) = explorer.presets[preset].items()
        about = deterrence.PARAMETERS[name]
        assert abs(value - start[name]) == pytest.approx((about.high - about.low) / 10)


def test_denial_lowers_the_threshold():
    assert "q* = 0.417" in explore.deterrence_balance().picture.sentence
    assert "q* = 0.300" in explore.deterrence_balance("pa").press("Denial").sentence


def test_balance_sweep(sweep):
    for values, picture in sweep(explore.deterrence_balance("several")):
        shown = _read(picture)
        assert shown["gain from attack"] == pytest.approx(shown["utility of attack"] - values["SQ"])
        assert ("it is deterred." in picture.sentence) == (shown["gain from attack"] <= 1e-9)
        assert ("counts as" in picture.sentence) == (values["pi"] > values["pa"])


@pytest.mark.parametrize(
    ("name", "direction"),
    [("q", -1), ("C", -1), ("K", -1), ("S", -1), ("s", -1), ("SQ", -1), ("pa", 1), ("pi", 1), ("V", 1)],
)
def test_gain_moves_one_way(name, direction):
    explorer = explore.deterrence_balance("several")
    about = deterrence.PARAMETERS[name]
    levels = [about.low + share * (about.high - about.low) for share in (0, 0.25, 0.5, 0.75, 1)]
    gains = [_read(explorer.set(**{name: level}))["gain from attack"] for level in levels]
    steps = [direction * (after - before) for before, after in zip(gains, gains[1:], strict=False)]
    assert min(steps) >= -1e-9
    assert max(steps) > 0


def test_tripwire_readings():
    explorer = explore.tripwire("schelling")
    assert _read(explorer.press("Schelling-type"))["utility of attack without troops"] == pytest.approx(27.5, abs=0.05)
    first = explorer.set(n=10)
    assert "worth −11.1 to the Challenger: deterred" in first.sentence
    assert "credibility alone takes off 34.9 and denial alone takes off 5.2" in first.sentence
    assert "4.98 thousand" in first.sentence
    assert _read(first)["threshold, thousand"] == pytest.approx(4.98, abs=0.005)
    assert "27.5" in explorer.press("Reiter–Poast-type").sentence
    second = explorer.set(n=10)
    assert "worth 19.6 to the Challenger: not deterred" in second.sentence
    assert _read(second)["threshold, thousand"] == pytest.approx(61.2, abs=0.05)
    assert _read(second)["fall by credibility alone"] == pytest.approx(2.9, abs=0.05)
    assert _read(second)["fall by denial alone"] == _read(first)["fall by denial alone"]


def test_a_host_twice_as_strong_needs_no_troops():
    picture = explore.tripwire("both").press("Host twice as strong")
    assert _read(picture)["threshold, thousand"] == 0
    assert "without any foreign troops" in picture.sentence


def test_the_smallest_presence_that_deters_is_the_threshold():
    explorer = explore.tripwire("both")
    threshold = _read(explorer.picture)["threshold, thousand"]
    assert "not deterred" in explorer.set(n=threshold - 0.05).sentence
    assert "Challenger: deterred" in explorer.set(n=threshold + 0.05).sentence


def test_tripwire_sweep(sweep):
    for values, picture in sweep(explore.tripwire("both")):
        shown = _read(picture)
        chance = [shown["credibility, q(n)"], shown["chance of success against Host and presence, p(n)"]]
        assert all(0 <= share <= 1 for share in chance)
        assert shown["fall by denial alone"] >= -1e-9
        together = sum(
            shown[name] for name in ("fall by credibility alone", "fall by denial alone", "interaction of the two")
        )
        assert together == pytest.approx(shown["utility of attack without troops"] - shown["utility of attack"])
        if values["q1"] >= 0.2 and values["n"] >= shown.get("threshold, thousand", float("inf")):
            assert "Challenger: deterred" in picture.sentence


def test_more_troops_never_raise_the_utility_of_attack():
    explorer = explore.tripwire("both")
    for preset in ("Schelling-type", "Reiter–Poast-type"):
        explorer.press(preset)
        attacks = [_read(explorer.set(n=n))["utility of attack"] for n in range(0, 101, 10)]
        assert attacks == sorted(attacks, reverse=True)


def test_quiet_script():
    explorer = explore.quiet("depends")
    assert "at work is 11%" in explorer.picture.sentence
    assert "at work is 67%" in explorer.press("Challenger mostly wants to attack").sentence
    before, after = explorer.press("Start again"), explorer.press("Stronger general deterrence")
    for picture, success, challenges in ((before, 0.50, 0.80), (after, 1 / 3, 0.60)):
        shown = _read(picture)
        assert shown["success rate of threats in crises"] == pytest.approx(success)
        assert shown["share that challenges"] == pytest.approx(challenges)
        assert shown["share that attacks"] == pytest.approx(0.40)
        assert (
            f"rate of {success:.2f}; {challenges:.2f} of the Challengers challenge and 0.40 attack" in picture.sentence
        )


def test_quiet_that_cannot_happen_is_said_so():
    assert "cannot happen" in explore.quiet("depends").set(motivated=1.0, d=0.0).sentence


def test_certain_deterrence_teaches_nothing():
    assert "at work is 20%" in explore.quiet("depends").set(d=1.0).sentence


def test_quiet_sweep(sweep):
    for values, picture in sweep(explore.quiet("depends")):
        shown = _read(picture)
        assert all(0 <= share <= 1 for share in shown.values())
        assert shown["share that attacks"] <= shown["share that challenges"] + 1e-9
        if values["g"] >= values["t"]:
            assert shown["success rate of threats in crises"] == 0


@pytest.mark.parametrize("shares", [(0.8, 0.1, 0.1), (1 / 3, 1 / 3, 1 / 3), (0.655, 0.195, 0.15), (0, 0, 1)])
def test_a_hundred_marks_stay_a_hundred(shares):
    counts = figures._hundred(shares)
    assert counts.sum() == 100
    assert all(abs(count - 100 * share) < 1 for count, share in zip(counts, shares, strict=True))


def test_dispute_rates_shows_what_the_table_says():
    rates = load("dispute_rates")
    picture = figures.dispute_rates(rates)
    table = picture.table()
    again = table["disputes"] / table["pair-years"] * 1000
    assert list(table["per 1,000"]) == pytest.approx(list(again), abs=0.001)
    assert table["disputes"].sum() == rates.loc[rates.land_contiguous, "disputes"].sum()
    assert (
        "began 47 disputes" in picture.sentence
        and "92 against" in picture.sentence
        and "20 against" in picture.sentence
        and "for other challengers the rates were 23, 33 and 35" in picture.sentence
    )


def test_presence_sizes_shows_every_force():
    missions, proposals = load("missions"), load("force_proposals")
    table = figures.presence_sizes(missions, proposals).table()
    stationed = missions[missions.kind == "deterrent_presence"]
    assert set(stationed.strength) <= set(table["smallest"])
    assert len(table) == len(stationed) + proposals.loc[proposals.scope == "whole force", "basis"].nunique()


def _question(name):
    question = collect()[name]
    return question.stem, question.options[question.best]


def test_the_question_on_disputes_quotes_the_table():
    rates = load("dispute_rates")
    neighbours = rates[rates.land_contiguous]
    totals = neighbours.groupby("target_ally_major")[["disputes", "wars", "dyad_years"]].sum()
    disputes, wars = (1000 * totals[what] / totals["dyad_years"] for what in ("disputes", "wars"))
    stem, best = _question("deterrence-disputes-and-wars")
    quoted = (f"{disputes[True]:.1f}", f"{disputes[False]:.1f}", f"{wars[True]:.2f}", f"{wars[False]:.2f}")
    assert all(number in stem for number in quoted)
    assert "a single war" in best.explanation and totals["wars"][True] == 1


def test_the_keys_of_computed_questions_follow_from_the_models():
    _, best = _question("deterrence-expected-utility")
    assert deterrence.eu_attack(q=0.4) == pytest.approx(6) and best.text == "is deterred, at an expected utility of 6"
    assert f"{deterrence.q_crit(SQ=8):.3f}" in best.explanation
    rates = [inference.immediate_success_rate(g, 0.6) for g in (0.2, 0.3, 0.4)]
    assert rates == sorted(rates, reverse=True) and "falls" in _question("deterrence-crisis-sample")[1].text
