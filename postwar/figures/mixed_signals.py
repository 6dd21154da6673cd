"""Pictures of lesson 7: costly signals, cheap talk, counting allies, and two years of dated signals from Washington."""

import numpy as np
import pandas as pd
from matplotlib.dates import DateFormatter, MonthLocator

from postwar.figures.picture import Picture
from postwar.figures.style import BLUE, GREEN, GREY, INK, ORANGE, PALE, SKY, VERMILION, canvas, styled
from postwar.models import bayes_signals, cheap_talk
from postwar.models import costly_signals as signalling

_TYPES = ("resolute", "irresolute")


@styled
def costly_signals(vL, vH, fH, bH, bL, k, a, window=True):
    """Who sends at a cost paid at once (sunk) or only on backing down (tied hands) (Fearon 1997).

    ``window`` shows the costs at which only the resolute send.
    """
    believed = {"bH": bH, "bL": bL}
    fL = signalling.PARAMETERS["fL"].default
    low, high = signalling.sunk_window(vL, vH, fH, **believed)
    needed = signalling.hands_min(vL, **believed)  # beyond -fL a bluffer would rather fight than back down
    sunk = signalling.sunk_senders(vL, vH, fH, **believed, k=k)
    tied = signalling.hands_senders(vL, vH, fH, fL, **believed, a=a)
    figure, axes = canvas(
        2, 2, height=3.6, width_ratios=[5, 3], wspace=0.06, hspace=0.95, left=0.04, bottom=0.15, top=0.90
    )
    (line, cards), (line_tied, cards_tied) = axes
    _costs(line, 60, k, "Sunk cost k, paid at once by whoever sends")
    _costs(line_tied, 200, a, "Tied hands: cost a, paid only on backing down")
    _cards(cards, sunk)
    _cards(cards_tied, tied)
    found = ("", "")
    if window:
        _window(line, low, high)
        _window(line_tied, needed, 200 if needed <= -fL else 0)
        empty = "" if low <= high else " is empty"
        found = f" (the window {low:.0f} to {high:.0f}{empty})", f" (needed: {needed:.0f})"
    sentence = f"At a sunk cost of {k:g} {_who(sunk)}{found[0]}. With hands tied at {a:g} {_who(tied)}{found[1]}."
    quantities = {"window from": low, "window to": high, "tied hands from": needed, "a bluffer fights beyond": -fL}
    for name, senders in (("sunk cost", sunk), ("tied hands", tied)):
        for kind, sends in zip(_TYPES, senders, strict=True):
            quantities[f"{name}: {kind} type"] = "sends" if sends else "does not send"
    named = {"low": low, "high": high, "needed": needed, "bearable": -fL}
    named |= {kind: bool(sends) for kind, sends in zip(_TYPES, sunk, strict=True)}
    named |= {f"tied_{kind}": bool(sends) for kind, sends in zip(_TYPES, tied, strict=True)}
    return Picture(figure, sentence, {"quantity": list(quantities), "value": list(quantities.values())}, named)


def _costs(ax, end, cost, title):
    ax.set(xlim=(0, end), ylim=(0, 1), yticks=[], title=title)
    ax.spines["left"].set_visible(False)
    ax.grid(visible=False)
    ax.title.set_fontsize(10)
    ax.plot([cost, cost], [0, 0.62], color=INK, linewidth=1.4, linestyle=":")
    ax.plot(cost, 0.3, "D", color=INK, markersize=9, clip_on=False)


def _window(ax, low, high):
    place, text = ax.get_xlim()[1] / 2, "no cost does it"
    if low <= high:
        ax.barh(0.3, high - low, left=low, height=0.5, color=GREEN, alpha=0.3, linewidth=0)
        place, text = (low + high) / 2, "only the resolute send"
    ax.annotate(text, (place, 0.66), ha="center", fontsize=9)


def _cards(ax, senders):
    ax.set(xlim=(0, 2), ylim=(0, 1))
    ax.set_axis_off()
    for place, (kind, sends) in enumerate(zip(_TYPES, senders, strict=True)):
        ax.bar(place + 0.5, 1, 0.9, facecolor=f"{GREEN}66" if sends else PALE, edgecolor=INK, linewidth=1)
        ax.annotate(kind, (place + 0.5, 0.66), ha="center", va="center", fontsize=9)
        verdict = "✓ sends" if sends else "✗ does not"
        ax.annotate(verdict, (place + 0.5, 0.32), ha="center", va="center", fontsize=9, weight="bold")


def _who(senders):
    return {
        (True, True): "both types send",
        (True, False): "only the resolute type sends",
        (False, True): "only the irresolute type sends",
        (False, False): "neither type sends",
    }[tuple(senders)]


