"""Where the course uses a row of the record: sentences, verdicts, questions, figures and code, each by file and id.

Nothing is registered by hand. Authors name the rows that a sentence rests on (``<!--T045-->``, ``source = ["T045"]``,
``cite("T045")``, ``fact_ids``) or a whole table (``<!--ukraine_aid-->``), and figures load their tables; this module reads
both, in lessons, solutions, the words of questions and explorers, and the pages of the site.
"""

import ast
import csv
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from urllib.parse import quote

from postwar import citations, course, data, paths
from postwar.record import tables

#: What looks like the id of a row: a fact, an event, a position, a claim, a question, a conflict, a proposal.
_ID = re.compile(r"\b[A-Z]{1,5}\d{1,3}\b")
#: Where a sentence ends: its comments belong to it.
_END = re.compile(r"([.?!:;]\**(?:<!--(?:(?!-->).)*-->)*)\s+(?=[A-Z0-9“]|\*(?!\[))|\n(?=\s*(?:[-|>#*]|\d+\.\s|\n))\s*")
_MARKDOWN = re.compile(r"\[([^\]]+)\]\([^)]*\)|\*+|^#+ |^[->] ")
_EXPRESSION = re.compile(r"([\d,.]*\d)(?:\s?(?:%|per cent))?<!--=(.+?)-->", re.DOTALL)
#: What the row of a table is to a reader; rows of other tables are called rows.
_ROWS = {"claims": "claim verdict", "open_questions": "open question", "conflicts": "conflict", "positions": "position"}
#: Pages of Markdown beside the notebooks, in which sentences may rest on rows.
_PAGES = ("README.md", "INSTRUCTORS.md", "postwar/book/pages/*.md", "paper/*.md", "solutions/calibration.md")
#: What the calibration page copies from the notebooks of solutions.
_COPIED = re.compile(r"<!-- begin exemplar .*?<!-- end exemplar -->", re.DOTALL)
#: A picture on a page of the site.
_PICTURE = re.compile(r'picture\("(\w+)", "(\w+)"')
_FIGURES = Path(__file__).parent.parent / "figures"


@dataclass(frozen=True)
class Use:
    """One place: what it is, where it stands, its words, the rows it names and the tables it loads.

    ``derived`` holds numbers that are computed from tables, as pairs of an expression and the number printed.
    """

    kind: str
    file: str
    id: str
    text: str
    keys: frozenset[str]
    tables: frozenset[str] = frozenset()
    derived: tuple[tuple[str, str], ...] = ()


def uses(root: Path | None = None) -> list[Use]:
    """Every place of the course that rests on the record, in the order of its files."""
    root = root or paths.COURSE
    return [*_rows(root), *_notebooks(root), *_tables_of_words(root), *_pages(root)]


def is_id(text: str) -> bool:
    """Whether a text looks like the id of a row."""
    return bool(_ID.fullmatch(text))


def of(key: str, root: Path | None = None) -> list[Use]:
    """The places that name one row."""
    return [use for use in uses(root) if key in use.keys and not (use.file.startswith("data/") and use.id == key)]


def used(*keys: str) -> course.Page:
    """For a reader: where the course uses these rows, with links to the lessons.

    A key that no table has raises ``ValueError`` with the keys that come close.
    """
    found = [(key, use) for key in (source.id for source in data.cite(*keys)) for use in of(key)]
    found = [(key, use) for key, use in found if not use.file.startswith("solutions/")]
    rows = "".join(
        f"<tr><td>{escape(key)}</td><td>{escape(use.kind)}</td><td>{_link(key, use)}</td><td>{escape(use.text)}</td></tr>"
        for key, use in found
    )
    head = "<tr><th>Row</th><th>Used by</th><th>Where</th><th>In words</th></tr>"
    style = "<style>.postwar-uses td, .postwar-uses th {text-align: left !important; vertical-align: top}</style>"
    html = f'{style}<table class="postwar-table postwar-uses"><thead>{head}</thead><tbody>{rows}</tbody></table>'
    text = "\n".join(f"{key}: {use.kind} {use.id}, {use.file}: {use.text}" for key, use in found)
    if not found:
        html = text = f"Nothing in the course names {', '.join(keys)} yet."
    return course.Page(html, text)


