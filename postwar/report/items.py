"""How the items worked: difficulty, discrimination, distractors, reliability, and editions compared.

*Difficulty* is the mean share of an item's points. *Discrimination* is the corrected item–total correlation: of the item with the
points of all other items that are marked automatically. *Reliability* is Cronbach's alpha with Feldt's interval (Feldt 1965): it needs no
model, and a lower bound is what an examiner asks for; omega adds a factor model that a few dozen copies cannot carry. Editions are
compared by a regression of the share of points on the edition and on what the student earned in the other assignments.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from postwar.quiz.answered import Asked, without_numbers
from postwar.quiz.asking import CONFIDENCE
from postwar.report.finding import Finding, per_cent
from postwar.report.read import Class
from postwar.report.shifts import from_others, most_unlike

#: From how many copies on a statistic is shown; with fewer its interval says nothing.
ENOUGH = {"difficulty": 10, "discrimination": 30, "reliability": 30, "edition": 20}

_HARDLY = 0.2
_SEPARATES = 0.1
_GUESSED = 0.25
_FEW, _RIVAL = 10, 0.1  # students, and share of them, that make a wrong answer worth a word
_NEAR = 0.05  # of the points, by which its givers may be weaker than those of the right answer
_LEVEL = 0.01  # for all tests of a kind together
_SURE = 0.002  # for all editions together, of which a class has many
_SHIFT = 0.03  # of the points; less is no matter of fairness


@dataclass(frozen=True)
class Items:
    """``table``: one row per item; ``options``: one per answer to each part of a question and per typical slip; ``parts``: one per part of questions
    that have several; ``confidence``: one per item
    and level of those who say how sure they are; ``reliability``: one per assignment;
    ``editions``: one per assignment and version; ``findings``: items to revise and versions that differ; ``shares``: of the automatic
    points, by student (rows) and assignment."""

    table: pd.DataFrame
    options: pd.DataFrame
    parts: pd.DataFrame
    confidence: pd.DataFrame
    reliability: pd.DataFrame
    editions: pd.DataFrame
    findings: list[Finding]
    shares: pd.DataFrame


def analyse(data: Class) -> Items:
    """Everything about items, for all assignments of the class."""
    tables, reliability = [], []
    earned_in = {slug: points(data, slug) for slug in data.slugs}
    totals = shares(data, earned_in)
    for slug in data.slugs:
        about, earned = _automatic(data, slug), earned_in[slug]
        possible = about.set_index("item")["points"]
        tables.append(about.reset_index(drop=True).join(statistics(earned, possible), on="item"))
        value, low, high = alpha(earned.to_numpy()) if len(earned) >= ENOUGH["reliability"] else (np.nan,) * 3
        reliability.append((slug, len(earned), earned.shape[1], value, low, high))
    table = pd.concat(tables, ignore_index=True)
    options = _options(data, totals)
    editions, of_editions = _editions(data, totals)
    return Items(
        table,
        options,
        _parts(options),
        _confidence(data),
        pd.DataFrame(reliability, columns=["assignment", "n", "items", "alpha", "low", "high"]),
        editions,
        _to_revise(table, options) + of_editions,
        totals,
    )


def points(data: Class, slug: str) -> pd.DataFrame:
    """Points by student and automatically marked item of an assignment, for those who handed in."""
    about, grades = _automatic(data, slug), data.of("grades", slug)
    wide = grades.pivot_table(index="student", columns="item", values="score", sort=False)
    return wide.reindex(columns=about["item"]).fillna(0.0)


def _automatic(data, slug):
    about = data.of("items", slug)
    return about[~about["by_hand"]]


def shares(data: Class, earned: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The share of the automatic points by student and assignment; NaN where nothing was handed in. ``earned``: `points` by assignment."""
    return pd.DataFrame(
        {slug: earned[slug].sum(axis=1) / _automatic(data, slug)["points"].sum() for slug in data.slugs}
    )


