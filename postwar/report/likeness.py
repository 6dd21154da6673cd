"""Pairs of copies that are alike beyond what the class explains: evidence, never a verdict.

Three kinds. *Wrong answers*: where two copies are both wrong, how often are they wrong in the same way, and how rare is that way? A wrong
answer that is shared counts −log of the share of pairs that agree on something as rare; the sum is compared with what two copies that err
independently would share, by Chernoff's bound, which needs no large numbers. The facts of one task count once, since they follow from each
other. *Passages*: runs of words of essays, or of tokens of code, that hardly any other copy and no text of the course has. *Somebody else's numbers*:
answers that are right for another edition than the copy's own.
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from zlib import crc32

import numpy as np
import pandas as pd

from postwar.report.finding import Finding, per_cent
from postwar.report.read import Class, cells

#: From how many copies on shared wrong answers are compared with chance; passages are looked for in any class.
ENOUGH = 30
_LEVEL = 0.01  # for all pairs and assignments together
_TAIL, _SLOPE = 50, 0.4  # pairs that show how wrong answers are shared in this class, and the least scale
_RUN = {"text": 8, "code": 14}  # words, tokens
_PASSAGE = {"text": 30, "code": 45}  # in runs that two copies share
_LONG = {"text": 20, "code": 30}  # one of the runs, unless all of them are twice as long as need be
_ALIGNED, _ENOUGH_WORDS = 0.6, 60  # a text that is so far the same in order as another, passages broken by other words
_COMMON = 0.05  # a run that more copies than this share has is common property
_WORD = {"text": re.compile(r"\w+(?:['’]\w+)?"), "code": re.compile(r"\w+|[^\w\s]")}
_MARKS = re.compile(r"<!--.*?-->|<[^>]*>|\[\d*\]\([^)]*\)|\]\([^)]*\)|https?://\S+", re.DOTALL)
_FACTORS = np.array([pow(1_000_003, power, 2**61 - 1) for power in range(max(_RUN.values()))], np.uint64)
_LITERAL = re.compile(r"\b\d[\d_]*(?:\.\d*)?(?:e[+-]?\d+)?\b")


@dataclass(frozen=True)
class Likeness:
    """``pairs``: one row per pair and kind; ``evidence``: what each pair shares, side by side; ``base``: how usual it is, one
    row per assignment and kind; ``findings``."""

    pairs: pd.DataFrame
    evidence: pd.DataFrame
    base: pd.DataFrame
    findings: list[Finding]


_PAIRS = ["assignment", "kind", "one", "other", "shared", "chance", "strength"]
_EVIDENCE = ["assignment", "kind", "one", "other", "where", "of_one", "of_other", "others"]
_BASE = ["assignment", "kind", "copies", "pairs", "usual", "most", "sentence"]


def analyse(data: Class) -> Likeness:
    """All pairs that are alike; members of one group, who hand in together, are no pair."""
    owners = data.students.set_index("student")["owner"]
    pairs, evidence, base = [], [], []
    for slug in data.slugs:
        for found in (_wrong_answers(data, slug), _passages(data, slug), _foreign_numbers(data, slug)):
            pairs += found[0]
            evidence += found[1]
            base += found[2]
    pairs = pd.DataFrame(pairs, columns=_PAIRS)
    own = pairs["one"].map(owners) == pairs["other"].map(owners)
    pairs = pairs[~own.astype(bool)].reset_index(drop=True)
    evidence = pd.DataFrame(evidence, columns=_EVIDENCE)
    findings = [
        Finding("likeness", slug, (one, other), " ".join(f"{row.shared}." for row in rows.itertuples()))
        for (slug, one, other), rows in pairs.groupby(["assignment", "one", "other"], sort=False)
    ]
    return Likeness(pairs, evidence, pd.DataFrame(base, columns=_BASE), findings)


# -- the same wrong answers ------------------------------------------------------------------------------------------------


def units(data: Class, slug: str) -> pd.DataFrame:
    """One row per student and thing that can be wrong in the same way: ``unit``, ``value`` (None if right), ``shown``.

    A question is a unit, with all of its parts that are wrong, and so is a task with all numbers asked in it. Numbers are compared within an
    edition only.
    """
    answers = data.of("answers", slug)
    editions = data.of("copies", slug).drop_duplicates("student").set_index("student")["edition"]
    answers = answers.assign(
        edition=answers["student"].map(editions),
        task=answers["item"].map(data.of("items", slug).set_index("item")["task"]),
    )
    rows = []
    for row in answers[answers["kind"] != "number"].itertuples():
        # An alternate that is asked in an item's place is a unit of its own, and its options have the same words in all editions.
        wrong = tuple((one.part, one.answer) for one in row.chosen if not one.right)
        rows.append((row.student, f"{row.item}@{row.question.same}", wrong or None, row.value))
    facts = {}
    for row in answers[answers["kind"] == "number"].itertuples():
        facts.setdefault((row.student, f"{row.task}@{row.edition}" if row.edition else row.task), []).append(row)
    for (student, unit), given in facts.items():
        wrong = [None if row.right else _number(row.value) for row in given]
        value = "; ".join(one or "right" for one in wrong) if any(wrong) else None
        rows.append((student, unit, value, "; ".join(f"{row.item}: {row.value}" for row in given if not row.right)))
    return pd.DataFrame(rows, columns=["student", "unit", "value", "shown"])


def _number(text: str):
    """The value of a read answer to six significant digits; the text where it holds several."""
    try:
        return f"{float(text.replace('−', '-').removesuffix(' per cent')):.6g}"
    except ValueError:
        return text


def bounds(wrong: pd.DataFrame, students: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For all pairs: what they share (−log p, summed), log of the bound on its chance, and how many units both have wrong.

    ``wrong``: student, unit, value of wrong answers alone. For a value that c copies have, p is the share of all pairs with the same unit wrong
    that agree on a value as rare as that or rarer; editions of a task are taken together. For any t > 0,
    P(shared ≥ x) ≤ exp(−t x) ∏ E exp(t · −log p) (Chernoff), the product being over the units that both have wrong.
    """
    place = {student: i for i, student in enumerate(students)}
    tasks: dict[str, dict[str, dict[str, list[int]]]] = {}
    for student, unit, value in zip(wrong["student"], wrong["unit"], wrong["value"], strict=True):
        of_unit = tasks.setdefault(unit.partition("@")[0], {}).setdefault(unit, {})
        of_unit.setdefault(value, []).append(place[student])
    ts = np.linspace(0.1, 0.9, 9)
    both = np.zeros((len(students), sum(map(len, tasks.values()))))
    spread = np.zeros((len(ts), both.shape[1]))
    shared, column = np.zeros((len(students), len(students))), 0
    for units_of_task in tasks.values():
        copies = [rows for of_unit in units_of_task.values() for rows in of_unit.values()]
        sizes = [sum(map(len, of_unit.values())) for of_unit in units_of_task.values()]
        pairs = sum(size * (size - 1) for size in sizes)
        rarity, growth, below = {}, np.zeros(len(ts)), 0.0
        for c, times in sorted(Counter(map(len, copies)).items()):
            if c > 1:
                p = below + times * c * (c - 1) / pairs
                growth += (p - below) * (p**-ts - 1)
                rarity[c], below = -np.log(p), p
        for rows in copies:
            if len(rows) > 1:
                shared[np.ix_(rows, rows)] += rarity[len(rows)]
        for of_unit in units_of_task.values():
            both[[row for rows in of_unit.values() for row in rows], column] = 1
            spread[:, column] = np.log1p(growth)
            column += 1
    means = (both * spread[:, None, :]).reshape(-1, both.shape[1]) @ both.T
    logs = (means.reshape(len(ts), *shared.shape) - ts[:, None, None] * shared).min(axis=0)
    return shared, np.minimum(logs, 0.0), both @ both.T


