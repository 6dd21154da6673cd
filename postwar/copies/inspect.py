"""Look over a copy of an assignment before it is handed in: what is missing, damaged or still blank, and how to mend it."""

import ast
import contextlib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

import nbformat
from nbformat import NotebookNode

from postwar.copies import encoding, folders, handin, names
from postwar.copies.handin import grade_id as _grade_id
from postwar.copies.release import Release
from postwar.copies.shown import shown
from postwar.paths import EXERCISES

_LARGEST = 20 << 20
_MOST_FILES = 5000
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
    if not path.is_dir() and not path.is_file():
        raise ValueError(f"{path} is neither a folder nor a file, but a device or a pipe")
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
    files = _files(path)
    times = {PurePosixPath(file.relative_to(root)): file.stat().st_mtime for file in files}
    matched = names.match(times, source, times)
    archives = sorted(each.name for each in times if each.suffix.lower() in folders.ARCHIVES)
    found = []
    for name in source if path.is_dir() else matched.files:
        if name in matched.ambiguous:
            several = ", ".join(map(str, matched.ambiguous[name]))
            what = f"several files could be this notebook: {several}"
            found.append(Finding(f"{name}.ipynb", "", what, f"Keep one of them, under the name {name}.ipynb."))
            continue
        if name in matched.missing:
            packed = f"It may be in {', '.join(archives)}: unpack it here. Or copy" if archives else "Copy"
            repair = f"{packed} it back from a fresh copy of the assignment. Its name must be {name}.ipynb."
            found.append(Finding(f"{name}.ipynb", "", "the notebook is missing", repair))
            continue
        file = root / matched.files[name]
        if name in matched.notes:
            repair = f"Keep the one that you mean, under the name {name}.ipynb."
            found.append(Finding(f"{name}.ipynb", "", matched.notes[name], repair))
        try:
            found += _compare(file.name, read_notebook(file), source[name], slug)
        except Exception as error:  # a notebook in form only can fail anywhere
            known = isinstance(error, ValueError) and str(error)
            what = str(error) if known else f"the notebook {file.name} is damaged ({type(error).__name__})"
            found.append(Finding(file.name, "", what, "Restore an earlier version, or answer a fresh copy."))
    return found


def report(path: Path) -> int:
    """Print what is to be mended in a copy; returns 0 if it is ready to hand in, else 1."""
    from rich.console import Console

    console = Console()
    try:
        found = inspect(path)
    except (FileNotFoundError, ValueError) as error:
        console.print(shown(str(error)), style="red", highlight=False)
        return 1
    if not found:
        console.print(f"{shown(str(path))} is complete: every question is answered and no graded cell is damaged.")
        return 0
    console.print(f"{len(found)} to mend in {shown(str(path))}:")
    alike = {}
    for finding in found:
        cells = alike.setdefault((finding.what, finding.repair), {})
        cells.setdefault(finding.notebook, []).append(finding.cell)
    for (what, repair), notebooks in alike.items():
        console.print(f"\n[bold]{shown(what[0].upper() + what[1:])}.[/bold] {shown(repair)}", highlight=False)
        for notebook, cells in notebooks.items():
            console.print(shown(f"  {notebook}{': ' if any(cells) else ''}{', '.join(cells)}"), highlight=False)
    return 1


