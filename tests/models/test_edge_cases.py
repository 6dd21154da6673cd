"""The edges of the models: clipping, ties, corners, and quantities that do not exist."""

import math

import numpy as np
import pytest

from postwar.models import (
    aid_or_boots,
    alliance_dilemma,
    bargaining,
    bayes_signals,
    burden_sharing,
    cheap_talk,
    coalition,
    commitment,
    costly_signals,
    critical_risk,
    decision_tree,
    deep_uncertainty,
    deterrence,
    force_ratio,
    guarantees,
    inference,
    mcda,
    monitoring,
    peace_duration,
    rotation,
    selection,
    tripwire,
    veto_players,
    voting_power,
)
from postwar.models.peace_duration import SYN16_WITH, SYN16_WITHOUT


def test_bargaining_at_the_ends():
    assert bargaining.bargaining_range(0.05, 0.1, 0.2) == pytest.approx((0, 0.25))
    assert bargaining.bargaining_range(0.5, 0, 0) == (0.5, 0.5)
    assert bargaining.bargaining_range(0.5, 2, 3) == (0, 1)
    assert (bargaining.tioli_demand(0.5, 0.1, 0.2, 0.4), bargaining.tioli_war_prob(0.5, 0.1, 0.2, 0.4)) == (0.7, 0)
    assert bargaining.tioli_demand(0.8, 0, 0, 0.6) == 1
    with pytest.raises(ValueError, match="lo must be less than hi"):
        bargaining.tioli_demand(lo=0.4, hi=0.4)


def test_peace_at_time_zero():
    assert peace_duration.survival(t=0) == 1
    assert peace_duration.hazard(k=0.6, t=0) == math.inf
    assert peace_duration.hazard(lam=0.1, k=1, HR=1, t=0) == 0.1
    assert peace_duration.hazard(k=2, t=0) == 0
    assert peace_duration.cond_survival(s=10, t=5) == 1


def test_the_end_of_a_survival_curve():
    fails, lasts = peace_duration.kaplan_meier(*SYN16_WITHOUT), peace_duration.kaplan_meier(*SYN16_WITH)
    assert (fails.survival[-1], lasts.survival[-1]) == (0, pytest.approx(0.4))
    assert peace_duration.km(*SYN16_WITH, [0, 500]) == pytest.approx([1, 0.4])
    assert math.isnan(peace_duration.km_greenwood_se(*SYN16_WITHOUT, [96])[0])
    assert peace_duration.kaplan_meier([1, 2, 3], [1, 0, 0]).median == math.inf
    assert np.all(fails.low <= fails.survival)
    assert np.all(fails.survival <= fails.high)
    wide = peace_duration.kaplan_meier(*SYN16_WITH, confidence=0.99)
    assert np.all(wide.low <= lasts.low)


def test_spells_that_cannot_be_compared():
    with pytest.raises(ValueError, match="events1 has no failure while the other group"):
        peace_duration.cox_beta([1, 2, 3], [1, 1, 1], [7, 8], [1, 1])
    with pytest.raises(ValueError, match="nothing to compare"):
        peace_duration.logrank_chi2([1, 2], [0, 0], [3], [0])
    with pytest.raises(ValueError, match="events0 has no failure"):
        peace_duration.exp_rate_ratio([1, 2], [0, 0], [3], [1])
    with pytest.raises(ValueError, match="durations and events must have the same length, got 2 and 1"):
        peace_duration.km([1, 2], [1], [1])
    with pytest.raises(ValueError, match="at least one spell"):
        peace_duration.km([], [], [1])
    assert peace_duration.exp_rate_ratio([1, 2], [1, 0], [3], [0]) == 0


def test_presence_in_every_or_no_case_of_a_kind():
    assert selection.empty_cells(eh=1) == ["hard cases without presence"]
    assert selection.empty_cells() == []
    assert selection.naive_risks(eh=1, ee=0).absent == pytest.approx(-np.expm1(-0.05 * 5))
    with pytest.raises(ValueError, match="no case without presence"):
        selection.naive_risks(eh=1, ee=1)
    with pytest.raises(ValueError, match="no case with presence"):
        selection.naive_rd(eh=0, ee=0)
    assert selection.mix_hazard(pi=0, lh=0, le=1, t=5000) == 1


