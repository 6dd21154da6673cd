"""Rosters: own lists and the platforms' exports, and clear errors for what cannot be used."""

import pytest

from postwar.classroom import roster

MOODLE = "First name,Last name,ID number,Email address,Username\nAda,Ärger,1001,s001@uni.example,s001\n"
SURNAME = "First name,Surname,Email address\nAda,Ärger,s001@uni.example\n"
WORKSHEET = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade\nParticipant 7,Ada Ärger,s001@uni.example,,,45\n"
)
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Quiz (12)\n    Points Possible,,,,,10\n"
    '"Ärger, Ada",70001,1001,s001,A,\n"Student, Test",9,,abc,A,\n'
)
BLACKBOARD = '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Quiz [Total Pts: 10 Score] |12"\n"Ärger"\t"Ada"\t"s001"\t"1001"\t""\n'
BRIGHTSPACE = (
    "OrgDefinedId,Username,Last Name,First Name,Email,End-of-Line Indicator\n#1001,#s001,Ärger,Ada,s001@uni.example,#\n"
)


@pytest.mark.parametrize(
    ("text", "encoding", "platform"),
    [
        (MOODLE, "utf-8", "moodle"),
        (MOODLE, "utf-8-sig", "moodle"),
        (MOODLE.replace(",", ";"), "utf-8", "moodle"),
        (SURNAME, "cp1252", "moodle"),
        (WORKSHEET, "utf-8-sig", "moodle"),
        (CANVAS, "utf-8", "canvas"),
        (CANVAS.replace("\n", "\r\n"), "utf-8-sig", "canvas"),
        (BLACKBOARD, "utf-16", "blackboard"),
        (BLACKBOARD, "utf-16-le", "blackboard"),
        (BLACKBOARD, "utf-16-be", "blackboard"),
        ("sep=;\n" + MOODLE.replace(",", ";"), "cp1252", "moodle"),
        (CANVAS.replace("SIS Login ID", "Root").replace(",1001,s001", ",s001,x"), "utf-8", "canvas"),
        ("Student ID,First Name,Surname\ns001,Ada,Ärger\n", "utf-8", ""),
        (BLACKBOARD.replace("\t", ","), "utf-8-sig", "blackboard"),
        (BRIGHTSPACE, "utf-8", "brightspace"),
        ("id,first_name,last_name,email\ns001,Ada,Ärger,s001@uni.example\n", "utf-8", ""),
        ("id;first_name;last_name\ns001;Ada;Ärger\n", "utf-8", ""),
    ],
)
def test_an_export_is_recognised_by_its_headers(text, encoding, platform, tmp_path):
    file = tmp_path / "roster.csv"
    file.write_bytes(text.encode(encoding))
    students, found = roster.recognise(file)
    assert found == platform
    assert [(student.id, student.name) for student in students] == [("s001", "Ada Ärger")]


@pytest.mark.parametrize(
    ("text", "encoding", "platform", "id"),
    [
        (
            "Vorname;Nachname;ID-Nummer;E-Mail-Adresse;Anmeldename;Gruppen\nAda;Ärger;1001;s001@uni.example;s001;A\n",
            "utf-8-sig",
            "moodle",
            "s001",
        ),
        (
            'Prénom,"Nom de famille","Numéro d’identification","Adresse de courriel"\nAda,Ärger,1001,s001@uni.example\n',
            "utf-16",
            "moodle",
            "1001",
        ),
        ('Nombre,Apellido(s),"Dirección de correo"\nAda,Ärger,s001@uni.example\n', "utf-8", "moodle", "s001"),
        ("Ім'я,Прізвище,Електронна пошта\nAda,Ärger,s001@uni.example\n", "utf-8", "moodle", "s001"),
        (
            'ID,Vollständiger Name,E-Mail-Adresse,Bewertung,Bestwertung\n"Teilnehmer/in7",Ada Ärger,s001@uni.example,,"45,00"\n',
            "utf-8",
            "moodle",
            "s001",
        ),
        (
            '"Nachname"\t"Vorname"\t"Benutzername"\t"Quiz [Total Pts: 10 Score] |12"\nÄrger\tAda\ts001\t\n',
            "utf-16",
            "blackboard",
            "s001",
        ),
        ("Participants of 2027,,\nid,first_name,last_name\ns001,Ada,Ärger\n", "utf-8", "", "s001"),
        ("id|first_name|last_name\ns001|Ada|Ärger\n", "utf-8", "", "s001"),
        ("ID,First name,Surname,Email address\ns001,Ada,Ärger,other@uni.example\n", "utf-8", "", "s001"),
        ("Matrikelnummer;Name;E-Mail\n1001;Ärger, Ada;s001@uni.example\n", "cp1252", "", "1001"),
        ("Name,Email\nAda Ärger,s001@uni.example\n", "utf-8", "", "s001"),
        ("First name,Surname,Email address,Username\nAda,Ärger,a@b,Ada.Ärger/7\n", "utf-8", "moodle", "Ada.Arger-7"),
        ("First name,Surname,Email address\nAda,Ärger,\n", "utf-8", "moodle", "Ada.Arger"),
    ],
    ids=range(13),
)
def test_other_languages_and_forms_of_lists(text, encoding, platform, id, tmp_path):
    file = tmp_path / "roster.csv"
    file.write_bytes(text.encode(encoding))
    students, found = roster.recognise(file)
    assert found == platform
    assert [(student.id, student.name) for student in students] == [(id, "Ada Ärger")]


