"""Practice without end: fresh sets of an assignment beside a learner's own.

A set is a folder ``practice/<slug>-<number>/``. Its notebooks carry what it was drawn from; `postwar.standing` keeps what `postwar mark`
found, and says what to repeat.
"""

import datetime
import secrets
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

from postwar import course, data, paths, standing
from postwar.copies.inspect import read_notebook
from postwar.editions import given, quiz
from postwar.editions.edition import Edition, Source, released
from postwar.editions.problems import names_of
from postwar.editions.versions import alike

# -- writing a set -------------------------------------------------------------------------------------------------------


def write(slug: str, objective: str | None = None, home: Path | None = None) -> Path:
    """Write the next set of an assignment (or of one objective of it) below ``home/practice``; return its folder.

    Its numbers are in no earlier set there and not in the assignment itself.

    Raises
    ------
    ValueError : there is no such assignment or objective, or nothing in it can be practised.
    """
    lesson = course.lesson(slug)
    if objective and objective not in lesson.objectives:
        raise ValueError(f"{slug} has no objective {objective!r}; it has {', '.join(lesson.objectives)}")
    home = (home or paths.working_copy()) / "practice"
    earlier = [(standing.number(folder), standing.origin(folder)) for folder in standing.sets(home, slug)]
    number = max((n for n, _ in earlier), default=0) + 1
    seed = next((origin["seed"] for _, origin in earlier), None) or secrets.token_hex(16)
    origin = {"assignment": slug, "seed": seed, "set": number} | ({"objective": objective} if objective else {})
    notebooks = _solutions(origin)
    if not notebooks:
        raise ValueError(
            f"{objective or slug} is assessed by what a person reads; there is nothing that can be drawn anew"
        )
    folder = home / f"{slug}-{number}"
    folder.mkdir(parents=True)
    for name, notebook in notebooks.items():
        nbformat.write(released(notebook), folder / f"{name}.ipynb")
    return folder


def solutions_of(path: Path) -> tuple[str, dict[str, NotebookNode]] | None:
    """The assignment and the solutions of the practice set that a folder or notebook is; None where it is none.

    Raises ValueError where the set was made by another release of the course.
    """
    folder = path if path.is_dir() else path.parent
    origin = standing.origin(folder)
    if origin is None:
        return None
    notebooks = _solutions(origin)
    for name, notebook in notebooks.items():
        file = folder / f"{name}.ipynb"
        if file.exists() and alike(read_notebook(file), notebook) < 1 / 2:
            raise ValueError(
                f"{folder.name} was made by another release of the course, so its keys are not known any more. "
                f"`postwar practice {origin['assignment']}` writes a new set"
            )
    return origin["assignment"], notebooks


def _solutions(origin: dict) -> dict[str, NotebookNode]:
    slug, objective = origin["assignment"], origin.get("objective")
    source = Source(slug, paths.solutions())
    edition, before = None, ()
    for number in range(1, origin["set"] + 1):
        edition = source.draw(bytes.fromhex(origin["seed"]), f"practice-{number}", before, fresh=True)
        before += (edition,)
    found = {name: _selected(source, edition, name, objective) for name in edition.solutions}
    for notebook in filter(None, found.values()):
        notebook.metadata["postwar"] = {"practice": origin}
        notebook.cells[0].source = _title(origin)
    return {name: notebook for name, notebook in found.items() if notebook}


def _title(origin):
    lesson = course.lesson(origin["assignment"])
    goal = origin.get("objective")
    aim = f" on **{goal}**: {lesson.objectives[goal]}" if goal else ""
    folder = f"practice/{lesson.slug}-{origin['set']}"
    return (
        f"# Practice {origin['set']} · {lesson.title}\n\nFresh numbers and questions{aim}. Nothing here is handed in. Run the cells "
        f"from top to bottom; write your answers where it says `{'# YOUR ANSWER HERE'}`, or click an option. Then save, and\n\n"
        f"```\npostwar mark {folder}\n```\n\nin a terminal marks it and opens the explanations. {standing.RULE}"
    )


