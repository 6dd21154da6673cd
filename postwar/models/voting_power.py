"""Who can make a difference to a vote, and what does consensus cost?

A proposal passes if the weights of those in favour reach the quota. The Shapley-Shubik index is the share of orders of
joining in which a member tips the balance; the Banzhaf index is its share of all swings; the power to act is the share of
yes/no patterns that pass. ``p_consensus`` is a benchmark: members who agree independently.

Assumed: all orders, or all yes/no patterns, equally likely. Preferences, agenda-setting and side payments are ignored.

Sources: Shapley and Shubik (1954), American Political Science Review 48: 787-792; Banzhaf (1965); Coleman (1971) (pages not
checked against the originals). The 1958 EEC Council is a textbook case: Games 9(2): 29. NATO decides by consensus, without
voting: Congressional Research Service, RS21510.

Not: a measure of influence. Members consult, trade and stay silent, so independent agreement grossly understates what
they can do together; and consensus does not stop members acting outside the organisation.
"""

import math

import numpy as np

from postwar.models.parameters import Parameter, formula, require

PARAMETERS = {
    "weights": Parameter("votes of each member", "w_i", 0, 20, (4, 4, 4, 2, 2, 1), 1, "votes", "[0, inf)", True, 1),
    "quota": Parameter("votes needed to pass", "q", 1, 17, 12, 1, "votes", "[1, inf)", True),
    "n": Parameter("members", "n", 1, 40, 32, 1, "members", "[1, inf)", True),
    "p": Parameter("chance that each member agrees", "p", 0, 1, 0.95, 0.01, "probability"),
    "target": Parameter("wanted chance of consensus", r"\tau", 0, 1, 0.5, 0.05, "probability"),
}

# coalition counts stay exact in 64-bit integers up to this many members
_MOST_MEMBERS = 60
_MOST_VOTES = 100_000


@formula(PARAMETERS)
def shapley_shubik(weights=(4, 4, 4, 2, 2, 1), quota=12):
    """Shapley-Shubik index of each member; sums to 1."""
    _check_passable(weights, quota)
    members = len(weights)
    chance = np.array([1 / (members * math.comb(members - 1, size)) for size in range(members)])
    return _by_weight(weights, quota, lambda others, w: chance @ _swings(others, w, quota))


@formula(PARAMETERS)
def banzhaf(weights=(4, 4, 4, 2, 2, 1), quota=12):
    """Normalised Banzhaf index of each member; sums to 1."""
    _check_passable(weights, quota)
    swings = _by_weight(weights, quota, lambda others, w: _swings(others, w, quota).sum())
    return swings / swings.sum()


@formula(PARAMETERS)
def power_to_act(weights=(4, 4, 4, 2, 2, 1), quota=12):
    """Coleman's power of a collectivity to act: the share of yes/no patterns that pass (0 if the quota is out of reach)."""
    _check_size(weights)
    return _coalitions(weights)[:, quota:].sum() / 2.0 ** len(weights)


@formula(PARAMETERS)
def p_consensus(n=32, p=0.95):
    """Probability that ``n`` members all agree if each does so independently with chance ``p``."""
    return p**n


@formula(PARAMETERS)
def p_needed(n=32, target=0.5):
    """Chance of agreement that each of ``n`` independent members needs for consensus with probability ``target``."""
    return target ** (1 / n)


def _coalitions(weights):
    """Number of coalitions by size (row) and total weight (column)."""
    counts = np.zeros((len(weights) + 1, weights.sum() + 1), dtype=np.int64)
    counts[0, 0] = 1
    for weight in weights:
        counts[1:, weight:] += counts[:-1, : counts.shape[1] - weight].copy()
    return counts


def _swings(others, weight, quota):
    """Number of coalitions of the others, by size, that fail without a member of this weight and pass with it."""
    return _coalitions(others)[:, max(0, quota - weight) : quota].sum(axis=1)


def _by_weight(weights, quota, index):
    # members of equal weight have equal power, so each distinct weight is worked out once
    power = {w: index(np.delete(weights, np.flatnonzero(weights == w)[0]), w) for w in np.unique(weights)}
    return np.array([power[w] for w in weights], dtype=float)


def _check_passable(weights, quota):
    _check_size(weights)
    total = weights.sum()
    require(
        quota <= total,
        f"quota must be between 1 and the total of the weights, {total}, got {quota}: nothing passes, so nobody has power",
    )


def _check_size(weights):
    require(1 <= len(weights) <= _MOST_MEMBERS, f"weights must have 1 to {_MOST_MEMBERS} members, got {len(weights)}")
    require(
        1 <= weights.sum() <= _MOST_VOTES,
        f"weights must sum to a total between 1 and {_MOST_VOTES}, got {weights.sum()}: use coarser units",
    )
