"""The lessons as a linked HTML site to read offline, with every picture and without a script: ``postwar book``."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from postwar import course, paths

_HERE = Path(__file__).parent
_NOTEBOOK_LINK = re.compile(r'<a ([^>]*?)href="([^":#]*?)\.ipynb(#[^"]*)?"([^>]*)>(.*?)</a>', re.DOTALL)
_WIDGET = "application/vnd.jupyter.widget-view+json"
_SECONDS_PER_CELL = 300


class BookError(Exception):
    """A notebook could not be rendered; the message names it and the cell."""


def build() -> int:
    """Render the reader's own lessons, answers included, into ``site/``; returns the exit status of the command."""
    home = paths.working_copy()
    try:
        index = render(home / "lessons", home / "site")
    except BookError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Open {index} in a browser.")
    return 0


def render(lessons: Path, site: Path) -> Path:
    """Execute the notebooks in ``lessons`` and write one page for each into ``site``; returns the page of contents.

    Raises
    ------
    BookError : a notebook cannot be read, or one of its cells fails.
    """
    from rich.progress import Progress

    notebooks = _in_order(lessons)
    site.mkdir(parents=True, exist_ok=True)
    pages = {path.stem for path in notebooks}
    titles = {}
    with Progress(transient=True) as progress, ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as workers:
        task = progress.add_task("Rendering the lessons", total=len(notebooks))
        for path, executed in zip(notebooks, workers.map(_executed, notebooks), strict=True):
            progress.update(task, description=f"Rendering {path.stem}")
            titles[path.stem] = _title(executed, path)
            page = _page(executed, titles[path.stem], pages)
            (site / f"{path.stem}.html").write_text(page, encoding="utf-8")
            progress.advance(task)
    (site / "book.css").write_text(_style(), encoding="utf-8")
    index = site / "index.html"
    index.write_text(_contents(titles), encoding="utf-8")
    return index


def _in_order(lessons):
    """The sequence first, then what accompanies it."""
    rank = {item.notebook: place for place, item in enumerate(course.SEQUENCE)}
    found = sorted(lessons.glob("*.ipynb"), key=lambda path: (rank.get(path.name, len(rank)), path.name))
    if not found:
        raise BookError(f"There is no notebook in {lessons}.")
    return found


def _executed(path):
    """The notebook with fresh outputs; the file stays as it is."""
    import nbformat
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    try:
        notebook = nbformat.read(path, as_version=4)
    except (OSError, ValueError) as error:
        raise BookError(f"{path.name} cannot be read as a notebook: {error}") from error
    running = "the first cell"

    def remember(cell, cell_index):
        nonlocal running
        running = f"cell {cell.get('id', cell_index + 1)}"

    client = NotebookClient(
        notebook,
        timeout=_SECONDS_PER_CELL,
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_start=remember,
    )
    try:
        client.execute(stderr=subprocess.DEVNULL)
    except CellExecutionError as error:
        raise BookError(f"{path.name}, {running}: {error.ename}: {error.evalue}") from error
    except CellTimeoutError as error:
        raise BookError(f"{path.name}, {running}: not done after {_SECONDS_PER_CELL} seconds") from error
    except (DeadKernelError, NoSuchKernel) as error:
        raise BookError(f"{path.name}, {running}: the kernel stopped or did not start ({error})") from error
    return notebook


def _title(notebook, path):
    """The notebook's first heading."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (found := re.search(r"^# (.+)", cell.source, re.MULTILINE)):
            return found[1]
    return path.stem


def _page(notebook, title, pages):
    from nbconvert import HTMLExporter

    for cell in notebook.cells:  # live widgets need a kernel; each has a plain version or a picture beside it
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if _WIDGET not in output.get("data", {})]
    exporter = HTMLExporter(template_name="book", extra_template_basedirs=[str(_HERE / "templates")], embed_images=True)
    body, _ = exporter.from_notebook_node(notebook, resources={"title": title})
    return _NOTEBOOK_LINK.sub(lambda link: _rewritten(link, pages), body)


def _rewritten(link, pages):
    """A link to a page of the book, or the bare text where the notebook is not in it."""
    before, target, fragment, after, text = link.groups()
    if target not in pages:
        return text
    return f'<a {before}href="{target}.html{fragment or ""}"{after}>{text}</a>'


def _style():
    from pygments.formatters import HtmlFormatter

    return (_HERE / "book.css").read_text(encoding="utf-8") + HtmlFormatter().get_style_defs(".highlight")


def _contents(titles):
    """The page of contents: the sequence with its questions, then the rest."""
    from jinja2 import Environment, FileSystemLoader

    about = {item.slug: item for item in course.SEQUENCE}
    entries = [
        (slug, about[slug].title if slug == course.START.slug else title, about.get(slug))
        for slug, title in titles.items()
    ]
    template = Environment(loader=FileSystemLoader(_HERE), autoescape=True).get_template("contents.html.j2")
    return template.render(entries=entries)
