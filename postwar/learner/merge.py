"""Bring one notebook of a learner up to a new version of it: the new text, with the learner's answers and own cells in it."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace

from nbformat import NotebookNode

from postwar.learner import calls


@dataclass
class Merged:
    """The notebook as it shall be; ``kept`` are the learner's cells that have no place in it, each with the reason."""

    notebook: NotebookNode
    kept: list[tuple[NotebookNode, str]] = field(default_factory=list)


#: Gives a call the options and statements that it offers where they stand in the course's files, not in the notebook.
Offers = Callable[[calls.Asked], tuple[dict[str, str], list[str]]]


def merge(
    mine: NotebookNode,
    base: NotebookNode | None,
    new: NotebookNode,
    *,
    before: Offers = lambda call: (call.options, call.items),
    now: Offers = lambda call: (call.options, call.items),
) -> Merged:
    """Merge a learner's notebook with a new version.

    ``base`` is the version that the learner's began as, None where it is not known; then whatever differs is taken for the
    learner's. ``before`` and ``now`` say what a question offered in the learner's version and offers in the new one.
    """
    result = deepcopy(new)
    fresh = {_key(cell): cell for cell in result.cells}
    old = {_key(cell): cell for cell in base.cells} if base is not None else {}
    made, anchor, seen, own = Merged(result), None, set(), set()
    for cell in mine.cells:
        name = _key(cell)
        again = name in seen
        target = None if again else fresh.get(name)
        seen.add(name)
        if target is not None:
            anchor = target
            if target.cell_type != cell.cell_type:
                if name not in old or old[name].source != cell.source:
                    made.kept.append((cell, "the cell has become another kind"))
                continue
            reason = _place(cell, old.get(name), target, before, now)
            if reason:
                made.kept.append((cell, reason))
        elif name in old and not again:
            if old[name].source != cell.source and (reason := _elsewhere(cell, fresh, before, now)):
                made.kept.append((cell, reason))
        elif cell.source.strip() or cell.get("outputs"):
            copy = deepcopy(cell)
            if again:  # a copy of a cell: ids are used once
                copy.id = f"{cell.id[:48]}-own-{len(own) + 1}"
                copy.metadata.pop("nbgrader", None)
            at = next((i + 1 for i, each in enumerate(result.cells) if each is anchor), 0)
            result.cells.insert(at, copy)
            anchor = copy
            own.add(copy.id)
    return made


def _key(cell):
    return _claims(cell).get("grade_id") or cell.get("id", "")


def _claims(cell):
    claims = cell.metadata.get("nbgrader", {})
    return claims if isinstance(claims, dict) else {}


def _place(cell, old, target, before, now) -> str:
    """Put what the learner wrote in a cell into its new version; returns why it could not be, or ""."""
    if cell.source == target.source:
        _take(cell, target)
        return ""
    if old is not None and cell.source == old.source and not _answers(cell):
        return ""
    if _claims(target).get("locked"):
        return "the cell is not for answers, and the new version of it stands in the notebook"
    if cell.cell_type == "code" and (there := calls.asked(target.source)):
        return _answer(cell, old, target, there, before, now)
    if old is not None and old.source == target.source or _claims(target).get("solution"):
        target.source = cell.source
        _take(cell, target)
        return ""
    return "the course has changed the same cell; your text is here"


def _answers(cell):
    return any(call.answers for call in calls.asked(cell.source))


def _answer(cell, old, target, there, before, now) -> str:
    """Write a cell's clicked answers into its new version, and keep the cell where more was changed by hand."""
    lost = []
    source = target.source
    for call in calls.asked(cell.source):
        match = next((each for each in there if calls.same(call, each)), None)
        if match is None:
            lost += [*call.answers]
            continue
        values, gone = _moved(call, match, before, now)
        lost += gone
        source = calls.write(source, match, values)
    by_hand = _stripped(cell) != _stripped(old if old is not None else target)
    if by_hand and old is not None and old.source == target.source:
        source, by_hand = cell.source, False
    target.source = source
    if source == cell.source:
        _take(cell, target)
    if lost:
        return "the question has changed, and what you chose is not among its options any more"
    if by_hand and source != cell.source:
        return "the course has changed the same cell; its answers were carried over, what else you wrote is here"
    return ""


def _moved(call, match, before, now):
    """Answers by keyword in the letters of the new version, and the keywords of those that have no place there."""
    values = dict(call.answers)
    offered, offers = replace(call), replace(match)
    offered.options, offered.items = before(call)
    offers.options, offers.items = now(match)
    lost = []
    if isinstance(values.get("answer"), str) and (offered.options or offered.items):
        if call.name == "ask":
            values["answer"] = values["answer"].lower()  # typed by hand: "B"
        values["answer"], gone = calls.moved(values["answer"], offered, offers)
        lost += ["answer"] * gone
        if not values["answer"].strip("-"):
            values = {}
    if isinstance(values.get("prediction"), str) and offers.options and values["prediction"] not in offers.options:
        return {}, ["prediction"]
    return values, lost


def _stripped(cell):
    """A cell's text without what clicks write, for comparison."""
    source = cell.source
    for call in calls.asked(source):
        for key in call.answers:
            source = calls.write(source, call, {key: ""})
    bare = "".join(source.split()).replace("#YOURANSWERHERE", "")
    for key in calls.ANSWERS:
        bare = bare.replace(f',{key}=""', "").replace(f'{key}="",', "").replace(f'{key}=""', "")
    return bare.replace(",)", ")")


def _elsewhere(cell, fresh, before, now) -> str:
    """The question may have moved to another cell: find it by its id."""
    placed = False
    for call in calls.asked(cell.source):
        if call.name == "ask" or not call.answers:
            continue
        for target in fresh.values():
            there = calls.asked(target.source) if target.cell_type == "code" else []
            match = next((each for each in there if calls.same(call, each) and not each.answers), None)
            if match is None:
                continue
            values, lost = _moved(call, match, before, now)
            if lost:
                return "the question has changed, and what you chose is not among its options any more"
            target.source = calls.write(target.source, match, values)
            placed = True
    return "" if placed else "it is not in the new version"


def _take(cell, target):
    """Outputs and attachments of a cell whose text is the learner's."""
    for key in ("outputs", "execution_count", "attachments"):
        if key in cell:
            target[key] = deepcopy(cell[key])