def _link(key: str, use: Use) -> str:
    place = Path(use.file)
    if use.file.startswith("data/"):
        return f"table <code>{escape(place.stem)}</code>, {escape(use.id)}"
    lesson = place if place.suffix == ".ipynb" else paths.LESSONS / f"{place.stem}.ipynb"
    title = next(
        (item.title for item in course.SEQUENCE if item.notebook == lesson.name),
        place.stem.replace("-", " ").capitalize(),
    )
    if not (paths.LESSONS / lesson.name).is_file():
        return f"<code>{escape(use.file)}</code>"
    heading = _heading(lesson.name, use.id, key)
    link = f"{lesson.name}#{quote(heading)}" if heading else lesson.name
    return f'<a href="{escape(link)}">{escape(title)}</a>, {escape(use.id)}'


def _heading(lesson: str, place: str, key: str) -> str:
    """The anchor of the heading above a place (to a heading JupyterLab and the site both jump): above a row's first mention
    in a cell of prose, or above the cell that asks a question or shows an explorer."""
    heading, asked = "", re.compile(rf"(?<![\w-]){re.escape(place.partition(',')[0])}(?![\w-])")
    for cell in json.loads((paths.LESSONS / lesson).read_text(encoding="utf-8"))["cells"]:
        text, prose = "".join(cell["source"]), cell["cell_type"] == "markdown"
        here = cell["id"] == place or (not prose and asked.search(text))
        above = (text.partition(key)[0] if here else text) if prose else ""
        heading = next(reversed(re.findall(r"^#+ +(.+)$", above, re.MULTILINE)), heading)
        if here:
            return heading.strip().replace(" ", "-")
    return ""


def saying(name: str, root: Path | None = None) -> Iterator[Use]:
    """Every place in which a name stands: cells of tables, sentences and code of notebooks, words in TOML, code of figures."""
    root, word = root or paths.COURSE, re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    for resource in tables.package(root / "data")["resources"]:
        for row in tables.read(root / "data", resource["name"]) if resource["name"] not in tables.LINKS else ():
            if any(word.search(cell) for cell in row.values() if cell):
                identity = ", ".join(row[column] for column in tables.key(resource))
                yield Use("row", f"data/{resource['path']}", identity, identity, frozenset())
    for file, cell, text, prose in _cells(root):
        for part in () if prose else text.splitlines():
            if word.search(part):
                yield Use("code", file, cell, part.strip(), frozenset())
    yield from (use for use in sentences(root) if word.search(use.text))
    for path in sorted((root / "postwar" / "figures").glob("*.py")):
        for at, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if word.search(line):
                yield Use("code", path.relative_to(root).as_posix(), f"line {at}", line.strip(), frozenset())


def sentences(root: Path | None = None) -> Iterator[Use]:
    """Every sentence that a reader may see, whether it names a row or not: prose of notebooks and pages, words in TOML."""
    root = root or paths.COURSE
    for file, place, text in _prose(root):
        for sentence in _sentences(text):
            if plain := _plain(sentence):
                yield Use("sentence", file, place, plain, _named(sentence))
    for resource in tables.package(root / "data")["resources"]:
        for text in [resource["description"], resource["howMade"], *resource["caveats"]]:
            yield Use("words", "data/datapackage.json", resource["name"], text, frozenset())
    for path, place, item in words(root):
        keys = frozenset(key for text in texts(item) for key in _ID.findall(text))
        for text in texts(item):
            yield Use("words", path, place, " ".join(text.split()), keys)


# -- rows that rest on rows ---------------------------------------------------------------------------------------------


