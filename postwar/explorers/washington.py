"""Explorers of lesson 3."""

from postwar.explorers import words
from postwar.explorers.panel import Explorer, choice, slider, switch
from postwar.figures import washington as figures
from postwar.models import aid_or_boots as instruments
from postwar.models import alliance_dilemma as dilemma
from postwar.models import critical_risk


def alliance_dilemma(prediction=None):
    """How firmly should a Patron commit between two fears?"""
    about = dilemma.PARAMETERS
    changed = {"incidents": {"E": 160.0}, "aside": {"L": 140.0}}
    return Explorer(
        "alliance_dilemma",
        prediction=prediction,
        draw=figures.alliance_dilemma_curve,
        controls=[slider(name, about[name], more=name not in "LEm") for name in ("L", "E", "m", "K", "delta", "a0")],
        asked=changed,
        presets=changed,
    )


def risk_ladder(prediction=None):
    """How do small risks add up, and when is standing firm no longer worth it?"""
    about, labels = critical_risk.PARAMETERS, words.of("risk_ladder").labels
    return Explorer(
        "risk_ladder",
        prediction=prediction,
        draw=figures.risk_ladder,
        controls=[
            slider("n", about["n"], value=1, high=20, label=labels["n"]),
            slider("rho", about["rho"]),
            choice("compare", **labels["compare"]),
            slider("W", about["W"], more=True),
            slider("Q", about["Q"], low=0, more=True),
            slider("X", about["X"], more=True),
        ],
        asked={"small": {"rho": 0.02}},
        presets={"six": {"n": 6}, "worse": {"X": -300.0, "n": 6}, "concede": {"Q": 0.0, "n": 6}},
    )


def aid_or_boots(prediction=None):
    """What is the cheapest mix of aid and troops, and what would make the answer fail?"""
    about, labels = instruments.PARAMETERS, words.of("aid_or_boots").labels
    return Explorer(
        "aid_or_boots",
        prediction=prediction,
        draw=figures.aid_or_boots_mix,
        controls=[
            slider("target", about["target"], low=5, high=60),
            slider("gamma", about["gamma"]),
            slider("beta", about["beta"], low=1),
            slider("alpha", about["alpha"], low=1, high=5, more=True),
            slider("ca", about["ca"], low=0.5, high=3, more=True),
            slider("cb", about["cb"], high=5, more=True),
            switch("complements", labels["complements"]),
        ],
        asked={"after": {"target": 40.0}},
        presets={
            "more": {"target": 40.0},
            "penalty": {"gamma": 0.5},
            "less_effective": {"beta": 2.0},
            "more_effective": {"beta": 7.0},
        },
    )
