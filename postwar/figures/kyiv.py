"""Pictures of lesson 6: shifting power, several guarantors, monitoring, real promises, and how often promises were kept."""

import numpy as np

from postwar.figures.picture import Picture
from postwar.figures.style import BLUE, GREEN, GREY, INK, ORANGE, SKY, VERMILION, canvas, styled
from postwar.models import commitment, guarantees, monitoring

_PLATE = {"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.85}
_MARK = {"markersize": 9, "linestyle": "none", "clip_on": False, "zorder": 5}


@styled
def shifting_power(p1, p2, cB, delta, g, mode="flow", rising="Challenger"):
    """The declining side's gain from fighting now, over a guarantee's credibility (Fearon 1995; with a course extension)."""
    declining = {"Challenger": "Host", "Host": "Challenger"}[rising]
    reduction = commitment.PARAMETERS["reduction"].default
    guarded = max(0.0, p2 - g * reduction)
    game = {"p1": p1, "p2": p2, "cB": cB, "delta": delta, "mode": mode}
    figure, (left, right) = canvas(1, 2, width_ratios=[2, 3], wspace=0.42, bottom=0.17)
    bars = left.bar([0, 1, 2], [p1, p2, guarded], 0.66, color=[GREY, VERMILION, GREEN])
    for bar, hatch, value in zip(bars, ("", "///", "---"), (p1, p2, guarded), strict=True):
        bar.set(hatch=hatch, edgecolor="white")
        left.annotate(f"{value:.2f}", (bar.get_x() + 0.33, value), ha="center", va="bottom", fontsize=9)
    left.set_xticks([0, 1, 2], ["now", "later", "later,\nguarded"])
    left.set(ylim=(0, 1.12), yticks=[0, 0.5, 1], ylabel="Chance that the rising side wins")
    left.set_title(f"{rising} rising")
    left.grid(visible=False, axis="x")

    credibility = np.linspace(0, 1, 51)
    margin = commitment.war_margin(**game)
    left_over = commitment.guarded_margin(**game, reduction=reduction, g=g)
    needed = commitment.g_min(**game, reduction=reduction)
    right.axhspan(0, 1, color=VERMILION, alpha=0.08, linewidth=0)
    right.axhline(0, color=INK, linewidth=1, linestyle="-")
    right.plot(
        credibility, commitment.guarded_margin(**game, reduction=reduction, g=credibility), color=GREEN, linestyle="-"
    )
    right.plot(0, np.clip(margin, -1, 1), marker="s", color=VERMILION, label="no guarantee", **_MARK)
    right.plot(g, np.clip(left_over, -1, 1), marker="o", color=GREEN, label="this guarantee", **_MARK)
    right.annotate(f"{declining} fights now", (0.97, 0.95), ha="right", va="top", fontsize=9, color=INK)
    right.annotate(f"{declining} waits", (0.97, -0.94), ha="right", fontsize=9, color=INK)
    right.set(
        xlim=(0, 1),
        ylim=(-1, 1),
        xticks=[0, 0.5, 1],
        yticks=[-1, 0, 1],
        xlabel="Credibility of the guarantee",
        ylabel="War margin",
    )
    right.legend(loc="upper right", bbox_to_anchor=(1.02, 1.13), ncols=2, columnspacing=1, handlelength=1.6)

    sentence = _temptation(declining, margin, left_over, needed, g)
    if left_over > 0 and commitment.later_war_value(guarded, cB, delta, mode) < 0:
        sentence += (
            f" (Later war would be worth less than nothing to the {declining}: the model overstates the temptation.)"
        )
    quantities = {
        "war margin": margin,
        "war margin with the guarantee": left_over,
        "later chance above which it fights": commitment.p2_crit(p1, cB, delta, mode),
        "credibility needed": "more than 1" if needed is None else needed,
    }
    named = {"declining": declining, "margin": margin, "left_over": left_over, "reduction": reduction}
    named |= {
        "p2_crit": quantities["later chance above which it fights"],
        "enough": needed is not None,
        "needed": needed,
    }
    return Picture(figure, sentence, {"quantity": list(quantities), "value": list(quantities.values())}, named)


def _temptation(declining, margin, left_over, needed, g):
    if margin <= 1e-9:
        return f"The war margin is {_signed(margin)}: the {declining} would rather wait than fight now, without any guarantee."
    sentence = f"The war margin is {_signed(margin)}: the {declining} would rather fight now than wait. "
    if needed is None:
        return sentence + "Not even a fully credible guarantee would change that."
    sentence += f"A guarantee needs a credibility of {needed:.3f}"
    if g == 0:
        return sentence + " to change that."
    end = "so it fights all the same" if left_over > 1e-9 else "so it waits"
    return sentence + f"; at {g:.2f} the margin is {_signed(left_over)}, {end}."


@styled
def guarantors(tokens, shock, third=False, sigma=20.0):
    """Each guarantor's stake and cost of reneging against its cost of acting, and the chance that at least 1, 2, 3 act.

    ``tokens`` has a row for each of three guarantors: stake, cost of reneging, mean cost of acting (utility units).
    """
    rows = tokens if third else tokens[:2]
    stake, reneging, acting = np.transpose(np.asarray(rows, dtype=float))
    chances = [guarantees.q_guarantor(*row, sigma) for row in rows]
    number = len(rows)
    figure, (left, right) = canvas(1, 2, width_ratios=[3, 2], wspace=0.38, bottom=0.14, top=0.86)
    place = np.arange(number)
    left.bar(place, stake, 0.5, color=BLUE, label="stake")
    left.bar(place, reneging, 0.5, bottom=stake, color=SKY, hatch="///", edgecolor="white", label="cost of reneging")
    left.errorbar(
        place + 0.34,
        acting,
        yerr=sigma,
        fmt="D",
        color=VERMILION,
        markersize=6,
        capsize=4,
        label="cost of acting ± 1 s.d.",
    )
    for x, top, q in zip(place, np.maximum(stake + reneging, acting + sigma), chances, strict=True):
        left.annotate(f"acts: {q:.2f}", (x + 0.1, top + 4), ha="center", fontsize=9)
    left.set_xticks(range(3), [f"Guarantor {i + 1}" if i < number else "–" for i in range(3)])
    left.set(xlim=(-0.5, 2.7), ylim=(0, 180), yticks=[0, 60, 120, 180], ylabel="Utility units")
    left.grid(visible=False, axis="x")
    left.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=3, columnspacing=0.9, handlelength=1.4, fontsize=8)

    tails = [guarantees.p_at_least_k(chances, shock, k) for k in range(1, number + 1)]
    names = ["at least one", "at least two", "all three"][:number]
    bars = right.bar(range(number), tails, 0.6, color=[GREEN, ORANGE, GREY][:number])
    for bar, hatch, value in zip(bars, ("", "///", "---"), tails, strict=False):
        bar.set(hatch=hatch, edgecolor="white")
        right.annotate(f"{value:.3f}", (bar.get_x() + 0.3, value), ha="center", va="bottom", fontsize=9, bbox=_PLATE)
    right.axhline(1 - shock, color=INK, linewidth=1.2, linestyle="--")
    right.annotate(
        f"ceiling {1 - shock:.2f}", (2.5, 1 - shock), (0, 3), textcoords="offset points", ha="right", va="bottom",
        fontsize=9, color=INK,
    )  # fmt: skip
    right.set_xticks(range(3), ["one", "two", "three"])
    right.set(xlim=(-0.5, 2.5), ylim=(0, 1.12), yticks=[0, 0.5, 1], ylabel="Chance that at least so many act")
    right.grid(visible=False, axis="x")
    spoken = " and ".join(f"{q:.2f}" for q in chances) if number == 2 else "{:.2f}, {:.2f} and {:.2f}".format(*chances)
    sentence = (
        f"With chances of {spoken} and a common shock of {shock:.2f}, at least one guarantor acts with probability "
        f"{tails[0]:.3f}, at least two with {tails[1]:.3f}. No number of guarantors can lift this above {1 - shock:.2f}."
    )
    quantities = {"one": tails[0], "two": tails[1], "ceiling": 1 - shock}
    return Picture(figure, sentence, {"how many act": names, "probability": tails}, quantities)


