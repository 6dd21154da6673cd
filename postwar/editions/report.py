"""What is drawn from an assignment, for its author: the range of every key, and what stays the same."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat

from postwar.editions.edition import Edition, Source
from postwar.editions.tests import Marked
from postwar.paths import SOLUTIONS

#: The secret of the editions that these tables are made of.
TRIAL = b"a trial secret for authors"
#: Editions behind the page.
COUNT = 200
PAGE = SOLUTIONS / "editions.md"

_INTRODUCTION = f"""# What differs between editions

For instructors and authors. The page is written by `python -m postwar.editions` from {COUNT} drawn editions of every assignment; their secret is known, so
none of them is a class's own. Each row is an item that is marked against numbers: the lowest and the highest number in its key, how many different keys the
{COUNT} editions have, and how many slips are answered with a sentence of their own. Whoever copies from a classmate with another edition, or from the public
solution, is right with the luck that the column *different keys* suggests. Where numbers may lie, and why, stands in `<assignment>.editions.toml`.
"""


def drawn(source: Source, count: int = COUNT) -> Iterator[Edition]:
    """So many editions of an assignment; the first of them are the same for every count."""
    return (source.draw(TRIAL, str(version)) for version in range(count))


def write_public(source: Source) -> list[Path]:
    """Write the notebooks whose questions come from the bank, and whose texts repeat given numbers; return those that changed."""
    changed = []
    for name, notebook in source.public().items():
        path = source.folder / source.slug / f"{name}.ipynb"
        text = nbformat.writes(notebook) + "\n"
        if text != path.read_text(encoding="utf-8"):
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def ranges(marked: list[list[Marked]]):
    """One row per item with a number in its key, over editions: lowest and highest number, different keys, and the slips that are known."""
    import pandas as pd

    keys, slips = {}, {}
    for item in (item for edition in marked for item in edition):
        keys.setdefault(item.item, []).append(tuple(round(float(number), 6) for number in item.key))
        slips[item.item] = len(item.slips)
    rows = [
        (name, min(map(min, found)), max(map(max, found)), len(set(found)), slips[name])
        for name, found in keys.items()
        if any(found)
    ]
    return pd.DataFrame(rows, columns=["item", "lowest", "highest", "different", "slips"])


def section(source: Source, editions: list[Edition], marked: list[list[Marked]]) -> str:
    """The part of the page on one assignment."""
    lines = [
        f"## {source.slug}",
        "",
        "| item | lowest | highest | different keys | slips |",
        "|---|---:|---:|---:|---:|",
    ]
    for row in ranges(marked).itertuples():
        low, high = (f"{number:.4g}".replace("-", "−") for number in (row.lowest, row.highest))
        lines.append(f"| {row.item} | {low} | {high} | {row.different} | {row.slips or ''} |")
    lines += ["", "The same in every edition:", ""]
    lines += [f"- *{name}*: {reason}" for name, reason in source.fixed.items()]
    asked = Counter(item for edition in editions for item in edition.chosen.values())
    lines += ["", "| question | objective | asked | sets of numbers before the conditions |", "|---|---|---:|---:|"]
    for item in source.bank:
        sets = item.numbers.rules.possible() if item.numbers else ""
        lines.append(f"| {item.id} | {item.objective} | {asked[item.id]} | {sets} |")
    return "\n".join(lines) + "\n"


def write_page() -> None:
    """Write the page on all assignments, two of them at a time, with a line of progress for each."""
    slugs = sorted(path.name.removesuffix(".editions.toml") for path in SOLUTIONS.glob("*.editions.toml"))
    parts = [_INTRODUCTION]
    with ProcessPoolExecutor(2) as pool:
        for slug, part in zip(slugs, pool.map(_part, slugs), strict=True):
            parts.append(part)
            print(f"{slug}: {COUNT} editions", flush=True)
    PAGE.write_text("\n".join(parts), encoding="utf-8")
    print(f"written: {PAGE}")


def _part(slug):
    source = Source(slug, SOLUTIONS)
    editions = list(drawn(source))
    return section(source, editions, [source.marked(edition) for edition in editions])


def main(arguments: list[str]) -> int:
    """Write the public notebooks of an assignment and print its part of the page; without an assignment, write the page."""
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console()
    try:
        if not arguments:
            write_page()
            return 0
        slug, count = arguments[0], int(arguments[1]) if arguments[1:] else 20
        for path in write_public(Source(slug, SOLUTIONS)):
            console.print(f"written: {path}", highlight=False, soft_wrap=True)
        source = Source(slug, SOLUTIONS)
        editions = list(drawn(source, count))
        console.print(Markdown(section(source, editions, [source.marked(edition) for edition in editions])))
    except (FileNotFoundError, ValueError, RuntimeError) as error:
        console.print(str(error), style="red", highlight=False)
        return 1
    return 0
