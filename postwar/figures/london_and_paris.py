"""Pictures of lesson 2: rotation, rulers for a force, uncertain pledges, and the sizes that have been named."""

import numpy as np
import pandas as pd
from matplotlib.collections import PolyCollection

from postwar.figures.picture import Picture
from postwar.figures.style import BLUE, GREEN, GREY, INK, ORANGE, PALE, SKY, VERMILION, canvas, styled
from postwar.models import coalition, force_ratio, rotation

_MONTHS = 60
_ROWS = 10
_LARGEST_POOL = 120_000


@styled
def rotation_timeline(pool, availability, committed, tour, dwell, handover):
    """Five years of tours in one slot, unit by unit, and how a pool shrinks to the force that can stay (M2.1)."""
    cycle = {"tour": tour, "dwell": dwell, "handover": handover}
    ratio = rotation.rotation_ratio(**cycle)
    units = rotation.units_needed(slots=1, **cycle)
    usable = pool * availability * (1 - committed)
    in_place = rotation.sustainable_force(pool, availability, committed, **cycle)
    figure, (top, bottom) = canvas(
        2, 1, height=4.6, height_ratios=[5, 3], hspace=0.62, left=0.19, bottom=0.11, top=0.92
    )
    _tours(top, rotation.timeline(slots=1, months=_MONTHS, **cycle), units, handover)

    bars = [pool, usable, in_place]
    bottom.barh([2, 1, 0], bars, 0.62, color=[PALE, SKY, BLUE], edgecolor=GREY, linewidth=0.6)
    for place, value in zip([2, 1, 0], bars, strict=True):
        bottom.annotate(f"{value:,.0f}", (value, place), (4, 0), textcoords="offset points", va="center", fontsize=9)
    bottom.set(xlim=(0, _LARGEST_POOL * 1.1), ylim=(-0.5, 2.5))
    bottom.set_yticks([2, 1, 0], ["whole pool", "free to be sent", "kept in place"])
    bottom.set_xticks([0, 60_000, 120_000], ["0", "60,000", "120,000"])
    bottom.grid(visible=False, axis="y")
    bottom.set_title("From the pool to the force that can stay (persons)")
    overlap = f" ({handover:g} of them side by side with the next unit)" if handover else ""
    sentence = (
        f"With {tour:g} months away{overlap} and {dwell:g} at home, one unit in place takes {ratio:.2f} units in all: "
        f"of {usable:,.0f} soldiers free to be sent, {in_place:,.0f} can be kept in place."
    )
    rows = ["units for one in place", "whole pool", "free to be sent", "kept in place"]
    return Picture(
        figure,
        sentence,
        {"quantity": rows, "value": [ratio, pool, usable, in_place]},
        {"ratio": ratio, "usable": usable, "in_place": in_place},
    )


def _tours(ax, tours, units, handover):
    shown = min(units, _ROWS)
    rows = [(tour.unit, tour.start, tour.end) for tour in tours if tour.unit < shown]
    _polygons(ax, [_tour(shown - unit, start, end) for unit, start, end in rows], BLUE)
    _polygons(ax, [_tour(0, tour.start, tour.end) for tour in tours], GREEN)
    if handover:
        _polygons(ax, [_tour(0, tour.start, tour.start + handover) for tour in tours[1:]], ORANGE, hatch="////")
    ax.axhline(0.5, color=GREY, linewidth=0.8)
    names = [f"unit {number}" for number in range(1, shown + 1)] + ["the slot"]
    ax.set_yticks(range(shown, -1, -1), names, fontsize=9 if shown < 8 else 7)
    ax.set(xlim=(0, _MONTHS), ylim=(-0.6, shown + 0.6), xticks=range(0, _MONTHS + 1, 12), xlabel="Months")
    ax.grid(visible=False, axis="y")
    more = f" (the first {shown} of {units} units)" if units > shown else ""
    doubled = "; hatched: two units at once" if handover else ""
    ax.set_title(f"Who is away{more}{doubled}")


def _tour(row, start, end):
    return _box(start, min(end, _MONTHS), row - 0.36, row + 0.36)


def _box(left, right, low, high):
    return [(left, low), (right, low), (right, high), (left, high)]


def _bar(middle, low, high):
    return _box(middle - 0.4, middle + 0.4, low, high)


def _polygons(ax, corners, color, **style):
    # one collection instead of a patch for each bar: a step with fifty bars stays as quick as one with five
    ax.add_collection(PolyCollection(corners, facecolor=color, edgecolor="white", linewidth=0.8, **style), False)


OPTIONS = (10_000, 25_000, 60_000, 100_000)


