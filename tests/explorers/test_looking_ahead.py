"""Lesson 8's explorers do what their scripts say, number for number."""

import numpy as np
import pytest

from postwar import explore, load
from postwar.figures import looking_ahead as figures
from postwar.models import deep_uncertainty

EQUAL = ((0.2, 0.3, 0.5),) * 3


def _scores(picture):
    return dict(zip(picture.numbers["option"], picture.numbers["score"], strict=True))


def _leader(picture):
    scores = _scores(picture)
    return max(scores, key=scores.get)


def _ties(picture):
    return dict(
        zip(picture.numbers["option"], picture.numbers["ties with the leader at a first weight of"], strict=True)
    )


# -- weights and winners ------------------------------------------------------------------------------------------------


def test_weights_script():
    explorer = explore.weights("stays")
    start = explorer.picture
    assert {name: round(score, 3) for name, score in _scores(start).items()} == {
        "A": 0.405, "B": 0.637, "C": 0.650, "D": 0.507
    }  # fmt: skip
    assert "C leads with 0.650, ahead of B with 0.637" in start.sentence
    other = explorer.set(method="topsis")
    assert _leader(other) == "B"
    assert "B leads with 0.613, ahead of D with 0.547" in other.sentence
    without = explorer.set(method="weighted_sum", drop_C=True)
    assert (round(_scores(without)["D"], 3), round(_scores(without)["B"], 3)) == (0.567, 0.560)
    assert "D leads with 0.567, ahead of B with 0.560" in without.sentence


def test_raising_the_first_weight():
    explorer = explore.weights("stays")
    ties = _ties(explorer.picture)
    assert (round(ties["B"], 2), round(ties["A"], 2)) == (0.36, 0.50)
    assert "makes B overtake C at 0.36" in explorer.picture.sentence
    leads = []
    for w1 in np.arange(0.35, 1.005, 0.01):
        picture = explorer.set(w1=float(w1))
        share = w1 / (w1 + 0.65)
        leads.append(_leader(picture))
        assert _leader(picture) == ("C" if share < 0.3635 else "B" if share < 0.5095 else "D")
        if _leader(picture) == "B":
            assert (round(_ties(picture)["D"], 2), round(_ties(picture)["A"], 2)) == (0.51, 0.70)
            assert "makes D overtake B at 0.51" in picture.sentence
    assert list(dict.fromkeys(leads)) == ["C", "B", "D"]


def test_only_the_shares_of_the_weights_count():
    explorer = explore.weights("stays")
    half = explorer.set(w1=0.175, w2=0.10, w3=0.075, w4=0.10, w5=0.05)
    assert _scores(half) == pytest.approx(_scores(explorer.press("Start again")))


def test_short_lists_are_said_so():
    explorer = explore.weights("stays")
    assert explorer.set(drop_A=True, drop_B=True, drop_C=True).sentence.startswith("Only D is left")
    assert "No option is left" in explorer.set(drop_D=True).sentence


@pytest.mark.parametrize("method", ["weighted_sum", "topsis"])
def test_weights_sweep(sweep, method):
    explorer = explore.weights("stays")
    explorer.set(method=method)
    for values, picture in sweep(explorer, corners=60):
        scores = _scores(picture)
        kept = [name for name in "ABCD" if not values[f"drop_{name}"]]
        assert list(scores) == kept
        assert all(0 <= score <= 1 for score in scores.values())
        if len(kept) > 1:
            best = max(scores.values())
            said = picture.sentence.split(" leads with ")
            assert f"{best:.3f}" in said[1]
            assert scores[said[0][-1]] == pytest.approx(best)


def test_a_tie_weight_is_a_tie():
    """Move the first weight to each weight the picture names: the two scores are then equal."""
    explorer = explore.weights("stays")
    start = explorer.picture
    for name, tie in _ties(start).items():
        if tie == "":
            continue
        w1 = tie / (1 - tie) * 0.65
        scores = explorer.set(w1=w1) if w1 <= 1 else None
        if scores:
            assert _scores(scores)[name] == pytest.approx(_scores(scores)["C"], abs=1e-9)


# -- is it worth waiting? -----------------------------------------------------------------------------------------------


