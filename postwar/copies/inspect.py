"""Look over a copy of an assignment before it is handed in: what is missing, damaged or still blank, and how to mend it."""

import ast
import contextlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import nbformat
from nbformat import NotebookNode

from postwar.copies import names
from postwar.paths import EXERCISES

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
    slugs = sorted(each.name for each in EXERCISES.iterdir() if each.is_dir())
    if folder.name in slugs:
        return folder.name
    cells = _cells_below(path)
    shared = {slug: len(cells & set().union(*map(_graded, _source(slug).values()))) for slug in slugs}
    best = max(shared, key=shared.get)
    if not shared[best]:
        raise ValueError(f"{path} is no assignment of this course; those are {', '.join(slugs)}")
    return best


def inspect(path: Path) -> list[Finding]:
    """Compare a copy (a folder or one notebook) with the assignment as released; return what is to be mended."""
    slug = assignment_of(path)
    source = _source(slug)
    root = path if path.is_dir() else path.parent
    files = [file for file in root.rglob("*.ipynb*") if file.is_file()] if path.is_dir() else [path]
    times = {PurePosixPath(file.relative_to(root)): file.stat().st_mtime for file in files}
    matched = names.match(times, source, times)
    found = []
    for name in source if path.is_dir() else matched.files:
        if name in matched.ambiguous:
            several = ", ".join(map(str, matched.ambiguous[name]))
            what = f"several files could be this notebook: {several}"
            found.append(Finding(f"{name}.ipynb", "", what, f"Keep one of them, under the name {name}.ipynb."))
            continue
        if name in matched.missing:
            repair = f"{_FRESH} Its name must be {name}.ipynb."
            found.append(Finding(f"{name}.ipynb", "", "the notebook is missing", repair))
            continue
        file = root / matched.files[name]
        if name in matched.notes:
            repair = f"Keep the one that you mean, under the name {name}.ipynb."
            found.append(Finding(f"{name}.ipynb", "", matched.notes[name], repair))
        try:
            found += _compare(file.name, read_notebook(file), source[name])
        except (ValueError, RecursionError, MemoryError) as error:
            what = str(error) or f"the notebook {file.name} is nested too deeply"
            found.append(Finding(file.name, "", what, "Restore an earlier version, or answer a fresh copy."))
    return found


def report(path: Path) -> int:
    """Print what is to be mended in a copy; returns 0 if it is ready to hand in, else 1."""
    from rich.console import Console
    from rich.markup import escape

    console = Console()
    try:
        found = inspect(path)
    except (FileNotFoundError, ValueError) as error:
        console.print(str(error), style="red", highlight=False, markup=False)
        return 1
    if not found:
        console.print(f"{escape(str(path))} is complete: every question is answered and no graded cell is damaged.")
        return 0
    console.print(f"{len(found)} to mend in {escape(str(path))}:")
    alike = {}
    for finding in found:
        cells = alike.setdefault((finding.what, finding.repair), {})
        cells.setdefault(finding.notebook, []).append(finding.cell)
    for (what, repair), notebooks in alike.items():
        console.print(f"\n[bold]{escape(what[0].upper() + what[1:])}.[/bold] {escape(repair)}", highlight=False)
        for notebook, cells in notebooks.items():
            console.print(f"  {notebook}{': ' if any(cells) else ''}{', '.join(cells)}", highlight=False, markup=False)
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
    name = _grade_id(cell)
    if cell.cell_type == "markdown":
        blank = cell.source.strip() in ("", original.source.strip())
        return [Finding(file, name, "the text is still to be written", "Write it in this cell.")] if blank else []
    try:
        given = ast.parse(cell.source)
    except SyntaxError as error:
        what, repair = f"Python cannot read line {error.lineno}: {error.msg}", _advice(cell.source)
    except (ValueError, RecursionError, MemoryError):
        what = "Python cannot read the cell: it holds a forbidden character or is nested too deeply"
        repair = "Write the answer anew in a few plain lines."
    else:
        what, repair = _half_filled(given, ast.parse(original.source), cell.source)
    return [Finding(file, name, what, repair)] if what else []


def _half_filled(given: ast.Module, stub: ast.Module, source: str) -> tuple[str, str]:
    """What an answer still lacks and how to give it; two empty texts where it lacks nothing."""
    if "= ask(" in ast.unparse(stub):
        return (
            ("", "")
            if _has_answer(given)
            else ("no option is chosen", 'Click one, or add answer="…" to the call; then save.')
        )
    if ast.dump(given) == ast.dump(stub):
        return "the answer is still blank", "Write it where it says # YOUR ANSWER HERE; then save."
    if "# YOUR ANSWER HERE" in source:
        return "the line # YOUR ANSWER HERE is left", "Delete the line if you have answered."
    if empty := _still_none(given) & _still_none(stub):
        what = f"{', '.join(sorted(empty))} {'is' if len(empty) == 1 else 'are'} still None"
        return what, "Put your answer in the place of None and run the cell."
    return "", ""


def _still_none(tree: ast.Module) -> set[str]:
    """The names to which a cell gives nothing but None."""
    nodes = list(ast.walk(tree))
    empty = [node for node in nodes if isinstance(node, ast.Assign) and getattr(node.value, "value", "") is None]
    none = {id(target) for node in empty for target in node.targets}
    stored = [node for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    defined = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return {node.id for node in stored} - {node.id for node in stored if id(node) not in none} - defined


def _advice(source: str) -> str:
    """How to mend a cell that Python cannot read, by what is commonly the cause."""
    if any(line.startswith(("<<<<<<<", ">>>>>>>")) for line in source.splitlines()):
        return "Two versions were merged: keep one and delete the lines that start with <<<<<<<, ======= and >>>>>>>."
    if set(source) & set("“”„‘’‚«»"):
        return "It holds curly quotes, which a word processor makes: type straight ones, \" or ', in their place."
    return "Correct the line and run the cell."


def _has_answer(tree: ast.AST) -> bool:
    keywords = [keyword for node in ast.walk(tree) if isinstance(node, ast.Call) for keyword in node.keywords]
    answers = [getattr(keyword.value, "value", True) for keyword in keywords if keyword.arg == "answer"]
    return any(
        str(answer or "").strip() and "-" not in str(answer) for answer in answers
    )  # a dash stands for a claim left open


def _cells_below(path: Path) -> set[str]:
    """The graded cells of all notebooks that can be read."""
    cells = set()
    for notebook in _notebooks(path):
        with contextlib.suppress(ValueError):
            cells |= _graded(read_notebook(notebook))
    return cells


def _notebooks(path: Path) -> list[Path]:
    return sorted(file for file in path.rglob("*.ipynb") if file.is_file()) if path.is_dir() else [path]


def _source(slug: str) -> dict[str, NotebookNode]:
    return {path.stem: read_notebook(path) for path in _notebooks(EXERCISES / slug)}


def read_notebook(path: Path) -> NotebookNode:
    """The notebook at ``path``; raises ValueError where it is none."""
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:  # a damaged file fails nbformat in many ways
        raise ValueError(f"the notebook {path.name} cannot be read ({type(error).__name__})") from error


def _graded(notebook: NotebookNode) -> set[str]:
    return {_grade_id(cell) for cell in notebook.cells} - {""}


def _grade_id(cell: NotebookNode) -> str:
    claim = cell.metadata.get("nbgrader", {})
    name = claim.get("grade_id", "") if isinstance(claim, dict) else ""
    return name if isinstance(name, str) else ""
