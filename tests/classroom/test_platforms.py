"""What each platform's names say, and what cannot be matched."""

from datetime import datetime
from pathlib import PurePosixPath as P

import pytest

from postwar.classroom import platforms
from postwar.classroom.platforms import blackboard, brightspace, canvas, dates, moodle


@pytest.mark.parametrize(
    ("module", "name", "who", "file"),
    [
        (moodle, "Ada Ärger_123_assignsubmission_file_/quiz.ipynb", ("name", "Ada Ärger"), "quiz.ipynb"),
        (moodle, "Ada Ärger_123_assignsubmission_file/quiz.ipynb", ("name", "Ada Ärger"), "quiz.ipynb"),
        (moodle, "Ada Ärger_123_assignsubmission_file_quiz.ipynb", ("name", "Ada Ärger"), "quiz.ipynb"),
        (moodle, "Ada_B Ärger_123_assignsubmission_file_/mine/quiz.ipynb", ("name", "Ada_B Ärger"), "mine/quiz.ipynb"),
        (moodle, "Group A-Ada Ärger_123_assignsubmission_file_/quiz.ipynb", ("name", "Ada Ärger"), "quiz.ipynb"),
        (moodle, "POL-301 B-Ana-Lia Ö_123_assignsubmission_file_/quiz.ipynb", ("name", "Ana-Lia Ö"), "quiz.ipynb"),
        (moodle, "Participant_123_assignsubmission_file_/quiz.ipynb", ("id", "participant 123"), "quiz.ipynb"),
        (canvas, "argerada_12_34_quiz.ipynb", ("platform_id", "12"), "quiz.ipynb"),
        (canvas, "argerada_LATE_12_34_quiz-1.ipynb", ("platform_id", "12"), "quiz-1.ipynb"),
        (canvas, "submissions/argerada_12_34_my_quiz_2.ipynb", ("platform_id", "12"), "my_quiz_2.ipynb"),
        (blackboard, "Quiz_s001_attempt_2027-03-01-18-22-11_quiz.ipynb", ("id", "s001"), "quiz.ipynb"),
        (blackboard, "Planning%20peace_s001_attempt_2027-03-01-18-22-11_quiz.ipynb", ("id", "s001"), "quiz.ipynb"),
        (blackboard, "My_title_s_001_attempt_2027-03-01-18-22-11_quiz.ipynb", ("id", "s_001"), "quiz.ipynb"),
        (blackboard, "Quiz_s001_Versuch_2027-03-01-18-22-11_quiz.ipynb", ("id", "s001"), "quiz.ipynb"),
        (brightspace, "12-34-Ada Ärger-Mar 1, 2027 622 PM/quiz.ipynb", ("name", "Ada Ärger"), "quiz.ipynb"),
        (brightspace, "12-34 - Ada Ärger - 2027-03-01 1822/quiz.ipynb", ("name", "Ada Ärger"), "quiz.ipynb"),
        (brightspace, "12-34 - Ada Ärger - Mar 1, 2027 622 PM/quiz.ipynb", ("platform_id", "12"), "quiz.ipynb"),
        (
            brightspace,
            "12-34 - Ada-Maria Ärger - Mar 1, 2027 1022 PM/quiz.ipynb",
            ("name", "Ada-Maria Ärger"),
            "quiz.ipynb",
        ),
    ],
)
def test_a_name_says_who_and_which_file(module, name, who, file):
    entry = module.entry(P(name))
    assert who in entry.who and entry.file == file


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Mar 1, 2027 622 PM", datetime(2027, 3, 1, 18, 22)),
        ("Mar 1, 2027 1222 AM", datetime(2027, 3, 1, 0, 22)),
        ("March 1, 2027 1122 AM", datetime(2027, 3, 1, 11, 22)),
        ("1 March, 2027 1822", datetime(2027, 3, 1, 18, 22)),
        ("1 Mar 2027 822", datetime(2027, 3, 1, 8, 22)),
        ("Mar. 1, 2027 6:22 p.m.", datetime(2027, 3, 1, 18, 22)),
        ("1 March, 2027 622 PM", datetime(2027, 3, 1, 18, 22)),
        ("Mar 1, 2027 622PM", datetime(2027, 3, 1, 18, 22)),
        ("1. März 2027 1822", datetime(2027, 3, 1, 18, 22)),
        ("1 de marzo de 2027 1822", datetime(2027, 3, 1, 18, 22)),
        ("1 août 2027 18h22", datetime(2027, 8, 1, 18, 22)),
        ("липня 1, 2027 622 PM", datetime(2027, 7, 1, 18, 22)),
        ("01.03.2027 18:22", datetime(2027, 3, 1, 18, 22)),
        ("2027-03-01 1822", datetime(2027, 3, 1, 18, 22)),
        ("01-03-2027 1822", None),
        ("Mar 1, 2027 622\u202fPM", datetime(2027, 3, 1, 18, 22)),
    ],
)
def test_brightspace_times(text, moment):
    assert brightspace.entry(P(f"1-2 - Ada - {text}/quiz.ipynb")).handed_in == moment


