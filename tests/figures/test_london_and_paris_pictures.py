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
    for kinds, words in {
        ("discussed",): "discussed in capitals run",
        ("costed", "sketched"): "sketched or costed by institutes",
        ("asked for", "judged necessary"): "asked for or judged necessary",
    }.items():
        sizes = whole.loc[whole["basis"].isin(kinds), ["low", "high"]]
        assert f"{words} from {sizes.min().min():,} to {sizes.max().max():,}" in picture.sentence
    assert picture.svg().count("→") == (whole["high"].isna()).sum()
    assert picture.svg().count("←") == (whole["low"].isna()).sum()
