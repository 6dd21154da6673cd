"""``postwar record add``: a filled sheet goes into the tables whole, or not at all."""

import sys

from postwar.record import build, rules, sheets, tables


def main(options) -> int:
    """Validate the sheet, show what it repeats or contradicts, write and build."""
    data = tables.checkout()
    tables.recover(data)
    rows = sheets.read(options.file, data, options.kind)
    if options.correct:
        rows = rules.as_before(rows, data)
    unnamed = [row for row in rows if row.cells.get("id") == ""]
    rows = rules.complete(rows, data, options.correct)
    found = rules.problems(rows, data, options.correct)
    if options.dry_run or found:
        for row in filter(lambda row: row.cells["id"], unnamed):
            print(f"{row.place}, line {row.line}: will be {row.cells['id']}")
    for message in found:
        print(message, file=sys.stderr)
    if found:
        print(
            f"Nothing was written. {len(found)} to mend in {options.file}, then run the same command again.",
            file=sys.stderr,
        )
        return 1
    for message in rules.remarks(rows, data):
        print(f"Look: {message}")
    if options.dry_run:
        print(f"{len(rows)} {'row' if len(rows) == 1 else 'rows'} would go in. Nothing was written.")
        return 0
    with tables.staged(data) as folder:
        for table in dict.fromkeys(row.table for row in rows):
            merge(folder, table, [row.cells for row in rows if row.table == table])
        build.tables_of(folder)
        build.validate(folder)
    for row in rows:
        key = ", ".join(row.cells[name] for name in tables.key(data, row.table))
        print(f"{'Corrected' if options.correct else 'Added'} in {row.table}: {key}")
    build.rest(data)
    print("Next: postwar record check to-do.md")
    return 0


def merge(folder, table: str, new: list[dict]) -> None:
    """Put rows into a table: one with a known key in the place of the older, the others at the end (aid: in its order)."""
    key = tables.key(folder, table)
    rows = {tuple(row[name] for name in key): row for row in tables.read(folder, table)}
    for row in new:
        at = tuple(row[name] for name in key)
        rows[at] = {**rows.get(at, {}), **row}
    ordered = list(rows.values())
    if table == "ukraine_aid_monthly":
        ordered.sort(key=lambda row: (row["donor_code"], row["month"]))
    tables.write(folder, table, ordered)
