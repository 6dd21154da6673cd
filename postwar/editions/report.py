"""What is drawn from an assignment, for its author: the range of every key, and what stays the same."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat

from postwar.editions.edition import Edition, Source
from postwar.editions.luck import letters, of_letters, of_numbers, same_words
from postwar.editions.tests import Marked
from postwar.paths import SOLUTIONS

#: The secret of the editions that these tables are made of.
TRIAL = b"a trial secret for authors"
#: Editions behind the page.
COUNT = 200
PAGE = SOLUTIONS / "editions.md"
#: A copied key that is right more often than this is explained.
TENTH = 0.105

_INTRODUCTION = f"""# What differs between editions

For instructors and authors. The page is written by `python -m postwar.editions` from {COUNT} drawn editions of every assignment; their secret is known, so
none of them is a class's own. Where numbers may lie, and why, stands in `<assignment>.editions.toml`.

**Items marked against numbers.** The lowest and the highest number in the key, how many different keys the {COUNT} editions have, and how many slips are
answered with a sentence of their own. *Public* is what the key of the public solution earns on average in the {COUNT} editions, *classmate* what the key of one edition earns in
another, over all pairs; both within the tolerance, in per cent of the points. Above {TENTH:.0%} the reason stands below the table.

**Questions.** How often each is asked, and what the *letters* of the public solution or of a classmate earn, in per cent of the points: chance gives about 25
where one of four options is right. *Same words* is the share of pairs of editions that ask the same question with the same numbers: there a classmate can
say what is right, though not under which letter.
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


def ranges(marked: list[list[Marked]], public: list[Marked]):
    """One row per item with a number in its key, over editions: its range, different keys, luck of copying, and the slips that are known."""
    import pandas as pd

    found, written = {}, {item.item: item for item in public}
    for item in (item for edition in marked for item in edition):
        found.setdefault(item.item, []).append(item)
    rows = []
    for name, items in found.items():
        keys = [tuple(round(float(number), 6) for number in item.key) for item in items]
        if any(keys):
            luck = of_numbers(written[name], items)
            low, high = min(map(min, keys)), max(map(max, keys))
            rows.append((name, low, high, len(set(keys)), luck.public, luck.classmate, len(items[0].slips)))
    columns = ["item", "lowest", "highest", "different", "public", "classmate", "slips"]
    return pd.DataFrame(rows, columns=columns)


def section(source: Source, editions: list[Edition], marked: list[list[Marked]]) -> str:
    """The part of the page on one assignment."""
    lines = [
        f"## {source.slug}",
        "",
        "| item | lowest | highest | different keys | public | classmate | slips |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for row in ranges(marked, source.written()).itertuples():
        low, high = (f"{number:.4g}".replace("-", "−") for number in (row.lowest, row.highest))
        luck = f"{100 * row.public:.0f} | {100 * row.classmate:.0f}"
        lines.append(f"| {row.item} | {low} | {high} | {row.different} | {luck} | {row.slips or ''} |")
    if source.narrow:
        lines += ["", "Right by luck more often than once in ten:", ""]
        lines += [f"- *{name}*: {reason}" for name, reason in source.narrow.items()]
    lines += ["", "The same in every edition:", ""]
    lines += [f"- *{name}*: {reason}" for name, reason in source.fixed.items()]
    lines += [
        "",
        "| question | objective | asked | sets of numbers before the conditions | public | classmate | same words |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    return "\n".join([*lines, *_questions(source, editions)]) + "\n"


def _questions(source, editions):
    """Rows of the questions; those that are asked in place of another one have no luck of their own."""
    asked = Counter(item for edition in editions for item in edition.chosen.values())
    public, drawn = letters(source.public()), [letters(edition.solutions) for edition in editions]
    luck = {slot: of_letters(public[slot], [each[slot] for each in drawn]) for slot in public}
    objectives = source.objectives()
    rows = [(item.id, item.objective, item.numbers) for item in source.bank]
    rows += [(slot, objectives[slot], None) for slot in luck if slot not in {item.id for item in source.bank}]
    for name, objective, numbers in rows:
        cells = [name, objective, asked[name], numbers.rules.possible() if numbers else ""]
        if name in luck:
            words = [(edition.chosen[name], edition.numbers["items"].get(name)) for edition in editions]
            shares = luck[name].public, luck[name].classmate, same_words(words)
            cells += [f"{100 * share:.0f}" for share in shares]
        else:
            cells += [""] * 3
        yield "| " + " | ".join(map(str, cells)) + " |"


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
