"""A term's marks: every assignment in per cent, what is dropped, and the weighted mean, as ``class.toml`` says."""

from dataclasses import dataclass

from postwar.classroom.folder import ClassFolder
from postwar.classroom.marks import Mark, every, maxima
from postwar.classroom.roster import Student


@dataclass(frozen=True)
class Term:
    """One student's term. ``shares`` maps an assignment to per cent (None: no mark); ``final``, rounded as ``class.toml`` says, is None with a
    ``reason``; ``exact`` is it before.
    """

    student: Student
    shares: dict[str, float | None]
    dropped: frozenset[str]
    excused: frozenset[str]
    final: float | None
    reason: str = ""
    exact: float | None = None

    def shown(self, slug: str) -> str:
        """An assignment's cell in a table."""
        if slug in self.excused:
            return "excused"
        share = self.shares[slug]
        text = "" if share is None else f"{share:.1f}"
        return f"{text} dropped".strip() if slug in self.dropped else text


def term(folder: ClassFolder) -> list[Term]:
    """Everyone's term, over the assignments that were graded for somebody or are due.

    Of what counts the lowest are dropped first, nothing handed in being the lowest of all. A mark that is still open, or missing and
    not dropped, leaves the final mark empty: whether it is a zero is for a person to say, with an extension or ``excused``.
    """
    return terms(folder, every(folder, folder.assignments), maxima(folder))


def terms(folder: ClassFolder, found: dict[str, list[Mark]], limits: dict[str, float]) -> list[Term]:
    """The same from marks and maxima that are known already."""
    used = {
        slug: {mark.student.id: mark for mark in each}
        for slug, each in found.items()
        if slug in folder.settings.due or any(mark.state not in ("absent", "excused") for mark in each)
    }
    return [
        _one(folder, student, {slug: each[student.id] for slug, each in used.items()}, limits)
        for student in folder.roster()
    ]


def _one(folder, student: Student, own: dict[str, Mark], limits: dict[str, float]) -> Term:
    shares = {slug: None if mark.points is None else 100 * mark.points / limits[slug] for slug, mark in own.items()}
    excused = frozenset(slug for slug, mark in own.items() if mark.state == "excused")
    known = [slug for slug, mark in own.items() if mark.state in ("graded", "absent")]
    ranked = sorted(known, key=lambda slug: -1.0 if shares[slug] is None else shares[slug])
    dropped = frozenset(ranked[: max(0, min(folder.settings.drop_lowest, len(own) - len(excused) - 1))])
    counted = [slug for slug in own if slug not in dropped | excused]
    open_marks = [f"{slug}: {own[slug].reason}" for slug in counted if shares[slug] is None]
    weights = {slug: folder.settings.weights.get(slug, 1.0) for slug in counted}
    if open_marks or not sum(weights.values()):
        return Term(student, shares, dropped, excused, None, "; ".join(open_marks) or "nothing counts yet")
    final = sum(weights[slug] * shares[slug] for slug in counted) / sum(weights.values())
    return Term(student, shares, dropped, excused, folder.settings.rounding.rounded(final), exact=final)
