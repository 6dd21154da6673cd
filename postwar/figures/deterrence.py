"""Pictures of lesson 4: attack or status quo, the two channels of a presence, what quiet proves, and two tables."""

import numpy as np

from postwar.data import load
from postwar.figures.picture import Picture
from postwar.figures.style import (
    BLUE,
    CHALLENGER,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    canvas,
    styled,
)
from postwar.models import deterrence, inference
from postwar.models import tripwire as presence
from postwar.models.rounding import at_most

_SCALES = (60, 120, 240, 480)  # half heights of the utility axis: it jumps only when an input leaves it


@styled
def deterrence_balance(V, SQ, C, pa, pi, K, q, s, S):
    """The utility of attack against the status quo, at every perceived chance of intervention.

    Intervention cannot help the Challenger: ``pi`` counts as no more than ``pa``.
    """
    held, pi = pi > pa, min(pi, pa)
    rest = {"V": V, "SQ": SQ, "C": C, "pa": pa, "pi": pi, "K": K, "s": s, "S": S}
    chances = np.array([0.0, 1.0])
    line = deterrence.eu_attack(q=chances, **rest)
    attack, gain = deterrence.eu_attack(q=q, **rest), -deterrence.margin(q=q, **rest)
    stopped = deterrence.deterred(q=q, **rest)
    threshold, kind = deterrence.q_crit(**rest), deterrence.q_class(**rest)

    reach = max(*np.abs(line), abs(SQ), abs(gain))
    scale = next((size for size in _SCALES if reach <= size), _SCALES[-1])
    figure, (left, right) = canvas(1, 2, width_ratios=[3, 1], wspace=0.55, left=0.11)
    left.fill_between(chances, SQ, scale, color=f"{CHALLENGER}1A", linewidth=0)
    left.plot(chances, line, color=CHALLENGER, linestyle="-", label="attack")
    left.axhline(SQ, color=BLUE, linestyle="--", label="status quo")
    if kind == "conditional":
        left.plot([threshold, threshold], [-scale, SQ], color=INK, linewidth=1.2, linestyle=":")
        left.annotate(
            f"q* = {threshold:.3f}",
            (threshold, -scale),
            xytext=(4 if threshold < 0.75 else -4, 5),
            textcoords="offset points",
            ha="left" if threshold < 0.75 else "right",
            fontsize=9,
        )
    left.plot([q], [attack], marker="o", markersize=9, color=INK, linestyle="none", clip_on=False, label="now")
    _utility_axis(left, scale)
    left.set(
        xlim=(0, 1), xticks=[0, 0.5, 1], xlabel="Perceived chance of intervention, q", ylabel="Challenger’s utility"
    )
    left.set_title("Shaded: attack beats the status quo")
    left.legend(loc="upper right", ncols=3, columnspacing=1.2)
    right.bar(
        [0], [gain], 0.6, color=BLUE if stopped else CHALLENGER, hatch="" if stopped else "///", edgecolor="white"
    )
    right.axhline(0, color=INK, linewidth=1)
    _utility_axis(right, scale)
    right.set(xlim=(-0.8, 0.8), xticks=[], ylabel="Gain from attack, EU − SQ")
    right.annotate(_signed(gain), (0, max(gain, 0)), xytext=(0, 3), textcoords="offset points", ha="center", fontsize=9)
    right.set_title("deterred" if stopped else "attack")
    sentence = (
        f"An attack is worth {_number(attack)} to the Challenger and the status quo {_number(SQ)}: "
        f"{'it is deterred' if stopped else 'it attacks'}. {_threshold_in_words(kind, threshold)}"
    )
    if held:
        sentence += f" (Intervention cannot help it: its chance with intervention counts as {pi:.2f}.)"
    rows = {"utility of attack": attack, "status quo": float(SQ), "gain from attack": gain}
    if threshold is not None:
        rows["critical chance of intervention, q*"] = threshold
    quantities = {"attack": attack, "gain": gain, "stopped": bool(stopped), "kind": str(kind), "threshold": threshold}
    return Picture(figure, sentence, {"quantity": list(rows), "value": list(rows.values())}, quantities)


def _threshold_in_words(kind, threshold):
    if kind == "always":
        return "With these inputs it is deterred even if it expects no intervention."
    if kind == "never":
        return "With these inputs no chance of intervention would deter it alone."
    return f"The threshold is a perceived chance of intervention of q* = {threshold:.3f}."


