"""A class's report as Python objects, for tests."""

from postwar.report import board, essays, items, likeness, objectives, overview, page, read


def analysed(folder):
    """The class's tables and all parts of its report."""
    data = read.read(folder)
    of_items = items.analyse(data)
    return data, page.Parts(
        overview.analyse(data),
        objectives.analyse(data, of_items),
        of_items,
        essays.analyse(data, of_items.shares),
        likeness.analyse(data),
        board.analyse(data),
    )


def findings(parts):
    """Everything that is said to stand out, as (kind, assignment, about)."""
    found = parts.items.findings + parts.essays.findings + parts.likeness.findings
    return {(one.kind, one.assignment, one.about) for one in found}
