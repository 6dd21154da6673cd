"""Lesson 3's explorers do what their scripts say, number for number."""

import pytest

from postwar import explore

BEST, COST, ABANDONED, MET, INCIDENTS = range(5)
AID, TROOPS, PRICE = 0, 1, 5


def test_costlier_incidents_lower_and_a_costlier_defeat_raises_commitment():
    explorer = explore.alliance_dilemma(prediction="less-more")
    assert explorer.picture.numbers["value"][BEST] == pytest.approx(0.481, abs=5e-4)
    incidents = explorer.set(E=160.0)
    assert incidents.numbers["value"][BEST] == pytest.approx(0.272, abs=5e-4)
    assert "lowest at a commitment of 0.27" in incidents.sentence
    aside = explorer.press("Standing aside costs more")
    assert aside.numbers["value"][BEST] == pytest.approx(0.64, abs=5e-3)
    assert "lowest at a commitment of 0.64" in aside.sentence


@pytest.mark.parametrize(("m", "best"), [(0.1, 0.987), (0.2, 0.647), (0.3, 0.481), (0.6, 0.272)])
def test_a_stronger_incident_channel_lowers_commitment(m, best):
    assert explore.alliance_dilemma("less-more").set(m=m).numbers["value"][BEST] == pytest.approx(best, abs=1e-3)


def test_dilemma_sweep(sweep):
    for _, picture in sweep(explore.alliance_dilemma("less-more")):
        best, cost, *parts = picture.numbers["value"]
        assert 0 <= best <= 1
        assert sum(parts) == pytest.approx(cost) and min(parts) >= 0
        assert f"commitment of {best:.2f}, where it is {cost:.1f}" in picture.sentence


def test_six_steps_stay_within_the_critical_risk_and_the_seventh_passes_it():
    explorer = explore.risk_ladder(prediction="eighteenth")
    picture = explorer.set(n=6, W=100.0, Q=40.0, X=-100.0)
    totals = picture.numbers["total risk"]
    assert picture.numbers["critical risk"][0] == pytest.approx(0.30)
    assert totals[5:7] == pytest.approx([0.265, 0.302], abs=5e-4)
    assert totals[5] < 0.30 < totals[6]
    assert picture.sentence == (
        "After 6 steps the total risk is 0.265; the critical risk is 0.30. "
        "Decided in advance, 6 steps stay within it; step 7 passes it, at 0.302."
    )


def test_looking_only_at_the_next_step_the_climb_never_stops():
    explorer = explore.risk_ladder(prediction="eighteenth")
    assert "never stops by itself" in explorer.set(compare="next", n=20).sentence
    assert "does not start" in explorer.set(rho=0.4).sentence


def test_a_worse_disaster_allows_fewer_steps():
    assert "3 steps stay within it" in explore.risk_ladder("eighteenth").press("Disaster worse").sentence


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ({"rho": 0.0}, "there is no limit"),
        ({"rho": 0.31}, "not even one step"),
        ({"W": 30.0}, "critical risk is −0.08. Conceding is worth more"),
    ],
)
def test_the_ends_of_the_ladder_are_said_in_words(state, says):
    assert says in explore.risk_ladder("eighteenth").set(**state).sentence


def test_ladder_sweep(sweep):
    for values, picture in sweep(explore.risk_ladder("eighteenth")):
        totals = picture.numbers["total risk"]
        assert totals == sorted(totals) and totals[0] == pytest.approx(values["rho"]) and totals[-1] <= 1
        assert f"total risk is {[0, *totals][values['n']]:.3f}" in picture.sentence
        assert "-" not in picture.sentence


@pytest.mark.parametrize(
    ("state", "plan", "cost"),
    [
        ({}, (5, 4), 13),
        ({"target": 40.0}, (10, 4), 18),
        ({"gamma": 0.5}, (10, 2), 14),
        ({"beta": 2.0}, (15, 0), 15),
    ],
)
def test_cheapest_plans_of_the_script(state, plan, cost):
    picture = explore.aid_or_boots(prediction="aid").set(**state)
    value = picture.numbers["value"]
    assert (value[AID], value[TROOPS]) == pytest.approx(plan)
    assert sum(value[2:5]) == pytest.approx(cost)
    assert f"is {plan[0]:.1f} billion of aid and {plan[1]:.1f} thousand troops; it costs {cost:.1f}" in picture.sentence


def test_complements_are_drawn_and_said():
    explorer = explore.aid_or_boots(prediction="aid")
    assert "made the other work better" not in explorer.picture.svg()
    picture = explorer.set(complements=True)
    assert "made the other work better" in picture.svg()
    assert "need not be the cheapest" in picture.sentence


def test_aid_or_boots_sweep(sweep):
    for values, picture in sweep(explore.aid_or_boots("aid")):
        aid, troops, *costs, price = picture.numbers["value"]
        assert aid >= 0 and troops >= 0 and min(costs) >= 0
        assert values["alpha"] * aid + values["beta"] * troops == pytest.approx(values["target"])
        assert price <= values["ca"] / values["alpha"] + 1e-9
        assert f"it costs {sum(costs):.1f}" in picture.sentence


def test_a_higher_penalty_never_adds_troops():
    explorer = explore.aid_or_boots("aid")
    troops = [explorer.set(gamma=g / 10).numbers["value"][TROOPS] for g in range(0, 21, 2)]
    assert troops == sorted(troops, reverse=True)
