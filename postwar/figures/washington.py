"""Pictures of lesson 3: between abandonment and entrapment, the ladder of risk, aid or boots, and troops abroad."""

import numpy as np

from postwar.data import load
from postwar.figures.picture import Picture
from postwar.figures.style import (
    BLUE,
    CYCLE,
    DASHES,
    GREEN,
    INK,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    canvas,
    styled,
)
from postwar.figures.tints import tint
from postwar.models import aid_or_boots, alliance_dilemma, critical_risk

_STEPS = 20


@styled
def alliance_dilemma_curve(a0, delta, L, K, m, E):
    """The Patron's expected cost by commitment, split into its three parts, and where it is lowest (M3.1)."""
    beliefs = {"a0": a0, "delta": delta, "L": L, "K": K, "m": m, "E": E}
    commitment = np.linspace(0, 1, 51)
    parts = alliance_dilemma.cost_parts(commitment, **beliefs)
    best, lowest = alliance_dilemma.s_star(**beliefs), alliance_dilemma.cost_star(**beliefs)
    figure, ax = canvas(height=3.8, bottom=0.15)
    floor = np.zeros_like(commitment)
    for part, text, color, hatch in zip(
        parts,
        ("attack, Patron stands aside (abandonment)", "attack, Patron intervenes", "unwanted incident (entrapment)"),
        (ORANGE, SKY, PURPLE),
        ("///", "", "---"),
        strict=True,
    ):
        look = {"facecolor": tint(color), "edgecolor": color, "hatch": hatch, "linewidth": 0.4}
        ax.fill_between(commitment, floor, floor + part, label=text, **look)
        floor = floor + part
    ax.plot(commitment, floor, color=INK, linestyle="-")
    ax.plot(
        [best], [lowest], marker="D", markersize=9, color=INK, linestyle="none", label=f"lowest cost, at {best:.2f}"
    )
    top = next(height for height in (90, 180, 360, 600) if floor.max() <= 0.72 * height)
    ax.set(xlim=(0, 1), ylim=(0, top), yticks=np.linspace(0, top, 4), xticks=[0, 0.25, 0.5, 0.75, 1])
    ax.set(xlabel="Commitment: chance that the Patron intervenes", ylabel="Expected cost")
    ax.legend(loc="upper left")
    here = alliance_dilemma.cost_parts(best, **beliefs)
    sentence = (
        f"Expected cost is lowest at a commitment of {best:.2f}, where it is {lowest:.1f}: {here.abandonment:.1f} from "
        f"attacks left alone, {here.intervention:.1f} from attacks met, {here.entrapment:.1f} from unwanted incidents."
    )
    rows = ["best commitment", "expected cost", "attacks left alone", "attacks met", "unwanted incidents"]
    return Picture(
        figure,
        sentence,
        {"quantity": rows, "value": [best, lowest, *here]},
        {"best": best, "lowest": lowest} | here._asdict(),
    )


@styled
def risk_ladder(W, Q, X, rho, n, compare):
    """Risk that adds up step by step against the critical risk (M3.2).

    ``compare`` is ``"total"`` (how far to climb is decided in advance) or ``"next"`` (only the next step is weighed).
    """
    bearable = critical_risk.critical_risk(W, Q, X)
    steps = np.arange(1, _STEPS + 1)
    totals = critical_risk.cumulative_risk(rho, steps)
    total = critical_risk.cumulative_risk(rho, n)
    most = critical_risk.max_rounds(W, Q, X, rho)
    figure, ax = canvas(height=3.6, bottom=0.15)
    colors = [BLUE if step <= n else "#FFFFFF" for step in steps]
    ax.bar(steps, totals, 0.7, color=colors, edgecolor=BLUE, linewidth=1, label="total risk so far")
    ax.plot([0.5, _STEPS + 0.5], [rho, rho], color=ORANGE, linestyle=":", linewidth=2.5, label="risk of the next step")
    ax.axhline(bearable, color=VERMILION, linestyle="--", label="critical risk")
    ax.set(xlim=(0.4, _STEPS + 0.6), ylim=(0, 1.28), xticks=[1, 5, 10, 15, 20], yticks=[0, 0.5, 1])
    ax.set(xlabel="Steps of the confrontation (filled: climbed so far)", ylabel="Risk of losing control")
    ax.legend(loc="upper left", ncols=3)
    climbed = f"{n} step" if n == 1 else f"{n} steps"
    start = f"After {climbed} the total risk is {total:.3f}; the critical risk is {bearable:.2f}. ".replace("-", "−")
    if bearable < 0:
        verdict = "Conceding is worth more than winning here, so standing firm never pays."
    elif compare == "total":
        verdict = _in_advance(most, rho)
    elif rho <= bearable:
        verdict = (
            f"The next step alone risks {rho:.2f}, which is bearable at every step, so the climb never stops by itself."
        )
    else:
        verdict = f"The next step alone risks {rho:.2f}, which is too much, so the climb does not start."
    numbers = {"steps": steps.tolist(), "total risk": totals.tolist(), "risk of the next step": [rho] * _STEPS}
    stop = most or 0
    quantities = {"total": total, "bearable": bearable, "most": stop}
    quantities |= {
        "within": critical_risk.cumulative_risk(rho, stop),
        "passed": critical_risk.cumulative_risk(rho, stop + 1),
    }
    return Picture(figure, start + verdict, numbers | {"critical risk": [bearable] * _STEPS}, quantities)


