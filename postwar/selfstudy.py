"""Mark one's own copy of an assignment, with nbgrader and its hidden tests, in a throw-away course folder."""

import datetime
import os
import re
import shutil
import sysconfig
import tempfile
import warnings
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat

from postwar import standing
from postwar.assignments import progress
from postwar.copies import encoding
from postwar.copies.inspect import assignment_of, inspect, read_notebook
from postwar.copies.shown import shown
from postwar.editions import practice
from postwar.grading import refusals
from postwar.grading.sandbox import Limits
from postwar.paths import COURSE, working_copy
from postwar.paths import solutions as keys

_LEARNER = "you"
_CAUSE = re.compile(r"^\s*([\w.]+(?:Error|Exception|Entry): .+)$", re.MULTILINE)


@dataclass(frozen=True)
class Score:
    """Points of one item; None where a person has to judge."""

    notebook: str
    item: str
    points: float | None
    maximum: float


def grade(path: Path, feedback: Path, *, model_essays: bool = False) -> list[Score]:
    """Grade the notebooks at ``path`` (a folder or one notebook) and write a feedback page for each into ``feedback``.

    Marks of a whole assignment are kept beside the pages; those of earlier ones, in the folders beside it, are shown on them.

    With ``model_essays`` the pages show one under each essay.
    Nothing at ``path`` is changed. Raises FileNotFoundError or ValueError where there is nothing to grade, RuntimeError
    with nbgrader's message where it stops.
    """
    practised = practice.solutions_of(path)
    slug = practised[0] if practised else assignment_of(path)
    with tempfile.TemporaryDirectory(prefix="postwar-") as temporary:
        course = Path(temporary)
        solutions = course / "solutions" / slug
        if practised:
            solutions.mkdir(parents=True)
            for name, notebook in practised[1].items():
                nbformat.write(notebook, solutions / f"{name}.ipynb")
        else:
            _refuse_class_copies(path)
            shutil.copytree(keys() / slug, solutions)
        if path.is_dir():
            _refuse_links(path)  # a downloaded folder may lead anywhere, and what it leads to would be copied
        notebooks = [path] if path.is_file() else sorted(path.glob("*.ipynb"))
        wanted = {source.name for source in solutions.glob("*.ipynb")}
        notebooks = [notebook for notebook in notebooks if notebook.name in wanted]
        if not notebooks:
            raise FileNotFoundError(f"{path} holds none of the notebooks of {slug}: {', '.join(sorted(wanted))}.")
        submitted = course / "submitted" / _LEARNER / slug
        shutil.copytree(path, submitted) if path.is_dir() else submitted.mkdir(parents=True)
        for notebook in notebooks:
            read_notebook(notebook)
            # As `postwar grade` reads it; nbgrader reads plain UTF-8 alone.
            (submitted / notebook.name).write_text(encoding.read(notebook), encoding="utf-8")
        # A practice set is no step of the course: `postwar practice` says how far these are.
        earlier = {} if practised else progress.alone(feedback.parent, slug)
        scores = _run_nbgrader(course, slug, model_essays, earlier)
        feedback.mkdir(parents=True, exist_ok=True)
        for notebook in notebooks:
            shutil.copy(course / "feedback" / _LEARNER / slug / f"{notebook.stem}.html", feedback)
        graded = {notebook.stem for notebook in notebooks}
        scores = [score for score in scores if score.notebook in graded]
        if not practised and graded == {Path(name).stem for name in wanted}:
            standing.keep(feedback, progress.rows_of(slug, scores), datetime.date.today())
    return scores


def _refuse_links(folder: Path) -> None:
    """Raises ValueError where a folder holds links or devices, or more than `postwar grade` takes."""
    try:
        refusals.check_folder(folder, Limits())
    except refusals.Refused as error:
        raise ValueError(str(error)) from None


def _refuse_class_copies(path: Path) -> None:
    """A copy that a class gave out is marked by the class: raises ValueError before anything is told of it."""
    for file in [path] if path.is_file() else sorted(path.rglob("*.ipynb")):
        try:
            notebook = read_notebook(file)
        except ValueError:
            continue  # said later, with what is wrong
        if "edition" in notebook.metadata.get("postwar", {}):
            raise ValueError(
                f"{file.name} was given out by a class, which marks it after the deadline; hand it in there. "
                f"To practise meanwhile: postwar practice, or the course’s own assignment in {working_copy() / 'exercises'}"
            )


