"""Explorers of lesson 8."""

from postwar.explorers.panel import Explorer, choice, numbers, slider, switch
from postwar.figures import looking_ahead as figures
from postwar.models import decision_tree, deep_uncertainty, mcda


def weights(prediction=None):
    """Which option comes first, and does it survive another method, another list, another weight?"""
    about = mcda.PARAMETERS
    signs = ("More effect", "Less risk", "Less cost", "More support", "Fewer months")
    return Explorer(
        "explore.weights",
        prediction=prediction,
        question=(
            "Four options are scored on five criteria, and the weighted sum puts C first. The same scores and weights go "
            "into another method, TOPSIS. Does C stay first?"
        ),
        options={
            "stays": "Yes: the scores and weights decide, not the method",
            "closest": "No: the option closest behind it, B, takes over",
            "effect": "No: D does, for it has the most effect",
        },
        draw=figures.weights,
        controls=[
            choice("method", "Method", figures.METHODS),
            *(
                slider(f"w{place}", about["weights"], value=weight, low=0.01, label=f"Weight {place}: {sign.lower()}")
                for place, (sign, weight) in enumerate(zip(signs, about["weights"].default, strict=True), 1)
            ),
            *(switch(f"drop_{name}", f"Drop option {name}") for name in figures.OPTIONS),
            choice(
                "beside",
                "Beside the scores",
                {"first": "the first weight", "tornado": "tornado of leader"},
            ),
            numbers(
                "matrix",
                about["matrix"].default,
                rows=figures.OPTIONS,
                columns=figures.CRITERIA,
                low=0,
                high=100,
            ),
        ],
        presets={
            "Effect counts most": {"w1": 0.6, "w2": 0.12, "w3": 0.09, "w4": 0.13, "w5": 0.06},
            "Risk counts most": {"w1": 0.15, "w2": 0.6, "w3": 0.08, "w4": 0.12, "w5": 0.05},
            "Cost counts most": {"w1": 0.17, "w2": 0.1, "w3": 0.6, "w4": 0.09, "w5": 0.04},
        },
        explanation=(
            "<p>C (0.650) is just ahead of B (0.637); TOPSIS puts B first. Drop C, which changes nothing about B and D, and the "
            "weighted sum ranks D (0.567) above B (0.560): every column is scaled anew, and a list without C is another "
            "scale. Raise the first weight alone: B overtakes C at 0.36, and D overtakes B at 0.51. A passes C at 0.50 and B at "
            "0.70 but never leads.</p><p>The margins are thin, and they depend on list, scale and method. So report the weight "
            "at which the result changes, not only the rank. The options have letters and no names: whoever fills the table "
            "in must defend each number.</p>"
        ),
    )


def information(prediction=None):
    """How much would it be worth to know more before choosing?"""
    about = decision_tree.PARAMETERS
    return Explorer(
        "explore.information",
        prediction=prediction,
        question="Without information the best expected value is 1.5. How much would perfect foresight add on average?",
        options={"five": "About 5", "ten": "About 10", "fifteen": "About 15"},
        draw=figures.information,
        controls=[
            switch("worth", "Show what information is worth"),
            slider(
                "sharpness",
                about["prior"],
                value=1.0,
                high=4,
                step=0.1,
                label="Sharpness of the signal (0 says nothing)",
            ),
            *(
                slider(f"p{place}", about["prior"], value=chance, low=0.01, step=0.01, label=f"Chance of {state}")
                for place, (state, chance) in enumerate(zip(figures.STATES, about["prior"].default, strict=True), 1)
            ),
            numbers(
                "payoffs",
                about["payoffs"].default,
                rows=[f"Payoff of {name}" for name in figures.OPTIONS[:3]],
                columns=[state.capitalize() for state in figures.STATES],
                low=-200,
                high=200,
                step=5,
            ),
            numbers(
                "likelihood",
                about["likelihood"].default,
                rows=[f"In {state}" for state in figures.STATES],
                columns=("Signal 1", "Signal 2", "Signal 3"),
                low=0,
                high=1,
                step=0.05,
            ),
        ],
        presets={
            "A signal that says nothing": {"worth": True, "sharpness": 0.0},
            "A sharper signal": {"worth": True, "sharpness": 2.0},
            "Restraint almost certain": {"worth": True, "p1": 0.97, "p2": 0.02, "p3": 0.01},
            "Large attack more likely": {"worth": True, "p1": 0.2, "p2": 0.3, "p3": 0.5},
        },
        explanation=(
            "<p>With foresight one would take A in restraint (20), B in probing (10) and C in a large attack (15): "
            "0.5 × 20 + 0.3 × 10 + 0.2 × 15 = 16, which is 14.5 more than 1.5. The default signal is worth 6.03, because "
            "after its three readings the best action is A, B and C in turn. A signal whose rows are all equal is worth 0: it "
            "leads to the same action whatever it says.</p><p>The value comes from <em>changing the action</em>, not from a "
            "better belief. And the tree takes the chances as given. If the Challenger reacts to the option chosen, each "
            "option has chances of its own, and the tree is no longer enough: lesson 4’s model takes its place.</p>"
        ),
    )


def decision_rules(prediction=None):
    """What do five rules for choosing without agreed probabilities make of one table?"""
    about = deep_uncertainty.PARAMETERS
    return Explorer(
        "explore.decision_rules",
        prediction=prediction,
        question=(
            "Three options, three states, one table. Maximin, maximax, Laplace, minimax regret and expected value each choose. "
            "How many different options do they choose between them?"
        ),
        options={"one": "One: a good option is good by any rule", "two": "Two", "three": "All three"},
        draw=figures.decision_rules,
        controls=[
            choice("rule", "Rule", figures.RULES),
            switch("compare", "Show what all rules choose"),
            slider("optimism", about["optimism"]),
            switch("add", "Add option D"),
            numbers(
                "payoffs",
                about["payoffs"].default,
                rows=[f"Payoff of {name}" for name in figures.OPTIONS[:3]],
                columns=[state.capitalize() for state in figures.STATES],
                low=-200,
                high=200,
                step=5,
            ),
            numbers(
                "extra",
                (60.0, -40.0, -80.0),
                rows=("Payoff of D",),
                columns=[state.capitalize() for state in figures.STATES],
                low=-200,
                high=200,
                step=5,
                needs="add",
            ),
        ],
        presets={
            "Hurwicz, hopeful": {"rule": "hurwicz", "optimism": 0.95},
            "Hurwicz, wary": {"rule": "hurwicz", "optimism": 0.05},
            "Regret, with D added": {"rule": "regret", "add": True},
        },
        explanation=(
            "<p>Maximin chooses C, maximax A, Laplace C, minimax regret C, expected value (with chances 0.5, 0.3 and 0.2) B. "
            "Hurwicz changes from C to A at an optimism of 0.909. Add D = (60, −40, −80), which neither maximin nor Laplace "
            "would choose, and minimax regret moves from C to B: D’s 60 makes everybody regret more in the first state.</p>"
            "<p>Each rule is the attitude of someone reasonable. None is prudence itself. Commit to a rule, with a reason, "
            "<em>before</em> you look at what it chooses; choosing the rule afterwards is advocacy.</p>"
        ),
    )
