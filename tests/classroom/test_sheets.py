"""Mark files: a platform's own export filled in, everyone in their own row, and nobody in another's."""

import csv

import pytest

from postwar.classroom import platforms, roster
from postwar.classroom.platforms import Result, moodle
from postwar.classroom.sheet import Sheet

TOPS = {
    "moodle": 'Identifier,Full name,Email address,Grade,Maximum Grade\nParticipant 7,Ada Nox,,,"100,00"\n',
    "canvas": 'Student,ID,SIS Login ID,Section,quiz (5)\n    Points Possible,,,,100\n"Nox, Ada",70001,s001,A,\n',
    "blackboard": "Last Name,First Name,Username,Student ID,quiz [Total Pts: 100 Score] |5\nNox,Ada,s001,1,\n",
    "brightspace": "OrgDefinedId,Username,Last Name,First Name,Email,quiz Points Grade <Numeric MaxPoints:100>,"
    "End-of-Line Indicator\n#1,#s001,Nox,Ada,,,#\n",
}


@pytest.mark.parametrize("platform", TOPS)
def test_points_are_scaled_to_the_sheet_s_own_maximum(platform, tmp_path):
    (tmp_path / "sheet.csv").write_text(TOPS[platform], encoding="utf-8")
    student = roster.Student("s001", "Ada", "Nox", username="s001", platform_id="70001")
    keep = "Ada Nox_7_assignsubmission_file_"
    results = [Result(student, 30.0, keep=keep)]
    _, rows = Sheet(tmp_path / "sheet.csv", platform).filled(results, "quiz", 40.0)
    assert ("75,00" if platform == "moodle" else "75.00") in rows[-1]


def test_moodle_s_twins_get_their_own_marks(tmp_path):
    header = ["Identifier", "Full name", "Grade", "Maximum Grade"]
    rows = [dict(zip(header, [f"Participant {n}", "Ada Nox", "", "10.00"], strict=True)) for n in (7, 8)]
    twins = [roster.Student("s001", "Ada", "Nox"), roster.Student("s002", "Ada", "Nox")]
    known = [
        Result(twins[0], 1.0, keep="Ada Nox_8_assignsubmission_file_"),
        Result(twins[1], 2.0, keep="Ada Nox_7_assignsubmission_file_"),
    ]
    assert [row[2] for row in moodle.marks((header, rows), known, "quiz", 10)[1]] == ["2.00", "1.00"]
    unknown = [Result(twin, 1.0) for twin in twins]
    assert [row[2] for row in moodle.marks((header, rows), unknown, "quiz", 10)[1]] == ["", ""], "never guessed"