def mark(path: Path, open_page: bool = True, model_essays: bool = False) -> int:
    """Grade a copy, print the points of every item, and open its feedback pages; returns the exit status."""
    from rich.console import Console

    console = Console()
    try:
        practised = practice.solutions_of(path) is not None
        slug = (path.resolve() if path.is_dir() else path.resolve().parent).name if practised else assignment_of(path)
        feedback = Path.cwd() / "feedback" / slug
        with console.status(f"Marking {slug} with nbgrader; this takes some ten seconds."):
            scores = grade(path, feedback, model_essays=model_essays)
    except FileNotFoundError as error:
        console.print(shown(str(error)), style="red", highlight=False)
        return 1
    except (ValueError, RuntimeError) as error:
        console.print(f"Not marked: {shown(str(error))}.", style="red", highlight=False)
        console.print(f"`postwar doctor {shown(str(path))}` looks for damage and says how to mend it.", highlight=False)
        return 1
    console.print(_table(slug, scores))
    if practised:
        practice.record(path, scores)
        practice.show((path.resolve() if path.is_dir() else path.resolve().parent).parents[1], console)
    else:
        for finding in inspect(path):
            if not finding.cell:
                console.print(shown(f"{finding.notebook}: {finding.what}. {finding.repair}"), highlight=False)
    if not model_essays and any(score.points is None for score in scores):
        console.print(
            f"When your essay is written, compare it with a model: postwar mark {shown(str(path))} --model-essays",
            highlight=False,
            soft_wrap=True,
        )
    pages = [feedback / f"{notebook}.html" for notebook in dict.fromkeys(score.notebook for score in scores)]
    for page in pages:
        console.print(f"What the marks mean: {page}", soft_wrap=True, highlight=False)
        if open_page:
            webbrowser.open(page.as_uri())
    return 0


def _table(slug: str, scores: list[Score]):
    from rich.table import Table

    table = Table("Notebook", "Item", title=slug, title_justify="left", show_footer=True)
    marked = [score for score in scores if score.points is not None]
    total, maximum = sum(score.points for score in marked), sum(score.maximum for score in marked)
    table.add_column("Points", justify="right", footer=f"{total:g} of {maximum:g}")
    for score in scores:
        points = "read it with its mark scheme" if score.points is None else f"{score.points:g} of {score.maximum:g}"
        table.add_row(score.notebook, score.item.replace("-", " "), points)
    return table


def _run_nbgrader(course: Path, slug: str, model_essays: bool, earlier: progress.Reached) -> list[Score]:
    from nbgrader.api import Gradebook
    from nbgrader.apps import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import PyFileConfigLoader

    config = PyFileConfigLoader("nbgrader_config.py", path=str(COURSE)).load_config()
    config.CourseDirectory.root = str(course)
    config.FeedbackView.model_essays = str(course / "solutions" / slug) if model_essays else ""
    config.FeedbackView.earlier = earlier
    # Warming kernels up pays off for a class, not for one copy: keep nbgrader's own steps.
    config.Autograde.pop("autograde_preprocessors", None)
    # Nothing of a finished notebook is worth waiting for, and a kernel's notes on its transport help no learner.
    config.Execute.shutdown_kernel = "immediate"
    config.Execute.extra_arguments = ["--HistoryManager.hist_file=:memory:", "--log-level=ERROR"]
    directory = CourseDirectory(config=config)
    api = NbGraderAPI(directory, config=config)
    with _scripts_on_path(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SQLAlchemy's, about nbgrader's own code
        _done(api.generate_assignment(slug))
        graded = api.autograde(slug, _LEARNER)
        if "Kernel died before replying" in graded.get("log", ""):
            # A port is picked before the kernel takes it; another program was quicker.
            graded = api.autograde(slug, _LEARNER)
        _done(graded)
        _done(api.generate_feedback(slug, _LEARNER))
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        submission = gradebook.find_submission(slug, _LEARNER)
        return [
            Score(notebook.name, grade.name, None if grade.needs_manual_grade else grade.score, grade.max_score)
            for notebook in sorted(submission.notebooks, key=lambda notebook: notebook.name)
            for grade in _in_order(notebook)
        ]


def _in_order(notebook) -> list:
    """The grades of a submitted notebook in the order of its cells."""
    order = [cell.name for cell in notebook.notebook.source_cells]
    return sorted(notebook.grades, key=lambda grade: order.index(grade.name))


def _done(result: dict) -> None:
    if not result["success"]:
        said = f"{result.get('error', '')}\n{result.get('log', '')}".strip()
        # nbgrader ends with "see the above traceback", which nobody sees here.
        causes = [line for line in _CAUSE.findall(said) if "NbGraderException" not in line]
        raise RuntimeError(f"nbgrader stopped with {(causes or said.splitlines() or ['no reason'])[-1]}")


@contextmanager
def _scripts_on_path() -> Iterator[None]:
    """nbgrader looks for alembic on the PATH, where it is only in an activated environment."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before
