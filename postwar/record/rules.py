"""What a new row must satisfy, cell by cell, and what a person should look at before it goes in."""

import datetime
import re
from collections import Counter
from dataclasses import replace
from difflib import SequenceMatcher, get_close_matches
from pathlib import Path

from postwar.record import tables
from postwar.record.sheets import ASSIGNED, DERIVED, Row

_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_DATED = {
    "facts": ("date",),
    "timeline": ("date",),
    "positions": ("as_of",),
    "us_signals": ("date",),
    "opinion_polls": ("date",),
    "missions": ("start_date", "end_date", "strength_as_of"),
    "governments": ("from", "until", "attested"),
    "mission_strengths": ("as_of",),
    "forces": ("as_of",),
    "force_proposals": ("date",),
    "security_guarantees": ("date",),
}
#: Columns whose date may lie ahead: plans, and ends that are laid down.
_AHEAD = {("forces", "as_of"), ("governments", "until")}
#: Columns that name rows of other tables.
_NAMED = (
    *((column, "fact") for column in ("fact_id", "fact_ids", "answered_by")),
    *((column, "source") for column in ("source_id", "outcome_source_id")),
    ("government_id", "government"),
)
#: Tables whose rows name a source, a fact, or both.
_SOURCED = {"missions", "mission_strengths", "forces", "force_proposals", "security_guarantees"}
#: Figures that are those of the fact that the row names.
_FROM_FACT = {
    "opinion_polls": ("support", "oppose", "undecided", "sample"),
    "force_proposals": ("low", "high"),
    "forces": ("persons",),
}
#: Columns that follow from others of their row: dividend, divisor, and persons per what.
_RATIOS = {
    "troops_per_1000_inhabitants": ("strength", "host_population_thousand", 1),
    "troops_per_1000_km2": ("strength", "host_area_km2", 1000),
}
_TYPES = {
    "yearmonth": "a month such as 2026-08",
    "date": "a day such as 2026-08-05",
    "year": "a year such as 2026",
    "integer": "a whole number; write figures only, without unit, such as 12000",
    "number": "a number; write figures only, without unit or thousands separator and with a point for decimals, such as 1234.5",
    "boolean": "true or false",
}
#: Columns in which the same thing should have the same name, and the tables that share their words.
_WORDS = {
    "facts": ("theme", "topic"),
    "timeline": ("theme", "topic"),
    "positions": ("issue",),
    "us_signals": ("speaker",),
    "opinion_polls": ("pollster",),
    "mission_strengths": ("mission",),
    "missions": ("lead",),
    "forces": ("measure",),
    "governments": ("office",),
}
_SHARED = {
    "facts": ("facts", "timeline"),
    "timeline": ("facts", "timeline"),
    "mission_strengths": ("mission_strengths", "missions"),
}
_MONTH, _DAY = len("2026-01"), len("2026-01-06")
#: Two sentences as like as this are probably one event told twice.
_ALIKE = 0.8
#: Nor need they be so like where the day is the same: this share of the words of the shorter one in both is enough.
_SAME_DAY = 0.45


def complete(rows: list[Row], data: Path, correct: bool = False) -> list[Row]:
    """The rows with what the sheet may leave empty: an id (the next free number of its series), how exact a date is, and
    date and headline of a signal, which are those of its fact."""
    taken = {table: [row["id"] for row in tables.read(data, table)] for table in ASSIGNED}
    for row in rows:
        if row.table in ASSIGNED and row.cells["id"]:
            taken[row.table].append(row.cells["id"])
    for row in rows:
        if row.table in ASSIGNED and not row.cells["id"] and not correct:
            row.cells["id"] = _next(taken[row.table], row, data)
            taken[row.table].append(row.cells["id"])
        if row.table in ("facts", "timeline") and row.cells["date"] and not row.cells["date_precision"]:
            row.cells["date_precision"] = {4: "year", _MONTH: "month"}.get(len(row.cells["date"]), "day")
    facts = _facts(data) | {row.cells["id"]: row.cells for row in rows if row.table in ("facts", "timeline")}
    for row in rows:
        fact = facts.get(row.cells["fact_id"]) if row.table == "us_signals" else None
        for column, there in (("date", "date"), ("headline", "source_title")):
            if fact and not row.cells[column]:
                row.cells[column] = fact[there]
    for row in rows:
        if "accessed" in row.cells and not row.cells["accessed"] and not row.before:
            row.cells["accessed"] = today().isoformat()
        ends = "status_date" if row.table == "open_questions" else "verdict_date"
        if row.table in ("open_questions", "claims") and not row.cells[ends]:
            row.cells[ends] = today().isoformat()
    return rows