def _in_advance(most, rho):
    if most is None:
        return "Decided in advance, there is no limit, since no step carries a risk."
    if most == 0:
        return "Decided in advance, not even one step stays within it."
    passed = critical_risk.cumulative_risk(rho, most + 1)
    return f"Decided in advance, {most:,} {'step stays' if most == 1 else 'steps stay'} within it; step {most + 1:,} passes it, at {passed:.3f}."


@styled
def aid_or_boots_mix(alpha, beta, ca, cb, gamma, target, complements):
    """All plans that reach the target, the cheapest of them, and what it costs (M3.3).

    ``complements`` adds the plans that would do if aid and troops strengthened each other, which the model rules out.
    """
    beliefs = {"alpha": alpha, "beta": beta, "ca": ca, "cb": cb, "gamma": gamma, "target": target}
    aid, troops = aid_or_boots.mix(**beliefs)
    costs, price = aid_or_boots.cost_parts(**beliefs), aid_or_boots.shadow_price(**beliefs)
    figure, (left, right) = canvas(1, 2, width_ratios=[5, 2], wspace=0.42, bottom=0.15, height=3.7)
    wide, high = (max(20, _room(target / effect)) for effect in (beta, alpha))  # one for all presets
    left.plot([0, target / beta], [target / alpha, 0], color=BLUE, label="plans that reach the target")
    if complements:
        boots = np.linspace(0, target / beta, 41)
        left.plot(
            boots, (target - beta * boots) / (alpha + 0.5 * boots), color=VERMILION, linestyle="--",
            label="plans that would do if each\nmade the other work better",
        )  # fmt: skip
    left.plot(
        [troops], [aid], marker="D", markersize=9, color=INK, linestyle="none", label="the cheapest plan", clip_on=False
    )
    left.set(xlim=(0, wide), ylim=(0, high), xticks=[0, wide / 2, wide], yticks=[0, high / 2, high])
    left.set(xlabel="Troops, thousand", ylabel="Aid, billion a year")
    left.legend(loc="upper right")

    floor = 0.0
    for cost, text, color, hatch in zip(
        costs, ("aid", "troops", "penalty"), (GREEN, SKY, ORANGE), ("", "---", "///"), strict=True
    ):
        right.bar([0], [cost], 0.6, bottom=floor, color=color, hatch=hatch, edgecolor="white", label=text)
        floor += cost
    total = aid_or_boots.total_cost(**beliefs)
    top = max(40, _room(1.5 * total))  # one axis for all presets: their bars can be compared
    right.annotate(f"{total:.1f}", (0, total), (0, 4), textcoords="offset points", ha="center", fontsize=10)
    right.set(xlim=(-0.6, 0.6), xticks=[], ylim=(0, top), yticks=[0, top / 2, top], ylabel="Cost")
    right.legend(loc="upper center", ncols=1)
    sentence = (
        f"The cheapest plan is {aid:.1f} billion of aid and {troops:.1f} thousand troops; it costs {total:.1f}, and one more "
        f"unit of effect would cost {price:.2f}."
    )
    if complements:
        sentence += " If each instrument made the other work better, less of both would do, and this plan need not be the cheapest."
    rows = ["aid, billion", "troops, thousand", "cost of aid", "cost of troops", "penalty", "one more unit of effect"]
    return Picture(
        figure,
        sentence,
        {"quantity": rows, "value": [aid, troops, *costs, price]},
        {"aid": aid, "troops": troops, "cost": total, "price": price},
    )


def _room(largest):
    """The smallest round axis that holds a value: axes that keep still while a control moves a little."""
    return next(size for size in (5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10_240) if largest <= size)


@styled
def us_troops_abroad(hosts=("Germany", "Japan", "South Korea", "United Kingdom", "Italy")):
    """Active-duty US personnel in some host states since 1950 (rotational forces mostly not counted)."""
    table = load("us_troops_abroad")
    unknown = set(hosts) - set(table["host"])
    if unknown:
        raise ValueError(
            f"There is no host {', '.join(sorted(unknown))}; choose from {', '.join(sorted(set(table['host'])))}."
        )
    thousands = table.pivot(index="year", columns="host", values="active_duty")[list(hosts)] / 1000
    figure, ax = canvas(height=3.6, bottom=0.12)
    for host, color, dash in zip(hosts, CYCLE, DASHES, strict=False):
        ax.plot(thousands.index, thousands[host], color=color, linestyle=dash, label=host)
    ax.set(
        xlim=(thousands.index[0], thousands.index[-1] + 1),
        ylim=(0, 1.25 * thousands.max().max()),
        ylabel="Thousand persons",
    )
    ax.set_title("US active-duty personnel abroad")
    ax.legend(loc="upper right", ncols=2)
    first, last = thousands.index[0], thousands.index[-1]
    parts = [f"{h} {_persons(thousands.loc[1989, h])} and {_persons(thousands.loc[last, h])}" for h in hosts]
    sentence = f"US active-duty personnel in 1989 and in {last}: {'; '.join(parts)}. The record starts in {first}."
    return Picture(figure, sentence, {"year": thousands.index.tolist()} | {h: thousands[h].tolist() for h in hosts})


def _persons(thousand):
    return f"{1000 * thousand:,.0f}" if np.isfinite(thousand) else "no entry"
