"""The world behind the debate: a map of who offered what, and lengths and sizes drawn to scale."""

import numpy as np
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from postwar.data import facts, load
from postwar.figures.picture import Picture
from postwar.figures.positions import COLORS, latest_positions
from postwar.figures.style import BLUE, GREY, INK, ORANGE, PALE, VERMILION, canvas, styled
from postwar.figures.tints import tint

#: What the codes of `positions` mean on the map: words, hatch.
CLASSES = {
    2: ("own public commitment", ""),
    1: ("leaning yes, on conditions", "///"),
    0: ("undecided, or something else", "---"),
    -1: ("leaning no", "\\\\\\"),
    -2: ("no ground troops", "xxx"),
}
UKRAINE = "#FFD700"
#: Where a state's code is written (degrees), if the middle of its outline is not the place.
_LABELS = {"NOR": (9.5, 61.5), "SWE": (15.5, 62), "FRA": (2.5, 46.8), "GBR": (-1.5, 52.6), "HRV": (16.6, 45.4)}
_LABELS |= {"ITA": (12.2, 43.2), "GRC": (22, 39.3), "DNK": (9.2, 56), "NLD": (5.6, 52.5), "UKR": (31.2, 49.1)}
_LABELS |= {"FIN": (26, 63.5), "CAN": None, "USA": None, "AUS": None, "TUR": (34, 39), "EST": (25.8, 58.8)}
_KM = 6371.0


@styled
def who_offered_what():
    """Map of Europe: each state's latest stated readiness to send ground troops after a ceasefire."""
    states = latest_positions()
    score = dict(zip(states["iso3"], states["strength"], strict=True))
    name = dict(zip(states["iso3"], states["actor"], strict=True))
    figure, ax = canvas(height=6.2, left=0.01, right=0.99, bottom=0.115, top=0.93)
    for iso3, rings in load("boundaries").groupby("iso3")["outline"]:
        vertices, codes = [], []
        for outline in rings:
            points = _project(_points(outline))
            vertices.append(points)
            codes += [Path.MOVETO] + [Path.LINETO] * (len(points) - 2) + [Path.CLOSEPOLY]
        ax.add_patch(PathPatch(Path(np.concatenate(vertices), codes), **_look(iso3, score.get(iso3))))
    for iso3 in [*score, "UKR"]:
        if (place := _LABELS.get(iso3, _middle(iso3))) is not None:
            words = "Ukraine" if iso3 == "UKR" else iso3
            x, y = _project(np.array([place]))[0]
            box = {"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none", "alpha": 0.85}
            ax.annotate(words, (x, y), ha="center", va="center", fontsize=8, weight="bold", color=INK, bbox=box)
    away = [iso3 for iso3 in score if iso3 not in set(load("boundaries")["iso3"])]
    elsewhere = "\n".join(f"{name[iso3]}: {CLASSES[score[iso3]][0]}" for iso3 in away)
    _card(ax, 0.012, 0.985, "Off the map\n" + elsewhere, "top")
    _card(
        ax,
        0.012,
        0.02,
        "Ukraine within its internationally recognised borders,\nCrimea included. No front line is drawn.",
        "bottom",
    )
    handles = [
        Rectangle((0, 0), 1, 1, label=f"{words} ({sum(value == code for value in score.values())})", **_face(code))
        for code, (words, _) in CLASSES.items()
    ]
    handles.append(
        Rectangle((0, 0), 1, 1, facecolor=PALE, edgecolor=GREY, linewidth=0.5, label="no statement in the table")
    )
    ax.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, -0.005),
        ncols=3,
        handlelength=1.6,
        columnspacing=1.0,
        fontsize=8,
    )
    corners = _project(np.array([[-11.0, 35.2], [42.5, 35.2], [-24.0, 66.0], [15.0, 69.0]]))
    ax.set(xlim=(corners[0, 0] - 150, corners[1, 0] + 120), ylim=(corners[0, 1] - 60, corners[3, 1]))
    ax.set_aspect("equal")
    ax.set_axis_off()
    ax.set_title("Ground troops after a ceasefire: the latest statement found")
    said = {code: sorted(name[iso3] for iso3 in score if score[iso3] == code) for code in CLASSES}
    sentence = (
        f"Of {len(score)} states, "
        + "; ".join(f"{words}: {', '.join(said[code])}" for code, (words, _) in CLASSES.items())
        + f". Statements of {states['as_of'].min()[:4]} to {states['as_of'].max()[:4]}; Ukraine is drawn within its "
        "internationally recognised borders."
    )
    table = states[::-1]
    numbers = {
        "state": table["actor"].tolist(),
        "offer": [CLASSES[code][0] for code in table["strength"]],
        "as of": table["as_of"].tolist(),
        "what was said": table["stance"].tolist(),
    }
    return Picture(figure, sentence, numbers)


def _look(iso3, code):
    if iso3 == "UKR":
        return {"facecolor": UKRAINE, "edgecolor": INK, "linewidth": 1.4, "zorder": 3}
    face = {"facecolor": PALE} if code is None else _face(code)
    return face | {"edgecolor": GREY, "linewidth": 0.5, "zorder": 2}


def _face(code):
    return {"facecolor": tint(COLORS[code], 0.55), "hatch": CLASSES[code][1], "edgecolor": GREY, "linewidth": 0.5}


