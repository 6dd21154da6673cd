"""Tests in a real browser: JupyterLab 4 and Notebook 7 on a temporary copy of the course.

Fixtures (from ``harness.py``; ``tests/benchmarks`` may import them too):

``jupyter``
    Session-wide `JupyterServer` that serves both applications. ``jupyter.root`` is the course copy,
    ``jupyter.write("tmp/x.ipynb", ["1 + 1", ("markdown", "# Title")])`` puts a small notebook there.
``open_notebook``
    ``nb = open_notebook("lessons/01-planning-peace.ipynb", app="lab")`` (or ``app="notebook"``) opens a notebook, waits for
    its kernel and returns a `NotebookPage`. Its kernel is shut down after the test. Then:
    ``nb.run_all()``, ``nb.save()``, ``nb.reload()``, ``nb.restart()``; ``nb.saved()`` reads the file from disk,
    ``nb.source(3)`` and ``nb.set_source(3, text)`` read and write a cell in the page, ``nb.cell(3)`` scrolls to a cell and
    returns its locator, ``nb.question(3)`` that of the live question under it; ``nb.theme("dark")``; ``nb.axe(".postwar-choice")`` lists serious accessibility findings;
    ``nb.command("docmanager:save")`` runs any command of the application; ``nb.page`` is the Playwright page.
``page``
    A fresh Playwright page per test (1280 × 900; ``page.set_viewport_size`` changes that). An error in a widget's
    script fails the test.
``browser``
    Headless Chromium. Without one the tests are skipped, or fail when the variable ``CI`` is set.

For a fixture of wider scope: ``with new_page(browser) as page: nb = NotebookPage(page, jupyter, path, "lab")``, then
``nb.close()``. A second server, on a folder of your own: ``with serve(root, home) as server: …``.
Every test below this folder runs in one pytest-xdist group, so that one worker starts one server.
"""

from pathlib import Path

import pytest
from harness import jupyter, open_notebook, page

__all__ = ["jupyter", "open_notebook", "page"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Keep all browser tests on one worker."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.xdist_group("browser"))
