"""Explorers of lesson 2."""

from postwar.explorers.panel import Explorer, choice, numbers, slider
from postwar.figures import london_and_paris as figures
from postwar.models import coalition
from postwar.models import force_ratio as ratios
from postwar.models import rotation as rotas


def rotation(prediction=None):
    """How large a force can be kept in place, and how does that depend on tours, time at home and handover?"""
    about = rotas.PARAMETERS
    return Explorer(
        "explore.rotation",
        prediction=prediction,
        question="The time at home between tours is halved from 24 to 12 months. Does the force that can stay double?",
        options={
            "double": "Yes, it doubles",
            "less": "It grows, but to less than double",
            "more": "It grows to more than double",
        },
        draw=figures.rotation_timeline,
        controls=[
            slider("pool", about["pool"], low=10_000, high=120_000),
            slider("availability", about["availability"]),
            slider("committed", about["committed"]),
            slider("tour", about["tour"]),
            slider("dwell", about["dwell"]),
            slider("handover", about["handover"]),
        ],
        presets={
            "9 away, 18 at home": {"tour": 9.0, "dwell": 18.0},
            "8 away, 24 at home": {"tour": 8.0, "dwell": 24.0},
            "6 away, 24 at home": {"tour": 6.0, "dwell": 24.0},
        },
        explanation=(
            "<p>One unit in place takes (tour + time at home) ÷ (tour − handover) units in all. The tour itself is part of "
            "the cycle, so halving the time at home shortens a cycle of 30 months to 18, not to 15: the force grows from "
            "7,200 to 12,000, which is 1.67 times as many.</p><p>One month of handover on a six-month tour costs a sixth: "
            "7,200 become 6,000. In that month two units stand in one slot (the hatched part), so the pool is used up "
            "faster.</p><p>Shorter time at home buys soldiers in place now. What it takes from training, from other tasks "
            "and from families is not in the picture.</p>"
        ),
    )


def force_ratio(prediction=None):
    """Is a force large or small? By which ruler: inhabitants, line or tasks?"""
    about = ratios.PARAMETERS
    return Explorer(
        "explore.force_ratio",
        prediction=prediction,
        question="A force is to train soldiers, protect infrastructure and be visible. Which ruler fits that mission?",
        options={
            "inhabitants": "Soldiers per 1,000 inhabitants",
            "line": "Kilometres of line per brigade",
            "tasks": "A list of tasks, added up",
        },
        draw=figures.rulers,
        controls=[
            choice("ruler", "Ruler", {"inhabitants": "inhabitants", "line": "line", "tasks": "task list"}),
            slider("force", about["force"]),
            slider("population", about["population"]),
            slider("per_1000", about["per_1000"], low=1),
            slider("front_km", about["front_km"]),
            slider("km_per_bde", about["km_per_bde"]),
            slider("bde_strength", about["bde_strength"]),
            slider("reserve", about["reserve"]),
            numbers(
                "tasks",
                (3000, 8000, 7000, 6000),
                rows=("Persons for",),
                columns=("training", "sites", "visible units", "support"),
                low=0,
                high=100_000,
                step=500,
            ),
        ],
        presets={
            "1 million people": {"ruler": "inhabitants", "population": 1_000_000.0},
            "30 million people": {"ruler": "inhabitants", "population": 30_000_000.0},
            "Line, 15 km a brigade": {"ruler": "line", "km_per_bde": 15.0},
            "Line, 30 km a brigade": {"ruler": "line", "km_per_bde": 30.0},
            "Task list": {"ruler": "tasks"},
        },
        explanation=(
            "<p>The same 25,000 soldiers are 25 per 1,000 among one million people, 0.83 per 1,000 among thirty million, "
            "and 62.5 km of line at 15 km for each brigade with a quarter in reserve. The number did not change, the ruler "
            "did.</p><p>“Train, protect, be visible” names tasks. A ratio of soldiers to inhabitants comes from policing "
            "unstable societies, and kilometres per brigade come from holding a line; neither is what that mission says. A "
            "list of tasks fits it, but a list has its own weakness: whoever writes it decides the result. The four numbers "
            "here are invented.</p>"
        ),
    )


def pledges(prediction=None):
    """What do uncertain pledges add up to, alone and when all depend on one partner?"""
    about = coalition.PARAMETERS
    states = ("A", "B", "C", "D", "E")
    chances = {"columns": states, "low": 0.0, "high": 1.0, "step": 0.05}
    return Explorer(
        "explore.pledges",
        prediction=prediction,
        question=(
            "Five states pledge 8, 7, 4, 3 and 2 thousand, 24 in all, with chances of 0.8, 0.8, 0.6, 0.5 and 0.5 that they "
            "deliver. What is the chance of at least 15 thousand? Give a percentage."
        ),
        draw=figures.pledges,
        controls=[
            numbers(
                "pledges",
                about["pledges"].default,
                rows=("Pledges",),
                columns=states,
                low=0.0,
                high=30.0,
            ),
            numbers("probs_with", about["probs_with"].default, rows=("Chance with partner",), **chances),
            numbers("probs_without", about["probs_without"].default, rows=("Chance without",), **chances),
            slider("u", about["u"], value=1.0),
            slider("target", about["target"]),
        ],
        presets={
            "Partner certain": {"u": 1.0},
            "Partner in doubt": {"u": 0.6},
            "No partner": {"u": 0.0},
            "Two largest firm": {"probs_with": (0.95, 0.95, 0.6, 0.5, 0.5)},
            "In doubt, target 10": {"u": 0.6, "target": 10.0},
        },
        explanation=(
            "<p>With a certain partner the chance of 15 thousand is 71%; with a partner in doubt (<i>u</i> = 0.6) it is 53%, "
            "without one 27%. The total is then not only lower on average but more spread out: the standard deviation rises "
            "from 5.0 to 6.4, because a shared dependence moves all contributors at once.</p><p>Firming up the two largest "
            "pledges lifts 71% to about 92%: large pledges decide. The worry “without the partner it cannot be done” and "
            "the reply “then aim for less, or make the core firm” are both in this picture.</p>"
        ),
    )
