"""A platform's mark file: its own export filled in, or a new one from the roster."""

from dataclasses import replace
from pathlib import Path

from postwar import course
from postwar.classroom import platforms, roster
from postwar.classroom.platforms import Result
from postwar.classroom.roster import Student


class Sheet:
    """A platform's own export; raises ValueError where the file is another platform's or nobody's.

    ``rows`` have the headings that the platform's module knows.
    """

    def __init__(self, file: Path, platform: str):
        self.file, self.platform, self.module = file, platform, platforms.ALL[platform]
        self._header, self.rows, self._back = platforms.english(self.module, *roster.table(file))
        lacking = [name for name in self.module.SHEET if name not in self._header]
        if lacking or self.module.roster(self._header, self.rows) is None:
            raise ValueError(
                f"{file} is no export of marks from {platform.capitalize()} that can be filled in{f' (no column {lacking[0]})' if lacking else ''}: "
                f"its columns are {', '.join(self._back.values())}. Without --sheet a file to import is made from the roster"
            )

    def title(self, slug: str, column: str) -> str:
        """What the assignment is called here: as said, by its name, or by its lesson's; raises ValueError where that is not clear."""
        titles = platforms.titles(self.module, self._header)
        lesson = next((lesson.title for lesson in course.LESSONS if lesson.slug == slug), slug)
        wanted = {roster.key(name) for name in ([column] if column else [slug, slug.partition("-")[2], lesson])}
        found = [title for title in titles if roster.key(title) in wanted]
        if len(found) == 1 or not (column or titles):
            return found[0] if found else slug
        known = ", ".join(map(repr, titles)) or "none, since it is for one assignment alone"
        raise ValueError(
            f"{self.file}: which column is {column or slug}? It has {known}. Say it with --column, such as --column {(titles or [slug])[0]!r}; "
            "where there is none yet, make the assignment on the platform and export again, or leave out --sheet"
        )

    def filled(self, results: list[Result], title: str, maximum: float) -> tuple[list[str], list[list[str]]]:
        """Header and rows with the marks in them, under the headings of the file. Whom it does not name gets no row; a shared name is never guessed."""
        finder, theirs = roster.Finder([result.student for result in results]), {}
        for row, said in self._people():
            if len(found := _candidates(finder, said)) == 1:
                theirs.setdefault(*found, row)
        known = [replace(result, row=theirs.get(result.student.id)) for result in results]
        header, rows = self.module.marks((self._header, self.rows), known, title, maximum)
        return [self._back.get(name, name) for name in header], rows

    def differences(self, students: list[Student]) -> list[str]:
        """Who is on the roster alone, and who is in the file alone, a line each; empty where they agree."""
        finder, present, strangers = roster.Finder(students), set(), []
        for _, said in self._people():
            found = _candidates(finder, said)
            present |= found
            strangers += [] if found else [said.name or said.username]
        absent = [student.id for student in students if student.id not in present]
        lines = [f"Not in {self.file.name}: {', '.join(absent)}"] if absent else []
        return lines + ([f"In {self.file.name} and not on the roster: {', '.join(strangers)}"] if strangers else [])

    def _people(self):
        """Each row of a person, and the person as the platform's module reads it."""
        for row in self.rows:
            if found := self.module.roster(self._header, [row]):
                yield row, Student(**found[0])


def _candidates(finder, said):
    """Ids of the students whom a row may mean, by the surest thing that it says."""
    hints = [("platform_id", said.platform_id), ("id", said.username), ("id", said.sis_id), ("id", said.email)]
    for kind, text in [*hints, ("name", said.name)]:
        if found := finder.find(**{kind: text})[0]:
            return found
    return set()
