"""The models' functions, found by what makes them one: a table of parameters around a formula."""

import inspect
from importlib import import_module

from postwar import models

#: (model, function, its module's parameters), for each of the public functions of all 24 modules
FORMULAS = [
    (name, function, import_module(f"postwar.models.{name}").PARAMETERS)
    for name in models.__all__
    for function in vars(import_module(f"postwar.models.{name}")).values()
    if inspect.isfunction(function) and hasattr(function, "__wrapped__")
]
IDS = [f"{model}.{function.__name__}" for model, function, _ in FORMULAS]


def defaults(function, parameters):
    """Illustrative arguments for every parameter of a function."""
    return {name: parameters[name].default for name in inspect.signature(function).parameters}
