"""What is the best action on average, and what would it be worth to know more before choosing?

Actions (rows) meet states (columns) with known payoffs; states have prior probabilities. Perfect information would reveal the
state; a signal only shifts the probabilities, through ``likelihood[state][signal]``.

Assumed: finite lists that are exhaustive; risk neutrality; probabilities that do not depend on the action. If others react
to the action, a game is needed.

Source: Raiffa and Schlaifer (1961), not checked against the original; any text on decision analysis.

Not: a way around value judgements. Expected value treats very different harms as comparable.
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
    "prior": Parameter("probabilities of the states", r"\pi_s", 0, 1, (0.5, 0.3, 0.2), 0.05, "sum to 1", ndim=1),
    "likelihood": Parameter(
        "chances of each signal (column) in each state (row)",
        "L_{sz}",
        0,
        1,
        ((0.7, 0.2, 0.1), (0.25, 0.5, 0.25), (0.1, 0.3, 0.6)),
        0.05,
        "rows sum to 1",
        ndim=2,
    ),
    "signal": Parameter("signal seen", "z", 0, 2, 0, 1, "0-based index", "[0, inf)", integer=True),
    "i": Parameter("first action", "", 0, 2, 0, 1, "0-based index", "[0, inf)", integer=True),
    "j": Parameter("second action", "", 0, 2, 1, 1, "0-based index", "[0, inf)", integer=True),
}
_PAYOFFS = PARAMETERS["payoffs"].default
_PRIOR = PARAMETERS["prior"].default
_LIKELIHOOD = PARAMETERS["likelihood"].default


class Reply(NamedTuple):
    """What to do after one signal: how likely the signal is, what it makes of the prior (``None`` if it cannot come), and
    the best action with its expected value."""

    probability: float
    posterior: np.ndarray | None
    action: int | None
    value: float | None


@formula(PARAMETERS)
def ev(payoffs=_PAYOFFS, prior=_PRIOR):
    """Expected payoff of each action (utility units)."""
    _check_prior(prior, payoffs.shape[1])
    return payoffs @ prior


@formula(PARAMETERS)
def best_action(payoffs=_PAYOFFS, prior=_PRIOR):
    """Index of the action with the highest expected payoff; a tie goes to the lowest index."""
    return best(ev(payoffs, prior))


@formula(PARAMETERS)
def evpi(payoffs=_PAYOFFS, prior=_PRIOR):
    """Expected value of perfect information (utility units): what knowing the state in advance would add."""
    uninformed = ev(payoffs, prior).max()
    return np.maximum(0, payoffs.max(axis=0) @ prior - uninformed)


@formula(PARAMETERS)
def evsi(payoffs=_PAYOFFS, prior=_PRIOR, likelihood=_LIKELIHOOD):
    """Expected value of the signal (utility units): 0 unless some signal changes the action."""
    uninformed = ev(payoffs, prior).max()
    _check_likelihood(likelihood, prior)
    informed = (payoffs @ (prior[:, None] * likelihood)).max(axis=0).sum()
    return np.maximum(0, informed - uninformed)


@formula(PARAMETERS)
def posterior(prior=_PRIOR, likelihood=_LIKELIHOOD, signal=0):
    """Probabilities of the states after the signal; ``None`` if the signal cannot come."""
    _check_prior(prior, len(prior))
    _check_likelihood(likelihood, prior)
    signals = likelihood.shape[1]
    require(signal < signals, f"signal must be the index of a signal, 0 to {signals - 1}, got {signal}")
    joint = prior * likelihood[:, signal]
    return joint / joint.sum() if joint.sum() > 0 else None


@formula(PARAMETERS)
def replies(payoffs=_PAYOFFS, prior=_PRIOR, likelihood=_LIKELIHOOD):
    """The plan: for each signal its probability, the posterior, the best action and its expected value."""
    _check_prior(prior, payoffs.shape[1])
    _check_likelihood(likelihood, prior)
    plan = []
    for signal, probability in enumerate((prior @ likelihood).tolist()):
        belief = posterior(prior, likelihood, signal)
        if belief is None:
            plan.append(Reply(probability, None, None, None))
        else:
            values = payoffs @ belief
            plan.append(Reply(probability, belief, best(values), float(values.max())))
    return plan


@formula(PARAMETERS)
def threshold_prob(payoffs, i=0, j=1):
    """Probability of the first of two states at which actions ``i`` and ``j`` tie; ``None`` if there is none in [0, 1]."""
    require(payoffs.shape[1] == 2, f"payoffs must have two states (columns) here, got {payoffs.shape[1]}")
    for name, index in (("i", i), ("j", j)):
        require(index < len(payoffs), f"{name} must be the index of an action, 0 to {len(payoffs) - 1}, got {index}")
    lead = payoffs[i] - payoffs[j]
    spread = lead[0] - lead[1]
    chance = -lead[1] / spread if spread != 0 else np.nan
    return chance if 0 <= chance <= 1 else None


def _check_prior(prior, states):
    require(len(prior) == states, f"prior must have one probability for each of the {states} states, got {len(prior)}")
    require(abs(prior.sum() - 1) < 1e-6, f"prior must sum to 1, got {prior.sum():g}")


def _check_likelihood(likelihood, prior):
    require(
        len(likelihood) == len(prior),
        f"likelihood must have one row for each of the {len(prior)} states, got {len(likelihood)}",
    )
    require(
        abs(likelihood.sum(axis=1) - 1) < 1e-6,
        "likelihood must have rows that sum to 1, got {total:g}",
        total=likelihood.sum(axis=1),
    )
