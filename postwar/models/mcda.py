"""Which option comes first under which weights, and how firmly?

Options (rows) are scored on criteria (columns); a criterion is a benefit (more is better) or a cost. The *weighted sum* scales
every column from 0 (worst) to 1 (best) and averages; *TOPSIS* measures how much closer an option is to the best than to the
worst values. Sensitivity: the weight at which two options tie, and the swing of a score as a weight changes.

Assumed: criteria add up; weights are trade-offs over the ranges on the list, and are divided by their sum here.

Sources: Hwang and Yoon (1981) for TOPSIS, not checked against the original; on rank reversal Belton and Gear (1983), as reported
by others, and Aires and Ferreira (2019), Computers & Industrial Engineering 132: 84-97.

Not: an answer. Adding or dropping another option can flip the first two; report critical weights, not only ranks.
"""

import numpy as np

from postwar.models.parameters import Interval, Parameter, formula, require

PARAMETERS = {
    "matrix": Parameter(
        "scores: rows are options, columns are criteria",
        "x_{ij}",
        None,
        None,
        ((7, 6, 9, 5, 12), (6, 3, 7, 7, 9), (3, 2, 2, 8, 4), (8, 5, 4, 4, 36)),
        None,
        "any units",
        "(-inf, inf)",
        ndim=2,
    ),
    "weights": Parameter(
        "weights of the criteria", "w_j", 0, 1, (0.35, 0.20, 0.15, 0.20, 0.10), 0.01, "", "[0, inf)", ndim=1
    ),
    "benefit": Parameter(
        "direction of each criterion", "", 0, 1, (1, 0, 0, 1, 0), 1, "1 more is better, 0 less", integer=True, ndim=1
    ),
    "weight": Parameter("new weight of one criterion", "w", 0, 1, 0.5, 0.01),
    "swing": Parameter("relative change of a weight", "", 0, 1, 0.5, 0.05),
    "method": Parameter("method", "", None, None, "weighted_sum", None, choices=("weighted_sum", "topsis")),
    "drop": Parameter("option to drop", "", 0, 3, 2, 1, "0-based index", "[0, inf)", integer=True),
    "criterion": Parameter("criterion", "", 0, 4, 0, 1, "0-based index", "[0, inf)", integer=True),
    "i": Parameter("first option", "", 0, 3, 1, 1, "0-based index", "[0, inf)", integer=True),
    "j": Parameter("second option", "", 0, 3, 2, 1, "0-based index", "[0, inf)", integer=True),
    "alternative": Parameter("option", "", 0, 3, 2, 1, "0-based index", "[0, inf)", integer=True),
}
_MATRIX = PARAMETERS["matrix"].default
_WEIGHTS = PARAMETERS["weights"].default
_BENEFIT = PARAMETERS["benefit"].default
_NO_OTHER_WEIGHT = "weights must have another criterion above 0, whose share changes with this one"


@formula(PARAMETERS)
def scaled(matrix=_MATRIX, benefit=_BENEFIT):
    """Scores scaled by column from 0 (worst on the list) to 1 (best); 1 where all options are equal."""
    _check_table(matrix, benefit=benefit)
    low, high = matrix.min(axis=0), matrix.max(axis=0)
    span = np.where(high > low, high - low, 1)
    return np.where(high > low, np.where(benefit == 1, matrix - low, high - matrix) / span, 1.0)


@formula(PARAMETERS)
def weighted_sum(matrix=_MATRIX, weights=_WEIGHTS, benefit=_BENEFIT):
    """Weighted mean of the scaled scores of each option, in [0, 1]."""
    _check_table(matrix, weights=weights, benefit=benefit)
    return scaled(matrix, benefit) @ _normalised(weights)


@formula(PARAMETERS)
def topsis(matrix=_MATRIX, weights=_WEIGHTS, benefit=_BENEFIT):
    """Closeness of each option to the best values, in [0, 1]; needs scores of 0 or more and no column of zeros only."""
    _check_table(matrix, weights=weights, benefit=benefit)
    require(matrix >= 0, f"matrix must have scores of 0 or more for TOPSIS, got {matrix.min():g}")
    norms = np.sqrt((matrix**2).sum(axis=0))
    require(norms > 0, f"matrix must not have a column of zeros only for TOPSIS, got one at {norms.argmin()}")
    weighted = _normalised(weights) * matrix / norms
    best = np.where(benefit == 1, weighted.max(axis=0), weighted.min(axis=0))
    worst = np.where(benefit == 1, weighted.min(axis=0), weighted.max(axis=0))
    to_best = np.linalg.norm(weighted - best, axis=1)
    to_worst = np.linalg.norm(weighted - worst, axis=1)
    distance = to_best + to_worst
    # options that do not differ at all are each as good as the best
    return np.where(distance > 0, to_worst / np.where(distance > 0, distance, 1), 1.0)


