"""``postwar record build``: everything that follows from the rows, computed from them again."""

import hashlib
import os
from pathlib import Path

from postwar.record import codebook, rules, tables

_KINDS = ("military", "financial", "humanitarian", "total")


def main(options) -> int:
    """Recompute sums and descriptor, validate, then the date on the front pages and the visible sources of lessons."""
    data = tables.checkout()
    with tables.staged(data) as folder:
        tables_of(folder)
        validate(folder)
    rest(data)
    return 0


def tables_of(folder: Path) -> None:
    """Everything that is computed from rows: sums of aid, validity of positions, terms, links to facts; and for every table
    its hash, size, rows and years; and the codebook."""
    _sum_aid(folder)
    _date_terms(folder)
    _date_positions(folder)
    _link_facts(folder)
    descriptor = tables.package(folder)
    before = {resource["name"]: resource["hash"] for resource in descriptor["resources"]}
    for resource in descriptor["resources"]:
        content = (folder / resource["path"]).read_bytes()
        rows = tables.parse(content.decode("utf-8"))
        resource |= {"hash": f"sha256:{hashlib.sha256(content).hexdigest()}", "bytes": len(content), "rows": len(rows)}
        column = next((name for name in ("date", "as_of", "month", "year") if rows and name in rows[0]), None)
        years = [int(row[column][:4]) for row in rows if row[column]] if column else []
        if years:  # a table may say more than its dates do, so the span only grows
            said = [int(year) for year in resource["years"].split("–")]
            first, last = min(*years, *said), max(*years, *said)
            resource["years"] = str(first) if first == last else f"{first}–{last}"
    if before != {resource["name"]: resource["hash"] for resource in descriptor["resources"]}:
        descriptor["created"] = f"{rules.today()}T00:00:00Z"
    if site := os.environ.get("POSTWAR_SITE") or os.environ.get("POSTWAR_REPOSITORY"):
        descriptor["homepage"] = site
    tables.write_package(folder, descriptor)
    (folder / "README.md").write_text(codebook.text(descriptor), encoding="utf-8", newline="")


def _date_terms(folder: Path) -> None:
    """The term of an office-holder ends where the next one's begins, unless the row says otherwise."""
    rows = tables.read(folder, "governments")
    for row in rows:
        later = [
            other["from"]
            for other in rows
            if (other["iso3"], other["office"]) == (row["iso3"], row["office"])
            and other["from"] > (row["from"] or row["attested"])
            and other is not row
        ]
        if later and not row["until"]:
            row["until"] = min(later)
    tables.write(folder, "governments", rows)


def _date_positions(folder: Path) -> None:
    """A position holds until the next row of the same actor on the same issue, or until its government ends."""
    rows = tables.read(folder, "positions")
    ends = {row["id"]: row["until"] for row in tables.read(folder, "governments")}

    def who(row):
        actor = row["iso3"] if row["actor_type"] == "state" else row["actor"]
        return row["actor_type"], actor, row["issue"]

    for row in rows:
        later = [other["as_of"] for other in rows if who(other) == who(row) and other["as_of"] > row["as_of"]]
        row["valid_until"] = min(filter(None, [*later, ends.get(row["government_id"], "")]), default="")
    tables.write(folder, "positions", rows)


def _link_facts(folder: Path) -> None:
    """The list of all ids, and one row for each fact that a list of ids names: what foreign keys can lead to."""
    index = [{"id": row["id"], "table": name} for name in ("facts", "timeline") for row in tables.read(folder, name)]
    tables.write(folder, "fact_index", index)
    links = [
        {
            "table": resource["name"],
            "row": "; ".join(row[name] for name in tables.key(resource)),
            "column": column,
            "fact_id": key,
        }
        for resource in tables.package(folder)["resources"]
        for row in tables.read(folder, resource["name"])
        for column in ("fact_ids", "answered_by")
        for key in dict.fromkeys(filter(None, row.get(column, "").split(";")))
    ]
    tables.write(folder, "fact_links", links)


def _sum_aid(folder: Path) -> None:
    monthly = tables.read(folder, "ukraine_aid_monthly")
    months = sorted({row["month"] for row in monthly})
    sums = {}
    for row in monthly:
        for kind in _KINDS:
            for place in ((row["donor_group"], row["month"]), row["donor_code"]):
                sums[place, kind] = sums.get((place, kind), 0) + float(row[kind])
    groups = list(dict.fromkeys(row["donor_group"] for row in tables.read(folder, "ukraine_aid")))
    aid = [
        {"donor_group": group, "month": month} | {kind: _short(sums.get(((group, month), kind), 0)) for kind in _KINDS}
        for group in groups
        for month in months
    ]
    tables.write(folder, "ukraine_aid", aid)
    donors = tables.read(folder, "ukraine_aid_donors")
    for donor in donors:
        changed = {kind: _short(sums.get((donor["donor_code"], kind), 0)) for kind in _KINDS}
        if any(abs(float(donor[kind]) - float(cell)) > 1e-9 for kind, cell in changed.items()):
            donor.update(changed)
            if donor["gdp_eur_bn"]:
                donor["pct_gdp"] = f"{100 * float(donor['total']) / float(donor['gdp_eur_bn']):.4f}"
    tables.write(folder, "ukraine_aid_donors", donors)


def _short(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")


def validate(folder: Path) -> None:
    """Raise ValueError with what frictionless finds in the whole package."""
    import frictionless

    report = frictionless.Package(str(folder / "datapackage.json")).validate()
    if not report.valid:
        found = "\n".join(f"{name}: {note}" for name, note in report.flatten(["name", "note"]))
        raise ValueError(f"The tables would not be valid, so nothing was written:\n{found}")


def rest(data: Path) -> None:
    """What the pages print of the tables: the date on README and INSTRUCTORS, numbers in lessons, their visible sources."""
    import subprocess
    import sys

    try:  # in fresh processes, since this one may have read the tables as they were
        for module in ("postwar.record.prose", "postwar.citations"):
            subprocess.run([sys.executable, "-m", module], cwd=data.parent, check=True)
    except (KeyboardInterrupt, subprocess.CalledProcessError):
        print("The tables are written whole, the pages not yet: postwar record build finishes them.", file=sys.stderr)
        raise
