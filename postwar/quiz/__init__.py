"""Questions that are answered by clicking: ``ask`` records, ``check`` explains, ``Prediction`` opens an explorer."""

from importlib import import_module

__all__ = ["Prediction", "Question", "ask", "check"]

_HOME = {
    "Prediction": "postwar.quiz.widget",
    "Question": "postwar.quiz.asking",
    "ask": "postwar.quiz.asking",
    "check": "postwar.quiz.practice",
}


def __getattr__(name):
    """Import on first use: ``postwar.quiz.marking`` must load without widgets."""
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'postwar.quiz' has no attribute {name!r}")
