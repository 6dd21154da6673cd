"""Securing the Peace: data, models, explorers and questions for the course notebooks.

Five verbs are all that a notebook needs::

    from postwar import load, cite, explore, check, ask
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from postwar import explorers as explore
    from postwar.data import cite, load
    from postwar.quiz import ask, check

__version__ = "1.0.0"
__all__ = ["ask", "check", "cite", "explore", "load"]

_HOME = {"load": "postwar.data", "cite": "postwar.data", "check": "postwar.quiz", "ask": "postwar.quiz"}


def __getattr__(name):
    """Import a verb when it is first used, so that ``import postwar`` stays cheap."""
    if name == "explore":
        return import_module("postwar.explorers")
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'postwar' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *__all__])
