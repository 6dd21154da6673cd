"""The thread of the course: one file, three seats, and one decision at the end of each lesson.

``decide("03-washington")`` asks for a seat, a recommendation, a confidence and two sentences, and writes them into its own
cell. Later lessons read them back from the saved notebooks, which are the only record there is. The words are content:
``lessons/planning_cell.toml``.
"""

import ast
import json
import os
import tomllib
from functools import cache
from html import escape
from pathlib import Path
from uuid import uuid4

from postwar import course, paths
from postwar.quiz.asking import either, require
from postwar.quiz.markup import to_html, to_text

#: How sure a decision may be.
LEVELS = ("50%", "70%", "90%")


@cache
def words() -> dict:
    """The texts of the thread, as ``lessons/planning_cell.toml`` has them."""
    return tomllib.loads((paths.LESSONS / "planning_cell.toml").read_text(encoding="utf-8"))


class Decision:
    """One lesson's decision: what was held before, the question, and what is chosen now."""

    def __init__(self, slug, seat="", choice="", confidence="", because=""):
        texts = words()
        require(slug in texts["decisions"], f"no decision belongs to {slug!r}; write {either(texts['decisions'])}")
        self.slug, self.entry, self.seats = slug, texts["decisions"][slug], texts["seats"]
        require(not seat or seat in self.seats, f"seat={seat!r} is not one of {either(self.seats)}")
        require(
            not choice or choice in self.entry["options"],
            f"choice={choice!r} is not one of {either(self.entry['options'])}",
        )
        require(not confidence or confidence in LEVELS, f"confidence={confidence!r} is not one of {either(LEVELS)}")
        self.seat, self.choice, self.confidence, self.because = seat, choice, confidence, because
        self._plain = "" if "NBGRADER_EXECUTION" in os.environ else uuid4().hex

    def recalled(self) -> list[str]:
        """What the reader held in earlier lessons, and what they had learned by then, one sentence each."""
        return [sentence for slug, sentence in held(course.reader_folder()).items() if slug < self.slug]

    def _repr_mimebundle_(self, include=None, exclude=None):
        asked = [
            (words()["says"]["seat"], self.seats, self.seats.get(self.seat)),
            (self.entry["question"], self.entry["options"], self.entry["options"].get(self.choice)),
            (words()["says"]["confidence"], {}, self.confidence),
            (words()["because"], {}, self.because),
        ]
        lines, text, open_still = [], [], words()["says"]["open"]
        for name, options, said in asked:
            offered = options.values() if not said else ()
            listed = "".join(f"<li>{to_html(option)}</li>" for option in offered)
            listed = f"<ul>{listed}</ul>" if listed else ""
            lines.append(f"<li>{to_html(name)} <strong>{to_html(said or open_still)}</strong>{listed}</li>")
            text += [f"{to_text(name)} {said or open_still}", *(f"  - {to_text(option)}" for option in offered)]
        marked = f' data-plain="{self._plain}"' if self._plain else ""
        return {
            "text/html": f'<div class="postwar-question"{marked}><ul>{"".join(lines)}</ul></div>',
            "text/plain": "\n".join(text),
        }

    def _ipython_display_(self):
        from IPython.display import display

        before, since = self.recalled(), words()["since"].format(learned=self.entry["learned"])
        items = "".join(f"<li>{to_html(sentence)}</li>" for sentence in before)
        html = f"<p>{to_html(words()['frame'])}</p>" + (f"<ul>{items}</ul><p>{to_html(since)}</p>" if items else "")
        plain = "\n".join(map(to_text, [words()["frame"], *before, *([since] if before else [])]))
        display({"text/html": html, "text/plain": plain}, raw=True)
        display(self._repr_mimebundle_(), raw=True)
        if "NBGRADER_EXECUTION" not in os.environ:
            display(self._live())

    def _live(self):
        from ipywidgets import VBox

        from postwar.quiz.widget import ChoiceWidget

        common = {"kind": "ask", "call": "decide", "match": self.slug}
        seat = ChoiceWidget(prompt=to_html(words()["seat_question"]), plain=self._plain, argument="seat", value=self.seat,
                            options=[[key, to_html(text)] for key, text in self.seats.items()], **common)  # fmt: skip
        choice = ChoiceWidget(prompt=to_html(self.entry["question"]), argument="choice", value=self.choice,
                              options=[[key, to_html(text)] for key, text in self.entry["options"].items()],
                              levels=list(LEVELS), confidence=self.confidence, **common)  # fmt: skip
        because = ChoiceWidget(prompt=to_html(words()["because"]), argument="because", value=self.because, **common)
        return VBox([seat, choice, because])