def test_information_script():
    explorer = explore.information("fifteen")
    assert list(explorer.picture.numbers) == ["action", "expected value"], (
        "the first picture keeps the answer to itself"
    )
    start = explorer.set(worth=True)
    assert start.numbers["expected value"] == pytest.approx([-5, 1.5, -0.5])
    assert start.numbers["EVPI"][0] == pytest.approx(14.5)
    assert start.numbers["EVSI"][0] == pytest.approx(6.025)
    assert start.numbers["best action then"] == ["A", "B", "C"]
    assert "B is best, with an expected value of 1.50" in start.sentence
    assert "would add 14.50, this signal 6.03" in start.sentence
    silent = explorer.press("A signal that says nothing")
    assert silent.numbers["EVSI"][0] == pytest.approx(0)
    assert silent.numbers["best action then"] == ["B", "B", "B"]
    assert "this signal 0.00" in silent.sentence
    explorer.press("Start again")
    assert explorer.set(worth=True, likelihood=EQUAL).numbers["EVSI"][0] == pytest.approx(0)
    assert explorer.press("A sharper signal").numbers["EVSI"][0] > 6.025


def test_sharper_signals_are_worth_more_and_never_more_than_certainty():
    explorer = explore.information("fifteen")
    worth = [explorer.set(worth=True, sharpness=float(s)).numbers["EVSI"][0] for s in np.arange(0, 4.05, 0.1)]
    assert worth[0] == pytest.approx(0)
    assert (np.diff(worth) > -1e-9).all()
    assert worth[-1] <= 14.5


def test_information_sweep(sweep):
    explorer = explore.information("fifteen")
    for values, picture in sweep(explorer):
        numbers = picture.numbers
        if not values["worth"]:
            assert "EVPI" not in numbers
            continue
        perfect, worth = numbers["EVPI"][0], numbers["EVSI"][0]
        assert -1e-9 <= worth <= perfect + 1e-9
        assert sum(numbers["chance of the signal"]) == pytest.approx(1)
        if values["sharpness"] == 0:
            assert worth == pytest.approx(0)
        prior = np.array([values["p1"], values["p2"], values["p3"]])
        foresight = np.max(values["payoffs"], axis=0) @ prior / prior.sum()
        assert perfect == pytest.approx(foresight - max(numbers["expected value"]))
        assert f"would add {perfect + 1e-9:.2f}, this" in picture.sentence


def test_simulated_decisions_earn_what_the_picture_says():
    """Draw states and signals, follow the plan of the picture, and average (within three standard errors)."""
    explorer = explore.information("fifteen")
    numbers, values = explorer.set(worth=True).numbers, explorer.values
    rng = np.random.default_rng(2026)
    states = rng.choice(3, 200_000, p=[values["p1"], values["p2"], values["p3"]])
    heard = (rng.random(len(states))[:, None] > np.cumsum(values["likelihood"], axis=1)[states]).sum(axis=1)
    plan = np.array(["ABC".index(action) for action in numbers["best action then"]])
    earned = np.array(values["payoffs"])[plan[heard], states]
    assert earned.mean() == pytest.approx(1.5 + 6.025, abs=3 * earned.std() / len(states) ** 0.5)


def test_a_state_without_signals_is_refused_with_the_reason():
    with pytest.raises(ValueError, match="every state needs a signal"):
        explore.information("five").set(likelihood=((0, 0, 0), (0, 1, 0), (0, 0, 1)))


def test_certain_signals_are_worth_what_certainty_is():
    picture = explore.information("five").set(worth=True, likelihood=((1, 0, 0), (0, 1, 0), (0, 0, 1)))
    assert picture.numbers["EVSI"][0] == pytest.approx(picture.numbers["EVPI"][0])


# -- five rules, one table ----------------------------------------------------------------------------------------------


def _choice(picture, rule):
    return dict(zip(picture.numbers["rule"], picture.numbers["choice"], strict=True))[figures.RULES[rule]]


