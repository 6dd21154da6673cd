"""Tables and sources: ``load`` a table as a data frame, ``cite`` where a fact, a table or a model comes from."""

import datetime
import json
import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from html import escape

import pandas as pd

from postwar.paths import DATA

#: Frictionless field types and what pandas makes of them; dates are parsed separately.
_DTYPES = {"string": str, "integer": "Int64", "number": "float64", "boolean": "boolean", "year": "Int64"}
_DATES = {"date": "%Y-%m-%d", "yearmonth": "%Y-%m"}

_KINDS = {
    "established": "established",
    "statement": "a statement",
    "reported": "a press report",
    "claim": "a claim, denied",
    "poll": "a poll",
    "estimate": "an estimate",
    "opinion": "an opinion",
    "research": "research",
    "background": "background",
}
#: Where a fact was seen, if that is no outlet of standing: readers should know.
_SEEN = {
    "aggregator_or_minor_site": "seen at second hand, on a minor site or aggregator",
    "russian_or_belarusian_state_linked": "seen on a Russian or Belarusian state-linked page",
    "encyclopedia_archive_or_blog": "seen in an encyclopedia, an archive or a blog",
}
#: What is known against a fact (column ``flag``): whoever cites it should say so.
_AGAINST = {
    "error_in_source": "the page contains an error",
    "distorted": "the page makes more of it than others do",
    "contradicts_itself": "the page contradicts itself",
    "retracted": "withdrawn by its source",
    "superseded": "overtaken by a later row",
}
_OFFICIAL = re.compile(r"https?://([\w-]+\.)*(gov(\.\w+)?|parliament\.uk|nato\.int|premier\.be|defensie\.nl)/")
_OUTLETS = {"single": "reported by one outlet", "multiple": "carried by several outlets"}


@cache
def package() -> dict:
    """The descriptor ``data/datapackage.json``: for each table its schema, sources, licence, limits and checksum."""
    return json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))


@cache
def resources() -> dict[str, dict]:
    """The descriptor of each table, by table name."""
    return {resource["name"]: resource for resource in package()["resources"]}


def load(name: str | None = None) -> pd.DataFrame:
    """Return a table of the course as a new data frame; without a name, the catalogue of tables.

    Column types follow the schema in ``datapackage.json``. Changing the frame changes nothing on disk.
    An unknown name raises ``ValueError`` with the names that come close.
    """
    if name is None:
        return _catalogue()
    if name not in resources():
        raise ValueError(f"There is no table {name!r}.{_suggest(name, resources())} load() lists every table.")
    return _read(name).copy()


@cache
def _read(name: str) -> pd.DataFrame:
    resource = resources()[name]
    fields = resource["schema"]["fields"]
    frame = pd.read_csv(
        DATA / resource["path"],
        dtype={field["name"]: _DTYPES.get(field["type"], str) for field in fields},
        keep_default_na=False,
        na_values=[""],
    )
    for field in fields:
        column = field["name"]
        if field["type"] in _DATES:
            frame[column] = pd.to_datetime(frame[column], format=_DATES[field["type"]])
        elif field["type"] in ("integer", "year", "boolean") and not frame[column].hasnans:
            frame[column] = frame[column].astype(bool if field["type"] == "boolean" else "int64")
    return frame


def _catalogue() -> pd.DataFrame:
    rows = [
        {
            "table": name,
            "title": resource["title"],
            "rows": resource["rows"],
            "years": resource["years"],
            "sources": ", ".join(dict.fromkeys(source["publisher"] for source in resource["sources"])),
        }
        for name, resource in resources().items()
    ]
    return pd.DataFrame(rows).set_index("table")


@dataclass(frozen=True)
class Source:
    """One entry of a source list: what is said, where it stands, and how far it can be trusted.

    ``who`` says who and when in a few words; ``link`` is the address of the page that was seen, empty if there is none.
    """

    id: str
    statement: str
    reference: str
    standing: str
    who: str
    link: str = ""

    @property
    def hover(self) -> str:
        """Who, when, what kind and how sure, in one line."""
        return f"{self.who}: {self.standing}"

    def __str__(self):
        return " ".join(part for part in (f"[{self.id}]", self.statement, self.reference, f"({self.standing})") if part)

    def _repr_html_(self):
        statement, reference, standing = escape(self.statement), escape(self.reference), escape(self.standing)
        return f"<b>{escape(self.id)}</b> {statement} <cite>{reference}</cite> <small>({standing})</small>"


class SourceList(tuple):
    """Sources in the order asked for; shown as a list in a notebook and as lines of text elsewhere."""

    def __repr__(self):
        return "\n".join(str(source) for source in self)

    def _repr_html_(self):
        # Addresses stay plain text: pages die, and the course must read the same without a network.
        items = "".join(f"<li>{source._repr_html_()}</li>" for source in self)
        return f'<ul class="postwar-sources">{items}</ul>'


def cite(*ids: str) -> SourceList:
    """Return the sources behind facts (``"UK004"``, ``"T045"``), tables, table sources and model references.

    Tables are named as for ``load``, sources as in a table's ``source_id`` column, and references by their key in
    ``data/references.bib`` (``"fearon1995"``). An unknown id raises ``ValueError`` with the ids that come close.
    """
    kinds = {**dict.fromkeys(references(), _cite_reference), **dict.fromkeys(resources(), _cite_table)}
    kinds |= {**dict.fromkeys(_rows("sources", "source_id"), _cite_source), **dict.fromkeys(facts(), _cite_fact)}
    for key in ids:
        if key not in kinds:
            raise ValueError(f"There is nothing to cite under {key!r}.{_suggest(key, kinds)}")
    return SourceList(kinds[key](key) for key in dict.fromkeys(ids))