def statistics(earned: pd.DataFrame, possible: pd.Series) -> pd.DataFrame:
    """By item: n, difficulty with a 95 % interval, discrimination with one; NaN where there are too few copies."""
    from statsmodels.stats.proportion import proportion_confint

    values = earned.to_numpy(float)
    shares = values / np.where(possible.reindex(earned.columns) > 0, possible.reindex(earned.columns), 1)
    n = len(values)
    found = pd.DataFrame(index=earned.columns)
    found["n"] = n
    found["difficulty"] = shares.mean(axis=0) if n else np.nan
    found[["difficulty_low", "difficulty_high", "discrimination", "discrimination_low", "discrimination_high"]] = np.nan
    if n >= ENOUGH["difficulty"]:
        # Wilson's interval; with partial credit the mean share counts as so many right answers, which is wider than need be.
        low, high = proportion_confint(shares.sum(axis=0), n, method="wilson")
        found["difficulty_low"], found["difficulty_high"] = np.asarray(low), np.asarray(high)
    if n >= ENOUGH["discrimination"]:
        r = item_rest(values)
        found["discrimination"] = r
        found["discrimination_low"], found["discrimination_high"] = fisher(r, n)
    return found


def item_rest(values: np.ndarray) -> np.ndarray:
    """The correlation of each column with the sum of all others; NaN for a column that does not vary."""
    rest = values.sum(axis=1, keepdims=True) - values
    a, b = values - values.mean(axis=0), rest - rest.mean(axis=0)
    spread = np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(spread > 1e-12, (a * b).sum(axis=0) / spread, np.nan)


def fisher(r, n: int, z: float = 1.959964):
    """Interval of a correlation by Fisher's transformation."""
    middle, half = np.arctanh(np.clip(r, -0.999999, 0.999999)), z / np.sqrt(n - 3)
    return np.tanh(middle - half), np.tanh(middle + half)


def alpha(values: np.ndarray, level: float = 0.95) -> tuple[float, float, float]:
    """Cronbach's alpha of students × items, with Feldt's interval; items that do not vary are left out. NaN for fewer than two."""
    values = values[:, values.std(axis=0) > 0]
    n, k = values.shape
    if k < 2 or n < 3:
        return (np.nan,) * 3
    value = k / (k - 1) * (1 - values.var(axis=0, ddof=1).sum() / values.sum(axis=1).var(ddof=1))
    tail, df = (1 - level) / 2, (n - 1, (n - 1) * (k - 1))
    low = 1 - (1 - value) * stats.f.ppf(1 - tail, *df)
    return float(value), float(low), float(1 - (1 - value) * stats.f.ppf(tail, *df))


# -- distractors -----------------------------------------------------------------------------------------------------------

_OPTIONS = [
    "assignment",
    "notebook",
    "item",
    "kind",
    "question",
    "part",
    "wording",
    "right",
    "students",
    "share",
    "strength",
    "p_stronger",
    "misconception",
    "told",
]


def _options(data, totals) -> pd.DataFrame:
    """Per answer to each part of a question, and per typical slip: who gave it, of those who answered that part, and their mean share of all
    points (``strength``). ``p_stronger``: how probable it is that as many students, drawn at random, are as strong as that.
    """
    strength = totals.unstack().rename_axis(["assignment", "student"]).rename("strength")
    answers = data.answers.join(strength, on=["assignment", "student"])
    mean, spread = totals.mean(), totals.std()
    rows = []
    for (slug, notebook, item, _), (question, parts) in _chosen(answers[answers["kind"] != "number"]).items():
        for part in parts.values():
            had = sum(len(strengths) for _, strengths in part.values())
            for one, strengths in part.values():
                count = len(strengths)
                level = float(np.mean(strengths)) if count else np.nan
                error = spread[slug] * np.sqrt(1 / count - 1 / had) if 1 < count < had else 0.0
                # Where a step of an order stands depends on all others, so that a strong student's only slip looks like a reason.
                tested = error > 0 and question.kind != "order"
                p = float(stats.norm.sf((level - mean[slug]) / error)) if tested else np.nan
                # Of an option that may apply, it is the misconception of those who chose it.
                behind = not one.right and one.answer != "does not apply"
                why = data.misconceptions.get(without_numbers(one.told), "") if behind else ""
                told = one.asked, one.wording, one.right, count, count / had if had else 0.0, level, p, why, one.told
                rows.append((slug, notebook, item, question.kind, question.stem, *told))
    numbers = answers[
        (answers["kind"] == "number") & ~answers["right"] & (answers["said"] != "") & ~answers["said"].isin(data.hints)
    ]
    sizes = answers[answers["kind"] == "number"].groupby(["assignment", "item"]).size()
    slips = numbers.groupby(["assignment", "notebook", "item", "said"], sort=False).agg(
        students=("student", "size"), strength=("strength", "mean")
    )
    for (slug, notebook, item, said), one in slips.iterrows():
        told = int(one["students"]), one["students"] / sizes[slug, item], one["strength"], np.nan, "", said
        rows.append((slug, notebook, item, "slip", "", "", "", False, *told))
    return pd.DataFrame(rows, columns=_OPTIONS).astype({"students": int, "right": bool})