def as_before(rows: list[Row], data: Path) -> list[Row]:
    """The rows of a correction: an empty cell stays as it was, a cell with a dash alone (-) becomes empty."""
    kept = []
    for row in rows:
        key = tables.key(data, row.table)
        older = {tuple(old[name] for name in key): old for old in tables.read(data, row.table)}
        old = older.get(tuple(row.cells[name] for name in key), {})
        cells = {name: "" if cell == "-" else cell or old.get(name, "") for name, cell in row.cells.items()}
        for column, follow in _FOLLOWS.get(row.table, {}).items():
            if old and not row.cells[column]:
                cells[column] = follow(cells, old)
        kept.append(replace(row, cells=cells, before=bool(old)))
    return kept


def _ratio(column: str, decimals: int):
    over, under, per = _RATIOS[column]

    def follow(cells, old):
        parts = [_float(cells[name]) for name in (over, under)]
        if not old[column] or all(cells[name] == old[name] for name in (over, under)) or not all(parts):
            return old[column]
        return f"{per * parts[0] / parts[1]:.{decimals}f}"

    return follow


def _aid_total(cells, old):
    kinds = ("military", "financial", "humanitarian")
    parts = [_float(cells[name]) for name in kinds]
    if None in parts or all(cells[name] == old[name] for name in kinds):
        return old["total"]
    return f"{sum(parts):.6f}".rstrip("0").rstrip(".")


def _dated(*columns):
    """The day of a change: today, where one of the columns says something else now."""

    def follow(cells, old):
        name = "status_date" if "status_date" in old else "verdict_date"
        return old[name] if all(cells[column] == old[column] for column in columns) else today().isoformat()

    return follow


#: What a correction moves along where the sheet leaves it empty.
_FOLLOWS = {
    "missions": {"troops_per_1000_inhabitants": _ratio("troops_per_1000_inhabitants", 3)}
    | {"troops_per_1000_km2": _ratio("troops_per_1000_km2", 2)},
    "ukraine_aid_monthly": {"total": _aid_total},
    "open_questions": {"status_date": _dated("status", "answered_by")},
    "claims": {"verdict_date": _dated("verdict", "status")},
}


def _next(taken: list[str], row: Row, data: Path) -> str:
    if row.table == "governments":
        return _next_term(taken, row.cells)
    prefixes = Counter(re.sub(r"\d", "", key) for key in taken)
    prefix = prefixes.most_common(1)[0][0]
    if row.table == "facts":
        same = Counter(
            re.sub(r"\d", "", old["id"]) for old in tables.read(data, "facts") if old["theme"] == row.cells["theme"]
        )
        prefix = (same or prefixes).most_common(1)[0][0]
    numbers = [key[len(prefix) :] for key in taken if re.fullmatch(rf"{prefix}\d+", key)]
    width = max(map(len, numbers))
    return f"{prefix}{max(map(int, numbers)) + 1:0{width}}"


def _next_term(taken: list[str], cells: dict) -> str:
    """The id of a government: state, short office, number, such as GBR-PM-3."""
    short = {"president": "P", "defence secretary": "DEF"}
    office = short.get(cells["office"]) or "".join(word[:1] for word in cells["office"].upper().split())
    prefix = f"{cells['iso3']}-{office}-"
    numbers = [key.removeprefix(prefix) for key in taken if key.startswith(prefix)]
    return f"{prefix}{max((int(number) for number in numbers if number.isdigit()), default=0) + 1}"