def _compare(file: str, copied: NotebookNode, source: NotebookNode, slug: str) -> list[Finding]:
    if other := _another(copied, source, slug):
        return [Finding(file, "", f"this is {other}", "Put the right notebook under this name.")]
    counts = Counter(_grade_id(cell) for cell in copied.cells if _grade_id(cell))
    cells = {_grade_id(cell): cell for cell in copied.cells}
    answers = {_grade_id(cell): cell.source for cell in source.cells if _is_answer(cell)}
    marked = {
        name: stub for name, stub in answers.items() if name not in {_grade_id(cell) for cell in Release(source).essays}
    }
    odd = {each.cell: each for each in handin.oddities(copied.cells, marked)}
    beside = _beside(file, copied.cells, Release(source))
    given = set().union(*(handin.defined(cell) for cell in copied.cells if not _grade_id(cell)))
    found = []
    for original in source.cells:
        name = _grade_id(original)
        if not name:
            continue
        if not counts[name]:
            found.append(Finding(file, name, "the cell is missing", f"Undo its deletion. {_FRESH}"))
        elif counts[name] > 1:
            what = f"the cell is there {counts[name]} times"
            repair = "If you split it, merge the parts (Edit, Merge Selected Cells); else keep the one that you mean."
            found.append(Finding(file, name, what, repair))
        elif cells[name].cell_type != original.cell_type:
            what = f"the cell was turned into a {cells[name].cell_type} cell"
            found.append(
                Finding(file, name, what, f"Turn it back into a {original.cell_type} cell (menu of the toolbar).")
            )
        elif (
            name not in {*odd, *(each.cell for each in beside)}
            and name in answers
            and original.metadata.nbgrader.get("points") != 0
        ):  # 0: optional
            found += _unanswered(file, cells[name], original, given)
    found += [Finding(file, each.cell, each.what, each.repair) for each in odd.values()]
    for name in counts.keys() - {_grade_id(cell) for cell in source.cells}:
        what = "the assignment has no such cell: it was renamed, or your copy is of an older release"
        found.append(Finding(file, name, what, "Move your answers into a fresh copy of the assignment."))
    return found + beside


def _is_answer(cell):
    return bool(_grade_id(cell)) and cell.metadata.nbgrader.solution


def _another(copied, source, slug) -> str:
    """Which other notebook a copy is, for the most part; empty where it is the right one."""
    ids = _graded(copied)
    best, name = 0, ""
    for other in sorted(each.name for each in EXERCISES.iterdir() if each.is_dir()):
        for notebook, released in _source(other).items():
            shared = len(ids & _graded(released))
            if shared > best:
                best, name = shared, f"{notebook}.ipynb{'' if other == slug else f' of {other}'}"
    return name if len(ids) > 1 and 2 * len(ids & _graded(source)) < min(len(ids), best) else ""


def _beside(file, cells, release: Release) -> list[Finding]:
    """What stands beside the cells that are looked at: a set-up cell that is gone or too late, an essay's text."""
    found = []
    essays = {_grade_id(cell): cell.source for cell in release.essays}
    for cell, above, below in release.texts_beside(cells, essays):
        where = "above" if above else "below"
        what = f"text of yours stands in another cell, {where} this one"
        repair = f"Move it into this cell; what is read is what stands here ({len([*above, *below])} to move)."
        found.append(Finding(file, _grade_id(cell), what, repair))
    _, names = release.lacking_setup(cells)
    if names:
        what = f"nothing above the first answer gives {', '.join(names)}"
        found.append(Finding(file, "", what, f"Put the released cell that does so back there. {_FRESH}"))
    return found


def _unanswered(file: str, cell: NotebookNode, original: NotebookNode, elsewhere: set[str]) -> list[Finding]:
    name = _grade_id(cell)
    if cell.cell_type == "markdown":
        blank = cell.source.strip() in ("", original.source.strip())
        return [Finding(file, name, "the text is still to be written", "Write it in this cell.")] if blank else []
    given = handin.parsed(cell.source)
    if isinstance(given, str):
        return []  # said by `handin.oddities`
    what, repair = _half_filled(given, ast.parse(original.source), cell.source, elsewhere)
    return [Finding(file, name, what, repair)] if what else []