def _rows(root: Path) -> Iterator[Use]:
    package = json.loads((root / "data" / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        if resource["name"] in tables.LINKS:
            continue
        with (root / "data" / resource["path"]).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                identity = ", ".join(row[name] for name in resource["schema"]["primaryKey"])
                named = frozenset(_ID.findall(" ".join(cell for cell in row.values() if cell))) - {row.get("id")}
                if named:
                    words = next((row[name] for name in ("claim", "question", "stance", "fact") if row.get(name)), "")
                    kind = _ROWS.get(resource["name"], "row")
                    yield Use(kind, f"data/{resource['path']}", identity, words, named)


# -- notebooks ----------------------------------------------------------------------------------------------------------


def _notebooks(root: Path) -> Iterator[Use]:
    imported = {}
    for file, cell, text, prose in _cells(root):
        if prose:
            yield from _of_prose(file, cell, text)
        else:
            if file not in imported:
                imported[file] = _imported("\n".join(code for name, _, code, words in _cells(root, file) if not words))
            yield from _of_code(file, cell, text, imported[file])


def _prose(root: Path) -> Iterator[tuple[str, str, str]]:
    """The prose of notebooks and pages: file, id of the cell or heading above, text."""
    yield from ((file, cell, text) for file, cell, text, prose in _cells(root) if prose)
    for pattern in _PAGES:
        for path in sorted(root.glob(pattern)):
            text, heading = _COPIED.sub("", path.read_text(encoding="utf-8")), path.stem
            for part in re.split(r"^(?=#+ )", text, flags=re.MULTILINE):
                first, _, rest = part.partition("\n")
                heading = first.strip("# ") if part.startswith("#") else heading
                yield path.relative_to(root).as_posix(), heading, rest if part.startswith("#") else part


def _pages(root: Path) -> Iterator[Use]:
    for file, heading, text in _prose(root):
        if file.endswith(".md"):
            yield from _of_prose(file, heading, text)
            for drawn in _PICTURE.findall(text):
                name = ".".join(drawn)
                yield Use("figure", file, heading, f"{name}()", *figures()[name])


def _cells(root: Path, only: str | None = None) -> Iterator[tuple[str, str, str, bool]]:
    """The cells of lessons and solutions but the lists of sources: file, id, text, and whether it is prose."""
    for folder in ("lessons", "solutions"):
        for path in [root / only] if only else sorted((root / folder).rglob("*.ipynb")):
            file = path.relative_to(root).as_posix()
            if ".ipynb_checkpoints" in path.parts or not file.startswith(folder):
                continue
            for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
                if cell["cell_type"] in ("code", "markdown") and cell["id"] != "sources":
                    yield file, cell["id"], "".join(cell["source"]), cell["cell_type"] == "markdown"


def _sentences(text: str) -> list[str]:
    return _END.sub(lambda end: f"{end[1] or ''}\0", citations.without_links(text)).split("\0")


def _plain(sentence: str) -> str:
    return _MARKDOWN.sub(lambda found: found[1] or "", " ".join(citations.MARKER.sub("", sentence).split()))


def _of_prose(file: str, cell: str, text: str) -> Iterator[Use]:
    for sentence in _sentences(text):
        markers = [marker.strip() for marker in citations.MARKER.findall(sentence)]
        words, keys = _plain(sentence), _named(sentence)
        loaded = frozenset(
            table for marker in markers if marker[:1] == "=" for table in citations.LOADED.findall(marker)
        )
        if keys or loaded:
            derived = tuple((expression, number) for number, expression in _EXPRESSION.findall(sentence))
            yield Use("sentence", file, cell, words, keys, loaded, derived)


def _named(sentence: str) -> frozenset[str]:
    """What a sentence rests on: the ids in its comments and in its words."""
    markers = [marker.strip() for marker in citations.MARKER.findall(sentence)]
    parts = {part.strip() for marker in markers if not marker.startswith("=") for part in marker.split(",")}
    return frozenset({part for part in parts if re.fullmatch(r"[\w-]+", part)} | set(_ID.findall(sentence)))


def _of_code(file: str, cell: str, text: str, imported: dict[str, str]) -> Iterator[Use]:
    keys, loaded, drawn = set(_ID.findall(text)), set(citations.LOADED.findall(text)), []
    for called in re.findall(r"\b([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?)\(", text):
        first, _, rest = called.partition(".")
        name = f"{imported[first]}.{rest}".rstrip(".") if first in imported else ""
        if name in figures():
            drawn.append(called)
            keys |= figures()[name][0]
            loaded |= figures()[name][1]
    if keys or loaded:
        lines = [
            line for line in text.splitlines() if re.search(r"[a-z]{3}", line) and not line.startswith(("###", "    "))
        ]
        words = " ".join(f"{called}()" for called in drawn) or (lines or [cell])[-1]
        yield Use("figure" if drawn else "code", file, cell, words, frozenset(keys), frozenset(loaded))


def _imported(code: str) -> dict[str, str]:
    """The names under which a notebook knows figures: ``{"pictures": "nato", "share": "nato.share"}``."""
    found = {}
    for module, names in re.findall(r"^from postwar\.figures(?:\.(\w+))? import (.+)$", code, re.MULTILINE):
        for name, alias in re.findall(r"(\w+)(?: as (\w+))?", names):
            found[alias or name] = f"{module}.{name}" if module else name
    return found


# -- figures ------------------------------------------------------------------------------------------------------------


@cache
def figures() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """For each function of ``postwar.figures`` as ``module.function``: the rows it names and the tables it loads."""
    parts, calls = {}, {}
    for path in sorted(_FIGURES.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        known = {}
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("postwar.figures"):
                module = node.module.removeprefix("postwar.figures").lstrip(".")
                known |= {found.asname or found.name: f"{module}.{found.name}".lstrip(".") for found in node.names}
            for name in _defined(node):
                known[name] = f"{path.stem}.{name}"
                parts[known[name]] = (frozenset(_ids(node)), frozenset(_loads(node)))
                calls[known[name]] = node
        for name in [name for name in calls if name.startswith(f"{path.stem}.") and not isinstance(calls[name], set)]:
            calls[name] = {known[found] for found in _names(calls[name]) if found in known} - {name}

    def reached(name, seen):
        for other in calls.get(name, ()):
            if other not in seen:
                reached(other, seen | {other})
                seen.add(other)
        return seen

    return {
        name: tuple(
            frozenset().union(*(parts[other][at] for other in reached(name, {name}) if other in parts)) for at in (0, 1)
        )
        for name in parts
    }


def _defined(node) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _names(node) -> set[str]:
    return {found.id for found in ast.walk(node) if isinstance(found, ast.Name)}


def _ids(node) -> set[str]:
    return {found for text in _strings(node) for found in re.findall(rf"^{_ID.pattern}$", text)}


def _strings(node) -> list[str]:
    return [found.value for found in ast.walk(node) if isinstance(found, ast.Constant) and isinstance(found.value, str)]


def _loads(node) -> set[str]:
    return {
        call.args[0].value
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", None) == "load"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


#: The words by which a part is known, and a file of words that asks nothing that can be right or wrong.
_SAID = ("stem", "said", "say", "question", "text")
_THREAD = ("lessons/planning_cell.toml",)


# -- words that stand in TOML -------------------------------------------------------------------------------------------


def _tables_of_words(root: Path) -> Iterator[Use]:
    for file, place, item in words(root):
        said = list(texts(item))
        keys = frozenset(key for text in said for key in _ID.findall(text))
        keys |= frozenset(item.get("source", ())) if isinstance(item, dict) else frozenset()
        if keys:
            shown = next((item[name] for name in _SAID if name in item), said[0]) if isinstance(item, dict) else said[0]
            kind = "explorer sentence" if "/explorers/" in file else "quiz item" if file not in _THREAD else "words"
            yield Use(kind, file, place, " ".join(shown.split()), keys)


def words(root: Path | None = None) -> Iterator[tuple[str, str, object]]:
    """The parts of every file of words (questions, explorers, planning cell): file, the part's name, the part itself."""
    root = root or paths.COURSE
    for folder in ("lessons", "solutions"):
        for path in sorted((root / folder).rglob("*.toml")):
            for place, item in _items(tomllib.loads(path.read_text(encoding="utf-8"))):
                yield path.relative_to(root).as_posix(), place, item


def _items(content: dict) -> Iterator[tuple[str, object]]:
    """The parts that a person knows by a name: questions by their id, sentences of explorers by theirs and their number."""
    for name, part in content.items():
        if isinstance(part, list) and part and isinstance(part[0], dict):
            for at, item in enumerate(part, 1):
                yield str(item.get("id") or item.get("key") or f"{name} {at}"), item
        elif isinstance(part, dict) and any(isinstance(inner, list | dict) for inner in part.values()):
            own = ("question", "labels", "presets", "source")
            if "source" in part:  # what the whole explorer rests on
                yield name, {key: part[key] for key in own if key in part}
            for place, item in _items(
                {key: inner for key, inner in part.items() if "source" not in part or key not in own}
            ):
                yield f"{name}, {place}", item
        else:
            yield name, part


def texts(item) -> Iterator[str]:
    """Every text within a part."""
    if isinstance(item, str):
        yield item
    elif isinstance(item, dict):
        for part in item.values():
            yield from texts(part)
    elif isinstance(item, list):
        for part in item:
            yield from texts(part)
