"""The course as a sequence: titles, minutes, questions, links, and how far the reader has come.

Progress is read from the notebooks themselves: a click writes an answer or a prediction into its cell, so the saved
notebooks are the only record there is.
"""

import ast
import datetime
import json
import re
from dataclasses import dataclass
from html import escape
from itertools import takewhile
from pathlib import Path

from postwar import data, paths, standing


@dataclass(frozen=True)
class Lesson:
    """One step of the sequence; ``objectives`` maps the codes used by questions to what the reader will be able to do."""

    slug: str
    title: str
    question: str
    minutes: int
    objectives: dict[str, str]

    @property
    def number(self) -> int:
        return int(self.slug[:2])

    @property
    def notebook(self) -> str:
        return f"{self.slug}.ipynb"


START = Lesson("00-start-here", "Start here", "How does this course work, and is my computer ready?", 20, {})

LESSONS = [
    Lesson(
        "01-planning-peace",
        "Planning peace during a war",
        "If both sides lose from fighting, why do ceasefires fail, and what could an outside force change?",
        120,
        {
            "LO1.1": "separate reported positions from a writer’s interpretation, sentence by sentence",
            "LO1.2": "compute a bargaining range and say how each input moves it",
            "LO1.3": "explain why a better deal for both sides need not last, naming two separate mechanisms",
            "LO1.4": "read a survival curve, a median and a hazard ratio, and turn a ratio into a change in risk",
            "LO1.5": "spot selection when ceasefires with and without outside presence are compared",
            "LO1.6": "judge how far findings about UN missions carry over to a national force",
        },
    ),
    Lesson(
        "02-london-and-paris",
        "London and Paris: a physical presence",
        "What does it take to keep a force in place for years, and how does the mission decide the number?",
        120,
        {
            "LO2.1": "compute a rotation ratio and the force that a pool can sustain",
            "LO2.2": "restate “1:3” and “the rule of three” in months and units",
            "LO2.3": "choose a sizing rule that fits a stated mission and reject one that does not",
            "LO2.4": "compute the chance that uncertain pledges reach a target, alone and with a shared dependence",
            "LO2.5": "name three pieces of information missing from a headline troop figure",
        },
    ),
    Lesson(
        "03-washington",
        "Washington: backing without boots",
        "When is it reasonable for a patron to support without deploying, and what does that choice cost?",
        120,
        {
            "LO3.1": "state the reasons and instruments that the article gives, without adding others",
            "LO3.2": "define abandonment and entrapment and point to the term that carries each",
            "LO3.3": "compute the commitment of least cost and predict how it moves",
            "LO3.4": "compute a critical risk and the accumulated risk of repeated small risks",
            "LO3.5": "solve a choice between two instruments and recognise a corner solution",
            "LO3.6": "weigh competing explanations of domestic limits, established against contested",
        },
    ),
    Lesson(
        "04-deterrence",
        "What deters?",
        "Through which channel would each instrument deter, and what evidence could show it?",
        120,
        {
            "LO4.1": "sort measures into denial, punishment and credibility",
            "LO4.2": "compute a challenger’s expected utility and the critical credibility",
            "LO4.3": "split the effect of a presence into two channels and name what optimists and sceptics dispute",
            "LO4.4": "summarise four findings on forward presence with their scope",
            "LO4.5": "compute how far a quiet period supports the claim that deterrence worked",
            "LO4.6": "state what each position in the article must believe for its conclusion to follow",
        },
    ),
    Lesson(
        "05-nato",
        "NATO unity",
        "What does consensus make hard, what can a smaller coalition do, and who ends up paying?",
        120,
        {
            "LO5.1": "tell NATO decisions, coalition decisions and national decisions apart",
            "LO5.2": "compute power indices and explain why weight is not power",
            "LO5.3": "derive a winset and a core, and predict the effect of adding a veto player",
            "LO5.4": "solve a small contribution game and compare it with the efficient level",
            "LO5.5": "explain where independence benchmarks misdescribe an alliance that consults",
            "LO5.6": "separate claims about incentives from claims about fairness",
        },
    ),
    Lesson(
        "06-kyiv",
        "Kyiv: concrete, not symbolic",
        "What would make a guarantee believable, and why does a pause worry the side that expects to lose ground?",
        120,
        {
            "LO6.1": "state the Ukrainian position as reported, with what it leaves open",
            "LO6.2": "explain a commitment problem without appeal to mistrust or irrationality",
            "LO6.3": "compute whether a shift in power leads to preventive war in the model",
            "LO6.4": "compute the credibility of one and of several guarantors, and what monitoring adds",
            "LO6.5": "use published reliability rates with their scope",
            "LO6.6": "define “concrete” by stakes, costs of reneging and readiness, and test instruments against it",
        },
    ),
    Lesson(
        "07-mixed-signals",
        "Mixed signals",
        "What does an adversary, an ally or a voter learn when governments say different things?",
        120,
        {
            "LO7.1": "classify statements and actions as cheap talk, sunk cost or tied hands",
            "LO7.2": "compute when a costly signal separates the resolute from the irresolute",
            "LO7.3": "explain why free messages can still inform",
            "LO7.4": "update a belief on several signals, independent or not",
            "LO7.5": "show when disagreement lowers, raises or leaves unchanged an observer’s belief",
            "LO7.6": "compare two readings of open debate by the likelihoods each assumes",
        },
    ),
    Lesson(
        "08-looking-ahead",
        "Looking ahead",
        "How can one choose, and explain a choice, when scenarios, weights and probabilities are all disputed?",
        120,
        {
            "LO8.1": "build scenarios and options that presuppose no answer",
            "LO8.2": "score options in two ways, find critical weights and spot rank reversal",
            "LO8.3": "compute what information is worth, and when it is worth waiting for",
            "LO8.4": "apply five decision rules to one table and explain why they disagree",
            "LO8.5": "separate empirical, modelling and value assumptions in a recommendation",
            "LO8.6": "write a policy brief whose conclusion is conditional on named assumptions",
        },
    ),
]