@cache
def facts() -> dict[str, dict]:
    """Every row of ``facts`` and ``timeline`` by its id."""
    return _rows("facts", "id") | _rows("timeline", "id")


@cache
def references() -> dict[str, dict[str, str]]:
    """The entries of ``data/references.bib`` by key.

    The file keeps to one form, which is all that is read here: ``@type{key,`` opens an entry, every field stands on
    its own line as ``name = {value},``, and ``}`` closes the entry.
    """
    entries = {}
    for line in (DATA / "references.bib").read_text(encoding="utf-8").splitlines():
        if opening := re.fullmatch(r"@(\w+)\{([\w-]+),", line):
            entry = entries[opening[2]] = {"type": opening[1]}
        elif field := re.fullmatch(r"\s+(\w+) = \{(.*)\},", line):
            entry[field[1]] = field[2]
        elif line.strip() not in ("", "}") and not line.startswith("%"):
            raise ValueError(f"references.bib: cannot read the line {line!r}; write fields as 'name = {{value}},'.")
    return entries


def record_ends() -> datetime.date:
    """The day of the latest dated row of ``facts`` and ``timeline``: nothing later is asserted in the course.

    A date that is known to the month or year counts as its first day, so that the record never claims to reach further than it does.
    """
    return max(datetime.date.fromisoformat(f"{row['date']}-01-01"[:10]) for row in facts().values())


def spell_date(date: str | datetime.date) -> str:
    """An ISO date cut to what is known (2026, 2026-01 or 2026-01-06) in words, such as 6 January 2026."""
    date = str(date)
    form = {4: "{0:%Y}", 7: "{0:%B %Y}", 10: "{0.day} {0:%B %Y}"}[len(date)]
    return form.format(pd.Timestamp(date))


@cache
def _rows(name: str, key: str) -> dict[str, dict]:
    frame = _read(name)
    return frame.astype(object).where(frame.notna(), None).set_index(key, drop=False).to_dict("index")


def _cite_fact(key: str) -> Source:
    row = facts()[key]
    standing = [_KINDS[row["kind"]], _OUTLETS[row["corroboration"]], f"confidence {row['confidence']}"]
    if row["source_type"] == "official_or_parliament":
        standing.append("official page" if _OFFICIAL.match(row["url"]) else "copy of an official page")
    if row["source_type"] in _SEEN:
        standing.append(_SEEN[row["source_type"]])
    if row["flag"]:
        standing.append(_AGAINST[row["flag"]])
    if "general knowledge" in (row["notes"] or "").lower():
        standing.append("in part general knowledge")
    who = f"{row['actor']}, {spell_date(row['date'])}"
    return Source(
        key,
        f"{who}: {row['fact']}",
        f"{row['publisher']}, “{row['source_title']}”, {spoken_address(row['url'])}",
        "; ".join(standing),
        who,
        row["url"],
    )


def _cite_table(key: str) -> Source:
    resource = resources()[key]
    reference = "; ".join(_name_source(source) for source in resource["sources"])
    licence = "; ".join(licence["title"] for licence in resource["licenses"])
    link = next((source["path"] for source in resource["sources"] if "path" in source), "")
    publishers = ", ".join(dict.fromkeys(source["publisher"] for source in resource["sources"]))
    who = f"{publishers}, table “{resource['title']}”, {resource['years']}"
    return Source(key, f"{resource['title']} ({resource['years']}).", reference, f"licence: {licence}", who, link)


def _name_source(source: dict) -> str:
    address = f", {spoken_address(source['path'])}" if "path" in source else ""
    return f"{source['publisher']}, “{source['title']}”{address}"


def _cite_source(key: str) -> Source:
    row = _rows("sources", "source_id")[key]
    reference = f"{row['publisher']}, {row['year']}, {row['address']}"
    standing = f"{row['quality'].replace('_', ' ')}; seen as {row['seen_as']}"
    return Source(
        key, f"{row['title']}.", reference, standing, f"{row['publisher']}, {row['year']}", _link(row["address"])
    )


def _cite_reference(key: str) -> Source:
    entry = references()[key]
    container = entry.get("journal") or entry.get("booktitle") or entry.get("publisher") or entry.get("institution")
    volume = entry.get("volume", "") + (f"({entry['number']})" if "number" in entry else "")
    pages = entry.get("pages", "").replace("--", "–")
    where = ", ".join(part for part in (container, volume, pages) if part)
    authors = entry["author"].replace(" and ", "; ")
    standing = "; ".join(entry[field] for field in ("status", "note") if field in entry)
    who = f"{authors} ({entry['year']})"
    return Source(key, f"{who}, “{entry['title']}”.", where, standing, who)


def spoken_address(url: str) -> str:
    """An address without scheme and www, as source lists print it."""
    return re.sub(r"^https?://(www\.)?", "", url)


def _link(address: str) -> str:
    """The address of a page that a browser can open, from how ``sources`` writes it; empty if it names no page."""
    if address.startswith("github.com/"):
        address = "/".join(address.split("/")[:3])  # a path inside a repository is no page
    return f"https://{address}" if re.fullmatch(r"[\w.-]+\.[a-z]{2,}(/[^\s*]*)?", address) else ""


def _suggest(key: str, known) -> str:
    near = get_close_matches(key, known, n=5, cutoff=0.5) or get_close_matches(key.upper(), known, n=5, cutoff=0.5)
    return f" Did you mean {' or '.join(near)}?" if near else ""