def _chosen(answers) -> dict[tuple, tuple[Asked, dict]]:
    """By assignment, notebook, item and question, and by part: every answer to it, and how strong those are who gave it."""
    found = {}
    names = "assignment", "notebook", "item", "question", "chosen", "strength"
    for *item, question, chosen, strength in zip(*(answers[name] for name in names), strict=True):
        parts = found.setdefault((*item, question.same), (question, {}))[1]
        if not parts:
            for part in question.choices:
                parts[part[0].part] = {one.answer: (one, []) for one in part}
        for one in chosen:
            parts.setdefault(one.part, {}).setdefault(one.answer, (one, []))[1].append(strength)
    return found


def _parts(options) -> pd.DataFrame:
    """One row per part of a question of several, the hardest of each question first, with its most common wrong answer."""
    rows = []
    where = ["assignment", "item", "kind", "question", "part"]
    for key, answers in options[options["part"] != ""].groupby(where, sort=False):
        wrong = answers[~answers["right"]].sort_values("students", kind="stable").iloc[-1]
        most = (wrong["wording"], wrong["students"]) if wrong["students"] else ("", 0)
        right = answers.loc[answers["right"], "share"].sum()
        rows.append((*key, answers["students"].sum(), right, *most, wrong["misconception"], wrong["told"]))
    table = pd.DataFrame(
        rows, columns=[*where, "students", "right", "wrong", "wrong_students", "misconception", "told"]
    )
    order = {question: place for place, question in enumerate(table["question"].unique())}
    return table.sort_values(["question", "right"], key=lambda one: one.map(order) if one.name == "question" else one)


def _confidence(data) -> pd.DataFrame:
    """Per item that asks for it and level of confidence: students, and the share of them who are right."""
    said = data.answers[data.answers["sure"] != ""]
    found = said.groupby(["assignment", "item", "sure"], sort=False)["right"].agg(students="size", right="mean")
    found = found.reset_index().astype({"right": float})
    order = {level: place for place, level in enumerate(CONFIDENCE)}
    return found.sort_values("sure", key=lambda levels: levels.map(order), kind="stable").sort_values(
        ["assignment", "item"], kind="stable"
    )


# -- what to revise ------------------------------------------------------------------------------------------------------


def _to_revise(table, options) -> list[Finding]:
    found = []
    questions = options[options["kind"] != "slip"]
    by_item = dict(tuple(questions.groupby(["assignment", "item"])))
    backward, rivals = _backward(table), _rivals(questions)
    for row in table.itertuples():
        key = row.assignment, row.item
        if reason := _reason(row, by_item.get(key), backward[row.Index], rivals.get(key, "")):
            found.append(Finding("item", row.assignment, (row.item,), reason))
    return found


