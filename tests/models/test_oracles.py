"""The models against unrelated ways to the same answer: libraries, enumeration, simulation, numerical search."""

import io
import itertools
import math
import warnings

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize, stats

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
    deterrence,
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
cost = st.floats(0, 200)


def spells():
    """Spells with distinct lengths, some of them censored."""
    return st.integers(3, 12).flatmap(
        lambda n: st.tuples(
            st.lists(st.integers(1, 400), min_size=n, max_size=n, unique=True),
            st.lists(st.integers(0, 1), min_size=n, max_size=n),
        )
    )


@given(inner, st.floats(0, 0.5), st.floats(0, 0.5), st.floats(0.2, 1), st.floats(0.2, 1))
def test_bargaining_range_is_what_both_prefer_to_war(p, cA, cB, a, b):
    x = np.linspace(0, 1, 4001)
    accepted = x[(x**a >= p - cA - 1e-12) & ((1 - x) ** b >= 1 - p - cB - 1e-12)]
    low, high = bargaining.ra_range(p, cA, cB, a, b)
    assume(accepted.size)  # risk-loving sides aside, a range narrower than the grid may fall between its points
    assert (accepted.min(), accepted.max()) == pytest.approx((low, high), abs=1 / 4000)


@given(inner, unit, st.floats(0, 0.5), st.floats(0.05, 0.5))
def test_no_demand_beats_the_best_demand(p, cA, lo, width):
    payoffs = bargaining.demand_payoff(np.linspace(0, 1, 2001), p, cA, lo, lo + width)
    best = bargaining.tioli_payoff(p, cA, lo, lo + width)
    assert payoffs.max() <= best + 1e-12
    assert payoffs.max() == pytest.approx(best, abs=1e-3)


@given(st.floats(0.02, 1), st.floats(0.4, 3), st.floats(0.1, 3), st.floats(0.1, 20))
def test_weibull_matches_scipy(lam, k, HR, t):
    peace = stats.weibull_min(k, scale=HR ** (-1 / k) / lam)
    assert peace_duration.survival(lam, k, HR, t) == pytest.approx(peace.sf(t))
    assert peace_duration.hazard(lam, k, HR, t) * peace.sf(t) == pytest.approx(peace.pdf(t))
    assert peace_duration.median(lam, k, HR) == pytest.approx(peace.median())
    assert peace_duration.mean(lam, k, HR) == pytest.approx(peace.mean())
    assume(peace.sf(t) > 1e-200)
    assert peace_duration.cond_survival(lam, k, HR, t, 2 * t) == pytest.approx(peace.sf(2 * t) / peace.sf(t))


@settings(max_examples=25)
@given(spells())
def test_kaplan_meier_matches_scipy(data):
    durations, events = map(np.array, data)
    curve = stats.ecdf(stats.CensoredData(durations[events == 1], right=durations[events == 0])).sf
    at = np.sort(durations)
    assert peace_duration.km(durations, events, at) == pytest.approx(curve.evaluate(at))
    # the estimate and its plain 68.27 % band differ by one standard error, unless the band is cut at 0 or 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # Greenwood is undefined once the curve is at 0
        band = curve.confidence_interval(stats.chi2.cdf(1, 1), method="linear")
    errors = peace_duration.km_greenwood_se(durations, events, at)
    upper = band.high.evaluate(at)
    inside = (upper < 1) & np.isfinite(errors)
    assert errors[inside] == pytest.approx((upper - curve.evaluate(at))[inside])


@settings(max_examples=25)
@given(spells(), spells())
def test_log_rank_and_cox_match_other_solvers(group0, group1):
    (durations0, events0), (durations1, events1) = (
        (np.array(part, float) for part in group) for group in (group0, group1)
    )
    durations1 = durations1 + 0.5  # no ties between the groups
    failures0, failures1 = durations0[events0 == 1], durations1[events1 == 1]
    assume(np.any(failures0 < durations1.max()) and np.any(failures1 < durations0.max()))
    samples = [
        stats.CensoredData(durations[events == 1], right=durations[events == 0])
        for durations, events in ((durations0, events0), (durations1, events1))
    ]
    chi2 = peace_duration.logrank_chi2(durations0, events0, durations1, events1)
    test = stats.logrank(*samples)
    assert chi2 == pytest.approx(test.statistic**2)
    assert peace_duration.logrank_p(durations0, events0, durations1, events1) == pytest.approx(test.pvalue)

    durations, events = np.concatenate([durations0, durations1]), np.concatenate([events0, events1])
    group = np.repeat([0.0, 1.0], [len(durations0), len(durations1)])
    at_risk = durations >= durations[events == 1][:, None]

    def score(beta):
        weights = np.exp(beta * group)
        return np.sum(group[events == 1] - at_risk @ (group * weights) / (at_risk @ weights))

    beta = optimize.brentq(score, -30, 30, xtol=1e-10)
    assert peace_duration.cox_beta(durations0, events0, durations1, events1) == pytest.approx(beta, abs=1e-6)


