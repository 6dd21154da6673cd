"""How well stated confidences did: a calibration curve."""

import numpy as np

from postwar.figures.picture import Picture
from postwar.figures.style import BLUE, GREY, INK, canvas, styled


@styled
def calibration(stated, right):
    """Share of right answers at each stated chance of being right, beside the line on which the two agree.

    ``stated`` holds chances between 0 and 1 and ``right`` whether each answer was right, equally long.
    """
    stated, right = np.asarray(stated, dtype=float), np.asarray(right, dtype=bool)
    levels = np.unique(stated)
    counts = np.array([int((stated == level).sum()) for level in levels])
    shares = np.array([right[stated == level].mean() for level in levels])
    figure, ax = canvas(width=5.2, height=3.8, left=0.15, right=0.96, bottom=0.15, top=0.96)
    ax.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=1.2)
    ax.annotate("as right\nas stated", (0.02, 0.2), fontsize=8.5, color=INK)  # where no point ever stands
    ax.plot(levels, shares, "o-", color=BLUE, markersize=9, clip_on=False)
    for place, (level, share, count) in enumerate(zip(levels, shares, counts, strict=True)):
        offset, side = _beside(shares, place)
        ax.annotate(f"n = {count}", (level, share), offset, textcoords="offset points", ha=side, fontsize=9)
    ticks = [0, 0.25, 0.5, 0.75, 1]
    ax.set(
        xlim=(0, 1.03),
        ylim=(-0.1, 1.1),
        xlabel="Chance of being right, as you stated it",
        ylabel="Share that was right",
    )
    ax.set_xticks(ticks, [f"{tick:.0%}" for tick in ticks])
    ax.set_yticks(ticks, [f"{tick:.0%}" for tick in ticks])
    gap = stated.mean() - right.mean()
    verdict = (
        "about as sure as you were right"
        if abs(gap) < 0.05
        else "surer than you were right"
        if gap > 0
        else "less sure than you might have been"
    )
    sentence = (
        f"On {len(stated)} practice questions you stated {stated.mean():.0%} on average and were right on {right.mean():.0%}: "
        f"{verdict}. With so few questions much of a gap may be luck."
    )
    columns = {"stated": levels.tolist(), "share right": shares.tolist(), "questions": counts.tolist()}
    return Picture(figure, sentence, columns)


def _beside(shares, place):
    """Where the label of a point stands, so that the line does not cross it: offset in points, and alignment."""
    before = shares[place] - shares[max(place - 1, 0)]
    after = shares[min(place + 1, len(shares) - 1)] - shares[place]
    if before * after > 0:  # the line goes through: on its right
        return (7, -13 if after > 0 else 6), "left"
    return (0, 9 if before > after or before == after else -18), "center"