SEQUENCE = [START, *LESSONS]
_BY_SLUG = {lesson.slug: lesson for lesson in SEQUENCE}


def lesson(slug: str) -> Lesson:
    """The lesson of that slug; `ValueError` names the known ones."""
    try:
        return _BY_SLUG[slug]
    except KeyError:
        raise ValueError(f"there is no lesson {slug!r}; the lessons are {', '.join(_BY_SLUG)}") from None


# -- progress -----------------------------------------------------------------------------------------------------------

_ANSWERED_BY = {"check": "answer", "ask": "answer", "explore": "prediction", "decide": "choice"}


def progress(notebook: Path, before: str | None = None) -> tuple[int, int]:
    """How many of a saved notebook's questions and predictions are answered: ``(answered, all)``.

    ``before`` is the id of the cell at which to stop counting. A notebook that is missing or cannot be read counts as ``(0, 0)``: a header must never stop a lesson.
    """
    try:
        cells = json.loads(Path(notebook).read_text(encoding="utf-8"))["cells"]
        cells = takewhile(lambda cell: before is None or cell.get("id") != before, cells)
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError):
        return 0, 0
    calls = [call for source in sources for call in _calls(source)]
    return sum(answered for answered in calls), len(calls)


def _calls(source: str):
    """For each question or explorer in a cell, whether its answer is written in the call."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a cell in the middle of being edited
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.value if isinstance(node.func, ast.Attribute) else node.func
        argument = _ANSWERED_BY.get(getattr(called, "id", None))
        if argument:
            yield any(
                keyword.arg == argument and getattr(keyword.value, "value", None) not in (None, "")
                for keyword in node.keywords
            )


def reader_folder() -> Path:
    """The folder of the reader's own copy of the lessons: where the notebook runs, if it is one of them."""
    here = Path.cwd()
    return here if (here / START.notebook).exists() else paths.LESSONS


