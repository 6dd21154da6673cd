"""One table for examiners: every mark, how it came about, and the rules in words."""

from dataclasses import dataclass

import pandas as pd

from postwar.classroom.marks import Mark
from postwar.classroom.term import Term, terms
from postwar.report.read import Class


@dataclass(frozen=True)
class Board:
    """``table``: one row per student: id, for every assignment per cent and a remark, exact and final mark, reason. ``rules``: (rule, where it
    stands or which command applies it).
    """

    table: pd.DataFrame
    slugs: list[str]
    rules: list[tuple[str, str]]


def analyse(data: Class) -> Board:
    """The marks of the term, or of the assignments in the report, by the same rules as `postwar class return`."""
    limits = data.items.groupby("assignment")["points"].sum().to_dict()
    found = terms(data.folder, data.marks, limits)
    slugs = list(found[0].shares) if found else []
    marks = {(slug, mark.student.id): mark for slug, each in data.marks.items() for mark in each}
    rows = []
    for term in found:
        row = {"student": term.student.id}
        for slug in slugs:
            mark = marks[slug, term.student.id]
            row[slug] = term.shares[slug]
            row[f"{slug} points"] = mark.points
            row[f"{slug} remark"] = "; ".join(_remarks(data, term, mark, slug))
        rows.append(row | {"exact": term.exact, "final": term.final, "reason": term.reason})
    return Board(pd.DataFrame(rows), slugs, _rules(data, slugs, limits))


def _remarks(data, term: Term, mark: Mark, slug: str) -> list[str]:
    said = data.folder.settings.own_date(mark.student.id, slug)
    if mark.state not in ("graded", "excused"):
        said.append(mark.reason)
    if mark.late_penalty:
        said.append(f"late, −{mark.late_penalty:g} points")
    if slug in term.dropped:
        said.append("dropped")
    return said


def _rules(data, slugs, limits) -> list[tuple[str, str]]:
    settings = data.folder.settings
    late, weights = settings.late, {slug: settings.weights.get(slug, 1.0) for slug in slugs}
    shown = ", ".join(f"{slug} {weight:g}" for slug, weight in weights.items())
    each = ", ".join(f"{slug} {limits[slug]:g}" for slug in slugs if slug in limits)
    takes = f"{late.percent_per_day:g} % of the points for each day begun" if late.percent_per_day else "nothing"
    nothing = f"; no points after {late.zero_after_days:g} days" if late.zero_after_days else ""
    return [
        (f"Points out of: {each}.", "postwar grade ASSIGNMENT; essays in formgrader"),
        (
            f"Taken off for being late, after {late.grace_minutes:g} minutes of grace: {takes}{nothing}.",
            "class.toml [late]; postwar class return ASSIGNMENT",
        ),
        (
            "Extensions and work that need not be done stand in the remarks. What was not handed in counts as nothing only where it is dropped; "
            "otherwise there is no final mark until an examiner decides.",
            "class.toml [extensions]",
        ),
        (f"Dropped: the {settings.drop_lowest} lowest of each student's marks.", "class.toml [drop]"),
        (f"Weights: {shown}.", "class.toml [weights]"),
        (
            f"The final mark is the weighted mean in per cent, {settings.rounding}.",
            "class.toml [final]; postwar class return",
        ),
    ]
