"""Pictures of lesson 8: weights and winners, the worth of information, five rules, published plans, and the whole ledger."""

import numpy as np

from postwar.figures.picture import Picture
from postwar.figures.style import BLUE, CYCLE, DASHES, GREEN, GREY, INK, ORANGE, PALE, SKY, canvas, styled
from postwar.models import decision_tree, deep_uncertainty, mcda

OPTIONS = ("A", "B", "C", "D")
CRITERIA = ("Effect ↑", "Risk ↓", "Cost ↓", "Support ↑", "Months ↓")
STATES = ("restraint", "probing", "large attack")
METHODS = {"weighted_sum": "weighted sum", "topsis": "TOPSIS"}
RULES = {
    "maximin": "maximin",
    "maximax": "maximax",
    "laplace": "Laplace",
    "regret": "minimax regret",
    "expected": "expected value",
    "hurwicz": "Hurwicz",
}
#: Lines only: a hatch of dots makes an SVG of 150 kB, sent anew at every step.
_HATCHES = ("", "///", "\\\\\\", "xxx")
#: One marker per state, so that states are told apart without colour.
_MARKERS = "os^"
_PRIOR = decision_tree.PARAMETERS["prior"].default


def _minus(text):
    return text.replace("-", "−")


@styled
def weights(matrix, method, beside, w1, w2, w3, w4, w5, drop_A, drop_B, drop_C, drop_D):
    """Scores of the options on the list, and how firm they are: over the first weight, or as a tornado of the leader.

    ``beside`` is ``"first"`` or ``"tornado"`` (which always shows the weighted sum).
    """
    kept = [row for row, dropped in enumerate((drop_A, drop_B, drop_C, drop_D)) if not dropped]
    figure, (left, right) = canvas(1, 2, height=3.6, wspace=0.42, left=0.07, right=0.95, bottom=0.16)
    if not kept:
        nothing = dict.fromkeys(("leader", "second", "first_score", "second_score", "share", "rival", "tie")) | {
            "left": 0
        }
        empty = {"option": [], "score": []}
        return Picture(figure, "No option is left on the list. Untick one of the boxes.", empty, nothing)
    table = np.asarray(matrix)[kept]
    names = [OPTIONS[row] for row in kept]
    about = {"matrix": table, "benefit": mcda.PARAMETERS["benefit"].default}
    share = np.array([w1, w2, w3, w4, w5]) / (w1 + w2 + w3 + w4 + w5)
    score = {"weighted_sum": mcda.weighted_sum, "topsis": mcda.topsis}[method]
    scores = score(weights=share, **about)
    order = mcda.ranking(method, weights=share, **about)
    leader = order[0]
    ties = [
        None if row == leader or method == "topsis" else mcda.critical_weight(0, row, leader, weights=share, **about)
        for row in range(len(kept))
    ]
    _score_bars(left, kept, scores, leader)
    left.set_xlabel(f"Score ({METHODS[method]})")
    if beside == "tornado":
        _tornado(right, mcda.tornado(leader, weights=share, **about), names[leader])
    else:
        _over_first_weight(right, kept, score, about, share)
    return Picture(
        figure,
        _weights_sentence(method, names, scores, order, ties, share[0]),
        {
            "option": names,
            "score": scores.tolist(),
            "ties with the leader at a first weight of": ["" if tie is None else tie for tie in ties],
        },
        _leading(names, scores, order, ties, share[0]),
    )


def _leading(names, scores, order, ties, share):
    """Who leads, who follows, and who would overtake if the first weight rose."""
    tie, rival = _overtaking(names, ties, share) or (None, "")
    second = order[1] if len(order) > 1 else None
    return {
        "left": len(order),
        "leader": names[order[0]],
        "first_score": scores[order[0]],
        "second": None if second is None else names[second],
        "second_score": None if second is None else scores[second],
        "share": share,
        "rival": rival,
        "tie": tie,
    }


def _overtaking(names, ties, share):
    """The lowest first weight above ``share`` at which the leader is overtaken, and by whom; None if it never is."""
    return min(
        ((tie, name) for tie, name in zip(ties, names, strict=True) if tie is not None and tie > share + 1e-9),
        default=None,
    )


