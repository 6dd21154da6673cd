"""Time of one slider step of each model, at the resolution its figure needs: ``pytest -n 0 -s tests/benchmarks/test_models_speed.py``.

A step is what a figure recomputes when one control moves: the curve over its horizontal axis and the numbers in the sentence.
"""

import time

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

CURVE = np.linspace(0, 1, 400)
MEMBERS = np.arange(1, 16)
PLEDGES = np.linspace(1, 9, 10)
SPELLS = (*peace_duration.SYN16_WITHOUT, *peace_duration.SYN16_WITH)

STEPS = {
    "bargaining": lambda: (bargaining.bargaining_range(), bargaining.demand_payoff(CURVE), bargaining.tioli_war_prob()),
    "peace_duration": lambda: (
        peace_duration.survival(t=30 * CURVE),
        peace_duration.hazard(t=30 * CURVE),
        peace_duration.median(),
    ),
    "selection": lambda: (selection.naive_risks(), selection.std_rd(), selection.mix_hazard(t=20 * CURVE)),
    "rotation": lambda: (rotation.sustainable_force(dwell=48 * CURVE), rotation.timeline(3, 6, 24, 1, 60)),
    "force_ratio": lambda: (force_ratio.req_frontage(2000 * CURVE + 1), force_ratio.implied_per_1000()),
    "coalition, 10 pledges": lambda: (
        coalition.distribution_backstop(PLEDGES, np.full(10, 0.8), np.full(10, 0.4)),
        coalition.p_at_least_backstop(PLEDGES, np.full(10, 0.8), np.full(10, 0.4)),
    ),
    "alliance_dilemma": lambda: (alliance_dilemma.cost_parts(CURVE), alliance_dilemma.s_star()),
    "critical_risk": lambda: (critical_risk.cumulative_risk(n=np.arange(51)), critical_risk.max_rounds()),
    "aid_or_boots": lambda: (aid_or_boots.cost_parts(target=100 * CURVE), aid_or_boots.shadow_price()),
    "deterrence": lambda: (deterrence.margin(q=CURVE), deterrence.q_crit(), deterrence.p_attack_logit()),
    "tripwire": lambda: (tripwire.eu_attack(100 * CURVE), tripwire.channels(10), tripwire.n_min()),
    "inference": lambda: (inference.p_deterred_given_quiet(CURVE), inference.crisis_shares()),
    "voting_power, 15 members": lambda: (
        voting_power.shapley_shubik(MEMBERS, 61),
        voting_power.banzhaf(MEMBERS, 61),
        voting_power.power_to_act(MEMBERS, 61),
    ),
    "veto_players, in the plane": lambda: (
        veto_players.winset_area([[6, 5], [8, 6], [7, 2]], [2, 2]),
        veto_players.winset_outline([[6, 5], [8, 6], [7, 2]], [2, 2]),
    ),
    "burden_sharing": lambda: (burden_sharing.nash_contributions(MEMBERS), burden_sharing.provision_ratio(MEMBERS)),
    "commitment": lambda: (commitment.war_margin(p2=CURVE), commitment.g_min(), commitment.p2_crit()),
    "guarantees": lambda: (guarantees.p_at_least_one(shock=CURVE), guarantees.number_acting()),
    "monitoring": lambda: (monitoring.delta_crit(m=CURVE), monitoring.m_crit(), monitoring.sustainable()),
    "costly_signals": lambda: (costly_signals.sunk_senders(k=60 * CURVE), costly_signals.hands_senders()),
    "cheap_talk": lambda: (cheap_talk.cutoffs(), cheap_talk.receiver_variance(b=0.04 * CURVE + 0.001, N=3)),
    "bayes_signals": lambda: (bayes_signals.posterior_echo(r=CURVE), bayes_signals.gauss_path()),
    "mcda": lambda: (mcda.ranking("topsis"), mcda.rank_reversal_if_dropped(), mcda.tornado(), mcda.critical_weight()),
    "decision_tree": lambda: (decision_tree.evpi(), decision_tree.evsi(), decision_tree.replies()),
    "deep_uncertainty": lambda: (
        deep_uncertainty.hurwicz_values(optimism=CURVE),
        deep_uncertainty.minimax_regret(),
        deep_uncertainty.laplace(),
    ),
}
# estimates from data, by lifelines: no slider moves the data, so a figure works them out once
ESTIMATES = {
    "Kaplan-Meier curve": lambda: peace_duration.kaplan_meier(*peace_duration.SYN16_WITH),
    "log-rank test": lambda: peace_duration.logrank_chi2(*SPELLS),
    "Cox regression": lambda: peace_duration.cox_beta(*SPELLS),
}


def milliseconds(step, repeats):
    """Median time of a step, after a first one that may import what it needs."""
    step()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return 1000 * float(np.median(times))


@pytest.mark.parametrize("model", STEPS)
def test_a_slider_step_takes_under_ten_milliseconds(model):
    taken = milliseconds(STEPS[model], 50)
    print(f"\n{model:30} {taken:6.2f} ms")
    assert taken < 10


@pytest.mark.parametrize("estimate", ESTIMATES)
def test_an_estimate_is_quick_enough_to_draw_once(estimate):
    taken = milliseconds(ESTIMATES[estimate], 10)
    print(f"\n{estimate:30} {taken:6.2f} ms")
    assert taken < 200
