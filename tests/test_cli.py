"""The ``postwar`` command and its doctor."""

import subprocess
import sys

import pytest

from postwar import cli, doctor, paths


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    shown = capsys.readouterr().out
    for command in ("lab", "doctor", "mark", "grade", "book"):
        assert command in shown


def test_doctor_finds_this_computer_ready():
    done = subprocess.run([sys.executable, "-m", "postwar", "doctor"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "This computer is ready." in done.stdout


def test_doctor_says_how_to_mend_a_missing_package(monkeypatch):
    def version(name):
        if name == "lifelines":
            raise doctor.metadata.PackageNotFoundError(name)
        return "999"

    monkeypatch.setattr(doctor.metadata, "version", version)
    finding = doctor.packages()
    assert "lifelines is missing" in finding.detail
    assert "install command" in finding.mend


def test_doctor_notices_a_changed_table(monkeypatch, tmp_path):
    (tmp_path / "datapackage.json").write_text(
        (paths.DATA / "datapackage.json").read_text(encoding="utf-8"), encoding="utf-8"
    )
    for path in paths.DATA.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(paths, "DATA", tmp_path)
    assert not doctor.data().mend
    with (tmp_path / "facts.csv").open("a") as file:
        file.write("edited")
    finding = doctor.data()
    assert "facts.csv" in finding.detail and finding.mend


def test_doctor_notices_a_jupyter_without_widgets(monkeypatch, tmp_path):
    monkeypatch.setattr("jupyter_core.paths.jupyter_path", lambda *parts: [str(tmp_path)])
    finding = doctor.widgets()
    assert "anywidget" in finding.detail and "pip install" in finding.mend


def test_doctor_notices_a_folder_that_cannot_be_written(monkeypatch):
    monkeypatch.setattr(doctor.os, "access", lambda path, mode: False)
    assert "read-only" in doctor.writable().detail


def test_lab_ends_when_its_server_has_ended(tmp_path):
    """Also when a request that the server cut off has left a thread behind, which Python would wait for."""
    code = (
        "import threading; from jupyterlab.labapp import LabApp; from postwar import cli\n"
        "left = threading.Thread(target=threading.Event().wait)\n"
        "LabApp.launch_instance = lambda arguments: left.start()\n"
        "cli.main(['lab', '--no-browser'])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False, timeout=60)
    assert done.returncode == 0


def test_a_reader_of_the_output_may_stop_early():
    command = f"{sys.executable} -m postwar grade --help | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout and not done.stderr