def test_rotation_limits():
    with pytest.raises(ValueError, match="handover must be shorter than tour"):
        rotation.rotation_ratio(tour=3, handover=3)
    assert rotation.dwell_achieved(10_000, 12_000, 6) < 0
    assert rotation.required_pool(10_000, availability=0) is None
    assert rotation.required_pool(10_000, committed=1) is None
    assert rotation.sustainable_force(availability=0) == 0
    # 3 slots at a ratio of 18 / 5 need 11 units together, 12 apart
    assert (rotation.units_needed(3, 6, 12, 1), rotation.units_needed_unstaggered(3, 6, 12, 1)) == (11, 12)
    # 0.1 + 0.2 months of rounding must not cost a unit
    assert rotation.units_needed(1, 0.3, 0.6) == 3


def test_a_reserve_that_leaves_nothing_on_the_line():
    with pytest.raises(ValueError, match="reserve .* at least 0 and less than 1, got 1"):
        force_ratio.req_frontage(reserve=1)


def test_certain_and_impossible_totals():
    assert coalition.p_at_least(target=24.5) == 0
    assert coalition.p_at_least(target=0) == pytest.approx(1)
    assert coalition.p_at_least([8, 7], [1, 1], 15) == 1
    assert coalition.p_at_least([0.1, 0.2], [1, 1], 0.3) == 1
    totals, chances = coalition.distribution([2, 2, 1], [0.5, 0.5, 0])
    assert totals.tolist() == [0, 1, 2, 3, 4, 5]
    assert chances == pytest.approx([0.25, 0, 0.5, 0, 0.25, 0])
    with pytest.raises(ValueError, match="at least one contributor"):
        coalition.mean_total([], [])
    with pytest.raises(ValueError, match="probs_with must have one chance for each of the 2 pledges, got 1"):
        coalition.sd_total_backstop([1, 2], [0.5], [0.5, 0.5], 0.5)


def test_corners_of_the_alliance_dilemma():
    assert alliance_dilemma.s_star(delta=0, L=60, K=100) == 0
    assert alliance_dilemma.s_star(0.4, 0.8, 100, 150, 0.05, 50) == 1
    assert alliance_dilemma.s_star(L=0, K=0, m=0) == 0  # a tie
    assert alliance_dilemma.s_star(a0=0) == 0
    # the answer jumps where the curve stops being convex
    assert set(alliance_dilemma.s_star(0.4, 0.8, 100, np.linspace(100, 1000, 50), 0, 0)) == {0.0, 1.0}


def test_standing_firm_never_or_without_end():
    assert critical_risk.critical_risk(W=40, Q=40) == 0
    assert critical_risk.critical_risk(W=40, Q=60) < 0
    assert critical_risk.max_rounds(W=40, Q=60) == 0
    assert critical_risk.max_rounds(W=40, Q=60, rho=0) == 0
    assert critical_risk.max_rounds(rho=0) is None
    assert critical_risk.max_rounds(rho=0.30) == 1  # exactly bearable
    assert type(critical_risk.max_rounds()) is int
    with pytest.raises(ValueError, match="Q must be greater than X"):
        critical_risk.critical_risk(Q=-200)


def test_corners_of_the_mix():
    assert aid_or_boots.mix(gamma=0) == pytest.approx((0, 6))
    assert aid_or_boots.mix(alpha=2, beta=2, ca=1, cb=1, gamma=0) == (15, 0)  # a tie goes to aid
    assert aid_or_boots.mix(1, 5, 2, 1, 0.1, 10) == pytest.approx((0, 2))
    assert aid_or_boots.mix(target=0) == (0, 0)
    # the first unit of effect comes from the cheaper instrument
    assert aid_or_boots.shadow_price(beta=1, target=0) == 0.5
    with pytest.raises(ValueError, match="C must be at least C0"):
        aid_or_boots.support(C=50)


def test_when_credibility_or_denial_is_irrelevant():
    assert deterrence.q_crit(pa=0.3, pi=0.3, K=0) is None
    assert deterrence.q_class(pa=0.9, pi=0.9, K=0, SQ=0, C=0) == "never"
    assert deterrence.pa_crit(q=1) is None
    assert deterrence.pa_crit(V=0) is None
    assert np.isnan(deterrence.pa_crit(q=[0.3, 1])).tolist() == [False, True]
    assert deterrence.q_crit(SQ=100) < 0
    assert deterrence.deterred(pa=0.5)  # indifference
    with pytest.raises(ValueError, match="pi must not exceed pa"):
        deterrence.eu_attack(pa=0.2, pi=0.3)
    with pytest.raises(ValueError, match="cDC > cSQ > cDD must hold"):
        deterrence.zk_threshold(3, 4, 1)


