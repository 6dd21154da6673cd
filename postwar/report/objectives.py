"""What was learned, by objective: who has mastered what, and what to take up next."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from postwar.report.finding import Finding, per_cent
from postwar.report.items import Items
from postwar.report.read import Class, goals
from postwar.report.sources import cells

#: From how many students on a mean of the class is shown; with fewer, how many are below half.
ENOUGH = 10
_WEAK = 0.65
_TAKE_UP = 3
_EXPLORERS = Path(__file__).parent / "explorers.toml"


@dataclass(frozen=True)
class Objectives:
    """``mastery``: share of the points, students × objectives, NaN where nothing was handed in or read; ``table``: one row per
    objective; ``advice``: what to take up, weakest first."""

    mastery: pd.DataFrame
    table: pd.DataFrame
    advice: list[Finding]


def analyse(data: Class, items: Items) -> Objectives:
    """Mastery of the objectives of all assignments in the report."""
    grades = data.grades.merge(data.items, on=["assignment", "notebook", "item"])
    grades = grades[~grades["waiting"] & (grades["points"] > 0) & (grades["objective"] != "")]
    sums = grades.groupby(["student", "objective"])[["score", "points"]].sum()
    mastery = (sums["score"] / sums["points"]).clip(upper=1).unstack()
    mastery = mastery.reindex(index=data.students["student"], columns=sorted(mastery.columns))
    of = data.items.drop_duplicates("objective").set_index("objective")["assignment"]
    rows = []
    for name in mastery:
        shares = mastery[name].dropna()
        mean, low, high = _mean(shares)
        rows.append((of[name], name, goals().get(name, ""), len(shares), mean, low, high, float((shares < 0.5).sum())))
    columns = ["assignment", "objective", "goal", "n", "mean", "low", "high", "below_half"]
    table = pd.DataFrame(rows, columns=columns)
    return Objectives(mastery, table, _advice(data, table, items))


def _mean(shares) -> tuple[float, float, float]:
    """The mean with its 95 % interval; NaN where there are too few."""
    from scipy import stats

    if len(shares) < ENOUGH:
        return (np.nan,) * 3
    half = stats.t.ppf(0.975, len(shares) - 1) * shares.std(ddof=1) / np.sqrt(len(shares))
    return shares.mean(), max(0.0, shares.mean() - half), min(1.0, shares.mean() + half)


def _advice(data, table, items) -> list[Finding]:
    """For the newest assignment of the report: its weakest objectives, where it went wrong, and which explorer shows it."""
    newest = table[table["assignment"] == data.slugs[-1]]
    few = newest["n"] < ENOUGH
    weak = newest[(newest["mean"] < _WEAK) | (few & (newest["n"] > 0) & (newest["below_half"] >= newest["n"] / 2))]
    return [
        Finding("objective", row.assignment, (row.objective,), _in_words(data, row, items))
        for row in weak.assign(part=weak["below_half"] / weak["n"])
        .sort_values(["mean", "part"], ascending=[True, False])
        .head(_TAKE_UP)
        .itertuples()
    ]


def _in_words(data, row, items) -> str:
    own = items.table[(items.table["assignment"] == row.assignment) & (items.table["objective"] == row.objective)]
    text = f"{row.goal}: {row.below_half:.0f} of {row.n} have less than half of the points."
    if np.isfinite(row.mean):
        text = f"{row.goal}: the class has {per_cent(row.mean)} of the points ({per_cent(row.low)} to {per_cent(row.high)})."
    if len(own):
        hardest = own.sort_values("difficulty").iloc[0]
        text += f" Hardest was {hardest['item']} ({per_cent(hardest['difficulty'])} right)."
        missed = items.options[
            (items.options["assignment"] == row.assignment)
            & items.options["item"].isin(own["item"])
            & ~items.options["right"]
        ]
        missed = missed[missed["told"] != ""].sort_values("students")
        if len(missed) and missed.iloc[-1]["students"] > 1:
            most = missed.iloc[-1]
            chose = "".join(f" “{most[name]}”" for name in ("part", "wording") if most[name])
            behind = most["misconception"]  # in small letters, but for names such as NATO's
            behind = f"{behind[0].upper()}{behind[1:]}. " if behind else ""
            text += f" Most common mistake{f' ({chose.strip()})' * bool(chose)}, made by {most['students']}: {behind}{most['told']}"
    for lesson, heading in shown_by(row.objective):
        text += f" Explorer: “{heading}” in lesson {lesson}."
    return text


@cache
def _explorers() -> dict[str, list[str]]:
    import tomllib

    return tomllib.loads(_EXPLORERS.read_text(encoding="utf-8"))


@cache
def shown_by(objective: str) -> list[tuple[str, str]]:
    """(slug of the lesson, heading above the explorer) for every explorer that shows an objective."""
    from postwar import course, paths

    wanted = _explorers().get(objective, [])
    slug = next((lesson.slug for lesson in course.LESSONS if objective in lesson.objectives), "")
    if not wanted or not slug:
        return []
    found, heading = [], ""
    for cell in cells(paths.LESSONS / f"{slug}.ipynb"):
        if cell["cell_type"] == "markdown":
            lines = "".join(cell["source"]).splitlines()
            heading = next((line.lstrip("# ") for line in lines if line.startswith("#")), heading)
        if cell["id"] in wanted:
            found.append((slug, heading))
    return found
