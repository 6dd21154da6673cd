"""Every model against known values: ``pytest tests/test_vectors.py [--vectors FILE]``.

A row of the file names a model, a quantity and its parameters (JSON), and gives the expected value (JSON) with an absolute
tolerance; 0 means exact. ``null`` means that no such value exists.
"""

import csv
import json
from importlib import import_module
from numbers import Real
from pathlib import Path

import numpy as np
import pytest

#: model in the file -> its module, and its quantities; a function is named after its quantity.
MODELS = {
    "M1.1_bargaining": ("bargaining", "range range_width ra_range tioli_demand tioli_war_prob tioli_payoff"),
    "M1.2_peace_duration": (
        "peace_duration",
        "survival hazard median mean cond_survival time_ratio km km_greenwood_se logrank_chi2 cox_beta exp_rate_ratio",
    ),
    "M1.3_selection": ("selection", "naive_risks naive_rd std_rd mix_hazard"),
    "M2.1_rotation": ("rotation", "rotation_ratio sustainable_force required_pool units_needed dwell_achieved"),
    "M2.2_force_ratio": (
        "force_ratio",
        "req_population req_frontage implied_per_1000 frontage_covered troops_per_km",
    ),
    "M2.3_coalition": ("coalition", "mean_total sd_total p_at_least p_at_least_backstop sd_total_backstop"),
    "M3.1_alliance_dilemma": ("alliance_dilemma", "expected_cost s_star cost_star"),
    "M3.2_critical_risk": ("critical_risk", "critical_risk cumulative_risk max_rounds poisson_risk"),
    "M3.3_aid_boots": ("aid_or_boots", "mix total_cost shadow_price support"),
    "M4.1_eu_deterrence": (
        "deterrence",
        "eu_attack margin deterred q_crit q_class pa_crit p_attack_logit zk_threshold",
    ),
    "M4.2_tripwire": ("tripwire", "credibility p_success eu_attack drop_credibility_only drop_denial_only n_min"),
    "M4.3_inference": (
        "inference",
        "p_deterred_given_quiet p_quiet immediate_success_rate challenge_rate attack_rate",
    ),
    "M5.1_voting_power": ("voting_power", "shapley_shubik banzhaf power_to_act p_consensus p_needed"),
    "M5.2_veto_players": ("veto_players", "core winset agenda_choice lens_area winset_area"),
    "M5.3_burden_sharing": ("burden_sharing", "nash_contributions G_nash G_opt provision_ratio burden_rates"),
    "M6.1_commitment": ("commitment", "war_margin preventive_war p2_crit g_min"),
    "M6.2_guarantees": (
        "guarantees",
        "q_guarantor p_at_least_one p_at_least_k expected_strength reliability_posterior_mean reliability_interval90",
    ),
    "M6.3_monitoring": ("monitoring", "delta_crit m_crit sustainable"),
    "M7.1_costly_signals": ("costly_signals", "sunk_window sunk_separates hands_min hands_separates"),
    "M7.2_cheap_talk": ("cheap_talk", "N_max cutoffs receiver_variance sender_loss"),
    "M7.3_bayes_signals": (
        "bayes_signals",
        "posterior_indep posterior_echo n_eff gauss_posterior p_above blue_weights",
    ),
    "M8.1_mcda": ("mcda", "weighted_sum topsis ranking rank_reversal_if_dropped critical_weight tornado"),
    "M8.2_decision_tree": ("decision_tree", "ev best_action evpi evsi posterior threshold_prob"),
    "M8.3_deep_uncertainty": (
        "deep_uncertainty",
        "maximin maximax hurwicz laplace regret_matrix minimax_regret hurwicz_switch",
    ),
}
#: the one quantity that would shadow a builtin
RENAMED = {"range": "bargaining_range"}


def function_for(model, quantity):
    if model not in MODELS:
        raise KeyError(f"unknown model {model!r}")
    module, quantities = MODELS[model]
    if quantity not in quantities.split():
        raise KeyError(f"unknown quantity {quantity!r} of {model}")
    return getattr(import_module(f"postwar.models.{module}"), RENAMED.get(quantity, quantity))


def assert_matches(value, expected, tolerance):
    """Compare a result with a value from JSON, element by element."""
    if isinstance(expected, list):
        assert isinstance(value, list | tuple | np.ndarray), f"expected a list, got {value!r}"
        assert len(value) == len(expected), f"expected {len(expected)} values, got {len(value)}"
        for part, expected_part in zip(value, expected, strict=True):
            assert_matches(part, expected_part, tolerance)
    elif expected is None or isinstance(expected, bool | str):
        assert type(value) is type(expected)
        assert value == expected
    else:
        assert isinstance(value, Real), f"expected a number, got {value!r}"
        assert not isinstance(value, bool | np.bool_)
        assert abs(value - expected) <= tolerance, f"expected {expected} within {tolerance}, got {value}"


def pytest_generate_tests(metafunc):
    if "row" in metafunc.fixturenames:
        path = Path(metafunc.config.getoption("vectors") or Path(__file__).with_name("vectors.csv"))
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        metafunc.parametrize("row", rows, ids=[f"{row['id']}-{row['model']}-{row['quantity']}" for row in rows])


def test_vector(row):
    value = function_for(row["model"], row["quantity"])(**json.loads(row["parameters"]))
    assert_matches(value, json.loads(row["expected_value"]), float(row["tolerance"]))


@pytest.mark.parametrize("model", MODELS)
def test_every_quantity_has_a_function(model):
    for quantity in MODELS[model][1].split():
        assert callable(function_for(model, quantity))


def test_an_unknown_quantity_is_an_error():
    with pytest.raises(KeyError, match="unknown quantity 'shape'"):
        function_for("M1.2_peace_duration", "shape")
    with pytest.raises(KeyError, match="unknown model"):
        function_for("M9.9_crystal_ball", "forecast")
