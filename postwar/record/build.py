"""``postwar record build``: everything that follows from the rows, computed from them again."""

import hashlib
from pathlib import Path

from postwar.record import tables

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
    """The sums of aid and, for every table, its hash, size, rows and years."""
    _sum_aid(folder)
    descriptor = tables.package(folder)
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
    tables.write_package(folder, descriptor)


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

    # A fresh process, since this one may have read the tables as they were.
    subprocess.run([sys.executable, "-m", "postwar.record.prose"], cwd=data.parent, check=True)
    subprocess.run([sys.executable, "-m", "postwar.citations"], cwd=data.parent, check=True)
