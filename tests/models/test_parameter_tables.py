"""Every model explains its symbols, starts from them, and refuses what lies outside their range."""

import inspect
import math
import subprocess
import sys
import warnings
from importlib import import_module

import numpy as np
import pytest
from formulas import FORMULAS, IDS, defaults

from postwar import models
from postwar.models import deterrence, peace_duration
from postwar.models.parameters import Parameter, formula

# data have no illustrative value; SYN-16 stands in
SPELLS = {
    "durations": peace_duration.SYN16_WITH.durations,
    "events": peace_duration.SYN16_WITH.events,
    "durations0": peace_duration.SYN16_WITHOUT.durations,
    "events0": peace_duration.SYN16_WITHOUT.events,
    "durations1": peace_duration.SYN16_WITH.durations,
    "events1": peace_duration.SYN16_WITH.events,
    "at": (12.0, 60.0),
}
# where a function needs another shape than the illustrative value of the symbol
PLANE = {"ideals": ((6.0, 5.0), (8.0, 6.0), (7.0, 2.0)), "sq": (2.0, 2.0)}
OVERRIDES = {
    "winset_area": PLANE,
    "winset_outline": PLANE,
    "lens_area": {"sq": (2.0, 2.0)},
    "threshold_prob": {"payoffs": ((20, -60), (5, -20))},
}
# counted, searched or chosen from a list one at a time: no figure draws these as a curve
ONE_AT_A_TIME = {
    "G_nash",
    "agenda_choice",
    "core",
    "critical_weight",
    "hurwicz",
    "hurwicz_switch",
    "n_min",
    "posterior",
    "power_to_act",
    "preferred",
    "provision_ratio",
    "rank_reversal_if_dropped",
    "threshold_prob",
    "timeline",
    "winset",
    "winset_area",
    "winset_outline",
}


def arguments(function, parameters):
    given = defaults(function, parameters) | OVERRIDES.get(function.__name__, {})
    return {name: SPELLS.get(name, value) if value is None else value for name, value in given.items()}


@pytest.mark.parametrize("model", models.__all__)
def test_a_model_says_what_it_assumes_and_what_it_is_not(model):
    text = import_module(f"postwar.models.{model}").__doc__
    assert text.split("\n\n")[0].endswith("?"), "opens with the question that it answers"
    for part in ("\nAssumed:", "\nSource", "\nNot:"):
        assert part in text


@pytest.mark.parametrize(("model", "function", "parameters"), FORMULAS, ids=IDS)
def test_documentation_and_defaults_come_from_the_table(model, function, parameters):
    for name, argument in inspect.signature(function).parameters.items():
        assert f"    {name}: {parameters[name].label}" in function.__doc__
        # to survive from year 5 to year 5 is no question, so this one function starts later
        if argument.default is not argument.empty and (function.__name__, name) != ("cond_survival", "t"):
            same_slot = name in ("i", "j", "probs", "r", "alternative")
            assert argument.default == parameters[name].default or same_slot


@pytest.mark.parametrize(("model", "function", "parameters"), FORMULAS, ids=IDS)
def test_defaults_give_plain_python_numbers_without_a_warning(model, function, parameters):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = function(**arguments(function, parameters))
    for part in result if isinstance(result, tuple) else (result,):
        assert not isinstance(part, np.generic)
        assert part is not None


@pytest.mark.parametrize("model", models.__all__)
def test_sliders_stay_inside_the_valid_range(model):
    for name, parameter in import_module(f"postwar.models.{model}").PARAMETERS.items():
        for value in (parameter.low, parameter.high, parameter.default):
            if value is not None:
                parameter.read(name, np.array(value, ndmin=parameter.ndim or 0))
        if parameter.low is not None:
            assert parameter.low < parameter.high
            assert parameter.step > 0
            assert np.all(np.asarray(parameter.default) >= parameter.low)
            assert np.all(np.asarray(parameter.default) <= parameter.high)


@pytest.mark.parametrize(("model", "function", "parameters"), FORMULAS, ids=IDS)
def test_a_value_outside_its_range_is_named(model, function, parameters):
    good = arguments(function, parameters)
    for name in good:
        for bad in outside(parameters[name]):
            with pytest.raises(ValueError, match=rf"^{name} \(.*\) must be .*got"):
                function(**good | {name: bad})


