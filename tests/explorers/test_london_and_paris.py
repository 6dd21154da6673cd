"""Lesson 2's explorers do what their scripts say, number for number."""

import pytest

from postwar import explore

UNITS, POOL, FREE, IN_PLACE = range(4)


def test_halving_the_time_at_home_does_not_double_the_force():
    explorer = explore.rotation(prediction="less")
    before = explorer.picture.numbers["value"]
    assert before == pytest.approx([5, 60_000, 36_000, 7_200])
    assert "takes 5.00 units in all" in explorer.picture.sentence
    halved = explorer.set(dwell=12.0)
    assert halved.numbers["value"][IN_PLACE] == pytest.approx(12_000)
    assert "12,000 can be kept in place" in halved.sentence
    assert halved.numbers["value"][IN_PLACE] / before[IN_PLACE] == pytest.approx(1.67, abs=0.005)


def test_a_month_of_handover_costs_a_sixth_and_is_drawn():
    explorer = explore.rotation(prediction="less")
    assert "two units at once" not in explorer.picture.svg()
    picture = explorer.set(handover=1.0)
    assert picture.numbers["value"][UNITS] == pytest.approx(6)
    assert picture.numbers["value"][IN_PLACE] == pytest.approx(6_000)
    assert "6,000 can be kept in place" in picture.sentence
    assert "two units at once" in picture.svg() and "unit 6" in picture.svg()


@pytest.mark.parametrize(
    ("preset", "units"), [("9 away, 18 at home", 3), ("8 away, 24 at home", 4), ("Start again", 5)]
)
def test_published_cycles_take_three_four_and_five_units(preset, units):
    assert explore.rotation("less").press(preset).numbers["value"][UNITS] == pytest.approx(units)


def test_rotation_sweep(sweep):
    for values, picture in sweep(explore.rotation("less")):
        units, pool, free, in_place = picture.numbers["value"]
        assert units >= 1
        assert 0 <= in_place <= free <= pool == values["pool"]
        assert f"{in_place:,.0f} can be kept in place" in picture.sentence


def test_more_time_at_home_never_raises_the_force():
    explorer = explore.rotation("less")
    forces = [explorer.set(dwell=float(months)).numbers["value"][IN_PLACE] for months in range(0, 49, 4)]
    assert forces == sorted(forces, reverse=True)


def test_one_force_by_three_rulers():
    explorer = explore.force_ratio(prediction="tasks")
    assert explorer.picture.numbers["force"] == [10_000, 25_000, 60_000, 100_000, 25_000]
    assert explorer.press("Start again").numbers["per 1,000 inhabitants"][-1] == pytest.approx(25)
    many = explorer.press("30 million people")
    assert many.numbers["per 1,000 inhabitants"][-1] == pytest.approx(0.8333, abs=1e-4)
    assert "are 0.83 per 1,000 for 30,000,000 inhabitants; it asks for 600,000." in many.sentence
    line = explorer.press("Line, 15 km a brigade")
    assert line.numbers["km of line held"][-1] == pytest.approx(62.5)
    assert "hold 62.5 of 1,000 km of line with 25% in reserve" in line.sentence
    assert explorer.press("Line, 30 km a brigade").numbers["km of line held"][-1] == pytest.approx(125)


def test_the_list_of_tasks_adds_up_and_can_outgrow_the_force():
    explorer = explore.force_ratio(prediction="tasks")
    assert "are 1,000 more than the four tasks take; it asks for 24,000." in explorer.press("Task list").sentence
    longer = explorer.set(tasks=(3000.0, 20_000.0, 7000.0, 6000.0))
    assert longer.numbers["persons to spare"][-1] == -11_000
    assert "11,000 fewer" in longer.sentence
    assert explorer.set(tasks=(0.0, 0.0, 0.0, 0.0)).svg().startswith("<svg")


def test_ruler_sweep(sweep):
    for values, picture in sweep(explore.force_ratio("tasks")):
        *fixed, own = picture.numbers["force"]
        assert fixed == [10_000, 25_000, 60_000, 100_000] and own == values["force"]
        shares = picture.numbers["share of what is asked"]
        assert shares[:4] == sorted(shares[:4]) and min(shares) > 0
        assert f"{values['force']:,.0f} soldiers" in picture.sentence


def reaching(picture):
    numbers = picture.numbers
    return sum(p for p, yes in zip(numbers["probability"], numbers["reaches the target"], strict=True) if yes)


def test_pledges_with_a_certain_a_doubtful_and_no_partner():
    explorer = explore.pledges(prediction="80%")
    assert reaching(explorer.picture) == pytest.approx(0.712, abs=5e-4)
    assert "16.9 thousand are delivered on average (standard deviation 5.0)" in explorer.picture.sentence
    doubtful = explorer.press("Partner in doubt")
    assert reaching(doubtful) == pytest.approx(0.534, abs=5e-4)
    assert "standard deviation 6.4" in doubtful.sentence and "is 53.4%" in doubtful.sentence
    assert reaching(explorer.press("No partner")) == pytest.approx(0.268, abs=5e-4)


def test_firming_up_the_two_largest_pledges():
    picture = explore.pledges(prediction="80%").press("Two largest firm")
    assert reaching(picture) == pytest.approx(0.92, abs=0.005)
    assert "is 92.4%" in picture.sentence


def test_a_lower_target_can_make_up_for_a_doubtful_partner():
    explorer = explore.pledges(prediction="80%")
    assert reaching(explorer.press("In doubt, target 10")) > reaching(explorer.press("Start again"))


def test_everybody_delivers_one_time_in_ten():
    assert reaching(explore.pledges(prediction="80%").set(target=24.0)) == pytest.approx(0.096)


@pytest.mark.parametrize("u", [0.0, 0.5, 1.0])
def test_a_higher_target_is_never_likelier(u):
    explorer = explore.pledges("80%")
    chances = []
    for target in (0.0, 0.5, 12.0, 15.0, 24.0, 24.5, 30.0):
        picture = explorer.set(u=u, target=target)
        assert sum(picture.numbers["probability"]) == pytest.approx(1)
        assert f"at least {target:g} thousand is {reaching(picture):.1%}." in picture.sentence
        chances.append(reaching(picture))
    assert chances[0] == pytest.approx(1) and chances[-1] == 0
    assert chances == sorted(chances, reverse=True)


def test_pledge_sweep(sweep):
    for values, picture in sweep(explore.pledges("80%")):
        assert sum(picture.numbers["probability"]) == pytest.approx(1)
        assert f"at least {values['target']:g} thousand is {reaching(picture):.1%}." in picture.sentence


@pytest.mark.parametrize("pledges", [(30.0,) * 5, (0.0,) * 5, (7.5, 0.5, 4.0, 3.0, 2.0)])
def test_any_pledges_can_be_drawn(pledges):
    picture = explore.pledges("80%").set(pledges=pledges)
    assert 0 <= reaching(picture) <= 1
    assert picture.svg().startswith("<svg")