@given(inner, unit, unit, inner, inner, st.floats(0.1, 2), st.floats(0.5, 20))
def test_risks_match_the_joint_table(pi, lh, le, eh, ee, HR, T):
    failed, seen = np.zeros(2), np.zeros(2)
    for share, rate, sent in ((pi, lh, eh), (1 - pi, le, ee)):
        for present, chance in ((0, 1 - sent), (1, sent)):
            seen[present] += share * chance
            failed[present] += share * chance * stats.expon(scale=1).cdf(rate * HR**present * T)
    assert selection.naive_risks(pi, lh, le, eh, ee, HR, T) == pytest.approx(tuple((failed / seen)[::-1]))


@given(inner, st.floats(0.01, 1), st.floats(0.01, 1), st.floats(0.1, 30))
def test_mixture_hazard_is_the_slope_of_log_survival(pi, lh, le, t):
    def log_survival(time):
        return np.log(pi * np.exp(-lh * time) + (1 - pi) * np.exp(-le * time))

    slope = (log_survival(t - 1e-4) - log_survival(t + 1e-4)) / 2e-4
    assert selection.mix_hazard(pi, lh, le, t) == pytest.approx(slope, rel=1e-5)


@given(st.integers(1, 4), st.integers(3, 12), st.integers(0, 36), st.integers(0, 2))
def test_the_timeline_fills_every_slot_and_respects_dwell(slots, tour, dwell, handover):
    tours = rotation.timeline(slots, tour, dwell, handover, 240)
    assert len({tour.unit for tour in tours}) == rotation.units_needed(slots, tour, dwell, handover)
    for unit_tours in (sorted(t.start for t in tours if t.unit == unit) for unit in {t.unit for t in tours}):
        assert all(np.diff(unit_tours) >= tour + dwell - 1e-9)
    for slot in range(slots):
        starts = [t.start for t in tours if t.slot == slot]
        assert np.diff(starts) == pytest.approx(tour - handover)
    # with one unit fewer, that many tours cannot be started
    fewer = rotation.units_needed(slots, tour, dwell, handover) - 1
    assert fewer / (tour + dwell) < slots / (tour - handover)


@given(st.lists(st.tuples(st.floats(0, 10), unit, unit), min_size=1, max_size=7), unit, st.floats(0, 30))
def test_pledges_match_enumeration(members, u, target):
    pledges, probs_with, probs_without = (np.array(column) for column in zip(*members, strict=True))
    totals, chances = [], []
    for kept in itertools.product([0, 1], repeat=len(members)):
        kept = np.array(kept)  # noqa: PLW2901
        totals.append(kept @ pledges)
        chances.append([np.prod(np.where(kept, probs, 1 - probs)) for probs in (probs_with, probs_without)])
    totals, mixed = np.array(totals), np.array(chances) @ [u, 1 - u]
    assume(np.min(np.abs(totals - target)) > 1e-6)
    mean = mixed @ totals
    backstop = (pledges, probs_with, probs_without, u)
    assert coalition.p_at_least_backstop(*backstop, target) == pytest.approx(mixed[totals >= target].sum(), abs=1e-9)
    assert coalition.mean_total_backstop(*backstop) == pytest.approx(mean)
    assert coalition.sd_total_backstop(*backstop) ** 2 == pytest.approx(mixed @ (totals - mean) ** 2, abs=1e-9)
    values, weights = coalition.distribution_backstop(*backstop)
    assert (weights.sum(), weights @ values) == pytest.approx((1, mean))