@styled
def watching(T, R, P, m, delta):
    """From which patience on the expected loss from a violation outweighs its gain (trigger strategies)."""
    patience = monitoring.delta_crit(T, R, P, m)
    detection = monitoring.m_crit(T, R, P, delta)
    holds = monitoring.sustainable(T, R, P, m, delta)
    range_of_patience = np.linspace(0, 0.99, 100)
    loss = _expected_loss(range_of_patience, m, R, P)
    figure, ax = canvas(height=3.5)
    ax.axvspan(patience, 1, color=GREEN, alpha=0.18, linewidth=0, label="restraint can last")
    ax.axhline(T - R, color=VERMILION, linewidth=2, linestyle="--", label="gain from a violation")
    ax.plot(range_of_patience, loss, color=BLUE, linestyle="-", label="expected loss")
    marker, color = ("D", GREEN) if holds else ("X", VERMILION)
    sides = {"markeredgecolor": INK, "markersize": 11, "linestyle": "none", "clip_on": False, "zorder": 5}
    ax.plot(delta, 0, marker, color=color, label="the two sides", **sides)
    if patience < 1:
        ax.annotate(f"{patience:.2f}", (patience - 0.01, 9.3), ha="right", fontsize=9)
    ax.set(xlim=(0, 1), ylim=(0, 10), xlabel="Patience of both sides", ylabel="Utility units")
    ax.legend(loc="lower right", bbox_to_anchor=(1.02, 1.0), ncols=4, borderaxespad=0.2, columnspacing=1.2)
    verdict = "can last" if holds else "cannot last"
    if m == 0:
        needs = "If no violation is ever detected, no patience is enough."
    else:
        needs = f"If {m:.0%} of violations are detected, restraint needs a patience of {patience:.2f}."
    reach = (
        f"the detection needed would be {detection:.2f}, which is impossible"
        if detection > 1
        else f"it needs a detection of {detection:.2f}"
    )
    sentence = f"{needs} At a patience of {delta:.2f} {reach}, so restraint {verdict}."
    columns = {"quantity": ["patience needed", "detection needed"], "value": [patience, detection]}
    quantities = {"patience": patience, "detection": detection, "holds": bool(holds)}
    return Picture(figure, sentence, columns, quantities)


