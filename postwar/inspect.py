"""Look over a copy of an assignment before it is handed in: what is missing, damaged or still blank, and how to mend it."""

import ast
import copy
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from postwar.paths import SOLUTIONS

_FRESH = "Copy it back from a fresh copy of the assignment."


@dataclass(frozen=True)
class Finding:
    """Something to mend: where, what, and how."""

    notebook: str
    cell: str
    what: str
    repair: str


def assignment_of(path: Path) -> str:
    """The slug of the assignment that a folder or notebook belongs to, by its name or else by the cells in it.

    Raises FileNotFoundError where there is nothing at ``path``, ValueError where it is no assignment of this course.
    """
    if not path.exists():
        raise FileNotFoundError(f"There is nothing at {path}. Give an assignment's folder or one of its notebooks.")
    folder = path.resolve() if path.is_dir() else path.resolve().parent
    slugs = sorted(each.name for each in SOLUTIONS.iterdir() if each.is_dir())
    if folder.name in slugs:
        return folder.name
    cells = {name for notebook in _notebooks(path) for name in _graded(read_notebook(notebook))}
    shared = {slug: len(cells & set().union(*map(_graded, _source(slug).values()))) for slug in slugs}
    best = max(shared, key=shared.get)
    if not shared[best]:
        raise ValueError(f"{path} is no assignment of this course; those are {', '.join(slugs)}")
    return best


def inspect(path: Path) -> list[Finding]:
    """Compare a copy (a folder or one notebook) with the assignment as it was written; return what is to be mended."""
    slug = assignment_of(path)
    found = []
    for name, source in _source(slug).items():
        file = path / f"{name}.ipynb" if path.is_dir() else path
        if file.stem != name:
            continue
        if not file.exists():
            found.append(Finding(file.name, "", "the notebook is missing", f"{_FRESH} Its name must be {file.name}."))
            continue
        try:
            found += _compare(file.name, read_notebook(file), source)
        except ValueError as error:
            found.append(Finding(file.name, "", str(error), "Restore an earlier version, or answer a fresh copy."))
    return found


def report(path: Path) -> int:
    """Print what is to be mended in a copy; returns 0 if it is ready to hand in, else 1."""
    from rich.console import Console

    console = Console()
    try:
        found = inspect(path)
    except (FileNotFoundError, ValueError) as error:
        console.print(str(error), style="red", highlight=False)
        return 1
    if not found:
        console.print(f"{path} is complete: every question is answered and no graded cell is damaged.")
        return 0
    console.print(f"{len(found)} to mend in {path}:")
    alike = {}
    for finding in found:
        cells = alike.setdefault((finding.what, finding.repair), {})
        cells.setdefault(finding.notebook, []).append(finding.cell)
    for (what, repair), notebooks in alike.items():
        console.print(f"\n[bold]{what[0].upper()}{what[1:]}.[/bold] {repair}", highlight=False)
        for notebook, cells in notebooks.items():
            console.print(f"  {notebook}{': ' if any(cells) else ''}{', '.join(cells)}", highlight=False)
    return 1


def _compare(file: str, copied: NotebookNode, source: NotebookNode) -> list[Finding]:
    counts = Counter(_grade_id(cell) for cell in copied.cells if _grade_id(cell))
    cells = {_grade_id(cell): cell for cell in copied.cells}
    found = []
    for original in source.cells:
        name = _grade_id(original)
        if not name:
            continue
        if not counts[name]:
            found.append(Finding(file, name, "the cell is missing", f"Undo its deletion. {_FRESH}"))
        elif counts[name] > 1:
            what = f"the cell is there {counts[name]} times"
            found.append(Finding(file, name, what, "Keep the one that you mean and delete the others."))
        elif cells[name].cell_type != original.cell_type:
            what = f"the cell was turned into a {cells[name].cell_type} cell"
            found.append(
                Finding(file, name, what, f"Turn it back into a {original.cell_type} cell (menu of the toolbar).")
            )
        elif original.metadata.nbgrader.solution and original.metadata.nbgrader.get("points") != 0:  # 0: optional
            found += _unanswered(file, cells[name], original)
    for name in counts.keys() - {_grade_id(cell) for cell in source.cells}:
        what = "the assignment has no such cell: it was renamed, or your copy is of an older release"
        found.append(Finding(file, name, what, "Move your answers into a fresh copy of the assignment."))
    return found


def _unanswered(file: str, cell: NotebookNode, original: NotebookNode) -> list[Finding]:
    name, released = _grade_id(cell), _released(original)
    if cell.cell_type == "markdown":
        blank = cell.source.strip() in ("", released.source.strip())
        return [Finding(file, name, "the text is still to be written", "Write it in this cell.")] if blank else []
    try:
        given, stub = ast.parse(cell.source), ast.parse(released.source)
    except SyntaxError as error:
        what = f"Python cannot read line {error.lineno}: {error.msg}"
        return [Finding(file, name, what, "Correct the line and run the cell.")]
    is_question = "= ask(" in released.source
    if is_question and not _has_answer(given):
        return [Finding(file, name, "no option is chosen", 'Click one, or add answer="…" to the call; then save.')]
    if not is_question and ast.dump(given) == ast.dump(stub):
        return [
            Finding(file, name, "the answer is still blank", "Write it where it says # YOUR ANSWER HERE; then save.")
        ]
    if "# YOUR ANSWER HERE" in cell.source:
        return [Finding(file, name, "the line # YOUR ANSWER HERE is left", "Delete the line if you have answered.")]
    return []


def _has_answer(tree: ast.AST) -> bool:
    keywords = [keyword for node in ast.walk(tree) if isinstance(node, ast.Call) for keyword in node.keywords]
    answers = [getattr(keyword.value, "value", True) for keyword in keywords if keyword.arg == "answer"]
    return any(answer and "-" not in str(answer) for answer in answers)  # a dash stands for a claim left open


def _released(cell: NotebookNode) -> NotebookNode:
    from nbgrader.preprocessors import ClearSolutions

    # The stubs of nbgrader_config.py; the cell is copied because the preprocessor changes it.
    clear = ClearSolutions(code_stub={"python": "# YOUR ANSWER HERE"})
    return clear.preprocess_cell(copy.deepcopy(cell), {"language": "python"}, 0)[0]


def _notebooks(path: Path) -> list[Path]:
    return sorted(path.glob("*.ipynb")) if path.is_dir() else [path]


def _source(slug: str) -> dict[str, NotebookNode]:
    return {path.stem: read_notebook(path) for path in _notebooks(SOLUTIONS / slug)}


def read_notebook(path: Path) -> NotebookNode:
    """The notebook at ``path``; raises ValueError where it is none."""
    try:
        return nbformat.read(path, as_version=4)
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, UnicodeDecodeError) as error:
        raise ValueError(f"the notebook {path.name} cannot be read ({type(error).__name__})") from error


def _graded(notebook: NotebookNode) -> set[str]:
    return {_grade_id(cell) for cell in notebook.cells} - {""}


def _grade_id(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")
