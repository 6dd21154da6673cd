"""The picture of troops abroad says what the table holds."""

import pytest

from postwar import load
from postwar.figures import washington as pictures


def test_troops_abroad_show_the_chosen_hosts():
    table = load("us_troops_abroad")
    picture = pictures.us_troops_abroad(hosts=("Germany", "South Korea"))
    germany = table[table["host"] == "Germany"].set_index("year")["active_duty"]
    shown = picture.table().set_index("year")
    assert list(shown.columns) == ["Germany", "South Korea"]
    assert (shown["Germany"].dropna() * 1000).round().tolist() == germany.tolist()
    assert f"Germany {germany[1989]:,} and {germany.iloc[-1]:,}" in picture.sentence


def test_a_host_without_an_entry_in_1989_is_said_to_have_none():
    assert "Estonia no entry and 20" in pictures.us_troops_abroad(hosts=("Estonia",)).sentence


def test_an_unknown_host_is_named_with_the_known_ones():
    with pytest.raises(ValueError, match="There is no host Atlantis; choose from Afghanistan, Belgium"):
        pictures.us_troops_abroad(hosts=("Germany", "Atlantis"))
