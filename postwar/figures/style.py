"""Palette, type and canvas of every picture in the course: one place to change the look."""

from functools import wraps

import matplotlib as mpl
from matplotlib.figure import Figure

# Okabe and Ito (2008): told apart under the common colour-vision deficiencies and in grey print.
BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY, INK, GREY, PALE = "#CC79A7", "#56B4E9", "#222222", "#6B6B6B", "#E4E7EB"

#: One colour per role, the same in all lessons.
CHALLENGER, HOST, GUARANTOR, PATRON = VERMILION, BLUE, GREEN, PURPLE

#: Colours never carry a difference alone: series differ in dash, marker or hatch as well.
CYCLE = [BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY]
DASHES = ["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1))]
HATCHES = [
    "",
    "///",
    "---",
    "xxx",
    "\\\\\\",
    "|||",
]  # dots and stars are left out: matplotlib writes them as 150 kB of outlines

STYLE = {
    "axes.axisbelow": True,
    "axes.edgecolor": GREY,
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.prop_cycle": mpl.cycler(color=CYCLE, linestyle=DASHES),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "axes.titley": 1.0,  # a fixed place saves matplotlib a second layout of all tick labels at every step
    "axes.titleweight": "bold",
    "axes.labelsize": 10,
    "figure.facecolor": "white",
    "font.family": ["DejaVu Sans"],
    "font.size": 10,
    "grid.color": PALE,
    "grid.linewidth": 0.8,
    "hatch.linewidth": 0.6,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "lines.linewidth": 2.0,
    "svg.fonttype": "none",  # text stays text: half the time and size of outlines, and it can be selected
    "svg.hashsalt": "postwar",  # the same picture gives the same bytes
    "text.color": INK,
    "xtick.bottom": False,  # the grid marks the places; a tick is one more line to draw at every step
    "xtick.color": GREY,
    "xtick.labelsize": 9,
    "ytick.color": GREY,
    "ytick.left": False,
    "ytick.labelsize": 9,
}


def styled(draw):
    """Let a drawing function work in the course's style without touching the student's matplotlib settings."""

    @wraps(draw)
    def wrapper(*args, **kwargs):
        with mpl.rc_context(STYLE):
            return draw(*args, **kwargs)

    return wrapper


_ahead = {"layout": None, "made": None}  # the last call of `canvas`; figure and axes ready for another one like it


def canvas(rows=1, cols=1, *, width=7.0, height=3.4, left=0.10, right=0.97, bottom=0.16, top=0.90, **grid):
    """A figure and its axes with fixed margins (size in inches; margins as shares), so that it never jumps between steps.

    Axis labels stand at fixed places too: finding room for them, or a layout engine, would double the time of a step.
    """
    margins = {"left": left, "right": right, "bottom": bottom, "top": top}
    layout = {"rows": rows, "cols": cols, "size": (width, height), "margins": margins, "grid": grid}
    made = _ahead["made"] if _ahead["layout"] == layout else None
    _ahead.update(layout=layout, made=None)
    return made or _blank(**layout)


@styled
def make_ahead():
    """Get a blank figure ready for another call of `canvas` like the last one.

    A third of a step's time goes into axes and their ticks. Spent while the reader looks at the last picture, it brings
    the next one sooner.
    """
    if _ahead["layout"] is None:
        return
    figure, _ = _ahead["made"] = _blank(**_ahead["layout"])
    for ax in figure.axes:
        ax.xaxis.get_major_ticks()
        ax.yaxis.get_major_ticks()


def _blank(rows, cols, size, margins, grid):
    figure = Figure(figsize=size)
    axes = figure.subplots(rows, cols, gridspec_kw=grid or None)
    figure.subplots_adjust(**margins)
    width, height = size
    for ax in figure.axes:
        box = ax.get_position()
        ax.xaxis.set_label_coords(0.5, -0.38 / (box.height * height))
        ax.yaxis.set_label_coords(-0.52 / (box.width * width), 0.5)
    return figure, axes