def test_a_worksheet_of_another_language_is_filled_in_under_its_own_headings(tmp_path):
    header = ["ID", "Vollständiger Name", "E-Mail-Adresse", "Bewertung", "Bestwertung", "Feedback als Kommentar"]
    row = dict.fromkeys(header, "") | {
        "ID": "Teilnehmer/in 7",
        "E-Mail-Adresse": "s001@uni.example",
        "Bestwertung": "90,00",
    }
    with (tmp_path / "sheet.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, row.values()])
    results = [Result(roster.Student("s001", "Ada", "Ärger", "s001@uni.example"), 22.5)]
    written, lines = Sheet(tmp_path / "sheet.csv", "moodle").filled(results, "quiz", 45)
    assert written == header and lines[0][3] == "45,00"


#: Two people in exports as they come, each with another choice of identifiers.
TWO = {
    "canvas": "Student,ID,SIS Login ID,Section,quiz (5)\n    Points Possible,,,,10\n"
    '"Nox, Ada",70001,ada@uni.example,A,\n"Øz, Bo",70002,bo@uni.example,A,\n',
    "blackboard": "Last Name,First Name,Username,Student ID,quiz [Total Pts: 10 Score] |5\nNox,Ada,anox,1,\nØz,Bo,boz,2,\n",
    "brightspace": "OrgDefinedId,Username,Last Name,First Name,quiz Points Grade <Numeric MaxPoints:10>,End-of-Line Indicator\n"
    "#1,#anox,Nox,Ada,,#\n#2,#boz,Øz,Bo,,#\n",
    "brightspace by number": "OrgDefinedId,Last Name,First Name,quiz Points Grade <Numeric MaxPoints:10>,End-of-Line Indicator\n"
    "#1,Nox,Ada,,#\n#2,Øz,Bo,,#\n",
    "brightspace by user": "Username,Last Name,First Name,quiz Points Grade <Numeric MaxPoints:10>,End-of-Line Indicator\n"
    "#anox,Nox,Ada,,#\n#boz,Øz,Bo,,#\n",
    "moodle": "Identifier,Full name,Email address,Grade,Maximum Grade\nParticipant 7,Ada Nox,ada@uni.example,,10\n"
    "Participant 8,Bo Øz,bo@uni.example,,10\n",
}
#: Who they are on the roster, as far as it says.
KNOWN = {
    "from the export": None,
    "an own list": [
        roster.Student("ada", "Ada", "Nox", "ada@uni.example"),
        roster.Student("bo", "Bo", "Øz", "bo@uni.example"),
    ],
    "names alone": [roster.Student("s1", "Ada", "Nox"), roster.Student("s2", "Bo", "Øz")],
}


@pytest.mark.parametrize("known", KNOWN)
@pytest.mark.parametrize("export", TWO)
def test_everyone_gets_the_mark_in_their_own_row(export, known, tmp_path):
    file = tmp_path / "export.csv"
    file.write_text(TWO[export], encoding="utf-8")
    platform = export.partition(" ")[0]
    students = KNOWN[known]
    if students is None:
        students, found = roster.recognise(file)
        assert found == platform
    sheet = Sheet(file, platform)
    header, rows = sheet.filled([Result(students[0], 3.0), Result(students[1], None, "absent")], "quiz", 10.0)
    by_name = {" ".join(row): row for row in rows}
    column = next(number for number, name in enumerate(header) if name.startswith(("quiz", "Grade")))
    (ada,), (bo,) = ([row for text, row in by_name.items() if name in text] for name in ("Nox", "Øz"))
    assert (ada[column], bo[column]) == ("3.00", "")
    original = {
        name: [cell.lstrip("#") for cell in line.values()] for name, line in zip("ab", sheet.rows[-2:], strict=True)
    }
    for row, name in ((ada, "a"), (bo, "b")):
        kept = [cell.lstrip("#") for number, cell in enumerate(row) if number != column and header[number] != "Email"]
        assert set(kept) <= {*original[name], ""}, "its own identifiers, as the platform wrote them"
    assert sheet.differences(students) == []


@pytest.mark.parametrize("export", TWO)
def test_who_is_only_here_or_only_there_is_said_and_gets_no_row(export, tmp_path):
    file = tmp_path / "export.csv"
    file.write_text(TWO[export], encoding="utf-8")
    students = [roster.Student("ada", "Ada", "Nox", "ada@uni.example"), roster.Student("cy", "Cy", "Ito")]
    sheet = Sheet(file, export.partition(" ")[0])
    _, rows = sheet.filled([Result(student, 1.0) for student in students], "quiz", 10.0)
    assert not [row for row in rows if "Ito" in " ".join(row)]
    assert sheet.differences(students) == ["Not in export.csv: cy", "In export.csv and not on the roster: Bo Øz"]


def test_another_export_is_refused_by_its_columns(tmp_path):
    """Moodle's gradebook, and another platform's file: nothing that looks filled in and is not."""
    file = tmp_path / "grades.csv"
    file.write_text(
        "First name,Surname,ID number,Email address,quiz (Real)\nAda,Nox,1,ada@uni.example,-\n", encoding="utf-8"
    )
    with pytest.raises(
        ValueError, match=r"grades.csv is no export of marks from Moodle .*no column Identifier.*Without --sheet"
    ):
        Sheet(file, "moodle")
    file.write_text(TWO["canvas"], encoding="utf-8")
    for platform in platforms.ALL.keys() - {"canvas"}:
        with pytest.raises(ValueError, match="is no export of marks from"):
            Sheet(file, platform)
