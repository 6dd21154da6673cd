"""What a class chose: each question of an assignment, how many took each option, and the misconception behind it."""

import ast
from collections import Counter
from pathlib import Path

import nbformat
import pandas as pd

from postwar.copies import handin
from postwar.copies.inspect import read_notebook
from postwar.editions import versions
from postwar.paths import solutions

COLUMNS = ["notebook", "item", "question", "option", "wording", "best", "students", "share", "explanation"]


def choices(slug: str, course: Path) -> pd.DataFrame:
    """One row per option of every question: how many of the autograded copies chose it.

    ``share`` is of the copies in which the question was answered; ``best`` marks the best option. Reads
    ``autograded/*/<slug>`` below the folder ``course`` and writes nothing. In a class with several editions, where letters and
    numbers differ, options are counted by what they say and numbered as in the bank; they are worded with its own numbers.

    Raises
    ------
    FileNotFoundError : there is no such assignment, or nothing of it has been graded yet.
    """
    keys = solutions(course)
    if not (keys / slug).is_dir():
        known = ", ".join(sorted(path.name for path in keys.iterdir() if path.is_dir()))
        raise FileNotFoundError(f"There is no assignment {slug!r}. There are {known}.")
    classes = versions.of_class(course)
    if classes is not None and classes.several:
        return _over_editions(slug, course, classes)
    rows = []
    for source in sorted((keys / slug).glob("*.ipynb")):
        copies = sorted(course.glob(f"autograded/*/{slug}/{source.name}"))
        questions = _questions(source)
        if not questions:
            continue
        if not copies:
            raise _nothing_graded(slug, course)
        chosen = {item: Counter() for item in questions}
        for copy in copies:
            for item, answer in _answers(copy):
                if item in chosen:
                    chosen[item][answer] += 1
        for item, (stem, options, best, why) in questions.items():
            answered = sum(chosen[item][letter] for letter in options)
            for letter, wording in options.items():
                count = chosen[item][letter]
                share = count / answered if answered else 0.0
                rows.append((source.stem, item, stem, letter, wording, letter == best, count, share, why[letter]))
    return pd.DataFrame(rows, columns=COLUMNS)


def _nothing_graded(slug, course):
    return FileNotFoundError(
        f"Nothing of {slug} is graded yet in {course / 'autograded'}. Run `postwar grade {slug}` first."
    )


def _over_editions(slug, course, classes) -> pd.DataFrame:
    """What `choices` returns, for a class whose students have different editions."""
    source, chosen, asked = classes.source(slug), Counter(), {}
    copies = sorted(course.glob(f"autograded/*/{slug}/*.ipynb"))
    if not copies:
        raise _nothing_graded(slug, course)
    for copy in copies:
        try:
            notebook, student = read_notebook(copy), copy.parts[-3]
        except ValueError:  # damaged since it was graded
            continue
        edition = classes.identify(slug, copy.stem, notebook, student).edition
        for slot, answer in _answers(copy):
            if slot not in edition.orders:
                continue
            item, order = source.item(slot, edition.chosen[slot]), edition.orders[slot]
            place = "abcdefgh".find(answer)
            if item.kind == "one" and 0 <= place < len(order):
                asked[item.id] = copy.stem, item.filled(None)[0]
                chosen[item.id, order[place]] += 1
    rows = []
    for name, (notebook, item) in asked.items():
        total = sum(chosen[name, i] for i in range(len(item.options)))
        for i, option in enumerate(item.options):
            count = chosen[name, i]
            told = option.text, i == 0, count, count / total, option.explanation
            rows.append((notebook, name, item.stem, str(i + 1), *told))
    return pd.DataFrame(rows, columns=COLUMNS)


def report(slug: str, csv: Path | None = None) -> int:
    """Print each question, hardest first, with the shares of its options; returns the exit status."""
    from rich.console import Console

    console = Console()
    try:
        table = choices(slug, Path.cwd())
    except FileNotFoundError as error:
        console.print(str(error), style="red", highlight=False)
        return 1
    if csv:
        table.to_csv(csv, index=False)
        console.print(f"{len(table)} options written to {csv}", highlight=False)
        return 0
    right = table[table["best"]].set_index("item")["share"].sort_values()
    for item, share in right.items():
        options = table[table["item"] == item]
        console.print(f"\n[bold]{item}[/]  {share:.0%} right of {options['students'].sum()} answers", highlight=False)
        console.print(options["question"].iloc[0], highlight=False, markup=False)
        for row in options.sort_values("students", ascending=False).itertuples():
            mark = "✓" if row.best else " "
            console.print(f"  {mark} {row.share:>4.0%}  {row.option}  {row.wording}", highlight=False, markup=False)
        wrong = options[~options["best"]].sort_values("students").iloc[-1]
        if wrong["students"]:
            said = f"      most chosen of the others, {wrong['option']}: {wrong['explanation']}"
            console.print(said, style="dim", highlight=False, markup=False)
    return 0


def _questions(source: Path) -> dict[str, tuple]:
    """Item -> (stem, options, best letter, explanations) from a solution notebook."""
    found, asked = {}, None
    for cell in nbformat.read(source, as_version=4).cells:
        if call := _call(cell, "ask"):
            asked = ast.literal_eval(call.args[0]), _texts(call, but="answer")
        elif asked and (call := _call(cell, "mark_choice")):
            stem, options = asked
            why = _texts(call)
            best, options = why.pop("best"), {letter: text for letter, text in options.items() if letter in why}
            found[cell.metadata["nbgrader"]["grade_id"]] = stem, options, best, why
            asked = None
    return found


def _answers(copy: Path):
    """(item, chosen letter) of every answered question in a student's copy; a damaged cell or copy gives nothing."""
    try:
        cells = read_notebook(copy).cells
    except ValueError:
        return
    for cell in cells:
        call = _call(cell, "ask")
        answer = _texts(call).get("answer") if call else None
        if answer:
            yield cell.metadata.get("nbgrader", {}).get("grade_id", "").removesuffix("-answer"), answer.strip().lower()


def _call(cell, name: str) -> ast.Call | None:
    """The first call of that name in a code cell; what a student wrote can be anything."""
    if cell.cell_type != "code" or f"{name}(" not in cell.source:
        return None
    tree = handin.parsed(cell.source)
    if isinstance(tree, str):
        return None
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return next((call for call in calls if getattr(call.func, "attr", getattr(call.func, "id", "")) == name), None)


def _texts(call: ast.Call, but: str = "") -> dict[str, str]:
    """The keyword arguments of a call that are plain texts."""
    return {
        keyword.arg: keyword.value.value
        for keyword in call.keywords
        if keyword.arg != but and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str)
    }
