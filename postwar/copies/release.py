"""What the instructor's own notebook says about cells that nbgrader does not track: the set-up, and which texts are the student's."""

from functools import cache
from itertools import takewhile
from pathlib import Path

import nbformat

from postwar.copies import handin

#: So long a text of the student's own, wherever it stands, is taken for the essay of a notebook whose one essay is blank.
_WORDS_OF_AN_ESSAY = 40


class Release:
    """What the instructor's own notebook says about the cells that nbgrader does not track."""

    def __init__(self, nb):
        plain = [cell for cell in nb.cells if not handin.grade_id(cell)]
        self._ids = {cell.get("id") for cell in plain}
        self._texts = {cell.source.strip() for cell in plain}
        #: The cells that a person reads.
        self.essays = [cell for cell in nb.cells if _role(cell, "grade") and _role(cell, "solution")]
        answers = (index for index, cell in enumerate(nb.cells) if _role(cell, "solution"))
        before = nb.cells[: next(answers, 0)]
        self._setup = [cell for cell in before if cell.cell_type == "code" and not handin.grade_id(cell)]

    def is_own(self, cell):
        """Whether the student has added *cell*."""
        return not handin.grade_id(cell) and cell.get("id") not in self._ids and cell.source.strip() not in self._texts

    def lacking_setup(self, cells):
        """The cells that define something for all answers, where *cells* no longer do so before the first answer; and the names."""
        first = next((index for index, cell in enumerate(cells) if handin.grade_id(cell)), 0)
        there = set().union(*(handin.defined(cell) for cell in cells[:first]))
        lacking = [cell for cell in self._setup if handin.defined(cell) - there]
        return lacking, sorted(set().union(*map(handin.defined, lacking)) - there)

    def put_back_setup(self, cells):
        """*cells* with the set-up before the first answer, where a copy has it no longer; and what was done, in words."""
        lacking, names = self.lacking_setup(cells)
        if not lacking:
            return cells, []
        first = next((index for index, cell in enumerate(cells) if handin.grade_id(cell)), 0)
        again = []
        for cell in lacking:
            name = f"restored-{cell.get('id', len(again))}"[:64]
            again.append(nbformat.v4.new_code_cell(cell.source, id=name, metadata={"deletable": False}))
        said = f"nothing before the first answer gives {', '.join(names)}: the released cell was put back there"
        return [*cells[:first], *again, *cells[first:]], [said]

    def texts_beside(self, cells, essays):
        """``(essay's cell, texts above, texts below)`` for each essay with texts that belong into its cell.

        ``essays`` are the cells read by a person as released, source by grade id. The student's own texts directly above and
        below the cell belong to it; so does any long text where the only essay of a notebook is blank.
        """
        for index, cell in enumerate(cells):
            name = handin.grade_id(cell)
            if name not in essays or cell.cell_type != "markdown":
                continue
            blank = self.is_blank(cell, essays[name])
            above = [*takewhile(self._is_text, cells[:index][::-1])][::-1]
            below = [*takewhile(self._is_text, cells[index + 1 :])]
            if blank and not above and not below and len(essays) == 1:
                texts = filter(self._is_text, cells)
                below = [each for each in texts if len(each.source.split()) >= _WORDS_OF_AN_ESSAY]
            if above or below:
                yield cell, above, below

    @staticmethod
    def is_blank(cell, stub):
        """Whether an essay's cell holds nothing but what was released."""
        return cell.source.strip() in ("", stub.strip())

    def take_in_texts(self, cells, essays):
        """*cells* with each essay whole in its own cell; and what was done, in words."""
        done, gone = [], set()
        for cell, above, below in [*self.texts_beside(cells, essays)]:
            own = [] if self.is_blank(cell, essays[handin.grade_id(cell)]) else [cell]
            cell.source = "\n\n".join(each.source.strip() for each in (*above, *own, *below))
            gone |= {id(each) for each in (*above, *below)}
            done.append(f"“{handin.grade_id(cell)}”: text that stood beside the essay's cell was taken into it")
        return [cell for cell in cells if id(cell) not in gone], done

    def _is_text(self, cell):
        return cell.cell_type in ("markdown", "raw") and bool(cell.source.strip()) and self.is_own(cell)


@cache
def _release(path, _changed):
    return Release(nbformat.read(path, as_version=4))


def release(path: Path) -> Release | None:
    """The instructor's notebook at *path*, read once while it stays the same; None where there is none."""
    return _release(path, path.stat().st_mtime_ns) if path.is_file() else None


def _role(cell, name):
    return bool(cell.metadata.get("nbgrader", {}).get(name))
