"""The numbers that lessons and widget scripts quote, at the illustrative defaults."""

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


def approx(value, places=3):
    """Equal when rounded as the text has it."""
    return pytest.approx(value, abs=0.51 * 10**-places)


def test_power_moves_the_range_and_leaves_the_risk():
    assert bargaining.bargaining_range() == approx((0.40, 0.65), 9)
    assert bargaining.bargaining_range(p=0.7) == approx((0.60, 0.85), 9)
    assert bargaining.bargaining_range(p=0.95) == approx((0.85, 1.00), 9)
    assert [bargaining.tioli_war_prob(p=p) for p in (0.5, 0.6, 0.7)] == approx([0.375] * 3, 9)
    assert (bargaining.tioli_demand(), bargaining.tioli_payoff()) == approx((0.65, 0.55625), 9)


def test_halving_the_hazard_does_more_than_double_the_median_when_it_falls():
    assert peace_duration.median(k=1, HR=[1, 0.5]) == approx([5.78, 11.55], 2)
    assert peace_duration.median(k=0.6, HR=[1, 0.5]) == approx([4.52, 14.36], 2)
    assert peace_duration.time_ratio() == approx(3.17, 2)
    fresh, tested = peace_duration.cond_survival(s=[0, 5], t=[5, 10])
    assert tested > fresh


def test_the_synthetic_sixteen():
    assert peace_duration.km(*SYN16_WITHOUT, [6, 12, 24, 60, 100]) == approx([0.875, 0.625, 0.375, 0.25, 0], 9)
    assert peace_duration.km(*SYN16_WITH, [12, 24, 60, 110]) == approx([0.875, 0.75, 0.6, 0.4], 9)
    assert peace_duration.logrank_chi2(*SYN16_WITHOUT, *SYN16_WITH) == approx(3.994)
    assert peace_duration.logrank_p(*SYN16_WITHOUT, *SYN16_WITH) == approx(0.046)
    beta = peace_duration.cox_beta(*SYN16_WITHOUT, *SYN16_WITH)
    assert (beta, np.exp(beta)) == approx((-1.308, 0.270))
    assert peace_duration.exp_rate_ratio(*SYN16_WITHOUT, *SYN16_WITH) == approx(0.273)


def test_selection_can_reverse_the_sign():
    assert selection.naive_risks() == approx((0.503, 0.332))
    assert (selection.naive_rd(), selection.std_rd()) == approx((0.170, -0.133))
    assert selection.naive_rd(eh=0.5, ee=0.5) == approx(selection.std_rd(), 9)
    assert selection.naive_rd(eh=0.2, ee=0.8) < selection.std_rd()
    # the text's fall from 0.225 takes a hazard of 0.40 for hard cases, not the default 0.30
    assert selection.mix_hazard(lh=0.40, t=[0, 5, 20]) == approx([0.225, 0.102, 0.050])


def test_rotation_counts_the_tour_as_part_of_the_cycle():
    assert [rotation.rotation_ratio(*cycle) for cycle in ((8, 24), (12, 36), (9, 18), (6, 24))] == [4, 4, 3, 5]
    assert rotation.sustainable_force() == approx(7200, 6)
    assert rotation.sustainable_force(dwell=12) == approx(12_000, 6)
    assert rotation.sustainable_force(handover=1) == approx(6000, 6)


def test_one_force_by_several_rulers():
    assert force_ratio.implied_per_1000(population=[1e6, 30e6]) == approx([25, 0.83], 2)
    assert force_ratio.frontage_covered() == approx(62.5, 9)
    assert force_ratio.req_population(population=30e6) == approx(600_000, 6)


def test_pledges_that_depend_on_one_partner():
    assert (coalition.mean_total(), coalition.sd_total()) == approx((16.9, 5.02), 2)
    assert coalition.p_at_least_backstop(u=[1, 0.6, 0]) == approx([0.712, 0.534, 0.268])
    assert coalition.p_at_least(target=24) == approx(0.096)
    assert coalition.sd_total_backstop() == approx(6.40, 2)
    assert coalition.p_at_least(probs=[0.95, 0.95, 0.6, 0.5, 0.5]) == approx(0.92, 2)


def test_between_two_fears():
    assert alliance_dilemma.s_star(m=[0.1, 0.2, 0.3, 0.6]) == approx([0.987, 0.647, 0.481, 0.272])
    assert alliance_dilemma.s_star(E=160) == approx(0.27, 2)
    assert alliance_dilemma.s_star(L=140) == approx(0.64, 2)


