"""The little formatting that questions use, as safe HTML and as plain text.

``code`` between backticks and *emphasis* between asterisks; indices and powers are written in Unicode (cₐ, x²).
"""

import re
from html import escape

_CODE_OR_EMPHASIS = re.compile(r"`([^`]+)`|\*(?=\S)([^*]+)(?<=\S)\*")


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