@given(unit, unit, cost, cost, unit, cost)
def test_no_commitment_is_cheaper_than_the_best(a0, delta, L, K, m, E):
    s = np.linspace(0, 1, 2001)
    tree = a0 * (1 - delta * s) * ((1 - s) * L + s * K) + m * s**2 * E
    assert alliance_dilemma.expected_cost(s, a0, delta, L, K, m, E) == pytest.approx(tree)
    best = alliance_dilemma.cost_star(a0, delta, L, K, m, E)
    assert best <= tree.min() + 1e-9
    assert best == pytest.approx(tree.min(), abs=1e-3)


@given(st.floats(1, 100), st.floats(0.01, 0.99), st.floats(-500, -1), st.floats(0.005, 0.5))
def test_most_steps_by_climbing(W, share, X, rho):
    Q = X + share * (W - X)
    bearable = critical_risk.critical_risk(W, Q, X)
    steps = 0
    while 1 - (1 - rho) ** (steps + 1) <= bearable:
        steps += 1
    assume(abs(1 - (1 - rho) ** steps - bearable) > 1e-7 and abs(1 - (1 - rho) ** (steps + 1) - bearable) > 1e-7)
    assert critical_risk.max_rounds(W, Q, X, rho) == steps


@given(st.floats(0.1, 10), st.floats(0.1, 10), st.floats(0, 10), st.floats(0, 10), st.floats(0, 2), st.floats(1, 100))
def test_no_mix_is_cheaper(alpha, beta, ca, cb, gamma, target):
    troops = np.linspace(0, target / beta, 4001)
    costs = ca * (target - beta * troops) / alpha + cb * troops + gamma / 2 * troops**2
    mix = (alpha, beta, ca, cb, gamma)
    best = aid_or_boots.total_cost(*mix, target)
    assert best <= costs.min() + 1e-7
    assert best == pytest.approx(costs.min(), rel=1e-3, abs=1e-3)
    step = 1e-4
    slope = (aid_or_boots.total_cost(*mix, target + step) - best) / step
    assert aid_or_boots.shadow_price(*mix, target) == pytest.approx(slope, abs=gamma / beta**2 * step + 1e-6)


@given(
    st.floats(1, 200), st.floats(-50, 100), st.floats(0, 100), unit, unit, st.floats(0, 100), unit, st.floats(0, 100)
)
def test_thresholds_make_the_challenger_indifferent(V, SQ, C, pa, share, K, s, S):
    pi = share * pa
    assume((pa - pi) * V + K > 1e-3)
    q = deterrence.q_crit(V, SQ, C, pa, pi, K, s, S)
    label = deterrence.q_class(V, SQ, C, pa, pi, K, s, S)
    assume(min(abs(q), abs(q - 1)) > 1e-6)
    stopped = [deterrence.deterred(V, SQ, C, pa, pi, K, q, s, S) for q in (0, 1)]
    assert label == {(True, True): "always", (False, True): "conditional", (False, False): "never"}[tuple(stopped)]
    if label == "conditional":
        assert deterrence.margin(V, SQ, C, pa, pi, K, q, s, S) == pytest.approx(0, abs=1e-7)
        assert deterrence.zk_threshold(V - C, V - C - 0.4 * (V + K), -K - C) == pytest.approx(0.4)


def test_zagare_and_kilgour_is_the_special_case():
    V, SQ, C, K = 100, 10, 25, 30
    special = deterrence.q_crit(V, SQ, C, pa=1, pi=0, K=K, s=0, S=0)
    assert deterrence.zk_threshold(V - C, SQ, -K - C) == pytest.approx(special)


@given(st.floats(0, 0.5), st.floats(0, 0.5), st.floats(1, 30), st.floats(0, 2), st.floats(-20, 20))
def test_smallest_presence_by_bisection(q0, gain, kappa, e, SQ):
    def gap(n):
        return tripwire.eu_attack(n, e=e, q0=q0, q1=q0 + gain, kappa=kappa) - SQ

    smallest = tripwire.n_min(e=e, q0=q0, q1=q0 + gain, kappa=kappa, SQ=SQ, n_max=150)
    assume(abs(gap(0)) > 1e-6 and abs(gap(150)) > 1e-6)
    if gap(0) < 0:
        assert smallest == 0
    elif gap(150) > 0:
        assert smallest is None
    else:
        assert smallest == pytest.approx(optimize.bisect(gap, 0, 150), abs=1e-6)