def test_presence_that_never_or_already_deters():
    assert tripwire.n_min(SQ=40) == 0
    assert tripwire.n_min(q1=0.25, n_max=20) is None
    # presence that exposes caveats: the first of three crossings counts
    turning = {"q0": 0.6, "q1": 0.0, "kappa": 30.0, "e": 3.0, "SQ": 0.0, "n_max": 400.0}
    first = tripwire.n_min(**turning)
    n = np.linspace(0, 400, 400_001)
    given = {name: value for name, value in turning.items() if name not in ("SQ", "n_max")}
    expected = n[np.argmax(tripwire.eu_attack(n, **given) <= 0)]
    assert first == pytest.approx(expected, abs=0.002)


def test_presence_that_first_raises_the_gain_from_attack():
    given = {"q0": 0.5, "q1": 0.0, "kappa": 2.0, "e": 1.0}
    gains = tripwire.eu_attack(np.linspace(0, 200, 2001), **given)
    assert gains[10] > gains[0]
    smallest = tripwire.n_min(SQ=float(gains[0]) - 5, **given)
    assert tripwire.eu_attack(smallest, **given) == pytest.approx(gains[0] - 5)
    assert np.all(tripwire.eu_attack(np.linspace(0, smallest - 0.01, 500), **given) > gains[0] - 5)


def test_quiet_that_teaches_nothing_or_cannot_happen():
    assert inference.p_deterred_given_quiet(0.3, 1) == pytest.approx(0.3)
    assert inference.p_deterred_given_quiet(1, 0) is None
    assert inference.immediate_success_rate(0.7, 0.6) == 0
    with pytest.raises(ValueError, match="g .* less than 1, got 1"):
        inference.challenge_rate(g=1)


def test_votes_that_nobody_or_one_member_decides():
    assert voting_power.power_to_act([3, 2, 1], 7) == 0
    with pytest.raises(ValueError, match="nothing passes, so nobody has power"):
        voting_power.shapley_shubik([3, 2, 1], 7)
    assert voting_power.banzhaf([5, 1, 1], 5).tolist() == [1, 0, 0]
    assert voting_power.shapley_shubik([5, 1, 1], 5).tolist() == [1, 0, 0]
    assert voting_power.shapley_shubik([3, 2, 1], 4) == pytest.approx([2 / 3, 1 / 6, 1 / 6])
    assert voting_power.shapley_shubik(np.ones(32, int), 32) == pytest.approx(np.full(32, 1 / 32))
    with pytest.raises(ValueError, match="use coarser units"):
        voting_power.banzhaf([10**9, 1], 5)
    with pytest.raises(ValueError, match="1 to 60 members"):
        voting_power.power_to_act([1] * 61, 5)


def test_winsets_that_are_empty_or_touch():
    assert veto_players.winset([2, 5, 9], 2) is None  # the status quo is somebody's ideal
    assert veto_players.agenda_choice([2, 5, 9], 4, 2) == 4
    assert veto_players.core([4, 4, 4]) == (4, 4)
    assert veto_players.lens_area([0, 0], [4, 0], [2, 0]) == pytest.approx(0, abs=1e-12)  # tangent from outside
    assert veto_players.lens_area([1, 0], [3, 0], [0, 0]) == pytest.approx(math.pi)  # tangent from inside
    assert veto_players.lens_area([1, 1], [1, 1], [0, 0]) == pytest.approx(2 * math.pi)
    assert veto_players.lens_area([1, 1], [4, 1], [1, 1]) == 0
    assert veto_players.winset_area([[0, 0], [4, 0], [2, 3]], [2, 1]) == pytest.approx(0, abs=1e-12)
    assert veto_players.winset_outline([[0, 0], [4, 0], [2, 3]], [2, 1]).shape == (0, 2)
    with pytest.raises(ValueError, match="setter must be an index from 0 to 2, got 3"):
        veto_players.agenda_choice(setter=3)
    with pytest.raises(ValueError, match="ideals must be a list of pairs"):
        veto_players.winset_area([1, 2, 3], [0, 0])
    with pytest.raises(ValueError, match="sq must be one number"):
        veto_players.winset([1, 2, 3], [0, 0])


