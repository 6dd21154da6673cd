"""Which action does "prudence" choose when there are no probabilities?

Actions (rows) meet states (columns). *Maximin* looks at the worst case, *maximax* at the best, *Hurwicz* mixes the two by an
index of optimism, *Laplace* treats all states as equally likely, and *minimax regret* looks at the largest loss against the
best action for each state.

Assumed: known actions, states and payoffs, and no probabilities.

Sources (not checked against the originals): Wald (1950), Hurwicz (1951), Savage (1951); Luce and Raiffa (1957), ch. 13.

Not: one rule of prudence. Laplace depends on how states are split, regret on which actions are on the list, and the
optimism index has no natural value. Choosing the rule after seeing the result is advocacy.
"""

from typing import NamedTuple

import numpy as np

from postwar.models.parameters import Parameter, formula, require
from postwar.models.rounding import best

PARAMETERS = {
    "payoffs": Parameter(
        "payoffs: rows are actions, columns are states",
        "u_{as}",
        None,
        None,
        ((20, -10, -60), (5, 10, -20), (-10, 5, 15)),
        None,
        "utility units",
        "(-inf, inf)",
        ndim=2,
    ),
    "optimism": Parameter("index of optimism", r"\alpha", 0, 1, 0.5, 0.01, "0 worst case, 1 best case"),
    "i": Parameter("first action", "", 0, 2, 0, 1, "0-based index", "[0, inf)", integer=True),
    "j": Parameter("second action", "", 0, 2, 2, 1, "0-based index", "[0, inf)", integer=True),
}
_PAYOFFS = PARAMETERS["payoffs"].default


class Choice(NamedTuple):
    """The action a rule picks (0-based; a tie goes to the lowest index) and the value by which it does so."""

    index: int
    value: float


@formula(PARAMETERS)
def maximin(payoffs=_PAYOFFS):
    """Action with the best worst case."""
    return _highest(payoffs.min(axis=1))


@formula(PARAMETERS)
def maximax(payoffs=_PAYOFFS):
    """Action with the best best case."""
    return _highest(payoffs.max(axis=1))


@formula(PARAMETERS)
def hurwicz(payoffs=_PAYOFFS, optimism=0.5):
    """Action with the best mix of its best and worst case."""
    return _highest(hurwicz_values(payoffs, optimism))


@formula(PARAMETERS)
def hurwicz_values(payoffs=_PAYOFFS, optimism=0.5):
    """Hurwicz value of each action (last axis), for one or more levels of optimism."""
    weight = np.expand_dims(optimism, -1)
    return weight * payoffs.max(axis=1) + (1 - weight) * payoffs.min(axis=1)


@formula(PARAMETERS)
def laplace(payoffs=_PAYOFFS):
    """Action with the best mean over equally likely states."""
    return _highest(payoffs.mean(axis=1))


@formula(PARAMETERS)
def regret_matrix(payoffs=_PAYOFFS):
    """Regret: what each action loses, state by state, against the best action for that state."""
    return payoffs.max(axis=0) - payoffs


@formula(PARAMETERS)
def minimax_regret(payoffs=_PAYOFFS):
    """Action with the smallest largest regret, and that regret."""
    index, value = _highest(-regret_matrix(payoffs).max(axis=1))
    return Choice(index, -value)


@formula(PARAMETERS)
def hurwicz_switch(payoffs=_PAYOFFS, i=0, j=2):
    """Optimism at which actions ``i`` and ``j`` have the same Hurwicz value; ``None`` if there is none in [0, 1]."""
    for name, index in (("i", i), ("j", j)):
        require(index < len(payoffs), f"{name} must be the index of an action, 0 to {len(payoffs) - 1}, got {index}")
    worst, best_case = payoffs.min(axis=1), payoffs.max(axis=1)
    spread = (best_case[i] - worst[i]) - (best_case[j] - worst[j])
    switch = (worst[j] - worst[i]) / spread if spread != 0 else np.nan
    return switch if 0 <= switch <= 1 else None


def _highest(values):
    index = best(values)
    return Choice(index, values[index])