def test_numbers_and_sections_are_taken_in_other_languages_too(tmp_path):
    file = tmp_path / "roster.csv"
    file.write_bytes('"Nom"\t"Prénom"\t"Nom d’utilisateur"\t"ID étudiant"\nÄrger\tAda\ts001\t1001\n'.encode("utf-16"))
    assert roster.recognise(file)[0][0].sis_id == "1001"
    file.write_text(
        BRIGHTSPACE.replace("Email,", "Email,Sections,").replace("example,", "example,Tuesday,"), encoding="utf-8"
    )
    assert roster.recognise(file)[0][0].section == "Tuesday"


@pytest.mark.parametrize(
    ("name", "encoding"), [("Олена Гудзь", "cp1251"), ("Łucja Wałęsa", "cp1250"), ("Ada Ärger", "cp1252")]
)
def test_a_list_from_an_older_spreadsheet_keeps_its_letters(name, encoding, tmp_path):
    file = tmp_path / "roster.csv"
    file.write_bytes(f"id;name\ns001;{name}\n".encode(encoding))
    assert roster.recognise(file)[0][0].name == name


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("name,room\nAda,x\n", "no column is called id"),
        ("id\n", "names no student"),
        ("id\ns001\nS001\n", "used twice"),
        ("id\n../etc\n", "line 2: the id '../etc'"),
        ("id\nAda Ärger\n", "line 2"),
        ("id\n\x00\n", "no text table"),
    ],
)
def test_what_cannot_be_used_is_named(text, message, tmp_path):
    file = tmp_path / "roster.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        roster.recognise(file)


def test_what_is_written_is_read_again(tmp_path):
    students = [roster.Student("s001", "Ada", 'Ärger; "x"', "a@b", aliases="Group A;Participant 7")]
    roster.write(students, tmp_path / "roster.csv")
    assert roster.read(tmp_path / "roster.csv") == students


@pytest.mark.parametrize(
    "said",
    [
        {"platform_id": "70001"},
        {"id": "S001"},
        {"id": "s001@uni.example"},
        {"id": "1001"},
        {"name": "Ada Ärger"},
        {"name": "ARGER, Ada"},
        {"name": "Ada A\u0308rger"},
        {"squeezed": "argerada"},
        {"name": "Group A"},
        {"squeezed": "groupa"},
        {"name": "AdaÄrger"},
        {"id": "participant 7"},
    ],
)
def test_a_student_is_found_by_what_a_platform_says(said):
    one = roster.Student(
        "s001", "Ada", "Ärger", "s001@uni.example", "s001", "70001", "1001", aliases="Group A;Participant 7"
    )
    two = roster.Student("s002", "Bo", "Nox")
    assert roster.Finder([one, two]).find(**said)[0] == {"s001"}


def test_a_shared_name_is_never_guessed():
    twins = [roster.Student("s001", "Ada", "Nox"), roster.Student("s002", "Ada", "Nox")]
    assert roster.Finder(twins).find(name="Ada Nox")[0] == {"s001", "s002"}


@pytest.mark.parametrize("name", ["CON", "nul", "Aux.txt", "com1", "LPT9", "prn"])
def test_an_id_that_windows_keeps_for_a_device_is_refused(tmp_path, name):
    file = tmp_path / "students.csv"
    file.write_text(f"id\ns1\n{name}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"line 3: .*device on Windows.*another id"):
        roster.recognise(file)


def test_an_id_that_only_begins_like_a_device_is_fine(tmp_path):
    file = tmp_path / "students.csv"
    file.write_text("id\nconrad\nnull\ncom\n", encoding="utf-8")
    assert len(roster.recognise(file)[0]) == 3
