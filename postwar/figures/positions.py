"""Who would send ground troops after a ceasefire, as coded by the course."""

from textwrap import shorten

import numpy as np
import pandas as pd

from postwar.data import load
from postwar.figures.picture import Picture
from postwar.figures.style import BLUE, GREEN, GREY, INK, ORANGE, VERMILION, canvas, styled

SCALE = {
    -2: "categorical no",
    -1: "leaning no",
    0: "undecided or\nsomething else",
    1: "leaning yes,\nconditional",
    2: "own public\ncommitment",
}
COLORS = {-2: VERMILION, -1: ORANGE, 0: GREY, 1: GREEN, 2: BLUE}
#: How sure the coding is, by marker.
MARKERS = {"high": "o", "medium": "s", "low": "D"}


def latest_positions(issue="own_ground_troops_after_ceasefire"):
    """One row per state, the latest on an issue, whoever governed; a government of which nothing is known is left out."""
    rows = load("positions").query("issue == @issue and actor_type == 'state'")
    rows = rows[~rows["stance"].str.startswith("Not established")].sort_values("as_of", kind="stable")
    rows = rows.drop_duplicates("iso3", keep="last")
    names = rows["actor"].str.replace(r" \(.*\)", "", regex=True)
    return rows.assign(actor=names).sort_values(["strength", "actor"], ascending=[True, False], ignore_index=True)


@styled
def ground_troops():
    """States ordered by their stated readiness to send ground troops after a ceasefire."""
    rows = latest_positions()
    figure, ax = canvas(height=6.4, left=0.19, right=0.88, bottom=0.11, top=0.95)
    places = np.arange(len(rows))
    ax.hlines(places, -2, rows["strength"], color=GREY, linewidth=0.7, linestyle=":")
    for confidence, marker in MARKERS.items():
        chosen = (rows["confidence"] == confidence).to_numpy()
        colors = rows.loc[chosen, "strength"].map(COLORS)
        ax.scatter(rows.loc[chosen, "strength"], places[chosen], s=52, marker=marker, color=colors, zorder=3)
        ax.plot([], [], marker=marker, color=INK, linestyle="none", label=confidence)
    for place, row in zip(places, rows.itertuples(), strict=True):
        ax.annotate(
            f"{pd.Timestamp(row.as_of):%b %Y}", (2.2, place), va="center", fontsize=8, color=INK, annotation_clip=False
        )
    ax.set(xlim=(-2.3, 2.15), ylim=(-0.8, len(rows) - 0.2))
    ax.set_xticks(list(SCALE), list(SCALE.values()))
    ax.set_yticks(places, [shorten(actor, 18, placeholder="…") for actor in rows["actor"]])
    ax.grid(visible=False, axis="y")
    ax.legend(title="Confidence in the row", loc="lower right", title_fontsize=9)
    ax.set_title("Own ground troops after a ceasefire (latest statement found)")
    groups = rows.groupby("strength")["actor"].apply(lambda names: ", ".join(sorted(names)))
    counts = rows["strength"].value_counts()
    words = {2: "committed in public", 1: "leaned yes", 0: "were undecided or offered something else"}
    words |= {-1: "leaned no", -2: "refused"}
    sentence = (
        f"Of {len(rows)} states, "
        + "; ".join(f"{counts[score]} {words[score]} ({groups[score]})" for score in sorted(counts.index, reverse=True))
        + ". Each dot is the latest position found; some date from early 2025, and the codes are judgements."
    )
    return Picture(figure, sentence, rows[::-1][["actor", "strength", "as_of", "stance", "conditions"]].to_dict("list"))
