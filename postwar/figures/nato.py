"""Pictures of lesson 5: votes and power, room for agreement, who pays, and what allies of different size spend."""

import numpy as np

from postwar.figures.picture import Picture
from postwar.figures.style import BLUE, GREEN, GREY, INK, ORANGE, SKY, VERMILION, canvas, styled
from postwar.models import burden_sharing as sharing
from postwar.models import veto_players, voting_power

MEMBERS = "ABCDEF"


@styled
def power(weights, quota):
    """Share of the votes and of the power, member by member, and how often the whole body can act."""
    total = sum(weights)
    possible = quota <= total
    shapley = voting_power.shapley_shubik(weights, quota) if possible else np.zeros(len(weights))
    banzhaf = voting_power.banzhaf(weights, quota) if possible else np.zeros(len(weights))
    act = voting_power.power_to_act(weights, quota)
    votes = np.asarray(weights) / total

    figure, (left, right) = canvas(1, 2, width_ratios=[5, 1], wspace=0.32)
    places = np.arange(len(weights))
    for shift, values, text, color, hatch in (
        (-0.27, votes, "votes", GREY, ""),
        (0.0, shapley, "Shapley–Shubik", BLUE, "///"),
        (0.27, banzhaf, "Banzhaf", ORANGE, "---"),
    ):
        left.bar(places + shift, values, 0.25, color=color, hatch=hatch, edgecolor="white", linewidth=0, label=text)
    names = [
        f"{name}\n{weight:g} {'vote' if weight == 1 else 'votes'}"
        for name, weight in zip(MEMBERS, weights, strict=True)
    ]
    left.set_xticks(places, names)
    scale = 0.5 if max(*votes, *shapley, *banzhaf) <= 0.5 else 1.0
    left.set(ylim=(0, scale), yticks=[0, scale / 2, scale], ylabel="Share of the whole")
    left.grid(visible=False, axis="x")
    left.legend(loc="lower right", ncols=3, bbox_to_anchor=(1.0, 0.99), borderaxespad=0)
    smallest = int(np.argmin(weights))
    left.annotate(
        f"{shapley[smallest]:.3f}",
        (smallest, shapley[smallest]),
        xytext=(10, 3),
        textcoords="offset points",
        ha="center",
        fontsize=8,
    )
    right.bar([0], [act], 0.6, color=GREEN, hatch="xxx", edgecolor="white", linewidth=0)
    right.annotate(f"{act:.3f}", (0, act), xytext=(0, 3), textcoords="offset points", ha="center", fontsize=9)
    right.set(xlim=(-0.7, 0.7), xticks=[], ylim=(0, 1), yticks=[0, 0.5, 1], ylabel="Power to act")

    patterns = 2 ** len(weights)
    if possible:
        sentence = (
            f"With {quota} of {total:g} votes needed, the smallest member, {MEMBERS[smallest]}, has {votes[smallest]:.1%} of the "
            f"votes and {shapley[smallest]:.1%} of the Shapley–Shubik power; {act * patterns:.0f} of {patterns} patterns of "
            f"yes and no pass (power to act {act:.3f})."
        )
    else:
        sentence = f"{quota} votes are needed and there are only {total:g}: nothing passes, so nobody has power."
    table = {
        "member": list(MEMBERS[: len(weights)]),
        "votes": list(weights),
        "share of votes": votes.tolist(),
        "Shapley–Shubik": np.asarray(shapley).tolist(),
        "Banzhaf": np.asarray(banzhaf).tolist(),
        "power to act (all)": [act] * len(weights),
    }
    largest = int(np.argmax(weights))
    quantities = {"possible": possible, "total": total, "act": act, "patterns": patterns, "passing": act * patterns}
    for size, place in (("smallest", smallest), ("largest", largest)):
        quantities |= {size: shapley[place], f"{size}_votes": votes[place], f"{size}_name": MEMBERS[place]}
    return Picture(figure, sentence, table, quantities)


