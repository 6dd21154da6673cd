"""Pictures of lesson 1: the bargaining range, the duration of peace, and the selection of hard cases."""

import numpy as np

from postwar.figures.picture import Picture
from postwar.figures.style import BLUE, GREEN, GREY, INK, ORANGE, SKY, VERMILION, canvas, styled
from postwar.figures.tints import tint
from postwar.models import bargaining, peace_duration, selection


@styled
def bargaining_range(p, cA, cB, private=False, hi=0.4):
    """The line of possible divisions: what each side would rather fight than accept (Fearon 1995).

    With ``private`` costs A knows only that B's cost lies between 0 and ``hi`` and makes one demand.
    """
    figure, ax = canvas(height=2.6, bottom=0.22, top=0.86, left=0.04)
    ax.set(xlim=(0, 1), ylim=(0, 1), yticks=[], xlabel="Share of the prize that goes to A")
    ax.grid(visible=False)
    ax.spines["left"].set_visible(False)
    ax.plot([p, p], [0.18, 0.60], color=INK, linewidth=1.4, linestyle=":")
    ax.annotate(f"A’s chance of winning, {p:.2f}", (p, 0.84), ha=_anchor(p), fontsize=9, color=INK)
    low, high = bargaining.bargaining_range(p, cA, cB)
    quantities = {"low": low, "high": high, "width": high - low, "cut": cA + cB - (high - low)}
    quantities |= {
        "demand": bargaining.tioli_demand(p, cA, 0, hi),
        "risk": bargaining.tioli_war_prob(p, cA, 0, hi),
        "surest": p,
    }
    if private:
        return _private(figure, ax, p, cA, hi, quantities)
    _block(ax, 0, low, "A would rather fight", VERMILION, "///", short="A fights")
    _block(ax, low, high, "both prefer the deal", GREEN, "", short="a deal")
    _block(ax, high, 1, "B would rather fight", BLUE, "\\\\\\", short="B fights")
    ax.set_title("Which divisions do both sides prefer to war?")
    width, cut = quantities["width"], quantities["cut"]
    sentence = f"Every division that gives A between {low:.2f} and {high:.2f} leaves both sides better off than war: room of {width:.2f}"
    sentence += f", cut short by {cut:.2f} at the end of the line." if cut > 1e-9 else ", the sum of the two costs."
    return Picture(figure, sentence, {"end": ["A’s minimum", "B’s maximum"], "share for A": [low, high]}, quantities)


def _private(figure, ax, p, cA, hi, quantities):
    demand, risk, surest = (quantities[name] for name in ("demand", "risk", "surest"))
    low, latest = max(0, p - cA), min(1, p + hi)
    _block(ax, 0, low, "A would rather fight", VERMILION, "///", short="A fights")
    _block(ax, low, surest, "B surely accepts", GREEN, "", short="accepts")
    _block(ax, surest, latest, "B may accept or fight", ORANGE, "---")
    _block(ax, latest, 1, "B surely fights", BLUE, "\\\\\\", short="fights")
    ax.plot(
        [demand], [0.39], marker="D", markersize=9, color=INK, linestyle="none", label=f"A’s best demand, {demand:.2f}"
    )
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), borderaxespad=0)
    ax.set_title("How much should A demand?")
    beyond = f"surely fights above {latest:.2f}" if latest < 1 else "may fight over anything more"
    sentence = (
        f"B surely accepts up to {surest:.2f} for A and {beyond}; A’s best demand is {demand:.2f}, "
        f"and the risk that B refuses and war follows is {risk:.3f}."
    )
    return Picture(figure, sentence, {"quantity": ["best demand", "risk of war"], "value": [demand, risk]}, quantities)


def _block(ax, left, right, text, color, hatch, short=""):
    width = right - left
    if width <= 0:
        return
    ax.barh(
        0.39,
        width,
        left=left,
        height=0.42,
        facecolor=tint(color, 0.3),
        edgecolor=tint(color, 0.6),
        hatch=hatch,
        linewidth=0,
    )
    fits = [name for name in (text, short) if name and width > 0.009 * len(name)]
    if fits:
        ax.annotate(fits[0], (left + width / 2, 0.67), ha="center", fontsize=9, color=INK)
    if 0 < left < 1:  # a right end is the left end of the next block
        ax.annotate(f"{left:.2f}", (left, 0.14), ha="center", va="top", fontsize=9, color=INK)


def _anchor(x):
    return "left" if x < 0.15 else "right" if x > 0.85 else "center"


