"""The picture of proposals says what the table holds."""

from postwar import load
from postwar.figures import london_and_paris as pictures


def test_proposals_show_every_size_of_a_whole_force():
    table = load("force_proposals")
    whole = table[table["scope"] == "whole force"]
    picture = pictures.force_proposals(table)
    shown = picture.table()
    assert sorted(shown["who"]) == sorted(whole["who"])
    assert set(whole["basis"]) == set(shown["kind"])
    discussed = whole[whole["basis"] == "discussed"]
    low, high = discussed[["low", "high"]].min().min(), discussed[["low", "high"]].max().max()
    assert f"discussed in capitals run from {low:,} to {high:,}" in picture.sentence
    assert picture.svg().count("→") == (whole["high"].isna()).sum()
    assert picture.svg().count("←") == (whole["low"].isna()).sum()