@styled
def winset(sq, a, b, c, d, in_a=True, in_b=True, in_c=True, in_d=False):
    """Ideal points on a line from 0 to 10, what each member would accept, and what all of them would."""
    members = dict(zip(MEMBERS, (a, b, c, d), strict=False))
    asked = [name for name, included in zip(MEMBERS, (in_a, in_b, in_c, in_d), strict=False) if included]
    ideals = [members[name] for name in asked]
    room = veto_players.winset(ideals, sq) if asked else None
    core = veto_players.core(ideals) if asked else None

    figure, ax = canvas(height=3.2, left=0.17, bottom=0.17, top=0.97)
    rows = {name: 5 - place for place, name in enumerate(members)} | {"core": 1, "all": 0}
    for name, ideal in members.items():
        included = name in asked
        if included:
            _span(ax, rows[name], veto_players.winset([ideal], sq), f"{BLUE}40", "", 0.4)
        ax.plot(
            ideal,
            rows[name],
            marker="o",
            markersize=8,
            color=BLUE if included else GREY,
            fillstyle="full" if included else "none",
            linestyle="none",
        )
    if core:
        ax.plot(core, [rows["core"]] * 2, color=INK, linewidth=2, marker="|", markersize=10, linestyle="-")
    if room:
        _span(ax, rows["all"], room, GREEN, "///", 0.55)
    else:
        ax.annotate("nothing: the status quo stays" if asked else "nobody is asked", (sq, rows["all"]), **_aside(sq))
    ax.axvline(sq, color=VERMILION, linewidth=1.5, linestyle="--")
    ax.annotate("status quo", (sq, 5.75), **_aside(sq, color=VERMILION))
    names = [f"member {name}" if name in asked else f"{name}, not asked" for name in members]
    ax.set_yticks(list(rows.values()), [*names, "core", "all prefer"])
    ax.set(xlim=(-0.3, 10.3), ylim=(-0.6, 6.1), xlabel="Size and firmness of the commitment")
    ax.set_xticks(range(0, 11, 2))
    ax.grid(visible=False, axis="y")

    table = {"who": [f"member {name}" for name in asked], "ideal": list(ideals)}
    spans = [veto_players.winset([ideal], sq) for ideal in ideals]
    table["who"].append("all of them")
    table["ideal"].append(None)
    table["prefers from"] = [span.low if span else None for span in (*spans, room)]
    table["to"] = [span.high if span else None for span in (*spans, room)]
    quantities = {"count": len(asked), "some": room is not None, "binding": " and ".join(_binding(asked, ideals, sq))}
    for name, span in (("", room), ("core_", core)):
        quantities |= {f"{name}low": span and span.low, f"{name}high": span and span.high}
    return Picture(figure, _agreement(asked, ideals, sq, room, core), table, quantities)


def _binding(asked, ideals, sq):
    """Who is closest to the status quo."""
    distances = [abs(ideal - sq) for ideal in ideals]
    return [name for name, distance in zip(asked, distances, strict=True) if distance - min(distances) < 1e-9]


def _agreement(asked, ideals, sq, room, core):
    if not asked:
        return "No member is asked, so there is nothing to agree on."
    who = ("The one member prefers", "Both members prefer", "All three members prefer", "All four members prefer")[
        len(asked) - 1
    ]
    if room is None:
        if len(asked) == 1:
            return f"The status quo of {sq:g} is what the one member wants: it prefers no change."
        return f"No change from {sq:g} suits everybody: the status quo lies in the core, from {core.low:g} to {core.high:g}."
    binding = _binding(asked, ideals, sq)
    names = " and ".join(binding)
    beyond = " (the scale ends at 10)" if room.high > 10 else " (the scale starts at 0)" if room.low < 0 else ""
    return (
        f"{who} every point between {room.low:g} and {room.high:g} to the status quo of {sq:g}{beyond}; "
        f"{names} bind{'s' if len(binding) == 1 else ''}, being closest to the status quo."
    ).replace("-", "−")


def _span(ax, row, span, color, hatch, height):
    if span:
        low, high = max(span.low, -0.3), min(span.high, 10.3)
        ax.barh(row, high - low, height, left=low, color=color, hatch=hatch, edgecolor="white", linewidth=0)


def _aside(place, **style):
    """Text beside a place on the line, on the side where there is room."""
    right = place <= 6
    offset = {"xytext": (6 if right else -6, 0), "textcoords": "offset points"}
    return offset | {"ha": "left" if right else "right", "va": "center", "fontsize": 9} | style