def _wrong_answers(data, slug):
    table = units(data, slug)
    students = sorted(table["student"].unique())
    if len(students) < ENOUGH:
        return [], [], []
    wrong = table[table["value"].notna()]
    shared, logs, both = bounds(wrong, students)
    upper = np.triu_indices(len(students), 1)
    # Both must say so: what independence allows for all pairs together, and what this class shows.
    chance = np.maximum(_chance(-logs, upper), logs + np.log(len(upper[0]))) + np.log(len(data.slugs))
    pairs, evidence = [], []
    counts, sizes = wrong.groupby(["unit", "value"]).size(), wrong.groupby("unit").size()
    for i, j in np.argwhere(np.triu(chance < np.log(_LEVEL), 1)):
        one, other = students[i], students[j]
        mine, theirs = (wrong[wrong["student"] == student].set_index("unit") for student in (one, other))
        same = [
            unit for unit in mine.index if unit in theirs.index and mine.loc[unit, "value"] == theirs.loc[unit, "value"]
        ]
        said = f"Of {both[i, j]:.0f} tasks and questions that both have wrong, {len(same)} are wrong in the same way"
        pairs.append((slug, "wrong answers", one, other, said, float(np.exp(min(0.0, chance[i, j]))), shared[i, j]))
        for unit in sorted(same, key=lambda unit: counts[unit, mine.loc[unit, "value"]] / sizes[unit]):
            more = counts[unit, mine.loc[unit, "value"]] - 2
            usual = f"{more} of the other {sizes[unit] - 2} that have it wrong"
            shown = mine.loc[unit, "shown"], theirs.loc[unit, "shown"]
            evidence.append((slug, "wrong answers", one, other, unit.partition("@")[0], *shown, usual))
    usual, most = np.quantile(-logs[upper], [0.5, 0.999])
    sentence = (
        f"{len(upper[0]):,} pairs of copies. What they share would come about by chance in one pair of {np.exp(usual):,.0f} for half of them, of "
        f"{np.exp(most):,.0f} for one in a thousand, and of {np.exp((-logs[upper]).max()):,.0f} at most. Shown are pairs that stand out from this "
        "so far that less than one class in a hundred has one."
    )
    return pairs, evidence, [(slug, "wrong answers", len(students), len(upper[0]), usual, most, sentence)]


