"""Who is in a class: ``roster.csv``, read from a list of one's own or from a platform's export."""

import csv
import io
import re
import unicodedata
from collections import Counter
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from postwar.classroom import platforms
from postwar.classroom.platforms import headings

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
        """Aliases and group, and the platform's own groups, of which one may have handed in."""
        return [
            name.strip()
            for name in [*self.aliases.split(";"), self.group, *re.split("[;,]", self.section)]
            if name.strip()
        ]


COLUMNS = [field.name for field in fields(Student)]


def table(file: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Header and rows of a CSV export, whatever its encoding and separator; raises ValueError where it is none.

    UTF-8 and UTF-16 with or without a mark, commas, semicolons or tabs. FileNotFoundError says where the file was looked for.
    """
    try:
        raw = file.read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(f"There is no file {file} in {Path.cwd()}") from None
    except OSError as error:
        raise ValueError(f"{file} cannot be read: {error.strerror}") from None
    text = None
    for encoding in _encodings(raw):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    if text is None or "\x00" in text:
        raise ValueError(f"{file} is no text table: export it as CSV")
    if text.startswith("sep="):  # a line for Excel
        text = text.partition("\n")[2]
    first = max(text.splitlines()[:5], key=lambda line: len(re.findall(r"[,;\t|]", line)), default="")
    separator = max(",;\t|", key=first.count)
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if any(map(str.strip, row))]
    if not rows:
        raise ValueError(f"{file} is empty")
    while len(rows) > 1 and _filled(rows[0]) == 1 < max(map(_filled, rows)):  # a title above the table
        rows.pop(0)
    header = [cell.strip() for cell in rows[0]]
    return header, [dict(zip(header, map(str.strip, row), strict=False)) for row in rows[1:]]


def _filled(row):
    return sum(bool(cell.strip()) for cell in row)


def _encodings(raw):
    start = raw[:200]
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ["utf-16"]
    if start.count(0) > len(start) // 4:  # every second byte of plain letters: UTF-16 without its mark
        return ["utf-16-be" if start[:1] == b"\0" else "utf-16-le"]
    # Windows' own encodings are told apart by what would be no word in the western one.
    if re.search(rb"[\xc0-\xff]{3}", raw):
        return ["utf-8-sig", "cp1251"]
    if re.search(rb"[A-Za-z][\xb3\xb9\xbf\xa5\xaf\xa3\x9c\x9f]|[\xb3\xb9\xbf\x9c\x9f][A-Za-z]", raw):
        return ["utf-8-sig", "cp1250"]
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
    named = [heading.casefold() for heading in header]
    held = set(map(headings.meaning, header))
    worksheet = {"identifier", "full", "grade"} <= held  # Moodle's, where some languages call the identifier ID as well
    own = "id" in named or ("id" in map(_own, header) and "username" not in held)
    if own and "student" not in named and not worksheet:
        return _listed(header, rows, file), ""
    for translated in (False, True):
        for name, platform in platforms.ALL.items():
            sheet = platforms.english(platform, header, rows)[:2] if translated else (header, rows)
            if (students := platform.roster(*sheet)) is not None:
                return checked([Student(**student | {"id": _usable(student)}) for student in students], file), name
    if held & {"email", "number", "username"} or "id" in map(_own, header):
        return _listed(header, rows, file), ""
    raise ValueError(
        f"{file}: no column is called id, and it is no roster of {platforms.named()}. Its columns are {', '.join(header)}"
    )


def _listed(header, rows, file):
    """A list of one's own: columns as in ``roster.csv``, or by what they hold."""
    by_meaning = {"first": "first_name", "last": "last_name", "number": "sis_id", "groups": "group"}
    columns = {}
    for heading in header:
        held = headings.meaning(heading)
        name = _own(heading) if _own(heading) in COLUMNS else by_meaning.get(held, held)
        columns.setdefault(name, heading)
    students = []
    for row in rows:
        found = {name: row.get(columns[name]) or "" for name in COLUMNS if name in columns}
        if "full" in columns and not (found.get("first_name") or found.get("last_name")):
            last, comma, first = row.get(columns["full"], "").partition(",")
            first, last = (first.strip(), last.strip()) if comma else last.rpartition(" ")[::2]
            found |= {"first_name": first, "last_name": last}
        students.append(Student(**found if "id" in columns else found | {"id": _usable(found)}))
    return checked(students, file)


def _usable(found: dict[str, str]) -> str:
    """An id that can name a folder, from what identifies a person: the first of these that is there, spelled in plain letters."""
    name = ".".join(filter(None, [found.get("first_name"), found.get("last_name")]))
    choices = (
        found.get("id"),
        found.get("username"),
        found.get("sis_id"),
        found.get("email", "").partition("@")[0],
        name,
    )
    for text in filter(None, choices):
        plain = "".join(letter for letter in spelled(text) if not unicodedata.combining(letter))
        if usable := re.sub(r"[^A-Za-z0-9._@+-]+", "-", plain).strip("-._"):
            return usable
    return ""


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


def spelled(text: str) -> str:
    """Letters and their accents apart, and letters that have no such form as they are written without."""
    for letter, plain in (
        ("ß", "ss"),
        ("ł", "l"),
        ("Ł", "L"),
        ("ø", "o"),
        ("Ø", "O"),
        ("đ", "d"),
        ("Đ", "D"),
        ("ı", "i"),
    ):
        text = text.replace(letter, plain)
    return unicodedata.normalize("NFKD", text)


def key(text: str) -> str:
    """A name as platforms may spell it: no case, no accents, no punctuation, words in order of the alphabet."""
    plain = "".join(letter for letter in spelled(text) if not unicodedata.combining(letter)).casefold()
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
            names |= {("squeezed", squeezed(alias)) for alias in student.other_names}
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
        if said.get("name"):  # O'Neil as ONeil
            return self.find(squeezed=said["name"])
        return set(), ""