def _rivals(questions) -> dict[tuple, str]:
    """By assignment and item: the wrong answer of students who are surely stronger than the class, for all answers together, and hardly weaker
    than those who give the right one. (The best wrong answer of a hard item meets the first, but not the second.)
    """
    from statsmodels.stats.multitest import multipletests

    many = np.maximum(_FEW, _RIVAL * questions["students"] / questions["share"].where(questions["share"] > 0))
    part = [questions[name] for name in ("assignment", "item", "question", "part")]
    best = questions["strength"].where(questions["right"]).groupby(part).transform("max")
    wrong = questions[~questions["right"] & (questions["students"] >= many) & questions["p_stronger"].notna()]
    if wrong.empty:
        return {}
    sure = multipletests(wrong["p_stronger"], _LEVEL, method="holm")[0]
    near = wrong["strength"] > best[wrong.index] - _NEAR
    return {(row.assignment, row.item): _quoted(row) for row in wrong[sure & near].itertuples()}


def _quoted(row) -> str:
    return f"“{row.part}”: “{row.wording}”" if row.part else f"“{row.wording}”"


def _backward(table) -> np.ndarray:
    """Whether an item's discrimination is surely below what separates at all, for all items together."""
    from statsmodels.stats.multitest import multipletests

    found, known = np.zeros(len(table), bool), table["discrimination"].notna().to_numpy()
    if known.any():
        r, n = table.loc[known, "discrimination"].clip(-0.999999, 0.999999), table.loc[known, "n"]
        z = (np.arctanh(r) - np.arctanh(_SEPARATES)) * np.sqrt(n - 3)
        found[known] = multipletests(stats.norm.cdf(z), _LEVEL, method="holm")[0]
    return found


def _reason(row, options, backward, rival) -> str:
    """Why an item should be revised; empty where nothing says so."""
    if not row.n or np.isnan(row.difficulty_high):
        return ""
    if np.isfinite(row.discrimination):
        interval = f"{row.discrimination:.2f}, interval {row.discrimination_low:.2f} to {row.discrimination_high:.2f}"
        interval = interval.replace("-", "−")
        if options is not None and _looks_guessed(row, options):
            return (
                f"looks guessed: answers spread evenly over what can be answered, {per_cent(row.difficulty)} of the points are earned, and who does "
                f"well elsewhere does not do better here (discrimination {interval})."
            )
        if backward:
            return f"separates the wrong way or not at all (discrimination {interval}).{_attracts(options)}"
        if rival:
            return (
                f"has a wrong answer that students give who are stronger than the class, {rival}: is it right as well, or the key wrong? "
                f"(Discrimination {interval}.)"
            )
    if row.difficulty_high < _HARDLY:
        return f"hardly anybody has it right ({per_cent(row.difficulty)} of its points, at most {per_cent(row.difficulty_high)})."
    return ""


def _looks_guessed(row, options) -> bool:
    """Whether every part is answered as evenly, and as often right, as by chance, and the item does not separate."""
    from statsmodels.stats.proportion import proportion_confint

    if row.discrimination_high >= _GUESSED:
        return False
    statistic = freedom = right = by_chance = total = 0.0
    for _, part in options.groupby(["question", "part"]):
        counts = part["students"].to_numpy()
        if not counts.sum():
            continue
        even = counts.sum() / len(counts)
        statistic, freedom = statistic + ((counts - even) ** 2 / even).sum(), freedom + len(counts) - 1
        right, by_chance = right + counts[part["right"]].sum(), by_chance + even * part["right"].sum()
        total += counts.sum()
    if freedom < 2:
        return False
    low, high = proportion_confint(row.n * right / total, row.n, alpha=0.001, method="wilson")
    return bool(stats.chi2.sf(statistic, freedom) > 0.001 and low <= by_chance / total <= high)


def _attracts(options) -> str:
    if options is None or not options["right"].any():
        return " Look at its key first."
    best = options["strength"].where(options["right"]).groupby([options["question"], options["part"]]).transform("max")
    wrong = options[~options["right"] & (options["students"] >= _FEW) & (options["strength"] > best)]
    if wrong.empty:
        return " Look at its key and wording."
    one = wrong.sort_values("students").iloc[-1]
    return (
        f" Those who answered {_quoted(one)} have {per_cent(one['strength'])} of all points, those with the right answer {per_cent(best[one.name])}: "
        "is the key right?"
    )