def _half_filled(given: ast.Module, stub: ast.Module, source: str, elsewhere: set[str]) -> tuple[str, str]:
    """What an answer still lacks and how to give it; two empty texts where it lacks nothing. ``elsewhere`` are names of other cells."""
    if "= ask(" in ast.unparse(stub):
        return _unchosen(given)
    if ast.dump(given) == ast.dump(stub):
        return "the answer is still blank", "Write it where it says # YOUR ANSWER HERE; then save."
    if "# YOUR ANSWER HERE" in source:
        return "the line # YOUR ANSWER HERE is left", "Delete the line if you have answered."
    if empty := _still_none(given) & _still_none(stub) - elsewhere:
        what = f"{', '.join(sorted(empty))} {'is' if len(empty) == 1 else 'are'} still None"
        return what, "Put your answer in the place of None and run the cell."
    return "", ""


def _unchosen(given: ast.Module) -> tuple[str, str]:
    """The same for a question."""
    if not _has_answer(given):
        return "no option is chosen", 'Click one, or add answer="…" to the call; then save.'
    if wrong := _no_option(given):
        return f"answer={wrong} is none of the options", "Click one, or write its letter alone, in quotation marks."
    return "", ""


def _still_none(tree: ast.Module) -> set[str]:
    """The names to which a cell gives nothing but None."""
    nodes = list(ast.walk(tree))
    empty = [node for node in nodes if isinstance(node, ast.Assign) and getattr(node.value, "value", "") is None]
    none = {id(target) for node in empty for target in node.targets}
    stored = [node for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    defined = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return {node.id for node in stored} - {node.id for node in stored if id(node) not in none} - defined


def _has_answer(tree: ast.AST) -> bool:
    keywords = [keyword for node in ast.walk(tree) if isinstance(node, ast.Call) for keyword in node.keywords]
    answers = [getattr(keyword.value, "value", True) for keyword in keywords if keyword.arg == "answer"]
    return any(
        str(answer or "").strip() and "-" not in str(answer) for answer in answers
    )  # a dash stands for a claim left open


def _no_option(tree: ast.AST) -> str:
    """The answer of a plain question, as it is written, where it is the letter of no option; else empty."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    call = next((each for each in calls if getattr(each.func, "attr", getattr(each.func, "id", "")) == "ask"), None)
    words = {word.arg: word.value for word in call.keywords} if call else {}
    answer = words.get("answer")
    if answer is None or {"several", "ordered", "items"} & words.keys() or len(call.args) > 1:
        return ""
    value = getattr(answer, "value", None)
    known = isinstance(value, str) and value.strip().lower() in words.keys() - {"answer", "confidence"}
    return "" if known else ast.unparse(answer)


def _cells_below(path: Path) -> set[str]:
    """The graded cells of all notebooks that can be read."""
    cells = set()
    for notebook in _files(path):
        if notebook.suffix == ".ipynb" and not names.is_litter(PurePosixPath(notebook.name)):
            with contextlib.suppress(Exception):  # a notebook in form only can fail anywhere
                cells |= _graded(read_notebook(notebook))
    return cells


def _files(path: Path) -> list[Path]:
    """The files at ``path``, or below it; what is neither a file nor a folder (a pipe, a device) is left out."""
    return [file for file in sorted(path.rglob("*") if path.is_dir() else [path]) if file.is_file()][:_MOST_FILES]


@cache
def _source(slug: str) -> dict[str, NotebookNode]:
    return {path.stem: read_notebook(path) for path in sorted((EXERCISES / slug).glob("*.ipynb"))}


def read_notebook(path: Path) -> NotebookNode:
    """The notebook at ``path``; raises ValueError where it is none."""
    if path.stat().st_size > _LARGEST:
        raise ValueError(f"the notebook {path.name} is larger than {_LARGEST >> 20} MiB: clear its outputs and save")
    try:
        return nbformat.reads(encoding.read(path), as_version=4)
    except Exception as error:  # a damaged file fails nbformat in many ways
        raise ValueError(f"the notebook {path.name} cannot be read ({type(error).__name__})") from error


def _graded(notebook: NotebookNode) -> set[str]:
    return {_grade_id(cell) for cell in notebook.cells} - {""}