def _selected(source: Source, edition: Edition, name: str, objective: str | None) -> NotebookNode | None:
    """The notebook without essays, without tasks whose numbers are used up, and with those on one objective only."""
    notebook = edition.solutions[name]
    drawn = edition.numbers[name]
    gone = {stretch.name for stretch in source.notebooks[name].stretches[1:] if stretch.name not in drawn}
    first, *sections = _sections(notebook.cells)
    kept = [section for section in sections if _wanted(section, objective)]
    while True:  # a task may rest on the numbers of another one
        reads = {
            word
            for section in kept
            for cell in section
            if cell.cell_type == "code"
            for word in names_of(cell.source)[0]
        }
        more = [section for section in sections if section not in kept and reads & _given(section)]
        if not more:
            break
        kept += more
    lost = {word for section in sections for cell in section if cell.id in gone for word in given.read(cell)}
    kept = [section for section in sections if section in kept and not _reads(section) & lost]
    if not kept:
        return None
    made = nbformat.from_dict(notebook)
    made.cells = [*first, *(cell for section in kept for cell in section)]
    return made


def _sections(cells) -> list[list[NotebookNode]]:
    """The cells before the first task, then those of each task or question; what closes the notebook is left out."""
    sections, by_heading = [[]], any(_is_heading(cell) for cell in cells)
    for cell in cells:
        if cell.id == "hand-in":
            continue
        if _is_heading(cell) if by_heading else quiz.is_question(cell):
            sections.append([])
        sections[-1].append(cell)
    return sections


def _is_heading(cell):
    return cell.cell_type == "markdown" and cell.source.startswith("## ")


def _wanted(section, objective):
    if any(is_grade(cell) and is_solution(cell) for cell in section):
        return False
    tests = [cell for cell in section if is_grade(cell)]
    return any(objective in (None, cell.metadata.get("postwar", {}).get("objective")) for cell in tests)


def _given(section):
    return {word for cell in section if given.is_given(cell) for word in given.read(cell)}


def _reads(section):
    return {
        word
        for cell in section
        if cell.cell_type == "code"
        for word in names_of(cell.source)[0] | names_of(cell.source)[1]
    }


# -- what was marked -----------------------------------------------------------------------------------------------------


def record(path: Path, scores, today: datetime.date | None = None) -> None:
    """Keep what was found in a set. ``scores`` have ``item``, ``points`` (None counts as 0) and ``maximum``."""
    folder = path if path.is_dir() else path.parent
    _, notebooks = solutions_of(folder)
    objectives = {
        cell.metadata.nbgrader.grade_id: cell.metadata.get("postwar", {}).get("objective", "")
        for notebook in notebooks.values()
        for cell in notebook.cells
        if is_grade(cell)
    }
    earned = ((objectives[score.item], score.points or 0, score.maximum) for score in scores)
    standing.keep(folder, earned, today or datetime.date.today())


# -- the command ---------------------------------------------------------------------------------------------------------


def main(slug: str | None, objective: str | None) -> int:
    """``postwar practice [ASSIGNMENT] [--objective LO4.2]``: write a set; or without an assignment say what to repeat."""
    from rich.console import Console

    console = Console()
    home = paths.working_copy()
    if slug is None:
        show(home, console)
        return 0
    try:
        with console.status("Drawing fresh numbers."):
            folder = write(slug, objective, home)
    except (ValueError, FileNotFoundError) as error:
        console.print(str(error), style="red", highlight=False)
        return 1
    console.print(f"Written: {folder}", highlight=False, soft_wrap=True)
    for file in sorted(folder.glob("*.ipynb")):
        console.print(f"  {file.name}", highlight=False)
    console.print(
        f"When you have answered and saved: postwar mark practice/{folder.name}", highlight=False, soft_wrap=True
    )
    return 0


def show(home: Path, console) -> None:
    """Print the learner's standing and what to repeat next."""
    from rich.table import Table

    found = standing.standings(home)
    if not found:
        console.print("Nothing is practised yet. `postwar practice 04-deterrence` writes a first set.", highlight=False)
        return
    today = datetime.date.today()
    table = Table("Objective", "", "Sets", "Right in a row", "Mastered", "Repeat")
    for each in found:
        due = "now" if each.due <= today else f"on {data.spell_date(each.due)}"
        goal = course.lesson(each.assignment).objectives.get(each.objective, "")
        table.add_row(
            each.objective, goal, str(each.sets), str(each.in_a_row), "yes" if each.mastered else "not yet", due
        )
    console.print(table)
    console.print(standing.RULE, highlight=False)
    first = found[0]
    when = "Next" if first.due <= today else f"Nothing is due before {data.spell_date(first.due)}; then"
    console.print(f"{when}: {first.command}", highlight=False, soft_wrap=True)
