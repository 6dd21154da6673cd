"""Defence spending of NATO allies against the marks of 2, 3.5 and 5 per cent of GDP."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from postwar.data import load
from postwar.figures.picture import Picture
from postwar.figures.style import CYCLE, DASHES, GREY, INK, canvas, styled

#: Pledges of 2014 (Wales) and 2025 (The Hague: 3.5 core, 5 with wider spending).
MARKS = (2.0, 3.5, 5.0)
#: The newest edition that has a figure wins; the annual report gives one decimal only, so it comes second.
EDITIONS = ("2025-08", "2026-annual-report", "2024-06")
MARKERS = "osD^vP"


def latest_shares():
    """Share of GDP by ally and year (allies only), from the newest edition that has it."""
    shares = load("nato_defence").query("not group")[["iso3", "country", "year", "edition", "pct_gdp", "is_estimate"]]
    rank = shares["edition"].map({edition: place for place, edition in enumerate(EDITIONS)})
    newest = shares.assign(rank=rank).sort_values("rank").drop_duplicates(["iso3", "year"])
    return newest.drop(columns="rank").sort_values(["iso3", "year"], ignore_index=True)


@styled
def allies_in_year(year=2025):
    """Every ally's share of GDP in one year (2014 to 2025), ordered."""
    shares = latest_shares().query("year == @year").sort_values(["pct_gdp", "country"])
    if shares.empty:
        raise ValueError(f"There are no figures for {year}; choose a year from 2014 to 2025.")
    figure, ax = canvas(height=6.2, left=0.18, bottom=0.09, top=0.94)
    places = np.arange(len(shares))
    ax.hlines(places, 0, shares["pct_gdp"], color=GREY, linewidth=1, linestyle="-")
    ax.plot(shares["pct_gdp"], places, marker="o", color=CYCLE[0], linestyle="none")
    for mark, dash in zip(MARKS, DASHES[1:], strict=False):
        ax.axvline(mark, color=INK, linewidth=1, linestyle=dash)
        ax.annotate(f"{mark:g}%", (mark, len(shares) - 0.2), ha="center", fontsize=9, annotation_clip=False)
    ax.set(xlim=(0, max(5.3, shares["pct_gdp"].max() + 0.3)), ylim=(-0.8, len(shares) - 0.3))
    ax.set_yticks(places, shares["country"])
    ax.grid(visible=False, axis="y")
    ax.set_xlabel(f"Defence spending in {year}, per cent of GDP")
    reached = [int((shares["pct_gdp"] >= mark).sum()) for mark in MARKS]
    top, bottom = shares.iloc[-1], shares.iloc[0]
    sentence = (
        f"In {year}, {reached[0]} of {len(shares)} allies with armed forces spent at least 2 per cent of GDP on defence, "
        f"{reached[1]} at least 3.5 and {reached[2]} at least 5; {top['country']} spent most ({top['pct_gdp']:.1f}), "
        f"{bottom['country']} least ({bottom['pct_gdp']:.1f})."
    )
    if shares["is_estimate"].any():
        sentence += " Figures for this year are estimates."
    return Picture(figure, sentence, shares[["country", "pct_gdp", "edition"]].iloc[::-1].to_dict("list"))


@styled
def allies_over_time(*iso3):
    """Share of GDP from 2014 to 2025 for up to six allies, named by ISO code (``"GBR"``, ``"FRA"``)."""
    shares = latest_shares().pivot(index="year", columns="iso3", values="pct_gdp")
    names = latest_shares().drop_duplicates("iso3").set_index("iso3")["country"]
    chosen = iso3 or ("USA", "GBR", "FRA", "DEU", "POL", "ITA")
    unknown = [code for code in chosen if code not in shares]
    if unknown or len(chosen) > len(CYCLE):
        raise ValueError(
            f"Name up to six allies by ISO code, for instance 'GBR'; cannot draw {', '.join(unknown or chosen)}."
        )
    figure, ax = canvas(height=3.8, right=0.80, bottom=0.14, top=0.95)
    ends = _apart([shares[code].dropna().iloc[-1] for code in chosen], 0.22)
    for code, color, dash, marker, end in zip(chosen, CYCLE, DASHES, MARKERS, ends, strict=False):
        line = shares[code].dropna()
        ax.plot(line.index, line, color=color, linestyle=dash, marker=marker, markersize=4)
        ax.annotate(
            names[code], (line.index[-1] + 0.2, end), va="center", fontsize=9, color=color, annotation_clip=False
        )
    for mark in MARKS:
        ax.axhline(mark, color=INK, linewidth=0.8, linestyle=":")
    ax.set(ylim=(0, max(5.2, shares[list(chosen)].max().max() + 0.2)), ylabel="Per cent of GDP")
    ax.set_yticks([0, 1, 2, 3, 3.5, 4, 5])
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    first, last = shares.index[0], shares.index[-1]
    parts = [
        f"{names[code]} from {shares[code].loc[first]:.1f} to {shares[code].dropna().iloc[-1]:.1f}" for code in chosen
    ]
    sentence = f"Defence spending as a share of GDP, {first} to {last}, in per cent: {'; '.join(parts)}."
    numbers = {"year": list(shares.index)} | {names[code]: shares[code].tolist() for code in chosen}
    return Picture(figure, sentence, numbers)


def _apart(heights, gap):
    """Move label heights up just enough that no two are closer than ``gap``."""
    placed = {}
    floor = -np.inf
    for index in np.argsort(heights):
        floor = placed[index] = max(heights[index], floor + gap)
    return [placed[index] for index in range(len(heights))]
