"""Aid to Ukraine as the Kiel Institute's tracker counts it: by group and month, and by donor."""

import numpy as np

from postwar.data import load
from postwar.figures.picture import Picture
from postwar.figures.style import BLUE, GREEN, GREY, ORANGE, canvas, styled
from postwar.figures.tints import tint

GROUPS = {"Europe": (BLUE, "", "o"), "United States": (ORANGE, "///", "s"), "Other": (GREEN, "xxx", "^")}
KINDS = ("military", "financial", "humanitarian", "total")


@styled
def aid_by_month(kind="military"):
    """Allocations of one kind (military, financial, humanitarian or total) by group of donors and month."""
    _known(kind)
    aid = load("ukraine_aid").pivot(index="month", columns="donor_group", values=kind)
    figure, ax = canvas(height=3.6, bottom=0.14)
    floor = np.zeros(len(aid))
    for group, (color, hatch, _) in GROUPS.items():
        top = floor + aid[group].to_numpy()
        look = {"facecolor": tint(color), "edgecolor": color, "hatch": hatch, "linewidth": 0.4}
        ax.fill_between(aid.index, floor, top, step="mid", label=group, **look)
        floor = top
    ax.set(
        ylabel="EUR billion a month",
        title=f"Allocated to Ukraine each month: {_in_words(kind)}",
        ylim=(0, 1.18 * floor.max()),
    )
    ax.legend(loc="upper right", ncols=3)
    by_year = aid.groupby(aid.index.year).sum()
    before, year = by_year.loc[2024], by_year.loc[2025]
    total = aid.sum()
    sentence = (
        f"From {_span()} Europe allocated {total['Europe']:.0f}, the United States "
        f"{total['United States']:.0f} and others {total['Other']:.0f} billion euros ({_in_words(kind)}). The United States "
        f"fell from {before['United States']:.1f} in 2024 to {year['United States']:.1f} in 2025, while Europe went from "
        f"{before['Europe']:.1f} to {year['Europe']:.1f}."
    )
    numbers = {"month": aid.index.strftime("%Y-%m").tolist()} | {group: aid[group].tolist() for group in GROUPS}
    return Picture(figure, sentence, numbers)


@styled
def aid_by_donor(kind="total", donors=15):
    """The largest donors in euros, and beside them the donors that give most of their GDP (own aid only)."""
    _known(kind)
    table = load("ukraine_aid_donors")
    table["share"] = 100 * table[kind] / table["gdp_eur_bn"]
    height = 1.0 + 0.24 * donors
    margins = {"left": 0.20, "bottom": 0.4 / height, "top": 1 - 0.35 / height}
    figure, axes = canvas(1, 2, height=height, wspace=0.62, **margins)
    titles = ("EUR billion", "Per cent of GDP")
    orders = [table.nlargest(donors, column) for column in (kind, "share")]
    for ax, largest, column, title in zip(axes, orders, (kind, "share"), titles, strict=True):
        order = largest[::-1].reset_index(drop=True)
        ax.hlines(order.index, 0, order[column], color=GREY, linewidth=0.8, linestyle="-")
        for group, (color, _, marker) in GROUPS.items():
            own = order[order["donor_group"] == group]
            ax.plot(own[column], own.index, marker=marker, color=color, linestyle="none", label=group)
        names = [name.replace(" (Commission and Council)", " bodies") for name in order["donor"]]
        ax.set_yticks(np.arange(donors), names)
        ax.set(title=title, xlim=(0, None), ylim=(-0.6, donors - 0.4))
        ax.grid(visible=False, axis="y")
    axes[0].legend(loc="lower right")
    by_euro, by_effort = (order.iloc[:3] for order in orders)
    sentence = (
        f"Largest donors from {_span()} ({_in_words(kind)}): "
        + ", ".join(f"{row.donor} {getattr(row, kind):.0f}" for row in by_euro.itertuples())
        + " billion euros. Measured against GDP: "
        + ", ".join(f"{row.donor} {row.share:.1f}" for row in by_effort.itertuples())
        + " per cent. Shares leave out what members give through the EU."
    )
    numbers = table.sort_values(kind, ascending=False)[["donor", kind, "share"]]
    return Picture(
        figure, sentence, numbers.rename(columns={kind: f"{kind}, EUR bn", "share": "% of GDP"}).to_dict("list")
    )


def _known(kind):
    if kind not in KINDS:
        raise ValueError(f"There is no aid of kind {kind!r}; choose {', '.join(KINDS)}.")


def _in_words(kind):
    return "all kinds" if kind == "total" else f"{kind} aid"


def _span():
    months = load("ukraine_aid")["month"]
    return f"{months.min():%B %Y} to {months.max():%B %Y}"
