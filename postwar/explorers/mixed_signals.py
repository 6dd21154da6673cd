"""Explorers of lesson 7."""

from postwar.explorers.panel import Explorer, choice, slider, switch
from postwar.figures import mixed_signals as figures
from postwar.models import bayes_signals
from postwar.models import cheap_talk as talk
from postwar.models import costly_signals as signalling


def costly_signals(prediction=None):
    """Which cost would a resolute sender pay and an irresolute one not?"""
    about = signalling.PARAMETERS
    return Explorer(
        "explore.costly_signals",
        prediction=prediction,
        question="Both types may send a costly signal to be believed resolute. At which cost does only the resolute type send?",
        options={"5": "At 5", "15": "At 15", "40": "At 40", "highest": "The higher the cost, the better"},
        draw=figures.costly_signals,
        controls=[
            slider("k", about["k"], value=5.0),
            slider("a", about["a"]),
            # being believed resolute always helps here: the two ranges of yielding do not overlap
            slider("bH", about["bH"], low=0.55),
            slider("bL", about["bL"], high=0.5),
            slider("vL", about["vL"], low=5, high=50),
            slider("vH", about["vH"], low=50),
            slider("fH", about["fH"], low=0, high=50),
            switch("window", "Show the separating costs"),
        ],
        presets={
            "A moderate cost": {"k": 15.0},
            "A high cost": {"k": 40.0},
            "Content to fight": {"k": 15.0, "fH": 45.0, "window": True},
            "A threat rarely tested": {"k": 15.0, "bH": 0.95, "window": True},
        },
        explanation=(
            "<p>At 5 both types send, at 15 only the resolute, at 40 neither. The window runs from what being believed is "
            "worth to the irresolute (0.6 × 20 = 12) to what it is worth to the resolute (0.6 × 50 = 30). Separation needs a "
            "difference in willingness, not a high price.</p><p>Raise the resolute type’s payoff of fighting from 10 "
            "to 45 and the window, from 12 to 9, is empty: a sender who is content to fight gains little from being "
            "believed.</p><p>Tied hands cost nothing unless the bluff is called. The more readily the other side yields, "
            "the less often that happens, and the larger the penalty must be: 120 at a chance of yielding of 0.90 and 260 at 0.95. "
            "Fighting would cost the irresolute type 150, so that beyond this it would rather fight than back down, and no "
            "penalty tells the types apart.</p>"
        ),
    )


def cheap_talk(prediction=None):
    """How many different statements survive when words are free?"""
    return Explorer(
        "explore.cheap_talk",
        prediction=prediction,
        question="Words cost nothing, and the speaker would like the listener to act a little higher (bias 0.05). How many different statements survive?",
        options={"1": "One: talk is cheap", "3": "Three", "7": "Seven", "20": "Twenty, one for each step of 0.05"},
        draw=figures.cheap_talk_intervals,
        controls=[slider("b", talk.PARAMETERS["b"], value=0.01)],
        presets={"A little apart": {"b": 0.05}, "Further apart": {"b": 0.10}, "Far apart": {"b": 0.25}},
        explanation=(
            "<p>At a bias of 0.01 seven statements survive, at 0.05 three, at 0.10 two and at 0.25 one, which says nothing. "
            "The intervals widen upwards: since the speaker leans that way, high claims are the vaguest.</p><p>Close "
            "partners can talk in fine shades and rivals cannot. Public words are heard by both at once, which is one reason "
            "why they stay vague.</p>"
        ),
    )


def counting_allies(prediction=None):
    """How far should three allies’ signals move a belief, if they may be echoes of one another?"""
    about = bayes_signals.PARAMETERS
    return Explorer(
        "explore.counting_allies",
        prediction=prediction,
        question=(
            "Which raises the belief in resolve more: three firm voices that may be echoes of one source (chance 0.5), "
            "or two firm and one soft that are clearly separate?"
        ),
        options={"three": "Three that may be echoes", "two": "Two firm and one soft", "same": "Both equally"},
        draw=_counting,
        controls=[
            choice(
                "view", "Signals", {"firm": "firm or soft, from three allies", "scale": "on a scale, from two allies"}
            ),
            slider("firm", about["firm"], high=3),
            slider("r", about["r"], value=0.0),
            slider("prior", about["prior"], low=0.05, high=0.95),
            slider("t", about["t"], low=0.05, high=0.95),
            slider("f", about["f"], low=0.05, high=0.95),
            slider("rho", about["rho"], value=0.0, label="On a scale: correlation of the noise (ρ)"),
            slider("first", about["signals"], value=61.0, label="On a scale: first signal"),
            slider("second", about["signals"], value=59.0, label="On a scale: second signal"),
        ],
        presets={
            "Three firm, perhaps echoes": {"r": 0.5},
            "Two firm, one soft": {"firm": 2},
            "All debate alike": {"firm": 2, "t": 0.6, "f": 0.6},
            "Close together": {"view": "scale"},
            "Far apart": {"view": "scale", "first": 80.0, "second": 40.0},
        },
        explanation=(
            "<p>Three firm signals lift the belief from 0.40 to 0.84 if they are independent, to 0.65 if they may be echoes, "
            "and to 0.57 if they surely are: unanimity is discounted. Two firm and one soft give 0.47 whatever the chance of "
            "an echo, because dissent proves that the sources are separate.</p><p>On the scale (61, 59) and (80, 40) give the "
            "same belief, 57.80 with variance 87.80. Disagreement by itself adds no doubt when the reliability of the "
            "sources is known; it does when it is not.</p><p>Set both chances of a firm signal equal: then no signal says "
            "anything, however many there are.</p>"
        ),
    )


def _counting(view, firm, r, prior, t, f, rho, first, second):
    if view == "scale":
        return figures.on_a_scale(rho, first, second)
    return figures.firm_or_soft(prior, t, f, r, firm)
