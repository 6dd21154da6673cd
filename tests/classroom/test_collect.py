"""`postwar class collect` on archives of all platforms: everyone stands in the table once, and nothing is lost."""

import contextlib
import io
import os
import re
import stat
import zipfile
from dataclasses import replace
from pathlib import PurePosixPath

import archives
import pytest
from archives import SLUG

from postwar import cli
from postwar.classroom import archive, roster
from postwar.classroom.collect import collect, handed_in


def _packed(members):
    return archives.write(io.BytesIO(), members).getvalue()


def _state(done):
    return {hand_in.student.id: hand_in.state for hand_in in done.hand_ins}


@pytest.mark.parametrize("platform", archives.ALL)
def test_every_platform_is_recognised_and_everyone_accounted_for(platform, folder, blank, tmp_path):
    source = archives.ALL[platform](tmp_path / "d.zip", {"s001": blank, "s003": blank, "s004": blank})
    done = collect(folder, SLUG, source)
    assert done.platform == platform
    assert _state(done) == {"s001": "new", "s002": "missing", "s003": "new", "s004": "new", "s005": "missing"}
    assert not done.unmatched
    for student in ("s001", "s003", "s004"):
        there = folder.root / "submitted" / student / SLUG
        assert {path.name: path.read_bytes() for path in there.glob("*.ipynb")} == blank
    when = handed_in(folder, "s001", SLUG)
    if platform in ("blackboard", "brightspace"):  # 18:22 in Berlin is 17:22 by the clock of nbgrader
        assert (when.hour, when.minute) == (17, 22)


@pytest.mark.parametrize("platform", archives.ALL)
def test_again_changes_nothing(platform, folder, blank, tmp_path):
    source = archives.ALL[platform](tmp_path / "d.zip", {"s001": blank})
    collect(folder, SLUG, source)
    before = {path: path.stat().st_mtime_ns for path in (folder.root / "submitted").rglob("*")}
    assert _state(collect(folder, SLUG, source))["s001"] == "unchanged"
    assert {path: path.stat().st_mtime_ns for path in (folder.root / "submitted").rglob("*")} == before


def test_a_new_attempt_replaces_and_keeps_the_old_one(folder, blank, tmp_path):
    collect(folder, SLUG, archives.moodle(tmp_path / "1.zip", {"s001": blank}))
    changed = blank | {"quiz.ipynb": blank["quiz.ipynb"].replace(b'"cells"', b' "cells"', 1)}
    done = collect(folder, SLUG, archives.moodle(tmp_path / "2.zip", {"s001": changed}))
    hand_in = done.hand_ins[0]
    assert hand_in.state == "replaced" and "kept in inbox" in hand_in.notes[-1]
    (kept,) = (folder.root / "inbox" / SLUG / "replaced" / "s001").glob("*/quiz.ipynb")
    assert kept.read_bytes() == blank["quiz.ipynb"]


def test_an_older_archive_replaces_nothing(folder, blank, tmp_path):
    collect(folder, SLUG, archives.blackboard(tmp_path / "1.zip", {"s001": blank}))
    older = archives.blackboard(
        tmp_path / "2.zip", {"s001": {"quiz.ipynb": b"{}"}}, when=archives.WHEN.replace(year=2026)
    )
    assert _state(collect(folder, SLUG, older))["s001"] == "older"
    assert (folder.root / "submitted" / "s001" / SLUG / "quiz.ipynb").read_bytes() == blank["quiz.ipynb"]


def test_the_newest_attempt_within_one_archive_is_taken(folder, blank, tmp_path):
    old = {"quiz.ipynb": b"{}", "problems.ipynb": b"{}"}
    one = archives.blackboard(tmp_path / "1.zip", {"s001": old}, when=archives.WHEN.replace(day=2))
    two = archives.blackboard(tmp_path / "2.zip", {"s001": blank}, when=archives.WHEN.replace(day=3))
    import zipfile

    with zipfile.ZipFile(one, "a") as target, zipfile.ZipFile(two) as source:
        for name in source.namelist():
            target.writestr(name, source.read(name))
    collect(folder, SLUG, one)
    assert (folder.root / "submitted" / "s001" / SLUG / "quiz.ipynb").read_bytes() == blank["quiz.ipynb"]
    assert handed_in(folder, "s001", SLUG).day == 3


