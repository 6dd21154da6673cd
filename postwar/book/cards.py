"""The picture that stands for a lesson on the front pages, drawn anew: ``python -m postwar.book.cards``.

``lessons/pictures/pictures.toml`` says which explorer and which preset. The README shows the same pictures with their sentences.
"""

import re
import tomllib
from html import escape, unescape

from postwar import paths

PICTURES = paths.LESSONS / "pictures"
_SENTENCE = re.compile(r'<svg[^>]*? aria-label="(.*?)"')
_IN_README = re.compile(r'(?<=<img src="lessons/pictures/)([\w-]+)(\.svg" width="\d+" alt=")[^"]*')


def draw(slug: str) -> str:
    """The picture of a lesson as SVG, its sentence in ``aria-label``."""
    from postwar import explore

    chosen = tomllib.loads((PICTURES / "pictures.toml").read_text(encoding="utf-8"))[slug]
    explorer = getattr(explore, chosen["explorer"])()
    if "preset" in chosen:
        words = tomllib.loads((paths.LESSONS / "explorers" / f"{slug}.toml").read_text(encoding="utf-8"))
        explorer.press(words[chosen["explorer"]]["presets"][chosen["preset"]])
    return '<?xml version="1.0" encoding="utf-8"?>\n' + explorer.picture.svg()


def sentence(slug: str) -> str:
    """What the picture of a lesson shows, from the picture itself."""
    return unescape(_SENTENCE.search((PICTURES / f"{slug}.svg").read_text(encoding="utf-8"))[1])


def readme(text: str) -> str:
    """The README with the sentences of the pictures as their alternative texts."""
    return _IN_README.sub(lambda found: f"{found[1]}{found[2]}{escape(sentence(found[1]))}", text)


def main() -> None:
    """Draw all pictures and renew the README of this checkout."""
    for path in sorted(PICTURES.glob("*.svg")):
        path.write_text(draw(path.stem), encoding="utf-8")
    page = paths.COURSE / "README.md"
    page.write_text(readme(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
