"""Lesson 7's explorers do what their scripts say, number for number."""

import pytest

from postwar import explore


def quantities(picture):
    return dict(zip(picture.numbers["quantity"], picture.numbers["value"], strict=True))


def test_only_a_moderate_sunk_cost_separates():
    explorer = explore.costly_signals("highest")
    assert "only the resolute" not in explorer.picture.svg().replace(explorer.picture.sentence, "")
    explorer.set(window=True)
    said = {5: "both types send", 15: "only the resolute type sends", 40: "neither type sends"}
    for cost, words in said.items():
        picture = explorer.set(k=cost)
        assert f"At a sunk cost of {cost} {words} (the window 12 to 30)" in picture.sentence
        assert quantities(picture)["window from"] == pytest.approx(12)
        assert quantities(picture)["window to"] == pytest.approx(30)


def test_a_sender_content_to_fight_leaves_no_window():
    picture = explore.costly_signals("15").press("Content to fight")
    assert "the window 12 to 9 is empty" in picture.sentence
    assert "no cost does it" in picture.svg()


def test_cards_say_in_words_who_sends():
    explorer = explore.costly_signals("15")
    assert explorer.press("A high cost").svg().count("✗ does not") == 3
    found = quantities(explorer.press("A threat rarely tested"))
    assert found["tied hands from"] == pytest.approx(260)
    assert found["tied hands: irresolute type"] == "sends"


def test_costly_signals_sweep(sweep):
    for values, picture in sweep(explore.costly_signals("15"), corners=32):
        found = quantities(picture)
        inside = found["window from"] - 1e-9 <= values["k"] <= found["window to"] + 1e-9
        separates = found["sunk cost: resolute type"] == "sends" != found["sunk cost: irresolute type"]
        assert inside == separates
        assert (
            picture.sentence.startswith(f"At a sunk cost of {values['k']:g} only the resolute type sends") == separates
        )
        bluffs = found["tied hands: irresolute type"] == "sends"
        assert bluffs == (min(values["a"], 150) < found["tied hands from"] - 1e-9)


def test_fewer_statements_survive_as_interests_part():
    explorer = explore.cheap_talk("3")
    for bias, count in ((0.01, 7), (0.05, 3), (0.10, 2), (0.25, 1)):
        picture = explorer.set(b=bias)
        assert len(picture.numbers["statement"]) == count
        widths = [stop - start for start, stop in zip(picture.numbers["from"], picture.numbers["to"], strict=True)]
        assert widths == sorted(widths)
        assert (f"{count} different statements survive" in picture.sentence) == (count > 1)
    assert "no statement conveys anything" in picture.sentence


def test_cheap_talk_sweep(sweep):
    for _, picture in sweep(explore.cheap_talk("3")):
        starts, stops = picture.numbers["from"], picture.numbers["to"]
        assert starts[0] == 0 and stops[-1] == pytest.approx(1)
        assert starts[1:] == pytest.approx(stops[:-1])
        assert all(0 < loss <= 1 / 12 for loss in picture.numbers["listener’s loss"])


def belief(picture):
    return picture.numbers["probability"][1]


def test_unanimity_is_discounted_and_dissent_is_not():
    explorer = explore.counting_allies("three")
    unanimous = [belief(explorer.set(r=r)) for r in (0.0, 0.5, 1.0)]
    assert unanimous == pytest.approx([0.842, 0.653, 0.571], abs=5e-4)
    assert "from 0.40 to 0.57" in explorer.picture.sentence
    mixed = [belief(explorer.set(firm=2, r=r)) for r in (0.0, 0.5, 0.95)]
    assert mixed == pytest.approx([8 / 17] * 3)
    assert "from 0.40 to 0.47" in explorer.picture.sentence and "echoes cannot disagree" in explorer.picture.sentence
    impossible = explorer.set(r=1.0)
    assert "could not have happened" in impossible.sentence and "cannot" in impossible.svg()


def test_debate_says_nothing_when_all_debate_alike():
    picture = explore.counting_allies("same").press("All debate alike")
    assert belief(picture) == pytest.approx(0.4)
    assert "does not move" in picture.sentence


def test_spread_of_signals_does_not_enter():
    explorer = explore.counting_allies("same")
    close, far = explorer.press("Close together"), explorer.press("Far apart")
    assert close.numbers == far.numbers
    assert far.numbers["mean"][1] == pytest.approx(57.80, abs=0.005)
    assert far.numbers["variance"][1] == pytest.approx(87.80, abs=0.005)
    assert "57.80 with variance 87.80" in close.sentence and "Signals 80 and 40" in far.sentence


def test_counting_allies_sweep(sweep):
    for values, picture in sweep(explore.counting_allies("three")):
        if values["view"] == "scale":
            assert picture.numbers["variance"][1] < picture.numbers["variance"][0]
            assert 0 <= picture.numbers["mean"][1] <= 100
            continue
        after = belief(picture)
        if after == "undefined":
            assert values["r"] == 1 and values["firm"] in (1, 2)
            continue
        assert 0 <= after <= 1
        assert f"{after:.2f}" in picture.sentence
        if values["firm"] == 3 and values["t"] > values["f"]:
            assert after > values["prior"]
        if values["t"] == values["f"]:
            assert after == pytest.approx(values["prior"])