@pytest.mark.parametrize("platform", archives.ALL)
@pytest.mark.parametrize(
    "rename",
    ["{} (1).ipynb", "{}-1.ipynb", "{} - Copy.ipynb", "work/{}.ipynb", "{}.IPYNB"],
    ids=lambda text: text.format("x"),
)
def test_names_are_mended_and_said(platform, rename, folder, blank, tmp_path):
    if "/" in rename and platform in ("canvas", "blackboard"):
        pytest.skip("takes single files")
    files = {rename.format(name.removesuffix(".ipynb")): content for name, content in blank.items()}
    done = collect(folder, SLUG, archives.ALL[platform](tmp_path / "d.zip", {"s002": files}))
    hand_in = done.hand_ins[1]
    assert hand_in.state == "new" and len(hand_in.notes) == 2
    assert len(list((folder.root / "submitted" / "s002" / SLUG).glob("*.ipynb"))) == 2


@pytest.mark.parametrize("platform", archives.ALL)
def test_a_zip_within_is_unpacked(platform, folder, blank, tmp_path):
    inner = archives.write(
        tmp_path / "inner.zip",
        blank | {"__MACOSX/._quiz.ipynb": b"x", ".ipynb_checkpoints/quiz-checkpoint.ipynb": b"{}"},
    )
    done = collect(
        folder, SLUG, archives.ALL[platform](tmp_path / "d.zip", {"s001": {"hand-in.zip": inner.read_bytes()}})
    )
    assert done.hand_ins[0].state == "new"
    assert len(list((folder.root / "submitted" / "s001" / SLUG).glob("*.ipynb"))) == 2


def test_strangers_and_shared_names_are_listed_with_the_reason(folder, blank, tmp_path):
    members = {f"Nobody Here_5_assignsubmission_file_/{name}": content for name, content in blank.items()}
    done = collect(folder, SLUG, archives.write(tmp_path / "d.zip", members))
    assert len(done.unmatched) == 1 and "nobody on the roster" in done.unmatched[0][1]
    assert set(_state(done).values()) == {"missing"}


def test_a_group_hands_in_for_all_its_members(folder, blank, tmp_path):
    students = [
        replace(student, group="Team 7") if student.id in ("s001", "s002") else student for student in folder.roster()
    ]
    roster.write(students, folder.root / roster.FILE)
    members = {f"Team 7_9_assignsubmission_file_/{name}": content for name, content in blank.items()}
    done = collect(folder, SLUG, archives.write(tmp_path / "d.zip", members))
    assert [_state(done)[student] for student in ("s001", "s002")] == ["new", "new"]


def test_one_notebook_only_is_taken_and_said(folder, blank, tmp_path):
    done = collect(folder, SLUG, archives.canvas(tmp_path / "d.zip", {"s001": {"quiz.ipynb": blank["quiz.ipynb"]}}))
    assert done.hand_ins[0].state == "new" and "problems.ipynb is missing" in done.hand_ins[0].notes


def test_only_other_files_are_refused_by_name(folder, tmp_path):
    done = collect(folder, SLUG, archives.moodle(tmp_path / "d.zip", {"s001": {"essay.docx": b"x"}}))
    assert done.hand_ins[0].state == "refused" and "essay.docx" in done.hand_ins[0].notes[0]
    assert not (folder.root / "submitted" / "s001" / SLUG).exists()


def test_an_own_pattern(folder, blank, tmp_path):
    source = archives.write(tmp_path / "d.zip", {f"s002/{name}": content for name, content in blank.items()})
    with pytest.raises(ValueError, match="no platform known here"):
        collect(folder, SLUG, source)
    assert _state(collect(folder, SLUG, source, pattern=r"(?P<who>[^/]+)/(?P<file>.+)"))["s002"] == "new"
    with pytest.raises(ValueError, match="needs the groups"):
        collect(folder, SLUG, source, pattern="x")
    with pytest.raises(ValueError, match="no regular expression"):
        collect(folder, SLUG, source, pattern="(")


