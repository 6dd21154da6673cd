"""Lesson 1's explorers do what their scripts say, number for number."""

import pytest

from postwar import explore


def test_range_moves_with_power_and_keeps_its_width():
    explorer = explore.bargaining_range(prediction="moves")
    assert explorer.picture.numbers["share for A"] == pytest.approx([0.40, 0.65])
    assert explorer.set(p=0.7).numbers["share for A"] == pytest.approx([0.60, 0.85])
    assert "between 0.60 and 0.85" in explorer.picture.sentence
    clipped = explorer.press("A very strong")
    assert clipped.numbers["share for A"] == pytest.approx([0.85, 1.00])
    assert "room of 0.15" in clipped.sentence and "cut short by 0.10" in clipped.sentence


def test_private_costs_leave_the_risk_of_war_alone_when_power_moves():
    explorer = explore.bargaining_range(prediction="moves")
    risks = [explorer.set(private=True, p=p).numbers["value"][1] for p in (0.5, 0.6, 0.7)]
    assert risks == pytest.approx([0.375] * 3)
    assert "0.375" in explorer.picture.sentence
    assert "surely accepts up to 0.70 for A and may fight over anything more" in explorer.picture.sentence
    assert "surely fights above 0.70" in explorer.set(p=0.3).sentence


def test_a_narrow_block_keeps_a_name_and_a_boundary_is_written_once():
    drawn = explore.bargaining_range("moves").press("A very strong").figure.axes[0].texts
    texts = [text.get_text() for text in drawn]
    assert "a deal" in texts and texts.count("0.85") == 1


def test_the_hazard_ratio_has_one_name_on_screen_and_in_the_text():
    for explorer in (explore.peace_duration("more"), explore.selection("yes")):
        assert "HR" in explorer.controls["HR"].widget.label


def test_range_sweep(sweep):
    for values, picture in sweep(explore.bargaining_range("moves")):
        if values["private"]:
            demand, risk = picture.numbers["value"]
            assert 0 <= demand <= 1 and 0 <= risk <= 1
        else:
            low, high = picture.numbers["share for A"]
            assert 0 <= low <= values["p"] <= high <= 1
            assert high - low <= values["cA"] + values["cB"] + 1e-9
            assert f"{low:.2f} and {high:.2f}" in picture.sentence


def test_halving_a_falling_hazard_more_than_doubles_the_median():
    explorer = explore.peace_duration("more")
    constant = explorer.press("Constant hazard, halved").numbers["median, years"]
    assert constant == pytest.approx([5.776, 11.552], abs=0.001)
    falling = explorer.press("Falling hazard, halved").numbers["median, years"]
    assert falling == pytest.approx([4.524, 14.363], abs=0.001)
    assert "3.17 times as long" in explorer.picture.sentence


def test_duration_sweep(sweep):
    for values, picture in sweep(explore.peace_duration("more")):
        without, presence = picture.numbers["median, years"]
        assert (presence >= without) == (values["HR"] <= 1) or presence == pytest.approx(without)
        risks = next(numbers for name, numbers in picture.numbers.items() if name.startswith("risk"))
        assert all(0 <= risk <= 1 for risk in risks)


def test_invented_ceasefires_are_called_invented():
    explorer = explore.peace_duration("more")
    assert "invented" in explorer.set(example=True).svg()


def test_selection_turns_the_sign_and_flatters():
    explorer = explore.selection("yes")
    assert explorer.picture.sentence.startswith("Raw difference in risk −0.133, like with like −0.133")
    assert "+0.170, like with like −0.133" in explorer.press("Help goes to hard cases").sentence
    assert "worse than it is" in explorer.picture.sentence
    assert "flatters" in explorer.press("Help goes to easy cases").sentence


def test_selection_sweep(sweep):
    for values, picture in sweep(explore.selection("yes")):
        for group in ("without presence", "with presence"):
            assert all(0 <= risk <= 1 for risk in picture.numbers[group])
        if values["eh"] == values["ee"] or values["lh"] == values["le"]:
            assert "the raw comparison is right" in picture.sentence