@styled
def cheap_talk_intervals(b):
    """The statements that can be told apart at bias ``b``, and what they save the listener (Crawford and Sobel 1982)."""
    count = cheap_talk.N_max(b)
    ends = cheap_talk.cutoffs(b, count)
    loss, silence = cheap_talk.receiver_variance(b, count), cheap_talk.receiver_variance(b, 1)
    figure, (top, meter) = canvas(
        2, 1, height=3.3, height_ratios=[2, 1], hspace=1.05, left=0.13, right=0.95, bottom=0.16
    )
    colors, hatches = (SKY, BLUE), ("", "///")
    for part, (start, stop) in enumerate(zip(ends[:-1], ends[1:], strict=True)):
        color, hatch = colors[part % 2], hatches[part % 2]
        top.barh(
            0.5,
            stop - start,
            left=start,
            height=0.8,
            facecolor=f"{color}80",
            edgecolor="white",
            hatch=hatch,
            linewidth=1.5,
        )
        if stop - start > 0.035:
            plate = {"facecolor": "white", "edgecolor": "none", "pad": 1.5, "alpha": 0.85}
            top.annotate(str(part + 1), ((start + stop) / 2, 0.5), ha="center", va="center", fontsize=10, bbox=plate)
    top.set(xlim=(0, 1), ylim=(0, 1), yticks=[], xlabel="True readiness of the sender")
    top.set_title(f"Different statements that survive: {count}")
    top.spines["left"].set_visible(False)
    meter.barh([1, 0], [silence, loss], 0.6, color=[GREY, ORANGE], hatch="")
    for place, value in ((1, silence), (0, loss)):
        meter.annotate(f"{value:.4f}", (value + 0.001, place), va="center", fontsize=9)
    meter.set_yticks([1, 0], ["no words", "with words"])
    meter.set(xlim=(0, 0.1), ylim=(-0.6, 1.6), xlabel="Listener’s expected loss")
    top.grid(visible=False)
    meter.grid(visible=False, axis="y")
    if count == 1:
        sentence = f"At a bias of {b:g} no statement conveys anything: the listener’s loss stays at {silence:.4f}."
    else:
        sentence = (
            f"{count} different statements survive at a bias of {b:g}, and the highest covers {1 - ends[-2]:.0%} of the range; "
            f"the listener’s loss falls from {silence:.4f} to {loss:.4f}."
        )
    columns = {
        "statement": list(range(1, count + 1)),
        "from": list(map(float, ends[:-1])),
        "to": list(map(float, ends[1:])),
    }
    quantities = {"count": count, "top": 1 - ends[-2], "bottom": ends[1], "silence": silence, "loss": loss}
    return Picture(figure, sentence, columns | {"listener’s loss": [loss] * count}, quantities)


@styled
def firm_or_soft(prior, t, f, r, firm):
    """Belief that a coalition is resolute after each number of firm signals out of three, the one seen picked out.

    With chance ``r`` all three are echoes of one source.
    """
    beliefs = [bayes_signals.posterior_echo(prior, t, f, number, 3, r) for number in range(4)]
    after = beliefs[firm]
    figure, ax = canvas()
    for number, belief in enumerate(beliefs):
        seen = number == firm
        if belief is None:
            ax.annotate("cannot\nhappen", (number, 0.03), ha="center", fontsize=9, color=GREY)
            continue
        ax.bar(number, belief, 0.62, color=BLUE if seen else PALE, hatch="" if seen else "///", edgecolor="white")
        ax.annotate(
            f"{belief:.2f}",
            (number, belief),
            ha="center",
            va="bottom",
            fontsize=10,
            weight="bold" if seen else "normal",
        )
    ax.axhline(prior, color=INK, linewidth=1.2, linestyle=":")
    ax.annotate("prior", (-0.78, prior), va="bottom", fontsize=9)
    names = [f"{number} of 3 firm" + ("\n(seen)" if number == firm else "") for number in range(4)]
    ax.set_xticks(range(4), names)
    ax.set(xlim=(-0.8, 3.5), ylim=(0, 1.08), yticks=[0, 0.25, 0.5, 0.75, 1], ylabel="Belief in resolve")
    ax.grid(visible=False, axis="x")
    if after is None:
        sentence = "Echoes of one source cannot disagree: this pattern could not have happened."
    else:
        direction = "rises" if after > prior + 5e-4 else "falls" if after < prior - 5e-4 else "does not move"
        sentence = f"After {firm} firm and {3 - firm} soft signals the belief in resolve {direction}: from {prior:.2f} to {after:.2f}."
        if firm in (1, 2):
            sentence += " The chance of an echo does not matter, for echoes cannot disagree."
    columns = {"belief": ["before", "after"], "probability": [prior, "undefined" if after is None else after]}
    return Picture(figure, sentence, columns, {"possible": after is not None, "after": after})


