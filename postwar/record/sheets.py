"""Sheets that a person fills in: empty ones written, filled ones read, from CSV or from an .xlsx workbook."""

import csv
import datetime
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from postwar.record import tables

#: What a person calls a kind of row, and the table that it goes to.
KINDS = {
    "facts": "facts",
    "events": "timeline",
    "positions": "positions",
    "signals": "us_signals",
    "polls": "opinion_polls",
    "aid": "ukraine_aid_monthly",
    "sources": "sources",
    "claims": "claims",
    "questions": "open_questions",
    "conflicts": "conflicts",
    "governments": "governments",
    "missions": "missions",
    "strengths": "mission_strengths",
    "forces": "forces",
    "proposals": "force_proposals",
    "guarantees": "security_guarantees",
}
#: Columns that the build fills in.
DERIVED = {"positions": {"valid_until"}}
#: Tables whose ids are given where the sheet leaves them empty.
ASSIGNED = {
    "facts",
    "timeline",
    "positions",
    "claims",
    "open_questions",
    "conflicts",
    "governments",
    "force_proposals",
}
#: Columns that hold lists, parted by semicolons.
LISTS = {"fact_ids", "answered_by", "source_id", "provider", "beneficiary"}
#: What a spreadsheet shows where a formula fails.
_FAILED = {"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#NV", "#BEZUG!", "#WERT!"}
#: Other columns that are filled where the sheet leaves them empty.
_FILLED = {
    "facts": {"date_precision", "accessed"},
    "timeline": {"date_precision", "accessed"},
    "sources": {"accessed"},
    "us_signals": {"date", "headline"},
    "claims": {"verdict_date"},
    "open_questions": {"status_date"},
}


@dataclass(frozen=True)
class Row:
    """One row of a sheet: where it stands, its cells as text, and whether it corrects a row that was there before."""

    table: str
    place: str
    line: int
    letters: dict[str, str]
    cells: dict[str, str]
    before: bool = False

    def at(self, column: str) -> str:
        """The address of a cell, as a spreadsheet shows it."""
        if column not in self.letters:
            return f"{self.place}, line {self.line} (column {column}, which the sheet lacks)"
        return f"{self.place}, cell {self.letters[column]}{self.line} ({column})"

    def holds(self, message: str) -> bool:
        """Whether a message begins with the address of one of this row's cells."""
        return any(message.startswith(f"{self.at(column)}: ") for column in self.cells)


def asked(data: Path, table: str) -> list[str]:
    """The columns that a sheet has."""
    return [name for name in tables.columns(data, table) if name not in DERIVED.get(table, ())]


def write(options) -> int:
    """Write an empty sheet; an existing file is never overwritten."""
    data, path = tables.checkout(), options.file
    if path.exists():
        raise ValueError(f"{path} is there already; choose another name, or move it away.")
    if path.suffix == ".csv":
        kind = options.kind or path.stem
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerow(asked(data, _table(kind)))
        path.write_text(text.getvalue(), encoding="utf-8")
    elif path.suffix == ".xlsx":
        _write_workbook(data, path)
    else:
        raise ValueError(f"{path}: a sheet is .xlsx (every kind of row) or .csv (one kind).")
    print(f"{path} is ready. Fill it in, then: postwar record add {path}")
    return 0


def _write_workbook(data: Path, path: Path) -> None:
    from openpyxl import Workbook
    from openpyxl.comments import Comment
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    book.remove(book.active)
    for kind, table in KINDS.items():
        sheet = book.create_sheet(kind)
        fields = {field["name"]: field for field in tables.resource(data, table)["schema"]["fields"]}
        for at, column in enumerate(asked(data, table), 1):
            field, letter = fields[column], get_column_letter(at)
            rules = field.get("constraints", {})
            head = sheet.cell(1, at, column)
            filled = column in _FILLED.get(table, ()) or (column == "id" and table in ASSIGNED)
            head.font = Font(bold=bool(rules.get("required")) and not filled)
            choices = f" One of: {', '.join(rules['enum'])}." if "enum" in rules else ""
            need = " Filled in where you leave it empty." if filled else " Required." if rules.get("required") else ""
            head.comment = Comment(f"{field['description']}.{choices}{need}", "Securing the Peace")
            sheet.column_dimensions[letter].width = max(12, len(column) + 2)
            if field["type"] in ("string", "yearmonth", "date"):
                for line in range(2, 200):
                    sheet.cell(line, at).number_format = "@"  # or the spreadsheet turns 2026-08 into a day
            listed = ",".join(rules.get("enum", ()))
            if 0 < len(listed) < 250:
                valid = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True)
                valid.add(f"{letter}2:{letter}199")
                sheet.add_data_validation(valid)
        sheet.freeze_panes = "A2"
    book.save(path)


def read(path: Path, data: Path, kind: str | None = None) -> list[Row]:
    """Every filled row of a sheet; raises ValueError where the file or its columns cannot be understood."""
    if not path.is_file():
        raise ValueError(f"There is no file {path}.")
    if path.suffix.lower() == ".csv":
        grids = {path.stem: _read_csv(path)}
    elif path.suffix.lower() == ".xlsx":
        grids = _read_workbook(path)
    else:
        raise ValueError(f"{path}: save the sheet as .xlsx or as .csv (UTF-8); {path.suffix or 'this'} is not read.")
    rows = [
        row for name, grid in grids.items() if any(map(any, grid[1:])) for row in _page(path, name, grid, data, kind)
    ]
    if not rows:
        raise ValueError(f"{path} has no filled row.")
    return rows


