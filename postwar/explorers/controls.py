"""The inputs of an explorer: slider, menu, check-box, and a small table of numbers."""

import html
import re
import unicodedata
from pathlib import Path

import anywidget
import ipywidgets as widgets
import traitlets

_STATIC = Path(__file__).parent / "static"
_GREEK = {
    unicodedata.name(letter).rsplit(maxsplit=1)[-1].lower().replace("lamda", "lambda"): letter
    for letter in "αβγδεζηθικλμνξοπρστυφχψω"
} | {"ell": "ℓ"}


class Slider(anywidget.AnyWidget):
    """A labelled number box and a slider for one ``value``.

    ipywidgets' own slider has no accessible name, and it drops the steps of a held key that come while the kernel draws.
    This one sends each key step as a message of its own; ``value`` is therefore not a synchronised trait, whose echo would
    pull the slider back while it moves.
    """

    _esm = _STATIC / "slider.js"
    _css = _STATIC / "slider.css"

    label = traitlets.Unicode().tag(sync=True)
    min = traitlets.Float().tag(sync=True)
    max = traitlets.Float().tag(sync=True)
    step = traitlets.Float().tag(sync=True)
    start = traitlets.Float(help="what a page shows before the kernel answers").tag(sync=True)
    disabled = traitlets.Bool().tag(sync=True)
    value = traitlets.Any()

    def __init__(self, value, **traits):
        self._whole = isinstance(value, int)
        self._from_page = False
        super().__init__(start=value, **traits)
        self.value = value
        self.on_msg(self._receive)

    @traitlets.validate("value")
    def _within_bounds(self, proposal):
        value = min(self.max, max(self.min, proposal["value"]))
        return round(value) if self._whole else float(value)

    @traitlets.observe("value")
    def _tell_page(self, change):
        if not self._from_page and self.comm is not None:
            self.send({"value": change["new"]})

    def _receive(self, _widget, content, _buffers):
        if content.get("hello"):
            self.send({"value": self.value})
            return
        self._from_page = True
        try:
            self.value = content["value"]
        finally:
            self._from_page = False
            self.send({"drawn": True})


class Control:
    """One input of an explorer: the name of the drawing function's parameter and the widget that sets it.

    ``more`` puts it among those that are shown on request. ``acts`` is a function of all inputs that says whether this one
    does anything; where it does not, it is away.
    """

    wide = False  # stands below the picture, since it would not fit beside it

    def __init__(self, name, widget, more=False, acts=None):
        self.name, self.widget, self.more, self._acts = name, widget, more, acts
        self.default = self.value

    def acts(self, values):
        return self._acts is None or bool(self._acts(values))

    def show(self, shown):
        display = None if shown else "none"
        if self.widget.layout.display != display:
            self.widget.layout.display = display

    @property
    def value(self):
        return self.widget.value

    @value.setter
    def value(self, value):
        self.widget.value = value

    def lock(self, locked):
        self.widget.disabled = locked


def slider(name, parameter, *, value=None, low=None, high=None, step=None, label=None, more=False, acts=None):
    """A slider with a labelled number box for a `Parameter` of a model; keywords narrow its range or rename it."""
    value = parameter.default if value is None else value
    step = parameter.step if step is None else step
    widget = Slider(
        int(value) if parameter.integer else float(value),
        label=html.escape(label) if label else _describe(parameter),
        min=parameter.low if low is None else low,
        max=parameter.high if high is None else high,
        step=step,
    )
    return Control(name, widget, more, acts)


def _describe(parameter):
    """Label of a control as HTML: ``Shape of the hazard (k; below 1 falling)``, with Greek letters and subscripts."""
    symbol = re.sub(r"\\bar ?\{?(\w)\}?", "\\1\u0304", parameter.symbol)  # a combining macron
    symbol = re.sub(r"\\([a-zA-Z]+)", lambda found: _GREEK.get(found[1], found[1]), symbol)
    symbol = re.sub(r"_(?:\{(\w+)\}|(\w))", lambda found: f"<sub>{found[1] or found[2]}</sub>", symbol)
    unit = f"; {html.escape(parameter.unit)}" if parameter.unit else ""
    label = parameter.label[0].upper() + parameter.label[1:]
    return f"<span>{html.escape(label)} (<i>{symbol}</i>{unit})</span>"


def choice(name, label, options, value=None, *, more=False, acts=None):
    """A drop-down; ``options`` maps each value to its text."""
    items = [(text, key) for key, text in options.items()]
    style = {"description_width": "initial"}
    first = items[0][1] if value is None else value
    return Control(name, widgets.Dropdown(description=label, options=items, value=first, style=style), more, acts)


def switch(name, label, value=False, *, more=False, acts=None):
    """A check-box."""
    return Control(name, widgets.Checkbox(description=label, value=value, indent=False), more, acts)


class _NumberGrid(widgets.GridBox):
    """Labelled number boxes in rows and columns; ``value`` is a tuple of rows of numbers."""

    value = traitlets.Tuple()

    def __init__(self, values, rows, columns, bounds):
        self._boxes = [
            [
                widgets.BoundedFloatText(
                    value=number, **bounds, description=f"{row}, {column}".strip(", "), layout={"width": "auto"}
                )
                for column, number in zip(columns, line, strict=True)
            ]
            for row, line in zip(rows, values, strict=True)
        ]
        heads = [widgets.Label(text, layout={"width": "auto"}) for text in ("", *columns)]
        cells = heads
        for row, line in zip(rows, self._boxes, strict=True):
            cells = [*cells, widgets.Label(row, layout={"width": "auto"}), *line]
        shape = f"minmax(1em, max-content) repeat({len(columns)}, minmax(4.5em, 9em))"
        super().__init__(cells, layout={"grid_template_columns": shape, "grid_gap": "2px 8px"})
        self.add_class("postwar-numbers")
        for box in self.inputs:
            box.observe(self._collect, "value")
        self._collect()

    @property
    def inputs(self):
        return [box for line in self._boxes for box in line]

    def _collect(self, _change=None):
        self.value = tuple(tuple(box.value for box in line) for line in self._boxes)

    def spread(self, values):
        """Fill the boxes, and let ``value`` change once."""
        with self.hold_trait_notifications():
            for line, numbers_ in zip(self._boxes, values, strict=True):
                for box, number in zip(line, numbers_, strict=True):
                    box.value = number


class _Numbers(Control):
    wide = True

    def __init__(self, name, grid, one_row, more, acts):
        self._one_row = one_row
        super().__init__(name, grid, more, acts)

    @property
    def value(self):
        return self.widget.value[0] if self._one_row else self.widget.value

    @value.setter
    def value(self, values):
        self.widget.spread([values] if self._one_row else values)

    def lock(self, locked):
        for box in self.widget.inputs:
            box.disabled = locked


def numbers(name, values, *, rows=("",), columns, low, high, step=1.0, more=False, acts=None):
    """A small table of numbers to edit; the drawing function gets a tuple of rows (of one row: that row).

    ``values`` has the shape of the table; ``rows`` and ``columns`` label it.
    """
    one_row = len(rows) == 1
    bounds = {"min": low, "max": high, "step": step}
    return _Numbers(name, _NumberGrid([values] if one_row else values, rows, columns, bounds), one_row, more, acts)