@styled
def peace_duration_curve(lam, k, HR, horizon, example=False):
    """Share of ceasefires that still hold, with and without outside presence, and the two medians (Weibull hazard).

    ``example`` adds the Kaplan–Meier curves of sixteen invented ceasefires (SYN-16).
    """
    figure, ax = canvas(right=0.96)
    years = np.linspace(0, 30, 121)
    medians = {}
    for ratio, text, color, dash in ((1.0, "without presence", VERMILION, "-"), (HR, "with presence", BLUE, "--")):
        ax.plot(years, peace_duration.survival(lam, k, ratio, years), color=color, linestyle=dash, label=text)
        medians[text] = peace_duration.median(lam, k, ratio)
        if medians[text] <= years[-1]:
            ax.plot([medians[text]], [0.5], marker="o", markersize=7, color=color, linestyle="none")
    ax.axhline(0.5, color=GREY, linewidth=0.8, linestyle=":")
    ax.axvline(horizon, color=GREY, linewidth=0.8, linestyle="-.")
    ax.annotate("horizon", (horizon, 1.01), ha="center", va="bottom", fontsize=8, color=GREY)
    if example:
        for group, color in ((peace_duration.SYN16_WITHOUT, VERMILION), (peace_duration.SYN16_WITH, BLUE)):
            times = np.linspace(0, 120, 241)
            share = peace_duration.km(*group, times)
            ax.step(times / 12, share, where="post", color=color, linewidth=1, linestyle="-", alpha=0.8)
        ax.plot([], [], color=GREY, linewidth=1, linestyle="-", label="thin steps: 16 invented ceasefires")
    ax.set(xlim=(0, 30), ylim=(0, 1.0), xlabel="Years since the ceasefire", ylabel="Share still at peace")
    ax.legend(loc="upper right")
    without, with_presence = medians.values()
    risks = [1 - peace_duration.survival(lam, k, ratio, horizon) for ratio in (1.0, HR)]
    sentence = (
        f"Half of the ceasefires have failed after {without:.2f} years without presence and after {with_presence:.2f} with it "
        f"({with_presence / without:.2f} times as long); within {horizon:g} years {risks[0]:.0%} and {risks[1]:.0%} fail."
    )
    return Picture(
        figure,
        sentence,
        {
            "": ["without presence", "with presence"],
            "median, years": [without, with_presence],
            f"risk within {horizon:g} years": risks,
        },
        {
            "without": without,
            "present": with_presence,
            "times": with_presence / without,
            "risk_without": risks[0],
            "risk_present": risks[1],
        },
    )


@styled
def selection_bars(eh, ee, lh, le, HR, share=0.5, horizon=5.0):
    """Risk of failure with and without presence: all cases thrown together, and like with like."""
    arguments = {"pi": share, "lh": lh, "le": le, "eh": eh, "ee": ee, "HR": HR, "T": horizon}
    with_presence, without = selection.naive_risks(**arguments)
    raw, alike = selection.naive_rd(**arguments), selection.std_rd(**arguments)
    hard, easy = ([1 - np.exp(-rate * HR * horizon), 1 - np.exp(-rate * horizon)] for rate in (lh, le))
    figure, (left, right) = canvas(1, 2, width_ratios=[3, 2], wspace=0.45, bottom=0.20)
    places = np.array([0, 1, 2.4])
    pairs = np.array([hard, easy, [with_presence, without]])
    left.bar(places - 0.19, pairs[:, 1], 0.36, color=VERMILION, label="without presence")
    left.bar(places + 0.19, pairs[:, 0], 0.36, color=BLUE, hatch="///", edgecolor="white", label="with presence")
    left.set_xticks(places, ["hard cases", "easy cases", "all together"])
    left.set(ylim=(0, 1), ylabel=f"Share failed within {horizon:g} years")
    left.grid(visible=False, axis="x")
    left.legend(loc="upper right")
    bars = right.bar([0, 1], [raw, alike], 0.6, color=[ORANGE, SKY], hatch="")
    bars[1].set_hatch("---")
    right.axhline(0, color=INK, linewidth=1)
    right.set_xticks([0, 1], ["raw", "like with like"])
    right.set(ylim=(-0.5, 0.5), ylabel="Difference in risk")
    right.grid(visible=False, axis="x")
    for place, value in enumerate((raw, alike)):
        right.annotate(
            f"{value:+.3f}".replace("-", "−"),
            (place, value),
            xytext=(0, 3 if value >= 0 else -3),
            textcoords="offset points",
            ha="center",
            va="bottom" if value >= 0 else "top",
            fontsize=9,
        )
    verdict = (
        "the raw comparison is right"
        if abs(raw - alike) < 5e-4
        else (
            "the raw comparison makes presence look worse than it is"
            if raw > alike
            else "the raw comparison flatters presence"
        )
    )
    sentence = f"Raw difference in risk {raw:+.3f}, like with like {alike:+.3f}: {verdict}.".replace("-0", "−0")
    return Picture(
        figure,
        sentence,
        {
            "cases": ["hard", "easy", "all together"],
            "without presence": [hard[1], easy[1], without],
            "with presence": [hard[0], easy[0], with_presence],
        },
        {"raw": raw, "alike": alike},
    )


