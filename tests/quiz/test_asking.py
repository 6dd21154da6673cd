"""`ask` and `check` in Python: what they accept, keep and show."""

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbclient import NotebookClient

from postwar import ask, check
from postwar.quiz import marking
from postwar.quiz.markup import to_text
from postwar.quiz.questions import collect

STEM = "What sets the *width* of the range `[low, high]`?"
OPTIONS = {"a": "the costs", "b": "the odds", "c": "a < b & c"}


def text_of(question):
    return BeautifulSoup(question._repr_mimebundle_()["text/html"], "html.parser").get_text(" ", strip=True)


@pytest.mark.parametrize(("given", "kept"), [(None, ""), ("", ""), ("b", "b")])
def test_the_answer_is_kept_as_plain_text(given, kept):
    question = ask(STEM, **OPTIONS, answer=given)
    assert type(question.answer) is str
    assert question.answer == kept


@pytest.mark.parametrize(
    ("stem", "arguments", "message"),
    [
        (STEM, OPTIONS | {"answer": "z"}, r"answer='z' is not one of the options; write 'a', 'b' or 'c' instead"),
        (STEM, OPTIONS | {"answer": "Z "}, "answer='z' is not one of the options"),
        (STEM, OPTIONS | {"answer": 2}, "answer=2 is not one of the options"),
        (STEM, {"a": "the costs"}, "at least two options"),
        (STEM, {}, "at least two options"),
        (STEM, {"a": "same", "b": " same"}, "two options have the same text"),
        (STEM, {"a": "one", "b": 2}, "option b must be a text, got 2"),
        (STEM, {"a": "one", "b": " "}, "option b must be a text"),
        (STEM, {"a": "one", "<img src=q onerror=q>": "two"}, "an option is called by one letter"),
        ("", OPTIONS, "a question starts with its text"),
        (7, OPTIONS, "a question starts with its text, got 7"),
    ],
)
def test_a_wrong_call_says_what_to_mend(stem, arguments, message):
    with pytest.raises(ValueError, match=message):
        ask(stem, **arguments)


def test_the_plain_version_shows_stem_options_and_how_to_answer():
    text = text_of(ask(STEM, **OPTIONS))
    for part in ("What sets the width of the range [low, high] ?", "a < b & c", 'answer="a"', "No answer yet"):
        assert part in text
    assert "chosen" not in text


def test_the_plain_version_marks_the_chosen_option_and_judges_nothing():
    question = ask(STEM, **OPTIONS, answer="b")
    assert "the odds ← chosen" in text_of(question)
    assert text_of(question).count("chosen") == 1
    assert "No answer yet" not in text_of(question)
    assert question._repr_mimebundle_()["text/plain"].splitlines() == [
        "What sets the width of the range [low, high]?",
        "  a  the costs",
        "  b  the odds  ← chosen",
        "  c  a < b & c",
    ]


def test_wording_cannot_smuggle_in_markup():
    question = ask("<script>alert(1)</script>", a="<b>x</b>", b='"><img src=x>')
    html = question._repr_mimebundle_()["text/html"]
    live = question._live()
    for shown in (html, live.prompt, *(text for _, text in live.options)):
        assert not BeautifulSoup(shown, "html.parser").find(["script", "b", "img"])


def test_a_click_changes_the_answer():
    question = ask(STEM, **OPTIONS)
    question._live().value = "c"
    assert question.answer == "c"
    question._live().value = "no such option"
    assert question.answer == "c"


def test_a_graded_question_has_nothing_to_tell():
    live = ask(STEM, **OPTIONS, answer="b")._live()
    live.value = "a"
    assert live.feedback == {}


@pytest.mark.parametrize("question", collect().values(), ids=lambda question: question.id)
def test_each_choice_gets_its_own_explanation(question):
    practice = check(question.id)
    live = practice._live()
    assert live.feedback == {}
    for letter in question.options:
        live.value = letter
        assert live.feedback["verdict"] == ("right" if letter == question.best else "wrong")
        assert live.feedback["html"].startswith("<strong>✓" if letter == question.best else "<strong>✗")
        plain = practice._repr_mimebundle_()["text/plain"]
        for other, option in question.options.items():
            assert (to_text(option.explanation) in plain) == (other == letter)


def test_an_unanswered_practice_question_sends_no_explanation():
    for question in collect().values():
        practice = check(question.id)
        sent = str(practice._live().get_state()) + str(practice._repr_mimebundle_())
        for option in question.options.values():
            assert option.explanation[:40] not in sent


def test_an_unknown_question_names_its_neighbours():
    with pytest.raises(
        ValueError, match="no practice question is called 'planning-range-clip'; .*'planning-range-clipped'"
    ):
        check("planning-range-clip")
    with pytest.raises(ValueError, match="there are .*planning-sorting"):
        check("§§§")
    with pytest.raises(ValueError, match="write 'a', 'b', 'c' or 'd' instead"):
        check("planning-sorting", answer="e")


SHOW = 'from postwar import ask, check\ncheck("planning-range-clipped", answer="b")'


def outputs(source):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    NotebookClient(notebook, kernel_name="python3", timeout=120).execute()
    return notebook.cells[0].outputs


@pytest.mark.parametrize("reason", ["autograde", "validate"])
def test_grading_keeps_plain_html_and_no_widget(monkeypatch, reason):
    monkeypatch.setenv("NBGRADER_EXECUTION", reason)
    source = f'{SHOW}\nimport sys\nassert "ipywidgets" not in sys.modules\ncheck("planning-range-clipped", answer="b")'
    (shown,) = outputs(source)
    assert set(shown.data) == {"text/plain", "text/html"}
    assert "✗ Not this one." in shown.data["text/html"]


def test_a_notebook_shows_the_plain_version_and_the_control(monkeypatch):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    plain, live = outputs(SHOW)
    assert "✗ Not this one." in plain.data["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in live.data
    assert live.data["text/plain"].startswith("[Side A would win")


@pytest.mark.parametrize("typed", ["B", " b", "b ", " B\n"])
def test_an_answer_typed_by_hand_may_be_large_or_have_spaces(typed):
    assert ask(STEM, **OPTIONS, answer=typed).answer == "b"


@pytest.mark.parametrize("typed", ["b", "B", " b ", "b.", "(b)", "B)", "“b”", "[B]:"])
def test_a_letter_is_a_letter_however_it_is_typed(typed):
    assert ask("Which?", a="this", b="that", answer=typed).answer == "b"
    assert marking.mark_choice(typed, best="b", a="no", b="yes") == 1


def test_letters_of_several_options_may_be_typed_in_any_order_and_form():
    assert ask("Which?", a="this", b="that", c="both", several=True, answer="(c), A").answer == "ac"
    assert ask("Order?", a="this", b="that", c="both", ordered=True, answer="c, a, b").answer == "cab"


@pytest.mark.parametrize("typed", ["d", "ab", "option b", "b?", "1"])
def test_what_is_unclear_is_refused(typed):
    with pytest.raises(ValueError, match="is not one of the options"):
        ask("Which?", a="this", b="that", answer=typed)