def test_burdens_of_one_and_of_equals():
    assert burden_sharing.nash_contributions([50], 0.4) == pytest.approx([20])
    assert burden_sharing.provision_ratio([50], 0.4) == pytest.approx(1)
    assert burden_sharing.nash_contributions([50, 50], 0.5) == pytest.approx([50 / 3] * 2)
    assert burden_sharing.burden_rates([60, 50], 0.999) == pytest.approx([1, 1], abs=3e-3)


def test_guarantees_against_a_shift():
    assert commitment.g_min(reduction=0.1) is None
    assert commitment.g_min(p1=0.4, p2=0.6, cB=0.5, delta=0.6) == 0
    assert commitment.g_min(reduction=0) is None
    assert commitment.g_min(p2=0.3, reduction=0) == 0
    assert commitment.p2_crit(delta=0) is None
    # indifference keeps the peace
    assert not commitment.preventive_war(p2=commitment.p2_crit())
    # here B would be pushed below nothing, where the condition overstates its temptation
    assert commitment.later_war_value(p2=0.95, cB=0.6) < 0


def test_guarantors_who_cannot_or_need_not_act():
    assert guarantees.p_at_least_one([], 0.2) == 0
    assert guarantees.expected_strength([], [], 0.2) == 0
    assert guarantees.p_at_least_k(k=0, shock=1) == 1
    assert guarantees.p_at_least_k(k=9) == 0
    assert guarantees.q_guarantor(stake=51, sigma=1e-9) == 1
    assert guarantees.q_guarantor(stake=49, sigma=1e-9) == 0
    with pytest.raises(ValueError, match="honoured must not exceed n"):
        guarantees.reliability_posterior_mean(honoured=3, n=2)
    with pytest.raises(ValueError, match="strengths must have one entry for each of the 3 qs, got 1"):
        guarantees.expected_strength(strengths=[5])


def test_unseen_violations_are_never_deterred():
    assert monitoring.delta_crit(m=0) == 1
    assert not monitoring.sustainable(m=0, delta=0.99)
    assert monitoring.m_crit(delta=0.4) == pytest.approx(1.5)
    assert monitoring.sustainable(5, 3, 1, monitoring.m_crit(), 0.9)  # indifference
    with pytest.raises(ValueError, match="T > R > P must hold, got T=3"):
        monitoring.delta_crit(T=3)


def test_signals_at_the_edge_of_the_window():
    assert costly_signals.sunk_separates(k=12)
    assert costly_signals.sunk_separates(k=30)
    assert costly_signals.hands_separates(a=120)
    assert not costly_signals.sunk_separates(fH=45, k=10)
    assert costly_signals.hands_min(bH=1) is None
    assert costly_signals.hands_min(vL=0, bH=1) == 0
    assert not costly_signals.hands_separates(bH=1, a=200)
    # commitment without information: the irresolute would rather fight than pay
    assert not costly_signals.hands_separates(fL=-50, a=500)
    assert costly_signals.hands_senders(fL=-50, a=500) == (True, True)
    with pytest.raises(ValueError, match="bL must be less than bH"):
        costly_signals.sunk_window(bH=0.3)


def test_babbling():
    assert cheap_talk.N_max([0.25, 1 / 12, 1 / 24, 0.3]).tolist() == [1, 2, 3, 1]  # equality is excluded
    assert cheap_talk.cutoffs(0.4, 1).tolist() == [0, 1]
    with pytest.raises(ValueError, match="N must be at most N_max"):
        cheap_talk.cutoffs(0.25, 2)


def test_signals_that_could_not_have_happened():
    assert bayes_signals.posterior_echo(firm=2, r=1) is None
    assert bayes_signals.posterior_indep(t=1, f=1, firm=2) is None
    assert bayes_signals.posterior_indep(f=0) == 1
    assert bayes_signals.n_eff(5, 1) == 1
    assert bayes_signals.blue_weights(2, 2, 1) == (None, None)
    assert bayes_signals.posterior_path(pattern=[]).tolist() == [0.4]
    with pytest.raises(ValueError, match="firm must not exceed n"):
        bayes_signals.posterior_indep(firm=4)
    with pytest.raises(ValueError, match="at least one signal"):
        bayes_signals.gauss_posterior(signals=[])


