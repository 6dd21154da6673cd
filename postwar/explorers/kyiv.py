"""Explorers of lesson 6."""

from postwar.explorers.panel import Explorer, choice, numbers, slider, switch
from postwar.figures import kyiv as figures
from postwar.models import commitment
from postwar.models import guarantees as pledged
from postwar.models import monitoring as watched

#: Stake, cost of reneging and mean cost of acting of three guarantors: they act with 0.50, 0.50 and 0.30.
TOKENS = ((40.0, 20.0, 60.0), (50.0, 10.0, 60.0), (40.0, 9.5, 60.0))


def shifting_power(prediction=None):
    """Does the declining side fight now, and what would a guarantee change?"""
    about = commitment.PARAMETERS
    return Explorer(
        "explore.shifting_power",
        prediction=prediction,
        question="One side grows stronger, the other declines. If the declining side becomes more patient, is war now more or less likely?",
        options={"more": "More likely", "less": "Less likely", "same": "Patience makes no difference"},
        draw=figures.shifting_power,
        controls=[
            slider("p1", about["p1"]),
            slider("p2", about["p2"]),
            slider("cB", about["cB"]),
            slider("delta", about["delta"], label="Patience of the declining side (δ)"),
            slider("g", about["g"]),
            choice("mode", "War costs", {"flow": "something every period", "lump": "something once"}),
            choice("rising", "Who is rising?", {"Challenger": "the Challenger", "Host": "the Host"}),
        ],
        presets={
            "The Challenger rises": {"rising": "Challenger"},
            "The Host rises": {"rising": "Host"},
            "Less patience": {"delta": 0.6},
            "A costly one-off war": {"mode": "lump", "cB": 2.0},
        },
        explanation=(
            "<p>The loss lies in the future, so patience gives it more weight: the war margin is −0.090 at a patience of 0.60 "
            "and +0.165 at 0.90. Nobody here is mistaken, hidden or malicious. The rising side would gladly promise to keep "
            "to today’s terms; it cannot bind the stronger self that it will be.</p><p>A guarantee acts on that later "
            "self. One that could lower the later chance from 0.55 by 0.40 removes the margin once its credibility reaches "
            "0.458. Now switch who is rising: not a number changes, only the story. Which facts would tell the two stories "
            "apart?</p>"
        ),
    )


def guarantees(prediction=None):
    """What makes it likely that somebody acts: more guarantors, firmer ones, or less chance that all fail together?"""
    about = pledged.PARAMETERS
    return Explorer(
        "explore.guarantees",
        prediction=prediction,
        question=(
            "Two guarantors act with chance 0.5 each; with chance 0.2 a common shock makes all stand aside. "
            "What helps more: a third guarantor with 0.3, or halving the common shock?"
        ),
        options={"third": "The third guarantor", "shock": "Halving the shock", "same": "Both help equally"},
        draw=figures.guarantors,
        controls=[
            numbers(
                "tokens",
                TOKENS,
                rows=["Guarantor 1", "Guarantor 2", "Guarantor 3"],
                columns=["stake", "reneging", "acting"],
                low=0,
                high=80,
                step=0.5,
            ),
            switch("third", "Add the third guarantor"),
            slider("shock", about["shock"]),
        ],
        presets={
            "Add the third": {"third": True},
            "Halve the shock": {"shock": 0.1},
            "Easier to act": {"tokens": _moved(2, -10.0)},
            "Harder to renege": {"tokens": _moved(1, 10.0)},
            "More at stake": {"tokens": _moved(0, 10.0)},
        },
        explanation=(
            "<p>Two guarantors give 0.600. The third lifts that to 0.660, halving the common shock to 0.675. Failure that "
            "strikes all at once sets a ceiling, here 0.80, which no number of guarantors can break.</p><p><em>Easier to "
            "act</em>, <em>Harder to renege</em> and <em>More at stake</em> move ten units for the first two guarantors: out "
            "of the cost of acting, into the cost of reneging, or into the stake. The result is the same, 0.724. In this model "
            "‘concrete’ means moving one of the three terms; forces kept ready, a ratified treaty and people on the spot are "
            "different ways to try. It does not say which way costs least or fails least.</p>"
        ),
    )


def _moved(column, units):
    """The tokens with one term of the first two guarantors moved."""
    first, second, third = (list(row) for row in TOKENS)
    first[column] += units
    second[column] += units
    return tuple(first), tuple(second), tuple(third)


def monitoring(prediction=None):
    """How much patience does restraint need when only some violations are seen?"""
    about = watched.PARAMETERS
    return Explorer(
        "explore.monitoring",
        prediction=prediction,
        question="If every violation is seen, restraint needs a patience of 0.50. How much if only one in ten is seen?",
        options={"0.55": "About 0.55", "0.67": "About 0.67", "0.91": "About 0.91", "none": "No patience is enough"},
        draw=figures.watching,
        controls=[
            # the three ranges do not overlap: a violation tempts, and breakdown is worse than restraint
            slider("T", about["T"], low=4.5),
            slider("R", about["R"], low=2.5, high=4.0),
            slider("P", about["P"], high=2.0),
            slider("m", about["m"], value=1.0),
            slider("delta", about["delta"], label="Patience of both sides (δ)"),
        ],
        presets={
            "Half are seen": {"m": 0.5},
            "One in ten is seen": {"m": 0.1},
            "Breakdown hurts more": {"m": 0.1, "P": 0.0},
            "Violation tempts more": {"m": 0.1, "T": 8.0},
            "Little patience": {"delta": 0.4},
        },
        explanation=(
            "<p>The patience needed is 0.50 when all violations are seen, 0.67 when half are, and 0.91 when one in ten is: "
            "being watched stands in for patience. It does so only up to a point. At a patience of 0.40 the detection "
            "needed is 1.50, more than certainty. Then only other payoffs can help: less to gain from a violation, or more "
            "to lose from breakdown.</p><p>The model is about small violations that repeat. A side that plans one large "
            "attack later is not held back by it.</p>"
        ),
    )
