"""Tables and columns that the course computed, computed again: ``python -m postwar.record.derive TABLE [FILE]``.

Prints the rows as CSV, or with ``--check`` says whether the table of the course holds them.
"""

import argparse
import csv
import sys
from pathlib import Path

import pandas as pd

from postwar import data
from postwar.record import outlines

#: Columns of the file of directed pair-years and what the table calls them.
_COUNTED = {
    "dyad_years": "year",
    "disputes": "mid_initiated",
    "with_use_of_force": "mid_use_of_force",
    "with_deaths": "mid_fatal",
    "wars": "mid_war",
}
_STRONGER = 0.5
#: Hosts of US forces that lessons compare.
_HOSTS = "AFG BEL DEU ESP EST FRA GBR GRC HUN IRQ ISL ITA JPN KOR LTU LVA NLD NOR POL PRT ROU TUR UKR VNM"
#: What the change log of troopdata says against its numbers, by year or by host and year.
_KNOWN = {1951: "filled_in", 1952: "filled_in", 2008: "counted_twice"}
_KNOWN |= {("IRQ", 2006): "too_high", ("IRQ", 2007): "too_high", ("DEU", 2006): "includes_deployed"}


def dispute_rates(path: Path) -> pd.DataFrame:
    """Disputes begun per 1,000 directed pair-years, from one row per ordered pair of states and year (1946 to 2010)."""
    pairs = pd.read_csv(path)
    pairs["period"] = pairs["year"].map(lambda year: "1946-1989" if year < 1990 else "1990-2010")
    pairs["challenger_stronger"] = pairs["challenger_share_cinc"] > _STRONGER
    pairs = pairs[pairs["challenger_share_cinc"].notna() & (pairs["defence_pact_between_them"] == 0)]
    by = ["period", "land_contiguous", "challenger_stronger", "target_defence_pact", "target_ally_major"]
    pairs[by[1:]] = pairs[by[1:]].astype(bool)
    counted = {name: (column, "size" if name == "dyad_years" else "sum") for name, column in _COUNTED.items()}
    rates = pairs.groupby(by).agg(**counted).reset_index()
    rates["disputes_per_1000"] = (1000 * rates["disputes"] / rates["dyad_years"]).round(3)
    return rates


def missions(path: Path | None = None) -> pd.DataFrame:
    """Strength over the population and the area of the host, from the columns of the table itself."""
    rows = data.load("missions")[["mission", "strength", "host_population_thousand", "host_area_km2"]]
    strength = rows["strength"].astype(float)
    rows["troops_per_1000_inhabitants"] = (strength / rows["host_population_thousand"]).round(3)
    rows["troops_per_1000_km2"] = (1000 * strength / rows["host_area_km2"]).round(2)
    return rows


def us_troops_abroad(path: Path) -> pd.DataFrame:
    """The hosts that lessons compare, from ``data-raw/troopdata-rebuild-country-year.csv`` of the package troopdata (Flynn and others)."""
    every = pd.read_csv(path).rename(columns={"iso3c": "iso3", "countryname": "host", "troops_ad": "active_duty"})
    rows = every[every["iso3"].isin(_HOSTS.split())][["iso3", "host", "year", "active_duty"]].copy()
    rows["host"] = rows["host"].replace("Turkey", "Türkiye")
    rows["source_id"] = "TROOPDATA"
    rows["flag"] = [
        _KNOWN.get((iso3, year)) or _KNOWN.get(year, "") for iso3, year in zip(rows["iso3"], rows["year"], strict=True)
    ]
    return rows.sort_values(["iso3", "year"])


TABLES = {
    "boundaries": outlines.boundaries,
    "dispute_rates": dispute_rates,
    "missions": missions,
    "us_troops_abroad": us_troops_abroad,
}


def differences(name: str, derived: pd.DataFrame) -> list[str]:
    """Where the table of the course says otherwise; a cell that it leaves empty on purpose is no difference."""
    key = list(data.resources()[name]["schema"]["primaryKey"])
    table = data.load(name).merge(derived, on=key, how="outer", suffixes=("", "_derived"), indicator=True)
    found = [
        f"{row._merge}: {[getattr(row, part) for part in key]}" for row in table.query("_merge != 'both'").itertuples()
    ]
    for column in [column for column in derived if column not in key]:
        ours, theirs = table[column], table[f"{column}_derived"]
        if derived[column].dtype == object:
            wrong = ours.fillna("") != theirs.fillna("")
        else:
            wrong = ours.notna() & ((ours.astype(float) - theirs.astype(float)).abs() > 1e-2)
        found += [f"{column}: {row}" for row in table.loc[wrong, [*key, column, f"{column}_derived"]].values.tolist()]
    return found


def main(argv: list[str] | None = None) -> int:
    """Print a table derived anew, or compare it with the course's."""
    parser = argparse.ArgumentParser(prog="python -m postwar.record.derive", description=__doc__.splitlines()[0])
    parser.add_argument("table", choices=TABLES)
    parser.add_argument("file", nargs="?", type=Path, help="the input, where the course does not hold it")
    parser.add_argument("--check", action="store_true", help="compare with the table of the course")
    options = parser.parse_args(argv)
    if options.table != "missions" and options.file is None:
        parser.error(f"{options.table} needs the file that it is made from; data/README.md says which that is")
    if options.file is not None and not options.file.is_file():
        parser.error(f"there is no file {options.file}")
    derived = TABLES[options.table](options.file)
    if not options.check:
        derived.to_csv(sys.stdout, index=False, quoting=csv.QUOTE_MINIMAL)
        return 0
    found = differences(options.table, derived)
    print("\n".join(found) or f"{options.table}: the course's table is what the script makes.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
