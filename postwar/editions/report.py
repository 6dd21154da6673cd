"""What is drawn from an assignment, for its author: the range of every key, and what stays the same."""

from collections import Counter
from pathlib import Path

import nbformat

from postwar.editions.edition import Source
from postwar.paths import SOLUTIONS

_TRIAL = b"a trial secret for authors"


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


def ranges(source: Source, count: int, key: bytes = _TRIAL):
    """One row per item with a number as its key, over so many editions: lowest and highest key, how many different ones, and how many slips it knows."""
    import pandas as pd

    keys, slips, order = {}, {}, []
    for version in range(count):
        for item in source.marked(source.draw(key, str(version))):
            if item.item not in keys:
                order.append(item.item)
            known = keys.setdefault(item.item, [])
            known.append(tuple(round(float(number), 6) for number in item.key))
            slips[item.item] = len(item.slips)
    rows = []
    for name in order:
        if numbers := [number for key in keys[name] for number in key]:
            rows.append((name, min(numbers), max(numbers), len(set(keys[name])), slips[name]))
    return pd.DataFrame(rows, columns=["item", "lowest", "highest", "different", "slips"])


def main(arguments: list[str]) -> int:
    """Write the public notebooks of an assignment and print the table."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    slug, count = arguments[0], int(arguments[1]) if arguments[1:] else 20
    try:
        source = Source(slug, SOLUTIONS)
        for path in write_public(source):
            console.print(f"written: {path}", highlight=False, soft_wrap=True)
        source = Source(slug, SOLUTIONS)
        frame = ranges(source, count)
        asked = Counter()
        for version in range(count):
            asked.update(source.draw(_TRIAL, str(version)).chosen.values())
    except (FileNotFoundError, ValueError, RuntimeError) as error:
        console.print(str(error), style="red", highlight=False)
        return 1
    table = Table("Item", "lowest key", "highest", "different", "slips", title=f"{slug}: {count} editions")
    for row in frame.itertuples():
        table.add_row(row.item, f"{row.lowest:.4g}", f"{row.highest:.4g}", str(row.different), str(row.slips or ""))
    console.print(table)
    for item in source.bank:
        numbers = f"; {item.numbers.rules.possible()} sets of numbers before the conditions" if item.numbers else ""
        console.print(f"{item.id} ({item.objective}): asked in {asked[item.id]} of {count}{numbers}", highlight=False)
    for name, reason in source.fixed.items():
        console.print(f"fixed: {name}. {reason}", highlight=False)
    return 0
