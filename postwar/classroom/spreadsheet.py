"""Cells of tables that people open in a spreadsheet."""


def harmless(cell):
    """A cell that no spreadsheet takes for a formula; ids with # and numbers below zero stay as they are."""
    text = str(cell)
    if text.startswith(("=", "@", "\t", "\r")) or (
        text.startswith(("+", "-")) and not text[1:].replace(".", "", 1).isdigit()
    ):
        return "'" + text
    return text