@styled
def rulers(ruler, force, population, per_1000, front_km, km_per_bde, bde_strength, reserve, tasks):
    """How large ``force`` and four fixed sizes look by one of three rulers: inhabitants, line or a list of tasks (M2.2).

    ``ruler`` is ``"inhabitants"``, ``"line"`` or ``"tasks"``; ``tasks`` is the persons that each of four tasks takes.
    """
    forces = np.array([*OPTIONS, force], dtype=float)
    if ruler == "inhabitants":
        asked = force_ratio.req_population(population, per_1000)
        measured = force_ratio.implied_per_1000(forces, population)
        texts = [f"{value:,.2f} per 1,000" for value in measured]
        head = f"{per_1000:g} security personnel per 1,000 of {population:,.0f} inhabitants"
        verdict = f"are {measured[-1]:,.2f} per 1,000 for {population:,.0f} inhabitants"
        measure = "per 1,000 inhabitants"
    elif ruler == "line":
        asked = force_ratio.req_frontage(front_km, km_per_bde, bde_strength, reserve)
        measured = force_ratio.frontage_covered(forces, km_per_bde, bde_strength, reserve)
        texts = [f"{value:,.1f} km" for value in measured]
        head = f"{front_km:,.0f} km of line, {km_per_bde:g} km for each brigade of {bde_strength:,.0f}"
        verdict = f"hold {measured[-1]:,.1f} of {front_km:,.0f} km of line with {reserve:.0%} in reserve"
        measure = "km of line held"
    else:
        asked = float(sum(tasks))
        measured = forces - asked
        texts = [f"{abs(value):,.0f} {'to spare' if value >= 0 else 'short'}" for value in measured]
        head = "four tasks, added up"
        verdict = f"are {abs(measured[-1]):,.0f} {'more' if measured[-1] >= 0 else 'fewer'} than the four tasks take"
        measure = "persons to spare"
    share = forces / asked if asked > 0 else np.full(5, np.inf)
    figure, ax = canvas(height=3.5, left=0.24, right=0.72, bottom=0.17, top=0.86)
    places = [4, 3, 2, 1, 0]
    colors = [SKY] * 4 + [BLUE]
    bars = ax.barh(places, np.minimum(share, 2), 0.6, color=colors, edgecolor=GREY, linewidth=0.6)
    bars[-1].set_hatch("///")
    for place, part, text in zip(places, share, texts, strict=True):
        whole = f"{part:.0%} · {text}" if np.isfinite(part) else text
        ax.annotate(whole, (1.02, place), xycoords=("axes fraction", "data"), va="center", fontsize=9)
        if part > 2:
            ax.plot([1.97], [place], marker=">", color=INK, markersize=6)
    ax.axvline(1, color=VERMILION, linewidth=1.6, linestyle="--")
    ax.set(xlim=(0, 2), ylim=(-0.5, 4.5), xlabel="Share of what the ruler asks for")
    ax.set_yticks(places, [*(f"{size:,}" for size in OPTIONS), f"your force, {force:,.0f}"])
    ax.set_xticks([0, 0.5, 1, 1.5, 2], ["0%", "50%", "100%", "150%", "200%"])
    ax.grid(visible=False, axis="y")
    figure.suptitle(f"The ruler asks for {asked:,.0f}: {head}", x=0.01, y=0.965, ha="left", fontsize=9.5, weight="bold")
    sentence = f"By this ruler {force:,.0f} soldiers {verdict}; it asks for {asked:,.0f}."
    shares = [float(part) for part in share]
    return Picture(
        figure,
        sentence,
        {"force": forces.tolist(), measure: measured.tolist(), "share of what is asked": shares},
        {"measured": float(measured[-1]), "asked_for": float(asked), "share": shares[-1]},
    )