# -- what notebooks show ------------------------------------------------------------------------------------------------


_TABLE_STYLE = (
    "<style>.postwar-table td, .postwar-table th "
    "{text-align: left !important; vertical-align: top; white-space: normal}</style>"
)


class Page:
    """A piece of HTML with a plain-text twin."""

    def __init__(self, html: str, text: str):
        self.html, self.text = html, text

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self.html, "text/plain": self.text}


def _bar(done: int, total: int, what: str) -> str:
    return (
        f'<progress value="{done}" max="{total or 1}" aria-label="{escape(what)}: {done} of {total}"></progress> '
        f"{done} of {total}"
    )


def _neighbours(slug: str) -> str:
    place = [item.slug for item in SEQUENCE].index(slug)
    links = []
    if place > 0:
        before = SEQUENCE[place - 1]
        links.append(f'<a href="{before.notebook}">← {escape(before.title)}</a>')
    if place > 1:
        links.append(f'<a href="{START.notebook}">Map of the course</a>')
    if place + 1 < len(SEQUENCE):
        after = SEQUENCE[place + 1]
        links.append(f'<a href="{after.notebook}">{escape(after.title)} →</a>')
    return f'<nav class="postwar-neighbours" aria-label="Lessons">{" &nbsp;·&nbsp; ".join(links)}</nav>'


#: What each lesson says at its top.
RECORD = "The record of this course ends on {}. Nothing later is asserted here."


def header(slug: str) -> Page:
    """Top of a lesson: its question, what you will be able to do, minutes, neighbours, progress as last saved."""
    item = lesson(slug)
    done, total = progress(reader_folder() / item.notebook)
    ends = data.spell_date(data.record_ends())
    practised, practised_text = _practised(slug)
    goals = "".join(f"<li>{escape(goal)}</li>" for goal in item.objectives.values())
    html = (
        f"{_neighbours(slug)}<p><strong>The question.</strong> {escape(item.question)}</p>"
        f"<p><strong>After this lesson you can</strong></p><ul>{goals}</ul>"
        f"<p>About {item.minutes} minutes. <span class='postwar-saved'>Answered so far: "
        f"{_bar(done, total, 'Answered in this lesson')} <small>(as last saved)</small></span></p>"
        f"{practised}<p>{RECORD.format(ends)}</p>"
    )
    goals_text = "\n".join(f"- {goal}" for goal in item.objectives.values())
    return Page(
        html,
        f"{item.question}\n{goals_text}\nAbout {item.minutes} minutes; answered {done} of {total}.{practised_text} {RECORD.format(ends)}",
    )


def halfway(slug: str) -> Page:
    """At the rest of a lesson: how many of the questions of its first half are answered."""
    done, total = progress(reader_folder() / lesson(slug).notebook, before="rest")
    return Page(
        f"<p class='postwar-saved'>Answered in the first half: {_bar(done, total, 'Answered in the first half')} "
        "<small>(as last saved)</small></p>",
        f"Answered {done} of {total} in the first half.",
    )


def footer(slug: str) -> Page:
    """Bottom of a lesson: progress, the assignment, and where to go next."""
    item = lesson(slug)
    done, total = progress(reader_folder() / item.notebook)
    parts = [
        f"<p class='postwar-saved'>Answered in this lesson: {_bar(done, total, 'Answered in this lesson')} "
        "<small>(as last saved)</small></p>"
    ]
    text = [f"Answered {done} of {total}."]
    if slug != START.slug:
        links = ", ".join(
            f'<a href="../exercises/{slug}/{path.name}">{path.stem}</a>'
            for path in sorted((reader_folder().parent / "exercises" / slug).glob("*.ipynb"))
        )
        if links:
            parts.append(f"<p><strong>Assignment.</strong> {links}</p>")
        practised, practised_text = _practised(slug)
        if not practised:
            practised, practised_text = _first_set(slug)
        parts.append(practised)
        text.append(practised_text.strip())
    parts.append(_neighbours(slug))
    return Page("".join(parts), " ".join(text))