def decide(slug: str, *, seat: str = "", choice: str = "", confidence: str = "", because: str = "") -> Decision:
    """Show the decision at the end of a lesson; clicks and words are written into the cell.

    Raises
    ------
    ValueError : there is no such lesson, or a seat, choice or confidence is not on offer.
    """
    return Decision(slug, seat, choice, confidence, because)


def held(folder: Path) -> dict[str, str]:
    """What a reader has decided so far, by lesson: a sentence in the second person for each decision in the notebooks."""
    sentences, says = {}, words()["says"]
    for slug, entry in words()["decisions"].items():
        said = next((call for name, call in calls(folder / f"{slug}.ipynb") if name == "decide"), {})
        if (choice := entry["options"].get(said.get("choice"))) is None:
            continue
        seat = words()["seats"].get(said.get("seat"), "").partition(":")[0]
        sentence = says["held_from" if seat else "held"].format(lesson=int(slug[:2]), seat=seat, choice=choice)
        for part, name in (("sure", "confidence"), ("because", "because")):
            if said.get(name):
                sentence += says[part].format(said[name])
        sentences[slug] = sentence + says["learned"].format(entry["learned"])
    return sentences


def stated(folder: Path) -> list[tuple[float, bool]]:
    """Practice questions answered with a confidence: ``(chance of being right as stated, right)`` for each."""
    from postwar.quiz.questions import collect

    questions, found = collect(), []
    for path in sorted(folder.glob("0*.ipynb")):
        for name, said in calls(path):
            question = questions.get(said.get(0))
            if name == "check" and question and said.get("answer") and said.get("confidence"):
                found.append((float(said["confidence"].rstrip("%")) / 100, said["answer"] == question.best))
    return found


def calls(notebook: Path) -> list[tuple[str, dict]]:
    """The calls by plain name in a saved notebook, with their constant arguments (positions as numbers)."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    found = []
    for source in sources:
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError):  # a cell in the middle of being edited
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                arguments = [*enumerate(node.args), *((keyword.arg, keyword.value) for keyword in node.keywords)]
                constants = {key: value.value for key, value in arguments if isinstance(value, ast.Constant)}
                found.append((node.func.id, {key: value for key, value in constants.items() if isinstance(value, str)}))
    return found


def record():
    """The reader's own record: what they decided in each lesson, and how well their stated confidences did."""
    from postwar.figures.calibration import calibration

    folder = course.reader_folder()
    decisions = held(folder)
    items = "".join(f"<li>{to_html(sentence)}</li>" for sentence in decisions.values())
    empty = words()["says"]["no_decision"]
    pairs = stated(folder)
    html = f"<ul>{items}</ul>" if decisions else f"<p>{escape(empty)}</p>"
    text = "\n".join(map(to_text, decisions.values())) if decisions else empty
    if not pairs:
        none = words()["says"]["no_confidence"]
        return course.Page(f"{html}<p>{escape(none)}</p>", f"{text}\n{none}")
    picture = calibration(*zip(*pairs, strict=True))
    return course.Page(html + picture.html(), f"{text}\n{picture.sentence}")