def test_the_ladder():
    assert critical_risk.critical_risk() == approx(0.30, 9)
    assert critical_risk.cumulative_risk() == approx(0.401)
    assert critical_risk.max_rounds() == 6


def test_more_effect_is_bought_with_aid():
    assert aid_or_boots.mix() == approx((5, 4), 9)
    assert (aid_or_boots.total_cost(), aid_or_boots.shadow_price()) == approx((13, 0.5), 9)
    assert aid_or_boots.mix(target=40) == approx((10, 4), 9)
    assert aid_or_boots.mix(gamma=0.5) == approx((10, 2), 9)
    assert aid_or_boots.mix(beta=2) == approx((15, 0), 9)


def test_what_tips_the_balance():
    assert deterrence.eu_attack() == approx(12, 9)
    assert deterrence.q_crit() == approx(0.417)
    assert deterrence.eu_attack(q=0.5) == approx(0, 9)
    assert (deterrence.eu_attack(q=0.4), deterrence.deterred(q=0.4)) == (approx(6, 9), False)
    assert (deterrence.eu_attack(pa=0.5), deterrence.deterred(pa=0.5)) == (approx(5, 9), True)
    assert (deterrence.eu_attack(S=20), deterrence.deterred(S=20)) == (approx(7, 9), False)
    assert deterrence.deterred(SQ=20)
    assert deterrence.q_crit(pa=0.5) == approx(0.30, 9)


def test_two_readings_of_a_tripwire():
    schelling, reiter_poast = tripwire.PRESETS.values()
    assert tripwire.eu_attack(0) == approx(27.5, 1)
    assert tripwire.eu_attack(10, **schelling) == approx(-11.1, 1)
    assert tripwire.eu_attack(10, **reiter_poast) == approx(19.6, 1)
    assert tripwire.n_min(**schelling) == approx(4.98, 2)
    assert tripwire.n_min(**reiter_poast) == approx(61.2, 1)
    assert tripwire.channels(10, **schelling)[:2] == approx((34.9, 5.2), 1)
    assert tripwire.channels(10, **reiter_poast)[:2] == approx((2.9, 5.2), 1)


def test_what_quiet_proves():
    assert inference.p_deterred_given_quiet([0.2, 0.8]) == approx([0.11, 0.67], 2)
    assert inference.immediate_success_rate([0.2, 0.4]) == approx([0.50, 0.33], 2)
    assert inference.attack_rate([0.2, 0.4]) == approx([0.40, 0.40], 9)
    assert inference.challenge_rate([0.2, 0.4]) == approx([0.8, 0.6], 9)


def test_weight_is_not_power():
    assert voting_power.shapley_shubik() == approx([0.2333] * 3 + [0.15] * 2 + [0], 4)
    assert voting_power.banzhaf() * 21 == approx([5, 5, 5, 3, 3, 0], 9)
    assert voting_power.power_to_act() == 14 / 64
    assert voting_power.power_to_act(quota=9) == 0.5
    assert voting_power.power_to_act(quota=17) == 1 / 64
    smallest = {quota: voting_power.shapley_shubik(quota=quota)[-1] for quota in range(9, 18)}
    assert {quota for quota, power in smallest.items() if power == 0} == {10, 12, 14, 16}
    council = [7] * 5 + [1] * 10
    assert voting_power.shapley_shubik(council, 39)[[0, -1]] == approx([0.1963, 0.00187], 4)
    assert voting_power.p_consensus(p=[0.99, 0.95]) == approx([0.725, 0.194])
    assert voting_power.p_needed() == approx(0.979)


def test_the_most_reluctant_member_binds():
    assert veto_players.winset() == (2, 10)
    assert veto_players.winset([6, 8, 9, 2]) is None
    assert veto_players.winset([6, 8, 9, 7]) == (2, 10)


def test_who_pays():
    assert burden_sharing.nash_contributions() == approx([15, 10, 5], 9)
    assert burden_sharing.burden_rates() == approx([0.25, 0.182, 0.10])
    assert (burden_sharing.G_nash(), burden_sharing.G_opt()) == approx((30, 66), 9)
    assert burden_sharing.nash_contributions([55, 60, 50]) == approx([10, 15, 5], 9)
    lopsided = [100, 40, 30, 20, 10]
    assert burden_sharing.nash_contributions(lopsided, 0.3) == approx([30, 0, 0, 0, 0], 9)
    assert burden_sharing.G_opt(lopsided, 0.3) == approx(60, 9)