@given(unit, unit)
def test_inference_matches_a_grid_of_challengers(g, t):
    assume(g < 0.95)
    motivation = (np.arange(20_000) + 0.5) / 20_000
    challengers = motivation >= g
    withdrawn = challengers & (motivation < t)
    assert inference.challenge_rate(g, t) == pytest.approx(challengers.mean(), abs=1e-4)
    assert inference.attack_rate(g, t) == pytest.approx((challengers & ~withdrawn).mean(), abs=1e-4)
    assert inference.immediate_success_rate(g, t) == pytest.approx(withdrawn.sum() / challengers.sum(), abs=2e-3)
    assert sum(inference.crisis_shares(g, t)) == pytest.approx(1)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=6).filter(any), st.data())
def test_power_matches_enumeration(weights, data):
    quota = data.draw(st.integers(1, sum(weights)))
    members = range(len(weights))
    pivots = np.zeros(len(weights))
    for order in itertools.permutations(members):
        pivots[next(i for i, w in zip(order, np.cumsum([weights[i] for i in order]), strict=True) if w >= quota)] += 1
    votes = np.array(list(itertools.product([0, 1], repeat=len(weights))))
    totals = votes @ weights
    swings = (votes * ((totals >= quota)[:, None] & (totals[:, None] - weights < quota))).sum(axis=0)
    assert voting_power.shapley_shubik(weights, quota) == pytest.approx(pivots / math.factorial(len(weights)))
    assert voting_power.banzhaf(weights, quota) == pytest.approx(swings / swings.sum())
    assert voting_power.power_to_act(weights, quota) == np.mean(totals >= quota)


@given(st.lists(st.floats(0, 10), min_size=1, max_size=5), st.floats(0, 10))
def test_winset_is_what_all_prefer(ideals, sq):
    points = np.linspace(-15, 25, 8001)
    better = points[np.all(np.abs(points[:, None] - ideals) < abs(sq - np.array(ideals)) - 1e-9, axis=1)]
    winset = veto_players.winset(ideals, sq)
    if better.size:
        assert winset == pytest.approx((better.min(), better.max()), abs=0.011)
    else:
        assert winset is None or winset.high - winset.low < 0.011


def lens(first, second, sq):
    """Overlap of two circles by the textbook formula."""
    r1, r2, d = math.dist(first, sq), math.dist(second, sq), math.dist(first, second)
    if d >= r1 + r2:
        return 0.0
    if d <= abs(r1 - r2):
        return math.pi * min(r1, r2) ** 2
    root = math.sqrt((-d + r1 + r2) * (d + r1 - r2) * (d - r1 + r2) * (d + r1 + r2))
    first_part = r1**2 * math.acos((d**2 + r1**2 - r2**2) / (2 * d * r1))
    return first_part + r2**2 * math.acos((d**2 + r2**2 - r1**2) / (2 * d * r2)) - root / 2


point = st.tuples(st.integers(0, 20), st.integers(0, 20))


@given(point, point, point)
def test_two_circles_overlap_by_the_textbook(first, second, sq):
    assert veto_players.lens_area(first, second, sq) == pytest.approx(lens(first, second, sq), abs=1e-6)


@given(st.lists(point, min_size=1, max_size=5), point)
def test_winset_area_by_slices(ideals, sq):
    centres, radii = np.array(ideals), np.array([math.dist(ideal, sq) for ideal in ideals])

    left, right = (centres[:, 0] - radii).max(), (centres[:, 0] + radii).min()
    x = np.linspace(left, max(left, right), 20_001)[:, None]
    half = np.sqrt(np.maximum(0, radii**2 - (x - centres[:, 0]) ** 2))
    heights = np.maximum(0, (centres[:, 1] + half).min(axis=1) - (centres[:, 1] - half).max(axis=1))
    slices = integrate.trapezoid(heights, x[:, 0])
    area = veto_players.winset_area(ideals, sq)
    assert area == pytest.approx(slices, rel=1e-3, abs=1e-3)
    outline = veto_players.winset_outline(ideals, sq, 2000)
    x, y = outline.T
    shoelace = abs(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) / 2
    assert shoelace == pytest.approx(area, rel=1e-3, abs=1e-3)


@given(st.lists(st.floats(1, 200), min_size=1, max_size=8), inner)
def test_contributions_are_best_replies(incomes, alpha):
    given = burden_sharing.nash_contributions(incomes, alpha)
    for income, contribution in zip(incomes, given, strict=True):
        reply = burden_sharing.best_reply(income, given.sum() - contribution, alpha)
        assert contribution == pytest.approx(reply, abs=1e-7)
    assert given.sum() == pytest.approx(burden_sharing.G_nash(incomes, alpha))


