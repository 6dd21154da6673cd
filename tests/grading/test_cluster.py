"""Grading on Dask workers: the same results, and a worker that dies loses nothing."""

import os
import signal
import subprocess
import sys
import time

import compare
import course
import pytest

distributed = pytest.importorskip("distributed")

pytestmark = pytest.mark.xdist_group("grading")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    fresh = course.generate(tmp_path_factory.mktemp("dask") / "fresh")
    for name in ("solved", "blank", "half-right", "noisy"):
        course.submit(fresh, name, course.CAST[name]())
    here = course.copy(fresh, fresh.parent / "here")
    subprocess.run(
        [sys.executable, "-m", "postwar", "grade", course.ASSIGNMENT], cwd=here, check=True, capture_output=True
    )
    return fresh, here


def test_workers_give_the_same_results_and_may_die(prepared, tmp_path):
    fresh, here = prepared
    mine = course.copy(fresh, tmp_path / "mine")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        (tmp_path / "errors").open("w+") as errors,
    ):
        address = f"--cluster={cluster.scheduler_address}"
        command = [sys.executable, "-m", "postwar", "grade", course.ASSIGNMENT, address]
        with subprocess.Popen(command, cwd=mine, stdout=errors, stderr=errors) as process:
            victim = _busy_worker(cluster)
            os.kill(victim, signal.SIGKILL)
            assert process.wait(300) == 0, (tmp_path / "errors").read_text()
    assert compare.differences(here, mine) == []


def _busy_worker(cluster):
    """The process number of a worker that is executing a submission."""
    with distributed.Client(cluster) as client:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            busy = [address for address, tasks in client.processing().items() if tasks]
            if busy:
                return client.run(os.getpid, workers=busy[:1])[busy[0]]
            time.sleep(0.1)
    raise AssertionError("no worker was given anything to do")
