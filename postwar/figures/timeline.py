"""The dated events of the debate, one to a line and in words, in the colour of the actor named first."""

import numpy as np
import pandas as pd
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

from postwar.data import load, record_ends
from postwar.figures.picture import Picture
from postwar.figures.style import CYCLE, GREY, INK, PALE, canvas, styled

#: How the first-named actor of a row begins; the first lane that fits takes the event.
LANES = {
    "Moscow": ("Russia",),
    "Washington": ("US", "United States", "Steve Witkoff"),
    "Kyiv": ("Ukrain", "Volodymyr Zelensky"),
    "London, Paris, coalition": ("UK", "France", "Emmanuel Macron", "Keir Starmer", "Coalition"),
    "NATO, EU, others": ("",),
}
MARKERS = "XsoD^"
#: The story of the course in a dozen events.
STORY = ("T006", "T016", "T022", "T034", "T035", "T041", "T044", "T045", "T046", "T051", "T058", "T059", "T065", "T067")


def events(start="2025-01-01", end=None):
    """Rows of the timeline between two dates (to the end of the record without ``end``), with a timestamp (``when``) and the ``lane`` of the first-named actor."""
    rows = load("timeline")
    rows["when"] = pd.to_datetime(rows["date"], format="mixed")
    end = end or str(record_ends())
    first, last = rows["date"].min(), rows["date"].max()
    rows = rows[rows["when"].between(start, end)]
    if rows.empty:
        raise ValueError(f"The timeline has no event between {start} and {end}; it runs from {first} to {last}.")
    return rows.assign(lane=[_lane(actor) for actor in rows["actor"]]).sort_values(
        "when", ignore_index=True, kind="stable"
    )


@styled
def timeline(start="2025-01-01", end=None, only=None):
    """Events between two dates, one to a line, with their dates and labels; ``only`` names the ids to show.

    Events from before 2025 that ``only`` names stand at the left edge, so that they do not squeeze the rest.
    """
    every = events(start, end)
    rows = every if only is None else events("1994", end).query("id in @only")
    early = rows["when"] < pd.Timestamp(start)
    at = rows["when"].mask(early, pd.Timestamp(start) - pd.Timedelta(days=20))
    height = 1.05 + 0.205 * len(rows)
    figure, ax = canvas(height=height, left=0.02, right=0.98, bottom=0.38 / height, top=1 - 0.55 / height)
    low, high = min(at.min(), every["when"].min()), max(at.max(), every["when"].max())
    span = max(high - low, pd.Timedelta(days=6))
    middle = low + (high - low) / 2
    ax.vlines(every["when"], len(rows) - 0.4, len(rows) + 0.1, color=GREY, linewidth=0.7)
    for lane, color, marker in zip(LANES, CYCLE, MARKERS, strict=False):
        own = (rows["lane"] == lane).to_numpy()
        if own.any():
            ax.plot(at[own], np.flatnonzero(own), marker, color=color, markersize=6, label=lane)
    for place, (when, row) in enumerate(zip(at, rows.itertuples(), strict=True)):
        left = when <= middle
        words = f"{row.label}  ·  {_short(row.date)}" if left else f"{_short(row.date)}  ·  {row.label}"
        side = {"ha": "left", "xytext": (7, 0)} if left else {"ha": "right", "xytext": (-7, 0)}
        ax.annotate(words, (when, place), textcoords="offset points", va="center", fontsize=8.5, color=INK, **side)
    ax.set(xlim=(low - span * 0.02, high + span * 0.02), ylim=(len(rows) + 0.2, -0.7), yticks=[])
    ax.spines["left"].set_visible(False)
    ax.grid(visible=False, axis="y")
    ax.grid(color=PALE, axis="x")
    locator = AutoDateLocator(maxticks=7)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
    ax.legend(
        loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=5, columnspacing=0.9, handletextpad=0.1, borderaxespad=0.1
    )
    counts = rows["lane"].value_counts()
    busiest = rows["when"].dt.strftime("%B %Y").value_counts()
    sentence = (
        f"{len(rows)} dated events from {rows['when'].min():%B %Y} to {rows['when'].max():%B %Y}, by the actor named first: "
        + "; ".join(f"{name} {counts[name]}" for name in LANES if name in counts)
        + (f". The busiest month is {busiest.index[0]} with {busiest.iloc[0]}." if busiest.iloc[0] > 1 else ".")
    )
    columns = {"date": "date", "event": "label", "actor": "lane", "in full": "fact", "source": "id"}
    return Picture(figure, sentence, {name: rows[column].tolist() for name, column in columns.items()})


def story():
    """The story that opens the course, from the invasion to where the record ends."""
    return timeline(only=STORY)


def of_lesson(slug):
    """Where the events that a lesson cites stand among all of the record (the ticks at the foot)."""
    import json

    from postwar import citations, paths

    notebook = json.loads((paths.LESSONS / f"{slug}.ipynb").read_text(encoding="utf-8"))
    prose = "".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    cited = {key for marker in citations.MARKER.findall(prose) for key in citations.marked(marker)}
    return timeline(only=sorted(cited & set(load("timeline")["id"])))


def _short(date):
    form = {4: "{0:%Y}", 7: "{0:%b %Y}", 10: "{0.day} {0:%b %Y}"}[len(date)]
    return form.format(pd.Timestamp(date))


def _lane(actor):
    return next(lane for lane, words in LANES.items() if actor.startswith(words))
