"""The panel that all explorers share: predict first, move the controls, then read how right that was, and why.

The picture is an ordinary output with a display id, refreshed from ``observe``: every step is drawn, nothing jumps, and
the first picture is visible in an export and before anything is run.
"""

import asyncio
import gc
import html
from functools import cache
from pathlib import Path
from uuid import uuid4

import anywidget
import ipywidgets as widgets
import traitlets
from IPython.display import HTML, display

from postwar.explorers import words as spoken
from postwar.explorers.controls import choice, numbers, slider, switch
from postwar.figures.style import make_ahead
from postwar.quiz import Prediction

__all__ = ["Explorer", "choice", "numbers", "slider", "switch"]

_STATIC = Path(__file__).parent / "static"
# A notebook that is opened again has no live widgets until it is run, and JupyterLab says so in place of each one. The
# plain question and the picture are the better message; where the panel is live, the plain question gives way to it.
_LIVE_ONLY = """<style>
.jp-OutputArea-child:has(.postwar-asked):has(~ .jp-OutputArea-child .postwar-panel),
.jp-OutputArea-child:has(.postwar-asked) ~ .jp-OutputArea-child:not(:has(.postwar-panel, .postwar-picture, [role="alert"]))
{ display: none; }
</style>"""
# Seconds. The kernel sends a picture from another thread, which any work that follows at once would hold up by 15 ms.
_PAUSE = 0.03
_SHARED = spoken.panel()


class _Status(anywidget.AnyWidget):
    """A live region that speaks the sentence of a step; the plain question called ``plain`` gives way to it."""

    _esm = _STATIC / "panel.js"
    _css = _STATIC / "panel.css"
    text = traitlets.Unicode().tag(sync=True)
    plain = traitlets.Unicode().tag(sync=True)


class _More(anywidget.AnyWidget):
    """A button that shows the inputs of the second rank; a screen reader is told whether they are shown."""

    _esm = _STATIC / "more.js"
    label = traitlets.Unicode(_SHARED["more"]).tag(sync=True)
    expanded = traitlets.Bool().tag(sync=True)