@given(unit, unit, st.floats(0, 3), st.floats(0.05, 0.9), st.sampled_from(["lump", "flow"]))
def test_preventive_war_by_discounted_sums(p1, p2, cB, delta, mode):
    periods = delta ** np.arange(600)

    def war(p):
        return (1 - p) * periods.sum() - (cB if mode == "lump" else cB * periods.sum())

    gain = war(p1) - (1 + delta * war(p2))
    assert commitment.war_margin(p1, p2, cB, delta, mode) == pytest.approx((1 - delta) * gain, abs=1e-9)
    assert commitment.later_war_value(p2, cB, delta, mode) == pytest.approx((1 - delta) * war(p2), abs=1e-9)


@given(st.lists(unit, max_size=6), unit)
def test_guarantors_by_enumeration(qs, shock):
    counts = np.zeros(len(qs) + 1)
    for acts in itertools.product([0, 1], repeat=len(qs)):
        counts[sum(acts)] += np.prod([q if act else 1 - q for q, act in zip(qs, acts, strict=True)])
    counts *= 1 - shock
    counts[0] += shock
    assert guarantees.number_acting(qs, shock) == pytest.approx(counts)
    for k in range(len(qs) + 2):
        assert guarantees.p_at_least_k(qs, shock, k) == pytest.approx(counts[k:].sum(), abs=1e-12)
    assert guarantees.p_at_least_one(qs, shock) == pytest.approx(counts[1:].sum(), abs=1e-12)


@given(cost, cost, st.floats(0, 150), st.floats(1, 60), st.floats(0.5, 20), st.floats(0.5, 20), st.integers(0, 9))
def test_credibility_matches_scipy(stake, audience, mu, sigma, a, b, honoured):
    assert guarantees.q_guarantor(stake, audience, mu, sigma) == pytest.approx(
        stats.norm.cdf(stake + audience, mu, sigma)
    )
    belief = stats.beta(a + honoured, b + 9 - honoured)
    assert guarantees.reliability_posterior_mean(a, b, honoured, 9) == pytest.approx(belief.mean())
    assert guarantees.reliability_interval90(a, b, honoured, 9) == pytest.approx(tuple(belief.ppf([0.05, 0.95])))


@given(st.floats(0.1, 5), st.floats(0.1, 5), unit, st.floats(0.05, 0.95))
def test_restraint_by_explicit_payoffs(temptation, peace, m, delta):
    P, R, T = 0.0, peace, peace + temptation
    periods = (delta ** np.arange(2000)).sum()
    restrain = R * periods
    violate = T + delta * (m * P * periods + (1 - m) * R * periods)
    assume(abs(restrain - violate) > 1e-6)
    assert monitoring.sustainable(T, R, P, m, delta) == (restrain > violate)
    assert (delta > monitoring.delta_crit(T, R, P, m)) == (restrain > violate)
    assert (m > monitoring.m_crit(T, R, P, delta)) == (restrain > violate)


def signalling_game(vL, vH, fH, fL, bH, bL, k, a):
    """A sender of either type signals or not, the adversary yields or not, a challenged sender fights or backs down.

    In Gambit's file format, which has outlived several versions of its Python interface.
    """
    import pygambit as gambit

    lines = ['EFG 2 R "signal" { "resolute" "irresolute" } ""', 'c "" 1 "" { "resolute" 1/2 "irresolute" 1/2 } 0']
    outcome = itertools.count(1)
    for player, value, fight in ((1, vH, fH), (2, vL, fL)):
        lines.append(f'p "" {player} 1 "" {{ "signal" "silence" }} 0')
        for branch, chance, paid, penalty in ((2, bH, k, a), (3, bL, 0, 0)):
            lines.append(
                f'c "" {2 * player + branch - 2} "" {{ "yields" {chance} "resists" {round(1 - chance, 12)} }} 0'
            )
            payoffs = [value - paid, fight - paid, -penalty - paid]
            leaves = [
                f't "" {next(outcome)} "" {{ {x if player == 1 else 0}, {x if player == 2 else 0} }}' for x in payoffs
            ]
            lines += [leaves[0], f'p "" {player} {branch} "" {{ "fight" "back down" }} 0', *leaves[1:]]
    return gambit.read_efg(io.StringIO("\n".join(lines)))


