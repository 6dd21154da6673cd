"""What a class chose: each question of an assignment, how many gave each answer to each part of it, and what it shows."""

from collections import Counter
from pathlib import Path

import pandas as pd

from postwar.copies.inspect import read_notebook
from postwar.paths import solutions
from postwar.quiz import answered
from postwar.quiz.asking import CONFIDENCE

COLUMNS = ["notebook", "item", "kind", "question", "part", "wording", "best", "students", "share", "explanation"]
_KINDS = {"all": "all that apply", "order": "an order", "pairs": "pairs"}


def choices(slug: str, course: Path) -> pd.DataFrame:
    """One row per answer that could be given to a part of a question: how many of the autograded copies gave it.

    ``kind`` is one, all, order or pairs; an ordinary question has one ``part``, which is empty, the others one for each option, step or
    claim (see `postwar.quiz.answered`). ``share`` is of the copies in which the part was answered; ``best`` marks the right answer. Reads
    ``autograded/*/<slug>`` below the folder ``course`` and writes nothing. In a class with several editions, where letters and
    numbers differ, answers are counted by what they say, in the words of one edition. Rows of ``kind`` sure follow a question that
    asks for confidence: how many chose each level, and how many of them are right. Answers under a question whose words a student has
    changed count nowhere; ``attrs["changed"]`` says how many there are.

    Raises
    ------
    FileNotFoundError : there is no such assignment, or nothing of it has been graded yet.
    """
    keys = solutions(course)
    if not (keys / slug).is_dir():
        known = ", ".join(sorted(path.name for path in keys.iterdir() if path.is_dir()))
        raise FileNotFoundError(f"There is no assignment {slug!r}. There are {known}.")
    copies = sorted(course.glob(f"autograded/*/{slug}/*.ipynb"), key=lambda file: (file.name, file))
    if not copies:
        raise FileNotFoundError(
            f"Nothing of {slug} is graded yet in {course / 'autograded'}. Run `postwar grade {slug}` first."
        )
    found = [((copy.stem, item), *rest) for copy in copies for item, *rest in _answers(copy)]
    questions = answered.unchanged((place, asked) for place, asked, *_ in found)
    chosen, sure, changed = Counter(), {}, 0
    for place, asked, answer, level in found:
        question = place, asked.same  # an alternate that is asked in the place of an item is another question
        given = asked.given(answer)
        if asked.words != questions[question].words:
            changed += bool(given)  # its letters say something else
            continue
        for part, one in enumerate(given):
            chosen[question, part, one.answer] += 1
        if given and level in CONFIDENCE:
            sure.setdefault(question, {}).setdefault(level, []).append(given[0].right)
    rows = []
    for question, asked in questions.items():
        (notebook, item), _ = question
        for part, possible in enumerate(asked.choices):
            counts = [chosen[question, part, one.answer] for one in possible]
            for one, count in zip(possible, counts, strict=True):
                told = one.asked, one.wording, one.right, count, count / sum(counts) if count else 0.0, one.told
                rows.append((notebook, item, asked.kind, asked.stem, *told))
        levels = sure.get(question, {})
        for level in filter(levels.get, CONFIDENCE):
            count, right = len(levels[level]), sum(levels[level])
            share = count / sum(map(len, levels.values()))
            told = "", level, False, count, share, f"{right} of them are right."
            rows.append((notebook, item, "sure", asked.stem, *told))
    table = pd.DataFrame(rows, columns=COLUMNS)
    table.attrs["changed"] = changed
    return table


def report(slug: str, csv: Path | None = None) -> int:
    """Print each question, hardest first, with the shares of its answers; returns the exit status."""
    from rich.console import Console

    console = Console()
    try:
        table = choices(slug, Path.cwd())
    except FileNotFoundError as error:
        console.print(str(error), style="red", highlight=False)
        return 1
    if changed := table.attrs["changed"]:
        console.print(
            f"Not counted: {changed} answers under questions whose words were changed in the copy.", style="yellow"
        )
    if csv:
        table.to_csv(csv, index=False)
        console.print(f"{len(table)} answers written to {csv}", highlight=False)
        return 0
    where = ["notebook", "item", "question"]
    right = table[table["best"]].groupby(where, sort=False)["share"].mean().sort_values(kind="stable")
    by_question = dict(tuple(table.groupby(where, sort=False)))
    for question, share in right.items():
        _print(console, by_question[question], share)
    return 0


def _print(console, answers, share):
    """One question: its parts, hardest first, and under each what was answered."""

    def say(text, style=None):
        console.print(text, style=style, highlight=False, markup=False)

    sure, answers = answers[answers["kind"] == "sure"], answers[answers["kind"] != "sure"]
    first, parts = answers.iloc[0], dict(tuple(answers.groupby("part", sort=False)))
    kind, each = _KINDS.get(first["kind"], ""), "of the parts, " if first["kind"] != "one" else ""
    many = max(part["students"].sum() for part in parts.values())
    console.print(
        f"\n[bold]{first['item']}[/]  {share:.0%} right {each}of {many} answers{f' ({kind})' * bool(kind)}",
        highlight=False,
    )
    say(first["question"])
    for name in sorted(parts, key=lambda name: parts[name].loc[parts[name]["best"], "share"].sum()):
        part = parts[name]
        if name:
            say(f"  {name}")
        for row in part.sort_values("students", ascending=False, kind="stable").itertuples():
            if row.students or row.best or not name:
                say(f"  {'  ' * bool(name)}{'✓' if row.best else ' '} {row.share:>4.0%}  {row.wording}")
        wrong = part[~part["best"]].sort_values("students").iloc[-1]
        if wrong["students"]:
            say(f"      most chosen of the others, “{wrong['wording']}”: {wrong['explanation']}", "dim")
    for row in sure.itertuples():
        say(f"    “{row.wording}” said {row.students}; {row.explanation}")


def _answers(copy: Path):
    """(item, question, answer) of every answered question in a student's copy; a damaged cell or copy gives nothing."""
    try:
        cells = read_notebook(copy).cells
    except ValueError:
        return
    source = ""
    for cell in cells:
        about = cell.metadata.get("nbgrader") or {}
        if cell.cell_type != "code" or not isinstance(about, dict):
            continue
        if about.get("solution"):
            source = cell.source
        elif about.get("grade") and source:
            if asked := answered.asked(source, cell.source):
                yield about.get("grade_id", ""), asked, *answered.answer_in(source)
            source = ""
