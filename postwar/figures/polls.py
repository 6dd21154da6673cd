"""What publics say, and how much it depends on what they are asked."""

from textwrap import fill

import numpy as np

from postwar.data import load
from postwar.figures.picture import Picture
from postwar.figures.style import BLUE, GREY, ORANGE, canvas, styled
from postwar.figures.tints import tint

COUNTRIES = {
    "DEU": "Germany",
    "DNK": "Denmark",
    "ESP": "Spain",
    "FRA": "France",
    "GBR": "United Kingdom",
    "ITA": "Italy",
    "POL": "Poland",
    "UKR": "Ukraine",
    "USA": "United States",
}


@styled
def polls_by_wording(iso3="USA", about=("troops after a deal", "troops during the war", "air power")):
    """Support and opposition in one country, one pair of bars per question asked."""
    rows = load("opinion_polls").query("iso3 == @iso3 and about in @about").sort_values("date", ignore_index=True)
    if rows.empty:
        raise ValueError(f"There is no poll of {iso3!r} about {', '.join(about)}; see load('opinion_polls').")
    labels = [f"{fill(row.question, 40)}\n({row.pollster}, {row.date[:7]})" for row in rows.itertuples()]
    country = COUNTRIES.get(iso3, iso3)
    answers = [
        f"{row.question} ({row.date[:7]}): {_percent(row.support)} for, {_percent(row.oppose)} against"
        for row in rows.itertuples()
    ]
    return _picture(
        rows, labels, f"{country}: the answer depends on the question", f"{country}: " + "; ".join(answers) + "."
    )


@styled
def troops_after_a_deal():
    """One question in five countries: own soldiers as peacekeepers after a peace deal (YouGov, March 2025)."""
    rows = load("opinion_polls").query("pollster == 'YouGov' and about == 'troops after a deal'")
    rows = rows.sort_values("support", ascending=False, ignore_index=True)
    labels = [COUNTRIES[code] for code in rows["iso3"]]
    parts = [f"{label} {_percent(row.support)}" for label, row in zip(labels, rows.itertuples(), strict=True)]
    sentence = (
        f"Asked in the same words in March 2025 about own soldiers as peacekeepers after a deal, in favour were: {', '.join(parts)}. "
        f"Opposition was found for {' and '.join(np.array(labels)[rows['oppose'].notna()])} only."
    )
    return _picture(rows, labels, "Own soldiers as peacekeepers after a deal (YouGov, March 2025)", sentence)


@styled
def ceasefire_scenarios():
    """The survey experiment of 2026: which ceasefire Ukrainians would accept, by the troops that come with it."""
    rows = load("ceasefire_survey")
    known = rows.dropna(subset="accept")
    parts = [
        f"{row.scenario}: {_percent(row.accept)} accept, {_percent(row.reject)} reject" for row in known.itertuples()
    ]
    gain = known["accept"].iloc[-1] - known["accept"].iloc[0]
    sentence = (
        f"What Ukrainians said of a ceasefire on the current line, by what comes with it: {'; '.join(parts)}. The shield adds {gain:.0f} points to acceptance over no guarantees. "
        f"The figures for “{rows[rows['accept'].isna()]['scenario'].iloc[0]}” were not found."
    )
    rows = rows.rename(columns={"accept": "support", "reject": "oppose"}).assign(about="")
    labels = [
        fill(f"{row.scenario} ({row.troops})", 34) if row.troops != "none" else row.scenario
        for row in rows.itertuples()
    ]
    title = "Would you accept a ceasefire on the current line? (KIIS, 2026)"
    return _picture(rows, labels, title, sentence, ("accept", "reject"), "not found")


def _picture(rows, labels, title, sentence, answers=("for", "against"), unknown="not seen"):
    lines = sum(label.count("\n") + 2 for label in labels)
    height = 1.3 + 0.175 * lines
    figure, ax = canvas(height=height, left=0.43, right=0.96, bottom=0.6 / height, top=1 - 0.62 / height)
    places = (
        -np.cumsum([label.count("\n") + 2 for label in labels]) + np.array([label.count("\n") for label in labels]) / 2
    )
    for shift, column, answer, color, hatch in (
        (0.38, "support", answers[0], BLUE, ""),
        (-0.38, "oppose", answers[1], ORANGE, "///"),
    ):
        ax.barh(
            places + shift,
            rows[column].fillna(0),
            0.7,
            facecolor=tint(color),
            edgecolor=color,
            hatch=hatch,
            label=answer,
        )
        for place, value in zip(places + shift, rows[column], strict=True):
            missing = np.isnan(value)
            text = f"{answer}: {unknown}" if missing else f"{value:.0f}"
            ax.annotate(
                text, (1 if missing else value + 1, place), va="center", fontsize=8, color=GREY if missing else "black"
            )
    ax.axvline(50, color=GREY, linewidth=0.8, linestyle=":")
    ax.set(xlim=(0, 100), xlabel="Per cent")
    ax.set_ylim(places[-1] - 1.4, places[0] + 1.4)
    ax.set_yticks(places, labels)
    ax.grid(visible=False, axis="y")
    ax.legend(loc="lower right", ncols=2, bbox_to_anchor=(1.0, 1.0), borderaxespad=0)
    figure.suptitle(title, x=0.02, y=1 - 0.08 / height, va="top", ha="left", fontsize=11, fontweight="bold")
    numbers = {"question": [label.replace("\n", " ") for label in labels]}
    return Picture(
        figure, sentence, numbers | {answers[0]: rows["support"].tolist(), answers[1]: rows["oppose"].tolist()}
    )


def _percent(value):
    return "not seen" if np.isnan(value) else f"{value:.0f} per cent"