def _card(ax, x, y, words, side):
    box = {"boxstyle": "round,pad=0.3", "facecolor": "white", "edgecolor": GREY, "linewidth": 0.5, "alpha": 0.93}
    ax.annotate(words, (x, y), xycoords="axes fraction", va=side, fontsize=7.5, color=INK, bbox=box, zorder=6)


def _points(outline):
    return np.array([pair.split(",") for pair in outline.split()], dtype=float)


def _middle(iso3):
    rows = load("boundaries").query("iso3 == @iso3 and ring == 1")["outline"]
    if rows.empty:
        return None
    points = _points(rows.iloc[0])
    return (points.min(axis=0) + points.max(axis=0)) / 2


def _project(degrees):
    """Longitude and latitude to kilometres on an equal-area cone (Albers; parallels 42 and 62, centre 15° E, 52° N)."""
    longitude, latitude = np.radians(degrees).T
    first, second, middle = np.radians([42.0, 62.0, 52.0])
    n = (np.sin(first) + np.sin(second)) / 2
    c = np.cos(first) ** 2 + 2 * n * np.sin(first)
    rho, rho_0 = (np.sqrt(c - 2 * n * np.sin(value)) / n for value in (latitude, middle))
    theta = n * (longitude - np.radians(15.0))
    return _KM * np.column_stack([rho * np.sin(theta), rho_0 - rho * np.cos(theta)])


#: Lengths on one scale: the line as the table names it, the words in the picture.
_LINES = {
    "Active front in Ukraine, 2025": "front in Ukraine, a minister’s figure",
    "Active front in Ukraine, mid-2026 summary": "the same, a blog’s figure of 2026",
    "Contact line in Ukraine 2015–21, high": "contact line 2015–21",
    "Korean demilitarised zone, length": "Korean demilitarised zone",
    "Cyprus buffer zone, length": "buffer zone in Cyprus",
    "Blue Line (Lebanon-Israel)": "Blue Line in Lebanon",
}


@styled
def to_scale():
    """Lengths of lines, and forces as squares whose areas are their sizes, each on one scale."""
    lines = load("lines_of_contact").set_index("line")["km"]
    sizes = {
        words: int(facts()[key]["value"])
        for words, key in {
            "press,\nJan 2026": "UK003",
            "floated,\nApr 2025": "T024",
            "British army,\n2024": "UK008",
            "French operational\nforce": "FR016",
            "Kyiv’s minimum,\nJan 2025": "T015",
            "Ukraine’s army\nin peace, planned": "T041",
        }.items()
    }
    figure, (top, bottom) = canvas(2, 1, height=5.6, left=0.37, right=0.97, bottom=0.03, top=0.94, hspace=0.28)
    for place, key in enumerate(_LINES):
        color = ORANGE if "Ukraine" in key else BLUE
        top.plot([0, lines[key]], [place, place], color=color, linewidth=5, linestyle="-", solid_capstyle="butt")
        top.annotate(f"{lines[key]:,.0f} km", (lines[key] + 12, place), va="center", fontsize=9)
    top.set_yticks(range(len(_LINES)), list(_LINES.values()))
    top.set(xlim=(0, 1500), ylim=(len(_LINES) - 0.4, -0.6), xticks=[])
    top.grid(visible=False)
    top.spines["bottom"].set_visible(False)
    top.set_title("Lengths, on one scale")
    bottom.set_position([0.02, 0.03, 0.96, 0.42])
    x = 0.0
    for words, size in sizes.items():
        side = size**0.5
        planned = "planned" in words or "minimum" in words or "press" in words or "floated" in words
        look = {
            "facecolor": tint(VERMILION if planned else BLUE, 0.5),
            "edgecolor": INK,
            "hatch": "///" if planned else "",
        }
        bottom.add_patch(Rectangle((x, 0), side, side, linewidth=0.8, **look))
        bottom.annotate(f"{size:,}", (x + side / 2, side + 25), ha="center", fontsize=8.5, weight="bold", color=INK)
        bottom.annotate(words, (x + side / 2, -25), ha="center", va="top", fontsize=8, color=INK)
        x += max(side, 480) + 50
    bottom.set(xlim=(-90, x + 20), ylim=(-240, 1040))
    bottom.set_aspect("equal")
    bottom.set_axis_off()
    bottom.set_title("Soldiers, by area (hatched: named or planned)")
    front = lines["Active front in Ukraine, 2025"]
    spoken = ", ".join(f"{words.replace(chr(10), ' ')} {size:,}" for words, size in sizes.items())
    sentence = (
        f"The front in Ukraine, {front:,.0f} kilometres by a minister’s figure, is {front / lines['Cyprus buffer zone, length']:.0f} times "
        f"as long as the buffer zone in Cyprus and {front / lines['Korean demilitarised zone, length']:.0f} times the Korean zone. "
        f"Soldiers: {spoken}."
    )
    columns = {
        "what": [*_LINES.values(), *(words.replace("\n", " ") for words in sizes)],
        "number": [*(float(lines[key]) for key in _LINES), *sizes.values()],
        "unit": ["km"] * len(_LINES) + ["soldiers"] * len(sizes),
    }
    return Picture(figure, sentence, columns)
