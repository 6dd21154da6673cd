"""Passages that two copies share: runs of words of essays, or of tokens of code, that hardly any other copy and no text of the course has.

Works on texts alone and imports little, so that the processes that read the copies of an assignment compare them as well.
"""

import re
from functools import cache, lru_cache
from zlib import crc32

import numpy as np

from postwar.report.finding import per_cent
from postwar.report.sources import cells

_RUN = {"text": 8, "code": 14}  # words, tokens
_PASSAGE = {"text": 30, "code": 45}  # in runs that two copies share
_LONG = {"text": 20, "code": 30}  # one of the runs, unless all of them are twice as long as need be
_ALIGNED, _ENOUGH_WORDS = 0.6, 60  # a text that is so far the same in order as another, passages broken by other words
_COMMON = 0.05  # a run that more copies than this share has is common property
_WORD = {"text": re.compile(r"\w+(?:['’]\w+)?"), "code": re.compile(r"\w+|[^\w\s]")}
_MARKS = re.compile(r"<!--.*?-->|<[^>]*>|\[\d*\]\([^)]*\)|\]\([^)]*\)|https?://\S+", re.DOTALL)
_FACTORS = np.array([pow(1_000_003, power, 2**61 - 1) for power in range(max(_RUN.values()))], np.uint64)
_LITERAL = re.compile(r"\b\d[\d_]*(?:\.\d*)?(?:e[+-]?\d+)?\b")


def compare(
    slug: str, texts: list[tuple[str, str, str]], released: list[str]
) -> tuple[list[tuple], list[tuple], list[tuple]]:
    """Rows of pairs, evidence and base rates, as in `postwar.report.likeness`, for the copies of one assignment.

    ``texts``: (kind, student, text) of essays (``text``) and answers in ``code``; ``released``: texts that everybody was given.
    """
    pairs, evidence, base = [], [], []
    for kind in ("text", "code"):
        written = {}
        for of, student, text in texts:
            if of == kind:
                written.setdefault(student, []).append(text)
        if len(written) < 2:
            continue
        students = sorted(written)
        known = np.concatenate([_lessons(kind), _all_runs(released, kind)])
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
    from postwar import paths

    texts = [
        "".join(cell["source"])
        for lesson in sorted(paths.LESSONS.glob("*.ipynb"))
        for cell in cells(lesson)
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