def _score_bars(ax, kept, scores, leader):
    places = [-row for row in kept]
    bars = ax.barh(places, scores, 0.62, color=[CYCLE[row] for row in kept], edgecolor="white")
    for bar, row in zip(bars, kept, strict=True):
        bar.set_hatch(_HATCHES[row])
    for place, value, row in zip(places, scores, range(len(kept)), strict=True):
        mark = " ◀ leads" if row == leader else ""
        ax.annotate(f"{value:.3f}{mark}", (value, place), (4, 0), textcoords="offset points", va="center", fontsize=9)
    ax.set_yticks(places, [OPTIONS[row] for row in kept])
    ax.set(xlim=(0, 1.32), ylim=(-3.6, 0.6))
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1])
    ax.grid(visible=False, axis="y")
    ax.set_title("Scores of the options")


def _over_first_weight(ax, kept, score, about, share):
    grid = np.linspace(0, 1, 21)
    curves = np.array([score(weights=mcda.reweighted(0, weight, share), **about) for weight in grid])
    for row, curve in zip(kept, curves.T, strict=True):
        ax.plot(grid, curve, color=CYCLE[row], linestyle=DASHES[row], label=OPTIONS[row])
    ax.axvline(share[0], color=INK, linewidth=1, linestyle=":")
    ax.annotate("now", (share[0], 1.03), (3, 0), textcoords="offset points", fontsize=8, color=GREY)
    ax.set(xlim=(0, 1), ylim=(0, 1.1), xlabel="Share of the first weight (effect)")
    ax.legend(loc="lower left", ncols=4, bbox_to_anchor=(-0.04, 1.0), borderaxespad=0.1, columnspacing=1.2)


def _tornado(ax, swings, name):
    places = -np.arange(len(swings))
    cut, raised = (np.array([getattr(swing, end) for swing in swings]) for end in ("low", "high"))
    ends = np.sort([cut, raised], axis=0)
    ax.barh(places, ends[1] - ends[0], 0.6, left=ends[0], color=SKY, hatch="///", edgecolor="white")
    ax.plot(cut, places, "o", color=INK, markersize=5, label="weight cut by half")
    ax.plot(raised, places, "D", color=ORANGE, markersize=6, label="weight raised by half")
    ax.set_yticks(places, CRITERIA)
    middle, reach = ends.mean(), max(0.15, 0.6 * np.ptp(ends))
    ax.set(xlim=(middle - reach, middle + reach), ylim=(-4.6, 0.6))
    ax.set_xlabel(f"Weighted score of {name}")
    ax.grid(visible=False, axis="y")
    ax.legend(loc="lower left", ncols=2, bbox_to_anchor=(-0.3, 1.0), borderaxespad=0.1, fontsize=8, columnspacing=1)


def _weights_sentence(method, names, scores, order, ties, share):
    first = order[0]
    if len(order) == 1:
        return f"Only {names[first]} is left on the list; it leads because nothing is compared with it."
    second = order[1]
    sentence = (
        f"By {METHODS[method]} {names[first]} leads with {scores[first]:.3f}, ahead of {names[second]} with {scores[second]:.3f}; "
        f"the first weight is {share:.2f} of the total."
    )
    if overtaken := _overtaking(names, ties, share):
        tie, name = overtaken
        sentence += f" Raised alone, it makes {name} overtake {names[first]} at {tie:.2f}."
    return sentence