@styled
def burden(incomes, alpha):
    """What each ally gives of its own accord, as an amount and as a share, and the total against the efficient one.

    An income of 0 stands for no ally.
    """
    allies = [(name, income) for name, income in zip(MEMBERS, incomes, strict=False) if income > 0]
    if not allies:
        raise ValueError("at least one ally needs an income above 0.")
    names, held = [name for name, _ in allies], [income for _, income in allies]
    gifts, rates = sharing.nash_contributions(held, alpha), sharing.burden_rates(held, alpha)
    given, best = sharing.G_nash(held, alpha), sharing.G_opt(held, alpha)

    figure, (left, middle, right) = canvas(
        1, 3, width_ratios=[5, 5, 3], wspace=0.35, left=0.06, right=0.98, bottom=0.22
    )
    places = np.arange(len(allies))
    left.bar(places, gifts, 0.6, color=BLUE, hatch="///", edgecolor="white", linewidth=0)
    left.set_title("Contribution")
    _scale(left, max(30, *gifts))  # one for all presets
    middle.bar(places, rates, 0.6, color=ORANGE, hatch="---", edgecolor="white", linewidth=0)
    middle.set(ylim=(0, 1), yticks=[0, 0.5, 1])
    middle.set_title("Share of own income")
    for ax in (left, middle):
        ax.set_xticks(places, [f"{name}\n{income:g}" for name, income in allies])
        ax.set(xlim=(-0.6, len(incomes) - 0.4), xlabel="Ally and its income")
        ax.xaxis.set_label_coords(0.5, -0.20)  # below tick labels of two lines
        ax.grid(visible=False, axis="x")
    bars = right.bar([0, 1], [given, best], 0.6, color=[GREEN, SKY], edgecolor="white", linewidth=0)
    bars[1].set_hatch("xxx")
    for place, value in enumerate((given, best)):
        right.annotate(
            f"{value:.3g}", (place, value), xytext=(0, 3), textcoords="offset points", ha="center", fontsize=9
        )
    right.set_xticks([0, 1], ["given", "efficient"])
    right.set(xlim=(-0.6, 1.6))
    right.set_title("Total")
    right.grid(visible=False, axis="x")
    _scale(right, best)

    giving = [name for name, gift in zip(names, gifts, strict=True) if gift > 1e-9]
    amounts = ", ".join(f"{name} {gift:.3g}" for name, gift in zip(names, gifts, strict=True))
    who = "all of them" if len(giving) == len(names) else f"only {' and '.join(giving)}"
    sentence = (
        f"The allies give {given:.3g} in all ({amounts}; {who} contribute{'s' if len(giving) == 1 and who != 'all of them' else ''}), "
        f"which is {given / best:.0%} of the efficient {best:.3g}."
    )
    table = {
        "ally": [*names, "all"],
        "income": [*held, sum(held)],
        "contribution": [*np.asarray(gifts).tolist(), given],
        "share of own income": [*np.asarray(rates).tolist(), given / sum(held)],
        "efficient total": [None] * len(names) + [best],
    }
    quantities = {"given": given, "best": best, "share": given / best, "allies": len(names), "givers": len(giving)}
    return Picture(figure, sentence, table, quantities | {"who": " and ".join(giving)})


def _scale(ax, largest):
    top = next(size for size in (10, 20, 50, 100, 200, 500, 1000, 2000) if 1.1 * largest <= size)
    ax.set_ylim(0, top)
    ax.set_yticks([0, top / 2, top], ["0", f"{top / 2:g}", f"{top:g}"])


@styled
def spending_by_size(spending, year):
    """Defence spending as a share of GDP against GDP, ally by ally, with the rank correlation.

    ``spending`` is ``load("nato_defence")``; GDP exists in its edition of June 2024 only, 2014 to 2024.
    """
    from scipy.stats import spearmanr

    allies = spending[(spending.edition == "2024-06") & (spending.year == year) & ~spending.group]
    allies = allies.dropna(subset=["pct_gdp", "gdp_usd_m_2015"]).sort_values("gdp_usd_m_2015")
    if allies.empty:
        raise ValueError(f"there is no GDP for {year}; choose a year from 2014 to 2024")
    gdp = allies.gdp_usd_m_2015 / 1000
    rank = float(spearmanr(gdp, allies.pct_gdp).statistic)
    figure, ax = canvas(height=3.8, bottom=0.15, top=0.93)
    ax.plot(gdp, allies.pct_gdp, "o", color=BLUE, markersize=7, fillstyle="none", linestyle="none")
    ax.axhline(2, color=GREY, linewidth=1, linestyle="--")
    ax.annotate("2 per cent", (24_500, 2.03), ha="right", va="bottom", fontsize=8, color=GREY)
    for row in allies[allies.iso3.isin(_NAMED)].itertuples():
        shift, side = _NAMED[row.iso3]
        place = (row.gdp_usd_m_2015 / 1000, row.pct_gdp)
        ax.annotate(row.country, place, xytext=shift, textcoords="offset points", ha=side, fontsize=8)
    ax.set_xscale("log")
    ax.set_xticks([10, 100, 1_000, 10_000], ["10", "100", "1,000", "10,000"])
    ax.set(xlim=(3.5, 35_000), ylim=(0, 5), xlabel="GDP, billion dollars of 2015 (each step multiplies)")
    ax.set_ylabel("Per cent of GDP for defence")
    ax.set_title(f"NATO allies in {year}")
    share = float(gdp.iloc[-1] / gdp.sum())
    sentence = (
        f"In {year} the rank correlation of size and share of GDP over {len(allies)} of today’s allies was {rank:.2f}; the largest economy, "
        f"the United States, had {share:.0%} of the allies’ GDP and spent {allies.pct_gdp.iloc[-1]:.1f} per cent of its own."
    ).replace("-", "−")
    table = {"ally": allies.country.tolist(), "GDP, billion": gdp.tolist(), "per cent of GDP": allies.pct_gdp.tolist()}
    return Picture(figure, sentence, table)


#: Labels, and where they stand, for allies that stand apart in most years; naming all would hide the dots.
_NAMED = {
    "USA": ((-7, 4), "right"),
    "GBR": ((7, 5), "left"),
    "DEU": ((7, -9), "left"),
    "POL": ((7, 4), "left"),
    "GRC": ((7, 4), "left"),
    "EST": ((7, 4), "left"),
    "LUX": ((0, -14), "center"),
}