def _utility_axis(ax, scale):
    ax.set_ylim(-scale, scale)
    ax.set_yticks([-scale, 0, scale], [f"−{scale}", "0", f"{scale}"])  # each tick costs a step about a millisecond


def _number(value):
    return f"{round(value, 1) + 0.0:g}".replace("-", "−")


def _signed(value):
    return f"+{_number(value)}" if value >= 0.05 else _number(value)


@styled
def tripwire(n, q1, kappa, D0, Rf):
    """The utility of attack against the size of a presence, and what each channel takes off it; other inputs at default."""
    rest = {"q1": q1, "kappa": kappa, "D0": D0, "Rf": Rf}
    sizes = np.linspace(0, 100, 201)
    at_rest = presence.PARAMETERS["SQ"].default
    attack, without = presence.eu_attack(n, **rest), presence.eu_attack(0, **rest)
    threshold = presence.n_min(**rest)
    parts = presence.channels(n, **rest)

    figure, (left, right) = canvas(1, 2, width_ratios=[3, 1], wspace=0.5)
    left.plot(sizes, presence.eu_attack(sizes, **rest), color=CHALLENGER, linestyle="-", label="attack")
    left.axhline(at_rest, color=BLUE, linestyle="--", label="status quo")
    if threshold is not None and threshold <= sizes[-1]:
        left.plot([threshold, threshold], [-60, at_rest], color=INK, linewidth=1.2, linestyle=":")
        left.annotate(
            f"threshold {threshold:.2f}" if threshold else "no troops needed",
            (threshold, -60),
            xytext=(5 if threshold < 70 else -5, 5),
            textcoords="offset points",
            ha="left" if threshold < 70 else "right",
            fontsize=9,
        )
    left.plot([n], [attack], marker="o", markersize=9, color=INK, linestyle="none", clip_on=False, label="now")
    left.set(xlim=(0, 100), xticks=[0, 50, 100], xlabel="Foreign troops, n (thousand)", ylabel="Challenger’s utility")
    left.set_ylim(-60, 90)
    left.set_yticks([-60, 0, 60], ["−60", "0", "60"])
    left.legend(loc="upper right", ncols=3, columnspacing=1.2)
    _stack(right, {"credibility": parts.credibility, "denial": parts.denial})
    right.set_ylim(-30, 90)
    right.set_yticks([0, 30, 60])
    right.set(xlim=(-0.5, 0.5), xticks=[], ylabel="Taken off by each channel")
    right.axhline(0, color=INK, linewidth=1)
    right.legend(loc="upper center", bbox_to_anchor=(0.5, -0.01), handlelength=1.2)

    if threshold == 0:
        needed = "With these inputs the Host deters without any foreign troops"
    elif threshold is None:
        needed = f"No presence of up to {presence.PARAMETERS['n_max'].default:g} thousand deters with these inputs"
    else:
        needed = f"The threshold with these inputs is {threshold:.2f} thousand"
    size = f"{n:g} thousand foreign troops" if n else "no foreign troops"
    sentence = (
        f"With {size} an attack is worth {_number(attack)} to the Challenger: "
        f"{'deterred' if at_most(attack, at_rest) else 'not deterred'}. "
    )
    if n:
        sentence += (
            f"With none it is worth {_number(without)}; credibility alone {_taken(parts.credibility)} "
            f"and denial alone {_taken(parts.denial)}. "
        )
    sentence += needed + "."
    rows = {
        "utility of attack": attack,
        "utility of attack without troops": without,
        "status quo": float(at_rest),
        "credibility, q(n)": presence.credibility(n, q1=q1, kappa=kappa),
        "chance of success against Host and presence, p(n)": presence.p_success(n, D0=D0),
        "fall by credibility alone": parts.credibility,
        "fall by denial alone": parts.denial,
        "interaction of the two": parts.interaction,
    }
    if threshold is not None:
        rows["threshold, thousand"] = float(threshold)
    quantities = {
        "attack": attack,
        "without": without,
        "at_rest": at_rest,
        "stopped": bool(at_most(attack, at_rest)),
        "threshold": threshold,
        "credibility": parts.credibility,
        "denial": parts.denial,
    }
    return Picture(figure, sentence, {"quantity": list(rows), "value": list(rows.values())}, quantities)


def _taken(fall):
    return f"takes off {_number(fall)}" if fall >= 0 else f"adds {_number(-fall)}"


