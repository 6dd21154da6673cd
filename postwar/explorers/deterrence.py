"""Explorers of lesson 4."""

from postwar.explorers.panel import Explorer, slider
from postwar.figures import deterrence as figures
from postwar.models import deterrence, inference
from postwar.models import tripwire as presence


def deterrence_balance(prediction=None):
    """When does a Challenger prefer the status quo, and which input matters how much?"""
    about = deterrence.PARAMETERS
    moves = {"SQ": {"SQ": 20.0}, "q": {"q": 0.4}, "pa": {"pa": 0.5}, "S": {"S": 20.0}}
    return Explorer(
        "deterrence_balance",
        prediction=prediction,
        draw=figures.deterrence_balance,
        controls=[
            *(slider(name, about[name]) for name in ("q", "pa", "S", "SQ")),  # those of the question
            *(slider(name, about[name], more=True) for name in ("s", "pi", "K", "V", "C")),
        ],
        asked=moves,
        presets=moves,
    )


def tripwire(prediction=None):
    """How much would a presence of some size deter, through which channel, on which reading of the literature?"""
    about = presence.PARAMETERS
    readings = {"schelling": presence.PRESETS["Schelling-type"], "reiter_poast": presence.PRESETS["Reiter–Poast-type"]}
    return Explorer(
        "tripwire",
        prediction=prediction,
        draw=figures.tripwire,
        controls=[
            slider("n", about["n"], value=2.0),
            slider("q1", about["q1"], value=0.5),  # between the two readings
            slider("D0", about["D0"]),
            slider("kappa", about["kappa"], more=True),
            slider("Rf", about["Rf"], more=True),
        ],
        asked={name: {"n": 10.0} | inputs for name, inputs in readings.items()},
        presets=readings | {"strong_host": {"D0": 160.0}},
    )


def quiet(prediction=None):
    """What does a quiet year, or a record of crises, tell us about deterrence?"""
    about = inference.PARAMETERS
    return Explorer(
        "quiet",
        prediction=prediction,
        draw=figures.quiet,
        controls=[slider(name, about[name]) for name in ("motivated", "d", "g", "t")],
        asked={"often": {"motivated": 0.8}},
        presets={"often": {"motivated": 0.8}, "general": {"g": 0.4}},
    )
