"""Explorers of lesson 7."""

from dataclasses import replace

from postwar.explorers import words
from postwar.explorers.panel import Explorer, choice, slider, switch
from postwar.figures import mixed_signals as figures
from postwar.models import bayes_signals
from postwar.models import cheap_talk as talk
from postwar.models import costly_signals as signalling


def costly_signals(prediction=None):
    """Which cost would a resolute sender pay and an irresolute one not?"""
    about, labels = signalling.PARAMETERS, words.of("costly_signals").labels
    return Explorer(
        "costly_signals",
        prediction=prediction,
        draw=figures.costly_signals,
        controls=[
            slider("k", about["k"], value=5.0),
            slider("a", about["a"]),
            switch("window", labels["window"]),
            # being believed resolute always helps here: the two ranges of yielding do not overlap
            slider("bH", about["bH"], low=0.55, more=True),
            slider("bL", about["bL"], high=0.5, more=True),
            slider("vL", about["vL"], low=5, high=50, more=True),
            slider("vH", about["vH"], low=50, more=True),
            slider("fH", about["fH"], low=0, high=50, more=True),
        ],
        asked={"moderate": {"k": 15.0}, "high": {"k": 40.0}},
        presets={
            "moderate": {"k": 15.0},
            "high": {"k": 40.0},
            "content": {"k": 15.0, "fH": 45.0, "window": True},
            "untested": {"k": 15.0, "bH": 0.95, "window": True},
        },
    )


def cheap_talk(prediction=None):
    """How many different statements survive when words are free?"""
    biases = {"little": {"b": 0.05}, "further": {"b": 0.10}, "far": {"b": 0.25}}
    return Explorer(
        "cheap_talk",
        prediction=prediction,
        draw=figures.cheap_talk_intervals,
        controls=[slider("b", talk.PARAMETERS["b"], value=0.01)],
        asked=biases,
        presets=biases,
    )


def counting_allies(prediction=None):
    """How far should three allies’ signals move a belief, if they may be echoes of one another?"""
    about, labels = bayes_signals.PARAMETERS, words.of("counting_allies").labels
    return Explorer(
        "counting_allies",
        prediction=prediction,
        draw=_counting,
        controls=[
            choice("view", **labels["view"]),
            slider("firm", about["firm"], high=3, acts=_seen("firm")),
            slider("r", about["r"], value=0.0, acts=_seen("firm")),
            slider("prior", about["prior"], low=0.05, high=0.95, more=True, acts=_seen("firm")),
            slider("t", about["t"], low=0.05, high=0.95, more=True, acts=_seen("firm")),
            slider("f", about["f"], low=0.05, high=0.95, more=True, acts=_seen("firm")),
            slider("first", about["signals"], value=61.0, label=labels["first"], acts=_seen("scale")),
            slider("second", about["signals"], value=59.0, label=labels["second"], acts=_seen("scale")),
            slider("rho", about["rho"], value=0.0, label=labels["rho"], acts=_seen("scale")),
        ],
        asked={"echoes": {"r": 0.5}, "separate": {"firm": 2}},
        presets={
            "echoes": {"r": 0.5},
            "dissent": {"firm": 2},
            "alike": {"firm": 2, "t": 0.6, "f": 0.6},
            "close": {"view": "scale"},
            "apart": {"view": "scale", "first": 80.0, "second": 40.0},
        },
    )


def _seen(view):
    return lambda now: now["view"] == view


def _counting(view, firm, r, prior, t, f, rho, first, second):
    on_a_scale = view == "scale"
    picture = figures.on_a_scale(rho, first, second) if on_a_scale else figures.firm_or_soft(prior, t, f, r, firm)
    unseen = dict.fromkeys(("possible", "after", "mean", "variance", "worth", "before"))  # what the other view shows
    return replace(picture, quantities=unseen | picture.quantities)
