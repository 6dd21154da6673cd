"""The panel that all explorers share: predict first, move the controls, then read why.

The picture is an ordinary output with a display id, refreshed from ``observe``: every step is drawn, nothing jumps, and
the first picture is visible in an export and before anything is run.
"""

import asyncio
import gc
import html
from functools import cache
from pathlib import Path

import anywidget
import ipywidgets as widgets
import traitlets
from IPython.display import HTML, display

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
_NOTE = "Illustrative numbers on an arbitrary scale: they show how an argument works and estimate no real government."


class _Status(anywidget.AnyWidget):
    """A live region that speaks the sentence of a step."""

    _esm = _STATIC / "panel.js"
    _css = _STATIC / "panel.css"
    text = traitlets.Unicode().tag(sync=True)


class Explorer:
    """A prediction, controls, a picture with its sentence, and an explanation.

    Parameters
    ----------
    call : how the notebook calls this explorer, ``"explore.tripwire"``; the prediction is written into that call
    question, options : what to predict before the controls unlock; ``options`` maps keys to texts (None: a short free text)
    prediction : what the cell holds already
    draw : function of the controls' names that returns a `Picture`
    controls : from `slider`, `choice`, `switch` and `numbers`
    presets : button text -> values of some controls, in neutral order; the others return to their defaults
    explanation : HTML shown on request, once a prediction is made and a control has moved
    """

    def __init__(self, call, *, question, draw, controls, explanation, options=None, prediction=None, presets=None):
        self._draw, self._explanation = draw, explanation
        self.question, self.options = question, options or {}
        self.controls = {control.name: control for control in controls}
        self.presets = {"Start again": {}} | (presets or {})
        self.prediction = Prediction(prompt=question, options=options, value=prediction, call=call)
        self.error = None
        self._handle = self._waiting = None
        self._hold = False
        self._status = _Status()
        self._build()
        self._redraw()
        if self.error:
            raise self.error

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

    def press(self, preset):
        """Press a preset button."""
        defaults = {name: control.default for name, control in self.controls.items()}
        return self.set(**(defaults | self.presets[preset]))

    def reading(self):
        """What the present state shows and why, as HTML."""
        return self._explanation

    def verdicts(self):
        """For each possible prediction, what the model says of it, as HTML."""
        return {}

    # -- widgets ------------------------------------------------------------------------------------------------------

    def _build(self):
        buttons = []
        for text in self.presets:
            button = widgets.Button(description=text)
            button.on_click(lambda _, text=text: self._try(self.press, text))
            buttons.append(button)
        self._presets = widgets.HBox(buttons)
        self._presets.add_class("postwar-presets")
        table = widgets.Box([control.widget for control in self.controls.values()])
        table.add_class("postwar-controls")
        self._panel = widgets.VBox([self.prediction, self._presets, table, self._status])
        self._panel.add_class("postwar-panel")

        self._why = widgets.Button(description="Explain what I see", disabled=True)
        self._why.on_click(lambda _: self._explain())
        self._numbers = widgets.Button(description="Show the numbers")
        self._numbers.on_click(lambda _: self._toggle_numbers())
        tools = widgets.HBox([self._why, self._numbers])
        tools.add_class("postwar-presets")
        self._reading, self._table = widgets.HTML(), widgets.HTML()
        self._below = widgets.VBox([tools, self._reading, self._table, widgets.HTML(f"<small>{_NOTE}</small>")])
        self._below.add_class("postwar-panel")

        for control in self.controls.values():
            control.widget.observe(self._moved, "value")
        self.prediction.observe(self._unlock, "value")
        self._unlock()

    def _try(self, action, *arguments):
        """Run a button's action: its error is shown in place of the picture."""
        try:
            action(*arguments)
        except Exception as error:
            if error is not self.error:
                raise

    def _unlock(self, _change=None):
        locked = not self.prediction.value
        for control in self.controls.values():
            control.lock(locked or bool(control.needs and not self.controls[control.needs].value))
        for button in self._presets.children:
            button.disabled = locked

    def _moved(self, _change=None):
        if self._hold:
            return
        self._redraw()
        self._unlock()
        self._why.disabled = not self.prediction.value

    def _redraw(self):
        try:
            self.picture = self._draw(**self.values)
            shown, spoken, self.error = self.picture, self.picture.sentence, None
        except Exception as error:  # whatever fails, the reader sees it in place of a frozen picture
            self.error = error
            spoken = f"This picture could not be drawn: {error} Press “Start again”."
            shown = HTML(f'<p role="alert"><strong>{html.escape(spoken)}</strong></p>')
        if self._handle:
            self._handle.update(shown)
        self._rest_soon(spoken)

    def _rest_soon(self, spoken):
        if self._waiting:
            self._waiting.cancel()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # outside a kernel
            self._rest(spoken)
        else:
            self._waiting = loop.call_later(_PAUSE, self._rest, spoken)

    def _rest(self, spoken):
        """Do what can wait until the picture is on its way; while a key is held, that is after its last step."""
        self._status.text = spoken
        if self._table.value:
            self._table.value = self._numbers_html()
        if self._handle:
            _before_the_next_step()

    def _explain(self):
        before = html.escape(self.options.get(self.prediction.value, self.prediction.value))
        now = html.escape(self.picture.sentence)
        self._reading.value = f"<p><strong>You predicted:</strong> {before}</p><p><strong>You see now:</strong> {now}</p>{self._explanation}"
        self._status.text = "The explanation is shown below the picture."

    def _toggle_numbers(self):
        self._table.value = "" if self._table.value else self._numbers_html()
        self._numbers.description = "Hide the numbers" if self._table.value else "Show the numbers"

    def _numbers_html(self):
        return self.picture.table().to_html(index=False, border=0, float_format=_number)

    def _ipython_display_(self):
        """Show the question in plain HTML, which exports keep, then the live panel, the picture, and what is below it."""
        asked = html.escape(self.question)
        plain = (
            f"<p><em>Predict first:</em> {asked} (Run this cell in JupyterLab to answer and to move the controls.)</p>"
        )
        text = f"Predict first: {self.question}"
        display({"text/html": f'{_LIVE_ONLY}<div class="postwar-asked">{plain}</div>', "text/plain": text}, raw=True)
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
