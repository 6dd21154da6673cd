"""Text that comes from a student (names of files, words of errors), fit for a terminal and a log.

A terminal obeys control characters: it would move the cursor, set its title or fill the clipboard.
"""


def printable(text: str) -> str:
    """*text* on one line; what is no printable character, such as an escape code or a byte that is no UTF-8, becomes ``�``."""
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() else " " if each in "\n\r\t" else "\N{REPLACEMENT CHARACTER}" for each in text
    )


def shown(text: str) -> str:
    """*text* for rich's console: printable, and no markup."""
    from rich.markup import escape

    return escape(printable(text))
