"""The record of what plain nbgrader does with hostile submissions is complete and true."""

import os
from concurrent.futures import ThreadPoolExecutor

import corpus
import plain
import pytest

from postwar import paths

pytestmark = [pytest.mark.xdist_group("grading"), pytest.mark.usefixtures("sandboxed")]

TELLING = ("write-gradebook", "equal-to-everything")
if os.environ.get("POSTWAR_LONG"):
    TELLING += ("kill-its-parent", "read-solutions")


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """``{kind: row}`` of a few kinds, graded by plain nbgrader here and now."""
    base = plain.prepare(tmp_path_factory.mktemp("plain") / "base")
    kinds = [hostile for hostile in corpus.CORPUS if hostile.name in TELLING]
    with ThreadPoolExecutor(2) as pool:
        results = pool.map(lambda hostile: plain.measure(base, hostile), kinds)
        return {
            hostile.name: plain.as_row(hostile, "plain", *result)
            for hostile, result in zip(kinds, results, strict=True)
        }


@pytest.mark.parametrize("kind", TELLING)
def test_the_record_is_what_plain_nbgrader_does(measured, kind):
    row = plain.recorded()[kind]
    assert {column: row[column] for column in measured[kind]} == measured[kind]


def test_the_record_is_complete():
    rows = plain.recorded()
    assert [*rows] == [hostile.name for hostile in corpus.CORPUS]
    assert all(row[column] for row in rows.values() for column in plain.COLUMNS if not column.endswith("points"))
    assert {kind: row["honest"] for kind, row in rows.items()} == {
        each.name: f"{each.honest:g}" for each in corpus.CORPUS
    }


def test_instructors_read_the_summary_of_the_record():
    assert plain.summary() in (paths.COURSE / "INSTRUCTORS.md").read_text(encoding="utf-8")
