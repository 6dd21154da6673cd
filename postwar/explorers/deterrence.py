"""Explorers of lesson 4."""

from postwar.explorers.panel import Explorer, slider
from postwar.figures import deterrence as figures
from postwar.models import deterrence, inference
from postwar.models import tripwire as presence


def deterrence_balance(prediction=None):
    """When does a Challenger prefer the status quo, and which input matters how much?"""
    about = deterrence.PARAMETERS
    return Explorer(
        "explore.deterrence_balance",
        prediction=prediction,
        question=(
            "The Challenger attacks at the start. Which of these moves, each a tenth of its slider, is enough on its own "
            "to deter it?"
        ),
        options={
            "q": "Perceived chance of intervention, 0.3 to 0.4",
            "pa": "Chance of success without intervention, 0.6 to 0.5",
            "S": "Size of the punishment, 10 to 20",
            "SQ": "Payoff of the status quo, 5 to 20",
            "several": "More than one of the four",
        },
        draw=figures.deterrence_balance,
        # The four that the prediction names come last, next to the picture.
        controls=[slider(name, about[name]) for name in ("V", "C", "K", "pi", "s", "S", "SQ", "pa", "q")],
        presets={
            "Assurance": {"SQ": 20.0},
            "Credibility": {"q": 0.4},
            "Denial": {"pa": 0.5},
            "Punishment": {"S": 20.0},
        },
        explanation=(
            "<p>Each slider enters the Challenger’s sum with a different weight. A tenth more credibility takes off 6 and "
            "leaves 6 against a status quo of 5: still an attack. A tenth less chance of success takes off 7 and leaves "
            "exactly 5: just deterred. Ten more units of punishment, expected at odds of one half, take off only 5. Assurance "
            "leaves the attack worth 12 and raises what restraint is worth to 20.</p><p>Denial does one thing more: it "
            "lowers the critical credibility <i>q</i>* from 0.42 to 0.30, so that every promise of help goes further. The "
            "numbers are ours; the directions follow from the inequality.</p>"
        ),
    )


def tripwire(prediction=None):
    """How much would a presence of some size deter, through which channel, on which reading of the literature?"""
    about = presence.PARAMETERS
    return Explorer(
        "explore.tripwire",
        prediction=prediction,
        question="Ten thousand foreign troops are placed with the Host. Is the Challenger deterred on both readings?",
        options={
            "both": "Yes, on both readings",
            "schelling": "Only on the Schelling-type reading",
            "reiter-poast": "Only on the Reiter–Poast-type reading",
            "neither": "No, on neither",
        },
        draw=figures.tripwire,
        controls=[
            slider("n", about["n"], value=0.0),
            slider("q1", about["q1"]),
            slider("kappa", about["kappa"]),
            slider("D0", about["D0"]),
            slider("Rf", about["Rf"]),
        ],
        presets={
            "Schelling-type": presence.PRESETS["Schelling-type"],
            "Reiter–Poast-type": presence.PRESETS["Reiter–Poast-type"],
            "Host twice as strong": {"D0": 160.0},
        },
        explanation=(
            "<p>With ten thousand troops the utility of attack falls from 27.5 to −11.1 on the first reading and only to 19.6 "
            "on the second. The balance of forces is the same in both, and so is what denial takes off, 5.2. One number "
            "differs: how credible intervention becomes behind a large presence, <i>q</i><sub>1</sub>. It moves the "
            "threshold from 4.98 to 61.22 thousand.</p><p>The model does not say who is right. It says what evidence would "
            "have to measure. A threshold is what these curves imply, not a recommended size of force. The third preset "
            "shows another route: with these inputs a Host twice as strong needs no foreign troops.</p>"
        ),
    )


def quiet(prediction=None):
    """What does a quiet year, or a record of crises, tell us about deterrence?"""
    about = inference.PARAMETERS
    return Explorer(
        "explore.quiet",
        prediction=prediction,
        question=(
            "Deterrence stops half of those who want to attack, and nothing happened for a year. How sure can you be that "
            "deterrence was at work?"
        ),
        options={
            "ninety": "About 90 per cent: so many years are quiet",
            "fifty": "About 50 per cent: it stops half of them",
            "depends": "It depends on how many wanted to attack",
            "nothing": "Not at all: quiet carries no information",
        },
        draw=figures.quiet,
        controls=[slider(name, about[name]) for name in ("motivated", "d", "g", "t")],
        presets={
            "Challenger rarely wants to attack": {"motivated": 0.2},
            "Challenger mostly wants to attack": {"motivated": 0.8},
            "Stronger general deterrence": {"g": 0.4},
        },
        explanation=(
            "<p>Quiet mixes two kinds of year: those in which somebody was stopped and those in which nobody wanted to. With "
            "one Challenger in five motivated, 11 per cent of quiet is deterrence; with four in five, 67 per cent. Calm "
            "looks the same in both.</p><p>Crises mislead in the other direction. When general deterrence gets stronger "
            "(<i>g</i> from 0.2 to 0.4) the easily stopped no longer appear, so threats in crises succeed less often, 0.33 "
            "after 0.50, while attacks stay at 0.40 and challenges fall from 0.80 to 0.60. A falling success rate can be a "
            "sign of stronger deterrence.</p>"
        ),
    )