def test_tables_without_difference_or_weight():
    alike = [[2, 3], [2, 3]]
    assert mcda.weighted_sum(alike, [1, 1], [1, 0]).tolist() == [1, 1]
    assert mcda.topsis(alike, [1, 1], [1, 0]).tolist() == [1, 1]
    assert mcda.ranking("topsis", alike, [1, 1], [1, 0]) == [0, 1]
    assert mcda.critical_weight(0, 0, 1, alike, [1, 1], [1, 0]) is None
    assert mcda.tornado(0, 1, [[1, 2], [2, 1]], [1, 0], [1, 1])[0] == (0, 0)
    # a rise stops at the whole weight
    assert mcda.tornado(0, 1, [[1, 2], [2, 1]], [0.8, 0.2], [1, 1])[0] == pytest.approx((1, 0))
    assert not mcda.rank_reversal_if_dropped("topsis", 0, alike, [1, 1], [1, 0])
    with pytest.raises(ValueError, match="column of zeros only for TOPSIS, got one at 1"):
        mcda.topsis([[1, 0], [2, 0]], [1, 1], [1, 1])
    with pytest.raises(ValueError, match="0 or more for TOPSIS, got -1"):
        mcda.topsis([[1, -1], [2, 0]], [1, 1], [1, 1])
    with pytest.raises(ValueError, match="weights must not all be 0"):
        mcda.weighted_sum(alike, [0, 0], [1, 1])
    with pytest.raises(ValueError, match="another criterion above 0"):
        mcda.critical_weight(0, 0, 1, alike, [1, 0], [1, 1])
    with pytest.raises(ValueError, match="weights must have one entry for each of the 2 criteria, got 3"):
        mcda.weighted_sum(alike, [1, 1, 1], [1, 1])
    with pytest.raises(ValueError, match="drop must be the index of option 0 to 3, got 4"):
        mcda.rank_reversal_if_dropped(drop=4)


def test_decisions_without_doubt_or_news():
    assert decision_tree.evpi(prior=[1, 0, 0]) == 0
    assert decision_tree.best_action([[1, 1], [1, 1]], [0.5, 0.5]) == 0
    assert decision_tree.best_action([[0.3, 0], [0.1 + 0.2, 0]], [1, 0]) == 0  # a tie, but for rounding
    never = [[0.5, 0.5, 0], [0.2, 0.8, 0], [1, 0, 0]]
    assert decision_tree.posterior(likelihood=never, signal=2) is None
    assert decision_tree.replies(likelihood=never)[2] == (0, None, None, None)
    assert decision_tree.threshold_prob([[1, 2], [0, 1]]) is None  # never a tie
    assert decision_tree.threshold_prob([[5, 4], [0, 1]]) is None  # a tie only outside [0, 1]
    with pytest.raises(ValueError, match="prior must sum to 1, got 0.9"):
        decision_tree.ev(prior=[0.5, 0.3, 0.1])
    with pytest.raises(ValueError, match="prior must have one probability for each of the 3 states, got 2"):
        decision_tree.evpi(prior=[0.5, 0.5])
    with pytest.raises(ValueError, match="rows that sum to 1"):
        decision_tree.evsi(likelihood=[[0.5, 0.6], [1, 0], [0, 1]])
    with pytest.raises(ValueError, match="signal must be the index of a signal, 0 to 2, got 3"):
        decision_tree.posterior(signal=3)
    with pytest.raises(ValueError, match="two states"):
        decision_tree.threshold_prob(decision_tree.PARAMETERS["payoffs"].default)


def test_ties_go_to_the_lowest_index():
    level = [[1, 2], [2, 1], [0, 0]]
    for rule in ("maximin", "maximax", "hurwicz", "laplace", "minimax_regret"):
        assert getattr(deep_uncertainty, rule)(level).index == 0
    assert deep_uncertainty.hurwicz_switch(level, 0, 1) is None
    assert deep_uncertainty.hurwicz_switch([[0, 10], [5, 20]], 0, 1) is None  # one is better throughout
    with pytest.raises(ValueError, match="i must be the index of an action, 0 to 2, got 7"):
        deep_uncertainty.hurwicz_switch(level, 7, 0)
