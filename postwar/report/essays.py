"""How essays were read: marks by reader and criterion, agreement of two readers, and drift over the pile.

A reader enters the criteria one by one, as the first line of the comment in formgrader (``AB: 3 2 3 1``, the name may be missing), or in a
sheet of one's own in ``readings/<assignment>/<reader>.csv``. The pile is in formgrader's order, or in that of the sheet.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from postwar.assignments import criteria
from postwar.report.finding import Finding
from postwar.report.read import Class
from postwar.report.shifts import from_others, most_unlike

#: From how many essays on a statistic is shown.
ENOUGH = {"agreement": 20, "drift": 30}
_LEVEL = 0.002
_MATTERS = 1 / 12  # of the points, between readers or over a whole pile; less is no matter of fairness

#: Stands for all criteria together in the table of agreement.
ALL = "all criteria"

READINGS = ["assignment", "item", "student", "reader", "pile", "place", "criterion", "mark"]


@dataclass(frozen=True)
class Essays:
    """``readings``: one row per mark of a criterion; ``readers``: means by reader and criterion; ``agreement``: kappa by
    criterion; ``drift``, ``severity``: by reader; ``unequal``: essays whose criteria do not add up to the score; ``findings``."""

    readings: pd.DataFrame
    readers: pd.DataFrame
    agreement: pd.DataFrame
    drift: pd.DataFrame
    severity: pd.DataFrame
    unequal: pd.DataFrame
    findings: list[Finding]


def analyse(data: Class, ability: pd.DataFrame) -> Essays:
    """Everything about essays. ``ability``: share of the automatic points by student (rows) and assignment (columns)."""
    readings = _readings(data)
    totals = readings.groupby(["assignment", "item", "reader", "pile", "student"], sort=False).agg(
        place=("place", "first"), mark=("mark", "sum"), most=("mark", "size")
    )
    level = ability.sub(ability.mean()).mean(axis=1)  # over all assignments: an essay's reader sees none of it
    drift, drifting = _drift(totals, level)
    severity, unlike = _severity(totals, level)
    unlike = [
        one
        for one in unlike
        if one.about not in {other.about for other in drifting if other.assignment == one.assignment}
    ]
    agreement, unequal = _agreement(readings), _unequal(data)
    return Essays(readings, _readers(readings), agreement, drift, severity, unequal, drifting + unlike)


def _readings(data) -> pd.DataFrame:
    rows = []
    places = data.grades.set_index(["assignment", "item", "student"])["place"].to_dict()
    for row in data.comments.itertuples():
        names = data.criteria.get((row.assignment, row.item))
        if names and (read := criteria.marks(row.comment, len(names))):
            reader, marks = read
            key = row.assignment, row.item, row.student
            rows += [
                (*key, reader or "first reader", "formgrader", places.get(key, 0), *one)
                for one in zip(names, marks, strict=True)
            ]
    for row in data.sheets.itertuples():
        names = data.criteria[row.assignment, row.item]
        key = row.assignment, row.item, row.student, row.reader, "sheet", row.place
        rows += [(*key, *one) for one in zip(names, row.marks, strict=True)]
    return pd.DataFrame(rows, columns=READINGS)


def _readers(readings) -> pd.DataFrame:
    grouped = readings.groupby(["assignment", "item", "reader", "criterion"], sort=False)["mark"]
    return grouped.agg(n="size", mean="mean", sd="std").reset_index()


def _agreement(readings) -> pd.DataFrame:
    """Cohen's kappa with quadratic weights for every pair of readers who read the same essays."""
    rows = []
    columns = ["assignment", "item", "one", "other", "criterion", "n", "same", "kappa", "low", "high"]
    for (slug, item), group in readings.groupby(["assignment", "item"], sort=False):
        wide = group.pivot_table(index=["student", "criterion"], columns="reader", values="mark")
        names = list(wide.columns)
        for i, one in enumerate(names):
            for other in names[i + 1 :]:
                both = wide[[one, other]].dropna()
                if len(both):
                    rows.append((slug, item, one, other, ALL, *kappa(both[one], both[other])))
                for criterion, pairs in both.groupby("criterion", sort=False):
                    rows.append((slug, item, one, other, criterion, *kappa(pairs[one], pairs[other])))
    return pd.DataFrame(rows, columns=columns)


