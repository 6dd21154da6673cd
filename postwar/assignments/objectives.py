"""Which graded items assess which learning objective, as a table for INSTRUCTORS.md.

``python -m postwar.assignments.objectives`` writes the table between the markers in that file.
"""

import re

import nbformat
import pandas as pd

from postwar.paths import COURSE, SOLUTIONS

INSTRUCTORS = COURSE / "INSTRUCTORS.md"
_TABLE = re.compile(r"(<!-- begin objectives -->\n).*?(<!-- end objectives -->)", re.DOTALL)


def items() -> pd.DataFrame:
    """Every graded item: assignment, notebook, item, objective, points, and whether a person reads it."""
    rows = []
    for path in sorted(SOLUTIONS.glob("*/*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            grading = cell.metadata.get("nbgrader", {})
            if grading.get("grade"):
                objective = cell.metadata.get("postwar", {}).get("objective", "")
                by_hand = grading["solution"]
                rows.append(
                    (path.parent.name, path.stem, grading["grade_id"], objective, float(grading["points"]), by_hand)
                )
    return pd.DataFrame(rows, columns=["assignment", "notebook", "item", "objective", "points", "by_hand"])


def table() -> str:
    """The table as Markdown: one row per objective, its items by notebook, and their points."""
    lines = ["| Objective | Items | Points |", "|---|---|---:|"]
    for objective, group in items().groupby("objective"):
        listed = "; ".join(
            f"*{notebook}*: " + ", ".join(f"{item} (by hand)" if by_hand else item for item, by_hand in rows)
            for notebook, rows in (
                (notebook, zip(part["item"], part["by_hand"], strict=True))
                for notebook, part in group.groupby("notebook", sort=False)
            )
        )
        lines.append(f"| {objective} | {listed} | {group['points'].sum():g} |")
    return "\n".join(lines) + "\n"


def update(text: str) -> str:
    """The text of INSTRUCTORS.md with the present table between its markers."""
    updated, found = _TABLE.subn(lambda match: match[1] + table() + match[2], text)
    if found != 1:
        raise ValueError("INSTRUCTORS.md needs <!-- begin objectives --> and <!-- end objectives --> once each")
    return updated


if __name__ == "__main__":
    INSTRUCTORS.write_text(update(INSTRUCTORS.read_text(encoding="utf-8")), encoding="utf-8")
