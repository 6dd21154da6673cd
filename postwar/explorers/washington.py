"""Explorers of lesson 3."""

from postwar.explorers.panel import Explorer, choice, slider, switch
from postwar.figures import washington as figures
from postwar.models import aid_or_boots as instruments
from postwar.models import alliance_dilemma as dilemma
from postwar.models import critical_risk


def alliance_dilemma(prediction=None):
    """How firmly should a Patron commit between two fears?"""
    about = dilemma.PARAMETERS
    return Explorer(
        "explore.alliance_dilemma",
        prediction=prediction,
        question=(
            "First, unwanted incidents become twice as costly. Then, starting afresh, standing aside becomes costlier. What "
            "does the Patron do?"
        ),
        options={
            "less-more": "It commits less, then more",
            "more-less": "It commits more, then less",
            "less-less": "It commits less both times",
            "more-more": "It commits more both times",
        },
        draw=figures.alliance_dilemma_curve,
        controls=[slider(name, about[name]) for name in ("L", "K", "delta", "m", "E", "a0")],
        presets={"Incidents cost more": {"E": 160.0}, "Standing aside costs more": {"L": 140.0}},
        explanation=(
            "<p>When incidents cost twice as much the best commitment falls from 0.48 to 0.27: <i>E</i> works only through "
            "the entrapment term, which grows with the square of commitment. When standing aside costs 140 instead of 100, "
            "it rises from 0.48 to 0.64: <i>L</i> works through the abandonment term.</p><p>Two governments with the same "
            "model and different <i>L</i>, <i>m</i> and <i>E</i> choose differently, and neither is irrational. The curve "
            "says what follows from beliefs. It does not say which beliefs are right.</p>"
        ),
    )


def risk_ladder(prediction=None):
    """How do small risks add up, and when is standing firm no longer worth it?"""
    about = critical_risk.PARAMETERS
    return Explorer(
        "explore.risk_ladder",
        prediction=prediction,
        question="Every step carries a risk of 5 per cent. After which step has the total risk passed 30 per cent?",
        options={
            "four": "After the fourth",
            "six": "After the sixth",
            "seven": "After the seventh",
            "ten": "After the tenth",
        },
        draw=figures.risk_ladder,
        controls=[
            slider("n", about["n"], value=1, high=20, label="Steps climbed (n)"),
            choice("compare", "Compare", {"total": "total, decided in advance", "next": "next step only"}),
            slider("rho", about["rho"]),
            slider("W", about["W"]),
            slider("Q", about["Q"], low=0),
            slider("X", about["X"]),
        ],
        presets={"Six steps": {"n": 6}, "Disaster worse": {"X": -300.0, "n": 6}, "Conceding worse": {"Q": 0.0, "n": 6}},
        explanation=(
            "<p>The critical risk is (100 − 40) ÷ (100 + 100) = 0.30. Six steps of 5 per cent add up to 0.265, the seventh "
            "to 0.302. The total is less than 7 × 5 = 35 per cent because the second step only counts if the first went well."
            "</p><p>An actor who decides <em>in advance</em> how far to go stops after six. One who looks only at the "
            "<em>next</em> step sees 0.05 each time, which is far below 0.30, and never stops: the risks already survived are "
            "gone. That is one reason why rules agreed early can matter. It is also why a small risk can be accepted again and "
            "again without anyone being reckless.</p>"
        ),
    )


def aid_or_boots(prediction=None):
    """What is the cheapest mix of aid and troops, and what would make the answer fail?"""
    about = instruments.PARAMETERS
    return Explorer(
        "explore.aid_or_boots",
        prediction=prediction,
        question="More deterrent effect is needed: 40 instead of 30. What does the cheapest plan add?",
        options={"aid": "Only aid", "troops": "Only troops", "both": "Some of both"},
        draw=figures.aid_or_boots_mix,
        controls=[
            slider("target", about["target"], low=5, high=60),
            slider("alpha", about["alpha"], low=1, high=5),
            slider("beta", about["beta"], low=1),
            slider("ca", about["ca"], low=0.5, high=3),
            slider("cb", about["cb"], high=5),
            slider("gamma", about["gamma"]),
            switch("complements", "Aid and troops strengthen each other"),
        ],
        presets={
            "More effect needed": {"target": 40.0},
            "Higher penalty on troops": {"gamma": 0.5},
            "Troops less effective": {"beta": 2.0},
            "Troops more effective": {"beta": 7.0},
        },
        explanation=(
            "<p>Aid has a constant price per unit of effect, so it sets the price at the margin. Troops are used up to the "
            "point where their rising penalty meets that price: 4 thousand, whether the target is 30 or 40. The extra 10 "
            "units of effect are all aid, (5, 4) → (10, 4). A doubled penalty halves the troops, (10, 2). With <i>β</i> = 2 "
            "even the first soldier is dearer than aid, and the plan is 15 billion of aid alone.</p><p>All this rests on effects "
            "that simply add up. The dashed line shows plans that would do if training worked better with a presence: it bends "
            "inwards, and a mix may then beat what the model calls cheapest.</p>"
        ),
    )
