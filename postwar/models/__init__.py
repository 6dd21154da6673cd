"""The course's 24 models, one module each: pure functions on numbers and arrays.

Numbers in, numbers out: scalars give plain Python numbers, arrays broadcast and give arrays. ``None`` (``nan`` inside an
array) means that the quantity does not exist for these inputs; an input outside its range raises ``ValueError``. Every
default is illustrative, no result is a forecast, and a result of the form "X lowers the chance of attack" is not a
recommendation of X. Each module's ``PARAMETERS`` says what its symbols mean, in which unit and range.
"""

from importlib import import_module

__all__ = [
    "aid_or_boots",
    "alliance_dilemma",
    "bargaining",
    "bayes_signals",
    "burden_sharing",
    "cheap_talk",
    "coalition",
    "commitment",
    "costly_signals",
    "critical_risk",
    "decision_tree",
    "deep_uncertainty",
    "deterrence",
    "force_ratio",
    "guarantees",
    "inference",
    "mcda",
    "monitoring",
    "peace_duration",
    "rotation",
    "selection",
    "tripwire",
    "veto_players",
    "voting_power",
]


def __getattr__(name):
    """Import a model when it is first used."""
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *__all__])
