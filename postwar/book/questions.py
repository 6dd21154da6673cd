"""A practice question as a page shows it: complete without a script, answered by a click with one."""

from html import escape

from postwar.quiz.markup import to_html
from postwar.quiz.questions import PracticeQuestion, Sorting, collect, collect_sortings

#: Sets of new numbers that a page carries for a question; a notebook draws them without end.
SETS = 5


def html(question_id: str) -> str:
    """The question of that id with every explanation; raises KeyError where there is none."""
    questions, sortings = collect(), collect_sortings()
    if question_id in sortings:
        return _sorting(sortings[question_id])
    record = questions[question_id]
    more = range(1, SETS + 1) if record.numbers else ()
    sets = "".join(f'<template data-numbers="{n}">{_choice(record.with_set(n))}</template>' for n in more)
    return _frame(record, _choice(record) + sets)


def _choice(record: PracticeQuestion) -> str:
    options = "".join(f'<li data-key="{key}">{to_html(option.text)}</li>' for key, option in record.options.items())
    reasons = "".join(
        f'<li data-key="{key}" data-right="{str(key == record.best).lower()}"><strong>{"✓" if key == record.best else "✗"} '
        f"{to_html(option.text)}</strong> {to_html(option.explanation)}</li>"
        for key, option in record.options.items()
    )
    return _parts(record, f'<ol class="options" type="a">{options}</ol>', reasons)


def _sorting(record: Sorting) -> str:
    items = "".join(f"<li>{to_html(item.text)}</li>" for item in record.items)
    kinds = "".join(f'<li data-key="{key}">{to_html(text)}</li>' for key, text in record.categories.items())
    reasons = "".join(
        f'<li data-key="{item.best}" data-also="{" ".join(item.also)}"><strong>{to_html(record.categories[item.best])}.</strong> '
        f"{to_html(item.explanation)}</li>"
        for item in record.items
    )
    body = f'<ul class="categories">{kinds}</ul><ol class="items">{items}</ol>'
    return _frame(record, _parts(record, body, reasons, tag="ol"))


def _parts(record, body, reasons, tag="ul"):
    return (
        f'<p class="stem">{to_html(record.stem)}</p>{body}'
        f'<details class="reasons"><summary>Answers, explained</summary><{tag}>{reasons}</{tag}></details>'
    )


def _frame(record, inside):
    kind = "sorting" if isinstance(record, Sorting) else "choice"
    return (
        f'<section class="postwar-practice" data-kind="{kind}" data-question="{escape(record.id)}">{inside}</section>'
    )
