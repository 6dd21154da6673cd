"""The little formatting that questions use, as safe HTML and as plain text; and answers as people type them.

``code`` between backticks and *emphasis* between asterisks; indices and powers are written in Unicode (cₐ, x²).
"""

import re
from html import escape

_CODE_OR_EMPHASIS = re.compile(r"`([^`]+)`|\*(?=\S)([^*]+)(?<=\S)\*")

# What moves, hides or turns round the text beside it: control characters (but line breaks and tabs) and marks of writing direction.
_DECEIVING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")

_AROUND_LETTERS = str.maketrans("", "", " \t\r\n.,;:()[]{}'\"‘’“”`")


def deceiving(text: str) -> str:
    """The first character, by its number, that would make a text look other than it is, such as ``U+202E``; "" where there is none."""
    found = _DECEIVING.search(text)
    return f"U+{ord(found[0]):04X}" if found else ""


def letters(answer: str) -> str:
    """The letters that somebody typed as an answer: case, spaces, brackets, quotes and stops do not count.

    ``"(B)"`` and ``"b."`` are ``"b"``, ``"a, c"`` is ``"ac"``. A dash stays: it stands for a claim without a finding.
    """
    return answer.translate(_AROUND_LETTERS).lower()


def to_html(text: str) -> str:
    """Escape the text and turn its inline marks into ``<code>`` and ``<em>``; blank lines become line breaks."""

    def element(match):
        code, emphasis = match.groups()
        return f"<code>{code}</code>" if code else f"<em>{emphasis}</em>"

    html = _CODE_OR_EMPHASIS.sub(element, escape(text.strip()))
    return re.sub(r"\n\s*\n", "<br>", html)


def to_text(text: str) -> str:
    """Return the text without its inline marks."""
    return _CODE_OR_EMPHASIS.sub(lambda match: match[1] or match[2], text.strip())
