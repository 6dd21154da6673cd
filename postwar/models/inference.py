"""What can quiet prove, and why do crises over-represent those who are hard to deter?

(a) A Challenger wants to attack with prior ``motivated``; if so it is deterred with probability ``d``; otherwise it never
attacks. Quiet mixes the deterred with those who never wanted to. (b) Motivation is uniform on [0, 1]; general deterrence stops
those below ``g`` from challenging, and of those who challenge an immediate threat stops those below ``t``.

Assumed: an unmotivated Challenger never attacks; quiet and motivation are all that is seen; a threat stops exactly those
whose motivation is below ``t``.

Source: Fearon, J. D. (2002), "Selection Effects and Deterrence", International Interactions 28: 5-29. Both two-parameter
versions are course constructions.

Not: a dismissal of deterrence. ``motivated`` and ``d`` cannot be told apart from quiet alone; that limits claims both ways.
"""

from typing import NamedTuple

import numpy as np

from postwar.models.parameters import Parameter, formula

PARAMETERS = {
    "motivated": Parameter("prior that the Challenger wants to attack", r"\mu", 0, 1, 0.2, 0.05, "probability"),
    "d": Parameter("chance that a motivated Challenger is deterred", "d", 0, 1, 0.5, 0.05, "probability"),
    "g": Parameter("motivation below which no challenge is made", "g", 0, 0.95, 0.2, 0.05, "share", "[0, 1)"),
    "t": Parameter("motivation below which a threat works", "t", 0, 1, 0.6, 0.05, "share"),
}


class CaseShares(NamedTuple):
    """Shares of all cases: never wanted to attack, wanted to and were deterred, attacked. They sum to 1."""

    unmotivated: float
    deterred: float
    attacked: float


class CrisisShares(NamedTuple):
    """Shares of all cases: made no challenge, challenged and withdrew, attacked. They sum to 1."""

    unchallenged: float
    withdrawn: float
    attacked: float


@formula(PARAMETERS)
def p_deterred_given_quiet(motivated=0.2, d=0.5):
    """Probability that quiet is deterrence at work; ``None`` if quiet cannot happen (``motivated = 1``, ``d = 0``)."""
    return motivated * d / p_quiet.__wrapped__(motivated, d)


@formula(PARAMETERS)
def p_quiet(motivated=0.2, d=0.5):
    """Probability that no attack is seen."""
    return 1 - motivated + motivated * d


@formula(PARAMETERS)
def case_shares(motivated=0.2, d=0.5):
    """What a large number of cases would consist of."""
    return CaseShares(1 - motivated, motivated * d, motivated * (1 - d))


@formula(PARAMETERS)
def immediate_success_rate(g=0.2, t=0.6):
    """Share of challenges that are withdrawn after a threat: what a sample of crises shows."""
    return np.maximum(0, (t - g) / (1 - g))


@formula(PARAMETERS)
def challenge_rate(g=0.2, t=0.6):
    """Share of Challengers who challenge; ``t`` does not enter."""
    return 1 - g


@formula(PARAMETERS)
def attack_rate(g=0.2, t=0.6):
    """Share of Challengers who attack in the end."""
    return 1 - np.maximum(g, t)


@formula(PARAMETERS)
def crisis_shares(g=0.2, t=0.6):
    """What a large number of Challengers would do."""
    return CrisisShares(g, np.maximum(0, t - g), 1 - np.maximum(g, t))
