"""Explorers of lesson 8."""

from postwar.explorers import words
from postwar.explorers.panel import Explorer, choice, numbers, slider, switch
from postwar.figures import looking_ahead as figures
from postwar.models import decision_tree, deep_uncertainty, mcda


def weights(prediction=None):
    """Which option comes first, and does it survive another method, another list, another weight?"""
    about, labels = mcda.PARAMETERS, words.of("weights").labels
    return Explorer(
        "weights",
        prediction=prediction,
        draw=figures.weights,
        controls=[
            choice("method", **labels["method"]),
            slider("w1", about["weights"], value=about["weights"].default[0], low=0.01, label=labels["w1"]),
            choice("beside", **labels["beside"]),
            *(
                slider(f"w{place}", about["weights"], value=weight, low=0.01, label=labels[f"w{place}"], more=True)
                for place, weight in enumerate(about["weights"].default[1:], 2)
            ),
            *(switch(f"drop_{name}", labels[f"drop_{name}"], more=True) for name in figures.OPTIONS),
            numbers(
                "matrix",
                about["matrix"].default,
                rows=figures.OPTIONS,
                columns=figures.CRITERIA,
                low=0,
                high=100,
                more=True,
            ),
        ],
        asked={"topsis": {"method": "topsis"}},
        presets={
            "effect": {"w1": 0.6, "w2": 0.12, "w3": 0.09, "w4": 0.13, "w5": 0.06},
            "risk": {"w1": 0.15, "w2": 0.6, "w3": 0.08, "w4": 0.12, "w5": 0.05},
            "cost": {"w1": 0.17, "w2": 0.1, "w3": 0.6, "w4": 0.09, "w5": 0.04},
        },
    )


def information(prediction=None):
    """How much would it be worth to know more before choosing?"""
    about, labels = decision_tree.PARAMETERS, words.of("information").labels
    prior = about["prior"]

    def informed(now):
        return now["worth"]

    return Explorer(
        "information",
        prediction=prediction,
        draw=figures.information,
        controls=[
            switch("worth", labels["worth"]),
            slider("sharpness", prior, value=1.0, high=4, step=0.1, label=labels["sharpness"], acts=informed),
            *(
                slider(f"p{place}", prior, value=chance, low=0.01, step=0.01, label=labels[f"p{place}"], more=True)
                for place, chance in enumerate(prior.default, 1)
            ),
            numbers("payoffs", about["payoffs"].default, **labels["payoffs"], low=-200, high=200, step=5, more=True),
            numbers(
                "likelihood",
                about["likelihood"].default,
                **labels["likelihood"],
                low=0,
                high=1,
                step=0.05,
                more=True,
                acts=informed,
            ),
        ],
        asked={"known": {"worth": True}},
        presets={
            "silent": {"worth": True, "sharpness": 0.0},
            "sharper": {"worth": True, "sharpness": 2.0},
            "restraint": {"worth": True, "p1": 0.97, "p2": 0.02, "p3": 0.01},
            "attack": {"worth": True, "p1": 0.2, "p2": 0.3, "p3": 0.5},
        },
    )


def decision_rules(prediction=None):
    """What do five rules choose from one table, and what makes them differ?"""
    about, labels = deep_uncertainty.PARAMETERS, words.of("decision_rules").labels
    payoff = {"low": -200, "high": 200, "step": 5}
    return Explorer(
        "decision_rules",
        prediction=prediction,
        draw=figures.decision_rules,
        controls=[
            choice("rule", labels["rule"], figures.RULES),
            switch("compare", labels["compare"]),
            slider("optimism", about["optimism"], acts=lambda now: now["rule"] == "hurwicz" or now["compare"]),
            switch("add", labels["add"]),
            numbers("payoffs", about["payoffs"].default, **labels["payoffs"], **payoff, more=True),
            numbers("extra", (60.0, -40.0, -80.0), **labels["extra"], **payoff, acts=lambda now: now["add"]),
        ],
        asked={"table": {"compare": True}, "longer": {"compare": True, "add": True}},
        presets={
            "hopeful": {"rule": "hurwicz", "optimism": 0.95},
            "wary": {"rule": "hurwicz", "optimism": 0.05},
            "longer": {"rule": "regret", "add": True},
        },
    )