def kappa(one, other) -> tuple[int, float, float, float, float]:
    """n, share of equal marks, kappa with quadratic weights and its 95 % interval; NaN where there are too few or marks do not vary."""
    from statsmodels.stats.inter_rater import cohens_kappa

    one, other = np.round(np.asarray(one)).astype(int), np.round(np.asarray(other)).astype(int)
    same = float((one == other).mean())
    if len(one) < ENOUGH["agreement"] or len({*one, *other}) < 2:
        return len(one), same, np.nan, np.nan, np.nan
    size = max(one.max(), other.max()) + 1
    table = np.zeros((size, size))
    np.add.at(table, (one, other), 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = cohens_kappa(table, wt="quadratic")
    return len(one), same, float(found.kappa), float(found.kappa_low), float(min(1.0, found.kappa_upp))


def _severity(totals, level):
    """How far a reader's marks lie above or below the mean of the other readers of the essay, students being equal in what is marked automatically."""
    from statsmodels.regression.linear_model import OLS
    from statsmodels.stats.multitest import multipletests

    rows = []
    for (slug, item), every in totals.groupby(level=[0, 1], sort=False):
        reader = every.index.get_level_values("reader")
        names = [name for name, count in reader.value_counts(sort=False).items() if count >= ENOUGH["drift"]]
        if len(names) < 2:
            continue
        kept = reader.isin(names)
        read, reader = every[kept], reader[kept]
        equal = level.reindex(read.index.get_level_values("student")).fillna(level.mean()).to_numpy()
        design = np.column_stack([*(np.asarray(reader == name, float) for name in names), equal - equal.mean()])
        # An essay that two readers read is no two essays.
        students = pd.factorize(read.index.get_level_values("student"))[0]
        fit = OLS(read["mark"].to_numpy(float), design).fit(
            cov_type="cluster", cov_kwds={"groups": students}, use_t=True
        )
        contrast = np.zeros((len(names), design.shape[1]))
        contrast[:, : len(names)] = from_others(len(names))
        test = fit.t_test(contrast)
        for name, shift, (low, high), p in zip(names, test.effect, test.conf_int(), test.pvalue, strict=True):
            rows.append((slug, item, name, (reader == name).sum(), 3.0 * read["most"].iloc[0], shift, low, high, p))
    table = pd.DataFrame(rows, columns=["assignment", "item", "reader", "n", "of", "shift", "low", "high", "p"])
    if table.empty:
        return table, []
    table["p"] = multipletests(table["p"], method="holm")[1]
    odd = table[(table["p"] < _LEVEL) & (table["shift"].abs() >= _MATTERS * table["of"])]
    return table, [
        Finding(
            "reader",
            row.assignment,
            (row.item, row.reader),
            f"{row.reader} gives {abs(row.shift):.1f} points of {row.of:g} {'less' if row.shift < 0 else 'more'} than the mean of the other readers "
            f"(95 % interval {min(abs(row.low), abs(row.high)):.1f} to {max(abs(row.low), abs(row.high)):.1f}; {row.n} essays, students being equal in "
            "what is marked automatically). Read some of each other’s.",
        )
        for row in most_unlike(odd, ["assignment", "item"]).itertuples()
    ]


def _drift(totals, level):
    """How far a reader's marks move from the first to the last essay of the pile, students being equal in what is marked automatically."""
    from statsmodels.regression.linear_model import OLS
    from statsmodels.stats.multitest import multipletests

    rows = []
    for (slug, item, reader, _), pile in totals.groupby(level=[0, 1, 2, 3], sort=False):
        if len(pile) < ENOUGH["drift"]:
            continue
        students = pile.index.get_level_values("student")
        equal = level.reindex(students).fillna(level.mean()).to_numpy()
        place = pile["place"].rank().to_numpy()
        design = np.column_stack([np.ones(len(pile)), (place - 1) / (len(pile) - 1), equal - equal.mean()])
        fit = OLS(pile["mark"].to_numpy(), design).fit(cov_type="HC3", use_t=True)
        low, high = fit.conf_int()[1]
        rows.append(
            (slug, item, reader, len(pile), 3.0 * pile["most"].iloc[0], fit.params[1], low, high, fit.pvalues[1])
        )
    columns = ["assignment", "item", "reader", "n", "of", "drift", "low", "high", "p"]
    table = pd.DataFrame(rows, columns=columns)
    if table.empty:
        return table, []
    table["p"] = multipletests(table["p"], method="holm")[1]
    odd = table[(table["p"] < _LEVEL) & (table["drift"].abs() >= _MATTERS * table["of"])]
    return table, [
        Finding(
            "reader",
            row.assignment,
            (row.item, row.reader),
            f"{row.reader} gives {abs(row.drift):.1f} points of {row.of:g} {'less' if row.drift < 0 else 'more'} at the end of the pile than at its "
            f"beginning (95 % interval {min(abs(row.low), abs(row.high)):.1f} to {max(abs(row.low), abs(row.high)):.1f}; {row.n} essays, students being "
            "equal in what is marked automatically). Read some of both ends again.",
        )
        for row in odd.itertuples()
    ]


def _unequal(data) -> pd.DataFrame:
    """Essays whose criteria, entered in formgrader, add up to another score than the one that counts."""
    items = data.items[data.items["by_hand"] & (data.items["points"] > 0)]
    scores = (
        data.grades.merge(items[["assignment", "item"]]).set_index(["assignment", "item", "student"])["score"].to_dict()
    )
    rows = []
    for row in data.comments.itertuples():
        key = row.assignment, row.item, row.student
        read = criteria.marks(row.comment, len(data.criteria.get(key[:2], [])))
        if read and key in scores and abs(sum(read[1]) - scores[key]) > 1e-9:
            rows.append((*key, read[0], sum(read[1]), scores[key]))
    return pd.DataFrame(rows, columns=["assignment", "item", "student", "reader", "sum", "score"])
