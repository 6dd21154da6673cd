import pytest
from bs4 import BeautifulSoup
from lesson_sources import known_ids

from postwar import cite, data


def test_fact_says_who_when_what_where_and_how_sure():
    text = repr(cite("T045"))
    for part in ("[T045]", "France / UK / Ukraine", "6 January 2026", "declaration of intent", "President of Ukraine"):
        assert part in text
    assert "(established; carried by several outlets; confidence high; official page)" in text


@pytest.mark.parametrize(
    ("key", "standing"),
    [
        ("T057", "a claim, denied; reported by one outlet; confidence medium"),
        ("US001", "a poll; reported by one outlet"),
        ("T052", "a press report; reported by one outlet"),
        ("UK006", "seen on a Russian or Belarusian state-linked page"),
        ("UK008", "seen at second hand, on a minor site or aggregator"),
        ("NATO001", "official page"),
        ("T032", "copy of an official page"),
        ("NATO008", "in part general knowledge"),
        ("cox1972", "not checked against the original"),
        ("defence_spending", "non-commercial use with credit"),
        ("KIEL_UST_R29", "official"),
    ],
)
def test_standing_is_plain(key, standing):
    assert standing in cite(key)[0].standing


@pytest.mark.parametrize(("key", "date"), [("T006", "24 February 2022"), ("UK001", "October 2025"), ("UK008", "2024")])
def test_dates_are_as_exact_as_known(key, date):
    assert f", {date}: " in cite(key)[0].statement


def test_reference_is_formatted():
    assert cite("fearon1995")[0].reference == "International Organization, 49(3), 379–414"
    assert cite("fearon1995")[0].statement == "Fearon, J. D. (1995), “Rationalist Explanations for War”."


def test_everything_known_can_be_cited():
    for key in sorted(known_ids()):
        source = cite(key)[0]
        assert source.id == key
        assert source.statement and source.standing, key
        assert "None" not in str(source) and "nan" not in str(source).split(), key
        page = BeautifulSoup(cite(key)._repr_html_(), "html.parser")
        assert page.li.b.text == key
        assert source.statement in page.li.text
        assert not page.find("a"), "addresses stay text"


def test_order_is_kept_and_repeats_are_dropped():
    assert [source.id for source in cite("T050", "fearon1995", "T050", "claims")] == ["T050", "fearon1995", "claims"]


@pytest.mark.parametrize(
    ("wrong", "near"),
    [("UK04", "UK004"), ("fearon95", "fearon1995"), ("t045", "T045"), ("nato_defense", "nato_defence")],
)
def test_unknown_id_names_the_near_ones(wrong, near):
    with pytest.raises(ValueError, match=rf"'{wrong}'.*{near}"):
        cite(wrong)


@pytest.mark.parametrize("key", sorted(data.references()))
def test_reference_is_complete(key):
    entry = data.references()[key]
    assert {"type", "author", "year", "title", "status"} <= set(entry)
    assert any(word in entry["status"] for word in ("confirmed", "not checked"))
    if entry["status"] == "not checked against the original":
        assert "(" not in entry["title"]


def test_reference_file_of_another_form_is_refused(tmp_path, monkeypatch):
    (tmp_path / "references.bib").write_text("@book{luce,\n  title = {Games},\n  year = 1957,\n}\n")
    monkeypatch.setattr(data, "DATA", tmp_path)
    data.references.cache_clear()
    try:
        with pytest.raises(ValueError, match="year = 1957"):
            data.references()
    finally:
        monkeypatch.undo()
        data.references.cache_clear()