def problems(rows: list[Row], data: Path, correct: bool = False) -> list[str]:
    """What is wrong, one message per cell, each with the cell's address and the rule; empty if all may go in."""
    found = []
    lost = [row for row in rows if correct and not row.before]
    for row in lost:
        found += _without_older(row, data)
    every, rows = rows, [row for row in rows if row not in lost]
    for table in dict.fromkeys(row.table for row in rows):
        own = [row for row in rows if row.table == table]
        found += _against_schema(own, data)
        found += _against_older(own, data, correct)
    facts = _facts(data) | {row.cells["id"]: row.cells for row in rows if row.table in ("facts", "timeline")}
    known = {"fact": facts, "source": {row["source_id"] for row in tables.read(data, "sources")}}
    known["source"] |= {row.cells["source_id"] for row in rows if row.table == "sources"}
    known["government"] = {row["id"] for row in tables.read(data, "governments")}
    known["government"] |= {row.cells["id"] for row in rows if row.table == "governments"}
    for row in rows:
        found += _of_row(row, known, data)
    return [message for row in every for message in dict.fromkeys(found) if row.holds(message)]


def _without_older(row: Row, data: Path) -> list[str]:
    """A correction that names no row of the record: which cells name one, and what is near."""
    key = tables.key(data, row.table)
    needed = " and ".join(key)
    if empty := [name for name in key if not row.cells[name]]:
        return [f"{row.at(empty[0])}: is empty; a correction says which row it corrects by {needed}."]
    known = ["; ".join(old[name] for name in key) for old in tables.read(data, row.table)]
    near = _near("; ".join(row.cells[name] for name in key), known)
    return [
        f"{row.at(key[0])}: there is no such row to correct{near}. Rows of this kind are known by {needed}; "
        "a row that is new comes in without --correct."
    ]


def _against_schema(rows: list[Row], data: Path) -> list[str]:
    """Types, required cells and lists of allowed words: what frictionless finds with the table's own schema."""
    from frictionless import Resource, Schema

    table = rows[0].table
    descriptor = tables.resource(data, table)["schema"]
    fields = [field for field in descriptor["fields"] if field["name"] not in DERIVED.get(table, ())]
    schema = Schema.from_descriptor({"fields": fields, "missingValues": [""], "primaryKey": descriptor["primaryKey"]})
    names = [field["name"] for field in fields]
    grid = [names, *([row.cells[name] for name in names] for row in rows)]
    found = []
    for error in Resource(data=grid, schema=schema).validate().tasks[0].errors:
        row = rows[getattr(error, "row_number", 2) - 2]
        column = getattr(error, "field_name", None) or descriptor["primaryKey"][0]
        field = next(field for field in fields if field["name"] == column)
        found.append(f"{row.at(column)}: {_rule(error, field, row.cells[column])}")
    return found


def _rule(error, field: dict, value: str) -> str:
    rules = field.get("constraints", {})
    if error.type == "primary-key":
        return f"{value!r} stands in the sheet twice."
    if not value and rules.get("required"):
        return f"is empty, but required ({field['description'].lower()})."
    if "enum" in rules and value not in rules["enum"]:
        return f"{value!r} is not one of {', '.join(rules['enum'])}."
    if "pattern" in rules and error.type != "type-error":
        return f"{value!r} is not written as the heading asks: {field['description']}"
    if error.type == "type-error":
        mend = f"; you may mean {number}" if (number := _with_point(value)) and field["type"] == "number" else ""
        return f"{value!r} is not {_TYPES[field['type']]}{mend}."
    return str(error.note)


def _against_older(rows: list[Row], data: Path, correct: bool) -> list[str]:
    table = rows[0].table
    key = tables.key(data, table)
    older = {tuple(row[name] for name in key): row for row in tables.read(data, table)}
    found = []
    for row in rows:
        old = older.get(tuple(row.cells[name] for name in key))
        if old and not correct:
            changed = [name for name, cell in row.cells.items() if cell != old[name]]
            what = f"differs in {', '.join(changed)}" if changed else "is the same"
            found.append(
                f"{row.at(key[0])}: {', '.join(row.cells[name] for name in key)} is in the record already and {what}. "
                "To correct the older row, add --correct."
            )
    return found


