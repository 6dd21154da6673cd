"""Pairs of copies that are alike beyond what the class explains: evidence, never a verdict.

Three kinds: wrong answers that are the same (`mistakes`) and passages (`passages`), which are compared where the copies are read; and here, somebody
else's numbers, right for another edition than the copy's own.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from postwar.report.finding import Finding
from postwar.report.read import Class

_LEVEL = 0.01  # for all copies and assignments together


@dataclass(frozen=True)
class Likeness:
    """``pairs``: one row per pair and kind; ``evidence``: what each pair shares, side by side; ``base``: how usual it is, one
    row per assignment and kind; ``findings``."""

    pairs: pd.DataFrame
    evidence: pd.DataFrame
    base: pd.DataFrame
    findings: list[Finding]


_PAIRS = ["assignment", "kind", "one", "other", "shared", "chance", "strength"]
_EVIDENCE = ["assignment", "kind", "one", "other", "where", "of_one", "of_other", "others"]
_BASE = ["assignment", "kind", "copies", "pairs", "usual", "most", "sentence"]


def analyse(data: Class) -> Likeness:
    """All pairs that are alike; members of one group, who hand in together, are no pair."""
    owners = data.students.set_index("student")["owner"]
    pairs, evidence, base = [], [], []
    for slug in data.slugs:
        for found in (*data.alike[slug], _foreign_numbers(data, slug)):
            pairs += found[0]
            evidence += found[1]
            base += found[2]
    pairs = pd.DataFrame(pairs, columns=_PAIRS)
    own = pairs["one"].map(owners) == pairs["other"].map(owners)
    pairs = pairs[~own.astype(bool)].reset_index(drop=True)
    evidence = pd.DataFrame(evidence, columns=_EVIDENCE)
    findings = [
        Finding("likeness", slug, (one, other), " ".join(f"{row.shared}." for row in rows.itertuples()))
        for (slug, one, other), rows in pairs.groupby(["assignment", "one", "other"], sort=False)
    ]
    return Likeness(pairs, evidence, pd.DataFrame(base, columns=_BASE), findings)


# -- somebody else's numbers -----------------------------------------------------------------------------------------------


def _foreign_numbers(data, slug):
    """Copies whose wrong answers are right for one other edition, more often than the class's wrong answers hit any edition by accident."""
    from scipy import stats

    editions = data.of("copies", slug).drop_duplicates("student").set_index("student")["edition"]
    if editions.nunique() < 2:
        return [], [], []
    answers = data.of("answers", slug)
    answers = answers[answers["kind"] == "number"]
    answers = answers.assign(edition=answers["student"].map(editions), number=answers["value"].map(_float)).dropna(
        subset="number"
    )
    right = (
        answers[answers["right"]]
        .groupby(["item", "edition"])["number"]
        .agg(lambda values: Counter(values).most_common(1)[0][0])
    )
    wrong = answers[~answers["right"]]
    hits, tries = [], 0
    for item, group in wrong.groupby("item", sort=False):
        keys = right[item] if item in right.index.get_level_values(0) else pd.Series(dtype=float)
        elsewhere = group["edition"].to_numpy()[:, None] != keys.index.to_numpy()[None, :]
        near = elsewhere & np.isclose(group["number"].to_numpy()[:, None], keys.to_numpy()[None, :], rtol=2e-3, atol=0)
        tries += elsewhere.sum()
        near[near.sum(axis=1) > max(1, 0.1 * len(keys))] = False  # a number that is right in many editions says nothing
        hits += [(group["student"].iloc[i], keys.index[j], item, group["value"].iloc[i]) for i, j in np.argwhere(near)]
    rate = max(len(hits), 1) / max(tries, 1)
    table = pd.DataFrame(hits, columns=["student", "edition", "item", "value"])
    pairs, evidence = [], []
    looked = wrong["student"].nunique() * (editions.nunique() - 1) * len(data.slugs)
    attempts = wrong.groupby("student").size()
    for (student, edition), group in table.groupby(["student", "edition"], sort=False):
        chance = stats.binom.sf(len(group) - 1, attempts[student], rate) * looked
        if len(group) < 2 or chance >= _LEVEL:
            continue
        holders = editions.index[editions == edition].tolist()
        whose = holders[0] if len(holders) == 1 else f"edition {edition}"
        said = f"{len(group)} of its {attempts[student]} wrong numbers are right for edition {edition}, which {len(holders)} other cop{'y' if len(holders) == 1 else 'ies'} of the class hold{'s' * (len(holders) == 1)}"
        pairs.append((slug, "other edition", student, whose, said, float(chance), float(len(group))))
        evidence += [
            (slug, "other edition", student, whose, row.item, row.value, f"{right[row.item, edition]:.6g}", "")
            for row in group.itertuples()
        ]
    sentence = (
        f"By accident, {len(hits)} of {tries:,} comparisons of a wrong number with another edition's right one agree."
    )
    return pairs, evidence, [(slug, "other edition", len(editions), len(editions), rate, np.nan, sentence)]


def _float(text):
    try:
        return float(text.replace("−", "-").removesuffix(" per cent"))
    except ValueError:
        return None
