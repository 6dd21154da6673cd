"""Read a lesson as a fact-checker does: what it marks as sourced, what it uses, and what its source list names.

Authors mark a statement with an HTML comment, which readers never see: ``46%<!--US001-->``, ``<!--T044,T045-->``,
``<!--fearon1995-->``, or ``123<!--=len(load("interstate_ceasefires"))-->`` for a number that comes from a table.
"""

import re

import numpy as np
import pandas as pd

from postwar import data, load
from postwar.citations import LOADED, MARKER, ROW_BY_ROW

PREFIXES = sorted({re.sub(r"\d", "", key) for key in data.facts()}, key=len, reverse=True)
FACT_ID = re.compile(rf"\b(?:ECFR\d\d|(?:{'|'.join(PREFIXES)})\d{{3}})\b")
NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
SOURCED = re.compile(rf"({NUMBER})(?:\s?[–-]\s?({NUMBER}))?(?:\s?(?:%|per cent|percent))?$")
LISTED = re.compile(r'id="source-([\w-]+)"')
LINK = re.compile(r"https?://|\bwww\.")


def known_ids() -> set[str]:
    """Everything that ``cite`` accepts."""
    return {*data.facts(), *data.references(), *data.resources(), *load("sources")["source_id"]}


def problems(notebook) -> list[str]:
    """What is wrong with the sources of a lesson (an nbformat notebook): one sentence each, none if all is well."""
    prose = [(cell["id"], cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    code = [(cell["id"], cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    listed = {key for cell, text in prose if cell == "sources" for key in LISTED.findall(text)}
    used, found = set(), []
    for cell, text in prose:
        if cell == "sources":
            continue
        used |= set(FACT_ID.findall(MARKER.sub("", text)))
        for marker in MARKER.finditer(text):
            ids, trouble = _read_marker(marker[1].strip(), text[: marker.start()])
            used |= ids
            found += [f"{cell}: {message}" for message in trouble]
    for cell, text in code:
        if LINK.search(text):
            found.append(f"{cell}: has an address in a code cell; nothing comes from the net at run time.")
        used |= set(FACT_ID.findall(text)) | set(LOADED.findall(text))
    found += [f"There is no source {key!r}." for key in sorted((used | listed) - known_ids())]
    found += [f"The source list misses {key}." for key in sorted(used & known_ids() - listed - ROW_BY_ROW)]
    return found


def _read_marker(marker: str, before: str) -> tuple[set[str], list[str]]:
    number = SOURCED.search(before)
    if marker.startswith("="):
        return set(LOADED.findall(marker)), _check_expression(marker[1:], number)
    ids = [part.strip() for part in marker.split(",")]
    if not all(re.fullmatch(r"[\w-]+", part) for part in ids):
        return set(), [f"cannot read the comment <!--{marker}-->; write ids or '=expression' in it."]
    rows = [data.facts()[key] for key in ids if key in data.facts()]
    trouble = []
    if number and rows:
        allowed = set().union(*(_numbers(row) for row in rows))
        wrong = [shown for shown in number.groups() if shown and _value(shown) not in allowed]
        trouble = [f"prints {shown}, which {marker} does not say." for shown in wrong]
    return set(ids), trouble


def _check_expression(expression: str, number) -> list[str]:
    if number is None:
        return [f"has no number before <!--={expression}-->."]
    try:
        value = float(eval(expression, {"load": load, "pd": pd, "np": np}))
    except Exception as error:
        return [f"cannot compute {expression}: {error!r}"]
    shown = number[2] or number[1]
    decimals = len(shown.partition(".")[2])
    if abs(value - _value(shown)) > 0.5 * 10**-decimals + 1e-9:
        return [f"prints {shown}, but {expression} is {value:g}."]
    return []


def _numbers(row: dict) -> set[float]:
    """Every number that a fact vouches for: its values, those in its sentence, and the parts of its date."""
    written = re.findall(NUMBER, row["fact"]) + row["date"].split("-")
    return {_value(number) for number in written} | {row["value"], row["value_2"]} - {None}


def _value(number: str) -> float:
    return float(number.replace(",", ""))