def _practised(slug: str = "") -> tuple[str, str]:
    """What was practised of a lesson (of all): what to repeat now, and what is mastered; as HTML and as text."""
    today = datetime.date.today()
    found = [each for each in standing.standings(reader_folder().parent) if each.assignment in _BY_SLUG]
    found = [each for each in found if slug in ("", each.assignment)]
    due = [each for each in found if each.due <= today]
    html, text = [], []
    for each in due[:3]:
        goal = lesson(each.assignment).objectives.get(each.objective, "")
        html.append(f"<li>{each.objective}, {escape(goal)}: <code>{each.command}</code></li>")
        text.append(f"{each.objective}: {each.command}.")
    shown = f"<p><strong>To repeat today</strong></p><ul>{''.join(html)}</ul>" if due else ""
    said = f" To repeat today: {' '.join(text)}" if due else ""
    mastered = sorted(each.objective for each in found if each.mastered)
    if found:
        names = ", ".join(mastered) or "none yet"
        later = min((each.due for each in found if each.due > today), default=None)
        rest = f" Next on {data.spell_date(later)}." if later and not due else ""
        shown += f"<p><strong>Mastered in practice:</strong> {names}.{rest} <small>{standing.RULE}</small></p>"
        said += f" Mastered in practice: {names}.{rest}"
    return shown, said


def _first_set(slug: str) -> tuple[str, str]:
    """How to begin, for whoever has the keys of a lesson whose assignment can be drawn."""
    try:
        drawn = (paths.solutions(reader_folder()) / f"{slug}.editions.toml").exists()
    except FileNotFoundError:
        drawn = False
    if not drawn:
        return "", ""
    command = f"postwar practice {slug}"
    said = "writes a set with fresh numbers and questions, as often as you like."
    return f"<p><strong>Practise.</strong> <code>{command}</code> {said}</p>", f"{command} {said}"


def overview() -> Page:
    """The map of the course: every lesson with its question, minutes and progress, and its assignment's progress."""
    rows, lines = [], []
    for item in LESSONS:
        done, total = progress(reader_folder() / item.notebook)
        files = sorted((reader_folder().parent / "exercises" / item.slug).glob("*.ipynb"))
        counts = [progress(path) for path in files]
        answered, asked = (sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0)
        rows.append(
            f'<tr><td>{item.number}</td><td style="text-align:left"><a href="{item.notebook}">{escape(item.title)}</a><br>'
            f"<small>{escape(item.question)}</small></td><td>{item.minutes}&nbsp;min</td>"
            f"<td class='postwar-saved'>{_bar(done, total, f'Lesson {item.number}')}</td>"
            f"<td class='postwar-saved'>{_bar(answered, asked, f'Quiz {item.number}')}</td></tr>"
        )
        lines.append(f"{item.number} {item.title}: lesson {done} of {total}, quiz {answered} of {asked}")
    practised, practised_text = _practised()
    saved = "".join(f"<th class='postwar-saved'>{name}</th>" for name in ("Lesson answered", "Quiz answered"))
    head = f"<tr><th>No.</th><th>Lesson</th><th>Time</th>{saved}</tr>"
    return Page(
        f"{_TABLE_STYLE}<table class='postwar-table'><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>{practised}",
        "\n".join(lines) + practised_text,
    )


def table(frame) -> Page:
    """A DataFrame to read: texts left-aligned and wrapped, days without hours, no row numbers."""
    days = {name: column.dt.strftime("%Y-%m-%d") for name, column in frame.select_dtypes("datetime").items()}
    frame = frame.assign(**days).astype(object).where(frame.notna(), "")
    html = frame.to_html(index=False, border=0, justify="left", classes="postwar-table")
    html = re.sub("<td>([^<]{1,14})</td>", r'<td style="white-space: nowrap">\1</td>', html)  # a date stays in one line
    return Page(_TABLE_STYLE + html, frame.to_string(index=False))