@styled
def information(payoffs, likelihood, sharpness, p1, p2, p3, worth=True):
    """What each action is worth on average, and (with ``worth``) what perfect information or this signal would add.

    The chances ``p1`` to ``p3`` and each row of ``likelihood`` (raised to the power ``sharpness``) are divided by their
    sum, so that moving one of them moves the others in proportion.
    """
    prior = np.array([p1, p2, p3]) / (p1 + p2 + p3)
    chances = np.asarray(likelihood, dtype=float)
    if (chances.sum(axis=1) == 0).any():
        raise ValueError("every state needs a signal that can come: one row of the signal table holds only zeros.")
    chances = np.where(chances > 0, chances, 0.0 if sharpness else 1.0) ** sharpness
    chances /= chances.sum(axis=1, keepdims=True)
    values = decision_tree.ev(payoffs, prior)
    chosen = decision_tree.best_action(payoffs, prior)
    figure, (left, right) = canvas(
        1, 2, height=3.6, width_ratios=[5, 6], wspace=0.28, left=0.1, right=0.96, bottom=0.17
    )
    _action_bars(left, values, chosen)
    sentence = _minus(f"Without information {OPTIONS[chosen]} is best, with an expected value of {values[chosen]:.2f}.")
    numbers = {"action": list(OPTIONS[:3]), "expected value": values.tolist()}
    perfect = decision_tree.evpi(payoffs, prior)
    sample = decision_tree.evsi(payoffs, prior, chances)
    plan = decision_tree.replies(payoffs, prior, chances)
    actions = ["–" if reply.action is None else OPTIONS[reply.action] for reply in plan]
    quantities = {"action": OPTIONS[chosen], "value": values[chosen], "perfect": perfect, "sample": _half_up(sample)}
    quantities |= {f"after_{place}": action for place, action in enumerate(actions, 1)}
    if not worth:
        right.set_axis_off()
        right.annotate("What would it be worth\nto know the state, or to\nhear a signal of it?", (0, 0.6), color=GREY)
        return Picture(figure, sentence, numbers, quantities)
    _meters(right, perfect, sample)
    for place, (reply, action) in enumerate(zip(plan, actions, strict=True)):
        text = f"Signal {place + 1}: comes with {reply.probability:.2f}, then {action} is best"
        right.annotate(text, (0, -1.0 - 0.42 * place), fontsize=9, va="center")
    sentence += (
        f" Perfect information would add {_hundredths(perfect)}, this signal {_hundredths(sample)}: after signals 1, 2 and 3 the "
        f"best action is {actions[0]}, {actions[1]} and {actions[2]}."
    )
    numbers |= {
        "after signal": [1, 2, 3],
        "chance of the signal": [reply.probability for reply in plan],
        "best action then": actions,
        "EVPI": [perfect] * 3,
        "EVSI": [sample] * 3,
    }
    return Picture(figure, sentence, numbers, quantities)


def _half_up(value):
    """Rounded to two digits, a five up as readers expect: 6.025 is 6.03."""
    return float(np.floor(value * 100 + 0.5 + 1e-9) / 100)


def _hundredths(value):
    return f"{_half_up(value):.2f}"


def _action_bars(ax, values, chosen):
    places = np.arange(3)
    bars = ax.bar(places, values, 0.6, color=[CYCLE[place] for place in places], edgecolor="white")
    for bar, hatch in zip(bars, _HATCHES, strict=False):
        bar.set_hatch(hatch)
    reach = max(40, 1.3 * np.abs(values).max())  # one for all presets
    for place, value in zip(places, values, strict=True):
        ax.annotate(
            _minus(f"{value:.2f}"),
            (place, value),
            (0, 3 if value >= 0 else -3),
            textcoords="offset points",
            ha="center",
            va="bottom" if value >= 0 else "top",
            fontsize=9,
        )
    ax.axhline(0, color=INK, linewidth=1)
    ax.set_xticks(places, [f"{name}\nbest now" if place == chosen else name for place, name in enumerate(OPTIONS[:3])])
    ax.set(ylim=(-reach, reach), ylabel="Expected value")
    ax.grid(visible=False, axis="x")
    ax.set_title("Acting on what we know")


def _meters(ax, perfect, sample):
    reach = max(20, 1.2 * perfect)
    ax.barh([1, 0], [perfect, sample], 0.55, color=[GREEN, BLUE], hatch="", edgecolor="white")
    ax.patches[1].set_hatch("///")
    for place, value, name in ((1, perfect, "perfect information (EVPI)"), (0, sample, "this signal (EVSI)")):
        ax.annotate(f"{_hundredths(value)}  {name}", (0, place + 0.34), fontsize=9, va="bottom")
    ax.set(xlim=(0, reach), ylim=(-2.1, 1.8), yticks=[])
    ax.spines["left"].set_visible(False)
    ax.set_xlabel("Added to the best expected value")
    ax.set_title("Worth of knowing more")


