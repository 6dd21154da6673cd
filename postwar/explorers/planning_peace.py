"""Explorers of lesson 1."""

from postwar.explorers.panel import Explorer, slider, switch
from postwar.figures import planning_peace as figures
from postwar.models import bargaining
from postwar.models import peace_duration as duration
from postwar.models import selection as hard_cases


def bargaining_range(prediction=None):
    """Which divisions do both sides prefer to war, and what do power, costs and uncertainty change?"""
    about = bargaining.PARAMETERS
    return Explorer(
        "explore.bargaining_range",
        prediction=prediction,
        question="The chance that A wins rises from 0.5 to 0.7, and the costs stay the same. What happens to the range?",
        options={"wider": "It gets wider", "narrower": "It gets narrower", "moves": "It moves, as wide as before"},
        draw=figures.bargaining_range,
        controls=[
            slider("p", about["p"]),
            slider("cA", about["cA"], value=0.10),
            slider("cB", about["cB"], value=0.15),
            switch("private", "A does not know B’s cost"),
            slider("hi", about["hi"], value=0.4, low=0.05),
        ],
        presets={"A stronger": {"p": 0.7}, "B stronger": {"p": 0.3}, "A very strong": {"p": 0.95}},
        explanation=(
            "<p>Power says <em>where</em> the deals lie, costs say <em>how much room</em> there is, and what one side does "
            "not know about the other makes the <em>risk</em>. Between 0.5 and 0.7 the range moves by 0.2 and stays 0.25 "
            "wide; at 0.95 the end of the line cuts it to 0.15. With private costs the risk of war stays at 0.375 while "
            "<i>p</i> rises: A demands more, and B is ready to give as much more.</p><p>If <i>p</i> moves fast, "
            "yesterday’s deal can lie outside today’s range. Lesson 6 starts there.</p>"
        ),
    )


def peace_duration(prediction=None):
    """How much longer does peace last when the rate of failure is cut?"""
    about = duration.PARAMETERS
    return Explorer(
        "explore.peace_duration",
        prediction=prediction,
        question="Outside presence halves the rate of failure (hazard ratio 0.5). Does the median peace last twice as long?",
        options={"yes": "Yes, exactly twice", "more": "It can be more than twice", "less": "Always less than twice"},
        draw=figures.peace_duration_curve,
        controls=[
            slider("lam", about["lam"], value=0.12),
            slider("k", about["k"], value=1.0),
            slider("HR", about["HR"], value=1.0, label="Hazard ratio of outside presence (HR; 1 is no effect)"),
            slider("horizon", about["t"], value=5, low=1, high=20, step=1, label="Horizon of the comparison (years)"),
            switch("example", "Add 16 invented ceasefires"),
        ],
        presets={
            "Constant hazard, halved": {"HR": 0.5},
            "Falling hazard, halved": {"k": 0.6, "HR": 0.5},
            "Rising hazard, halved": {"k": 1.5, "HR": 0.5},
        },
        explanation=(
            "<p>The median is multiplied by <i>HR</i> to the power −1/<i>k</i>. With a constant hazard (<i>k</i> = 1) half "
            "the rate means twice the time: 5.78 years become 11.55. With a falling hazard (<i>k</i> = 0.6) the same cut "
            "multiplies the median by 3.17, from 4.52 to 14.36 years, because those who survive the early danger face "
            "little of it later.</p><p>So a “reduction by half” says nothing until you know: of the rate or of the risk, "
            "and over which horizon?</p>"
        ),
    )


def selection(prediction=None):
    """What does a raw comparison show when help goes to the hard cases?"""
    about = hard_cases.PARAMETERS
    return Explorer(
        "explore.selection",
        prediction=prediction,
        question="Presence truly cuts the rate of failure by 40 per cent. Can a raw comparison make it look harmful?",
        options={"yes": "Yes, it can", "no": "No, at worst it looks useless", "sample": "Only in a small sample"},
        draw=figures.selection_bars,
        controls=[
            slider("eh", about["eh"], value=0.5),
            slider("ee", about["ee"], value=0.5),
            slider("lh", about["lh"], value=0.30),
            slider("le", about["le"], value=0.05),
            slider("HR", about["HR"], value=0.6, label="True hazard ratio of presence (HR; 1 is no effect)"),
        ],
        presets={"Help goes to hard cases": {"eh": 0.8, "ee": 0.2}, "Help goes to easy cases": {"eh": 0.2, "ee": 0.8}},
        explanation=(
            "<p>Where presence is as likely in hard as in easy cases, the raw and the like-with-like comparison agree. Send it "
            "mostly to hard cases (0.8 against 0.2) and the raw difference turns to +0.170 although presence helps in both "
            "kinds of case: like with like it is −0.133. Send it to easy cases and the raw comparison flatters it.</p>"
            "<p>The bias has the sign of (difference in assignment) × (difference in risk). It can go either way, so a raw "
            "comparison is no argument for anyone until you know who got help.</p>"
        ),
    )
