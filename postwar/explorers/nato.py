"""Explorers of lesson 5."""

from postwar.explorers.panel import Explorer, numbers, slider, switch
from postwar.figures import nato as figures
from postwar.models import burden_sharing as sharing
from postwar.models import veto_players
from postwar.models import voting_power as votes


def voting_power(prediction=None):
    """How do votes turn into power, and what does a higher quota do to the chance of acting at all?"""
    about = votes.PARAMETERS
    return Explorer(
        "explore.voting_power",
        prediction=prediction,
        question=(
            "Six members have 4, 4, 4, 2, 2 and 1 votes. At which of these quotas does the member with one vote have any power?"
        ),
        options={
            "ten": "At 10 votes",
            "thirteen": "At 13 votes",
            "fourteen": "At 14 votes",
            "sixteen": "At 16 votes",
            "none": "At none of them: one vote in 17 is too few",
        },
        draw=figures.power,
        controls=[
            numbers(
                "weights",
                tuple(float(weight) for weight in about["weights"].default),
                rows=("Votes",),
                columns=tuple(figures.MEMBERS),
                low=0,
                high=10,
            ),
            slider("quota", about["quota"], high=60),
        ],
        presets={
            "More than half: 9": {"quota": 9},
            "The rule of 1958: 12": {"quota": 12},
            "Consensus: 17": {"quota": 17},
        },
        explanation=(
            "<p>All other weights are even, so the votes of the others always add up to an even number. At an even quota a "
            "single vote can never turn a failing side into a passing one: the smallest member’s index is 0 at 10, 12, 14 and "
            "16. At every odd quota it is positive. Weight is not power.</p><p>Consensus (17) gives each member one sixth of "
            "the power, whatever its weight, and only 1 of 64 patterns passes: the power to act falls from 0.500 at a quota of "
            "9 over 0.219 at 12 to 0.016. That is the benchmark for members who decide without talking to each other. "
            "Consultation exists because of it.</p>"
        ),
    )


def winset(prediction=None):
    """Which changes would every member accept, and what does one more member do to them?"""
    about = veto_players.PARAMETERS
    members = zip("abcd", (6.0, 8.0, 9.0, 2.0), strict=True)
    return Explorer(
        "explore.winset",
        prediction=prediction,
        question=(
            "Three members would like a commitment of 6, 8 and 9; the status quo is 2. A fourth joins who is content with 2. "
            "If all must agree, what is left?"
        ),
        options={
            "nothing": "No change at all",
            "half": "Changes up to 6, the next most cautious",
            "shorter": "The same changes, but smaller ones",
            "same": "Everything that was possible before",
        },
        draw=figures.winset,
        controls=[
            *(
                control
                for name, ideal in members
                for control in (
                    slider(name, about["ideals"], value=ideal, label=f"Ideal of {name.upper()}"),
                    switch(f"in_{name}", f"{name.upper()} must agree", name != "d"),
                )
            ),
            slider("sq", about["sq"], label="Status quo"),
        ],
        presets={
            "A cautious member joins": {"d": 2.0, "in_d": True},
            "A middle member joins": {"d": 7.0, "in_d": True},
            "The two firmest act alone": {"in_a": False},
        },
        explanation=(
            "<p>Everything between 2 and 10 suits the first three: the member at 6 is indifferent at 10, as far above its ideal "
            "as 2 is below. A fourth member at 2 dislikes every move, so the room is empty. A fourth member at 7 changes nothing: "
            "it lies between the others and is absorbed.</p><p>The most reluctant member binds, those in the middle do not. "
            "To untick a member is the coalition route. It can open wide room, and it takes that member’s forces, bases and "
            "money out of the plan, which this line does not show.</p>"
        ),
    )


def burden_sharing(prediction=None):
    """Who pays for security that all enjoy, and what does the spread of incomes change?"""
    about = sharing.PARAMETERS
    return Explorer(
        "explore.burden_sharing",
        prediction=prediction,
        question=(
            "Three allies with incomes of 60, 55 and 50 all contribute. Five units of income move from the richest to the middle "
            "one. What happens to the total?"
        ),
        options={"falls": "It falls", "same": "It stays the same", "rises": "It rises"},
        draw=figures.burden,
        controls=[
            numbers(
                "incomes",
                (*about["incomes"].default, 0.0, 0.0),
                rows=("Income",),
                columns=tuple(f"Ally {name}" for name in "ABCDE"),
                low=0,
                high=200,
                step=5,
            ),
            slider("alpha", about["alpha"]),
        ],
        presets={
            "Five units move": {"incomes": (55.0, 60.0, 50.0, 0.0, 0.0)},
            "One large ally": {"incomes": (100.0, 40.0, 30.0, 20.0, 10.0), "alpha": 0.3},
            "Five equal allies": {"incomes": (40.0,) * 5, "alpha": 0.3},
        },
        explanation=(
            "<p>The total stays at 30: the contributions 15, 10 and 5 just change hands. Among allies who all contribute, only the "
            "<em>sum</em> of their incomes counts. Corners break this: with incomes of 100, 40, 30, 20 and 10 and a taste of 0.3 "
            "the largest ally gives 30 of an efficient 60 and the others nothing. What it gives is enough for them, given what "
            "they would rather do with their money.</p><p>Nobody has broken a promise in this picture. Whether the result is "
            "<em>fair</em> is a further question that needs a criterion, such as ability to pay, benefit or exposure, and the "
            "model holds none.</p>"
        ),
    )