def _expected_loss(delta, m, R, P):
    return delta * m * (R - P) / (1 - delta)


#: What a text chiefly announces, from weak to strong: the course's ordering of the table's classes.
RUNGS = {
    "consult": ("seek_unsc_action_and_consult", "consult_then_decide"),
    "consult\nand supply": ("consult_and_material_support", "material_support"),
    "send a force\nin peace": ("deploy_force_after_ceasefire",),
    "respond to\nan attack": (
        "commitment_to_respond_announced",
        "guarantee_with_conditions",
        "mirrors_article_5",
        "article_5_like_as_described",
        "assist_by_action_each_deems_necessary",
        "act_per_constitutional_processes",
        "assist_on_request",
        "defence_obligation",
    ),
}
_STATUS = {
    "in force": ("o", BLUE),
    "signed": ("D", GREEN),
    "declared": ("s", SKY),
    "draft": ("v", ORANGE),
    "broken by Russia": ("X", VERMILION),
    "overtaken by NATO membership": ("P", GREY),
}
_SHORT = {
    "North Atlantic Treaty": "North Atlantic Treaty (for scale)",
    "Budapest Memorandum (Ukraine)": "Budapest Memorandum",
    "G7 Joint Declaration (Vilnius)": "G7 declaration",
    "UK-Ukraine Agreement on Security Co-operation": "UK agreement",
    "France-Ukraine agreement on security co-operation": "French agreement",
    "US-Ukraine Bilateral Security Agreement": "US agreement",
    "EU-Ukraine joint security commitments": "EU commitments",
    "US guarantee for Ukraine (draft)": "US guarantee, draft",
    "Declaration of intent of France, the United Kingdom and Ukraine": "Declaration of intent",
}