def _of_row(row: Row, known: dict, data: Path) -> list[str]:  # noqa: PLR0912
    found, cells = _dates_and_letters(row), row.cells
    for column, words in _NAMED:
        for key in filter(None, cells.get(column, "").split(";")):
            if row.table != "sources" and key not in known[words]:
                mend = "part ids by semicolons" if re.search(r"[,\s]", key) else "add it first, or in the same workbook"
                found.append(f"{row.at(column)}: there is no {words} {key!r}; {mend}.")
    if "url" in cells and cells["url"] and not re.match(r"https?://[^\s.]+\.\S+$", cells["url"]):
        found.append(
            f"{row.at('url')}: {cells['url']!r} is no address; a source begins with https:// and has no spaces."
        )
    if row.table == "open_questions" and bool(cells["answered_by"]) != (cells["status"] == "answered"):
        found.append(
            f"{row.at('answered_by')}: names the facts that answer it where the status is answered, and is empty otherwise."
        )
    if row.table in ("facts", "timeline") and cells["id"] and not re.fullmatch(r"[A-Z]+\d{3}|ECFR\d\d", cells["id"]):
        found.append(
            f"{row.at('id')}: {cells['id']!r} is no id; one is capital letters and three figures, or leave it empty."
        )
    if row.table in ("facts", "timeline"):
        said = _numbers(f"{cells['fact']} {cells['notes']}")
        for column in ("value", "value_2"):
            if _float(cells[column]) is not None and _float(cells[column]) not in said:
                comma = cells[column].replace(".", ",")
                mend = (
                    f" Write it there with a point, not as {comma}."
                    if "." in cells[column] and comma in cells["fact"]
                    else ""
                )
                found.append(
                    f"{row.at(column)}: {cells[column]} stands neither in the sentence of the fact nor in its notes.{mend}"
                )
    if cells.get("fact_id") in known["fact"] and row.table in _FROM_FACT:
        fact = known["fact"][cells["fact_id"]]
        said = _numbers(f"{fact['fact']} {fact['notes']}") | {_float(fact["value"]), _float(fact["value_2"])}
        for column in _FROM_FACT[row.table]:
            if _float(cells[column]) is not None and _float(cells[column]) not in said:
                found.append(
                    f"{row.at(column)}: {cells[column]} does not stand in {cells['fact_id']}; a figure is what its fact says."
                )
    if row.table == "opinion_polls":
        shares = [_float(cells[name]) or 0 for name in ("support", "oppose", "undecided")]
        if sum(shares) > 101 or min(shares) < 0:
            found.append(f"{row.at('support')}: support, oppose and undecided are {sum(shares):g} per cent together.")
    if row.table == "us_signals" and cells["fact_id"] in known["fact"]:
        fact = known["fact"][cells["fact_id"]]
        for column, there in (("date", "date"), ("headline", "source_title")):
            if cells[column] != fact[there]:
                found.append(f"{row.at(column)}: is not that of {cells['fact_id']}, which has {fact[there]!r}.")
    if row.table == "us_signals" and _float(cells["direction"]) not in (-1, 0, 1, None):
        found.append(f"{row.at('direction')}: {cells['direction']} is not -1, 0 or 1.")
    if row.table == "positions" and cells["strength"] and _float(cells["strength"]) not in (-2, -1, 0, 1, 2):
        found.append(f"{row.at('strength')}: {cells['strength']} is not a whole number from -2 to 2.")
    if row.table == "positions" and cells["actor_type"] == "state" and not re.fullmatch("[A-Z]{3}", cells["iso3"]):
        found.append(f"{row.at('iso3')}: a state has its three-letter code here, such as GBR.")
    named = [name for name in ("source_id", "fact_id", "fact_ids") if name in cells]
    if row.table in _SOURCED and not any(cells[name] for name in named):
        shown = [name for name in named if name in row.letters] or named
        found.append(f"{row.at(shown[0])}: the row names neither a source nor a fact; it needs one of them.")
    for column, (over, under, per) in _RATIOS.items() if row.table == "missions" else ():
        parts = [_float(cells[name]) for name in (column, over, under)]
        if parts[0] is not None and (None in parts or abs(parts[0] - per * parts[1] / parts[2]) > 1e-2):
            found.append(
                f"{row.at(column)}: {cells[column]} is not {over} over {under}; leave it empty where that means nothing."
            )
    if row.table == "ukraine_aid_monthly":
        found += _aid(row, data)
    return found


