"""``ask``: a question that a notebook shows and that keeps its answer in the notebook's own text."""

import os
from uuid import uuid4

from postwar.quiz.markup import letters, to_html, to_text

# A notebook that is opened again has no live widgets until it is run. JupyterLab then says so in place of each one;
# the plain version that stands before it is the better message.
_PLAIN_FIRST = (
    "<style>.jp-OutputArea-child:has(.postwar-question) + .jp-OutputArea-child:not(:has(.postwar-choice))"
    " { display: none; }</style>"
)


#: How sure somebody is, and what that earns by the rule of confidence if the answer is right, and if it is wrong. Whoever says
#: what they believe expects most: *sure* pays from four chances in five on, *think so* from two in three.
CONFIDENCE = {"guess": (1, 0), "think so": (2, -2), "sure": (3, -6)}


class Question:
    """A question with lettered options. ``answer`` is the chosen letter, or "" before one is chosen.

    ``confidence`` is one of `CONFIDENCE`, "" before one is chosen, and None where the question does not ask for it.
    """

    _kind = "ask"
    _form = "one"
    _plain_first = _PLAIN_FIRST
    _levels = tuple(CONFIDENCE)  # what a question that asks for it may be answered with
    _items = ()  # statements to sort into the options; none for a plain question

    def __init__(self, stem: str, options: dict[str, str], answer: str | None = None, confidence: str | None = None):
        require(isinstance(stem, str) and stem.strip(), f"a question starts with its text, got {stem!r}")
        for key, text in options.items():
            require(
                key.isascii() and key.isalpha() and len(key) == 1, f"an option is called by one letter, not {key!r}"
            )
            require(isinstance(text, str) and text.strip(), f"option {key} must be a text, got {text!r}")
        require(len(options) > 1, f'a question needs at least two options, such as a="…", b="…"; got {len(options)}')
        require(len({text.strip() for text in options.values()}) == len(options), "two options have the same text")
        require(
            not confidence or confidence in self._levels,
            f"confidence={confidence!r} is not one of {either(self._levels)}",
        )
        self.stem = stem
        self.options = options
        answer = self._read(answer) if isinstance(answer, str) else answer
        require(not answer or self._accepts(answer), self._not_accepted(answer))
        self.answer = answer or ""
        self.confidence = confidence
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
                plain=uuid4().hex,
                call=self._kind,
                match=self._match,
                value=self.answer,
                feedback=self._feedback_html(),
                form=self._form,
                levels=[] if self.confidence is None else list(self._levels),
                confidence=self.confidence or "",
            )
            self._widget.observe(self._choose, names="value")
            self._widget.observe(self._say_how_sure, names="confidence")
        return self._widget

    def _read(self, answer):
        return letters(answer)

    def _accepts(self, answer):
        return answer in self.options

    def _not_accepted(self, answer):
        return f"answer={answer!r} is not one of the options; write {either(self.options)} instead"

    def _is_chosen(self, key) -> bool:
        return key == self.answer

    def _say_how_sure(self, change):
        if change["new"] in self._levels:
            self.confidence = change["new"]
            if self._plain:
                self._plain.update(self._repr_mimebundle_(), raw=True)

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

    def _chosen_word(self, key) -> str:
        return "chosen"

    def _how_sure(self) -> str:
        return f"How sure: {self.confidence or 'not said yet'}." if self.confidence is not None else ""

    def _how_to_answer(self) -> str:
        first = next(iter(self.options))
        typed = f'`answer="{first}"` (or another letter)'
        return f"No answer yet. Run this cell and click on an option, or write {typed} inside `{self._kind}(…)`."

    def _marked(self) -> str:
        return f' data-plain="{self._widget.plain}"' if self._widget else ""

    def _as_html(self) -> str:
        items = "".join(
            f"<li><strong>{key}</strong>&ensp;{to_html(text)}"
            + (f" <strong>← {self._chosen_word(key)}</strong>" if self._is_chosen(key) else "")
            + "</li>"
            for key, text in self.options.items()
        )
        closing = self._feedback_html().get("html", "") if self.answer else to_html(self._how_to_answer())
        return (
            f'{self._plain_first}<div class="postwar-question"{self._marked()}><p><strong>{to_html(self.stem)}</strong></p>'
            f'<ul style="list-style: none">{items}</ul>'
            + "".join(f"<p>{text}</p>" for text in (self._how_sure(), closing) if text)
            + "</div>"
        )

    def _as_text(self) -> str:
        lines = [to_text(self.stem)]
        for key, text in self.options.items():
            lines.append(
                f"  {key}  {to_text(text)}" + (f"  ← {self._chosen_word(key)}" if self._is_chosen(key) else "")
            )
        if self._how_sure():
            lines.append(self._how_sure())
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

        # Grading and validation keep no widgets, and an answer that stays needs none.
        live = self._live() if "NBGRADER_EXECUTION" not in os.environ else None
        self._plain = self._plain or DisplayHandle()
        self._plain.display(self._repr_mimebundle_(), raw=True)
        if live:
            display(live)