def test_moodle_s_worksheet_gives_the_times(folder, blank, tmp_path):
    (tmp_path / "sheet.csv").write_text(
        "Identifier,Full name,Email address,Last modified (submission)\n"
        'Participant 70001,Ada Ärger,s001@uni.example,"Monday, 1 March 2027, 6:22 PM"\n'
    )
    collect(folder, SLUG, archives.moodle(tmp_path / "d.zip", {"s001": blank}), sheet=tmp_path / "sheet.csv")
    assert handed_in(folder, "s001", SLUG).isoformat() == "2027-03-01T17:22:00+00:00"


def test_the_command_shows_one_table_and_clear_errors(folder, blank, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(folder.root)
    archives.canvas(tmp_path / "d.zip", {"s001": blank}, late=["s001"])
    assert cli.main(["class", "collect", SLUG, str(tmp_path / "d.zip")]) == 0
    shown = capsys.readouterr().out
    assert all(student in shown for student in archives.NUMBERS) and "1 of 5 handed in" in shown
    assert cli.main(["class", "collect", "09-none", str(tmp_path / "d.zip")]) == 1
    assert "there is no assignment '09-none'" in capsys.readouterr().err
    monkeypatch.chdir(tmp_path)
    assert cli.main(["class", "collect", SLUG, "d.zip"]) == 1
    assert "postwar class new" in capsys.readouterr().err


def test_one_member_hands_in_for_the_group(folder, blank, tmp_path):
    students = [
        replace(student, group="Team 7") if student.id in ("s001", "s002") else student for student in folder.roster()
    ]
    roster.write(students, folder.root / roster.FILE)
    done = collect(folder, SLUG, archives.canvas(tmp_path / "d.zip", {"s001": blank}))
    assert [_state(done)[student] for student in ("s001", "s002", "s003")] == ["new", "new", "missing"]
    assert "handed in by s001 for Team 7" in done.hand_ins[1].notes


def test_moodle_s_worksheet_tells_twins_and_participants_apart(folder, blank, tmp_path):
    students = [replace(student, first_name="Ada", last_name="Nox") for student in folder.roster()]
    roster.write(students, folder.root / roster.FILE)
    names = {"s001": "Ada Nox_11", "s002": "Ada Nox_12", "s003": "Participant_13"}
    members = {
        f"{name}_assignsubmission_file_/{file}": content for name in names.values() for file, content in blank.items()
    }
    source = archives.write(tmp_path / "d.zip", members)
    assert len(collect(folder, SLUG, source).unmatched) == 3
    (tmp_path / "sheet.csv").write_text(
        "Identifier,Full name,Email address\n"
        + "".join(f"Participant {11 + n},Ada Nox,s00{n + 1}@uni.example\n" for n in range(3)),
        encoding="utf-8",
    )
    assert "s001 or s002 or s003" in collect(folder, SLUG, source).unmatched[0][1]
    assert "--sheet" in collect(folder, SLUG, source).unmatched[0][1]
    assert all("may be theirs" in hand_in.notes[-1] for hand_in in collect(folder, SLUG, source).hand_ins)
    done = collect(folder, SLUG, source, sheet=tmp_path / "sheet.csv")
    assert not done.unmatched and list(_state(done).values()) == ["new"] * 3 + ["missing"] * 2


def test_times_that_come_later_are_added(folder, blank, tmp_path):
    source = archives.moodle(tmp_path / "d.zip", {"s001": blank})
    collect(folder, SLUG, source)
    assert handed_in(folder, "s001", SLUG) is None
    (tmp_path / "sheet.csv").write_text(
        "Identifier,Full name,Email address,Last modified (submission)\n"
        'Participant 70001,Ada Ärger,s001@uni.example,"Monday, 1 March 2027, 6:22 PM"\n',
        encoding="utf-8",
    )
    done = collect(folder, SLUG, source, sheet=tmp_path / "sheet.csv")
    assert _state(done)["s001"] == "unchanged" and handed_in(folder, "s001", SLUG) is not None
    with pytest.raises(ValueError, match="Moodle"):
        collect(folder, SLUG, archives.canvas(tmp_path / "c.zip", {"s001": blank}), sheet=tmp_path / "sheet.csv")


def test_a_worksheet_in_another_language_gives_the_times_and_says_which_it_cannot_read(folder, blank, tmp_path):
    (tmp_path / "sheet.csv").write_text(
        "ID,Vollständiger Name,E-Mail-Adresse,Zuletzt geändert (Abgabe)\n"
        'Teilnehmer/in70001,Ada Ärger,s001@uni.example,"Montag, 1. März 2027, 18:22"\n'
        'Teilnehmer/in70002,Bo de la Cruz,s002@uni.example,"neulich"\n'
        "Teilnehmer/in70003,Cem Öz,s003@uni.example,-\n",
        encoding="utf-8",
    )
    source = archives.moodle(tmp_path / "d.zip", {"s001": blank, "s002": blank})
    done = collect(folder, SLUG, source, sheet=tmp_path / "sheet.csv")
    assert handed_in(folder, "s001", SLUG).isoformat() == "2027-03-01T17:22:00+00:00"
    assert "'neulich' could not be read" in done.hand_ins[1].notes[-1]


def test_what_comes_from_an_earlier_attempt_or_is_no_notebook_is_said(folder, blank, tmp_path):
    earlier = archives.WHEN.replace(hour=9)
    archives.blackboard(tmp_path / "d.zip", {"s001": blank}, when=earlier)
    with zipfile.ZipFile(tmp_path / "d.zip", "a") as archive:
        again = "Planning peace: 1_2_s001_attempt_2027-03-01-18-22-11_quiz.ipynb"
        archive.writestr(again, b"<html>Log in</html>")
    notes = collect(folder, SLUG, tmp_path / "d.zip").hand_ins[0].notes
    assert any("problems.ipynb is from an earlier attempt, 2027-03-01 09:22" in note for note in notes)
    assert any("quiz.ipynb is no notebook inside" in note for note in notes)


def test_the_next_command_is_the_one_that_grades_what_came(folder, blank, tmp_path, monkeypatch, capsys):
    """Without a time of hand-in nobody sees that a copy is newer than the one that was graded."""
    monkeypatch.chdir(folder.root)
    archives.canvas(tmp_path / "1.zip", {"s001": blank})
    assert cli.main(["class", "collect", SLUG, str(tmp_path / "1.zip")]) == 0
    assert f"Next: postwar grade {SLUG}\n" in capsys.readouterr().out
    (folder.root / "autograded" / "s001" / SLUG).mkdir(parents=True)
    archives.canvas(tmp_path / "2.zip", {"s001": blank | {"quiz.ipynb": b"{}"}, "s002": blank})
    assert cli.main(["class", "collect", SLUG, str(tmp_path / "2.zip")]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert f"Next: postwar grade {SLUG} and then postwar grade {SLUG} --force --student=s001" in said


def test_no_cell_of_the_table_is_cut(folder, blank, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(folder.root)
    monkeypatch.setenv("COLUMNS", "80")
    within = io.BytesIO()
    archives.write(within, {f"a-rather-long-name-of-a-folder/{name}": content for name, content in blank.items()})
    archives.moodle(tmp_path / "d.zip", {"s001": {"my-hand-in-of-the-first-week.zip": within.getvalue()}})
    assert cli.main(["class", "collect", SLUG, str(tmp_path / "d.zip")]) == 0
    shown = capsys.readouterr().out
    assert "…" not in shown and "quiz.ipynb" in re.sub(r"[│\s]", "", shown)


@pytest.mark.skipif(os.name != "posix", reason="rights of files as Linux and macOS have them")
def test_a_folder_that_was_open_is_closed_to_other_accounts(folder, tmp_path, capsys, monkeypatch):
    def mode(path):
        return stat.S_IMODE(path.stat().st_mode)

    folder.root.chmod(0o755)  # as a copy of it is
    monkeypatch.chdir(folder.root)
    assert cli.main(["class", "release", SLUG]) == 0
    assert mode(folder.root) == 0o750 and "closed" in capsys.readouterr().err
    folder.root.chmod(0o2777)  # a group's, whose members share it
    assert cli.main(["class", "new", "."]) == 0
    assert mode(folder.root) == 0o2770
    (tmp_path / "students.csv").write_text("id\ns001\n", encoding="utf-8")
    for before, after in ((0o755, 0o700), (0o2775, 0o2770)):
        place = tmp_path / f"made-before-{before:o}"
        place.mkdir()
        place.chmod(before)
        with contextlib.suppress(InterruptedError):  # what is decided first is enough here
            monkeypatch.setattr("postwar.classroom.create.classes.pin", _stop)
            cli.main(["class", "new", str(place), "--roster", str(tmp_path / "students.csv")])
        assert mode(place) == after and (place / "class.key").exists()
        monkeypatch.undo()
        monkeypatch.chdir(folder.root)


def _stop(*_):
    raise InterruptedError


def test_no_class_is_made_inside_another_and_a_missing_roster_is_named(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder.root)
    assert cli.main(["class", "new", "peace-2028", "--roster", "roster.csv"]) == 1
    assert "would lie inside the class folder" in capsys.readouterr().err and not (folder.root / "peace-2028").exists()
    monkeypatch.chdir(folder.root.parent)
    assert cli.main(["class", "new", "peace-2028", "--roster", "none.csv"]) == 1
    assert f"There is no file none.csv in {folder.root.parent}" in capsys.readouterr().err


def test_who_came_alone_and_in_a_group_gets_the_newest_of_both(folder, blank, tmp_path):
    students = [replace(each, group="team" * (each.id in ("s001", "s002"))) for each in folder.roster()]
    roster.write(students, folder.root / roster.FILE)
    newest = {name: content + b"\n" for name, content in blank.items()}
    members = {f"Q_team_attempt_2027-03-01-18-00-00_{name}": content for name, content in newest.items()}
    members |= {f"Q_s001_attempt_2027-02-27-18-00-00_{name}": content for name, content in blank.items()}
    alone, both = (
        next(
            each
            for each in collect(folder, SLUG, archives.write(tmp_path / "a.zip", members)).hand_ins
            if each.student.id == who
        )
        for who in ("s002", "s001")
    )
    assert both.files == alone.files == {PurePosixPath(name): content for name, content in newest.items()}
    assert "several names: Q_team_attempt" in both.notes[0] and "several" not in " ".join(alone.notes)


def test_a_bomb_of_many_parts_takes_one_line_of_the_table(folder, blank, tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "LARGEST_WITHIN", 2**20)
    parts = {f"{number}.zip": _packed({"a.txt": bytes(2**20 + 1)}) for number in range(9)}
    archives.moodle(tmp_path / "a.zip", {"s001": {**blank, "all.zip": _packed(parts)}})
    notes = collect(folder, SLUG, tmp_path / "a.zip").hand_ins[0].notes
    assert [note for note in notes if "unpacks to more than is allowed" in note] == [
        "0.zip, 1.zip, 2.zip and 6 more: each unpacks to more than is allowed for all its files together"
    ]


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--editions", "0"), "neither a number from 1 on"),
        (("--editions", "many"), "neither a number from 1 on"),
        (("--timezone", "Mars/Base"), "one such as Europe/Berlin"),
    ],
)
def test_a_class_that_cannot_be_is_refused_before_anything_is_made(option, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "students.csv").write_text(archives.ROSTER, encoding="utf-8")
    with contextlib.suppress(SystemExit):  # argparse's own way out
        assert cli.main(["class", "new", "peace", "--roster", "students.csv", *option]) == 1
    assert said in capsys.readouterr().err and not (tmp_path / "peace").exists()


def test_an_archive_of_another_platform_is_said(folder, blank, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(folder.root)
    for platform, doubted in (("moodle", False), ("blackboard", True)):
        archives.ALL[platform](tmp_path / "a.zip", {"s001": blank})
        assert cli.main(["class", "collect", SLUG, str(tmp_path / "a.zip")]) == 0
        assert (
            "named as Blackboard does; the class is on Moodle" in " ".join(capsys.readouterr().out.split())
        ) == doubted
