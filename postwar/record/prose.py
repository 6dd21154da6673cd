"""What pages print of the tables, written anew: the end of the record, and numbers that authors derive (``34<!--=len(…)-->``)."""

import json
import re
from pathlib import Path

from postwar import data, paths
from postwar.assignments import calibration
from postwar.record import tables

#: A number, or a range whose second number counts, and the expression that it is the value of.
DERIVED = re.compile(r"(\d+(?:,\d{3})*(?:\.\d+)?)((?:\s?(?:%|per cent|percent))?<!--=(.+?)-->)", re.DOTALL)
_END = re.compile(r"\d+ \w+ \d{4}(?=<!--record_ends-->)")


def value(expression: str) -> float:
    """The value of an expression that a lesson's own author wrote over ``load``, pandas and numpy."""
    import numpy as np
    import pandas as pd

    return float(eval(expression, {"load": data.load, "pd": pd, "np": np}))


def printed(number: float, as_before: str) -> str:
    """A number in the form of the one that it replaces: as many decimals, with commas for thousands."""
    decimals = len(as_before.partition(".")[2])
    return f"{number:,.{decimals}f}"


def renewed(text: str) -> str:
    """A text with its derived numbers computed again; one that still holds stays as it is."""

    def anew(match):
        now, decimals = value(match[3]), len(match[1].partition(".")[2])
        if abs(now - float(match[1].replace(",", ""))) <= 0.5 * 10**-decimals + 1e-9:
            return match[0]
        return printed(now, match[1]) + match[2]

    return DERIVED.sub(anew, text)


def main() -> None:
    """Renew README, INSTRUCTORS, the lessons and the exemplars on the calibration page of this checkout."""
    course = paths.COURSE
    ends = data.spell_date(data.record_ends())
    for name in ("README.md", "INSTRUCTORS.md"):
        path = course / name
        _say(path, tables.replace(path, _END.sub(ends, path.read_text(encoding="utf-8"))))
    if calibration.PAGE.is_file():
        page = calibration.update(calibration.PAGE.read_text(encoding="utf-8"))
        _say(calibration.PAGE, tables.replace(calibration.PAGE, page))
    for path in sorted(paths.LESSONS.glob("*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        before = json.dumps(notebook)
        for cell in notebook["cells"]:
            if cell["cell_type"] == "markdown" and cell["id"] != "sources":
                cell["source"] = renewed("".join(cell["source"])).splitlines(keepends=True)
        if json.dumps(notebook) != before:
            _say(path, tables.replace(path, json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"))


def _say(path: Path, changed: bool) -> None:
    if changed:
        print(f"{path.name}: renewed")


if __name__ == "__main__":
    main()