@styled
def promises(table):
    """What each text about Ukraine chiefly announces, and what has become of it; ``table`` is ``load("security_guarantees")``."""
    rung = {name: step for step, names in enumerate(RUNGS.values()) for name in names}
    texts = table[table.beneficiary.eq("UKR") | table.instrument.eq("North Atlantic Treaty")]
    texts = texts.assign(step=texts.obligation_class.map(rung)).sort_values("date")
    figure, ax = canvas(height=4.6, left=0.37, right=0.97, bottom=0.13, top=0.91)
    lines = np.arange(len(texts))
    for status, (marker, color) in _STATUS.items():
        chosen = texts.status.eq(status).to_numpy()
        if chosen.any():
            ax.plot(texts.step[chosen], lines[chosen], marker, color=color, markersize=9, label=status)
    names = texts.instrument.map(lambda name: _SHORT.get(name, name)) + ", " + texts.date.str[:4]
    ax.set_yticks(lines, names)
    ax.set_xticks(range(len(RUNGS)), RUNGS)
    ax.set(xlim=(-0.5, len(RUNGS) - 0.5), ylim=(len(texts) - 0.4, -0.6))
    ax.legend(loc="lower center", bbox_to_anchor=(0.32, 1.0), ncols=5, columnspacing=1, handletextpad=0.2)
    ukraine = texts[texts.beneficiary.eq("UKR")]
    standing, strong = ukraine[ukraine.status.eq("in force")], ukraine[ukraine.step.ge(2)]
    broken = " and ".join(names[texts.status.eq("broken by Russia")])
    binding = texts.legally_binding.fillna("not stated").str.replace("_", " ")
    binds = ", ".join(f"{answer} {count}" for answer, count in binding[standing.index].value_counts().items())
    sentence = (
        f"Shown are {len(texts)} of {len(table)} texts: those for Ukraine and, for scale, the North Atlantic Treaty. The "
        f"{len(standing)} for Ukraine that are in force foresee consultation and, in {int(standing.step.eq(1).sum())} of them, "
        f"supplies. Legally binding, by the table: {binds}. "
        f"Of the {len(strong)} that go further "
        f"{int(strong.status.eq('draft').sum())} are drafts, {int(strong.status.eq('declared').sum())} declared and "
        f"{int(strong.status.eq('signed').sum())} signed. Broken by Russia: {broken}."
    )
    words = [list(RUNGS)[step].replace("\n", " ") for step in texts.step]
    columns = {"text": list(names), "chiefly": words, "status": list(texts.status), "legally binding": list(binding)}
    return Picture(figure, sentence, columns)


@styled
def reliability(table):
    """Published shares of alliance commitments honoured; ``table`` is ``load("alliance_reliability")``."""
    shares = table[table.measure.str.startswith("share")].assign(every=table.category.eq("all commitments"))
    shares = shares.sort_values(["every", "value"], ascending=False)
    period = shares.period.str.replace("-", "–")
    names = (shares.study + ", " + period).where(shares.every, "– " + shares.category + ", " + period)
    figure, ax = canvas(height=3.6, left=0.45, right=0.95, bottom=0.16, top=0.96)
    lines = np.arange(len(shares))
    leeds = shares.study.str.startswith("Leeds").to_numpy()
    for chosen, marker, color in ((leeds, "o", BLUE), (~leeds, "D", VERMILION)):
        for every, fill in ((True, "full"), (False, "none")):
            own = chosen & shares.every.eq(every).to_numpy()
            ax.plot(shares.value[own], lines[own], marker, color=color, fillstyle=fill, markersize=9)
    for line, value in zip(lines, shares.value, strict=True):
        ax.annotate(f"{value:g}", (value + 3, line), va="center", fontsize=9)
    ax.axhline(shares.every.sum() - 0.5, color=GREY, linewidth=0.8, linestyle="-")
    ax.set_yticks(lines, names)
    ax.set(xlim=(0, 100), ylim=(len(shares) - 0.4, -0.6), xlabel="Commitments honoured when tested, per cent")
    kinds = shares[~shares.every]
    spread = ", ".join(f"{category} {value:g}" for category, value in zip(kinds.category, kinds.value, strict=True))
    years = " and ".join(sorted({span.replace("-", " to ") for span in kinds.period}))
    every = shares.value[shares.every]
    sentence = (
        f"Published shares of all commitments honoured run from {every.min():g} to {every.max():g} per cent, depending on the "
        f"years covered and on what counts as honouring one. By kind, in the newer study ({years}): {spread}."
    )
    return Picture(
        figure, sentence, {"commitments": list(names), "per cent honoured": [float(value) for value in shares.value]}
    )


def _signed(value):
    return f"{value:+.3f}".replace("-", "−") if abs(value) >= 5e-4 else "0.000"
