"""A made-up class with known properties, written straight as class folder, gradebook and graded copies: no kernel runs.

Answers follow a two-parameter logistic model with guessing. Wrong numbers are typical slips or anybody's own; half of the time a student
prefers the same slip everywhere, so that wrong answers are no independent draws. Essays are chains of words that follow each other in
the lessons, with quotations of lessons in between, so that honest texts share phrases.
"""

import ast
import contextlib
import csv
import functools
import io
import json
import re
import shutil
from bisect import bisect
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import nbformat
import numpy as np
from nbgrader import api

from postwar import course, paths
from postwar.classroom import settings
from postwar.classroom.create import CONFIG
from postwar.classroom.folder import ClassFolder
from postwar.editions.dealt import label
from postwar.quiz import answered, marking
from postwar.quiz.asking import CONFIDENCE
from postwar.report.sources import hints_of

SLUGS = [lesson.slug for lesson in course.LESSONS]
READERS = ["AB", "CD", "EF"]
CRITERIA = 4


@dataclass(frozen=True)
class Defects:
    """What is wrong with a class; each entry names where. Empty: nothing is."""

    bad_item: tuple[str, str] | None = None  # (assignment, item): who is strong gets it wrong
    guessed_item: tuple[str, str] | None = None
    copied: str | None = None  # assignment that one student has from another
    hard_version: tuple[str, str] | None = None  # (assignment, version)
    drifting_reader: tuple[str, str] | None = None  # (assignment, reader)
    lenient_reader: tuple[str, str] | None = None
    two_right: tuple[str, str] | None = None  # (assignment, item): whoever knows chooses one of two options
    wrong_key: tuple[str, str] | None = None  # (assignment, item): whoever knows chooses another option
    half: str | None = None  # assignment that one student has half from another
    three: str | None = None  # assignment that three have from one
    foreign: str | None = None  # assignment whose numbers one student has from another edition
    reworded: str | None = None  # assignment whose essay one student has from another, every sixth word changed


FIVE = Defects(
    bad_item=("02-london-and-paris", "careful-headline"),
    guessed_item=("05-nato", "two-and-one"),
    copied="03-washington",
    hard_version=("04-deterrence", "3"),
    drifting_reader=("06-kyiv", "CD"),
)


@dataclass
class Item:
    """A graded cell as the generator needs it."""

    name: str
    kind: str  # number, question, other, essay
    points: float
    task: str
    asked: answered.Asked | None = None
    sure: bool = False
    test: str = ""
    hint: str = ""


@functools.cache
def _template(slug, name):
    """Cells of a graded copy as JSON, and its items; a cell that a student changes is a name in place of text."""
    notebook = nbformat.read(paths.SOLUTIONS / slug / f"{name}.ipynb", as_version=4)
    released = {cell.id: cell for cell in nbformat.read(paths.EXERCISES / slug / f"{name}.ipynb", as_version=4).cells}
    cells, items, task, question = [], [], "", ""
    for cell in notebook.cells:
        grading = cell.metadata.get("nbgrader", {})
        if grading.get("solution"):
            task, question = cell.id, cell.source
        if grading.get("grade") or grading.get("solution"):
            # A test's JSON up to its outputs.
            tested = (
                json.dumps({key: cell[key] for key in cell if key != "outputs"}).removesuffix("}") + ', "outputs": '
            )
            cells.append((cell.id, tested, json.loads(json.dumps(released[cell.id]))))
        else:
            cells.append((None, json.dumps(released[cell.id]), None))
        if grading.get("grade"):
            item = Item(cell.id, "other", grading["points"], task)
            if grading["solution"]:
                item.kind = "essay"
            elif asked := answered.asked(question, cell.source):
                item.kind, item.asked, item.test = "question", asked, cell.source
                item.sure = "confidence=" in question
            elif re.search(r"mark_number\(", cell.source):
                item.kind, item.hint = "number", min(hints_of(cell.source))
            items.append(item)
    return cells, items


@functools.cache
def _words():
    """(word -> words that follow it, all sentences) of the lessons."""
    text = []
    for lesson in course.SEQUENCE:
        for cell in nbformat.read(paths.LESSONS / lesson.notebook, as_version=4).cells:
            if cell.cell_type == "markdown":
                text.append(re.sub(r"<!--.*?-->|<[^>]*>|\]\([^)]*\)|[\[#*|`]", " ", cell.source))
    words = " ".join(text).split()
    follows = {}
    for one, other in zip(words, words[1:], strict=False):
        follows.setdefault(one, []).append(other)
    return follows, words