def _chance(strength, upper) -> np.ndarray:
    """Log of how many pairs as strong as that a class like this one has.

    Misconceptions run through a copy, so wrong answers go together even where nobody copied. The scale is therefore the class's own: an
    exponential tail fitted to its strongest pairs, by their median, which a few copied ones do not move.
    """
    ranked = np.sort(strength[upper])[::-1]
    top = min(_TAIL, len(ranked) // 4)
    start = ranked[top]
    slope = max(float(np.median(ranked[:top] - start)) / np.log(2), _SLOPE)
    return np.log(top) - (strength - start) / slope


# -- the same passages -----------------------------------------------------------------------------------------------------


def _passages(data, slug):
    pairs, evidence, base = [], [], []
    texts = data.of("texts", slug)
    for kind in ("text", "code"):
        written = {}
        for row in texts[texts["kind"] == kind].itertuples():
            written.setdefault(row.student, []).append(row.text)
        if len(written) < 2:
            continue
        students = sorted(written)
        known = np.concatenate([_lessons(kind), _all_runs(data.released[slug], kind)])
        texts_of = [_words("\n".join(written[student]), kind) for student in students]
        found, lengths = shared_passages(texts_of, kind, known)
        what = "words" if kind == "text" else "signs and names of code"
        for i, j, runs, aligned in found:
            total = sum(map(len, runs))
            one, other = students[i], students[j]
            said = (
                f"They share {total} {what} in {len(runs)} passage{'s' * (len(runs) > 1)} that hardly any other copy has; put side by side, "
                f"{per_cent(aligned)} of the shorter one stands in the other in the same order"
            )
            pairs.append((slug, kind, one, other, said, np.nan, float(total)))
            evidence += [
                (slug, kind, one, other, f"{len(run)} {what}", " ".join(run), " ".join(run), "") for run in runs
            ]
        if kind == "text":
            seen = {(i, j) for i, j, *_ in found}
            texts_alike, usual = reworded(texts_of, known)
            for i, j, aligned, (mine, theirs) in texts_alike:
                if (i, j) not in seen:
                    one, other = students[i], students[j]
                    said = f"Put side by side, {per_cent(aligned)} of the words of the shorter text stand in the other in the same order, with other words between them"
                    pairs.append((slug, kind, one, other, said, np.nan, aligned))
                    evidence.append((slug, kind, one, other, "both texts", mine, theirs, ""))
        total_pairs = len(students) * (len(students) - 1) // 2
        sentence = (
            f"{len(lengths):,} of {total_pairs:,} pairs share a run of {_RUN[kind]} {what} or more that is neither the course's nor common in the class; the longest such "
            f"sums are {', '.join(map(str, lengths[:5])) or 'none'}. Shown are sums of {_PASSAGE[kind]} or more with a run of {_LONG[kind]}, or of {2 * _PASSAGE[kind]}."
        )
        if kind == "text" and np.isfinite(usual[0]):
            sentence += (
                f" In any order, half of the pairs have {per_cent(usual[0])} of the words of the shorter text in common, and no pair more than {per_cent(usual[1])}; "
                f"shown are pairs with more than {per_cent(_ALIGNED)} in the same order."
            )
        base.append((slug, kind, len(students), total_pairs, 0.0, float(lengths[0]) if lengths else 0.0, sentence))
    return pairs, evidence, base


@cache
def _lessons(kind) -> np.ndarray:
    """The runs of all lessons, which anybody may quote."""
    from postwar import course, paths

    texts = [
        "".join(cell["source"])
        for lesson in course.SEQUENCE
        for cell in cells(paths.LESSONS / lesson.notebook)
        if (cell["cell_type"] == "code") == (kind == "code")
    ]
    return _all_runs(texts, kind)


def _all_runs(texts, kind) -> np.ndarray:
    return np.unique(_all_windows([_words(text, kind) for text in texts], _RUN[kind])[1])


def shared_passages(
    words: list[list[str]], kind: str, known: np.ndarray
) -> tuple[list[tuple[int, int, list[list[str]], float]], list[int]]:
    """(i, j, runs, aligned) for every pair of texts, given as `words`, that shares passages as long as ``_PASSAGE`` in all; and how much all pairs share, most first.

    Pairs are found by rare runs of ``_RUN[kind]`` words, with `scipy.sparse`; runs in ``known`` are not rare. ``aligned`` is the share of the
    shorter text that stands in the longer one in the same order, by rapidfuzz.
    """
    from rapidfuzz.distance import LCSseq
    from scipy import sparse

    length = _RUN[kind]
    rows, hashes, _ = _all_windows(words, length)
    # Each run once in each text, in the order of runs.
    order = np.argsort(hashes, kind="stable")
    rows, hashes = rows[order], hashes[order]
    once = np.ones(len(hashes), bool)
    once[1:] = (hashes[1:] != hashes[:-1]) | (rows[1:] != rows[:-1])
    rows, hashes = rows[once], hashes[once]
    every, counts = np.unique(hashes, return_counts=True)
    most = max(3, int(_COMMON * len(words)))
    rare = (counts > 1) & (counts <= most)
    rare[rare] = ~np.isin(every[rare], known)
    if not rare.any():
        return [], []
    inside = np.repeat(rare, counts)
    columns = np.repeat(np.arange(rare.sum()), counts[rare])
    has = sparse.csr_matrix((np.ones(len(columns)), (rows[inside], columns)), shape=(len(words), rare.sum()))
    every = every[rare]
    alike = sparse.triu(has @ has.T, 1).tocoo()
    found, lengths = [], []
    for i, j, count in zip(alike.row.tolist(), alike.col.tolist(), alike.data.astype(int).tolist(), strict=True):
        shared = count + length - 1
        if count * length >= _PASSAGE[kind]:
            both = set(every[np.intersect1d(has[i].indices, has[j].indices)].tolist())
            runs = _rare_runs(words[i], both, length)
            shared = sum(map(len, runs))
            if shared >= _PASSAGE[kind] and (max(map(len, runs)) >= _LONG[kind] or shared >= 2 * _PASSAGE[kind]):
                aligned = LCSseq.similarity(words[i], words[j]) / min(len(words[i]), len(words[j]))
                found.append((i, j, runs, aligned))
        lengths.append(shared)
    return sorted(found, key=lambda each: -sum(map(len, each[2]))), sorted(lengths, reverse=True)


def reworded(
    words: list[list[str]], known: np.ndarray
) -> tuple[list[tuple[int, int, float, tuple[str, str]]], tuple[float, float]]:
    """(i, j, aligned, both) for every pair of texts of which ``_ALIGNED`` of the shorter one stands in the other in the same order.

    Finds what `shared_passages` cannot: passages in which every few words are replaced. Words in runs of ``known`` are left out. Then the
    share of words that half of the pairs, and the most alike pair, have in common in any order; NaN without a pair.
    """
    from rapidfuzz.distance import LCSseq
    from scipy import sparse

    own = _own(words, known)
    long = [i for i, words in enumerate(own) if len(words) >= _ENOUGH_WORDS]
    if len(long) < 2:
        return [], (np.nan, np.nan)
    sizes = np.array([len(own[i]) for i in long])
    numbers: dict[str, int] = {}
    columns = [numbers.setdefault(word, len(numbers)) for i in long for word in own[i]]
    places = np.repeat(np.arange(len(long)), sizes)
    times = sparse.csr_matrix((np.ones(len(columns)), (places, columns)), shape=(len(long), len(numbers)))
    # No more words stand in the same order than stand in the other text at all, which is quick to count for all pairs.
    at_all = (times @ times.astype(bool).astype(float).T).toarray()
    at_all = np.minimum(at_all, at_all.T)
    needed = _ALIGNED * np.minimum.outer(sizes, sizes)
    found = []
    for a, b in np.argwhere(np.triu(at_all > needed, 1)):
        i, j = long[a], long[b]
        alike = LCSseq.similarity(own[i], own[j])
        if alike > needed[a, b]:
            found.append((i, j, alike / min(sizes[a], sizes[b]), (" ".join(own[i]), " ".join(own[j]))))
    usual = (_ALIGNED * at_all / needed)[np.triu_indices(len(long), 1)]
    return found, (float(np.median(usual)), float(usual.max()))


def _own(words, known) -> list[list[str]]:
    """Of each text, the words that stand in no run of ``known``."""
    length = _RUN["text"]
    rows, runs, places = _all_windows(words, length)
    given = np.isin(runs, known)
    taken = [set() for _ in words]
    for row, place in zip(rows[given].tolist(), places[given].tolist(), strict=True):
        taken[row].update(range(place, place + length))
    return [
        [word for i, word in enumerate(text) if i not in out] if out else text
        for text, out in zip(words, taken, strict=True)
    ]


def _words(text, kind) -> list[str]:
    """The words of a text as readers see it, without marks and addresses; or the tokens of code, where a number counts as any
    number, since right ones are everybody's.
    """
    return _WORD[kind].findall(_MARKS.sub(" ", text.lower()) if kind == "text" else _LITERAL.sub("0", text))


@lru_cache(maxsize=1_000_000)
def _id(word: str) -> int:
    return crc32(word.encode("utf-8", "surrogatepass"))


def _all_windows(texts: list[list[str]], length) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which text, a number for each run of ``length`` words, and where the run begins, for all runs of all texts in order."""
    sizes = np.array([len(words) for words in texts], int)
    rows = np.repeat(np.arange(len(texts)), sizes)
    places = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    windows = _windows([word for words in texts for word in words], length)
    inside = rows[: len(windows)] == rows[len(rows) - len(windows) :]
    return rows[: len(windows)][inside], windows[inside], places[: len(windows)][inside]


def _windows(words, length) -> np.ndarray:
    """A number for each run of ``length`` words, in order."""
    ids = np.fromiter(map(_id, words), np.uint64, len(words))
    if len(ids) < length:
        return np.empty(0, np.uint64)
    windows = np.lib.stride_tricks.sliding_window_view(ids, length)
    return (windows * _FACTORS[:length]).sum(axis=1, dtype=np.uint64)  # modulo 2**64


def _rare_runs(one, other, length) -> list[list[str]]:
    """The longest runs of the words ``one`` whose parts are all in ``other``, a set of hashes; wherever they stand there."""
    at = np.flatnonzero([mark in other for mark in _windows(one, length).tolist()])
    starts = np.split(at, np.flatnonzero(np.diff(at) > 1) + 1)
    return [one[run[0] : run[-1] + length] for run in starts if len(run)]


# -- somebody else's numbers -----------------------------------------------------------------------------------------------


def _foreign_numbers(data, slug):
    """Copies whose wrong answers are right for one other edition, more often than the class's wrong answers hit any edition by accident."""
    from scipy import stats

    editions = data.of("copies", slug).drop_duplicates("student").set_index("student")["edition"]
    if editions.nunique() < 2:
        return [], [], []
    answers = data.of("answers", slug)
    answers = answers[answers["kind"] == "number"]
    answers = answers.assign(edition=answers["student"].map(editions), number=answers["value"].map(_float)).dropna(
        subset="number"
    )
    right = (
        answers[answers["right"]]
        .groupby(["item", "edition"])["number"]
        .agg(lambda values: Counter(values).most_common(1)[0][0])
    )
    wrong = answers[~answers["right"]]
    hits, tries = [], 0
    for item, group in wrong.groupby("item", sort=False):
        keys = right[item] if item in right.index.get_level_values(0) else pd.Series(dtype=float)
        elsewhere = group["edition"].to_numpy()[:, None] != keys.index.to_numpy()[None, :]
        near = elsewhere & np.isclose(group["number"].to_numpy()[:, None], keys.to_numpy()[None, :], rtol=2e-3, atol=0)
        tries += elsewhere.sum()
        near[near.sum(axis=1) > max(1, 0.1 * len(keys))] = False  # a number that is right in many editions says nothing
        hits += [(group["student"].iloc[i], keys.index[j], item, group["value"].iloc[i]) for i, j in np.argwhere(near)]
    rate = max(len(hits), 1) / max(tries, 1)
    table = pd.DataFrame(hits, columns=["student", "edition", "item", "value"])
    pairs, evidence = [], []
    looked = wrong["student"].nunique() * (editions.nunique() - 1) * len(data.slugs)
    attempts = wrong.groupby("student").size()
    for (student, edition), group in table.groupby(["student", "edition"], sort=False):
        chance = stats.binom.sf(len(group) - 1, attempts[student], rate) * looked
        if len(group) < 2 or chance >= _LEVEL:
            continue
        holders = editions.index[editions == edition].tolist()
        whose = holders[0] if len(holders) == 1 else f"edition {edition}"
        said = f"{len(group)} of its {attempts[student]} wrong numbers are right for edition {edition}, which {len(holders)} other cop{'y' if len(holders) == 1 else 'ies'} of the class hold{'s' * (len(holders) == 1)}"
        pairs.append((slug, "other edition", student, whose, said, float(chance), float(len(group))))
        evidence += [
            (slug, "other edition", student, whose, row.item, row.value, f"{right[row.item, edition]:.6g}", "")
            for row in group.itertuples()
        ]
    sentence = (
        f"By accident, {len(hits)} of {tries:,} comparisons of a wrong number with another edition's right one agree."
    )
    return pairs, evidence, [(slug, "other edition", len(editions), len(editions), rate, np.nan, sentence)]


def _float(text):
    try:
        return float(text.replace("−", "-").removesuffix(" per cent"))
    except ValueError:
        return None