def test_rules_script():
    explorer = explore.decision_rules("three")
    assert explorer.picture.numbers["choice"] == ["C"], "the first picture shows one rule only"
    every = explorer.set(compare=True)
    assert every.sentence.endswith("maximin C, maximax A, Laplace C, minimax regret C, expected value B.")
    expected = {"maximin": ("C", "−10"), "maximax": ("A", "20"), "laplace": ("C", "3.33"), "regret": ("C", "30")}
    for rule, (option, value) in (expected | {"expected": ("B", "1.5")}).items():
        picture = explorer.set(rule=rule)
        assert _choice(picture, rule) == option
        assert f"chooses {option} (" in picture.sentence and f" {value})." in picture.sentence
    hopeful = explorer.press("Hurwicz, hopeful")
    assert _choice(hopeful, "hurwicz") == "A"
    assert "changes from C to A at 0.909" in hopeful.sentence
    assert _choice(explorer.set(optimism=0.90), "hurwicz") == "C"
    assert _choice(explorer.set(optimism=0.91), "hurwicz") == "A"
    added = explorer.press("Regret, with D added")
    assert added.numbers["choice"] == ["B"]
    assert _choice(added, "regret") == "B"
    assert "largest regret 55" in added.sentence


def test_explanations_quote_what_the_pictures_show():
    explorer = explore.decision_rules("three")
    picture = explorer.set(add=True, compare=True)
    assert [_choice(picture, rule) for rule in ("maximin", "laplace")] == ["C", "C"]


def test_payoffs_of_d_are_away_until_d_is_added():
    explorer = explore.decision_rules("three")
    layout = explorer.controls["extra"].widget.layout
    assert layout.display == "none"
    explorer.press("Regret, with D added")
    assert layout.display != "none"
    explorer.press("Start again")
    assert layout.display == "none"


def test_rules_sweep(sweep):
    explorer = explore.decision_rules("three")
    for values, picture in sweep(explorer):
        table = np.array([*values["payoffs"], values["extra"]] if values["add"] else values["payoffs"])
        chosen = _choice(picture, values["rule"])
        assert f"chooses {chosen} (" in picture.sentence
        if not values["compare"]:
            assert len(picture.numbers["rule"]) == 1
            continue
        row = {rule: "ABCD".index(_choice(picture, rule)) for rule in figures.RULES}
        assert table[row["maximin"]].min() == table.min(axis=1).max()
        assert table[row["maximax"]].max() == table.max()
        assert table[row["laplace"]].mean() == pytest.approx(table.mean(axis=1).max())
        regret = table.max(axis=0) - table
        assert regret[row["regret"]].max() == regret.max(axis=1).min()


@pytest.mark.parametrize("seed", range(12))
def test_hurwicz_changes_where_the_sentence_says(seed):
    payoffs = tuple(map(tuple, np.random.default_rng(seed).integers(-50, 50, (3, 3)).astype(float)))
    sentence = explore.decision_rules("one").set(payoffs=payoffs, rule="hurwicz").sentence
    chosen = [deep_uncertainty.hurwicz(payoffs, float(level)).index for level in np.linspace(0, 1, 401)]
    changes = sum(a != b for a, b in zip(chosen[:-1], chosen[1:], strict=True))
    assert sentence.split("The Hurwicz choice")[1].count("from") == changes


# -- real data ----------------------------------------------------------------------------------------------------------


def _plans():
    import pandas as pd

    sizes = [10_000, 25_000, 60_000, 100_000]
    return pd.DataFrame({"per km": np.divide(sizes, 1300), "pool": np.multiply(sizes, 4)}, index=sizes)


def test_plans_in_proportion_never_put_the_middle_first():
    picture = figures.published_plans(_plans())
    assert "from 10000 to 100000, with a tie at 0.50; 25000 and 60000 never lead" in picture.sentence
    bent = _plans().assign(pool=[40_000, 45_000, 50_000, 400_000])
    assert "60000 never lead" not in figures.published_plans(bent).sentence
    smaller = _plans().assign(pool=[40_000, 99_000, 240_000, 400_000])
    assert "from 10000 to 25000 to 100000; 60000 never lead" in figures.published_plans(smaller).sentence


def test_ledger_counts_every_claim():
    claims = load("claims")
    picture = figures.ledger(claims)
    table = picture.table()
    assert table[["supports", "qualifies", "cannot settle"]].to_numpy().sum() == len(claims)
    assert picture.sentence.startswith("Of 34 claims the record supports 15 and qualifies 13; 6 it cannot settle")
