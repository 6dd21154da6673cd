"""Where the course uses a row of the record: sentences, verdicts, questions, figures and code, each by file and id.

Nothing is registered by hand. Authors name the rows that a sentence rests on (``<!--T045-->``, ``source = ["T045"]``,
``cite("T045")``, ``fact_ids``), and figures load their tables; this module reads both.
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

from postwar import citations, course, data, paths
from postwar.record import tables

#: What looks like the id of a row: a fact, an event, a position, a claim, a question, a conflict, a proposal.
_ID = re.compile(r"\b[A-Z]{1,5}\d{1,3}\b")
#: Where a sentence ends: its comments belong to it.
_END = re.compile(r"([.?!:;]\**(?:<!--(?:(?!-->).)*-->)*)\s+(?=[A-Z0-9“]|\*(?!\[))|\n+")
_MARKDOWN = re.compile(r"\[([^\]]+)\]\([^)]*\)|\*+|^#+ |^[->] ")
_EXPRESSION = re.compile(r"([\d,.]*\d)(?:\s?(?:%|per cent))?<!--=(.+?)-->", re.DOTALL)
#: What the row of a table is to a reader; rows of other tables are called rows.
_ROWS = {"claims": "claim verdict", "open_questions": "open question", "conflicts": "conflict", "positions": "position"}
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
    return [*_rows(root), *_notebooks(root), *_tables_of_words(root)]


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
    text = (paths.LESSONS / lesson.name).read_text(encoding="utf-8") if (paths.LESSONS / lesson.name).exists() else ""
    if not text:
        return f"<code>{escape(use.file)}</code>"
    anchor = f"#cited-{key}" if use.kind == "sentence" and f'id=\\"cited-{key}\\"' in text else ""
    return f'<a href="{lesson.name}{anchor}">{escape(title)}</a>, {escape(use.id)}'


def saying(name: str, root: Path | None = None) -> Iterator[Use]:
    """Every place in which a name stands: cells of tables, sentences and code of notebooks, words in TOML, code of figures."""
    root, word = root or paths.COURSE, re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    for resource in tables.package(root / "data")["resources"]:
        for row in tables.read(root / "data", resource["name"]) if resource["name"] not in tables.LINKS else ():
            if any(word.search(cell) for cell in row.values() if cell):
                identity = ", ".join(row[column] for column in tables.key(resource))
                yield Use("row", f"data/{resource['path']}", identity, identity, frozenset())
    for file, cell, text, prose in _cells(root):
        for part in _sentences(text) if prose else text.splitlines():
            if word.search(part):
                yield Use(
                    "sentence" if prose else "code", file, cell, _plain(part) if prose else part.strip(), frozenset()
                )
    for path, place, item in _words(root):
        for text in filter(word.search, _texts(item)):
            yield Use("words", path, place, " ".join(text.split()), frozenset())
    for path in sorted((root / "postwar" / "figures").glob("*.py")):
        for at, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if word.search(line):
                yield Use("code", path.relative_to(root).as_posix(), f"line {at}", line.strip(), frozenset())


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
        named = {part.strip() for marker in markers if not marker.startswith("=") for part in marker.split(",")}
        words = _plain(sentence)
        keys = frozenset(named | set(_ID.findall(sentence)))
        loaded = frozenset(
            table for marker in markers if marker[:1] == "=" for table in citations.LOADED.findall(marker)
        )
        if keys or loaded:
            derived = tuple((expression, number) for number, expression in _EXPRESSION.findall(sentence))
            yield Use("sentence", file, cell, words, keys, loaded, derived)


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


# -- words that stand in TOML -------------------------------------------------------------------------------------------


def _tables_of_words(root: Path) -> Iterator[Use]:
    for file, place, item in _words(root):
        texts = list(_texts(item))
        if keys := frozenset(key for text in texts for key in _ID.findall(text)):
            words = item.get("stem") or item.get("say") or next(iter(texts)) if isinstance(item, dict) else texts[0]
            kind = "explorer sentence" if "/explorers/" in file else "quiz item"
            yield Use(kind, file, place, " ".join(words.split()), keys)


def _words(root: Path) -> Iterator[tuple[str, str, object]]:
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
            for place, item in _items(part):
                yield f"{name}, {place}", item
        else:
            yield name, part


def _texts(item) -> Iterator[str]:
    if isinstance(item, str):
        yield item
    elif isinstance(item, dict):
        for part in item.values():
            yield from _texts(part)
    elif isinstance(item, list):
        for part in item:
            yield from _texts(part)