@styled
def decision_rules(payoffs, extra, add, rule, optimism, compare=True):
    """Payoffs (or regrets) of each option by state, and what one rule (with ``compare``: six) chooses from the table."""
    table = np.array([*payoffs, extra] if add else payoffs, dtype=float)
    names = OPTIONS[: len(table)]
    choices = _choices(table, optimism)
    index, value = choices[rule]
    quantities = {key: names[choice[0]] for key, choice in choices.items() if key != "hurwicz"}
    different = len(set(quantities.values()))
    # Zero is written without a sign.
    quantities |= {"pick": names[index], "value": round(float(value), 2) + 0.0, "different": different}
    choices = choices if compare else {rule: choices[rule]}
    shown = deep_uncertainty.regret_matrix(table) if rule == "regret" else table
    figure, (left, right) = canvas(
        1, 2, height=3.6, width_ratios=[6, 5], wspace=0.08, left=0.09, right=0.98, bottom=0.16, top=0.86
    )
    places = -np.arange(len(table))
    left.hlines(places, shown.min(axis=1), shown.max(axis=1), color=GREY, linewidth=1.5)
    left.axhspan(places[index] - 0.42, places[index] + 0.42, color=PALE, linewidth=0)
    for state, (name, marker) in enumerate(zip(STATES, _MARKERS, strict=True)):
        left.plot(shown[:, state], places, marker, color=CYCLE[state], markersize=9, label=name)
    left.set_yticks(places, names)
    left.get_yticklabels()[index].set_fontweight("bold")
    reach = 1.08 * max(1, np.abs(shown).max())
    left.set(xlim=(-0.05 * reach if rule == "regret" else -reach, reach), ylim=(-3.6, 0.6))
    left.set_xlabel("Regret" if rule == "regret" else "Payoff")
    left.grid(visible=False, axis="y")
    left.legend(loc="lower left", ncols=3, bbox_to_anchor=(-0.06, 1.0), borderaxespad=0.2, columnspacing=1)
    _verdicts(right, names, choices, rule, optimism)
    sentence = _minus(
        f"{RULES[rule][0].upper()}{RULES[rule][1:]} chooses {names[index]} ({_measure(rule, optimism)} {_short(value)})."
    )
    if compare:
        listed = ", ".join(f"{RULES[key]} {names[choices[key][0]]}" for key in RULES if key != "hurwicz")
        sentence += f" The five rules: {listed}."
    if rule == "hurwicz":
        sentence += _switches(table, names, optimism)
    return Picture(
        figure,
        sentence,
        {
            "rule": [RULES[key] for key in choices],
            "choice": [names[choice[0]] for choice in choices.values()],
            "value": [float(choice[1]) for choice in choices.values()],
        },
        quantities,
    )


def _choices(table, optimism):
    values = decision_tree.ev(table, _PRIOR)
    best = decision_tree.best_action(table, _PRIOR)
    return {
        "maximin": deep_uncertainty.maximin(table),
        "maximax": deep_uncertainty.maximax(table),
        "laplace": deep_uncertainty.laplace(table),
        "regret": deep_uncertainty.minimax_regret(table),
        "expected": (best, values[best]),
        "hurwicz": deep_uncertainty.hurwicz(table, optimism),
    }


def _short(value):
    return f"{value:.2f}".rstrip("0").rstrip(".").replace("-0", "0" if abs(value) < 0.005 else "-0")


def _measure(rule, optimism):
    return {
        "maximin": "worst case",
        "maximax": "best case",
        "laplace": "plain mean",
        "regret": "largest regret",
        "expected": "expected value",
        "hurwicz": f"optimism {optimism:.2f}, value",
    }[rule]


def _verdicts(ax, names, choices, rule, optimism):
    ax.set(xlim=(0, 1), ylim=(-5.6, 0.6))
    ax.set_axis_off()
    ax.set_title("What each rule chooses" if len(choices) > 1 else "What the rule chooses")
    for place, (key, (index, value)) in enumerate(choices.items()):
        label = f"{RULES[key]} ({optimism:.2f})" if key == "hurwicz" else RULES[key]
        weight = "bold" if key == rule else "normal"
        if key == rule:
            ax.axhspan(-place - 0.42, -place + 0.42, color=PALE, linewidth=0)
        for x, text in ((0.04, label), (0.62, names[index]), (0.96, _minus(_short(value)))):
            side = "right" if x > 0.9 else "left"
            ax.annotate(text, (x, -place), va="center", ha=side, fontsize=10, weight=weight, color=INK)


