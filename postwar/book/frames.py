"""An explorer as a page shows it: pictures drawn in advance for its presets and along its main control.

The page itself holds the first picture; the others come in one script for each explorer, loaded when a prediction is made. A line of
SVG that several pictures share is stored once, which makes them a tenth as large.
"""

import json
import re
from concurrent.futures import ProcessPoolExecutor
from html import escape

from postwar.book import staging

STEPS = 13  # pictures along the main control from the start, both ends included
FEWER = 6  # and from another preset
_OWN_ID = re.compile(r'(\bid="|url\(#|href="#)[0-9a-f]{8}-')


def html(name: str) -> str:
    """The explorer's section of a page: question, first picture, sentence and explanation; complete without a script."""
    from postwar import explore
    from postwar.explorers import words

    explorer, shared = getattr(explore, name)(), words.panel()
    misread = "" if explorer.options else f' data-misread="{escape(shared["not_understood"])}"'
    return (
        f'<section class="postwar-explorer" data-explorer="{name}" data-frames="../_static/explorers/{name}.js">'
        f'<div class="asked"{misread}>{_question(explorer)}</div>'
        f'<div class="stage"><div class="picture" aria-hidden="true">{_svg(explorer, name)}</div>'
        f'<p class="sentence">{escape(explorer.picture.sentence)}</p>'
        f'<div class="reading">{explorer.reading()}</div></div>'
        f'<p class="note-illustrative">{shared["note"]} All controls: <a href="../front-ends.html">open the lesson in Jupyter</a>.</p></section>'
    )


def _question(explorer):
    options = "".join(f'<li data-key="{key}">{escape(text)}</li>' for key, text in explorer.options.items())
    listed = f'<ul class="options">{options}</ul>' if options else ""
    return f'<p class="question"><em>Predict first:</em> {escape(explorer.question)}</p>{listed}'


def start_drawing(app):
    """Draw what is not drawn yet beside Sphinx's reading, which leaves a core idle."""
    from postwar import explorers

    folder = staging.drawn() / "explorers"
    folder.mkdir(parents=True, exist_ok=True)
    workers = ProcessPoolExecutor()
    app.postwar_drawn = [
        workers.submit(_write, folder / f"{name}.js") for name in dir(explorers) if not (folder / f"{name}.js").exists()
    ]
    workers.shutdown(wait=False)


def wait_for_drawing(app, env):
    """Return when every picture is there: Sphinx copies them next."""
    for one in app.postwar_drawn:
        one.result()


def _write(path):
    path.write_text(_script(path.stem), encoding="utf-8")


def _script(name):
    from postwar import explore
    from postwar.explorers import words

    explorer = getattr(explore, name)()
    main = _main(explorer)
    lines, pictures = {}, []

    def frame(**more):
        pictures.append([lines.setdefault(line, len(lines)) for line in _svg(explorer, name).split("\n")])
        sentence = escape(explorer.picture.sentence)
        return more | {"picture": len(pictures) - 1, "sentence": sentence, "reading": explorer.reading()}

    starts, tracks = _tracks(explorer, main)
    drawn = {}
    for track, places in tracks.items():
        drawn[track] = {}
        for value, preset in places.items():
            explorer.set(**explorer.state(preset) | ({} if value is None else {main.name: value}))
            drawn[track][value] = frame(text="" if value is None else _shown(value))
    order = list(drawn)
    presets = [
        {"name": preset, "track": order.index(track), "at": list(drawn[track]).index(value)}
        for preset, (track, value) in starts.items()
    ]
    data = {
        "presets": presets,
        "main": main.widget.label if main else "",
        "tracks": [list(frames.values()) for frames in drawn.values()],
        "verdicts": explorer.verdicts(),
        "lines": list(lines),
        "pictures": pictures,
    }
    if not explorer.options:
        data["typed"] = {
            "right": [share for share in range(101) if explorer.verdict(f"{share}%")[0]],
            "understood": words.panel()["understood"],
        }
    return f"postwarFrames({json.dumps(name)}, {json.dumps(data, ensure_ascii=False, separators=(',', ':'))});\n"


def _tracks(explorer, main):
    """What the main control runs through from each preset while all else stays.

    Returns two dicts: preset -> (track, value of the main control there), and track -> {value: a preset to draw it from}, in order
    of values. Presets that differ in the main control alone share a track; where it does nothing there is one value, None.
    """
    starts, tracks = {}, {}
    for preset in explorer.presets:
        others = explorer.state(preset)
        value = others.pop(main.name) if main and main.acts(others) else None
        starts[preset] = (repr(others), value)
        tracks.setdefault(repr(others), {})[value] = preset
    asked = [values[main.name] for values in explorer.asked.values() if main and main.name in values]
    for number, (track, places) in enumerate(tracks.items()):
        if None not in places:
            steps = [*_steps(main, FEWER if number else STEPS), *asked]
            run = dict.fromkeys(steps, next(iter(places.values())))
            tracks[track] = dict(sorted((run | places).items()))
    return starts, tracks


def _main(explorer):
    """The first slider: what a reader would move first."""
    from postwar.explorers.controls import Slider

    return next((control for control in explorer.controls.values() if isinstance(control.widget, Slider)), None)


def _steps(control, number):
    """Values from end to end on the slider's own steps, the default among them."""
    widget = control.widget
    count = round((widget.max - widget.min) / widget.step)
    places = {round(count * i / (number - 1)) for i in range(number)}
    places = sorted(places | {round((control.default - widget.min) / widget.step)})
    values = [widget.min + place * widget.step for place in places]
    return [round(value, 10) if not isinstance(control.default, int) else round(value) for value in values]


def _shown(value):
    return f"{value:g}".replace("-", "−")


def _svg(explorer, name):
    """The picture, with ids of the explorer instead of the picture's own: a page shows one picture of it at a time."""
    return _OWN_ID.sub(rf"\g<1>{name}-", explorer.picture.svg())