@formula(PARAMETERS)
def ranking(method="weighted_sum", matrix=_MATRIX, weights=_WEIGHTS, benefit=_BENEFIT):
    """Indices of the options, best first; a tie keeps the order of the list."""
    scores = {"weighted_sum": weighted_sum, "topsis": topsis}[method](matrix, weights, benefit)
    return np.argsort(-np.round(scores, 12), kind="stable").tolist()


@formula(PARAMETERS)
def rank_reversal_if_dropped(method="weighted_sum", drop=2, matrix=_MATRIX, weights=_WEIGHTS, benefit=_BENEFIT):
    """Whether the order of the remaining options changes when one is dropped."""
    _check_index("drop", drop, len(matrix), "option")
    require(len(matrix) > 1, "matrix must have at least two options when one is dropped, got 1")
    before = [option - (option > drop) for option in ranking(method, matrix, weights, benefit) if option != drop]
    return before != ranking(method, np.delete(matrix, drop, axis=0), weights, benefit)


@formula(PARAMETERS)
def reweighted(criterion=0, weight=0.5, weights=_WEIGHTS):
    """Weights, summing to 1, in which one criterion has ``weight`` and the others keep their proportions."""
    _check_index("criterion", criterion, len(weights), "criterion")
    others = np.delete(weights, criterion)
    require(others.sum() > 0, _NO_OTHER_WEIGHT)
    return np.insert((1 - weight) * others / others.sum(), criterion, weight)


@formula(PARAMETERS)
def critical_weight(criterion=0, i=1, j=2, matrix=_MATRIX, weights=_WEIGHTS, benefit=_BENEFIT):
    """Weight of a criterion at which options ``i`` and ``j`` tie under the weighted sum; ``None`` if none in [0, 1].

    The other weights keep their proportions.
    """
    _check_table(matrix, weights=weights, benefit=benefit)
    _check_index("criterion", criterion, matrix.shape[1], "criterion")
    _check_index("i", i, len(matrix), "option")
    _check_index("j", j, len(matrix), "option")
    rest = np.delete(weights, criterion)
    require(rest.sum() > 0, _NO_OTHER_WEIGHT)
    z = scaled(matrix, benefit)
    lead = z[i] - z[j]
    elsewhere = np.delete(lead, criterion) @ rest / rest.sum()
    slope = elsewhere - lead[criterion]
    weight = elsewhere / slope if abs(slope) > 1e-12 else np.nan
    return np.clip(weight, 0, 1) if -1e-12 <= weight <= 1 + 1e-12 else None


@formula(PARAMETERS)
def tornado(alternative=2, swing=0.5, matrix=_MATRIX, weights=_WEIGHTS, benefit=_BENEFIT):
    """Score of one option when each weight in turn is multiplied by ``1 - swing`` and by ``1 + swing`` (at most to 1).

    A list with one ``Interval`` per criterion, in this order: after the cut, after the rise. The other weights are
    rescaled in proportion; a criterion that has all the weight keeps it.
    """
    _check_table(matrix, weights=weights, benefit=benefit)
    _check_index("alternative", alternative, len(matrix), "option")
    share, scores = _normalised(weights), scaled(matrix, benefit)[alternative]

    def moved(criterion, scale):
        if share[criterion] == 1:
            return scores[criterion]
        return reweighted(criterion, min(1, share[criterion] * scale), share) @ scores

    return [
        Interval(float(moved(criterion, 1 - swing)), float(moved(criterion, 1 + swing)))
        for criterion in range(len(share))
    ]


def _normalised(weights):
    require(weights.sum() > 0, "weights must not all be 0")
    return weights / weights.sum()


def _check_table(matrix, **columns):
    require(matrix.size > 0, "matrix must have at least one option and one criterion")
    for name, values in columns.items():
        require(
            len(values) == matrix.shape[1],
            f"{name} must have one entry for each of the {matrix.shape[1]} criteria, got {len(values)}",
        )


def _check_index(name, index, length, what):
    require(index < length, f"{name} must be the index of {what} 0 to {length - 1}, got {index}")