def separates_in_equilibrium(**parameters):
    """Whether in every pure equilibrium the resolute sender signals and the irresolute one keeps silent."""
    import pygambit as gambit

    equilibria = gambit.nash.enumpure_solve(signalling_game(**parameters)).equilibria
    signals = {
        tuple(profile.as_behavior()[gambit.H.path(kind)]["signal"] for kind in ("resolute", "irresolute"))
        for profile in equilibria
    }
    return signals == {(1, 0)}


@pytest.mark.parametrize("k", [5, 11, 13, 29, 31, 40])
@pytest.mark.parametrize("fH", [10, 45])
def test_sunk_costs_separate_as_in_the_game_tree(k, fH):
    expected = separates_in_equilibrium(vL=20, vH=60, fH=fH, fL=-150, bH=0.9, bL=0.3, k=k, a=0)
    assert costly_signals.sunk_separates(fH=fH, k=k) == expected


@pytest.mark.parametrize("a", [50, 119, 121, 200])
@pytest.mark.parametrize("fL", [-150, -100])
@pytest.mark.parametrize("bH", [0.5, 0.9])
def test_tied_hands_separate_as_in_the_game_tree(a, fL, bH):
    expected = separates_in_equilibrium(vL=20, vH=60, fH=10, fL=fL, bH=bH, bL=0.3, k=0, a=a)
    assert costly_signals.hands_separates(fL=fL, bH=bH, a=a) == expected


@given(st.floats(0.005, 0.5), st.data())
def test_cutoff_senders_are_indifferent(b, data):
    most = cheap_talk.N_max(b)
    assert 2 * most * (most - 1) * b < 1
    assert 2 * most * (most + 1) * b >= 1 - 1e-6
    N = data.draw(st.integers(1, most))
    ends = cheap_talk.cutoffs(b, N)
    replies = (ends[:-1] + ends[1:]) / 2
    inner_ends = ends[1:-1]
    assert np.abs(replies[:-1] - inner_ends - b) == pytest.approx(np.abs(replies[1:] - inner_ends - b))
    loss = sum((high - low) ** 3 / 12 for low, high in itertools.pairwise(ends))
    assert cheap_talk.receiver_variance(b, N) == pytest.approx(loss)


@given(inner, inner, inner, unit, st.integers(1, 6), st.data())
def test_echoes_by_enumeration(prior, t, f, r, n, data):
    pattern = data.draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))
    assume(r < 0.99 or len(set(pattern)) == 1)
    chances = []
    for x in (t, f):
        each = [x if firm else 1 - x for firm in pattern]
        chances.append(r * (each[0] if len(set(pattern)) == 1 else 0) + (1 - r) * np.prod(each))
    posterior = prior * chances[0] / (prior * chances[0] + (1 - prior) * chances[1])
    assert bayes_signals.posterior_echo(prior, t, f, sum(pattern), n, r) == pytest.approx(posterior)
    assert bayes_signals.posterior_path(prior, t, f, pattern, r)[-1] == pytest.approx(posterior)


@given(
    st.floats(0, 100),
    st.floats(1, 50),
    st.floats(1, 50),
    st.floats(0, 0.95),
    st.lists(st.floats(0, 100), min_size=1, max_size=6),
)
def test_correlated_signals_by_matrix_algebra(mu0, tau, sigma, rho, signals):
    n = len(signals)
    noise = sigma**2 * (rho * np.ones((n, n)) + (1 - rho) * np.eye(n))
    gain = tau**2 * np.linalg.solve(noise + tau**2 * np.ones((n, n)), np.ones(n))
    mean, variance = mu0 + gain @ (np.array(signals) - mu0), tau**2 * (1 - gain.sum())
    assert bayes_signals.gauss_posterior(mu0, tau, sigma, rho, signals) == pytest.approx((mean, variance))
    above = stats.norm.sf(55, mean, math.sqrt(variance))
    assert bayes_signals.p_above(mu0, tau, sigma, rho, signals, 55) == pytest.approx(above, abs=1e-9)
    assert bayes_signals.n_eff(n, rho) == pytest.approx(sigma**2 * np.linalg.solve(noise, np.ones(n)).sum())