def essay(random, length=260):
    """An honest text: a chain of words, a third of it quoted from lessons in passages of 6 to 18 words."""
    follows, words = _words()
    picks = random.random(length)
    written, word = [], words[int(random.integers(len(words)))]
    while len(written) < length:
        pick = picks[len(written)]
        if pick < 0.03:
            start = int(random.integers(len(words) - 20))
            written += words[start : start + int(random.integers(6, 19))]
            word = written[-1]
        following = follows.get(word) or words
        word = following[int(pick * 1e6) % len(following)]
        written.append(word)
    return " ".join(written[:length])


def make(root: Path, seed: int, *, students=300, editions=6, defects=Defects(), slugs=SLUGS, level=0.0) -> ClassFolder:
    """Write the class into the new folder ``root``; ``level`` is the mean ability of its students."""
    random = np.random.default_rng(seed)
    names = [f"s{number:03}" for number in range(1, students + 1)]
    folder = _folder(root, random, names, editions, slugs)
    versions = (
        {name: str(i % editions + 1) for i, name in enumerate(names)} if editions != 1 else dict.fromkeys(names, "")
    )
    if editions != 1:
        with (root / "versions.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("student_id", "version"), *versions.items()])
    ability = random.normal(level, size=students)
    style = random.integers(3, size=students)
    book = _Gradebook(folder, names)
    for slug in slugs:
        _assignment(folder, book, slug, random, names, versions, ability, style, defects)
    book.write()
    return folder


#: In a class with six editions, by place: from whom, and who copies; all have the same edition but for the last.
COPIED = {"half": (15, [21]), "three": (24, [30, 36, 42]), "reworded": (7, [13]), "foreign": (27, [20])}
FAMILIES = Defects(
    two_right=("01-planning-peace", "easy-cases"),
    wrong_key=("02-london-and-paris", "careful-headline"),
    lenient_reader=("01-planning-peace", "AB"),
    drifting_reader=("02-london-and-paris", "EF"),
    half="01-planning-peace",
    three="02-london-and-paris",
    foreign="02-london-and-paris",
    reworded="01-planning-peace",
)


def copied_pair(names, defects=FIVE):
    """Who copies from whom in a class with six editions: both have the same one."""
    return names[11], names[5]


def _folder(root, random, names, editions, slugs):
    root.mkdir(parents=True)
    with (root / "roster.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [("id", "first_name", "last_name"), *((name, f"First{name}", f"Last{name}") for name in names)]
        )
    due = "\n".join(f'"{slug}" = "2027-03-{1 + i:02} 18:00"' for i, slug in enumerate(slugs))
    text = settings.TEMPLATE.format(
        name="A made-up class", course_id="made-up", timezone="Europe/Berlin", platform="", editions=editions, due=due
    )
    text = text.replace("lowest = 0", "lowest = 1").replace("percent_per_day = 0", "percent_per_day = 10")
    text += f'\n[extensions.{names[0]}]\n"{slugs[0]}" = "2027-03-09 18:00"\n'
    (root / "class.toml").write_text(text, encoding="utf-8")
    (root / "class.key").write_text(random.bytes(32).hex(), encoding="ascii")
    (root / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    for slug in slugs:
        for place in ("course", "solutions"):
            shutil.copytree(paths.SOLUTIONS / slug, root / place / slug)
        for bank in paths.SOLUTIONS.glob(f"{slug}.*.toml"):
            shutil.copy(bank, root / "course")
    return ClassFolder(root.resolve())


def _assignment(folder, book, slug, random, names, versions, ability, style, defects):
    number, due = len(names), folder.settings.due[slug]
    absent = random.random(number) < 0.02
    hours = np.where(random.random(number) < 0.05, random.uniform(1, 40, number), -random.uniform(0.5, 90, number))
    source = copier = None
    if defects.copied == slug:
        copier, source = (names.index(name) for name in copied_pair(names))
        ability = ability.copy()
        ability[source] = -1.2
        absent[[copier, source]] = False
    ability = _sources(slug, defects, ability, absent)
    key = folder.key()
    submissions = {}
    for i in range(number):
        if not absent[i]:
            submissions[i] = book.submission(slug, names[i])
            place = folder.root / "submitted" / names[i] / slug
            place.mkdir(parents=True)
            when = due.astimezone(None) + timedelta(hours=float(hours[i]))
            stamp = when.astimezone(tz=datetime.now().astimezone().tzinfo)
            (place / "timestamp.txt").write_text(f"{_utc(stamp):%Y-%m-%d %H:%M:%S} UTC", encoding="utf-8")
            (folder.root / "autograded" / names[i] / slug).mkdir(parents=True)
    for file in sorted((paths.SOLUTIONS / slug).glob("*.ipynb")):
        cells, items = _template(slug, file.stem)
        shift = {i: 0.9 * (defects.hard_version == (slug, versions[names[i]])) for i in range(number)}
        answered = [
            _answers(items, random, ability[i] - shift[i], style[i], versions[names[i]], slug, defects)
            for i in range(number)
        ]
        if copier is not None:
            answered[copier] = {name: dict(given) for name, given in answered[source].items()}
            for item in items:
                if item.kind == "essay":
                    own, taken = essay(random).split(), answered[source][item.name]["text"].split()
                    answered[copier][item.name]["text"] = " ".join(own[:100] + taken[100:220] + own[220:])
        _take_over(slug, defects, items, answered, random)
        rows = book.notebook(slug, file.stem, submissions)
        for item in items:
            if item.kind == "essay":
                _read(folder, slug, item, answered, ability, rows, random, defects, names)
        for i in submissions:
            book.grades(rows[i], slug, file.stem, items, answered[i])
            text = _copy(cells, items, answered[i], label(slug, key, versions[names[i]]) if versions[names[i]] else "")
            (folder.root / "autograded" / names[i] / slug / file.name).write_text(text, encoding="utf-8")


def _sources(slug, defects, ability, absent):
    """Abilities with those who are copied from weak, so that there is something wrong to copy; all of them hand in."""
    ability = ability.copy()
    for kind, (one, others) in COPIED.items():
        if getattr(defects, kind) == slug:
            ability[one] = 1.5 if kind == "foreign" else -1.2
            absent[[one, *others]] = False
    return ability


def _take_over(slug, defects, items, answered, random):
    for kind, (one, others) in COPIED.items():
        for other in others if getattr(defects, kind) == slug else ():
            _copied(kind, items, answered[one], answered[other], random)


def _copied(kind, items, source, target, random):
    """What one student takes over from another."""
    for number, item in enumerate(items):
        if item.kind == "essay":
            if kind == "reworded":
                others = essay(random).split()
                words = source[item.name]["text"].split()
                target[item.name]["text"] = " ".join(others[i] if i % 6 == 5 else word for i, word in enumerate(words))
        elif kind == "three" or (kind == "half" and number % 2):
            target[item.name] = dict(source[item.name])
        elif kind == "foreign" and item.kind == "number":
            target[item.name] = dict(source[item.name]) | {"score": 0.0, "slip": False, "which": 0}


def _utc(stamp):
    from datetime import UTC

    return stamp.astimezone(UTC)


def _answers(items, random, ability, style, version, slug, defects):
    """What one student answers: item -> score, and value, letter or text."""
    found = {}
    for item in items:
        slope, hard, guess = *_nature(slug, item.name), 0.0
        key, *slips = _keys(slug, item.name, version)
        if item.kind == "question" and item.asked.kind == "one":
            guess = 0.15
        if defects.bad_item == (slug, item.name):
            slope, hard, guess = -0.9, 0.0, 0.0
        chance = guess + (1 - guess) / (1 + np.exp(-slope * (ability - hard)))
        guessed = defects.guessed_item == (slug, item.name)
        if item.kind == "question":
            instead = 1.0 * (defects.wrong_key == (slug, item.name)) or 0.5 * (defects.two_right == (slug, item.name))
            found[item.name] = _question(item, random, chance, style, guessed, instead)
            continue
        right = random.random() < chance
        given = found[item.name] = {"score": item.points * right}
        which = int(style) if random.random() < 0.5 else bisect([0.5, 0.8], random.random())
        if item.kind == "number":
            own = random.random() < 0.4
            given["value"] = key if right else round(random.uniform(1, 100), 3) if own else slips[which]
            given["slip"] = not right and not own
            given["which"] = which
        elif item.kind == "essay":
            given["text"] = essay(random)
    return found


def _question(item, random, chance, style, guessed, instead):
    """An answer to a question of any kind, marked by the course; each part of one with two answers is half as often wrong."""
    asked = item.asked
    if asked.kind in ("all", "order"):
        chance = (1 + chance) / 2

    def wrong(letters):
        which = int(style) if random.random() < 0.5 else bisect([0.5, 0.8], random.random())
        return letters[which % len(letters)]

    def one(letters, best):
        if guessed:
            return letters[int(random.integers(len(letters)))]
        if instead and random.random() < chance:
            return next(letter for letter in letters if letter != best) if random.random() < instead else best
        return best if random.random() < chance else wrong([letter for letter in letters if letter != best])

    if asked.kind == "one":
        answer = one(asked.letters, asked.best)
    elif asked.kind == "pairs":
        answer = "".join(one(asked.letters, best) for best in asked.best)
    elif asked.kind == "all":
        ticked = [letter for letter in asked.letters if one("01", str(int(letter in asked.best))) == "1"]
        answer = "".join(ticked) or wrong(asked.letters)
    else:
        left, answer = list(asked.best), ""
        if guessed:
            random.shuffle(left)
        while left:
            answer += left.pop(0 if guessed or len(left) == 1 or random.random() < chance else 1)
    sure = ""
    if item.sure:
        sure = list(CONFIDENCE)[bisect([0.4, 0.7], chance + random.normal(0, 0.2))]
    score, said = _marked(item.test, answer, sure)
    return {"score": score, "letter": answer, "sure": sure, "said": said}


@functools.cache
def _marked(test, answer, sure):
    """Points and words of the course's own marking."""
    mark = answered.call(test, "mark_choice", "mark_choices", "mark_order", "mark_pairs")
    words = {
        word.arg: ast.literal_eval(word.value) for word in mark.keywords if not isinstance(word.value, ast.Attribute)
    }
    if sure:
        words["confidence"] = sure
    with contextlib.redirect_stdout(io.StringIO()) as said:
        score = getattr(marking, getattr(mark.func, "attr", "") or mark.func.id)(answer, **words)
    return float(score), said.getvalue()


@functools.cache
def _nature(slug, name):
    """Slope and difficulty of an item, the same in every class."""
    fixed = np.random.default_rng([*slug.encode(), *name.encode()])
    return fixed.uniform(0.8, 1.8), float(np.clip(fixed.normal(-0.6, 0.6), -1.6, 0.6))


@functools.cache
def _keys(slug, name, version):
    """The right number of an item in a version, and what its three slips lead to."""
    drawn = np.random.default_rng([*slug.encode(), *name.encode(), *version.encode()])
    return drawn.uniform(1, 100, 4).round(3).tolist()


def _read(folder, slug, item, answered, ability, rows, random, defects, names):
    """Three readers share a pile in formgrader's order; a fifth of it is read by a second one as well."""
    pile = sorted(rows, key=lambda i: rows[i])
    blocks = np.array_split(np.array(pile), len(READERS))
    second = {reader: [] for reader in READERS}
    for number, (reader, block) in enumerate(zip(READERS, blocks, strict=True)):
        for place, i in enumerate(block):
            quality = 0.6 * ability[i] + random.normal(0, 0.6)
            drift = -1.0 * place / len(block) if defects.drifting_reader == (slug, reader) else 0.0
            lenient = 0.6 * (defects.lenient_reader == (slug, reader))
            marks = _marks(quality + (drift + lenient) / 0.8, random)
            answered[i][item.name] |= {
                "score": float(sum(marks)) if item.points else 0.0,
                "extra": None if item.points else sum(marks) / 3,
                "comment": f"{reader}: {' + '.join(map(str, marks))}\n\nRead.",
            }
            if random.random() < 0.2:
                second[READERS[(number + 1) % len(READERS)]].append((names[i], *_marks(quality, random)))
    place = folder.root / "readings" / slug
    place.mkdir(parents=True, exist_ok=True)
    for reader, lines in second.items():
        file = place / f"{reader}.csv"
        header = [] if file.exists() else [("student", "item", "1", "2", "3", "4")]
        with file.open("a", encoding="utf-8", newline="") as target:
            csv.writer(target).writerows([*header, *((student, item.name, *marks) for student, *marks in lines)])


def _marks(quality, random):
    return np.clip(np.round(1.7 + 0.8 * quality + random.normal(0, 0.45, CRITERIA)), 0, 3).astype(int).tolist()


def _copy(cells, items, given, edition):
    of_task = {}
    for item in items:
        of_task.setdefault(item.task, []).append(item)
    by_name = {item.name: item for item in items}
    out = io.StringIO()
    out.write('{"cells": [')
    for number, (name, source, released) in enumerate(cells):
        if number:
            out.write(",\n")
        if name is None:
            if number == 0 and edition:
                cell = json.loads(source)
                cell["source"] = "".join(cell["source"]) + f"\n\n*Edition `{edition}`.*"
                out.write(json.dumps(cell))
            else:
                out.write(source)
        elif name in by_name and by_name[name].kind != "essay":
            out.write(f"{source}{json.dumps(_said(by_name[name], given[name]))}}}")
        else:
            out.write(json.dumps({**released, "source": _source(name, released, of_task.get(name, []), given)}))
    out.write('],\n"metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    return out.getvalue()


def _source(name, released, items, given):
    if items and items[0].kind == "essay":
        return given[name]["text"]
    blank = "".join(released["source"])
    for item in items:
        if item.kind == "question":
            answer = given[item.name]
            sure = blank.replace('confidence=""', f'confidence="{answer["sure"]}"')
            return sure.replace("# YOUR ANSWER HERE", f'answer="{answer["letter"]}",')
    lines = [f"{item.name.replace('-', '_')} = {given[item.name]['value']}" for item in items if item.kind == "number"]
    return "\n".join([blank.partition("# YOUR")[0].rstrip(), *lines])


def _said(item, given):
    if item.kind == "question":
        text = given["said"]
    elif item.kind == "number":
        told = f"Slip {given['which'] + 1} of this task." if given["slip"] else item.hint
        first = "Right: `x` is correct." if given["score"] else f"`x` is not right yet. {told}"
        text = f"{first}\n`x` was read as {given['value']:.10g}.\n"
    else:
        text = "Right.\n" if given["score"] else "Not right yet.\n"
    return [{"name": "stdout", "output_type": "stream", "text": text}]


class _Gradebook:
    """Rows for nbgrader's tables, inserted at once at the end."""

    def __init__(self, folder, names):
        self.folder, self.names, self.rows = folder, names, {}
        self.random = np.random.default_rng(len(names))
        self.cells = {}
        self.add(api.Course, id="made-up")
        for name in names:
            self.add(api.Student, id=name, first_name=f"First{name}", last_name=f"Last{name}")

    def add(self, table, **values):
        self.rows.setdefault(table.__table__, []).append(values)

    def new(self):
        return self.random.bytes(16).hex()

    def submission(self, slug, name):
        if slug not in self.cells:
            self.cells[slug] = {"id": self.new()}
            self.add(api.Assignment, id=self.cells[slug]["id"], name=slug, course_id="made-up")
        made = self.new()
        self.add(api.SubmittedAssignment, id=made, assignment_id=self.cells[slug]["id"], student_id=name)
        return made

    def notebook(self, slug, name, submissions):
        """A notebook with its cells; returns the row of every submission's copy."""
        of = self.new()
        self.add(api.Notebook, id=of, name=name, assignment_id=self.cells[slug]["id"])
        for item in _template(slug, name)[1]:
            cell = self.cells[slug, name, item.name] = self.new()
            self.add(api.BaseCell, id=cell, name=item.name, notebook_id=of, type="GradeCell")
            kind = "markdown" if item.kind == "essay" else "code"
            self.add(api.GradeCell, id=cell, max_score=item.points, cell_type=kind)
            if item.kind == "essay":
                cell = self.cells[slug, name, item.name, "comment"] = self.new()
                self.add(api.BaseCell, id=cell, name=item.name, notebook_id=of, type="SolutionCell")
                self.add(api.SolutionCell, id=cell)
        made = {}
        for i, submission in submissions.items():
            made[i] = self.new()
            self.add(
                api.SubmittedNotebook, id=made[i], assignment_id=submission, notebook_id=of, late_submission_penalty=0.0
            )
        return made

    def grades(self, row, slug, name, items, given):
        for item in items:
            answer, read = given[item.name], item.kind == "essay"
            self.add(
                api.Grade,
                id=self.new(),
                notebook_id=row,
                cell_id=self.cells[slug, name, item.name],
                auto_score=None if read else float(answer["score"]),
                manual_score=float(answer["score"]) if read else None,
                extra_credit=answer.get("extra"),
                needs_manual_grade=False,
            )
            if read:
                self.add(
                    api.Comment,
                    id=self.new(),
                    notebook_id=row,
                    cell_id=self.cells[slug, name, item.name, "comment"],
                    manual_comment=answer["comment"],
                )

    def write(self):
        with api.Gradebook(self.folder.db_url, "made-up") as gradebook:
            connection = gradebook.db.connection()
            for table, rows in self.rows.items():
                if table.name == "course":  # made when the gradebook was opened
                    continue
                connection.execute(table.insert(), rows)
            gradebook.db.commit()