def _dates_and_letters(row: Row) -> list[str]:
    found, cells = [], row.cells
    found += [
        f"{row.at(column)}: {cell[:60]!r} has lost its letters between two programs{mend}. Write them anew, or save the "
        "file as “CSV UTF-8” or .xlsx."
        for column, cell in cells.items()
        if (mend := _garbled(cell)) is not None
    ]
    for column in _DATED.get(row.table, ()):
        ahead = (row.table, column) in _AHEAD
        found += [
            f"{row.at(column)}: {trouble}" for trouble in _date(cells[column], cells.get("date_precision"), ahead)
        ]
    for first, last in (("from", "until"), ("from", "attested"), ("start_date", "end_date")):
        if cells.get(first) and cells.get(last) and cells[last] < cells[first][: len(cells[last])]:
            found.append(f"{row.at(last)}: {cells[last]} lies before {first}, which is {cells[first]}.")
    for column in ("accessed", "status_date", "verdict_date"):
        if cells.get(column, "") > today().isoformat():
            found.append(f"{row.at(column)}: {cells[column]} lies in the future.")
    return found


def _garbled(cell: str) -> str | None:
    """Text in UTF-8 that was read as Windows' own letters: what it was, in words; None where nothing is wrong."""
    try:
        meant = cell.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return "" if "\ufffd" in cell else None
    return f": it may have been {meant[:60]!r}" if meant != cell else None


def _aid(row: Row, data: Path) -> list[str]:
    cells = row.cells
    amounts = {name: _float(cells[name]) for name in ("military", "financial", "humanitarian", "total")}
    if None in amounts.values():
        return []
    found = [f"{row.at(name)}: {amount:g} is below zero." for name, amount in amounts.items() if amount < 0]
    parts = amounts["military"] + amounts["financial"] + amounts["humanitarian"]
    if abs(parts - amounts["total"]) > 1e-4:
        found.append(
            f"{row.at('total')}: {amounts['total']:g} is not the sum of the three kinds, {parts:g} (billion euros)."
        )
    donors = {donor["donor_code"]: donor for donor in tables.read(data, "ukraine_aid_donors")}
    donor = donors.get(cells["donor_code"])
    if donor is None:
        found.append(f"{row.at('donor_code')}: no donor {cells['donor_code']!r} in ukraine_aid_donors.")
        return found
    return found + [
        f"{row.at(name)}: {cells[name]!r} is called {donor[name]!r} so far."
        for name in ("donor", "donor_group")
        if cells[name] != donor[name]
    ]


def today() -> datetime.date:
    """The day until which something may be recorded."""
    return datetime.date.today()


def _with_point(value: str) -> str:
    """What a number with a decimal comma, a sign of per cent or blanks may mean; "" where it can be read in two ways."""
    found = re.fullmatch(r"(-?\d+)(?:[,.](\d{1,2}|\d{4,}))?\s*(?:%|per cent)?", value.replace("\u00a0", " ").strip())
    return ".".join(filter(None, found.groups())) if found else ""


