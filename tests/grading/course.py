"""A small nbgrader course to try grading on: two notebooks that use what data courses use, and a cast of submissions.

``build(folder, students)`` writes the source, has nbgrader release it, and fills ``submitted/`` with copies of the cast.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ASSIGNMENT = "ps1"

CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "fixture"
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE"}
"""


def _cell(make, source, name, *, points=None, grade=False, solution=False, locked=False, task=False):
    cell = make(source, id=name)
    if grade or solution or locked or task:
        cell.metadata["nbgrader"] = {
            "grade": grade, "grade_id": name, "locked": locked, "schema_version": 3, "solution": solution, "task": task,
        }  # fmt: skip
        if points is not None:
            cell.metadata["nbgrader"]["points"] = points
    return cell


def answer(source, name):
    return _cell(new_code_cell, source, name, solution=True)


def given(source, name):
    return _cell(new_code_cell, source, name, locked=True)


def test(source, name, points):
    return _cell(new_code_cell, source, name, points=points, grade=True, locked=True)


def notebook(*cells):
    kernelspec = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    return new_notebook(cells=list(cells), metadata={"kernelspec": kernelspec})


ANALYSIS = notebook(
    new_markdown_cell("# Analysis", id="title"),
    new_code_cell(
        "import math\n\nimport ipywidgets\nimport matplotlib.pyplot as plt\nimport numpy as np\nimport pandas as pd",
        id="imports",
    ),
    given('spending = pd.read_csv("spending.csv")\nspending.head()', "given-table"),
    new_code_cell("'IPKernelApp' in get_ipython().config", id="recognized"),
    new_code_cell("pd.DataFrame(np.zeros((2, 25))).add_prefix('a wide table ')", id="wide"),
    answer("### BEGIN SOLUTION\nmean_spending = spending['share'].mean()\n### END SOLUTION", "mean"),
    test(
        "assert isinstance(mean_spending, float), 'mean_spending should be a number'\n"
        "### BEGIN HIDDEN TESTS\nassert math.isclose(mean_spending, 2.5), 'the mean is off'\n### END HIDDEN TESTS",
        "test-mean",
        2,
    ),
    answer(
        "def growth(values):\n    '''Relative growth from each value to the next.'''\n    ### BEGIN SOLUTION\n"
        "    values = np.asarray(values, dtype=float)\n    if len(values) < 2:\n        raise ValueError('two values are needed')\n"
        "    return np.diff(values) / values[:-1]\n    ### END SOLUTION",
        "growth",
    ),
    test(
        "points = 0\nif np.allclose(growth([1, 2, 4]), [1, 1]):\n    points += 2\n"
        "### BEGIN HIDDEN TESTS\nif np.allclose(growth(np.array([4.0, 2.0])), [-0.5]):\n    points += 1\n"
        "try:\n    growth([1])\nexcept ValueError:\n    points += 1\n### END HIDDEN TESTS\npoints",
        "test-growth",
        4,
    ),
    answer(
        "### BEGIN SOLUTION\nspending['rank'] = spending['share'].rank()\nprint(spending)\n### END SOLUTION", "rank"
    ),
    test(
        "assert list(spending.columns) == ['country', 'share', 'rank']\n"
        "### BEGIN HIDDEN TESTS\npd.testing.assert_series_equal(spending['rank'], spending['share'].rank(), check_names=False)\n"
        "### END HIDDEN TESTS",
        "test-rank",
        2,
    ),
    answer(
        "### BEGIN SOLUTION\nfigure, axes = plt.subplots()\naxes.plot(spending['share'])\naxes.set_title('Shares')\nplt.show()\n"
        "### END SOLUTION",
        "plot",
    ),
    new_code_cell("slider = ipywidgets.IntSlider(3)\nslider", id="widget"),
    given("scale = 10\n\n\ndef scaled(value):\n    return value * scale", "given-helper"),
    answer(
        "### BEGIN SOLUTION\ntotal = scaled(slider.value)\nlabels = {'a': [1, 2], 'b': (3,)}\n### END SOLUTION", "total"
    ),
    test(
        "assert total == scaled(3)\n### BEGIN HIDDEN TESTS\nassert labels == {'a': [1, 2], 'b': (3,)}\n### END HIDDEN TESTS",
        "test-total",
        1,
    ),
    new_code_cell("spending.to_csv('ranked.csv', index=False)", id="save"),
    _cell(new_markdown_cell, "Explain in a paragraph.", "essay", points=3, grade=True, solution=True),
)

REPORT = notebook(
    new_code_cell(
        "import random\n\nimport numpy as np\nimport pandas as pd\nfrom types import SimpleNamespace", id="imports"
    ),
    answer(
        "question = SimpleNamespace(\n    stem='Which?',\n    ### BEGIN SOLUTION\n    answer='b',\n    ### END SOLUTION\n)",
        "question",
    ),
    test(
        "assert getattr(question, 'answer', '') != '', 'choose an answer'\n"
        "### BEGIN HIDDEN TESTS\nassert question.answer == 'b', 'think again'\n### END HIDDEN TESTS",
        "test-question",
        1,
    ),
    answer(
        "### BEGIN SOLUTION\nranked = pd.read_csv('ranked.csv')\nbest = ranked['country'].iloc[-1]\n### END SOLUTION",
        "best",
    ),
    test("assert best == 'D', 'look at the last row'", "test-best", 2),
    answer("### BEGIN SOLUTION\nrng = np.random.default_rng(1)\ndraws = rng.normal(size=3)\n### END SOLUTION", "draws"),
    test(
        "assert draws.shape == (3,)\n### BEGIN HIDDEN TESTS\n"
        "assert np.allclose(draws, np.random.default_rng(1).normal(size=3))\n### END HIDDEN TESTS",
        "test-draws",
        1,
    ),
    _cell(new_code_cell, "# Your own idea\n", "idea", points=2, grade=True, solution=True),
)