def test_patience_makes_preventive_war_more_tempting():
    assert commitment.war_margin(delta=[0.9, 0.6]) == approx([0.165, -0.09])
    assert commitment.p2_crit() == approx(0.367)
    assert commitment.g_min() == approx(0.458)
    assert commitment.guarded_margin(g=commitment.g_min()) == approx(0, 9)


def test_common_shocks_limit_what_numbers_buy():
    assert guarantees.p_at_least_one(shock=[0, 0.2]) == approx([0.825, 0.66], 9)
    assert guarantees.p_at_least_one([0.5, 0.5]) == approx(0.600, 9)
    assert guarantees.p_at_least_one([0.5, 0.5], 0.1) == approx(0.675, 9)


def test_monitoring_substitutes_for_patience():
    assert monitoring.delta_crit(m=[1, 0.5, 0.1]) == approx([0.5, 0.667, 0.909])
    assert monitoring.m_crit(delta=0.4) == approx(1.5, 9)


def test_costs_that_separate():
    assert costly_signals.sunk_window() == approx((12, 30), 9)
    assert costly_signals.hands_min() == approx(120, 9)
    senders = [costly_signals.sunk_senders(k=k) for k in (5, 15, 40)]
    assert senders == [(True, True), (True, False), (False, False)]
    assert costly_signals.sunk_window(fH=45) == approx((12, 9), 9)


def test_what_words_can_say():
    assert cheap_talk.N_max([0.01, 0.05, 0.10, 0.25]).tolist() == [7, 3, 2, 1]
    assert cheap_talk.cutoffs() == approx([0, 0.133, 0.467, 1])
    assert cheap_talk.receiver_variance(N=[3, 1]) == approx([0.0159, 0.0833], 4)


def test_counting_allies():
    assert bayes_signals.posterior_echo(r=[0, 0.5, 1]) == approx([0.842, 0.653, 0.571])
    assert bayes_signals.posterior_echo(firm=2, r=[0, 0.5, 0.99]) == approx([0.471] * 3)
    assert bayes_signals.n_eff(30, 0.5) == approx(1.94, 2)
    spread, close = (bayes_signals.gauss_posterior(rho=0, signals=signals) for signals in ((80, 40), (61, 59)))
    assert spread == approx((57.80, 87.80), 2)
    assert close == approx(spread, 9)


def test_thin_margins_on_the_default_table():
    matrix, weights, benefit = (mcda.PARAMETERS[name].default for name in ("matrix", "weights", "benefit"))
    assert mcda.weighted_sum() == approx([0.405, 0.637, 0.650, 0.507])
    assert mcda.topsis() == approx([0.478, 0.613, 0.540, 0.547])
    assert (mcda.ranking("weighted_sum")[0], mcda.ranking("topsis")[0]) == (2, 1)
    rest = np.delete(matrix, 2, axis=0)
    assert mcda.weighted_sum(rest, weights, benefit)[1:] == approx([0.560, 0.567])
    assert mcda.rank_reversal_if_dropped()
    crossings = {(1, 2): 0.36, (3, 1): 0.51, (0, 2): 0.50, (0, 1): 0.70}
    assert {pair: mcda.critical_weight(0, *pair) for pair in crossings} == approx(crossings, 2)
    leaders = [mcda.ranking(weights=mcda.reweighted(0, weight))[0] for weight in np.linspace(0, 1, 201)]
    assert 0 not in leaders


def test_is_it_worth_waiting():
    assert decision_tree.ev() == approx([-5, 1.5, -0.5], 9)
    assert (decision_tree.best_action(), decision_tree.evpi(), decision_tree.evsi()) == approx((1, 14.5, 6.025), 9)
    assert decision_tree.evsi(likelihood=[[0.2, 0.3, 0.5]] * 3) == approx(0, 9)
    assert [reply.action for reply in decision_tree.replies()] == [0, 1, 2]


def test_five_rules_one_table():
    rules = (
        deep_uncertainty.maximin(),
        deep_uncertainty.maximax(),
        deep_uncertainty.laplace(),
        deep_uncertainty.minimax_regret(),
    )
    assert rules == ((2, -10), (0, 20), (2, approx(3.33, 2)), (2, 30))
    assert deep_uncertainty.hurwicz_switch() == approx(0.909)
    assert deep_uncertainty.hurwicz(optimism=0.95).index == 0
    payoffs = (*deep_uncertainty.PARAMETERS["payoffs"].default, (60, -40, -80))
    assert deep_uncertainty.minimax_regret(payoffs) == (1, 55)