@given(st.floats(0.1, 5), st.floats(0.1, 5), st.floats(0, 0.95))
def test_best_weights_have_the_smallest_variance(sd1, sd2, rho):
    def variance(w):
        return w**2 * sd1**2 + (1 - w) ** 2 * sd2**2 + 2 * w * (1 - w) * rho * sd1 * sd2

    first, second = bayes_signals.blue_weights(sd1, sd2, rho)
    assert first + second == pytest.approx(1)
    assert variance(first) <= min(variance(first - 1e-3), variance(first + 1e-3))


tables = st.integers(2, 5).flatmap(
    lambda options: st.integers(2, 4).flatmap(
        lambda criteria: st.tuples(
            st.lists(
                st.lists(st.integers(1, 9), min_size=criteria, max_size=criteria), min_size=options, max_size=options
            ),
            st.lists(st.integers(1, 9), min_size=criteria, max_size=criteria),
            st.lists(st.integers(0, 1), min_size=criteria, max_size=criteria),
        )
    )
)


@given(tables)
def test_scores_by_loops(table):
    matrix, weights, benefit = table
    columns = list(zip(*matrix, strict=True))
    shares = [weight / sum(weights) for weight in weights]
    sums, closeness = [], []
    for row in matrix:
        score, to_best, to_worst = 0.0, 0.0, 0.0
        for x, column, share, more in zip(row, columns, shares, benefit, strict=True):
            low, high = min(column), max(column)
            score += share * (1 if high == low else (x - low if more else high - x) / (high - low))
            norm = math.sqrt(sum(value**2 for value in column))
            best, worst = (high, low) if more else (low, high)
            to_best += (share * (x - best) / norm) ** 2
            to_worst += (share * (x - worst) / norm) ** 2
        sums.append(score)
        total = math.sqrt(to_best) + math.sqrt(to_worst)
        closeness.append(math.sqrt(to_worst) / total if total else 1)
    assert mcda.weighted_sum(*table) == pytest.approx(sums)
    assert mcda.topsis(*table) == pytest.approx(closeness)
    assert mcda.ranking("weighted_sum", *table) == sorted(range(len(sums)), key=lambda i: -round(sums[i], 9))


@given(tables, st.data())
def test_options_tie_at_the_critical_weight(table, data):
    matrix, weights, benefit = table
    criterion = data.draw(st.integers(0, len(weights) - 1))
    weight = mcda.critical_weight(criterion, 0, 1, matrix, weights, benefit)

    def lead(at):
        first, second = mcda.weighted_sum(matrix, mcda.reweighted(criterion, at, weights), benefit)[:2]
        return first - second

    if weight is None:
        assert lead(0) * lead(1) > 0 or lead(0) == pytest.approx(lead(1))
    else:
        assert lead(weight) == pytest.approx(0, abs=1e-9)


decisions = st.integers(2, 3).flatmap(
    lambda actions: st.integers(2, 3).flatmap(
        lambda states: st.tuples(
            st.lists(
                st.lists(st.integers(-60, 60), min_size=states, max_size=states), min_size=actions, max_size=actions
            ),
            st.lists(st.integers(1, 9), min_size=states, max_size=states),
            st.lists(st.lists(st.integers(1, 9), min_size=3, max_size=3), min_size=states, max_size=states),
        )
    )
)


@given(decisions)
def test_information_by_trying_every_plan(decision):
    payoffs, prior, likelihood = (np.array(part, float) for part in decision)
    prior, likelihood = prior / prior.sum(), likelihood / likelihood.sum(axis=1, keepdims=True)
    actions, states = payoffs.shape
    values = {
        plan: sum(
            prior[s] * likelihood[s, z] * payoffs[action, s] for s in range(states) for z, action in enumerate(plan)
        )
        for plan in itertools.product(range(actions), repeat=3)
    }
    uninformed = max(value for plan, value in values.items() if len(set(plan)) == 1)
    assert decision_tree.evsi(payoffs, prior, likelihood) == pytest.approx(max(values.values()) - uninformed, abs=1e-9)
    foresight = sum(prior[s] * payoffs[:, s].max() for s in range(states))
    assert decision_tree.evpi(payoffs, prior) == pytest.approx(foresight - uninformed, abs=1e-9)
    plan = decision_tree.replies(payoffs, prior, likelihood)
    assert sum(reply.probability * reply.value for reply in plan) == pytest.approx(max(values.values()), abs=1e-9)
