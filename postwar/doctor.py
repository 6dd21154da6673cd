"""``postwar doctor``: is this computer ready for the course, and if not, what mends it?"""

import hashlib
import json
import os
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from postwar import paths


@dataclass(frozen=True)
class Finding:
    """The outcome of one check; ``mend`` says what to do and is empty when all is well."""

    check: str
    detail: str
    mend: str = ""


def report() -> int:
    """Print every check with its outcome; returns 0 when nothing needs mending, else 1."""
    from rich.console import Console
    from rich.table import Table

    table = Table("", "Check", "What was found", show_edge=False, pad_edge=False)
    findings = [look() for look in (python, packages, widgets, kernel, data, feedback, writable)]
    for finding in findings:
        mark = "[red]mend[/]" if finding.mend else "[green]ok[/]"
        table.add_row(mark, finding.check, finding.detail + (f"\n[bold]→ {finding.mend}[/]" if finding.mend else ""))
    console = Console()
    console.print(table)
    bad = sum(bool(finding.mend) for finding in findings)
    console.print(f"\n{bad} to mend." if bad else "\nThis computer is ready.")
    return 1 if bad else 0


def python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", f"{version} ({sys.executable})")


def packages() -> Finding:
    """Every declared dependency is there in a version that fits."""
    from packaging.requirements import Requirement

    wrong = []
    needed = [Requirement(line) for line in metadata.requires("postwar") or []]
    needed = [item for item in needed if not item.marker or item.marker.evaluate({"extra": ""})]
    for item in needed:
        try:
            have = metadata.version(item.name)
        except metadata.PackageNotFoundError:
            wrong.append(f"{item.name} is missing")
            continue
        if not item.specifier.contains(have, prereleases=True):
            wrong.append(f"{item.name} is {have}, needs {item.specifier}")
    if wrong:
        return Finding("Packages", "; ".join(wrong), "Run the install command of the README again.")
    return Finding("Packages", f"{len(needed)} needed, all there")


def widgets() -> Finding:
    """JupyterLab's side of the widgets lies where this Jupyter looks for it."""
    from jupyter_core.paths import jupyter_path

    names = ["@jupyter-widgets/jupyterlab-manager", "anywidget", "@jupyter/nbgrader"]
    folders = [Path(folder) for folder in jupyter_path("labextensions")]
    missing = [name for name in names if not any((folder / name).is_dir() for folder in folders)]
    if missing:
        mend = f"{sys.executable} -m pip install --force-reinstall jupyterlab_widgets anywidget nbgrader, then restart JupyterLab."
        return Finding("Widgets", f"JupyterLab does not find {', '.join(missing)}", mend)
    return Finding("Widgets", "JupyterLab finds sliders, questions and Validate")


def kernel() -> Finding:
    """A kernel starts, and it is this Python."""
    from jupyter_client.manager import start_new_kernel

    try:
        manager, client = start_new_kernel(kernel_name="python3", startup_timeout=60)
    except Exception as error:  # any reason will do: the kernel does not start
        return Finding(
            "Kernel", f"does not start: {error}", f"{sys.executable} -m pip install --force-reinstall ipykernel"
        )
    try:
        reply = client.execute_interactive(
            "import postwar",
            user_expressions={"where": "__import__('sys').prefix"},
            timeout=60,
            output_hook=lambda _: None,
        )
        where = (
            reply["content"]
            .get("user_expressions", {})
            .get("where", {})
            .get("data", {})
            .get("text/plain", "")
            .strip("'\"")
        )
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    if reply["content"]["status"] != "ok" or Path(where).resolve() != Path(sys.prefix).resolve():
        mend = f"{sys.executable} -m ipykernel install --sys-prefix --name python3"
        return Finding("Kernel", f"“Python 3” in JupyterLab is another Python ({where or 'unknown'})", mend)
    return Finding("Kernel", "starts and finds the course")


def data() -> Finding:
    """The tables are the ones that were checked."""
    package = json.loads((paths.DATA / "datapackage.json").read_text(encoding="utf-8"))
    changed = []
    for table in package["resources"]:
        path = paths.DATA / table["path"]
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != table["hash"].removeprefix("sha256:"):
            changed.append(table["path"])
    if changed:
        return Finding(
            "Data", f"changed or missing: {', '.join(changed)}", "Restore data/ from the course’s repository."
        )
    return Finding("Data", f"{len(package['resources'])} tables as published")


def feedback() -> Finding:
    """A page of feedback can be made, from a tiny notebook through everything that a real one passes."""
    import nbformat
    from nbconvert import HTMLExporter

    from postwar.assignments.config import configure
    from postwar.assignments.feedback import GraderView

    try:
        from traitlets.config import Config

        configure(config := Config())
        cells = [nbformat.v4.new_markdown_cell("Tried."), nbformat.v4.new_code_cell("1 + 1")]
        notebook, resources = GraderView().preprocess(nbformat.v4.new_notebook(cells=cells), {})
        HTMLExporter(config=config).from_notebook_node(notebook, resources)
    except Exception as error:  # a library that does not fit fails in its own way
        mend = f"{sys.executable} -m pip install --upgrade --force-reinstall 'soupsieve<3' beautifulsoup4 nbconvert"
        return Finding("Feedback", f"no page can be made: {type(error).__name__}: {error}", mend)
    return Finding("Feedback", "pages can be made")


def writable() -> Finding:
    """Answers can be saved."""
    folder = paths.working_copy()
    if not folder.exists():
        there = next(above for above in folder.parents if above.exists())
        if os.access(there, os.W_OK):
            return Finding("Your copy", f"will be made in {folder} by postwar lab")
        return Finding("Your copy", f"{there} is read-only", "Set HOME to a folder of your own.")
    if not os.access(folder, os.W_OK):
        return Finding(
            "Your copy", f"{folder} is read-only", "Copy the folder to a place of your own and open it there."
        )
    return Finding("Your copy", f"answers are saved in {folder}")
