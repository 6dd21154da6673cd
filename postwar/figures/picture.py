"""A picture and what it says: the figure, one sentence, and the numbers behind it."""

import hashlib
import io
import re
from dataclasses import dataclass, field
from html import escape

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from postwar.figures.style import STYLE

# matplotlib says this of "*" in a style sheet inside the picture. In a page such a sheet holds for the whole page, and a
# browser would compute the style of all its elements anew at every step; so the picture itself carries it.
_JOINS = "stroke-linejoin:round;stroke-linecap:butt"
# Where a page sets no least width, a picture fits it.
_SIZE = "max-width:max(100%,var(--postwar-picture-least,0rem));height:auto"
_NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))
# Ink, axes, grid and paper follow JupyterLab's theme; elsewhere, and in a light theme, they are what matplotlib drew.
_THEME = {
    "#222222": "var(--jp-content-font-color1, #222222)",
    "#6b6b6b": "var(--jp-content-font-color2, #6b6b6b)",
    "#e4e7eb": "var(--jp-border-color3, #e4e7eb)",
    "#ffffff": "var(--jp-layout-color0, #ffffff)",
}
# Metrics close to DejaVu Sans wherever the page is read; the labels were placed for it.
_FONTS = "'DejaVu Sans', Verdana, 'Bitstream Vera Sans', sans-serif"


@dataclass(frozen=True)
class Picture:
    """What a drawing function returns.

    ``sentence`` says the result in words (it is also the text alternative); ``numbers`` maps column names to
    equally long lists and is what the picture shows, as a table. ``quantities`` names what an explorer's words may speak of.
    """

    figure: Figure
    sentence: str
    numbers: dict[str, list] = field(default_factory=dict)
    quantities: dict[str, object] = field(default_factory=dict)

    def svg(self) -> str:
        """The figure as inline SVG, scaled down on narrow screens and never up."""
        buffer = io.StringIO()
        with mpl.rc_context(STYLE):
            FigureCanvasSVG(self.figure).print_svg(buffer, metadata=_NO_METADATA)
        text = buffer.getvalue()
        width, height = (round(side * 96) for side in self.figure.get_size_inches())
        body = _with_own_ids(text.partition("</defs>")[2])  # what comes first are the opening tag and the style sheet
        for color, variable in _THEME.items():
            body = body.replace(color, variable)
        opening = (
            f'<svg role="img" aria-label="{escape(self.sentence)}" viewBox="0 0 {width * 0.75:g} {height * 0.75:g}" '
            f'width="{width}" height="{height}" style="{_SIZE};display:block;{_JOINS}" '
            'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
        )
        return opening + body.replace("'DejaVu Sans'", _FONTS)

    def html(self) -> str:
        """The picture on a card of the theme's paper (white where there is no theme, and in print) with its sentence below.

        A screen reader gets the sentence once, as the caption; there is room for three lines of it, so that a longer
        sentence moves nothing on the page. On a phone the picture scrolls sideways before its labels get too small to read.
        """
        width = round(self.figure.get_size_inches()[0] * 96)
        return (
            f'<figure class="postwar-picture mathjax_ignore tex2jax_ignore" style="margin:0;max-width:{width}px">'
            '<div style="overflow-x:auto;--postwar-picture-least:var(--postwar-least,30rem)">'
            f'<div aria-hidden="true" style="background:var(--jp-layout-color0, #fff);border-radius:6px">{self.svg()}</div></div>'
            f'<figcaption style="min-height:4.4em;padding:.4em .2em 0;line-height:1.45">{escape(self.sentence)}</figcaption>'
            "</figure>"
        )

    def table(self):
        """The numbers as a pandas DataFrame."""
        import pandas as pd

        return pd.DataFrame(self.numbers)

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self.html(), "text/plain": self.sentence}


def _with_own_ids(body):
    """Make the ids of an SVG its own.

    matplotlib names a hatch by its pattern and colour, so two pictures on a page would share one; where JupyterLab hides
    the first because it is out of sight, the second would lose its hatch.
    """
    own = hashlib.sha1(body.encode(), usedforsecurity=False).hexdigest()[:8]
    return re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{own}-", body)
