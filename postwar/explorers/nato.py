"""Explorers of lesson 5."""

from postwar.explorers import words
from postwar.explorers.panel import Explorer, numbers, slider, switch
from postwar.figures import nato as figures
from postwar.models import burden_sharing as sharing
from postwar.models import veto_players
from postwar.models import voting_power as votes


def voting_power(prediction=None):
    """How do votes turn into power, and what does a higher quota do to the chance of acting at all?"""
    about, labels = votes.PARAMETERS, words.of("voting_power").labels
    return Explorer(
        "voting_power",
        prediction=prediction,
        draw=figures.power,
        controls=[
            slider("quota", about["quota"], high=60),
            numbers(
                "weights",
                tuple(float(weight) for weight in about["weights"].default),
                **labels["weights"],
                columns=tuple(figures.MEMBERS),
                low=0,
                high=10,
            ),
        ],
        asked={"all": {"quota": 17}},
        presets={"half": {"quota": 9}, "consensus": {"quota": 17}},
    )


def winset(prediction=None):
    """Which changes would every member accept, and what does one more member do to them?"""
    about, labels = veto_players.PARAMETERS, words.of("winset").labels
    members = list(zip("abcd", (6.0, 8.0, 9.0, 2.0), strict=True))
    return Explorer(
        "winset",
        prediction=prediction,
        draw=figures.winset,
        controls=[
            *(switch(f"in_{name}", labels[f"in_{name}"], name != "d") for name, _ in members),
            *(
                slider(name, about["ideals"], value=ideal, label=labels[name], more=name != "d")
                for name, ideal in reversed(members)
            ),
            slider("sq", about["sq"], label=labels["sq"]),
        ],
        asked={"after": {"d": 2.0, "in_d": True}},
        presets={"cautious": {"d": 2.0, "in_d": True}, "middle": {"d": 7.0, "in_d": True}, "firmest": {"in_a": False}},
    )


def burden_sharing(prediction=None):
    """Who pays for security that all enjoy, and what does the spread of incomes change?"""
    about, labels = sharing.PARAMETERS, words.of("burden_sharing").labels
    moved = (55.0, 60.0, 50.0, 0.0, 0.0)
    return Explorer(
        "burden_sharing",
        prediction=prediction,
        draw=figures.burden,
        controls=[
            slider("alpha", about["alpha"]),
            numbers("incomes", (*about["incomes"].default, 0.0, 0.0), **labels["incomes"], low=0, high=200, step=5),
        ],
        asked={"after": {"incomes": moved}},
        presets={
            "moved": {"incomes": moved},
            "one_large": {"incomes": (100.0, 40.0, 30.0, 20.0, 10.0), "alpha": 0.3},
            "equal": {"incomes": (40.0,) * 5, "alpha": 0.3},
        },
    )
