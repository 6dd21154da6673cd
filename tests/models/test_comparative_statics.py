"""What the text says about each model's behaviour holds over the whole range, not only at the defaults."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

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

unit = st.floats(0, 1)
inner = st.floats(0.05, 0.95)
tables = st.integers(2, 4).flatmap(
    lambda columns: st.lists(st.lists(st.integers(-50, 50), min_size=columns, max_size=columns), min_size=2, max_size=5)
)


def rising(values):
    return np.all(np.diff(values) >= -1e-9)


def falling(values):
    return rising(-np.asarray(values))


@given(unit, st.floats(0, 0.6), st.floats(0, 0.6))
def test_costs_set_the_width_and_power_the_place(p, cA, cB):
    low, high = bargaining.bargaining_range(p, cA, cB)
    assert 0 <= low <= high <= 1
    assert bargaining.range_width(p, cA, cB) <= cA + cB + 1e-12
    if p > cA and p + cB < 1:
        assert bargaining.range_width(p, cA, cB) == pytest.approx(cA + cB)
    assert bargaining.ra_range(p, cA, cB) == pytest.approx((low, high))
    # the sides are interchangeable
    assert bargaining.bargaining_range(1 - p, cB, cA) == pytest.approx((1 - high, 1 - low))


@given(st.floats(0, 0.5), st.floats(0, 0.3), st.floats(0.05, 0.4))
def test_war_risk_depends_on_uncertainty_not_on_power(cA, lo, width):
    p = np.linspace(0, 0.9, 40)
    inside = bargaining.tioli_demand(p, cA, lo, lo + width) < 1
    risks = bargaining.tioli_war_prob(p, cA, lo, lo + width)
    assert np.ptp(risks[inside]) == pytest.approx(0, abs=1e-9) if inside.any() else True
    assert np.all((risks >= 0) & (risks <= 0.5 + 1e-9))
    assert rising(bargaining.tioli_war_prob(0.3, cA, lo, lo + np.linspace(0.05, 0.35, 20)))
    assert falling(bargaining.tioli_war_prob(0.3, np.linspace(0, 1, 20), lo, lo + width))


@given(st.floats(0.01, 1), st.floats(0.3, 3), st.floats(0.05, 3))
def test_survival_falls_and_the_time_ratio_moves_every_quantile(lam, k, HR):
    t = np.linspace(0, 40, 60)
    survival = peace_duration.survival(lam, k, HR, t)
    assert survival[0] == 1
    assert falling(survival)
    assert np.all((survival >= 0) & (survival <= 1))
    for duration in (peace_duration.median, peace_duration.mean):
        assert duration(lam, k, HR) / duration(lam, k, 1) == pytest.approx(peace_duration.time_ratio(k, HR))
    hazard = peace_duration.hazard(lam, k, HR, t[1:])
    assert falling(hazard) if k <= 1 else rising(hazard)
    # what has lasted is worth more than what is new exactly when the hazard falls
    fresh, tested = peace_duration.cond_survival(lam, k, HR, [0, 5], [5, 10])
    assert (tested >= fresh - 1e-12) == (k <= 1) or tested == pytest.approx(fresh)


@given(inner, st.floats(0.01, 1), st.floats(0.01, 1), inner, inner, st.floats(0.1, 2), st.floats(0.5, 20))
def test_the_sign_of_the_bias(pi, lh, le, eh, ee, HR, T):
    bias = selection.naive_rd(pi, lh, le, eh, ee, HR, T) - selection.std_rd(pi, lh, le, eh, ee, HR, T)
    direction = (eh - ee) * (lh - le)
    assert bias == pytest.approx(0, abs=1e-9) or np.sign(bias) == np.sign(direction)
    assert all(0 <= risk <= 1 for risk in selection.naive_risks(pi, lh, le, eh, ee, HR, T))
    assert selection.std_rd(pi, lh, le, eh, ee, 1, T) == 0


@given(unit, st.floats(0, 1), st.floats(0, 1))
def test_a_mixture_gets_safer_by_sorting(pi, lh, le):
    hazard = selection.mix_hazard(pi, lh, le, np.linspace(0, 5000, 200))
    assert hazard[0] == pytest.approx(pi * lh + (1 - pi) * le)
    assert falling(hazard)
    assert min(lh, le) - 1e-9 <= hazard[-1]


@given(st.floats(3, 12), st.floats(0, 48), st.floats(0, 2), st.floats(0.1, 1), st.floats(0, 0.9))
def test_force_generation(tour, dwell, handover, availability, committed):
    cycle = (tour, dwell, handover)
    deployed = rotation.sustainable_force(60_000, availability, committed, *cycle)
    assert rotation.required_pool(deployed, availability, committed, *cycle) == pytest.approx(60_000)
    free = 60_000 * availability * (1 - committed)
    assert rotation.dwell_achieved(free, deployed, tour, handover) == pytest.approx(dwell, abs=1e-9)
    assert falling(rotation.sustainable_force(dwell=np.linspace(0, 48, 20), tour=tour, handover=handover))
    assert rising(rotation.sustainable_force(tour=np.linspace(3, 12, 20), dwell=dwell, handover=handover))
    slots = np.arange(1, 7)
    assert np.all(rotation.units_needed(slots, *cycle) <= rotation.units_needed_unstaggered(slots, *cycle))


@given(st.floats(50, 2000), st.floats(5, 40), st.floats(3000, 6000), st.floats(0, 0.5))
def test_rulers_are_inverse_to_each_other(front, frontage, strength, reserve):
    force = force_ratio.req_frontage(front, frontage, strength, reserve)
    assert force_ratio.frontage_covered(force, frontage, strength, reserve) == pytest.approx(front)
    assert force_ratio.troops_per_km(force, front) * front == pytest.approx(force)
    people = force_ratio.req_population(2e6, 20)
    assert force_ratio.implied_per_1000(people, 2e6) == pytest.approx(20)


@given(st.lists(st.tuples(st.floats(0, 10), unit, unit), min_size=1, max_size=6), unit)
def test_a_shared_dependence_widens_the_spread(members, u):
    pledges, first, second = (np.array(column) for column in zip(*members, strict=True))
    with_partner, without = np.maximum(first, second), np.minimum(first, second)
    independent = coalition.sd_total(pledges, u * with_partner + (1 - u) * without)
    assert coalition.sd_total_backstop(pledges, with_partner, without, u) >= independent - 1e-6
    assert rising(coalition.p_at_least_backstop(pledges, with_partner, without, np.linspace(0, 1, 11), 8))
    assert falling(coalition.p_at_least(pledges, first, np.linspace(0, 30, 61)))


@given(st.floats(0.05, 1), st.floats(0, 1), st.floats(1, 200), st.floats(1, 200), unit, st.floats(1, 200))
def test_commitment_falls_with_entrapment(a0, delta, L, K, m, E):
    best = alliance_dilemma.s_star(a0, delta, L, K, np.linspace(0, 1, 21), E)
    assert np.all((best >= 0) & (best <= 1))
    assert falling(best)
    assert alliance_dilemma.expected_cost(0.7, a0, delta, L, K, m, E) == pytest.approx(
        sum(alliance_dilemma.cost_parts(0.7, a0, delta, L, K, m, E))
    )


def test_commitment_around_the_default():
    assert rising(alliance_dilemma.s_star(L=np.linspace(60, 200, 30)))
    assert rising(alliance_dilemma.s_star(delta=np.linspace(0, 1, 30)))
    assert falling(alliance_dilemma.s_star(K=np.linspace(40, 80, 30)))


@given(st.floats(1, 100), inner, st.floats(-1000, -1), st.floats(0, 0.5))
def test_small_risks_add_up(W, share, X, rho):
    Q = X + share * (W - X)
    assert 0 < critical_risk.critical_risk(W, Q, X) < 1
    assert falling(critical_risk.critical_risk(W, np.linspace(Q, W, 20), X))
    assert rising(critical_risk.critical_risk(W, Q, np.linspace(X, Q - 1e-3, 20)))
    assert rising(critical_risk.critical_risk(np.linspace(Q + 1e-3, W + 50, 20), Q, X))
    # utilities are on an arbitrary scale
    assert critical_risk.critical_risk(3 * W + 7, 3 * Q + 7, 3 * X + 7) == pytest.approx(
        critical_risk.critical_risk(W, Q, X)
    )
    total = critical_risk.cumulative_risk(rho, np.arange(51))
    assert rising(total)
    assert np.all((total >= 0) & (total <= 1))


@given(st.floats(0.1, 10), st.floats(0.1, 10), st.floats(0, 10), st.floats(0, 10), st.floats(0, 2), st.floats(0, 100))
def test_penalty_shifts_towards_aid_and_effectiveness_towards_boots(alpha, beta, ca, cb, gamma, target):
    aid, troops = aid_or_boots.mix(alpha, beta, ca, cb, gamma, target)
    assert alpha * aid + beta * troops == pytest.approx(target, abs=1e-7)
    assert falling(aid_or_boots.mix(alpha, beta, ca, cb, np.linspace(0, 2, 21), target).troops)
    assert falling(aid_or_boots.mix(alpha, np.linspace(beta, 10, 21), ca, cb, gamma, target).aid)
    if aid > 1e-6 and troops > 1e-6:
        assert aid_or_boots.mix(alpha, beta, ca, cb, gamma, target + 10).troops == pytest.approx(troops)
    if target == 0 or target > 1e-9:  # the smallest floats divide to zero
        assert (troops == 0) == (ca / alpha <= cb / beta or target == 0) or ca / alpha == pytest.approx(cb / beta)


@given(st.floats(0, 200), st.floats(0, 100), unit, unit, st.floats(0, 100), unit, unit, st.floats(0, 100))
def test_each_instrument_deters(V, C, pa, share, K, q, s, S):
    base = {"V": V, "C": C, "pa": pa, "pi": share * pa, "K": K, "q": q, "s": s, "S": S}

    def eu(**change):
        return deterrence.eu_attack(**base | change)

    assert falling(eu(q=np.linspace(0, 1, 11)))
    assert falling(eu(C=np.linspace(0, 100, 11)))
    assert falling(eu(K=np.linspace(0, 100, 11)))
    assert falling(eu(S=np.linspace(0, 100, 11)))
    assert falling(eu(s=np.linspace(0, 1, 11)))
    assert rising(eu(pa=np.linspace(pa, 1, 11)))
    assert rising(eu(pi=np.linspace(0, pa, 11)))
    assert rising(eu(V=np.linspace(0, 200, 11)))
    assert falling(deterrence.p_attack_logit(**base | {"SQ": np.linspace(-50, 100, 11)}))
    indifferent = deterrence.p_attack_logit(**base | {"SQ": eu()})
    assert indifferent == pytest.approx(0.5)


@given(st.floats(0, 0.5), st.floats(0, 0.5), st.floats(1, 50), st.floats(0, 3), st.floats(0.5, 3), st.floats(0, 200))
def test_presence_deters_through_both_channels(q0, gain, kappa, e, m, Rf):
    n = np.linspace(0, 100, 60)
    given = {"e": e, "m": m, "Rf": Rf, "q0": q0, "q1": q0 + gain, "kappa": kappa}
    assert falling(tripwire.eu_attack(n, **given))
    channels = tripwire.channels(n, **given)
    assert sum(channels) == pytest.approx(tripwire.eu_attack(0, **given) - tripwire.eu_attack(n, **given), abs=1e-9)
    assert channels.credibility == pytest.approx(tripwire.drop_credibility_only(n, **given))
    assert channels.denial == pytest.approx(tripwire.drop_denial_only(n, **given))
    assert tripwire.drop_credibility_only(10, **given | {"q1": q0}) == pytest.approx(0)
    assert tripwire.drop_denial_only(10, **given | {"e": 0}) == pytest.approx(0)
    assert tripwire.credibility(kappa, q0, q0 + gain, kappa) == pytest.approx(q0 + gain * (1 - np.exp(-1)))


@given(unit, unit)
def test_quiet_never_proves_more_than_motivation(motivated, d):
    assume(motivated < 1 or d > 0)
    assert inference.p_deterred_given_quiet(motivated, d) <= motivated + 1e-12
    assert sum(inference.case_shares(motivated, d)) == pytest.approx(1)
    assert rising(inference.p_deterred_given_quiet(np.linspace(0, 0.99, 20), d))


@given(unit)
def test_better_general_deterrence_looks_worse_in_crises(t):
    g = np.linspace(0, 0.95, 40)
    assert falling(inference.immediate_success_rate(g, t))
    assert falling(inference.attack_rate(g, t))


@given(st.lists(st.integers(0, 9), min_size=1, max_size=10).filter(any), st.data())
def test_power_is_shared_out_and_follows_weight(weights, data):
    quota = data.draw(st.integers(1, sum(weights)))
    order = np.argsort(weights)
    for power in (voting_power.shapley_shubik(weights, quota), voting_power.banzhaf(weights, quota)):
        assert power.sum() == pytest.approx(1)
        assert np.all(power >= 0)
        assert rising(power[order])
    quotas = [voting_power.power_to_act(weights, quota) for quota in range(1, sum(weights) + 1)]
    assert falling(quotas)


@given(st.integers(1, 20))
def test_consensus_equalises_formal_power(members):
    weights = np.arange(1, members + 1)
    assert voting_power.shapley_shubik(weights, weights.sum()) == pytest.approx(np.full(members, 1 / members))
    assert voting_power.banzhaf(weights, weights.sum()) == pytest.approx(np.full(members, 1 / members))
    assert voting_power.power_to_act(weights, weights.sum()) == 2.0**-members
    assert voting_power.p_consensus(members, voting_power.p_needed(members, 0.5)) == pytest.approx(0.5)


@given(st.lists(st.floats(0, 10), min_size=1, max_size=5), st.floats(0, 10), st.floats(0, 10))
def test_another_veto_player_never_adds_room(ideals, sq, newcomer):
    low, high = veto_players.core(ideals)
    before, after = veto_players.winset(ideals, sq), veto_players.winset([*ideals, newcomer], sq)
    if after is not None:
        assert before.low <= after.low < after.high <= before.high
    if low <= newcomer <= high:
        assert after == before
    assert low - 1e-9 > sq or sq > high + 1e-9 or before is None
    chosen = veto_players.agenda_choice(ideals, sq, 0)
    assert all(abs(chosen - ideal) <= abs(sq - ideal) + 1e-9 for ideal in ideals)


point = st.tuples(st.floats(0, 10), st.floats(0, 10))


@given(st.lists(point, min_size=1, max_size=4), point, point)
def test_another_veto_player_never_adds_area(ideals, sq, newcomer):
    before = veto_players.winset_area(ideals, sq)
    after = veto_players.winset_area([*ideals, newcomer], sq)
    assert -1e-9 <= after <= before + 1e-6
    radii = [np.hypot(*np.subtract(ideal, sq)) for ideal in ideals]
    assert before <= np.pi * min(radii) ** 2 + 1e-6


@given(st.lists(st.floats(1, 200), min_size=1, max_size=8), inner)
def test_the_rich_carry_more_and_all_carry_too_little(incomes, alpha):
    assert rising(burden_sharing.burden_rates(incomes, alpha)[np.argsort(incomes)])
    assert 0 < burden_sharing.provision_ratio(incomes, alpha) <= 1 + 1e-12
    ratios = [burden_sharing.provision_ratio([50] * members, alpha) for members in range(1, 9)]
    assert falling(ratios)
    given = burden_sharing.nash_contributions(incomes, alpha)
    active = np.flatnonzero(given > 1e-6)
    if len(active) > 1:
        moved = np.array(incomes)
        moved[active[:2]] += np.array([-0.5, 0.5]) * min(given[active[:2]].min(), 0.1)
        assert burden_sharing.G_nash(moved, alpha) == pytest.approx(burden_sharing.G_nash(incomes, alpha))


@given(unit, unit, st.floats(0, 3), st.floats(0.05, 0.99), st.sampled_from(["lump", "flow"]), st.floats(0.05, 1))
def test_the_commitment_problem(p1, p2, cB, delta, mode, reduction):
    game = {"p1": p1, "p2": p2, "cB": cB, "delta": delta, "mode": mode}
    assert rising(commitment.war_margin(**game | {"p2": np.linspace(0, 1, 11)}))
    assert falling(commitment.war_margin(**game | {"cB": np.linspace(0, 3, 11)}))
    assert rising(commitment.war_margin(**game | {"delta": np.linspace(0.05, 0.99, 11)}))
    if p2 <= p1 / delta:
        assert not commitment.preventive_war(**game)
    critical = commitment.p2_crit(p1, cB, delta, mode)
    if 0 <= critical <= 1:
        assert commitment.war_margin(**game | {"p2": critical}) == pytest.approx(0, abs=1e-9)
    needed = commitment.g_min(**game, reduction=reduction)
    if needed is None:
        assert commitment.guarded_margin(**game, reduction=reduction, g=1) > 0
    elif needed > 0:
        assert commitment.guarded_margin(**game, reduction=reduction, g=needed) == pytest.approx(0, abs=1e-9)
    else:
        assert not commitment.preventive_war(**game)


@given(st.lists(unit, max_size=6), unit)
def test_numbers_never_beat_the_common_shock(qs, shock):
    assert guarantees.p_at_least_one(qs, shock) <= 1 - shock + 1e-12
    assert falling(guarantees.p_at_least_k(qs, shock, np.arange(9)))
    assert guarantees.number_acting(qs, shock).sum() == pytest.approx(1)
    assert guarantees.expected_strength(qs, np.ones(len(qs)), shock) == pytest.approx(
        guarantees.number_acting(qs, shock) @ np.arange(len(qs) + 1)
    )


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 150), st.floats(1, 60))
def test_what_makes_a_guarantee_concrete(stake, audience, mu, sigma):
    assert rising(guarantees.q_guarantor(np.linspace(0, 100, 11), audience, mu, sigma))
    assert rising(guarantees.q_guarantor(stake, np.linspace(0, 100, 11), mu, sigma))
    assert falling(guarantees.q_guarantor(stake, audience, np.linspace(0, 150, 11), sigma))


@given(st.floats(0.1, 5), st.floats(0.1, 5))
def test_detection_replaces_patience(temptation, peace):
    needed = monitoring.delta_crit(peace + temptation, peace, 0, np.linspace(0, 1, 21))
    assert needed[0] == 1
    assert falling(needed)
    assert falling(monitoring.m_crit(peace + temptation, peace, 0, np.linspace(0.05, 0.95, 21)))


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 100), unit, inner)
def test_no_window_for_a_sender_content_to_fight(vL, vH, fH, share, bH):
    bL = share * 0.99 * bH
    low, high = costly_signals.sunk_window(vL, vH, fH, bH, bL)
    if vH - fH < vL - 1e-6:
        assert low > high
        assert not any(costly_signals.sunk_separates(vL, vH, fH, bH, bL, np.linspace(0, 100, 101)))
    elif low < high:
        assert costly_signals.sunk_separates(vL, vH, fH, bH, bL, (low + high) / 2)
    needed = costly_signals.hands_min(vL, bH, bL)
    assert costly_signals.hands_separates(vL, -needed - 1, bH, bL, needed + 0.1)
    assume(needed > 1e-6)
    assert not costly_signals.hands_separates(vL, -needed / 2, bH, bL, 1e6)


@given(st.floats(0.005, 0.5), st.data())
def test_high_claims_are_the_vaguest(b, data):
    most = cheap_talk.N_max(b)
    N = data.draw(st.integers(1, most))
    widths = np.diff(cheap_talk.cutoffs(b, N))
    assert np.all(widths > -1e-9)
    assert np.diff(widths) == pytest.approx(np.full(N - 1, 4 * b))
    assert falling(cheap_talk.receiver_variance(b, np.arange(1, most + 1)))
    assert cheap_talk.sender_loss(b, N) == pytest.approx(cheap_talk.receiver_variance(b, N) + b**2)


@given(unit, inner, inner, st.integers(1, 10), st.data())
def test_signals_move_belief_by_what_they_tell(prior, t, f, n, data):
    firm = data.draw(st.integers(0, n))
    assert bayes_signals.posterior_indep(prior, t, t, firm, n) == pytest.approx(prior)
    assert bayes_signals.posterior_indep(0, t, f, firm, n) == 0
    assert bayes_signals.posterior_indep(1, t, f, firm, n) == 1
    posterior = bayes_signals.posterior_echo(prior, t, f, firm, n, np.linspace(0, 0.99, 12))
    assert np.all((posterior >= 0) & (posterior <= 1))
    if 0 < firm < n:
        assert np.ptp(posterior) == pytest.approx(0, abs=1e-9)  # disagreement proves that nobody echoes
    if t > f:
        assert rising(bayes_signals.posterior_indep(prior, t, f, np.arange(n + 1), n))


@given(st.floats(0, 1), st.lists(st.floats(0, 100), min_size=1, max_size=8))
def test_correlation_lowers_what_signals_are_worth(rho, signals):
    n = len(signals)
    assert 1 <= bayes_signals.n_eff(n, rho) <= n + 1e-12
    assert bayes_signals.n_eff(n, 1) == 1
    if rho > 0:
        assert bayes_signals.n_eff(10**6, rho) <= 1 / rho + 1e-9
    spread = bayes_signals.gauss_posterior(rho=rho, signals=signals)
    close = bayes_signals.gauss_posterior(rho=rho, signals=[np.mean(signals)] * n)
    assert spread == pytest.approx(close)
    path = bayes_signals.gauss_path(rho=rho, signals=signals)
    assert falling([belief.variance for belief in path])
    assert path[-1] == pytest.approx(spread)


@settings(max_examples=15)
@given(st.integers(0, 4), st.integers(0, 3), st.integers(0, 3), st.floats(0, 1))
def test_two_options_change_order_at_most_once_per_weight(criterion, i, j, swing):
    scores = np.array([mcda.weighted_sum(weights=mcda.reweighted(criterion, w)) for w in np.linspace(0, 1, 101)])
    lead = np.sign(np.round(scores[:, i] - scores[:, j], 9))
    assert np.sum(np.diff(lead[lead != 0]) != 0) <= 1
    base = mcda.weighted_sum()[i]
    for low, high in mcda.tornado(i, swing):
        assert min(low, high) <= base + 1e-12
        assert max(low, high) >= base - 1e-12


@given(tables, st.data())
def test_information_has_no_negative_value(payoffs, data):
    states = len(payoffs[0])
    prior = np.array(data.draw(st.lists(st.integers(1, 9), min_size=states, max_size=states)), float)
    prior /= prior.sum()

    def stochastic(rows, columns):
        draw = st.lists(st.lists(st.integers(1, 9), min_size=columns, max_size=columns), min_size=rows, max_size=rows)
        table = np.array(data.draw(draw), float)
        return table / table.sum(axis=1, keepdims=True)

    signal, garbling = stochastic(states, 3), stochastic(3, 2)
    perfect = decision_tree.evpi(payoffs, prior)
    assert 0 <= decision_tree.evsi(payoffs, prior, signal) <= perfect + 1e-9
    # a garbled signal is worth no more (Blackwell)
    assert decision_tree.evsi(payoffs, prior, signal @ garbling) <= decision_tree.evsi(payoffs, prior, signal) + 1e-9
    assert decision_tree.evsi(payoffs, prior, np.eye(states)) == pytest.approx(perfect)
    assert decision_tree.evpi(payoffs, np.eye(states)[0]) == 0
    posteriors = [decision_tree.posterior(prior, signal, z) for z in range(3)]
    assert prior @ signal @ np.array(posteriors) == pytest.approx(prior)


@given(tables, unit, st.data())
def test_rules_without_probabilities(payoffs, optimism, data):
    table = np.array(payoffs)
    assert deep_uncertainty.hurwicz(payoffs, 0) == deep_uncertainty.maximin(payoffs)
    assert deep_uncertainty.hurwicz(payoffs, 1) == deep_uncertainty.maximax(payoffs)
    values = deep_uncertainty.hurwicz_values(payoffs, optimism)
    assert deep_uncertainty.hurwicz(payoffs, optimism).value == pytest.approx(values.max())
    assert deep_uncertainty.laplace(payoffs).value == pytest.approx(table.mean(axis=1).max())
    regret = deep_uncertainty.regret_matrix(payoffs)
    assert np.all(regret.min(axis=0) == 0)
    assert deep_uncertainty.minimax_regret(payoffs).value == regret.max(axis=1).min()
    # what a state adds to every action's payoff is no reason for regret
    shift = data.draw(st.lists(st.integers(-50, 50), min_size=table.shape[1], max_size=table.shape[1]))
    assert np.array_equal(deep_uncertainty.regret_matrix(table + shift), regret)
    switch = deep_uncertainty.hurwicz_switch(payoffs, 0, 1)
    if switch is not None:
        first, second = deep_uncertainty.hurwicz_values(payoffs, switch)[:2]
        assert first == pytest.approx(second, abs=1e-9)
