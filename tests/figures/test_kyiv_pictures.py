"""Lesson 6's pictures of real promises show every row, and its practice questions agree with models and tables."""

import pytest

from postwar import data, load
from postwar.figures import kyiv as pictures
from postwar.models import commitment, guarantees, monitoring
from postwar.quiz.questions import collect


def _best(name):
    question = collect()[name]
    return question.options[question.best]


def test_every_text_about_ukraine_has_a_rung_and_a_status():
    table = load("security_guarantees")
    shown = pictures.promises(table)
    about = table[table.beneficiary.eq("UKR")]
    assert len(shown.numbers["text"]) == len(about) + 1  # and the North Atlantic Treaty, for scale
    drawn = sum(len(line.get_xdata()) for line in shown.figure.axes[0].lines)
    assert drawn == len(about) + 1
    assert set(shown.numbers["chiefly"]) == {rung.replace("\n", " ") for rung in pictures.RUNGS}


def test_promises_count_what_the_table_holds():
    table = load("security_guarantees")
    picture = pictures.promises(table)
    for_ukraine = table[table["beneficiary"] == "UKR"]
    further = for_ukraine[
        for_ukraine["obligation_class"].isin([name for names in list(pictures.RUNGS.values())[2:] for name in names])
    ]
    drafts, declared, signed = (int((further["status"] == status).sum()) for status in ("draft", "declared", "signed"))
    assert f"{drafts} are drafts, {declared} declared and {signed} signed" in picture.sentence
    assert f"The {int((for_ukraine['status'] == 'in force').sum())} for Ukraine that are in force" in picture.sentence
    assert picture.sentence.endswith("Broken by Russia: Budapest Memorandum, 1994.")


@pytest.mark.content
def test_what_is_in_force_goes_less_far_than_what_is_not():
    picture = pictures.promises(load("security_guarantees"))
    rows = list(zip(picture.numbers["text"], picture.numbers["chiefly"], picture.numbers["status"], strict=True))
    rungs = {
        status: {rung for text, rung, row in rows if row == status and "Treaty" not in text} for *_, status in rows
    }
    assert rungs["in force"] == {"consult", "consult and supply"}
    assert rungs["in force"].isdisjoint(rungs["draft"] | rungs["declared"] | rungs["signed"])


def test_the_keys_of_computed_questions_follow_from_the_models():
    margin = commitment.war_margin(p1=0.4, p2=0.6, cB=0.3, delta=0.9)
    assert _best("kyiv-war-margin").text.startswith(f"{margin:.2f}")
    assert commitment.war_margin(p1=0.3, p2=0.7, cB=0.3, delta=0.9) == pytest.approx(0.30)
    assert commitment.g_min(p1=0.3, p2=0.7, cB=0.3, delta=0.9, reduction=0.2) is None
    assert guarantees.p_at_least_one([0.5] * 60, shock=0.3) == pytest.approx(0.7)
    assert "0.7" in _best("kyiv-common-shock").text
    assert f"{monitoring.m_crit(T=8, R=3, P=1, delta=0.6):.2f}" in collect()["kyiv-detection"].stem
    assert f"{monitoring.m_crit(T=4, R=3, P=1, delta=0.6):.2f}" in _best("kyiv-detection").explanation
    mean = guarantees.reliability_posterior_mean(a=7.45, b=2.55, honoured=0, n=5)
    assert _best("kyiv-prior-and-record").text == f"About {mean:.2f}"


def test_how_large_the_groups_of_the_survey_would_have_to_be():
    accept = load("ceasefire_survey").set_index("scenario")["accept"] / 100

    def needed(first, second):
        spread = sum(share * (1 - share) for share in accept[[first, second]])
        return spread * (1.96 / (accept[second] - accept[first])) ** 2

    first_step = needed("no guarantees", "symbolic presence")
    assert 150 < first_step < 250 and first_step == pytest.approx(180, abs=5)
    assert needed("symbolic presence", "European shield") == pytest.approx(51, abs=1)


def test_the_questions_quote_the_tables():
    accept = load("ceasefire_survey").set_index("scenario")["accept"]
    stem = collect()["kyiv-survey"].stem
    assert f"{accept['symbolic presence']:.0f} per cent" in stem and f"{accept['European shield']:.0f} per cent" in stem
    rates = load("alliance_reliability").set_index(["study", "period", "category"])["value"]
    recent = rates["Berkemeier and Fuhrmann (2018)", "1945-2003", "all commitments"]
    assert f"{recent:.0f} per cent" in collect()["kyiv-what-rates-miss"].stem


def test_every_class_of_obligation_has_a_rung():
    fields = data.resources()["security_guarantees"]["schema"]["fields"]
    (classes,) = [field["constraints"]["enum"] for field in fields if field["name"] == "obligation_class"]
    assert sorted(classes) == sorted(name for names in pictures.RUNGS.values() for name in names)
