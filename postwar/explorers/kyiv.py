"""Explorers of lesson 6."""

from postwar.explorers import words
from postwar.explorers.panel import Explorer, choice, numbers, slider, switch
from postwar.figures import kyiv as figures
from postwar.models import commitment
from postwar.models import guarantees as pledged
from postwar.models import monitoring as watched

#: Stake, cost of reneging and mean cost of acting of three guarantors: they act with 0.50, 0.50 and 0.30.
TOKENS = ((40.0, 20.0, 60.0), (50.0, 10.0, 60.0), (40.0, 9.5, 60.0))


def shifting_power(prediction=None):
    """Does the declining side fight now, and what would a guarantee change?"""
    about, labels = commitment.PARAMETERS, words.of("shifting_power").labels
    return Explorer(
        "shifting_power",
        prediction=prediction,
        draw=figures.shifting_power,
        controls=[
            slider("delta", about["delta"], label=labels["delta"]),
            slider("g", about["g"]),
            choice("rising", **labels["rising"]),
            slider("p1", about["p1"], more=True),
            slider("p2", about["p2"], more=True),
            slider("cB", about["cB"], more=True),
            choice("mode", **labels["mode"], more=True),
        ],
        asked={"impatient": {"delta": 0.6}},
        presets={
            "impatient": {"delta": 0.6},
            "host": {"rising": "Host"},
            "lump": {"mode": "lump", "cB": 2.0},
        },
    )


def guarantees(prediction=None):
    """What makes it likely that somebody acts: more guarantors, firmer ones, or less chance that all fail together?"""
    about, labels = pledged.PARAMETERS, words.of("guarantees").labels
    changes = {
        "third": {"third": True},
        "halved": {"shock": 0.1},
        "easier": {"tokens": _moved(2, -10.0)},
        "harder": {"tokens": _moved(1, 10.0)},
        "stake": {"tokens": _moved(0, 10.0)},
    }
    return Explorer(
        "guarantees",
        prediction=prediction,
        draw=figures.guarantors,
        controls=[
            switch("third", labels["third"]),
            slider("shock", about["shock"]),
            numbers("tokens", TOKENS, **labels["tokens"], low=0, high=80, step=0.5, more=True),
        ],
        asked=changes,
        presets=changes,
    )


def _moved(column, units):
    """The tokens with one term of the first two guarantors moved."""
    first, second, third = (list(row) for row in TOKENS)
    first[column] += units
    second[column] += units
    return tuple(first), tuple(second), tuple(third)


def monitoring(prediction=None):
    """How much patience does restraint need when only some violations are seen?"""
    about, labels = watched.PARAMETERS, words.of("monitoring").labels
    return Explorer(
        "monitoring",
        prediction=prediction,
        draw=figures.watching,
        controls=[
            slider("m", about["m"], value=1.0),
            slider("delta", about["delta"], label=labels["delta"]),
            # the three ranges do not overlap: a violation tempts, and breakdown is worse than restraint
            slider("T", about["T"], low=4.0, more=True),
            slider("R", about["R"], low=2.5, high=3.5, more=True),
            slider("P", about["P"], high=2.0, more=True),
        ],
        asked={"half": {"m": 0.5}, "tenth": {"m": 0.1}},
        presets={
            "half": {"m": 0.5},
            "tenth": {"m": 0.1},
            "breakdown": {"m": 0.1, "P": 0.0},
            "tempting": {"m": 0.1, "T": 8.0},
            "impatient": {"delta": 0.4},
        },
    )
