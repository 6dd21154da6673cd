"""What a lesson shows before anything is run: a learner's copy holds its pictures as outputs; committed notebooks hold none.

``python -m postwar.first_pictures FOLDER`` does it for a folder of lessons; ``postwar lab`` for a fresh copy of the course.
"""

import ast
import io
import sys
from contextlib import redirect_stdout
from pathlib import Path

from postwar import paths

#: Cells that ask, or show what a learner has done so far: they have no picture.
_NOT_RUN = ("check(", "from postwar.planning_cell", "course.halfway", "course.footer")


def draw(folder: Path) -> list[str]:
    """Put pictures into the lessons of ``folder`` that are as the course ships them; returns the names of those changed.

    A lesson in which anything was run, answered or written stays as it is. The notebooks are signed as trusted, since
    JupyterLab shows no picture of a page's own from a notebook that it does not trust.
    """
    from rich.progress import track

    fresh = [path for path in sorted(folder.glob("*.ipynb")) if _as_shipped(path)]
    for path in track(fresh, description="Drawing the first pictures", disable=not fresh):
        _fill(path)
    return [path.name for path in fresh]


def _as_shipped(path):
    original = paths.LESSONS / path.name
    text = path.read_bytes()
    return original.exists() and text == original.read_bytes() and b"import" in text and b"postwar.figures" in text


def _fill(path):
    import nbformat
    from nbformat.sign import NotebookNotary

    notebook = nbformat.read(path, as_version=4)
    names = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and not cell.source.startswith(_NOT_RUN):
            cell.outputs = [
                nbformat.v4.new_output("display_data", data=bundle) for bundle in _bundles(cell.source, names)
            ]
    aside = path.with_suffix(".part")
    nbformat.write(notebook, aside)
    aside.replace(path)
    NotebookNotary().sign(notebook)


def _bundles(source, names):
    """What a cell shows without a kernel, as MIME bundles; [] unless that is a picture."""
    from postwar.figures.picture import Picture

    shown = _value(source, names)
    if isinstance(shown, Picture):
        return [shown._repr_mimebundle_()]
    return shown.plain() if hasattr(shown, "plain") else []


def _value(source, names):
    """Run a cell and return the value of its last expression."""
    try:
        *before, last = ast.parse(source).body
        with redirect_stdout(io.StringIO()):
            if not isinstance(last, ast.Expr):
                exec(compile(ast.Module([*before, last], []), "<lesson>", "exec"), names)
                return None
            exec(compile(ast.Module(before, []), "<lesson>", "exec"), names)
            return eval(compile(ast.Expression(last.value), "<lesson>", "eval"), names)
    except Exception:  # a cell that needs a kernel, or what another cell did not give it, stays without a picture
        return None


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
