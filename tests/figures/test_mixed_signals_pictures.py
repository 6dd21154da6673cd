"""Lesson 7's picture of dated signals shows every row, and its practice questions agree with models and tables."""

import pytest

from postwar import load
from postwar.figures import mixed_signals as pictures
from postwar.models import bayes_signals, cheap_talk, costly_signals
from postwar.quiz.questions import collect


def _best(name):
    question = collect()[name]
    return question.options[question.best]


def test_every_signal_is_drawn_once_and_counted():
    table = load("us_signals")
    picture = pictures.signals_from_washington(table)
    assert sum(len(line.get_xdata()) for line in picture.figure.axes[0].lines) == len(table)
    counts = [picture.numbers[column] for column in ("towards more", "both ways", "towards less")]
    assert sum(map(sum, counts)) == len(table)


def test_the_figure_question_agrees_with_the_counts():
    numbers = pictures.signals_from_washington(load("us_signals")).numbers
    (words_more, deeds_more), (words_less, deeds_less) = numbers["towards more"], numbers["towards less"]
    assert words_more > words_less and deeds_more < deeds_less
    assert "Words lean to more involvement, and deeds to less" in _best("signals-figure").text
    ground = load("us_signals").query("subject == 'ground troops'").sort_values("date")
    assert (ground.direction < 0).sum() > (ground.direction > 0).sum() and ground.direction.iloc[-1] < 0


def test_the_keys_of_computed_questions_follow_from_the_models():
    assert cheap_talk.N_max(b=0.05) == 3
    cuts = cheap_talk.cutoffs(b=0.05, N=3)
    # The question's speaker leans downwards, the model's upwards: the same parts from the other end.
    assert all(f"{1 - cut:.2f}" in _best("signals-three-words").explanation for cut in cuts[1:3])
    assert f"the lowest covering {100 * (1 - cuts[2]):.0f}%" in _best("signals-three-words").text
    after = bayes_signals.posterior_indep(prior=0.4, t=0.6, f=0.6, firm=3, n=3)
    assert _best("signals-no-news").text == f"{after:.2f}"
    assert _best("signals-ten-allies").text == f"{bayes_signals.n_eff(n=10, rho=0.5):.1f}"
    debate = bayes_signals.posterior_indep(prior=0.5, t=0.6, f=0.3, firm=1, n=1)
    assert _best("signals-debate").text.startswith(f"{debate:.2f}")
    penalties = [costly_signals.hands_min(bH=bH, bL=0.3) for bH in (0.4, 0.31, 0.301)]
    assert penalties[0] > 9 * penalties[1] > 81 * penalties[2] > 0
    assert "towards zero" in _best("signals-untested-threat").text


@pytest.mark.parametrize("window", [False, True])
def test_the_window_is_shown_only_on_request(window):
    picture = pictures.costly_signals(vL=20, vH=60, fH=10, bH=0.9, bL=0.3, k=15, a=130, window=window)
    assert ("only the resolute send<" in picture.svg()) == window
    assert ("12 to 30" in picture.sentence) == window
