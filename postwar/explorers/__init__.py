"""Interactive explorers: ``from postwar import explore``, then ``explore.tripwire()``."""

from difflib import get_close_matches
from importlib import import_module

#: Lesson module -> its explorers, in the order of the lessons.
CATALOGUE = {
    "planning_peace": ("bargaining_range", "peace_duration", "selection"),
    "london_and_paris": ("rotation", "force_ratio", "pledges"),
    "washington": ("alliance_dilemma", "risk_ladder", "aid_or_boots"),
    "deterrence": ("deterrence_balance", "tripwire", "quiet"),
    "nato": ("voting_power", "winset", "burden_sharing"),
    "kyiv": ("shifting_power", "guarantees", "monitoring"),
    "mixed_signals": ("costly_signals", "cheap_talk", "counting_allies"),
    "looking_ahead": ("weights", "information", "decision_rules"),
}
_HOME = {name: module for module, names in CATALOGUE.items() for name in names}


def __getattr__(name):
    if name in _HOME:
        return getattr(import_module(f"postwar.explorers.{_HOME[name]}"), name)
    near = get_close_matches(name, _HOME, n=3)
    hint = f"; did you mean {' or '.join(near)}?" if near else f"; there are {', '.join(_HOME)}"
    raise AttributeError(f"there is no explorer {name!r}{hint}")


def __dir__():
    return sorted(_HOME)