class Explorer:
    """A prediction, controls, a picture with its sentence, and words that judge the one and explain the other.

    Parameters
    ----------
    name : of the explorer; its words stand under this name in ``lessons/explorers``
    draw : function of the controls' names that returns a `Picture`
    controls : from `slider`, `choice`, `switch` and `numbers`
    asked : the states that the question is about: name of the state -> what differs from the start, ``{"after": {"p": 0.7}}``;
        the start itself is called ``start``
    presets : key of a button -> values of some controls, in neutral order; the others return to their defaults
    prediction : what the cell holds already
    words : instead of those of the lesson's file
    """

    def __init__(self, name, *, draw, controls, asked=None, presets=None, prediction=None, words=None):
        self.words = words or spoken.of(name)
        self._draw = draw
        self.question = self.words.question
        self.options = {option.key: option.text for option in self.words.options}
        self.controls = {control.name: control for control in controls}
        self._defaults = {control.name: control.default for control in controls}
        self.presets = {_SHARED["start_again"]: {}} | {
            self.words.presets[key]: values for key, values in (presets or {}).items()
        }
        self.asked = {"start": {}} | (asked or {})
        self.prediction = Prediction(
            prompt=self.question, options=self.options or None, value=prediction, call=f"explore.{name}"
        )
        self.error = None
        self._handle = self._waiting = None
        self._hold = False
        self._status = _Status()
        self._build()
        self._redraw()
        if self.error:
            raise self.error
        self._check_names(name)

    def _check_names(self, name):
        known = set(self._names())
        states = {f"{state}.{quantity}" for state in self.asked for quantity in known} | {"chosen"}
        for used, offered in ((self.words.names_of_state, known), (self.words.names_of_asked, states)):
            if unknown := used - offered:
                raise spoken.WordsError(
                    f"the words of {name} use {min(unknown)}, which this explorer does not have; there are {', '.join(sorted(offered))}"
                )

    # -- what tests and notebooks use ---------------------------------------------------------------------------------

    @property
    def values(self):
        """The state of all controls, by name."""
        return {name: control.value for name, control in self.controls.items()}

    def set(self, **values):
        """Move controls as a student would, draw once, and raise what the picture's message would say."""
        self._hold = True
        try:
            for name, value in values.items():
                self.controls[name].value = value
        finally:
            self._hold = False
        self._moved()
        if self.error:
            raise self.error
        return self.picture

    def state(self, preset):
        """The values of all controls that a preset button sets."""
        return self._defaults | self.presets[preset]

    def press(self, preset):
        """Press a preset button."""
        return self.set(**self.state(preset))

    def reading(self):
        """What the present state shows and why, as HTML."""
        names = self._names()
        said = (spoken.first(self.words.reading, names), spoken.first(self.words.why, names))
        return "".join(f"<p>{text}</p>" for text in said if text)

    def verdict(self, prediction):
        """Whether a prediction is right, and what the model says of the change that was asked about: (bool, HTML)."""
        names = self._asked_about()
        if self.options:
            option = next(option for option in self.words.options if option.key == prediction)
            names = names | {"chosen": prediction}
            right = option.right if isinstance(option.right, bool) else bool(option.right(names))
            said = option.said(names) + " " if option.said else ""
        else:
            names = names | {"chosen": spoken.percentage(prediction)}
            right, said = bool(self.words.estimate(names)), ""
        return right, said + spoken.first(self.words.verdict, names)

    def verdicts(self):
        """For each possible prediction, what the model says of it, as HTML; of a typed one, for ``right`` and ``wrong``."""
        if not self.options:
            said = spoken.first(self.words.verdict, self._asked_about())
            return {judged: f"<p><strong>{_SHARED[judged]}</strong> {said}</p>" for judged in ("right", "wrong")}
        return {key: self._verdict_html(key) for key in self.options}

    def _verdict_html(self, prediction):
        right, said = self.verdict(prediction)
        return f"<p><strong>{_SHARED['right' if right else 'wrong']}</strong> {said}</p>"

    def _names(self, picture=None, values=None):
        """The inputs and quantities of a state, by the names that words use."""
        return (values or self.values) | (picture or self.picture).quantities

    def _asked_about(self):
        """The names of each state that the question is about, the model run on all of them."""
        if self._judged is None:
            states = {}
            for state, changes in self.asked.items():
                values = self._defaults | changes
                states[state] = self._names(self._draw(**values), values)
            self._judged = spoken.states(states)
        return self._judged

    _judged = None

    # -- widgets ------------------------------------------------------------------------------------------------------

    def _build(self):
        buttons = []
        for text in self.presets:
            button = widgets.Button(description=text)
            button.on_click(lambda _, text=text: self._try(self.press, text))
            buttons.append(button)
        self._presets = widgets.HBox(buttons)
        self._presets.add_class("postwar-presets")
        self._understood = widgets.HTML()
        again = widgets.HTML(f"<p role='alert'>{_SHARED['run_again']}</p>").add_class("postwar-again")
        self._asked_panel = widgets.VBox([again, self.prediction, self._understood])
        self._asked_panel.add_class("postwar-panel").add_class("postwar-ask")

        beside = [control for control in self.controls.values() if not control.wide]
        first, more = ([control.widget for control in beside if control.more == more] for more in (False, True))
        self._more = _More()
        self._more.observe(lambda _: self._sort_controls(), "expanded")
        if not any(control.more for control in self.controls.values()):
            self._more.layout.display = "none"
        boxes = [widgets.VBox(inputs).add_class("postwar-controls") for inputs in (first, more)]
        self._panel = widgets.VBox([self._presets, boxes[0], self._more, boxes[1], self._status])
        self._panel.add_class("postwar-panel").add_class("postwar-side")

        self._why = widgets.Button(description=_SHARED["explain"], disabled=True)
        self._why.on_click(lambda _: self._explain())
        self._numbers = widgets.Button(description=_SHARED["show_numbers"])
        self._numbers.on_click(lambda _: self._toggle_numbers())
        tools = widgets.HBox([self._why, self._numbers])
        tools.add_class("postwar-presets")
        self._reading, self._table = widgets.HTML(), widgets.HTML()
        grids = [control.widget for control in self.controls.values() if control.wide]
        note = widgets.HTML(f"<small>{_SHARED['note']}</small>")
        self._below = widgets.VBox([*grids, tools, self._reading, self._table, note])
        self._below.add_class("postwar-panel").add_class("postwar-below")

        for control in self.controls.values():
            control.widget.observe(self._moved, "value")
        self.prediction.observe(self._unlock, "value")
        self._unlock()
        self._sort_controls()

    def _try(self, action, *arguments):
        """Run a button's action: its error is shown in place of the picture."""
        try:
            action(*arguments)
        except Exception as error:
            if error is not self.error:
                raise

    def _predicted(self):
        """Whether there is a prediction that can be judged; says how a typed one is understood."""
        typed = self.prediction.value
        if self.options or not typed:
            return bool(typed)
        percent = spoken.percentage(typed)
        said = "not_understood" if percent is None else "understood"
        self._understood.value = html.escape(
            _SHARED[said].format(typed=typed, percent=percent if percent is None else f"{percent:g}")
        )
        return percent is not None

    def _unlock(self, _change=None):
        locked = not self._predicted()
        for control in self.controls.values():
            control.lock(locked)
        for button in self._presets.children:
            button.disabled = locked

    def _moved(self, _change=None):
        if self._hold:
            return
        self._redraw()
        self._why.disabled = not self._predicted()

    def _redraw(self):
        try:
            self.picture = self._draw(**self.values)
            shown, said, self.error = self.picture, self.picture.sentence, None
        except Exception as error:  # whatever fails, the reader sees it in place of a frozen picture
            self.error = error
            said = _SHARED["failed"].format(error=error)
            shown = HTML(f'<p role="alert"><strong>{html.escape(said)}</strong></p>')
        if self._handle:
            self._handle.update(shown)
        self._rest_soon(said)

    def _rest_soon(self, said):
        if self._waiting:
            self._waiting.cancel()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # outside a kernel
            self._rest(said)
        else:
            self._waiting = loop.call_later(_PAUSE, self._rest, said)

    def _sort_controls(self):
        """Show the inputs that do something, and those of the second rank on request."""
        values = self.values
        for control in self.controls.values():
            control.show(control.acts(values) and (self._more.expanded or not control.more))

    def _rest(self, said):
        """Do what can wait until the picture is on its way; while a key is held, that is after its last step."""
        self._sort_controls()
        self._status.text = said
        if self._table.value and not self.error:
            self._table.value = self._numbers_html()
        if self._reading.value:
            self._reading.value = "" if self.error else self._explanation()
        if self._handle:
            _before_the_next_step()

    def _explain(self):
        self._reading.value = self._explanation()
        right, _said = self.verdict(self.prediction.value)
        self._status.text = f"{_SHARED['right' if right else 'wrong']} {_SHARED['explained']}"

    def _explanation(self):
        predicted = self.prediction.value
        before = html.escape(self.options.get(predicted, predicted))
        return (
            f"<p><strong>{_SHARED['predicted']}</strong> {before}</p>{self._verdict_html(predicted)}"
            f"<p><strong>{_SHARED['now']}</strong></p>{self.reading()}"
        )

    def _toggle_numbers(self):
        self._table.value = "" if self._table.value else self._numbers_html()
        self._numbers.description = _SHARED["hide_numbers" if self._table.value else "show_numbers"]

    def _numbers_html(self):
        return self.picture.table().to_html(index=False, border=0, float_format=_number)

    def plain(self):
        """What stands for the explorer where nothing is live, as MIME bundles: its question and its first picture."""
        return [self._plain_question(), self.picture._repr_mimebundle_()]

    def _plain_question(self):
        first = _SHARED["predict_first"]
        asked = f"<p><em>{first}</em> {html.escape(self.question)} ({_SHARED['run_this_cell']})</p>"
        marked = f'<div class="postwar-asked" data-plain="{self._status.plain}">{asked}</div>'
        return {"text/html": _LIVE_ONLY + marked, "text/plain": f"{first} {self.question}"}

    def _ipython_display_(self):
        """Show the question in plain HTML, which exports keep, then the live panel, the picture, and what is below it."""
        self._status.plain = uuid4().hex
        display(self._plain_question(), raw=True)
        display(self._asked_panel)
        display(self._panel)
        self._handle = display(self.picture, display_id=True)
        display(self._below)
        _leave_libraries_alone()
        self._rest_soon(self.picture.sentence)


@cache
def _leave_libraries_alone():
    """Take what is loaded by now out of the garbage collector's sight, so that it has little to look through (4 ms)."""
    gc.collect()
    gc.freeze()


def _before_the_next_step():
    """Clear the last picture away and get a blank one ready, while the reader looks at the new one.

    The thousands of small objects of a picture would make Python clean up in the middle of every tenth step or so, and
    hold that picture back by 100 ms.
    """
    gc.collect()
    make_ahead()


def _number(x):
    """Large numbers in full, small ones with four digits."""
    return (f"{x:,.0f}" if abs(x) >= 1000 else f"{x:.4g}").replace("-", "−")