def _page(path: Path, name: str, grid: list[list[str]], data: Path, kind: str | None) -> Iterator[Row]:
    """The filled rows of one page of a sheet."""
    place = path.name if path.suffix.lower() == ".csv" else f"{path.name}, sheet {name}"
    header = [cell.strip().lower() for cell in grid[0]]
    kinds = [{*asked(data, table)} for table in KINDS.values()]
    above = next((at for at, line in enumerate(grid[:10]) if _is_header(line, kinds)), 0)
    if above:
        raise ValueError(
            f"{place}: the headings stand in line {above + 1}; they belong in line 1. Delete the "
            f"{'line' if above == 1 else f'{above} lines'} above them."
        )
    table = _table(kind) if kind else _recognise(data, name, header, place)
    known = asked(data, table)
    if unknown := [cell for cell in header if cell and cell not in known]:
        raise ValueError(
            f"{place}, cell {_letter(header.index(unknown[0]))}1: no column {unknown[0]!r} is known; the columns are "
            f"{', '.join(known)}. Leave the first line as the sheet had it."
        )
    if doubled := {cell for cell in header if cell and header.count(cell) > 1}:
        raise ValueError(f"{place}: the column {doubled.pop()!r} stands there twice.")
    letters = {cell: _letter(at) for at, cell in enumerate(header)}
    for line, cells in enumerate(grid[1:], 2):
        if not any(cells):
            continue
        for at, cell in enumerate(cells):
            here = f"{place}, cell {_letter(at)}{line}"
            if cell and not (header[at : at + 1] or [""])[0]:
                raise ValueError(
                    f"{here}: {cell!r} stands under no heading, as if the line had more cells than the header. Move it into "
                    "a column of notes, or clear it; in a .csv file, a text with a comma in it needs quotation marks."
                )
            if cell in _FAILED:
                raise ValueError(f"{here} ({header[at]}): holds {cell}, a formula that failed; write the value itself.")
        found = dict(zip(header, cells, strict=False))
        yield Row(table, place, line, letters, {column: _tidy(column, found.get(column, "")) for column in known})


def _is_header(line: list[str], kinds: list[set[str]]) -> bool:
    """Whether a line holds headings of some kind of row and nothing else."""
    names = {cell.strip().lower() for cell in line} - {""}
    return len(names) > 1 and any(names <= columns for columns in kinds)


def _table(kind: str) -> str:
    if kind in KINDS:
        return KINDS[kind]
    if kind in KINDS.values():
        return kind
    raise ValueError(f"{kind!r} is no kind of row; the kinds are {', '.join(KINDS)}. Name one with --kind.")


def _recognise(data: Path, name: str, header: list[str], place: str) -> str:
    named = [table for kind, table in KINDS.items() if name.strip().lower() in (kind, table)]
    whole = [table for table in KINDS.values() if {*filter(None, header)} == {*asked(data, table)}]
    fits = [
        table
        for table in KINDS.values()
        if any(header) and {*filter(None, header)} <= {*asked(data, table)} and {*tables.key(data, table)} <= {*header}
    ]
    for found in (named, whole, fits):
        if len(found) == 1:
            return found[0]
    mend = "rename the page to one of them, or delete it if it holds no rows" if ", sheet " in place else "use --kind"
    raise ValueError(
        f"{place}: neither its name nor its columns say what kind of rows these are. Kinds are {', '.join(KINDS)}: {mend}."
    )


def _read_csv(path: Path) -> list[list[str]]:
    content = path.read_bytes()
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ValueError(f"{path}, line {line}: is not in UTF-8; save the file as “CSV UTF-8”, or as .xlsx.") from None
    text = re.sub(r"\Asep=.\r?\n", "", text)  # Excel's own first line
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",;\t", key=first.count)  # spreadsheets of many countries separate with semicolons
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _read_workbook(path: Path) -> dict[str, list[list[str]]]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, KeyError) as error:
        raise ValueError(f"{path} cannot be read as a workbook ({error}); save it as .xlsx again.") from None
    return {sheet.title: [[_text(cell) for cell in line] for line in sheet.iter_rows()] or [[]] for sheet in book}


def _text(cell) -> str:
    """What a person sees in a cell of a workbook; a month that the spreadsheet took for its first day is a month again."""
    content = cell.value
    if content is None:
        return ""
    if isinstance(content, bool):
        return str(content).lower()
    if isinstance(content, datetime.date):
        shown = re.sub(r'\[[^\]]*\]|"[^"]*"|\\.', "", cell.number_format or "").lower()
        return content.strftime("%Y-%m-%d" if "d" in shown or "m" not in shown else "%Y-%m")
    if isinstance(content, float) and content.is_integer():
        return str(int(content))
    return str(content).strip()


def _tidy(column: str, cell: str) -> str:
    """A cell without line breaks and doubled blanks; a list with semicolons and nothing else between its parts."""
    cell = " ".join(cell.split())
    return ";".join(filter(None, (part.strip() for part in cell.split(";")))) if column in LISTS else cell


def _letter(at: int) -> str:
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