@styled
def ceasefire_survival(ceasefires):
    """Kaplan–Meier curves of real ceasefires from their first anniversary on, by peacekeeping in place on that day.

    ``ceasefires`` is ``load("interstate_ceasefires")``. Starting at one year keeps a mission from being credited with
    the time it took to arrive (immortal time); spells of less than a year are left out.
    """
    from lifelines import KaplanMeierFitter

    spells = _after_one_year(ceasefires)
    figure, ax = canvas(height=3.6)
    parts, rows = [], []
    for present, text, color, dash in ((False, "no mission", VERMILION, "-"), (True, "mission in place", BLUE, "--")):
        group = spells[spells.pk_in_place_at_1y == present]
        fit = KaplanMeierFitter().fit(group.years, group.resumed)
        curve, band = fit.survival_function_.iloc[:, 0], fit.confidence_interval_
        ax.step(
            curve.index, curve, where="post", color=color, linestyle=dash, label=f"{text} ({len(group)} ceasefires)"
        )
        ax.fill_between(band.index, band.iloc[:, 0], band.iloc[:, 1], step="post", color=color, alpha=0.12, linewidth=0)
        held = group.years[~group.resumed]
        ax.plot(held, fit.predict(held), "|", color=color, markersize=7)
        failed = int(group.resumed.sum())
        parts.append(f"{failed} of {len(group)} failed")
        rows.append((text, len(group), failed, float(fit.predict(20))))
    ax.set(xlim=(0, 50), ylim=(0, 1.02), xlabel="Years since the first anniversary", ylabel="Share still at peace")
    ax.legend(loc="lower left")
    sentence = (
        f"Of the ceasefires without a mission on their first anniversary {parts[0]}, of those with one {parts[1]}. "
        "Ticks mark ceasefires that still held when the record ends; bands are 95% confidence intervals."
    )
    columns = ("group", "ceasefires", "failed", "share at peace after 20 more years")
    return Picture(figure, sentence, dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True)))


@styled
def ceasefire_selection(ceasefires):
    """How unlike the two groups of `ceasefire_survival` were before any mission arrived."""
    spells = _after_one_year(ceasefires)
    traits = {
        "the two states share a land border": spells.land_contiguous,
        "the war ended without a winner": spells.tie,
        "two or more disputes in the 20 years before": spells.prior_mids_20y >= 2,
        "a great power was one of the two": spells.major_power,
    }
    shares = {text: trait.groupby(spells.pk_in_place_at_1y).mean() for text, trait in traits.items()}
    figure, ax = canvas(height=3.0, left=0.44, right=0.94, bottom=0.19)
    for place, share in enumerate(shares.values()):
        ax.plot([share[False], share[True]], [place, place], color=GREY, linewidth=1.2, linestyle="-")
        ax.plot(share[False], place, "o", color=VERMILION, markersize=9, label="no mission" if not place else None)
        ax.plot(share[True], place, "D", color=BLUE, markersize=8, label="mission in place" if not place else None)
    ax.set_yticks(range(len(shares)), shares)
    ax.set(xlim=(0, 1), ylim=(len(shares) - 0.4, -0.6), xlabel="Share of the ceasefires in each group")
    ax.legend(loc="lower right", ncols=2, bbox_to_anchor=(1.0, 1.0), borderaxespad=0)
    (first, border), (_, tie) = list(shares.items())[:2]
    sentence = (
        f"The groups differed from the start: {border[True]:.0%} of the ceasefires with a mission lay between neighbours by land "
        f"(without: {border[False]:.0%}), and {tie[True]:.0%} followed a war without a winner (without: {tie[False]:.0%})."
    )
    return Picture(
        figure,
        sentence,
        {
            "before any mission": list(shares),
            "no mission": [float(share[False]) for share in shares.values()],
            "mission in place": [float(share[True]) for share in shares.values()],
        },
    )


def _after_one_year(ceasefires):
    """Principal pairs whose ceasefire saw its first anniversary, with the years counted from that day."""
    spells = ceasefires[ceasefires.principal_dyad & (ceasefires.peace_days >= 365)]
    return spells.assign(years=spells.peace_days / 365.25 - 1)