@styled
def pledges(pledges, probs_with, probs_without, u, target):
    """Exact distribution of what pledges add up to when all depend on one enabling partner (M2.3)."""
    totals, supported = coalition.distribution(pledges, probs_with)
    _, alone = coalition.distribution(pledges, probs_without)
    arguments = (pledges, probs_with, probs_without, u)
    expected, spread = coalition.mean_total_backstop(*arguments), coalition.sd_total_backstop(*arguments)
    chance = coalition.p_at_least_backstop(*arguments, target)
    figure, ax = canvas(bottom=0.16)
    both = u * supported + (1 - u) * alone
    _polygons(
        ax, [_bar(at, 0, up) for at, up in zip(totals, u * supported, strict=True)], BLUE, label="the partner supports"
    )
    _polygons(
        ax,
        [_bar(at, low, up) for at, low, up in zip(totals, u * supported, both, strict=True)],
        ORANGE,
        hatch="////",
        label="the partner does not",
    )
    total = float(sum(pledges))
    right = max(30.0, total, target) + 1
    top = next(height for height in (0.2, 0.4, 1.0) if both.max() <= height + 1e-9)
    ax.axvspan(target - 0.5, right, color=GREEN, alpha=0.10, linewidth=0)
    ax.axvline(target - 0.5, color=GREEN, linewidth=1.6, linestyle="--")
    ax.annotate(
        "target reached →", (target - 0.3, 1), (0, -11), xycoords=("data", "axes fraction"),
        textcoords="offset points", fontsize=9, ha="right" if target > 0.75 * right else "left",
    )  # fmt: skip
    ax.set(xlim=(-1, right), ylim=(0, top), xlabel="Delivered, thousand persons", ylabel="Probability")
    ax.set(yticks=[0, top / 4, top / 2, 3 * top / 4, top], xticks=range(0, int(right) + 1, 5 if right < 60 else 30))
    ax.legend(loc="upper left")
    sentence = (
        f"Of {total:g} thousand pledged, {expected:.1f} thousand are delivered on average (standard deviation {spread:.1f}); "
        f"the chance of at least {target:g} thousand is {chance:.1%}."
    )
    return Picture(
        figure,
        sentence,
        {
            "delivered, thousand": totals.tolist(),
            "probability": both.tolist(),
            "reaches the target": (totals >= target - 1e-9).tolist(),
        },
        {"total": total, "expected": expected, "spread": spread, "chance": chance},
    )


_BASIS = {
    "discussed": ("discussed in capitals", BLUE, "s"),
    "costed": ("sketched or costed by institutes", GREY, "D"),
    "sketched": ("sketched or costed by institutes", GREY, "D"),
    "asked for": ("asked for", ORANGE, "^"),
    "judged necessary": ("judged necessary", VERMILION, "o"),
}


@styled
def force_proposals(proposals):
    """Sizes of a whole force in ``load("force_proposals")``, by what kind of number each is.

    Arrows mark open ends: “at least” points to the right, “up to” to the left.
    """
    whole = proposals[proposals["scope"] == "whole force"]
    kinds = list(_BASIS)
    whole = whole.sort_values(["basis", "date"], key=lambda c: c.map(kinds.index) if c.name == "basis" else c)
    whole = whole.reset_index(drop=True)
    figure, ax = canvas(height=6.0, left=0.42, right=0.97, bottom=0.11, top=0.94)
    for place, row in whole.iterrows():
        _, color, marker = _BASIS[row["basis"]]
        ends = row[["low", "high"]].dropna().astype(float).tolist()
        ax.plot(ends, [place] * len(ends), color=color, marker=marker, linestyle="-", linewidth=3, markersize=6)
        if len(ends) == 1:
            way, side = (1, "→") if row["high"] is pd.NA else (-1, "←")
            ax.annotate(side, (ends[0], place), (11 * way, 0), textcoords="offset points", ha="center", va="center")
    for text, color, marker in dict.fromkeys(_BASIS.values()):
        ax.plot([], [], color=color, marker=marker, linestyle="none", label=text)
    ax.set_xscale("log")
    sizes = [1_000, 3_000, 10_000, 30_000, 100_000, 300_000]
    ax.set_xticks(sizes, [f"{size:,}" for size in sizes])
    ax.set_xticks([], minor=True)
    ends = whole[["low", "high"]].stack()
    ax.set(xlim=(min(800, 0.8 * ends.min()), max(450_000, 1.5 * ends.max())), ylim=(-0.7, len(whole) - 0.3))
    ax.set_xlabel("Soldiers (equal distances are equal factors)")
    names = [f"{_short(row.who)}, {row.date}" for row in whole.itertuples()]
    ax.set_yticks(range(len(whole)), names, fontsize=8)
    ax.legend(loc="upper left", frameon=True, framealpha=1, edgecolor=GREY)  # its marks are no data
    ax.set_title("How large a force for Ukraine?")
    supply, sketched, demand = (
        whole.loc[whole["basis"].isin(kinds), ["low", "high"]].stack()
        for kinds in (["discussed"], ["costed", "sketched"], ["asked for", "judged necessary"])
    )
    sentence = (
        f"Of {len(whole)} sizes of a whole force, those discussed in capitals run from {supply.min():,} to "
        f"{supply.max():,}, those sketched or costed by institutes from {sketched.min():,} to {sketched.max():,}, and those "
        f"asked for or judged necessary from {demand.min():,} to {demand.max():,}."
    )
    table = {"who": whole["who"].tolist(), "date": whole["date"].tolist(), "kind": whole["basis"].tolist()}
    table |= {end: whole[end].tolist() for end in ("low", "high")}
    return Picture(figure, sentence, table)


def _short(who):
    return who.replace("United Kingdom and", "UK and").replace("British chief", "UK chief")