def _switches(table, names, optimism):
    """Where the Hurwicz choice changes, found among the tie points of all pairs."""
    count = len(table)
    ties = {deep_uncertainty.hurwicz_switch(table, i, j) for i in range(count) for j in range(i)} - {None}
    changes = []
    for tie in sorted(ties):
        before, after = (
            deep_uncertainty.hurwicz(table, float(np.clip(tie + step, 0, 1))).index for step in (-1e-6, 1e-6)
        )
        if before != after:
            changes.append(f"from {names[before]} to {names[after]} at {tie:.3f}")
    return f" The Hurwicz choice changes {' and '.join(changes)}." if changes else " The Hurwicz choice never changes."


@styled
def published_plans(plans):
    """Weighted score of each plan over the weight of the first column, a benefit; the other columns are costs.

    ``plans`` is a DataFrame with one row per plan; the weight that is left is shared equally among the costs.
    """
    table = plans.to_numpy(dtype=float)
    columns = table.shape[1]
    grid = np.linspace(0, 1, 101)
    curves = np.array(
        [
            mcda.weighted_sum(
                table, [weight] + [(1 - weight) / (columns - 1)] * (columns - 1), [1] + [0] * (columns - 1)
            )
            for weight in grid
        ]
    )
    figure, ax = canvas(right=0.78)
    for place, (name, curve) in enumerate(zip(plans.index, curves.T, strict=True)):
        ax.plot(grid, curve, color=CYCLE[place], linestyle=DASHES[place])
        ax.annotate(str(name), (1.02, curve[-1]), va="center", fontsize=9, annotation_clip=False)
    ax.set(xlim=(0, 1), ylim=(0, 1), xlabel=f"Weight on “{plans.columns[0]}”", ylabel="Weighted score")
    leads = [curve.max() - curve < 1e-9 for curve in curves]
    sole = [names for names in (plans.index[lead] for lead in leads) if len(names) == 1]
    winners = list(dict.fromkeys(names[0] for names in sole))
    others = [str(name) for name in plans.index if name not in winners]
    way = " to ".join(str(name) for name in winners)
    sentence = f"From no weight on “{plans.columns[0]}” to full weight the lead goes from {way}"
    tied = grid[[len(names) > 1 for names in (plans.index[lead] for lead in leads)]]
    sentence += f", with a tie at {tied[0]:.2f}" if len(tied) else ""
    sentence += f"; {' and '.join(others)} never lead." if others else "."
    return Picture(
        figure,
        sentence,
        {"weight": grid.tolist()} | {str(n): c.tolist() for n, c in zip(plans.index, curves.T, strict=True)},
    )


@styled
def ledger(claims):
    """Verdicts on the article's claims, by the lesson that examines them; ``claims`` is ``load("claims")``."""
    counts = claims.groupby("lesson")["verdict"].value_counts().unstack(fill_value=0)
    verdicts = ["supports", "qualifies", "cannot settle"]
    figure, ax = canvas(height=3.2, left=0.10, right=0.96, bottom=0.17)
    start = np.zeros(len(counts))
    for verdict, color, hatch in zip(verdicts, (BLUE, ORANGE, GREY), ("", "///", "xxx"), strict=True):
        ax.barh(
            counts.index, counts[verdict], 0.7, left=start, color=color, hatch=hatch, edgecolor="white", label=verdict
        )
        start += counts[verdict].to_numpy()
    ax.set_yticks(counts.index)
    ax.set(ylim=(counts.index.max() + 0.6, counts.index.min() - 0.6), xlabel="Claims of the article", ylabel="Lesson")
    ax.grid(visible=False, axis="y")
    ax.legend(loc="lower left", ncols=3, bbox_to_anchor=(0, 1.0), borderaxespad=0.2)
    totals = claims["verdict"].value_counts()
    sentence = (
        f"Of {len(claims)} claims the record supports {totals['supports']} and qualifies {totals['qualifies']}; "
        f"{totals['cannot settle']} it cannot settle, and {totals.get('contradicts', 0)} it contradicts."
    )
    return Picture(figure, sentence, {"lesson": counts.index.tolist()} | {v: counts[v].tolist() for v in verdicts})
