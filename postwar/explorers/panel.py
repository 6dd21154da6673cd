"""The panel that all explorers share: predict first, move the controls, then read why.

The picture is an ordinary output with a display id, refreshed from ``observe``: every step is drawn, nothing jumps, and
the first picture is visible in an export and before anything is run.
"""

import html
import re
import unicodedata
from pathlib import Path

import anywidget
import ipywidgets as widgets
import traitlets
from IPython.display import HTML, display

from postwar.quiz import Prediction

_STATIC = Path(__file__).parent / "static"
_GREEK = {
    unicodedata.name(letter).rsplit(maxsplit=1)[-1].lower().replace("lamda", "lambda"): letter
    for letter in "αβγδεζηθικλμνξοπρστυφχψω"
} | {"ell": "ℓ"}
_NOTE = "Illustrative numbers on an arbitrary scale: they show how an argument works and estimate no real government."


class _Status(anywidget.AnyWidget):
    """A live region, and the names of the sliders (ipywidgets gives a slider's handle none)."""

    _esm = _STATIC / "panel.js"
    _css = _STATIC / "panel.css"
    text = traitlets.Unicode().tag(sync=True)


class Control:
    """One input of an explorer: the name of the drawing function's parameter and the widget that sets it."""

    def __init__(self, name, source, widget=None):
        self.name, self.source, self.widget = name, source, widget or source
        self.default = source.value

    def lock(self, locked):
        for part in {self.source, *getattr(self.widget, "children", ())}:
            if part.has_trait("disabled"):
                part.disabled = locked


def slider(name, parameter, *, value=None, low=None, high=None, step=None, label=None):
    """A slider with a linked, labelled number box for a `Parameter` of a model; keywords narrow its range."""
    value = parameter.default if value is None else value
    low = parameter.low if low is None else low
    high = parameter.high if high is None else high
    step = parameter.step if step is None else step
    whole = isinstance(value, int) and isinstance(step, int)
    box_type, slider_type = (
        (widgets.BoundedIntText, widgets.IntSlider) if whole else (widgets.BoundedFloatText, widgets.FloatSlider)
    )
    bounds = {"value": value, "min": low, "max": high, "step": step}
    box = box_type(description=label or _describe(parameter), description_allow_html=True, **bounds)
    track = slider_type(readout=False, **bounds)
    link = widgets.jslink((track, "value"), (box, "value"))
    row = widgets.VBox([box, track])
    row.add_class("postwar-control")
    row.link = link  # lives as long as the row
    return Control(name, track, row)


def _describe(parameter):
    """Label of a control as HTML: ``Shape of the hazard (k; below 1 falling)``, with Greek letters and subscripts."""
    symbol = re.sub(r"\\([a-zA-Z]+)", lambda found: _GREEK.get(found[1], found[1]), parameter.symbol)
    symbol = re.sub(r"_\{?(\w+)\}?", r"<sub>\1</sub>", symbol)
    unit = f"; {html.escape(parameter.unit)}" if parameter.unit else ""
    label = parameter.label[0].upper() + parameter.label[1:]
    return f"{html.escape(label)} (<i>{symbol}</i>{unit})"


def choice(name, label, options, value=None):
    """A drop-down; ``options`` maps each value to its text."""
    items = [(text, key) for key, text in options.items()]
    menu = widgets.Dropdown(description=label, options=items, value=items[0][1] if value is None else value)
    return Control(name, menu, _row(menu))


def switch(name, label, value=False):
    """A check-box."""
    box = widgets.Checkbox(description=label, value=value, indent=False)
    return Control(name, box, _row(box))


def _row(widget):
    row = widgets.VBox([widget])
    row.add_class("postwar-control")
    return row


