"""The dated events of the debate, in one lane per actor."""

import numpy as np
import pandas as pd
from matplotlib.dates import ConciseDateFormatter, MonthLocator, YearLocator

from postwar.data import load
from postwar.figures.picture import Picture
from postwar.figures.style import CYCLE, INK, canvas, styled

#: How the first-named actor of a row begins; the first lane that fits takes the event.
LANES = {
    "Moscow": ("Russia",),
    "Washington": ("US", "United States", "Steve Witkoff"),
    "Kyiv": ("Ukrain", "Volodymyr Zelensky"),
    "London, Paris, coalition": ("UK", "France", "Emmanuel Macron", "Keir Starmer", "Coalition"),
    "NATO, EU, others": ("",),
}
MARKERS = "XsoD^"


def events(start="2025-01-01", end="2026-07-31"):
    """Rows of the timeline between two dates, with a timestamp (``when``) and the ``lane`` of the first-named actor."""
    rows = load("timeline")
    rows["when"] = pd.to_datetime(rows["date"], format="mixed")
    rows = rows[rows["when"].between(start, end)]
    if rows.empty:
        raise ValueError(f"The timeline has no event between {start} and {end}; it runs from 1994-12-05 to 2026-07-07.")
    return rows.assign(lane=[_lane(actor) for actor in rows["actor"]]).sort_values("when", ignore_index=True)


@styled
def timeline(start="2025-01-01", end="2026-07-31"):
    """Events between two dates as dots with their ids, in lanes."""
    rows = events(start, end)
    figure, ax = canvas(height=4.8, left=0.235, right=0.99, bottom=0.10, top=0.93)
    span = (rows["when"].max() - rows["when"].min()) / np.timedelta64(1, "D")
    for lane, (name, color, marker) in enumerate(zip(LANES, CYCLE, MARKERS, strict=False)):
        own = rows[rows["lane"] == name]
        levels = _levels(own["when"], 0.075 * max(span, 1))
        heights = -lane + 0.15 * np.array(levels) - 0.38
        ax.axhline(-lane - 0.5, color=INK, linewidth=0.4, linestyle="-")
        ax.scatter(own["when"], heights, s=16, color=color, marker=marker, zorder=3)
        for when, height, key in zip(own["when"], heights, own["id"], strict=True):
            ax.annotate(key, (when, height), (3, 0), textcoords="offset points", va="center", fontsize=7, color=INK)
    ax.set_ylim(0.5 - len(LANES), 0.5)
    ax.set_yticks(-np.arange(len(LANES)), LANES)
    ax.margins(x=0.08)
    ax.grid(visible=False, axis="y")
    ax.xaxis.set_major_locator(MonthLocator(interval=2) if span < 800 else YearLocator(2 if span < 5000 else 5))
    ax.xaxis.set_major_formatter(ConciseDateFormatter(ax.xaxis.get_major_locator()))
    ax.set_title("Events of the debate; the ids are those of the timeline table")
    counts = rows["lane"].value_counts()
    busiest = rows["when"].dt.strftime("%B %Y").value_counts()
    sentence = (
        f"{len(rows)} dated events from {rows['when'].min():%B %Y} to {rows['when'].max():%B %Y}, by the actor named first: "
        + "; ".join(f"{name} {counts[name]}" for name in LANES if name in counts)
        + f". The busiest month is {busiest.index[0]} with {busiest.iloc[0]}."
    )
    return Picture(figure, sentence, rows[["id", "date", "lane", "fact"]].to_dict("list"))


def _lane(actor):
    return next(lane for lane, words in LANES.items() if actor.startswith(words))


def _levels(times, gap):
    """Rows 0, 1, 2 … within a lane, so that labels of events less than ``gap`` days apart do not collide."""
    last, levels = [], []
    for day in times.astype("int64") / 86_400e9:
        level = next((row for row, latest in enumerate(last) if day - latest > gap), len(last))
        last[level : level + 1] = [day]
        levels.append(level)
    return levels
