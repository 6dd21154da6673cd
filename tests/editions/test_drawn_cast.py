"""The cast of an assignment on three drawn editions: every wrong answer loses its points there too, no right one does.

Lesson 4's without a kernel, by nbgrader's rule; with ``POSTWAR_LONG=1`` all lessons', and through ``postwar grade`` as well; of each
assignment's first edition also through nbgrader.
"""

import os
import shutil
import subprocess
import sysconfig

import compare
import nbformat
import pytest
from drawable import DRAWN, read_source
from machinery import Assignment, cast
from nbgrader.api import Gradebook

from postwar.paths import COURSE

KEY = b"a secret of the cast"
EDITIONS = [
    pytest.param((slug, version), id=f"{slug}-{version}", marks=pytest.mark.xdist_group(f"editions-{slug}"))
    for slug in (DRAWN if os.environ.get("POSTWAR_LONG") else ["04-deterrence"])
    for version in ("1", "2", "3")
]


@pytest.fixture
def drawn(request):
    slug, version = request.param
    return Assignment(slug, read_source(slug).draw(KEY, version))


@pytest.mark.parametrize("drawn", EDITIONS, indirect=True)
def test_every_variant_earns_what_it_earns_in_the_public_edition(drawn):
    wrong = []
    for answer in drawn.answers:
        assert drawn.mark(answer, answer.right) == answer.items, answer.id
        for name, (code, _) in answer.variants.items():
            got = drawn.mark(answer, code)
            if got != answer.points(name):
                wrong.append(f"{answer.id}, {name}: got {got}, expected {answer.points(name)}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.skipif(not os.environ.get("POSTWAR_LONG"), reason="POSTWAR_LONG=1 grades the casts of three editions")
@pytest.mark.parametrize("drawn", EDITIONS, indirect=True)
def test_the_whole_cast_is_graded_right(drawn, tmp_path, request):
    shutil.copy(COURSE / "nbgrader_config.py", tmp_path)
    for name, notebook in drawn.source.items():
        place = tmp_path / "solutions" / drawn.slug
        place.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, place / f"{name}.ipynb")
    members = cast(drawn)
    for member in members:
        place = tmp_path / "submitted" / member.name / drawn.slug
        place.mkdir(parents=True)
        for name, notebook in member.notebooks.items():
            nbformat.write(notebook, place / f"{name}.ipynb")
    run(tmp_path, "nbgrader", "generate_assignment", drawn.slug)
    courses = [tmp_path]
    if request.node.callspec.id.endswith("-1"):
        courses.append(tmp_path.with_name(f"{tmp_path.name}-nbgrader"))
        shutil.copytree(tmp_path, courses[1])
        run(courses[1], "nbgrader", "autograde", drawn.slug, "--Execute.shutdown_kernel=immediate", *compare.PATIENT)
    run(tmp_path, "postwar", "grade", drawn.slug)
    for course in courses:
        with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
            for member in members:
                submission = gradebook.find_submission(drawn.slug, member.name)
                got = {grade.name: grade.score for notebook in submission.notebooks for grade in notebook.grades}
                assert {item: got[item] for item in member.expected} == member.expected, (course.name, member.name)


def run(course, *command):
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])  # nbgrader calls alembic
    done = subprocess.run(
        command, cwd=course, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
