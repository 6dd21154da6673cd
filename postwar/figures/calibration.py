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
    ax.annotate("as right as stated", (0.42, 0.45), rotation=38, fontsize=8.5, color=INK, ha="center")
    ax.plot(levels, shares, "o-", color=BLUE, markersize=9, clip_on=False)
    for level, share, count in zip(levels, shares, counts, strict=True):
        ax.annotate(
            f"n = {count}",
            (level, share),
            (0, 9 if share < 0.9 else -18),
            textcoords="offset points",
            ha="center",
            fontsize=9,
        )
    ticks = [0, 0.25, 0.5, 0.75, 1]
    ax.set(xlim=(0, 1.03), ylim=(0, 1), xlabel="Chance of being right, as you stated it", ylabel="Share that was right")
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
