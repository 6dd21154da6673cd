"""An explorer as a page shows it: pictures drawn in advance for its presets and along its main control.

The page itself holds the first picture; the others come in one script for each explorer, loaded when a prediction is made. A line of
SVG that several pictures share is stored once, which makes them a tenth as large.
"""

import json
import re
from concurrent.futures import ProcessPoolExecutor
from html import escape
from pathlib import Path

STEPS = 13  # pictures along the main control, both ends included
_OWN_ID = re.compile(r'(\bid="|url\(#|href="#)[0-9a-f]{8}-')


def html(name: str) -> str:
    """The explorer's section of a page: question, first picture, sentence and explanation; complete without a script."""
    from postwar import explore
    from postwar.explorers import words

    explorer, note = getattr(explore, name)(), words.panel()["note"]
    return (
        f'<section class="postwar-explorer" data-explorer="{name}" data-frames="../_static/explorers/{name}.js">'
        f'<div class="asked">{_question(explorer)}</div>'
        f'<div class="stage"><div class="picture">{_svg(explorer, name)}</div>'
        f'<p class="sentence" role="status">{escape(explorer.picture.sentence)}</p>'
        f'<div class="reading">{explorer.reading()}</div></div>'
        f'<p class="note-illustrative">{note} All controls: <a href="../front-ends.html">open the lesson in Jupyter</a>.</p></section>'
    )


def _question(explorer):
    options = "".join(f'<li data-key="{key}">{escape(text)}</li>' for key, text in explorer.options.items())
    listed = f'<ul class="options">{options}</ul>' if options else ""
    return f'<p class="question"><em>Predict first:</em> {escape(explorer.question)}</p>{listed}'


def draw(folder: Path, names: list[str]) -> None:
    """Write ``NAME.js`` for each explorer that is not in ``folder`` yet."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [name for name in names if not (folder / f"{name}.js").exists()]
    with ProcessPoolExecutor() as workers:
        for name, script in zip(missing, workers.map(_script, missing), strict=True):
            (folder / f"{name}.js").write_text(script, encoding="utf-8")


def _script(name):
    from postwar import explore

    explorer = getattr(explore, name)()
    lines, pictures = {}, []

    def frame(**more):
        pictures.append([lines.setdefault(line, len(lines)) for line in _svg(explorer, name).split("\n")])
        sentence = escape(explorer.picture.sentence)
        return more | {"picture": len(pictures) - 1, "sentence": sentence, "reading": explorer.reading()}

    presets = []
    for preset in explorer.presets:
        explorer.press(preset)
        presets.append(frame(name=preset))
    explorer.press(next(iter(explorer.presets)))
    main = _main(explorer)
    data = {
        "presets": presets,
        "main": None,
        "verdicts": explorer.verdicts(),
    }
    if main:
        steps = []
        for value in _steps(main):
            explorer.set(**{main.name: value})
            steps.append(frame(text=_shown(value)))
        start = min(range(len(steps)), key=lambda place: abs(_steps(main)[place] - main.default))
        data["main"] = {"label": main.widget.label, "start": start, "steps": steps}
    data |= {"lines": list(lines), "pictures": pictures}
    return f"postwarFrames({json.dumps(name)}, {json.dumps(data, ensure_ascii=False, separators=(',', ':'))});\n"


def _main(explorer):
    """The first slider: what a reader would move first."""
    from postwar.explorers.controls import Slider

    return next((control for control in explorer.controls.values() if isinstance(control.widget, Slider)), None)


def _steps(control):
    """Values from end to end on the slider's own steps, the default among them."""
    widget = control.widget
    count = round((widget.max - widget.min) / widget.step)
    places = sorted(
        {round(count * i / (STEPS - 1)) for i in range(STEPS)} | {round((control.default - widget.min) / widget.step)}
    )
    values = [widget.min + place * widget.step for place in places]
    return [round(value, 10) if not isinstance(control.default, int) else round(value) for value in values]


def _shown(value):
    return f"{value:g}".replace("-", "−")


def _svg(explorer, name):
    """The picture, with ids of the explorer instead of the picture's own: a page shows one picture of it at a time."""
    return _OWN_ID.sub(rf"\g<1>{name}-", explorer.picture.svg())
