"""Explorers of lesson 1."""

from postwar.explorers import words
from postwar.explorers.panel import Explorer, slider, switch
from postwar.figures import planning_peace as figures
from postwar.models import bargaining
from postwar.models import peace_duration as duration
from postwar.models import selection as hard_cases


def bargaining_range(prediction=None):
    """Which divisions do both sides prefer to war, and what do power, costs and uncertainty change?"""
    about, labels = bargaining.PARAMETERS, words.of("bargaining_range").labels
    return Explorer(
        "bargaining_range",
        prediction=prediction,
        draw=figures.bargaining_range,
        controls=[
            slider("p", about["p"]),
            slider("cA", about["cA"], value=0.10),
            slider("cB", about["cB"], value=0.15, acts=lambda now: not now["private"]),
            switch("private", labels["private"]),
            slider("hi", about["hi"], value=0.4, low=0.05, acts=lambda now: now["private"]),
        ],
        asked={"after": {"p": 0.7}},
        presets={"stronger": {"p": 0.7}, "weaker": {"p": 0.3}, "far_stronger": {"p": 0.95}},
    )


def peace_duration(prediction=None):
    """How much longer does peace last when the rate of failure is cut?"""
    about, labels = duration.PARAMETERS, words.of("peace_duration").labels
    halved = {
        "constant": {"HR": 0.5},
        "falling": {"k": 0.6, "HR": 0.5},
        "rising": {"k": 1.5, "HR": 0.5},
    }
    return Explorer(
        "peace_duration",
        prediction=prediction,
        draw=figures.peace_duration_curve,
        controls=[
            slider("HR", about["HR"], value=1.0, label=labels["HR"]),
            slider("k", about["k"], value=1.0),
            slider("lam", about["lam"], value=0.12),
            slider("horizon", about["t"], value=5, low=1, high=20, step=1, label=labels["horizon"], more=True),
            switch("example", labels["example"]),
        ],
        asked=halved,
        presets=halved,
    )


def selection(prediction=None):
    """What does a raw comparison show when help goes to the hard cases?"""
    about, labels = hard_cases.PARAMETERS, words.of("selection").labels
    return Explorer(
        "selection",
        prediction=prediction,
        draw=figures.selection_bars,
        controls=[
            slider("eh", about["eh"], value=0.5),
            slider("ee", about["ee"], value=0.5),
            slider("lh", about["lh"], value=0.30, more=True),
            slider("le", about["le"], value=0.05, more=True),
            slider("HR", about["HR"], value=0.6, label=labels["HR"]),
        ],
        asked={"hard": {"eh": 0.8, "ee": 0.2}},
        presets={"hard": {"eh": 0.8, "ee": 0.2}, "easy": {"eh": 0.2, "ee": 0.8}},
    )
