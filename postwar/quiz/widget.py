"""The control behind questions and predictions: a choice that is written into its own code cell."""

import re
from html import unescape
from pathlib import Path

import anywidget
import traitlets

from postwar.quiz.markup import to_html

_STATIC = Path(__file__).parent / "static"


class ChoiceWidget(anywidget.AnyWidget):
    """Radio buttons, a menu for each of several items, or a text field when there are no options.

    Choosing sets ``value`` and writes ``argument="value"`` into the call named ``call`` in the cell that shows the
    widget. Where a cell holds several such calls, the one whose first argument is ``match`` gets it.
    """

    _esm = _STATIC / "choice.js"
    _css = _STATIC / "choice.css"

    form = traitlets.Enum(["one", "several", "order"], "one", help="how many options, or which order").tag(sync=True)
    levels = traitlets.List(help="levels of confidence to choose from; empty where none is asked for").tag(sync=True)
    confidence = traitlets.Unicode(help="the chosen level; empty before one is chosen").tag(sync=True)
    numbers = traitlets.Unicode(help="which set of new numbers is shown; empty where there is none to draw").tag(
        sync=True
    )
    plain = traitlets.Unicode(help="the ``data-plain`` of the element that it takes the place of; empty for none").tag(
        sync=True
    )
    kind = traitlets.Enum(["ask", "check", "predict"]).tag(sync=True)
    prompt = traitlets.Unicode(help="the question, as HTML").tag(sync=True)
    options = traitlets.List(help="pairs of key and HTML; empty for free text").tag(sync=True)
    items = traitlets.List(help="statements to sort into the options, as HTML; empty for a question").tag(sync=True)
    call = traitlets.Unicode().tag(sync=True)
    match = traitlets.Unicode().tag(sync=True)
    argument = traitlets.Unicode("answer").tag(sync=True)
    value = traitlets.Unicode(help="key of the chosen option or the text; empty before a choice").tag(sync=True)
    feedback = traitlets.Dict(help="verdict, html, marks of the items; empty until there is something to say").tag(
        sync=True
    )

    def __repr__(self):
        """What stands in place of the control where widgets cannot run."""
        return f"[{unescape(re.sub('<[^>]+>', '', self.prompt))} {self.value}".rstrip() + "]"


class Prediction(ChoiceWidget):
    """A prediction that the student commits before exploring.

    Parameters
    ----------
    prompt : the question.
    options : key → wording, shown as radio buttons; None asks for a few words instead.
    value : a prediction made before (a key of ``options``, or the words); None or "" for none.
    call : name of the explorer in the cell, such as ``"explore.bargaining_range"``; a choice is written there as
        ``prediction="…"``.

    Raises
    ------
    ValueError : ``value`` is not one of the options.

    Examples
    --------
    >>> p = Prediction("Wider or narrower?", {"wider": "It gets wider", "narrower": "It gets narrower"},
    ...                call="explore.bargaining_range")
    >>> p.observe(lambda change: print(change["new"]), names="value")
    """

    def __init__(self, prompt: str, options: dict[str, str] | None = None, value: str | None = None, *, call: str):
        options = options or {}
        if value and options and value not in options:
            raise ValueError(f"prediction={value!r} is not on offer; choose one of {', '.join(map(repr, options))}")
        super().__init__(
            kind="predict",
            prompt=to_html(prompt),
            options=[[key, to_html(text)] for key, text in options.items()],
            value=value or "",
            call=call,
            argument="prediction",
        )