# -- editions ------------------------------------------------------------------------------------------------------------

_EDITIONS = ["assignment", "version", "n", "share", "shift", "low", "high", "p"]


def _editions(data, shares):
    """How much harder or easier each version is than the mean of the others, other assignments being equal."""
    rows = []
    versions = data.copies.drop_duplicates(["assignment", "student"]).set_index(["assignment", "student"])["edition"]
    even = _without_versions(shares, versions)
    for slug in data.slugs:
        if slug not in versions.index.get_level_values(0):
            continue
        own = versions.loc[slug].reindex(shares[slug].dropna().index).dropna()
        counts = own.value_counts()
        if len(counts) < 2 or counts.min() < ENOUGH["edition"]:
            continue
        elsewhere = even.drop(columns=slug).mean(axis=1).reindex(own.index)
        rows += _shifts(
            slug, shares.loc[own.index, slug], elsewhere, own, sorted(counts.index, key=lambda name: (len(name), name))
        )
    table = pd.DataFrame(rows, columns=_EDITIONS)
    if table.empty:
        return table, []
    from statsmodels.stats.multitest import multipletests

    table["p"] = multipletests(table["p"], method="holm")[1]
    odd = table[(table["p"] < _SURE) & (table["shift"].abs() >= _SHIFT)]
    return table, [_about_edition(data, row, versions) for row in most_unlike(odd, ["assignment"]).itertuples()]


def _without_versions(shares, versions):
    """The shares with what a version costs in one assignment alone taken out, so that it does not weigh on the others.

    Students keep their version over the term, so a version's students have a level of their own; its median over the assignments is kept.
    """
    own = versions.unstack(level=0).reindex(index=shares.index, columns=shares.columns)
    deviation = {
        slug: (shares[slug] - shares[slug].mean()).groupby(own[slug]).mean()
        for slug in shares
        if own[slug].notna().any()
    }
    deviation = pd.DataFrame(deviation)
    alone = deviation.sub(deviation.median(axis=1), axis=0)
    return pd.DataFrame({slug: shares[slug] - own[slug].map(alone[slug]).fillna(0) for slug in alone})


def _shifts(slug, shares, elsewhere, own, names):
    from statsmodels.regression.linear_model import OLS

    dummies = np.stack([(own == name).to_numpy(float) for name in names], axis=1)
    columns = [dummies]
    if elsewhere.notna().any() and elsewhere.std() > 0:
        columns.append((elsewhere.fillna(elsewhere.mean()) - elsewhere.mean()).to_numpy()[:, None])
    fit = OLS(shares.to_numpy(), np.hstack(columns)).fit(cov_type="HC3", use_t=True)
    contrast = np.zeros((len(names), fit.params.size))
    contrast[:, : len(names)] = from_others(len(names))
    test = fit.t_test(contrast)
    for i, name in enumerate(names):
        low, high = test.conf_int()[i]
        yield (
            slug,
            name,
            int(dummies[:, i].sum()),
            shares[own == name].mean(),
            test.effect[i],
            low,
            high,
            float(test.pvalue[i]),
        )


def _about_edition(data, row, versions):
    earned = points(data, row.assignment)
    own = versions.loc[row.assignment].reindex(earned.index) == row.version
    gap = (earned[own].mean() - earned[~own].mean()) * np.sign(row.shift)
    where = ", ".join(gap.sort_values().index[::-1][:3])
    return Finding(
        "edition",
        row.assignment,
        (row.version,),
        f"is {'harder' if row.shift < 0 else 'easier'} than the other versions by {per_cent(abs(row.shift))} of the points (95 % interval "
        f"{per_cent(min(abs(row.low), abs(row.high)))} to {per_cent(max(abs(row.low), abs(row.high)))}), students being equal in the other "
        f"assignments; most of all in {where}.",
    )