def _date(date: str, precision: str | None, ahead: bool = False) -> list[str]:
    if not date:
        return []
    try:
        day = datetime.date.fromisoformat(f"{date}-01-01"[:10]) if len(date) in (4, _MONTH, _DAY) else None
    except ValueError:
        day = None
    if day is None:
        found = re.fullmatch(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", date)
        mend = f"; you may mean {found[3]}-{int(found[2]):02}-{int(found[1]):02}" if found else ""
        return [f"{date!r} is no date; write 2026-08-05, or 2026-08 or 2026 where no more is known{mend}."]
    if day > today() and not ahead:
        return [f"{date} lies in the future; the record holds what has happened."]
    wanted = {4: "year", _MONTH: "month", _DAY: "day"}[len(date)]
    if precision and precision != wanted:
        return [f"{date} is exact to the {wanted}, but date_precision says {precision}."]
    return []


def remarks(rows: list[Row], data: Path) -> list[str]:
    """Older rows that a new one may repeat or contradict. Both stay; a person decides."""
    found = []
    new = {row.cells.get("id") for row in rows}
    every = _facts(data) | {row.cells["id"]: row.cells for row in rows if row.table in ("facts", "timeline")}
    pages = {row["source_id"]: row["year"] for row in tables.read(data, "sources")}
    older = [old for old in _facts(data).values() if old["id"] not in new]
    for row in rows:
        found += _new_words(row, data)
        found += _before_its_source(row, every, pages)
        if row.table in ("facts", "timeline"):
            found += _like_or_against(row, older)
            older.append(row.cells)
        elif row.table == "governments":
            found += [
                f"{row.at('from')}: the term of {old['holder']} ({old['id']}) ends on that day, and with it the positions of "
                "that government."
                if old["holder"]
                else f"{row.at('holder')}: {old['id']} names no holder; if this is who that was, correct that row instead."
                for old in tables.read(data, "governments")
                if (old["iso3"], old["office"]) == (row.cells["iso3"], row.cells["office"])
                and row.cells["from"] > (old["from"] or old["attested"])
                and not old["until"]
                and old["id"] != row.cells["id"]
            ]
        elif row.table == "positions":
            found += _moves(row, data)
        elif row.table == "opinion_polls":
            found += [
                f"{row.at('question')}: {row.cells['pollster']} asked {row.cells['iso3']} about the same in {old['date']} "
                f"with other words ({old['fact_id']}); compare only with the wording beside it."
                for old in tables.read(data, "opinion_polls")
                if (old["iso3"], old["about"], old["pollster"])
                == (row.cells["iso3"], row.cells["about"], row.cells["pollster"])
                and old["question"] != row.cells["question"]
            ]
    months = sorted({old["month"] for old in tables.read(data, "ukraine_aid_monthly")})
    added = sorted({row.cells["month"] for row in rows if row.table == "ukraine_aid_monthly"})
    found += [f"aid: no row for {month}; it stays a gap, not a zero." for month in _between(months[-1:], added)]
    groups = {old["donor_group"] for old in tables.read(data, "ukraine_aid_donors")}
    for month in [month for month in added if month not in months]:
        there = {row.cells["donor_group"] for row in rows if row.cells.get("month") == month}
        if absent := sorted(groups - there):
            found.append(f"aid: {month} has no donor of {' or of '.join(absent)}; their sum for that month becomes 0.")
    return found


def _before_its_source(row: Row, facts: dict, pages: dict) -> list[str]:
    """Dates that do not fit the row's evidence: a page seen or published before what it tells, a stand before its facts."""
    cells = row.cells
    if row.table in ("facts", "timeline") and cells["accessed"] and cells["accessed"] < cells["date"]:
        return [f"{row.at('accessed')}: the page was seen before what it tells happened ({cells['date']})."]
    if row.table == "positions":
        known = [facts[key]["date"] for key in cells["fact_ids"].split(";") if key in facts]
        if known and all(cells["as_of"] < date[: len(cells["as_of"])] for date in known):
            return [f"{row.at('as_of')}: lies before every fact that the row names; the earliest is of {min(known)}."]
    if row.table == "opinion_polls" and cells["fact_id"] in facts:
        date = facts[cells["fact_id"]]["date"]
        if (n := min(len(date), len(cells["date"]))) and date[:n] != cells["date"][:n]:
            return [f"{row.at('date')}: {cells['fact_id']} is of {date}."]
    year = pages.get(cells.get("source_id", ""), "")
    dated = cells.get("as_of") or cells.get("date") or ""
    if year and year < dated[:4] and (row.table, "as_of") not in _AHEAD:
        return [f"{row.at('source_id')}: {cells['source_id']} is of {year}, before {dated}; which page says so?"]
    return []


def _new_words(row: Row, data: Path) -> list[str]:
    found = []
    for column in _WORDS.get(row.table, ()):
        known = {
            old[column]
            for table in _SHARED.get(row.table, (row.table,))
            for old in tables.read(data, table)
            if column in old
        }
        if (word := row.cells[column]) and word not in known:
            found.append(
                f"{row.at(column)}: {word!r} is new in this column{_near(word, known)}. One thing keeps one name."
            )
    return found


def _near(word: str, known) -> str:
    folded = {old.lower(): old for old in known}
    near = [folded[old] for old in get_close_matches(word.lower(), folded, n=2, cutoff=0.5)]
    return f"; near it {'is' if len(near) == 1 else 'are'} {' and '.join(map(repr, near))}" if near else ""


def _like_or_against(row: Row, older: list[dict]) -> list[str]:
    found, cells = [], row.cells
    for old in older:
        if old["actor"] != cells["actor"] and old["topic"] != cells["topic"] and old["url"] != cells["url"]:
            continue
        match = SequenceMatcher(None, old["fact"], cells["fact"])
        if match.quick_ratio() >= _ALIKE and match.ratio() >= _ALIKE:
            found.append(f"{row.at('fact')}: reads like {old['id']} of {old['date']}: {old['fact']}")
        elif _same_day(old, cells):
            found.append(f"{row.at('fact')}: may tell of the same as {old['id']} of {old['date']}: {old['fact']}")
        elif (
            (old["topic"], _unit(old)) == (cells["topic"], _unit(cells))
            and cells["unit"]
            and old["value"] != cells["value"]
            and old["value"]
        ):
            found.append(
                f"{row.at('value')}: {cells['value']} {cells['unit']}, where {old['id']} of {old['date']} has {old['value']}; "
                "if both describe the same, list it on the page conflicts."
            )
    return found


def _same_day(old: dict, cells: dict) -> bool:
    exact = min(len(old["date"]), len(cells["date"]))
    words = [{word[:6].lower() for word in re.findall(r"[^\W\d_]{4,}|\d[\d,.]*", row["fact"])} for row in (old, cells)]
    shared = len(words[0] & words[1]) / max(1, min(map(len, words)))
    return exact > _MONTH and old["date"] == cells["date"] and shared >= _SAME_DAY


def _unit(row: dict) -> str:
    """A unit without what stands in brackets behind it."""
    return row["unit"].partition(" (")[0]


def _moves(row: Row, data: Path) -> list[str]:
    who = "iso3" if row.cells["actor_type"] == "state" else "actor"
    same = [
        old
        for old in tables.read(data, "positions")
        if (old[who], old["issue"], old["actor_type"]) == (row.cells[who], row.cells["issue"], row.cells["actor_type"])
        and old["id"] != row.cells["id"]
    ]
    return [
        f"{row.at('strength')}: {old['id']} of {old['as_of']} ({old['actor']}) has {old['strength']}; from {row.cells['as_of']} on it is {row.cells['strength']}."
        for old in same
        if old["strength"] != row.cells["strength"]
    ]


def _between(last: list[str], added: list[str]) -> list[str]:
    if not last or not added or max(added) <= last[0]:
        return []
    year, month = map(int, last[0].split("-"))
    found = []
    while (name := f"{year + month // 12}-{month % 12 + 1:02}") < max(added):
        year, month = year + month // 12, month % 12 + 1
        if name not in added:
            found.append(name)
    return found


def _facts(data: Path) -> dict[str, dict]:
    return {row["id"]: row for table in ("facts", "timeline") for row in tables.read(data, table)}


def _numbers(text: str) -> set[float]:
    return {float(number.replace(",", "")) for number in _NUMBER.findall(text)}


def _float(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None
