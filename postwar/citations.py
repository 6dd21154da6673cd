"""Visible sources: from the ids that authors write as comments to numbered links and a source list in each lesson.

Authors mark a statement with an HTML comment, ``46%<!--US001-->``. ``python -m postwar.citations`` writes a superscript link
after each such comment (its hover text says who, when, what kind and how sure) and the list that the links lead to, in the
cell ``sources``. What it wrote before it replaces, so it may be run as often as one likes; ``--check`` only says what is stale.
"""

import argparse
import json
import re
import sys
from html import escape
from pathlib import Path

from postwar import data, paths

MARKER = re.compile(r"<!--(.*?)-->", re.DOTALL)
LOADED = re.compile(r"\bload\(\s*[\"'](\w+)[\"']")
#: Tables whose rows are cited one by one.
ROW_BY_ROW = {"facts", "timeline", "sources"}
#: Tables shown in lessons whose rows name facts, with the columns that do.
SHOWN = {"claims": ["fact_ids", "reason"], "open_questions": ["found", "answered_by"]}
_LINKS = re.compile(r"<sup(?: id=\"cited-[\w-]+\")?>(?:<a href=\"#source-[^>]*>\[?\d+\]?</a>(?:, )?)+</sup>")
_TAG = re.compile(r"<[^>]+>")
_WORD = re.compile(r"\b[A-Z]+\d{2,3}\b")
_INTRO = (
    "The small numbers in the text lead here; ↩ leads back. Hover over a number to see who said it, when, and how sure we are. "
    "Links open the page on which a fact was seen; some of them may have died since."
)


def marked(marker: str) -> list[str]:
    """The ids that a comment names: facts, references, sources and, for ``=expression``, the tables it loads."""
    if marker.startswith("="):
        return [name for name in dict.fromkeys(LOADED.findall(marker)) if name not in ROW_BY_ROW]
    return [part.strip() for part in marker.split(",")]


def without_links(text: str) -> str:
    """The text of a cell as authors write it, with their comments but without the numbers that lead to the list."""
    return _LINKS.sub("", text)


def weave(notebook: dict, number: int | None = None) -> dict:
    """A copy of a lesson with its superscript links and its source list as its comments ask for.

    Parameters
    ----------
    notebook : a notebook as parsed from JSON.
    number : the lesson, whose rows of the claims and of the open questions it shows.

    Raises
    ------
    ValueError : a comment names something that nobody can cite.
    """
    notebook = json.loads(json.dumps(notebook))
    listing = [cell for cell in notebook["cells"] if cell["id"] == "sources"]
    prose = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown" and cell not in listing]
    code = "\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")
    texts = {cell["id"]: without_links("".join(cell["source"])) for cell in prose}
    keys = list(
        dict.fromkeys(key for text in texts.values() for found in MARKER.findall(text) for key in marked(found))
    )
    cited = dict.fromkeys(keys)
    keys += _named("\n".join([*texts.values(), code])) + _in_shown_rows(code, number)
    keys += [name for name in LOADED.findall(code) if name not in ROW_BY_ROW]
    sources = {source.id: source for source in data.cite(*keys)}
    place = {key: at for at, key in enumerate(sources, 1)}
    first = set()

    def links(match):
        found = marked(match[1].strip())
        if not found:
            return match[0]
        fresh = next((key for key in found if key not in first), None)
        first.update(found)
        anchor = f' id="cited-{fresh}"' if fresh else ""
        numbers = "".join(  # in brackets, so that no number looks like a power
            f'<a href="#source-{key}" title="{escape(sources[key].hover)}">[{place[key]}]</a>' for key in found
        )
        return f"{match[0]}<sup{anchor}>{numbers}</sup>"

    for cell in prose:
        cell["source"] = MARKER.sub(links, texts[cell["id"]]).splitlines(keepends=True)
    anchors = set(re.findall(r'id="cited-([\w-]+)"', "".join("".join(cell["source"]) for cell in prose))) & cited.keys()
    for cell in listing:
        cell["source"] = _list(sources.values(), anchors).splitlines(keepends=True)
    return notebook


def _list(sources, anchors) -> str:
    items = [f"<li{_entry(source, source.id in anchors)}</li>" for source in sources]
    return "\n".join(["## Sources", "", _INTRO, "", "<ol>", *items, "</ol>"])


def _entry(source, back) -> str:
    reference = escape(source.reference)
    if source.link:  # the address is behind the words
        words = source.reference.replace(f", {data.spoken_address(source.link)}", "")
        reference = f'<a href="{escape(source.link)}">{escape(words)}</a>'
    parts = [
        f"<b>{escape(source.id)}</b>",
        escape(source.statement),
        reference,
        f"<small>({escape(source.standing)})</small>",
    ]
    if back:
        parts.append(f'<a href="#cited-{source.id}" title="Back to the text">↩</a>')
    return f' id="source-{source.id}">' + " ".join(part for part in parts if part)


def _named(text: str) -> list[str]:
    """Facts that a lesson names in so many words, such as ``cite("T045")``."""
    return [key for key in _WORD.findall(MARKER.sub("", text)) if key in data.facts()]


def _in_shown_rows(code: str, number) -> list[str]:
    """Facts named by the rows of the claims and open questions that a lesson shows."""
    found = []
    for table, columns in SHOWN.items():
        if table not in LOADED.findall(code):
            continue
        rows = data.load(table)
        key = "claims" if table == "claims" else "unknown"
        every = f"course.table({key}[[" in code  # no row is left out
        chosen = (
            rows
            if every
            else rows[(rows["lesson"] == number) | rows["id"].isin(re.findall(r"\b(?:CLM|Q)\d\d\b", code))]
        )
        found += [name for column in columns for text in chosen[column].dropna() for name in _named(text)]
    return found


def _number(path: Path):
    return int(path.name[:2]) if path.name[:2].isdigit() else None


def _written(notebook: dict) -> str:
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def main(argv: list[str] | None = None) -> int:
    """Write (or with ``--check`` compare) the links of all lessons, or of those named; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m postwar.citations", description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path, help="lessons; all of them if none is named")
    parser.add_argument("--check", action="store_true", help="change nothing; name the lessons that are out of step")
    options = parser.parse_args(argv)
    stale = 0
    for path in options.notebooks or sorted(paths.LESSONS.glob("*.ipynb")):
        text = path.read_text(encoding="utf-8")
        try:
            woven = _written(weave(json.loads(text), _number(path)))
        except ValueError as error:
            print(f"{path}: {error}", file=sys.stderr)
            return 1
        if woven == text:
            continue
        stale += 1
        if options.check:
            print(f"{path}: the visible sources are out of step; run python -m postwar.citations {path}")
        else:
            path.write_text(woven, encoding="utf-8")
            print(f"{path}: written anew")
    return 1 if stale and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
