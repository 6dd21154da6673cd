"""The report as one self-contained HTML page, and its tables for spreadsheets."""

import math
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd

from postwar import __version__
from postwar.classroom.spreadsheet import harmless
from postwar.report import essays, items, mistakes, objectives, overview
from postwar.report.board import Board
from postwar.report.essays import Essays
from postwar.report.items import Items
from postwar.report.likeness import Likeness
from postwar.report.objectives import Objectives
from postwar.report.overview import Overview
from postwar.report.read import Class

_SHOWN_PAIRS, _SHOWN_HELP = 40, 30


@dataclass(frozen=True)
class Parts:
    """What the parts of the report found."""

    overview: Overview
    objectives: Objectives
    items: Items
    essays: Essays
    likeness: Likeness
    board: Board


def html(parts: Parts, data: Class, names: bool) -> str:
    """The page. It loads nothing, runs nothing, and names students only with ``names``."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    who = _who(data, names)
    environment.filters |= {
        "who": lambda student: who.get(student, student),
        "share": lambda value: "" if _missing(value) else f"{100 * value:.0f}",
        "number": lambda value, digits=2: "" if _missing(value) else f"{value:.{digits}f}".replace("-", "−"),
        "rows": lambda frame: list(frame.itertuples(index=False)),
    }
    options = _by(parts.items.options, ["assignment", "item"])
    evidence = _by(parts.likeness.evidence, ["assignment", "one", "other"])
    gradebook = data.folder.root / "gradebook.db"
    return environment.get_template("report.html.j2").render(
        parts=parts,
        data=data,
        settings=data.folder.settings,
        names=names,
        made=datetime.now(data.folder.settings.timezone),
        version=__version__,
        gradebook=sha256(gradebook.read_bytes()).hexdigest()[:16] if gradebook.is_file() else "",
        students=len(data.students),
        strips=_strips(parts.overview),
        progress=_progress(parts.overview.table),
        options_of=lambda one: options(one.assignment, one.about[0]),
        evidence_of=lambda pair: evidence(pair.assignment, *pair.about),
        map=_heat_map(parts.objectives.mastery),
        enough={
            "median": overview.ENOUGH,
            "objective": objectives.ENOUGH,
            "likeness": mistakes.ENOUGH,
            **items.ENOUGH,
            **essays.ENOUGH,
        },
        shown_pairs=_SHOWN_PAIRS,
        shown_help=_SHOWN_HELP,
        all_criteria=essays.ALL,
    )


def tables(parts: Parts, data: Class, names: bool) -> dict[str, pd.DataFrame]:
    """The tables beside the page by name; texts are harmless in a spreadsheet."""
    found = {
        "class": parts.overview.table,
        "help": pd.DataFrame(
            [(student, "; ".join(reasons)) for student, reasons in parts.overview.help], columns=["student", "reasons"]
        ),
        "objectives": parts.objectives.table,
        "mastery": parts.objectives.mastery.reset_index(),
        "items": parts.items.table,
        "options": parts.items.options,
        "parts": parts.items.parts,
        "confidence": parts.items.confidence,
        "reliability": parts.items.reliability,
        "editions": parts.items.editions,
        "essays": parts.essays.readings,
        "readers": parts.essays.readers,
        "agreement": parts.essays.agreement,
        "drift": parts.essays.drift,
        "severity": parts.essays.severity,
        "likeness": parts.likeness.pairs,
        "likeness-evidence": parts.likeness.evidence,
        "likeness-base": parts.likeness.base,
        "board": parts.board.table,
    }
    who = _who(data, names)
    made = {}
    for name, frame in found.items():
        shown = frame.round(4)
        if names and "student" in shown:
            shown.insert(1, "name", shown["student"].map(who))
        texts = shown.select_dtypes(exclude="number").columns
        shown[texts] = shown[texts].map(lambda value: harmless(value) if isinstance(value, str) else value)
        made[name] = shown
    return made


def _by(frame, names):
    """A function that finds the rows with these values; none where there are none."""
    groups = dict(tuple(frame.groupby(names, sort=False)))
    return lambda *key: groups.get(key, frame.iloc[:0])


def _who(data, names):
    if not names:
        return {}
    return {
        row.student: f"{row.name} ({row.student})" if row.name else row.student
        for row in data.students.itertuples(index=False)
    }


def _missing(value) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _strips(of: Overview) -> dict[str, dict]:
    """For every assignment how many marks lie in each tenth of the scale, and the words for it."""
    made = {}
    for slug in of.shares:
        marks = of.shares[slug].dropna()
        counts = np.histogram(marks.clip(0, 100), bins=10, range=(0, 100))[0].tolist()
        words = ", ".join(f"{10 * i} to {10 * i + 10} %: {count}" for i, count in enumerate(counts) if count)
        few = [f"{mark:.0f}" for mark in sorted(marks)] if len(marks) < overview.ENOUGH else []
        made[slug] = {"counts": counts, "most": max([*counts, 1]), "words": words or "no marks yet", "few": few}
    return made


def _progress(table: pd.DataFrame) -> dict | None:
    """Medians and quartiles over the term as points of a drawing of 640 × 200; None where there are no two."""
    known = table.dropna(subset="median")
    if len(known) < 2:
        return None
    xs = np.linspace(70, 600, len(known)).round().astype(int).tolist()
    low, middle, high = (
        (170 - 1.5 * known[name]).round(1).tolist() for name in ("quarter", "median", "three_quarters")
    )
    ahead, back = list(zip(xs, high, strict=True)), list(zip(xs, low, strict=True))[::-1]
    medians = known["median"].tolist()
    said = ", ".join(f"{slug} {median:.0f} %" for slug, median in zip(known["assignment"], medians, strict=True))
    return {
        "band": " ".join(f"{x},{y}" for x, y in ahead + back),
        "way": " ".join(f"{x},{y}" for x, y in zip(xs, middle, strict=True)),
        "points": list(zip(xs, middle, known["assignment"], medians, strict=True)),
        "words": f"Medians over the term: {said}",
    }


def _heat_map(mastery: pd.DataFrame) -> list[tuple[str, list[tuple[str, str]]]]:
    """(student, cells) with a sign and a shade for each objective; who has mastered least comes first."""
    order = mastery.mean(axis=1).sort_values(na_position="first", kind="stable").index
    return [(student, [_sign(share) for share in mastery.loc[student]]) for student in order]


def _sign(share) -> tuple[str, str]:
    """A digit for the tenth of the points reached, ✓ for all of them, · for nothing handed in or read; and a shade."""
    if _missing(share):
        return "·", "none"
    if share >= 1 - 1e-9:
        return "✓", "h9"
    tenth = min(9, int(10 * share + 1e-9))
    return str(tenth), f"h{tenth}"