class ChooseAll(Question):
    """A question of which any number of options may be right; ``answer`` holds the letters of those chosen, in order."""

    _form = "several"

    def _read(self, answer):
        return "".join(sorted(set(letters(answer))))

    def _accepts(self, answer):
        return list(answer) == sorted(set(answer)) and set(answer) <= set(self.options)

    def _not_accepted(self, answer):
        return f'answer={answer!r} does not fit: write the letters of the options that you choose, such as answer="ac"'

    def _is_chosen(self, key):
        return key in self.answer

    def _how_to_answer(self):
        return (
            "No answer yet. Run this cell and tick every option that applies, or write their letters, such as "
            '`answer="ac"`, inside `ask(…)`.'
        )


class Ordering(Question):
    """Options to put in order; ``answer`` holds all their letters, first to last."""

    _form = "order"

    def _accepts(self, answer):
        return sorted(answer) == sorted(self.options)

    def _not_accepted(self, answer):
        return f"answer={answer!r} does not fit: write each of the letters {''.join(self.options)} once, first to last"

    def _is_chosen(self, key):
        return bool(self.answer)

    def _chosen_word(self, key):
        return str(self.answer.index(key) + 1)

    def _how_to_answer(self):
        return (
            "No answer yet. Run this cell and move the options into order, or write their letters from first to last, such as "
            f'`answer="{"".join(reversed(self.options))}"`, inside `ask(…)`.'
        )


class Pairing(Question):
    """Claims, each to be paired with one option; ``answer`` has a letter for each claim, ``-`` for one still open."""

    def __init__(self, stem, claims, options, answer=None, confidence=None):
        require(
            isinstance(claims, list | tuple) and len(claims) > 1 and all(isinstance(claim, str) for claim in claims),
            "claims must be a list of two texts or more",
        )
        self._items = list(claims)
        super().__init__(stem, options, answer, confidence)

    def _accepts(self, answer):
        return len(answer) == len(self._items) and set(answer) <= {*self.options, "-"}

    def _not_accepted(self, answer):
        return (
            f"answer={answer!r} does not fit: write one of the letters {''.join(self.options)} for each of the "
            f"{len(self._items)} claims, with - for one that you leave open"
        )

    def _is_chosen(self, key):
        return key in self.answer

    def _chosen_word(self, key):
        return f"for {', '.join(str(i) for i, letter in enumerate(self.answer, 1) if letter == key)}"

    def _how_to_answer(self):
        return (
            "No answer yet. Run this cell and choose for each claim, or write one letter for each, such as "
            f'`answer="{"".join([*self.options][: len(self._items)])}"`, inside `ask(…)`.'
        )

    def _as_html(self):
        claims = "".join(f"<li>{to_html(claim)}</li>" for claim in self._items)
        return super()._as_html().replace("</strong></p>", f"</strong></p><ol>{claims}</ol>", 1)

    def _as_text(self):
        stem, *rest = super()._as_text().split("\n")
        return "\n".join([stem, *(f"  {i}  {to_text(claim)}" for i, claim in enumerate(self._items, 1)), *rest])


def ask(
    stem: str,
    claims: list[str] | None = None,
    *,
    answer: str | None = None,
    confidence: str | None = None,
    several: bool = False,
    ordered: bool = False,
    **options: str,
) -> Question:
    """Ask a graded question; the answer is recorded and nothing is revealed.

    Parameters
    ----------
    stem : the question.
    claims : claims to be paired with the options, one for each; the answer then has a letter for each claim.
    answer : the letter of the chosen option; a click writes it here.
    confidence : how sure the answer is ("guess", "think so", "sure"); "" asks for it, None does not.
    several : any number of options may be chosen; the answer holds their letters.
    ordered : the options are to be put in order; the answer holds all letters, first to last.
    **options : the wording of each option, by letter.

    Raises
    ------
    ValueError : fewer than two options, two with the same text, a wording that is not text, or an answer that does not fit
        the letters.

    Examples
    --------
    >>> ask("What sets the width of the range?", a="the costs", b="the odds", answer="a").answer
    'a'
    >>> ask("Which of these are even?", a="two", b="three", c="four", several=True, answer="ac").answer
    'ac'
    """
    require(
        bool(claims) + several + ordered < 2, "a question has claims, several answers or an order, not two of these"
    )
    if claims:
        return Pairing(stem, claims, options, answer, confidence)
    kind = ChooseAll if several else Ordering if ordered else Question
    return kind(stem, options, answer, confidence)


def require(condition, message):
    """Raise `ValueError` with the message unless the condition holds."""
    if not condition:
        raise ValueError(message)


def either(names) -> str:
    """'a', 'b' or 'c'"""
    *most, last = map(repr, names)
    return f"{', '.join(most)} or {last}" if most else last
