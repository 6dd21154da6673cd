"""Wrong answers that two copies share, compared with what copies that err independently would share.

Where two copies are both wrong, how often are they wrong in the same way, and how rare is that way? A wrong answer that is shared counts −log of
the share of pairs that agree on something as rare; the sum is compared with Chernoff's bound, which needs no large numbers. The facts of one
task count once, since they follow from each other. Works on rows and imports little, so that the processes that read the copies of an
assignment compare them as well.
"""

from collections import Counter
from collections.abc import Iterable

import numpy as np

#: From how many copies on shared wrong answers are compared with chance.
ENOUGH = 30
_LEVEL = 0.01  # for all pairs and assignments together
_TAIL, _SLOPE = 50, 0.4  # pairs that show how wrong answers are shared in this class, and the least scale


def compare(
    slug: str, answers: list[tuple], tasks: dict[str, str], editions: dict[str, str], assignments: int
) -> tuple[list[tuple], list[tuple], list[tuple]]:
    """Rows of pairs, evidence and base rates, as in `postwar.report.likeness`, for the copies of one assignment of so many.

    ``answers``: rows as in ``read.ANSWERS``; ``tasks``: the task of each item; ``editions``: that of each student.
    """
    units_of = units(answers, tasks, editions)
    students = sorted({row[0] for row in units_of})
    if len(students) < ENOUGH:
        return [], [], []
    wrong = [row for row in units_of if row[2] is not None]
    shared, logs, both = bounds([row[:3] for row in wrong], students)
    upper = np.triu_indices(len(students), 1)
    # Both must say so: what independence allows for all pairs together, and what this class shows.
    chance = np.maximum(_chance(-logs, upper), logs + np.log(len(upper[0]))) + np.log(assignments)
    pairs, evidence, of_student = [], [], {}
    for student, unit, value, shown in wrong:
        of_student.setdefault(student, {})[unit] = value, shown
    counts, sizes = Counter(row[1:3] for row in wrong), Counter(row[1] for row in wrong)
    for i, j in np.argwhere(np.triu(chance < np.log(_LEVEL), 1)):
        one, other = students[i], students[j]
        mine, theirs = of_student[one], of_student[other]
        same = [unit for unit, (value, _) in mine.items() if unit in theirs and value == theirs[unit][0]]
        said = f"Of {both[i, j]:.0f} tasks and questions that both have wrong, {len(same)} are wrong in the same way"
        pairs.append((slug, "wrong answers", one, other, said, float(np.exp(min(0.0, chance[i, j]))), shared[i, j]))
        for unit in sorted(same, key=lambda unit: counts[unit, mine[unit][0]] / sizes[unit]):
            more = counts[unit, mine[unit][0]] - 2
            usual = f"{more} of the other {sizes[unit] - 2} that have it wrong"
            shown = mine[unit][1], theirs[unit][1]
            evidence.append((slug, "wrong answers", one, other, unit.partition("@")[0], *shown, usual))
    usual, most = np.quantile(-logs[upper], [0.5, 0.999])
    sentence = (
        f"{len(upper[0]):,} pairs of copies. What they share would come about by chance in one pair of {np.exp(usual):,.0f} for half of them, of "
        f"{np.exp(most):,.0f} for one in a thousand, and of {np.exp((-logs[upper]).max()):,.0f} at most. Shown are pairs that stand out from this "
        "so far that less than one class in a hundred has one."
    )
    return pairs, evidence, [(slug, "wrong answers", len(students), len(upper[0]), usual, most, sentence)]


def units(
    answers: list[tuple], tasks: dict[str, str], editions: dict[str, str]
) -> list[tuple[str, str, tuple | str | None, str]]:
    """(student, unit, value, shown) per student and thing that can be wrong in the same way; the value is None where it is right.

    A question is a unit, with all of its parts that are wrong, and so is a task with all numbers asked in it. Numbers are compared within an
    edition only.
    """
    rows, facts = [], {}
    for _, _, item, student, kind, value, right, _, chosen, question, _ in answers:
        if kind == "number":
            edition = editions.get(student)
            task = tasks.get(item, item)
            unit = f"{task}@{edition}" if edition else task
            facts.setdefault((student, unit), []).append((item, value, right))
        else:
            # An alternate that is asked in an item's place is a unit of its own, and its options have the same words in all editions.
            wrong = tuple((one.part, one.answer) for one in chosen if not one.right)
            rows.append((student, f"{item}@{question.same}", wrong or None, value))
    for (student, unit), given in facts.items():
        wrong = [None if right else _number(value) for _, value, right in given]
        value = "; ".join(one or "right" for one in wrong) if any(wrong) else None
        rows.append((student, unit, value, "; ".join(f"{item}: {value}" for item, value, right in given if not right)))
    return rows


def _number(text: str):
    """The value of a read answer to six significant digits; the text where it holds several."""
    try:
        return f"{float(text.replace('−', '-').removesuffix(' per cent')):.6g}"
    except ValueError:
        return text


def bounds(wrong: Iterable[tuple], students: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For all pairs: what they share (−log p, summed), log of the bound on its chance, and how many units both have wrong.

    ``wrong``: (student, unit, value) of wrong answers alone. For a value that c copies have, p is the share of all pairs with the same unit wrong
    that agree on a value as rare as that or rarer; editions of a task are taken together. For any t > 0,
    P(shared ≥ x) ≤ exp(−t x) ∏ E exp(t · −log p) (Chernoff), the product being over the units that both have wrong.
    """
    place = {student: i for i, student in enumerate(students)}
    tasks: dict[str, dict[str, dict[str, list[int]]]] = {}
    for student, unit, value in wrong:
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
