"""Archives of hand-ins, named by the rules that the modules in ``postwar/classroom/platforms`` state and cite."""

import zipfile
from datetime import datetime

from postwar.classroom.roster import squeezed

SLUG = "01-planning-peace"
#: number of each student by the platform's own count
NUMBERS = {"s001": 70001, "s002": 70002, "s003": 70003, "s004": 70004, "s005": 70005}
NAMES = {
    "s001": ("Ada", "Ärger"),
    "s002": ("Bo", "de la Cruz"),
    "s003": ("Cem", "Öz"),
    "s004": ("Di", "O'Neil"),
    "s005": ("Ed", "Nox"),
}
#: as Moodle exports it
ROSTER = """First name,Surname,Email address,ID number,Username
Ada,Ärger,s001@uni.example,1001,s001
Bo,de la Cruz,s002@uni.example,1002,s002
Cem,Öz,s003@uni.example,1003,s003
Di,O'Neil,s004@uni.example,1004,s004
Ed,Nox,s005@uni.example,1005,s005
"""
WHEN = datetime(2027, 3, 1, 18, 22, 11)


def write(file, members):
    """A zip archive of ``{name: bytes}``."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file


def moodle(file, hand_ins, *, folders=True):
    """``{student: {file name: bytes}}`` as *Download all submissions* names it."""
    join = "/" if folders else ""
    return write(
        file,
        {
            f"{' '.join(NAMES[student])}_{NUMBERS[student]}_assignsubmission_file_{join}{name}": content
            for student, files in hand_ins.items()
            for name, content in files.items()
        },
    )


def canvas(file, hand_ins, *, late=()):
    """The same as *Download Submissions* names it."""
    members = {}
    for place, (student, files) in enumerate(hand_ins.items()):
        first, last = NAMES[student]
        name = squeezed(last) + squeezed(first)
        for number, (own, content) in enumerate(files.items()):
            mark = "LATE_" if student in late else ""
            members[f"{name}_{mark}{NUMBERS[student]}_{9000 + 10 * place + number}_{own}"] = content
    return write(file, members)


def blackboard(file, hand_ins, *, when=WHEN, title="Planning peace: 1_2"):
    """The same as *Download Submissions* names it, with receipts."""
    members = {}
    for student, files in hand_ins.items():
        before = f"{title}_{student}_attempt_{when:%Y-%m-%d-%H-%M-%S}"
        members[f"{before}.txt"] = f"Name: {' '.join(NAMES[student])} ({student})\nDate Submitted: …\n".encode()
        members |= {f"{before}_{name}": content for name, content in files.items()}
    return write(file, members)


def brightspace(file, hand_ins, *, when=WHEN):
    """The same as *Download* names it, with its index."""
    members = {"index.html": b"<html></html>"}
    for student, files in hand_ins.items():
        hour = f"{when.hour % 12 or 12}{when:%M %p}"
        folder = f"{NUMBERS[student]}-555 - {' '.join(NAMES[student])} - {when:%b} {when.day}, {when.year} {hour}"
        members |= {f"{folder}/{name}": content for name, content in files.items()}
    return write(file, members)


ALL = {"moodle": moodle, "canvas": canvas, "blackboard": blackboard, "brightspace": brightspace}
