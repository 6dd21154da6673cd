"""``check``: practice questions and statements to sort, which explain each choice at once."""

from difflib import get_close_matches

from postwar.quiz.asking import Question, either, require
from postwar.quiz.markup import to_html, to_text
from postwar.quiz.questions import PracticeQuestion, Sorting, collect, collect_sortings


class _Practice(Question):
    """A practice question: explains the chosen option.

    Where it asks how sure one is, the explanation waits for both, and the first answer stays: only so does a record of
    confidences mean anything.
    """

    _kind = "check"
    _levels = ("25%", "50%", "75%", "95%")  # four options: a quarter is a guess

    def __init__(self, record: PracticeQuestion, answer: str | None, numbers: int = 0, confidence: str | None = None):
        self._given = record
        self._set = numbers
        self._record = record.with_set(numbers)
        super().__init__(self._record.stem, self._wording(), answer, confidence)
        self._match = record.id

    def _wording(self):
        return {key: option.text for key, option in self._record.options.items()}

    def __repr__(self):
        numbers = f", numbers={str(self._set)!r}" if self._set else ""
        return f"check({self._record.id!r}{numbers}, answer={self.answer!r})"

    def _live(self):
        if self._committed:
            return None
        if self._widget is None and self._given.numbers:
            widget = super()._live()
            widget.numbers = str(self._set)
            widget.observe(self._draw, names="numbers")
        return super()._live()

    def _draw(self, change):
        """Show the set of numbers that the reader asked for, unanswered."""
        if not change["new"].isdecimal():
            return
        self._set = int(change["new"])
        self._record = self._given.with_set(self._set)
        self.stem, self.options, self.answer = self._record.stem, self._wording(), ""
        options = [[key, to_html(text)] for key, text in self.options.items()]
        with self._widget.hold_sync():
            self._widget.set_trait("prompt", to_html(self.stem))
            self._widget.set_trait("options", options)
            self._widget.value = ""
            self._widget.feedback = {}
        if self._plain:
            self._plain.update(self._repr_mimebundle_(), raw=True)

    def _feedback(self):
        if not self.answer or self.confidence == "":
            return None
        explanation = self._record.options[self.answer].explanation
        if self.answer == self._record.best:
            return "right", "✓ Right.", explanation
        if self.confidence:
            best = self._record.options[self._record.best]
            return (
                "wrong",
                "✗ Not this one.",
                f"{explanation} Best is {self._record.best}, *{best.text}*: {best.explanation}",
            )
        return "wrong", "✗ Not this one.", f"{explanation} Try another."

    @property
    def _committed(self):
        return bool(self.answer and self.confidence)

    def _choose(self, change):
        super()._choose(change)
        self._close_when_committed()

    def _say_how_sure(self, change):
        super()._say_how_sure(change)
        self._close_when_committed()

    def _close_when_committed(self):
        """Leave the plain version with its explanation in place of the control."""
        if self._committed:
            self._widget.close()


class _Sorting(Question):
    """Statements to sort; ``answer`` has one letter for each, ``-`` for one still open."""

    _kind = "check"

    def __init__(self, record: Sorting, answer: str | None):
        self._record = record
        self._items = [item.text for item in record.items]
        super().__init__(record.stem, record.categories)
        require(
            not answer or self._accepts(answer),
            f"answer={answer!r} does not fit: write {len(self._items)} letters out of {''.join(record.categories)}, "
            "with - for a statement that you leave open",
        )
        self.answer = answer or ""
        self._match = record.id

    def __repr__(self):
        return f"check({self._record.id!r}, answer={self.answer!r})"

    def _accepts(self, answer):
        return len(answer) == len(self._items) and set(answer) <= {*self.options, "-"}

    def _verdicts(self):
        """For each statement: right, wrong or empty while open, and what to say about the choice."""
        for letter, item in zip(self.answer or "-" * len(self._items), self._record.items, strict=True):
            if letter == "-":
                yield "", ""
            elif letter == item.best:
                yield "right", f"✓ {item.explanation}"
            elif letter in item.also:
                yield "right", f"✓ Defensible. The key says *{self.options[item.best]}*: {item.explanation}"
            else:
                yield "wrong", f"✗ The key says *{self.options[item.best]}*: {item.explanation}"

    def _score(self):
        verdicts = [verdict for verdict, _ in self._verdicts()]
        return f"{verdicts.count('right')} of {len(verdicts)} agree with the key; {verdicts.count('')} still open."

    def _feedback_html(self):
        marks = [[verdict, to_html(text)] for verdict, text in self._verdicts()]
        return {"html": self._score() if self.answer else "", "marks": marks}

    def _how_to_answer(self):
        letters = ", ".join(f"{key} ({text})" for key, text in self.options.items())
        example = "-" * len(self._items)
        return (
            f'The categories are {letters}. Run this cell and choose, or write `answer="{example}"` inside `check(…)` '
            "with a letter in place of each dash."
        )

    def _as_html(self):
        rows = "".join(
            f"<li>{to_html(item)} <strong>{letter}</strong> {to_html(text)}</li>"
            for item, letter, (_, text) in zip(self._items, self._letters(), self._verdicts(), strict=True)
        )
        closing = self._score() if self.answer else to_html(self._how_to_answer())
        return (
            f'{self._plain_first}<div class="postwar-question"{self._marked()}><p><strong>{to_html(self.stem)}</strong></p>'
            f"<ol>{rows}</ol><p>{closing}</p></div>"
        )

    def _as_text(self):
        lines = [to_text(self.stem)]
        for number, (item, letter) in enumerate(zip(self._items, self._letters(), strict=True), 1):
            lines.append(f"  {number}  {to_text(item)} [{letter}]")
        lines.append(self._score() if self.answer else to_text(self._how_to_answer()))
        return "\n".join(lines)

    def _letters(self):
        return self.answer or "-" * len(self._items)


def check(
    question_id: str, *, answer: str | None = None, numbers: str | None = None, confidence: str | None = None
) -> Question:
    """Show a practice question; each choice is explained at once and may be changed.

    With ``confidence=""`` it also asks how sure you are; then the first answer stays, and lesson 8 shows how well you judged.

    Parameters
    ----------
    question_id : an id from ``lessons/checks/``.
    answer : the letter of the chosen option (of statements to sort: a letter for each, ``-`` for one still open); a
        click writes it here.
    numbers : which set of new numbers to show, such as "2"; a click on *New numbers* writes it here. None shows those of the
        lesson.
    confidence : the chance of being right that goes with the answer ("25%" to "95%"); "" asks for it, None does not.

    Raises
    ------
    ValueError : there is no such question, the answer does not fit its letters, or the question has no such numbers.
    """
    if not (numbers is None or str(numbers).isdecimal()):
        raise ValueError(f'numbers={numbers!r} does not fit: write a number, such as numbers="2"')
    questions, sortings = collect(), collect_sortings()
    if question_id in sortings:
        return _Sorting(sortings[question_id], answer)
    if question_id not in questions:
        known = [*questions, *sortings]
        close = get_close_matches(str(question_id), known, n=3, cutoff=0.4)
        hint = f"did you mean {either(close)}?" if close else f"there are {', '.join(known) or 'none yet'}"
        raise ValueError(f"no practice question is called {question_id!r}; {hint}")
    return _Practice(questions[question_id], answer, int(numbers or 0), confidence)
