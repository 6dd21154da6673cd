"""Who is in a class: ``roster.csv``, read from a list of one's own or from a platform's export."""

import csv
import io
import re
import unicodedata
from collections import Counter
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from postwar.classroom import platforms

FILE = "roster.csv"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]*")

# Names that Windows keeps for devices, with any ending: no folder can be called so there.
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Student:
    """One person. ``id`` is the name of the folder in ``submitted/``; ``platform_id`` is the platform's internal number.

    Members of a ``group`` hand in together and share their numbers. ``aliases`` are other names under which hand-ins come (a
    participant number, a former name), separated by semicolons.
    """

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    username: str = ""
    platform_id: str = ""
    sis_id: str = ""
    section: str = ""
    group: str = ""
    aliases: str = ""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def owner(self) -> str:
        """Whose hand-in it is: the group's, or the student's own."""
        return self.group.strip() or self.id

    @property
    def other_names(self) -> list[str]:
        """Aliases and group."""
        return [name.strip() for name in [*self.aliases.split(";"), self.group] if name.strip()]


COLUMNS = [field.name for field in fields(Student)]


def table(file: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Header and rows of a CSV export, whatever its encoding and separator; raises ValueError where it is none.

    UTF-8 and UTF-16 with or without a mark, commas, semicolons or tabs.
    """
    raw = file.read_bytes()
    text = None
    for encoding in _encodings(raw[:200]):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    if text is None or "\x00" in text:
        raise ValueError(f"{file} is no text table: export it as CSV")
    if text.startswith("sep="):  # a line for Excel
        text = text.partition("\n")[2]
    first = text.splitlines()[0] if text.strip() else ""
    separator = max(",;\t", key=first.count)
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if any(map(str.strip, row))]
    if not rows:
        raise ValueError(f"{file} is empty")
    header = [cell.strip() for cell in rows[0]]
    return header, [dict(zip(header, map(str.strip, row), strict=False)) for row in rows[1:]]


def _encodings(start):
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ["utf-16"]
    if start.count(0) > len(start) // 4:  # every second byte of plain letters: UTF-16 without its mark
        return ["utf-16-be" if start[:1] == b"\0" else "utf-16-le"]
    return ["utf-8-sig", "cp1252"]


def read(file: Path) -> list[Student]:
    """The students of ``roster.csv``; raises ValueError naming the line where it cannot be used."""
    header, rows = table(file)
    header = [_own(name) for name in header]
    rows = [{_own(name): cell for name, cell in row.items()} for row in rows]
    if "id" not in header:
        raise ValueError(f"{file}: the first line must name the columns, with id among them; it is {', '.join(header)}")
    return checked([Student(**{name: row.get(name) or "" for name in COLUMNS}) for row in rows], file)


def recognise(file: Path) -> tuple[list[Student], str]:
    """Students and platform of an export, or of a list with a column ``id`` (platform ""); raises ValueError where it is neither."""
    header, rows = table(file)
    for name, platform in platforms.ALL.items():
        students = platform.roster(header, rows)
        if students is not None:
            return checked([Student(**student) for student in students], file), name
    if "id" in map(_own, header):
        return read(file), ""
    raise ValueError(
        f"{file}: no column is called id, and it is no roster of {platforms.named()}. Its columns are {', '.join(header)}"
    )


def _own(name):
    """A column of one's own list as `COLUMNS` spell it: ``Student ID`` is ``id``."""
    plain = re.sub(r"[\s_-]+", "_", name.strip().casefold())
    return {"student_id": "id", "student": "id", "surname": "last_name", "given_name": "first_name"}.get(plain, plain)


def checked(students: list[Student], file: Path) -> list[Student]:
    """The same students; raises ValueError where an id is missing, unusable as a folder's name, or used twice."""
    if not students:
        raise ValueError(f"{file} names no student")
    for number, student in enumerate(students, 2):
        if not _ID.fullmatch(student.id) or student.id.endswith("."):
            raise ValueError(
                f"{file}, line {number}: the id {student.id!r} must consist of letters, digits, and . _ @ + - (it names a folder)"
            )
        if _DEVICE.fullmatch(student.id):
            raise ValueError(
                f"{file}, line {number}: the id {student.id!r} is the name of a device on Windows, where no folder can be called so; "
                f"give this student another id, such as {'s-' + student.id!r}"
            )
    twice = [name for name, count in Counter(student.id.casefold() for student in students).items() if count > 1]
    if twice:
        raise ValueError(f"{file}: the id {twice[0]!r} is used twice")
    return students


def write(students: list[Student], file: Path) -> None:
    """Write ``roster.csv`` at once or not at all."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(student) for student in students)
    temporary = file.with_suffix(".new")
    temporary.write_text(text.getvalue(), encoding="utf-8")
    temporary.replace(file)


def key(text: str) -> str:
    """A name as platforms may spell it: no case, no accents, no punctuation, words in order of the alphabet."""
    spelled = (
        unicodedata.normalize("NFKD", text).replace("ß", "ss").replace("ł", "l").replace("ø", "o").replace("đ", "d")
    )
    plain = "".join(letter for letter in spelled if not unicodedata.combining(letter)).casefold()
    return " ".join(sorted(re.findall(r"\w+", plain.replace("_", " "))))


def squeezed(text: str) -> str:
    """The same without spaces and in the order given, as in Canvas's file names."""
    spelled = unicodedata.normalize("NFKD", text).casefold()
    return re.sub(r"[\W_]", "", "".join(letter for letter in spelled if not unicodedata.combining(letter)))


class Finder:
    """Finds the student behind what an archive says of a person."""

    def __init__(self, students: list[Student]):
        self._by = {}
        for student in students:
            names = {
                ("id", student.id),
                ("id", student.username),
                ("id", student.email),
                ("id", student.email.partition("@")[0]),
                ("id", student.sis_id),
                ("platform_id", student.platform_id),
                ("name", key(student.name)),
                ("squeezed", squeezed(student.last_name + student.first_name)),
                ("squeezed", squeezed(student.first_name + student.last_name)),
            }
            names |= {("name", key(alias)) for alias in student.other_names}
            names |= {("id", alias) for alias in student.other_names}
            for kind, text in names:
                if text:
                    self._by.setdefault((kind, text.casefold()), set()).add(student.id)

    def find(self, **said: str) -> tuple[set[str], str]:
        """Ids of the students that fit the surest thing said, and what that was.

        ``platform_id``, ``id`` (user name, e-mail, student number) and names, in this order. Several ids: the name is shared.
        """
        for kind in ("platform_id", "id", "name", "squeezed"):
            text = said.get(kind) or ""
            text = {"name": key, "squeezed": squeezed}.get(kind, str)(text)
            if text and (found := self._by.get((kind, text.casefold()))):
                return found, kind
        return set(), ""