def _stack(ax, parts):
    above = below = 0.0
    for (text, value), color, hatch in zip(parts.items(), (GREEN, SKY), ("///", ""), strict=True):
        bottom, said = above if value >= 0 else below, f"{text} {_number(value)}"
        ax.bar([0], [value], 0.5, bottom=bottom, color=color, hatch=hatch, edgecolor="white", linewidth=0, label=said)
        above, below = above + max(value, 0), below + min(value, 0)


@styled
def quiet(motivated, d, g, t):
    """A hundred quiet or broken years, and a hundred Challengers in and out of crises, drawn by kind."""
    posterior = inference.p_deterred_given_quiet(motivated, d)
    cases, crises = inference.case_shares(motivated, d), inference.crisis_shares(g, t)
    success, attacks = inference.immediate_success_rate(g, t), inference.attack_rate(g, t)
    challenges = inference.challenge_rate(g, t)

    figure, (left, right) = canvas(1, 2, wspace=0.8, left=0.02, right=0.79, bottom=0.04, top=0.88, height=2.7)
    _grid(left, cases, ("unmotivated", "deterred", "attacked"), "A hundred years like this one")
    _grid(right, crises, ("no challenge", "withdrew", "attacked"), "A hundred Challengers")
    if posterior is None:
        first = "A quiet year cannot happen with these inputs"
    else:
        first = f"After a quiet year the chance that deterrence was at work is {posterior:.0%}"
    sentence = (
        f"{first}. In crises threats succeed at a rate of {success:.2f}; {challenges:.2f} of the Challengers challenge and "
        f"{attacks:.2f} attack."
    )
    rows = {
        "chance of a quiet year": inference.p_quiet(motivated, d),
        "success rate of threats in crises": success,
        "share that challenges": challenges,
        "share that attacks": attacks,
    }
    if posterior is not None:
        rows = {"chance that quiet is deterrence": posterior} | rows
    quantities = {
        "possible": posterior is not None,
        "posterior": posterior,
        "success": success,
        "challenges": challenges,
        "attacks": attacks,
    }
    return Picture(figure, sentence, {"quantity": list(rows), "value": list(rows.values())}, quantities)


def _grid(ax, shares, names, title):
    """A hundred marks in ten rows, one shape and colour per kind."""
    counts = _hundred(shares)
    places = np.arange(100)
    start = 0
    for count, name, marker, color in zip(counts, names, "os^", (GREY, BLUE, VERMILION), strict=True):
        chosen = places[start : start + count]
        ax.plot(
            chosen % 10,
            9 - chosen // 10,
            marker,
            color=color,
            markersize=7,
            fillstyle="none" if marker == "o" else "full",
            linestyle="none",
            label=f"{count} {name}",
        )
        start += count
    ax.set(xlim=(-0.7, 9.7), ylim=(-0.7, 9.7), xticks=[], yticks=[])
    for side in ax.spines.values():
        side.set_visible(False)
    ax.set_title(title)
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), handlelength=1, handletextpad=0.4, labelspacing=1.0)


def _hundred(shares):
    """Whole numbers that sum to 100 and stay closest to the shares (largest remainders)."""
    exact = np.asarray(shares) * 100
    counts = np.floor(exact + 1e-9).astype(int)
    for place in np.argsort(counts - exact, kind="stable")[: 100 - counts.sum()]:
        counts[place] += 1
    return counts


_ALLIES = ("no defence pact", "pact, no major power", "pact with a major power")


