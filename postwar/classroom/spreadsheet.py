"""Cells of tables that people open in a spreadsheet."""

import re


def harmless(cell):
    """A cell that no spreadsheet takes for a formula; ids with #, numbers below zero and a lone dash stay as they are."""
    text = str(cell)
    if text.startswith(("=", "@", "\t", "\r")) or (
        text.startswith(("+", "-")) and text != "-" and not re.sub("[.,]", "", text[1:], count=1).isdigit()
    ):
        return "'" + text
    return text
