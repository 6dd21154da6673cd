"""``ask``: a question that a notebook shows and that keeps its answer in the notebook's own text."""

import os

from postwar.quiz.markup import to_html, to_text

# A notebook that is opened again has no live widgets until it is run. JupyterLab then says so in place of each one;
# the plain version that stands before it is the better message.
_PLAIN_FIRST = (
    "<style>.jp-OutputArea-child:has(.postwar-question) + .jp-OutputArea-child:not(:has(.postwar-choice))"
    " { display: none; }</style>"
)


class Question:
    """A question with lettered options. ``answer`` is the chosen letter, or "" before one is chosen."""

    _kind = "ask"
    _plain_first = _PLAIN_FIRST
    _items = ()  # statements to sort into the options; none for a plain question

    def __init__(self, stem: str, options: dict[str, str], answer: str | None = None):
        require(isinstance(stem, str) and stem.strip(), f"a question starts with its text, got {stem!r}")
        for key, text in options.items():
            require(isinstance(text, str) and text.strip(), f"option {key} must be a text, got {text!r}")
        require(len(options) > 1, f'a question needs at least two options, such as a="…", b="…"; got {len(options)}')
        require(len({text.strip() for text in options.values()}) == len(options), "two options have the same text")
        require(
            not answer or answer in options,
            f"answer={answer!r} is not one of the options; write {either(options)} instead",
        )
        self.stem = stem
        self.options = options
        self.answer = answer or ""
        self._match = stem
        self._widget = None
        self._plain = None

    def __repr__(self):
        return f"Question({self.stem!r}, answer={self.answer!r})"

    def _feedback(self) -> tuple[str, str, str] | None:
        """Verdict (right or wrong), heading and explanation for the chosen option; None when only recording."""
        return None

    def _live(self):
        if self._widget is None:
            from postwar.quiz.widget import ChoiceWidget

            self._widget = ChoiceWidget(
                kind=self._kind,
                prompt=to_html(self.stem),
                options=[[key, to_html(text)] for key, text in self.options.items()],
                items=[to_html(text) for text in self._items],
                call=self._kind,
                match=self._match,
                value=self.answer,
                feedback=self._feedback_html(),
            )
            self._widget.observe(self._choose, names="value")
        return self._widget

    def _accepts(self, answer):
        return answer in self.options

    def _choose(self, change):
        if self._accepts(change["new"]):
            self.answer = change["new"]
            self._widget.feedback = self._feedback_html()
            if self._plain:
                self._plain.update(self._repr_mimebundle_(), raw=True)

    def _feedback_html(self):
        if not (feedback := self._feedback()):
            return {}
        verdict, heading, explanation = feedback
        return {"verdict": verdict, "html": f"<strong>{heading}</strong> {to_html(explanation)}"}

    def _how_to_answer(self) -> str:
        first = next(iter(self.options))
        typed = f'`answer="{first}"` (or another letter)'
        return f"No answer yet. Run this cell and click on an option, or write {typed} inside `{self._kind}(…)`."

    def _as_html(self) -> str:
        items = "".join(
            f"<li><strong>{key}</strong>&ensp;{to_html(text)}"
            + (" <strong>← chosen</strong>" if key == self.answer else "")
            + "</li>"
            for key, text in self.options.items()
        )
        closing = self._feedback_html().get("html", "") if self.answer else to_html(self._how_to_answer())
        return (
            f'{self._plain_first}<div class="postwar-question"><p><strong>{to_html(self.stem)}</strong></p>'
            f'<ul style="list-style: none">{items}</ul>' + (f"<p>{closing}</p>" if closing else "") + "</div>"
        )

    def _as_text(self) -> str:
        lines = [to_text(self.stem)]
        for key, text in self.options.items():
            lines.append(f"  {key}  {to_text(text)}" + ("  ← chosen" if key == self.answer else ""))
        if not self.answer:
            lines.append(to_text(self._how_to_answer()))
        elif feedback := self._feedback():
            lines.append(f"{feedback[1]} {to_text(feedback[2])}")
        return "\n".join(lines)

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": self._as_text(), "text/html": self._as_html()}

    def _ipython_display_(self):
        """Show the plain question, kept up to date for exports, and the control that takes its place (choice.css)."""
        from IPython.display import DisplayHandle, display

        self._plain = self._plain or DisplayHandle()
        self._plain.display(self._repr_mimebundle_(), raw=True)
        if "NBGRADER_EXECUTION" not in os.environ:  # grading and validation keep no widgets
            display(self._live())


def ask(stem: str, *, answer: str | None = None, **options: str) -> Question:
    """Ask a graded question; the answer is recorded and nothing is revealed.

    Parameters
    ----------
    stem : the question.
    answer : the letter of the chosen option; a click writes it here.
    **options : the wording of each option, by letter.

    Raises
    ------
    ValueError : fewer than two options, two with the same text, a wording that is not text, or an answer that is
        not one of the letters.

    Examples
    --------
    >>> ask("What sets the width of the range?", a="the costs", b="the odds", answer="a").answer
    'a'
    """
    return Question(stem, options, answer)


def require(condition, message):
    """Raise `ValueError` with the message unless the condition holds."""
    if not condition:
        raise ValueError(message)


def either(names) -> str:
    """'a', 'b' or 'c'"""
    *most, last = map(repr, names)
    return f"{', '.join(most)} or {last}" if most else last