@styled
def dispute_rates(rates):
    """Disputes begun between neighbours per 1,000 pair-years, by the target's allies: ``load("dispute_rates")``."""
    neighbours = rates[rates.land_contiguous]
    figure, axes = canvas(1, 2, wspace=0.08, left=0.10, bottom=0.17)
    rows = []
    for ax, (period, years) in zip(axes, neighbours.groupby("period"), strict=True):
        for shift, stronger, text, color, hatch in (
            (-0.19, True, "challenger is the stronger", VERMILION, "///"),
            (0.19, False, "challenger is not the stronger", BLUE, ""),
        ):
            group = years[years.challenger_stronger == stronger].sort_values(
                ["target_defence_pact", "target_ally_major"]
            )
            places = np.arange(3) + shift
            ax.bar(
                places,
                group.disputes_per_1000,
                0.36,
                color=color,
                hatch=hatch,
                edgecolor="white",
                linewidth=0,
                label=text,
            )
            rows += [
                (period, text, ally, row.dyad_years, row.disputes, row.disputes_per_1000)
                for ally, row in zip(_ALLIES, group.itertuples(), strict=True)
            ]
        ax.set_xticks(range(3), ["no pact", "pact without\nmajor power", "pact with\nmajor power"])
        ax.set(xlim=(-0.5, 2.5), ylim=(0, 120))
        ax.grid(visible=False, axis="x")
        ax.set_title(period.replace("-", "–"))
    axes[0].set_ylabel("Disputes per 1,000 pair-years")
    axes[1].tick_params(labelleft=False)
    axes[0].legend(loc="upper left")
    columns = ("years", "challenger", "target’s allies", "pair-years", "disputes", "per 1,000")
    latest = {row[1:3]: row[5] for row in rows if row[0] == "1990-2010"}
    none, minor, major = (latest["challenger is the stronger", ally] for ally in _ALLIES)
    others = [latest["challenger is not the stronger", ally] for ally in _ALLIES]
    sentence = (
        f"Between neighbours in 1990–2010 stronger challengers began {none:.0f} disputes per 1,000 pair-years against targets "
        f"without a pact, {minor:.0f} against targets allied to smaller powers only, and {major:.0f} against targets with a "
        f"major power as ally; for other challengers the rates were {others[0]:.0f}, {others[1]:.0f} and {others[2]:.0f}."
    )
    return Picture(figure, sentence, dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True)))


_BASES = {
    "asked for": ("asked for by Kyiv", "D", VERMILION),
    "judged necessary": ("judged necessary", "s", ORANGE),
    "sketched": ("sketched by institutes", "v", PURPLE),
    "costed": ("costed by an institute", "X", INK),
    "discussed": ("discussed, as reported", "o", BLUE),
}
_TICKS = [1_000, 3_000, 10_000, 30_000, 100_000, 300_000]


@styled
def presence_sizes(missions, proposals):
    """Forces stationed to deter, beside the sizes named for Ukraine, on a logarithmic scale of soldiers.

    ``missions`` is ``load("missions")`` and ``proposals`` is ``load("force_proposals")``.
    """
    stationed = missions[missions.kind == "deterrent_presence"].sort_values("strength")
    hosts = load("nato_members").set_index("iso3").country
    whole = proposals[proposals.scope == "whole force"]
    rows = [
        (f"{_name(row, hosts)}, {row.strength_as_of[:4]}", (row.strength,), "^", GREEN)
        for row in stationed.itertuples()
    ]
    for basis, (text, marker, color) in _BASES.items():
        named = whole.loc[whole.basis == basis, ["low", "high"]].stack().dropna()
        rows.append((f"Ukraine: {text}", tuple(sorted({int(size) for size in named})), marker, color))

    figure, ax = canvas(height=4.4, left=0.34, right=0.96, bottom=0.13, top=0.97)
    for place, (_, sizes, marker, color) in enumerate(rows):
        ax.plot(sizes, [place] * len(sizes), marker, color=color, markersize=7, fillstyle="none", linestyle="none")
    ax.axhline(len(stationed) - 0.5, color=GREY, linewidth=0.8, linestyle="-")
    ax.set_xscale("log")
    ax.set_xticks(_TICKS, [f"{tick:,}" for tick in _TICKS])
    ax.set_xticks([], minor=True)
    ax.set_yticks(range(len(rows)), [text for text, *_ in rows])
    ax.set(xlim=(500, 400_000), ylim=(-0.6, len(rows) - 0.4), xlabel="Soldiers (each step to the right multiplies)")
    groups = stationed[stationed.mission.str.contains("battlegroup")].strength
    discussed = rows[-1][1]
    sentence = (
        f"Each of NATO’s {len(groups)} battlegroups in the east counted between {groups.min():,} and {groups.max():,} soldiers in "
        f"June 2022, {int((groups < 1000).sum())} of them fewer than 1,000; the sizes reported as discussed for Ukraine run from {min(discussed):,} to {max(discussed):,}."
    )
    table = {
        "force": [text for text, *_ in rows],
        "smallest": [min(sizes) for _, sizes, *_ in rows],
        "largest": [max(sizes) for _, sizes, *_ in rows],
    }
    return Picture(figure, sentence, table)


def _name(mission, hosts):
    battlegroup = "battlegroup" in mission.mission
    return f"Battlegroup in {hosts[mission.host_iso3]}" if battlegroup else mission.mission
