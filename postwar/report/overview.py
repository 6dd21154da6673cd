"""The class at a glance: how marks are spread, how they move over the term, what is late, missing or unread, and who may need help."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from postwar.report.read import Class

#: From how many marks on quartiles are shown; with fewer, every mark is shown instead.
ENOUGH = 10
_LOW, _FALL = 50, 25  # per cent


@dataclass(frozen=True)
class Overview:
    """``table``: one row per assignment; ``shares``: per cent by student and assignment, NaN where there is no mark;
    ``help``: (student, reasons) of those who may need some, lowest marks first.
    """

    table: pd.DataFrame
    shares: pd.DataFrame
    help: list[tuple[str, list[str]]]


def analyse(data: Class) -> Overview:
    """Counts and quartiles, from the marks as they would be returned today."""
    limits = data.items.groupby("assignment")["points"].sum()
    shares = pd.DataFrame(
        {
            slug: {
                m.student.id: np.nan if m.points is None else 100 * m.points / limits[slug] for m in data.marks[slug]
            }
            for slug in data.slugs
        }
    )
    states = {slug: [mark.state for mark in data.marks[slug]] for slug in data.slugs}
    settings, rows = data.folder.settings, []
    for slug in data.slugs:
        own, count = shares[slug].dropna(), states[slug].count
        late = sum(bool(settings.late_by(m.student.id, slug, m.handed_in)) for m in data.marks[slug])
        quartiles = np.percentile(own, [25, 50, 75]) if len(own) >= ENOUGH else [np.nan] * 3
        counts = (
            count("graded") + count("unread"),
            late,
            count("absent"),
            count("excused"),
            count("unread"),
            count("failed"),
        )
        rows.append((slug, *counts, *quartiles))
    columns = [
        "assignment",
        "handed_in",
        "late",
        "missing",
        "excused",
        "unread",
        "failed",
        "quarter",
        "median",
        "three_quarters",
    ]
    return Overview(pd.DataFrame(rows, columns=columns), shares, _help(data, shares, states))


def _help(data, shares, states) -> list[tuple[str, list[str]]]:
    """Who handed in nothing twice in a row at the end, is low, or has fallen far below their own level."""
    found = []
    for i, student in enumerate(shares.index):
        own, reasons = shares.loc[student].dropna(), []
        if [states[slug][i] for slug in data.slugs][-2:] == ["absent", "absent"]:
            reasons.append("handed in neither of the last two")
        if len(own) and own.median() < _LOW:
            reasons.append(
                f"half of the marks are below {own.median():.0f} %" if len(own) > 1 else f"has {own.iloc[0]:.0f} %"
            )
        if len(own) >= 3 and own.iloc[:-1].median() - own.iloc[-1] > _FALL:
            reasons.append(f"fell from about {own.iloc[:-1].median():.0f} % to {own.iloc[-1]:.0f} % in {own.index[-1]}")
        if reasons:
            found.append((own.median() if len(own) else -1.0, student, reasons))
    return [(student, reasons) for _, student, reasons in sorted(found, key=lambda one: one[0])]
