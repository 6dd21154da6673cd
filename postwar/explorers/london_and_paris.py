"""Explorers of lesson 2."""

from postwar.explorers import words
from postwar.explorers.panel import Explorer, choice, numbers, slider
from postwar.figures import london_and_paris as figures
from postwar.models import coalition
from postwar.models import force_ratio as ratios
from postwar.models import rotation as rotas


def rotation(prediction=None):
    """How large a force can be kept in place, and how does that depend on tours, time at home and handover?"""
    about = rotas.PARAMETERS
    return Explorer(
        "rotation",
        prediction=prediction,
        draw=figures.rotation_timeline,
        controls=[
            slider("tour", about["tour"]),
            slider("dwell", about["dwell"]),
            slider("handover", about["handover"]),
            slider("pool", about["pool"], low=10_000, high=120_000, more=True),
            slider("availability", about["availability"], more=True),
            slider("committed", about["committed"], more=True),
        ],
        asked={"after": {"dwell": 12.0}},
        presets={
            "nine_eighteen": {"tour": 9.0, "dwell": 18.0},
            "eight_twenty_four": {"tour": 8.0, "dwell": 24.0},
        },
    )


def force_ratio(prediction=None):
    """Is a force large or small? By which ruler: inhabitants, line or tasks?"""
    about, labels = ratios.PARAMETERS, words.of("force_ratio").labels
    return Explorer(
        "force_ratio",
        prediction=prediction,
        draw=figures.rulers,
        controls=[
            choice("ruler", **labels["ruler"]),
            slider("force", about["force"]),
            slider("population", about["population"], acts=_by("inhabitants")),
            slider("per_1000", about["per_1000"], low=1, acts=_by("inhabitants")),
            slider("km_per_bde", about["km_per_bde"], acts=_by("line")),
            slider("front_km", about["front_km"], more=True, acts=_by("line")),
            slider("bde_strength", about["bde_strength"], more=True, acts=_by("line")),
            slider("reserve", about["reserve"], more=True, acts=_by("line")),
            numbers(
                "tasks", (3000, 8000, 7000, 6000), **labels["tasks"], low=0, high=100_000, step=500, acts=_by("tasks")
            ),
        ],
        asked={"line": {"ruler": "line"}, "tasks": {"ruler": "tasks"}},
        presets={
            "many_people": {"ruler": "inhabitants", "population": 30_000_000.0},
            "short_line": {"ruler": "line", "km_per_bde": 15.0},
            "long_line": {"ruler": "line", "km_per_bde": 30.0},
            "tasks": {"ruler": "tasks"},
        },
    )


def _by(ruler):
    return lambda now: now["ruler"] == ruler


def pledges(prediction=None):
    """What do uncertain pledges add up to, alone and when all depend on one partner?"""
    about, labels = coalition.PARAMETERS, words.of("pledges").labels
    chances = {"low": 0.0, "high": 1.0, "step": 0.05, "more": True}
    present, absent = (lambda now: now["u"] > 0), (lambda now: now["u"] < 1)
    return Explorer(
        "pledges",
        prediction=prediction,
        draw=figures.pledges,
        controls=[
            slider("u", about["u"], value=1.0),
            slider("target", about["target"]),
            numbers("pledges", about["pledges"].default, **labels["pledges"], low=0.0, high=30.0, more=True),
            numbers("probs_with", about["probs_with"].default, **labels["probs_with"], **chances, acts=present),
            numbers("probs_without", about["probs_without"].default, **labels["probs_without"], **chances, acts=absent),
        ],
        asked={"alone": {"u": 0.0}},
        presets={
            "doubt": {"u": 0.6},
            "alone": {"u": 0.0},
            "firm_core": {"probs_with": (0.95, 0.95, 0.6, 0.5, 0.5)},
            "doubt_less": {"u": 0.6, "target": 10.0},
        },
    )