@styled
def on_a_scale(rho, first, second):
    """Belief about resolve on a scale from 0 to 100, before and after two signals with correlated noise."""
    about = bayes_signals.PARAMETERS
    mu0, tau, sigma = (about[name].default for name in ("mu0", "tau", "sigma"))
    signals = (first, second)
    mean, variance = bayes_signals.gauss_posterior(mu0, tau, sigma, rho, signals)
    worth = bayes_signals.n_eff(2, rho)
    figure, ax = canvas(right=0.96)
    scale = np.linspace(0, 100, 201)
    for centre, spread, color, dash, label in (
        (mu0, tau, GREY, "--", "before"),
        (mean, variance**0.5, BLUE, "-", "after"),
    ):
        ax.plot(scale, _density(scale, centre, spread), color=color, linestyle=dash, label=label)
    ax.fill_between(scale, _density(scale, mean, variance**0.5), color=BLUE, alpha=0.12, linewidth=0)
    ax.plot(signals, [0.0022] * 2, "v", color=VERMILION, markersize=10, label="the two signals", zorder=5)
    ax.plot([mean, mean], [0, _density(mean, mean, variance**0.5)], color=BLUE, linewidth=1, linestyle=":")
    ax.set(xlim=(0, 100), ylim=(0, 0.056), yticks=[], xlabel="Resolve", ylabel="Density of belief")
    ax.legend(loc="upper left")
    sentence = (
        f"Signals {first:g} and {second:g} (mean {(first + second) / 2:g}) are worth {worth:.2f} independent ones; the belief "
        f"moves from {mu0:g} to {mean:.2f} with variance {variance:.2f}. How far apart they lie does not enter."
    )
    columns = {"belief": ["before", "after"], "mean": [mu0, mean], "variance": [tau**2, variance]}
    return Picture(figure, sentence, columns, {"before": mu0, "mean": mean, "variance": variance, "worth": worth})


def _density(x, mean, spread):
    return np.exp(-0.5 * ((x - mean) / spread) ** 2) / (spread * np.sqrt(2 * np.pi))


@styled
def signals_from_washington(table):
    """Dated signals by subject and direction, words apart from deeds; ``table`` is ``load("us_signals")``."""
    month_only = table.date.str.fullmatch(r"\d{4}-\d{2}")
    half = pd.Timedelta(days=15)
    when = pd.to_datetime(table.date, format="mixed") + half * month_only
    rows = table.assign(when=when, month_only=month_only, deed=table.form.isin(["act", "text"]))
    subjects = rows.groupby("subject").when.min().sort_values().index
    lane = {subject: place for place, subject in enumerate(subjects)}
    rows = rows.sort_values("when", ignore_index=True)
    rows["step"] = _steps(rows)
    figure, ax = canvas(height=5.0, left=0.25, right=0.97, bottom=0.10, top=0.92)
    rows["place"] = rows.subject.map(lane) - 0.22 * rows.direction - 0.2 * rows.step * np.sign(rows.direction + 0.5)
    looks = {
        1: ("^", BLUE, "towards more involvement"),
        0: ("o", GREY, "both ways"),
        -1: ("v", VERMILION, "towards less"),
    }
    for direction, (marker, color, label) in looks.items():
        for deed in (True, False):
            own = rows[rows.direction.eq(direction) & rows.deed.eq(deed)]
            ax.plot(
                own.when,
                own.place,
                marker,
                color=color,
                markerfacecolor=color if deed else "white",
                markersize=6.5,
                label=label if deed else None,
            )
    months = rows[rows.month_only]
    ax.hlines(months.place, months.when - half, months.when + half, color=GREY, linewidth=1)
    ax.plot([], [], "s", color=INK, markerfacecolor="white", markersize=8, label="hollow: words, reports")
    ax.set_yticks(range(len(lane)), lane)
    ax.set(
        ylim=(len(lane) - 0.5, -0.5),
        xlim=(rows.when.min() - pd.Timedelta(days=23), rows.when.max() + pd.Timedelta(days=19)),
    )
    ax.xaxis.set_major_locator(MonthLocator(bymonth=(2, 5, 8, 11)))
    ax.xaxis.set_major_formatter(DateFormatter("%b %Y"))
    ax.legend(loc="lower center", bbox_to_anchor=(0.36, 1.0), ncols=4, columnspacing=1, handletextpad=0.2)
    count = {
        (name, direction): int((rows.deed.eq(deed) & rows.direction.eq(direction)).sum())
        for name, deed in (("words", False), ("deeds", True))
        for direction in (1, 0, -1)
    }
    sentence = (
        f"Of {int((~rows.deed).sum())} words and reports {count['words', 1]} point towards more American involvement and "
        f"{count['words', -1]} towards less; of {int(rows.deed.sum())} acts and texts {count['deeds', 1]} towards more and {count['deeds', -1]} towards less."
        f" A line through a mark: of its date only the month is known ({len(months)} times)."
    )
    columns = {
        "": ["words and reports", "acts and texts"],
        "towards more": [count["words", 1], count["deeds", 1]],
        "both ways": [count["words", 0], count["deeds", 0]],
        "towards less": [count["words", -1], count["deeds", -1]],
    }
    return Picture(figure, sentence, columns)


def _steps(rows, gap=11):
    """How far to move each mark out of its row, so that marks of one subject and direction do not cover one another.

    ``rows`` are in order of time; marks less than ``gap`` days apart would touch.
    """
    last, steps = {}, []
    for key in zip(rows.subject, rows.direction, rows.when, strict=True):
        *row, when = key
        taken = last.setdefault(tuple(row), [])
        step = next((n for n, before in enumerate(taken) if (when - before).days > gap), len(taken))
        taken[step : step + 1] = [when]
        steps.append(step)
    return steps