def outside(parameter):
    """Values that a parameter must refuse: beyond each end, not a number, not whole, of the wrong shape."""
    if parameter.choices:
        return ["neither"]
    low, high = (float(end) for end in parameter.valid[1:-1].split(","))
    bad = [math.nan, math.inf, "0.5", None]
    bad += [low - 1] if math.isfinite(low) else []
    bad += [high + 1] if math.isfinite(high) else []
    bad += [low] if math.isfinite(low) and parameter.valid[0] == "(" else []
    bad += [high] if math.isfinite(high) and parameter.valid[-1] == ")" else []
    bad += [low + 0.5] if parameter.integer else []
    if parameter.ndim == 1:
        return [[value] for value in bad] + [0.5, [[0.5]]]
    if parameter.ndim == 2:
        return [[[value]] for value in bad] + [0.5, [0.5], [[0.5], [0.5, 0.5]]]
    return bad


@pytest.mark.parametrize(("model", "function", "parameters"), FORMULAS, ids=IDS)
def test_an_array_gives_what_its_elements_give(model, function, parameters):
    if function.__name__ in ONE_AT_A_TIME:
        return
    given = arguments(function, parameters)
    for name in given:
        parameter = parameters[name]
        if parameter.ndim or parameter.choices or parameter.low is None:
            continue
        values = np.array([parameter.default, (2 * parameter.default + parameter.low) / 3])
        values = np.round(values) if parameter.integer else values
        try:
            single = [function(**given | {name: value}) for value in values]
        except ValueError:  # the point breaks a relation between parameters
            continue
        fields = getattr(single[0], "_fields", None)
        if isinstance(single[0] if fields is None else single[0][0], np.ndarray | list | peace_duration.SurvivalCurve):
            continue  # a list already
        together = function(**given | {name: values})
        for i, one in enumerate(single):
            for part, expected in zip(together if fields else [together], one if fields else [one], strict=True):
                value = np.broadcast_to(part, 2)[i]
                if isinstance(expected, str | bool):
                    assert value == expected
                else:
                    assert value == pytest.approx(np.nan if expected is None else expected, rel=1e-12, nan_ok=True)


def test_ranges_are_said_in_words():
    def words(valid, **kind):
        return Parameter("share", "s", 0, 1, 0.5, 0.1, valid=valid, **kind).range

    assert words("[0, 1]") == "between 0 and 1"
    assert words("(0, 1)") == "greater than 0 and less than 1"
    assert words("[0, 1)") == "at least 0 and less than 1"
    assert words("(0, 1]") == "greater than 0 and at most 1"
    assert words("[0, inf)") == "0 or more"
    assert words("(0, inf)") == "greater than 0"
    assert words("(-inf, 0)") == "less than 0"
    assert words("(-inf, 0]") == "0 or less"
    assert words("(-inf, inf)") == "finite"
    assert words("[1, inf)", integer=True) == "a whole number, 1 or more"


def test_a_message_names_parameter_range_and_value():
    @formula({"share": Parameter("share held back", "r", 0, 0.5, 0.25, 0.05)})
    def kept(share):
        """What is left."""
        return 1 - share

    assert kept(0.25) == 0.75
    with pytest.raises(ValueError, match=r"^share \(share held back\) must be between 0 and 1, got 1\.4$"):
        kept(1.4)
    with pytest.raises(ValueError, match=r"got -2$"):
        kept(np.array([0.5, -2.0]))


def test_a_relation_between_arrays_is_reported_where_it_first_fails():
    with pytest.raises(ValueError, match=r"got pi=0\.3 and pa=0\.2$"):
        deterrence.eu_attack(pa=np.array([0.5, 0.2, 0.1]))


def test_importing_the_models_is_cheap():
    code = (
        "import sys, time, numpy, scipy.special, scipy.optimize\n"
        "start = time.process_time()\n"
        "import postwar.models as models\n"
        "[getattr(models, name) for name in models.__all__]\n"
        "print(time.process_time() - start)\n"
        "assert not {'lifelines', 'pandas', 'matplotlib', 'scipy.stats'} & set(sys.modules)\n"
    )
    taken = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
        for _ in range(3)
    ]
    assert min(taken) < 0.3