@pytest.mark.parametrize(
    "text",
    [
        "Monday, 1 March 2027, 6:22 PM",
        "Monday, March 1, 2027, 6:22 PM",
        "Montag, 1. März 2027, 18:22",
        "lundi 1 mars 2027, 18:22",
        "lunes, 1 de marzo de 2027, 18:22",
        "lunedì, 1 marzo 2027, 18:22",
        "segunda-feira, 1 de março de 2027 às 18:22",
        "maandag 1 maart 2027, 18:22",
        "poniedziałek, 1 marca 2027, 18:22",
        "понеділок 1 березня 2027 18:22",
        "понедельник, 1 марта 2027, 18:22",
        "måndag, 1 mars 2027, 18:22",
        "maanantai, 1. maaliskuuta 2027, 18:22",
        "Pondělí, 1. března 2027, 18:22",
        "2027. március 1., hétfő, 18:22",
        "1 Mart 2027, Pazartesi, 18:22",
        "2027年 03月 1日(月曜日) 18:22",
        "2027年3月1日 星期一 下午6:22",
    ],
)
def test_a_worksheet_s_times_are_read_in_its_language(text):
    assert dates.moment(text) == datetime(2027, 3, 1, 18, 22)


def test_a_day_of_the_week_is_no_month():
    for text in ("martes, 2 de junio de 2026, 09:05", "середа 2 червня 2026 09:05", "Tuesday, 2 June 2026, 9:05 AM"):
        assert dates.moment(text) == datetime(2026, 6, 2, 9, 5)


def test_a_date_that_nobody_can_read_stops_nothing():
    assert brightspace.entry(P("1-2 - Ada - Smarch 41, 2027 99 PM/quiz.ipynb")).handed_in is None
    assert brightspace.entry(P("1-2 - Ada - 1 Smarch 2027/quiz.ipynb")).undated == "1 Smarch 2027"


def test_another_platform_s_names_do_not_fit():
    samples = {
        "moodle": "Ada_123_assignsubmission_file_/quiz.ipynb",
        "canvas": "argerada_12_34_quiz.ipynb",
        "blackboard": "Quiz_s001_attempt_2027-03-01-18-22-11_quiz.ipynb",
        "brightspace": "12-34 - Ada - Mar 1, 2027 622 PM/quiz.ipynb",
    }
    for name, sample in samples.items():
        assert platforms.recognise([P(sample)]) == name
    assert platforms.recognise([P("s001/quiz.ipynb")]) is None
    assert platforms.recognise([]) is None


def test_later_attempts_of_canvas_sort_last():
    attempts = [canvas.entry(P(f"ab_1_{n}_quiz{more}.ipynb")).attempt for n, more in ((9, ""), (20, "-1"), (100, "-2"))]
    assert attempts == sorted(attempts)