class _NumberGrid(widgets.GridBox):
    """Labelled number boxes in rows and columns; ``value`` is a tuple of rows of numbers."""

    value = traitlets.Tuple()

    def __init__(self, values, rows, columns, low, high, step):
        self._boxes = [
            [
                widgets.BoundedFloatText(
                    value=number,
                    min=low,
                    max=high,
                    step=step,
                    tooltip=f"{row}, {column}".strip(", "),
                    layout={"width": "auto"},
                )
                for column, number in zip(columns, line, strict=True)
            ]
            for row, line in zip(rows, values, strict=True)
        ]
        cells = [widgets.Label(""), *map(widgets.Label, columns)]
        for row, line in zip(rows, self._boxes, strict=True):
            cells += [widgets.Label(row), *line]
        shape = f"minmax(5em, auto) repeat({len(columns)}, minmax(4.5em, 1fr))"
        super().__init__(cells, layout={"grid_template_columns": shape, "grid_gap": "2px 8px"})
        for box in self.inputs:
            box.observe(self._collect, "value")
        self._collect()
        self.observe(self._spread, "value")

    @property
    def inputs(self):
        return [box for line in self._boxes for box in line]

    def _collect(self, _change=None):
        self.value = tuple(tuple(box.value for box in line) for line in self._boxes)

    def _spread(self, change):
        for line, numbers in zip(self._boxes, change["new"], strict=True):
            for box, number in zip(line, numbers, strict=True):
                box.value = number


def numbers(name, values, *, rows=("",), columns, low, high, step=1.0):
    """A small table of numbers to edit; the drawing function gets a tuple of rows (of one row: that row).

    ``values`` has the shape of the table; ``rows`` and ``columns`` label it.
    """
    one_row = len(rows) == 1
    grid = _NumberGrid([values] if one_row else values, rows, columns, low, high, step)
    return _GridControl(name, grid, one_row)


class _GridControl(Control):
    def __init__(self, name, grid, one_row):
        super().__init__(name, grid)
        self.one_row = one_row

    def lock(self, locked):
        for box in self.source.inputs:
            box.disabled = locked


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
        self._question, self._options = question, options or {}
        self.controls = {control.name: control for control in controls}
        self.presets = {"Start again": {}} | (presets or {})
        self.prediction = Prediction(prompt=question, options=options, value=prediction, call=call)
        self.error = None
        self._handle = None
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
        state = {}
        for name, control in self.controls.items():
            value = control.source.value
            state[name] = value[0] if getattr(control, "one_row", False) else value
        return state

    def set(self, **values):
        """Move controls as a student would, draw once, and raise what the picture's message would say."""
        self._hold = True
        try:
            for name, value in values.items():
                control = self.controls[name]
                control.source.value = (tuple(value),) if getattr(control, "one_row", False) else value
        finally:
            self._hold = False
        self._moved()
        if self.error:
            raise self.error
        return self.picture

    def press(self, preset):
        """Press a preset button."""
        defaults = {
            name: control.default[0] if getattr(control, "one_row", False) else control.default
            for name, control in self.controls.items()
        }
        return self.set(**(defaults | self.presets[preset]))

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
            control.source.observe(self._moved, "value")
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
            control.lock(locked)
        for button in self._presets.children:
            button.disabled = locked

    def _moved(self, _change=None):
        if self._hold:
            return
        self._why.disabled = not self.prediction.value
        self._redraw()

    def _redraw(self):
        try:
            self.picture = self._draw(**self.values)
            shown, self.error = self.picture, None
            self._status.text = self.picture.sentence
        except Exception as error:  # whatever fails, the reader sees it in place of a frozen picture
            self.error = error
            message = f"This picture could not be drawn: {error} Press “Start again”."
            shown = HTML(f'<p role="alert"><strong>{html.escape(message)}</strong></p>')
            self._status.text = message
        if self._handle:
            self._handle.update(shown)
        if self._table.value:
            self._table.value = self._numbers_html()

    def _explain(self):
        before = html.escape(self._options.get(self.prediction.value, self.prediction.value))
        now = html.escape(self.picture.sentence)
        self._reading.value = f"<p><strong>You predicted:</strong> {before}</p><p><strong>You see now:</strong> {now}</p>{self._explanation}"

    def _toggle_numbers(self):
        self._table.value = "" if self._table.value else self._numbers_html()
        self._numbers.description = "Hide the numbers" if self._table.value else "Show the numbers"

    def _numbers_html(self):
        return self.picture.table().to_html(index=False, border=0, float_format=lambda x: f"{x:.4g}")

    def _ipython_display_(self):
        bundle = self._panel._repr_mimebundle_()
        bundle["text/plain"] = (
            f"Predict first: {self._question} (Run this notebook in JupyterLab to move the controls.)"
        )
        bundle["text/html"] = f"<p><em>Predict first:</em> {html.escape(self._question)}</p>"
        display(bundle, raw=True)
        self._handle = display(self.picture, display_id=True)
        display(self._below)