SOURCE = {"analysis": ANALYSIS, "report": REPORT}
TABLE = "country,share\nA,1.0\nB,2.0\nC,3.0\nD,4.0\n"


def solved(name):
    """The source notebook as a student would hand it in: answers kept, markers and hidden tests gone."""
    nb = nbformat.from_dict(SOURCE[name])
    for cell in nb.cells:
        cell.source = without_hidden(cell.source)
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = "\n".join(line for line in cell.source.split("\n") if "### " not in line)
    return nb


def without_hidden(source):
    lines, hidden = [], False
    for line in source.split("\n"):
        hidden = hidden or "BEGIN HIDDEN TESTS" in line
        if not hidden:
            lines.append(line)
        hidden = hidden and "END HIDDEN TESTS" not in line
    return "\n".join(lines)


def with_answers(**sources):
    """A solved submission with the named cells replaced: ``with_answers(mean="mean_spending = 7")``."""
    notebooks = {name: solved(name) for name in SOURCE}
    for nb in notebooks.values():
        for cell in nb.cells:
            if cell.id.replace("-", "_") in sources:
                cell.source = sources[cell.id.replace("-", "_")]
    return notebooks


#: Submissions named by what they are. Each is a dict of notebooks; "extra" files are added in :func:`submit`.
CAST = {
    "solved": with_answers,
    "blank": lambda: with_answers(
        mean="# YOUR CODE HERE", growth="def growth(values):\n    # YOUR CODE HERE\n    pass", rank="# YOUR CODE HERE",
        plot="# YOUR CODE HERE", total="# YOUR CODE HERE", question="question = SimpleNamespace(\n    stem='Which?',\n)",
        best="# YOUR CODE HERE", draws="# YOUR CODE HERE",
    ),  # fmt: skip
    "half-right": lambda: with_answers(
        mean="mean_spending = 7.0", growth="def growth(values):\n    return [1.0, 1.0]", total="total = 30"
    ),
    "wrong-type": lambda: with_answers(mean="mean_spending = 'two and a half'", draws="draws = [1, 2, 3]", best="best = 4"),
    "raises": lambda: with_answers(growth="def growth(values):\n    return values['a']", mean="mean_spending = 1 / 0"),
    "noisy": lambda: with_answers(
        growth="import warnings\n\ndef growth(values):\n    warnings.warn('careful')\n    print('called')\n"
        "    values = np.asarray(values, dtype=float)\n    return np.diff(values) / values[:-1]",
        mean="print('x' * 50)\nmean_spending = float(np.mean(spending['share']))",
    ),
    "essayist": lambda: with_answers(essay="Because of the data.", idea="print('my idea')"),
    "no-imports": lambda: with_answers(imports="pass"),
    "one-notebook": lambda: {"analysis": solved("analysis")},
}  # fmt: skip


def generate(folder):
    """Write the course and have nbgrader release the assignment."""
    folder = Path(folder)
    source = folder / "source" / ASSIGNMENT
    source.mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text(CONFIG)
    (source / "spending.csv").write_text(TABLE)
    for name, nb in SOURCE.items():
        nbformat.write(nb, source / f"{name}.ipynb")
    nbgrader(folder, "generate_assignment", ASSIGNMENT)
    return folder


def submit(folder, student, notebooks, *, timestamp="2026-01-10 12:00:00 UTC", files=()):
    target = Path(folder) / "submitted" / student / ASSIGNMENT
    target.mkdir(parents=True)
    for name, nb in notebooks.items():
        nbformat.write(nb, target / f"{name}.ipynb")
    if timestamp:
        (target / "timestamp.txt").write_text(timestamp)
    for name, content in dict(files).items():
        (target / name).write_bytes(content)
    return target


def build(folder, students=None):
    """A course with one submission per member of the cast, or *students* submissions that repeat the cast."""
    generate(folder)
    cast = list(CAST)
    for index in range(students or len(cast)):
        name = cast[index % len(cast)]
        submit(folder, name if students is None else f"{index:04d}-{name}", CAST[name](), files={"notes.txt": b"mine"})
    return Path(folder)


def copy(folder, target):
    """An independent copy of a prepared course."""
    shutil.copytree(folder, target, symlinks=True)
    return Path(target)


def nbgrader(folder, *arguments, check=True, **kwargs):
    """Run nbgrader in *folder*. It finds alembic through the search path."""
    command = [sys.executable, "-m", "nbgrader", *arguments]
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    return subprocess.run(
        command, cwd=folder, check=check, capture_output=True, text=True, env=os.environ | {"PATH": path}, **kwargs
    )
