"""How dense past missions were, and how dense the sizes named for Ukraine would be."""

import numpy as np
import pandas as pd
from matplotlib.ticker import StrMethodFormatter

from postwar.data import load
from postwar.figures.picture import Picture
from postwar.figures.style import BLUE, GREY, INK, VERMILION, canvas, styled

#: Sizes named for Ukraine, from the middle of press reports to the Ukrainian wish of January 2025.
SIZES = (15_000, 30_000, 64_000, 100_000, 200_000)
MEASURES = {
    "per thousand inhabitants": ("troops_per_1000_inhabitants", "population_thousand"),
    "per thousand square kilometres": ("troops_per_1000_km2", "area_km2"),
}


def host_densities(measure="per thousand inhabitants", sizes=SIZES):
    """Missions with a known density, and forces of ``sizes`` (persons) in Ukraine, ordered; columns case, kind, density."""
    if measure not in MEASURES:
        raise ValueError(f"There is no measure {measure!r}; choose {' or '.join(MEASURES)}.")
    ratio, base = MEASURES[measure]
    missions = load("missions").dropna(subset=ratio).rename(columns={"mission": "case", ratio: "density"})
    missions["kind"] = np.where(missions["kind"] == "deterrent_presence", "deterrent presence", "mission")
    ukraine = load("host_states").set_index("iso3").loc["UKR", base]
    scale = 1 if base == "population_thousand" else 1000
    proposals = [
        {"case": f"Ukraine, {size:,}", "kind": "proposal", "density": scale * size / ukraine} for size in sizes
    ]
    rows = pd.concat([missions[["case", "kind", "density"]], pd.DataFrame(proposals)])
    return rows.sort_values("density", ignore_index=True)


@styled
def mission_densities(measure="per thousand inhabitants", sizes=SIZES):
    """Troops per thousand inhabitants or square kilometres of the host, on a logarithmic scale."""
    rows = host_densities(measure, sizes)
    figure, ax = canvas(height=0.9 + 0.21 * len(rows), left=0.27, bottom=0.12, top=0.94)
    _dots(ax, rows, "density")
    ax.set_xlabel(f"Troops {measure} of the host (logarithmic scale)")
    proposals, past = (rows[(rows["kind"] == "proposal") == flag] for flag in (True, False))
    sentence = (
        f"Troops {measure}: past missions and deployments run from {_short(past['density'].min())} ({past.iloc[0]['case']}) to "
        f"{_short(past['density'].max())} ({past.iloc[-1]['case']}); the sizes named for Ukraine, {min(sizes):,} to "
        f"{max(sizes):,}, would be {_short(proposals['density'].min())} to {_short(proposals['density'].max())}, in the borders "
        "of 2021 and with the population of 2022. The tasks differ, so equal density does not mean equal effect."
    )
    return Picture(figure, sentence, rows[::-1].to_dict("list"))


@styled
def line_densities():
    """Soldiers per kilometre of line: precedents, a planning norm, and sizes named for Ukraine."""
    rows = load("line_densities")
    rows["low"], rows["high"] = rows["soldiers"] / rows["km_high"], rows["soldiers"] / rows["km_low"]
    rows = rows.sort_values("low", ignore_index=True)
    figure, ax = canvas(height=3.6, left=0.40, bottom=0.15, top=0.94)
    ax.hlines(np.arange(len(rows)), rows["low"], rows["high"], color=INK, linewidth=3, linestyle="-", alpha=0.35)
    _dots(ax, rows, "low")
    ax.set_xlabel("Soldiers per kilometre of line (logarithmic scale)")
    parts = [f"{row.case} {row.low:.0f}" for row in rows.itertuples()]
    sentence = (
        f"Soldiers per kilometre, taking the longer line where lengths differ: {'; '.join(parts)}. "
        "The ratios show scale: no plan reported from capitals would spread the force along the front."
    )
    return Picture(figure, sentence, rows[::-1][["case", "kind", "soldiers", "low", "high"]].to_dict("list"))


def _dots(ax, rows, column):
    places = np.arange(len(rows))
    for kind, marker, color in (
        ("mission", "o", BLUE),
        ("precedent", "o", BLUE),
        ("deterrent presence", "^", GREY),
        ("norm", "^", GREY),
        ("proposal", "D", VERMILION),
    ):
        own = (rows["kind"] == kind).to_numpy()
        if own.any():
            label = "named for Ukraine" if kind == "proposal" else kind
            ax.plot(rows.loc[own, column], places[own], marker=marker, color=color, linestyle="none", label=label)
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    ax.set_yticks(places, rows["case"])
    ax.set_ylim(-0.7, len(rows) - 0.3)
    ax.legend(loc="lower right")


def _short(density):
    return f"{density:,.0f}" if density >= 10 else f"{density:.2g}"
