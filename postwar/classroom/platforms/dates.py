"""Dates as learning platforms write them, in the language of whoever exports."""

import re
import unicodedata
from datetime import datetime

# How the names of months begin.
_MONTHS = (
    "jan|ene|gen|sty|січ|янв|tammi|led|oca",
    "feb|fév|fev|lut|лют|фев|helmi|úno|şub",
    "mar|mär|mrz|maa|бер|мар|maalis|bře|már",
    "apr|avr|abr|kwi|кві|апр|huhti|dub|ápr|nis",
    "may|mai|mag|mei|maj|тра|мая|май|touko|kvě|máj",
    "jun|juin|giu|cze|чер|июн|kesä|červn|jún|haz",
    "jul|juil|lug|lip|лип|июл|heinä|červe|júl|tem",
    "aug|aoû|ago|sie|сер|авг|elo|srp|ağu",
    "sep|set|wrz|вер|сен|syys|zář|sze|eyl",
    "oct|okt|ott|out|paź|жов|окт|loka|říj|eki",
    "nov|lis|лис|ноя|marras|kas",
    "dec|dez|déc|dic|gru|гру|дек|joulu|pro|ara",
)
_MONTH = {start: number for number, names in enumerate(_MONTHS, 1) for start in names.split("|")}
_NUMERIC = (
    r"(?P<year>\d{4})[-./](?P<month>\d{1,2})[-./](?P<day>\d{1,2})",
    r"(?P<year>\d{4})\s?年\s?(?P<month>\d{1,2})\s?月\s?(?P<day>\d{1,2})\s?日",
    r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})",
)
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})[.:h]?(\d\d)(?:[.:]\d\d)?\s*(?:([ap])\.?\s?m\.?)?\s*$")
_AFTERNOON = ("下午", "午後", "오후")


def moment(text: str) -> datetime | None:
    """``Mar 1, 2026 622 PM``, ``Montag, 1. März 2026, 18:22`` or ``2026-03-01 1822``, without zone; None for what can be read in two ways."""
    plain = unicodedata.normalize("NFC", re.sub(r"\s", " ", text)).casefold()
    for pattern in _NUMERIC:
        if found := re.search(pattern, plain):
            year, month, day, end = *(int(found[name]) for name in ("year", "month", "day")), found.end()
            break
    else:
        if not (found := _in_words(plain)):
            return None
        year, month, day, end = found
    clock = _CLOCK.search(plain[end:])
    if not clock:
        return None
    hours = int(clock[1])
    if clock[3]:
        hours = hours % 12 + 12 * (clock[3] == "p")
    elif any(word in plain for word in _AFTERNOON):
        hours = hours % 12 + 12
    try:
        return datetime(year, month, day, hours, int(clock[2]))
    except ValueError:
        return None


def _in_words(plain):
    """Year, month, day and where they end, of a date with the month's name."""
    year = re.search(r"(?<!\d)\d{4}(?!\d)", plain)
    # A day of the week may begin as a month does (martes, maandag, середа): it stands before it.
    months = [
        number
        for word in re.findall(r"[^\W\d_]{3,}", plain)
        if (number := next((_MONTH[word[:n]] for n in (6, 5, 4, 3) if word[:n] in _MONTH), 0))
    ]
    if not year or not months:
        return None
    day = re.search(r"(?<!\d)\d{1,2}(?!\d)", plain[: year.start()])
    end = year.end()
    if not day:  # 2027. március 1.
        if not (day := re.search(r"(?<!\d)\d{1,2}(?![\d:])", plain[end:])):
            return None
        end += day.end()
    return int(year[0]), months[-1], int(day[0]), end
