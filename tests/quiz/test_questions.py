"""The checks files: each record complete, and the set fair to a student who looks for patterns."""

import re
from collections import Counter

import pytest

from postwar import paths
from postwar.quiz.questions import collect, parse, read

FILES = sorted(paths.CHECKS.glob("*.toml"))
NUMBERS = re.compile(r"[-+−]?\d")


def record(**changes):
    options = {
        letter: {"text": f"Option {letter}", "explanation": f"Because {letter}.", "misconception": f"mix-up {letter}"}
        for letter in "abc"
    }
    del options["b"]["misconception"]
    base = {
        "id": "planning-x",
        "objective": "LO1.2",
        "bloom": "Apply",
        "stem": "Which?",
        "best": "b",
        "options": options,
    }
    return {**base, **changes}


def changed_option(letter, **changes):
    options = record()["options"]
    options[letter] = {key: value for key, value in (options[letter] | changes).items() if value is not None}
    return options


def test_a_complete_record_is_read():
    question = parse(record(source=["T045"]), "x.toml")
    assert (question.best, question.source) == ("b", ("T045",))
    assert question.options["a"].misconception == "mix-up a"
    assert question.options["b"].misconception is None


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"best": "d"}, "best = 'd' is not one of the options a, b, c"),
        ({"best": ["a", "b"]}, "best must be a text"),
        ({"objective": "LO1"}, "objective 'LO1' must look like LO1.2"),
        ({"bloom": "Guess"}, "bloom 'Guess' must be one of Remember"),
        ({"stem": " "}, "stem must be a text that is not empty"),
        ({"id": "Planning X"}, "id must be lower-case words joined by hyphens"),
        ({"hint": "x"}, "unknown key hint"),
        ({"source": "T045"}, "source must be a list of texts"),
        ({"options": {"a": {"text": "x", "explanation": "y"}}, "best": "a"}, "at least two options"),
        ({"options": changed_option("a", explanation=None)}, "option a: explanation must be a text"),
        ({"options": changed_option("a", misconception=None)}, "option a: misconception must be a text"),
        ({"options": changed_option("b", misconception="m")}, "option b is the best one and names a misconception"),
        ({"options": changed_option("a", text="Option b")}, "two options have the same text"),
        ({"options": changed_option("c", note="x")}, "option c has an unknown key note"),
        ({"options": {"a": "x", "b": "y"}}, "options need tables"),
        ({"options": {("x" if k == "a" else k): v for k, v in record()["options"].items()}}, "lettered a, b, c"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_broken_record_is_refused_with_its_name(broken, message):
    with pytest.raises(ValueError, match=message) as error:
        parse(record(**broken), "x.toml")
    assert str(error.value).startswith("x.toml: question ")


def test_a_missing_key_is_named():
    incomplete = record()
    del incomplete["objective"], incomplete["best"]
    with pytest.raises(ValueError, match="'planning-x': missing best, objective"):
        parse(incomplete, "x.toml")


def as_toml(id_):
    return f"""[[questions]]
id = "{id_}"
objective = "LO1.1"
bloom = "Apply"
stem = "Which?"
best = "a"
[questions.options.a]
text = "yes"
explanation = "so"
[questions.options.b]
text = "no"
explanation = "not so"
misconception = "reversed"
"""


def test_an_id_is_unique_over_the_course(tmp_path):
    for name in ("01-one.toml", "02-two.toml"):
        (tmp_path / name).write_text(as_toml("same-id"))
    with pytest.raises(ValueError, match="'same-id' is used twice: in 01-one.toml and in 02-two.toml"):
        collect(sorted(tmp_path.glob("*.toml")))


def test_a_file_that_is_mended_is_read_again(tmp_path):
    path = tmp_path / "01-one.toml"
    path.write_text("[[questions")
    with pytest.raises(ValueError, match=r"01-one\.toml is not valid TOML"):
        read(path)
    path.write_text("title = 'x'")
    with pytest.raises(ValueError, match=r"holds \[\[questions\]\], perhaps"):
        read(path)
    path.write_text(as_toml("now-right"))
    assert [question.id for question in read(path)] == ["now-right"]


def test_the_course_has_practice_questions():
    assert len(collect(FILES)) >= 8


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
class TestOneFile:
    def test_it_serves_the_objectives_of_its_lesson(self, path):
        lesson = re.match(r"\d\d", path.stem)  # an appendix serves several lessons
        if lesson:
            assert {question.objective[:3] for question in read(path)} == {f"LO{int(lesson[0])}"}

    def test_options_are_alike_in_length(self, path):
        for question in read(path):
            texts = [option.text for option in question.options.values()]
            if not all(NUMBERS.match(text) for text in texts):
                assert max(map(len, texts)) <= 2.2 * min(map(len, texts)), question.id

    def test_the_best_option_seldom_stands_out_by_its_length(self, path):
        questions = read(path)
        longest = [q.id for q in questions if is_longest(q, q.best)]
        assert len(longest) <= max(1, 0.4 * len(questions)), longest

    def test_letters_are_balanced(self, path):
        questions = read(path)
        counts = Counter(question.best for question in questions)
        letters = {letter for question in questions for letter in question.options}
        assert max(counts.values()) - min(counts[letter] for letter in letters) <= 2, counts

    def test_no_option_points_at_the_others(self, path):
        for question in read(path):
            for option in question.options.values():
                assert not re.search(r"\b(all|none|both) of (the above|these)\b", option.text, re.I), question.id
                assert not re.search(r"\b[Oo]ption [a-d]\b", option.explanation), question.id


def test_over_the_course_the_longest_option_is_right_no_more_often_than_chance_has_it():
    questions, share = list(collect(FILES).values()), 0
    for question in questions:
        lengths = {key: len(option.text) for key, option in question.options.items()}
        longest = [key for key, length in lengths.items() if length == max(lengths.values())]
        share += (question.best in longest) / len(longest) / len(questions)
    assert 0.15 <= share <= 0.3, f"the longest option is right in {share:.0%} of the practice questions"


def is_longest(question, letter):
    """True when the option is longer than every other by a margin that a reader can see."""
    lengths = {key: len(option.text) for key, option in question.options.items()}
    return all(lengths[letter] > 1.05 * length for key, length in lengths.items() if key != letter)


def test_lesson_one_covers_each_of_its_objectives():
    objectives = {question.objective for question in read(paths.CHECKS / "01-planning-peace.toml")}
    assert objectives >= {f"LO1.{number}" for number in range(1, 7)}
