"""What a click does to the source of a cell: `answerEdits` of ``choice.js``, run in the browser."""

import ast
import itertools
from base64 import b64encode

import nbformat
import pytest

from postwar import paths
from postwar.quiz.widget import ChoiceWidget


@pytest.fixture(scope="module")
def edit(browser):
    """edit([(source, value), …], call="ask", match="Which?", argument="answer") → new sources; None: left alone."""
    page = browser.new_page()
    script = b64encode(str(ChoiceWidget._esm).encode()).decode()
    page.evaluate(
        """async (script) => {
            const { answerEdits } = await import(`data:text/javascript;base64,${script}`);
            const apply = (text, edits) =>
                edits.reduceRight((t, { from, to, insert }) => t.slice(0, from) + insert + t.slice(to), text);
            window.edit = (cases, answer) => cases.map(([source, value]) => {
                const edits = answerEdits(source, { ...answer, value });
                return edits && apply(source, edits);
            });
        }""",
        script,
    )

    def run(cases, call="ask", match="Which?", argument="answer"):
        answer = {"call": call, "match": match, "argument": argument}
        return page.evaluate("([cases, answer]) => edit(cases, answer)", [cases, answer])

    yield run
    page.close()


LAYOUTS = {
    "one line": ('ask("Which?", a="x")', 'ask("Which?", a="x", answer="b")'),
    "assigned": ('q1 = ask("Which?", a="x"); q1', 'q1 = ask("Which?", a="x", answer="b"); q1'),
    "trailing comma": ('ask("Which?", a="x",)', 'ask("Which?", a="x", answer="b")'),
    "replaced": ('ask("Which?", answer="a", b="x")', 'ask("Which?", answer="b", b="x")'),
    "None replaced": ("ask('Which?', answer=None)", "ask('Which?', answer=\"b\")"),
    "other quotes replaced": ("ask('Which?', answer = 'a' )", "ask('Which?', answer = \"b\" )"),
    "lines": ('ask(\n    "Which?",\n    a="x",\n)', 'ask(\n    "Which?",\n    a="x",\n    answer="b",\n)'),
    "lines without last comma": ('ask(\n  "Which?",\n  a="x"\n)', 'ask(\n  "Which?",\n  a="x",\n  answer="b",\n)'),
    "closed on the last line": ('ask(\n    "Which?",\n    a="x")', 'ask(\n    "Which?",\n    a="x",\n    answer="b")'),
    "comment after the last option": (
        'ask(\n    "Which?",\n    a="x"  # not this, or (that)\n)',
        'ask(\n    "Which?",\n    a="x",  # not this, or (that)\n    answer="b",\n)',
    ),
    "stub": (
        'ask(\n    "Which?",\n    a="x",\n    # YOUR ANSWER HERE\n)\nq1',
        'ask(\n    "Which?",\n    a="x",\n    answer="b",\n)\nq1',
    ),
    "stub after a missing comma": (
        'ask(\n    "Which?",\n    a="x"\n    # YOUR ANSWER HERE\n)',
        'ask(\n    "Which?",\n    a="x",\n    answer="b",\n)',
    ),
    "stub before the options": (
        'ask(\n    "Which?",\n    # YOUR ANSWER HERE\n    a="x",\n)',
        'ask(\n    "Which?",\n    answer="b",\n    a="x",\n)',
    ),
    "stub left beside an answer": (
        'ask(\n    "Which?",\n    # YOUR ANSWER HERE\n    answer="c",\n)',
        'ask(\n    "Which?",\n    answer="b",\n)',
    ),
    "instructor's copy": (
        'ask(\n    "Which?",\n    ### BEGIN SOLUTION\n    answer="a",\n    ### END SOLUTION\n)',
        'ask(\n    "Which?",\n    ### BEGIN SOLUTION\n    answer="b",\n    ### END SOLUTION\n)',
    ),
    "brackets and quotes inside options": (
        """ask("Which?", a="),(", b='it\\'s "so"', c=f"{d['k']})", d=str((1, 2)))""",
        """ask("Which?", a="),(", b='it\\'s "so"', c=f"{d['k']})", d=str((1, 2)), answer="b")""",
    ),
    "f-string of Python 3.12": (
        'ask("Which?", a=f"{d["k"]} )", b="y")',
        'ask("Which?", a=f"{d["k"]} )", b="y", answer="b")',
    ),
    "long text": ('ask("""Which?""", a="""x\n)""")', 'ask("""Which?""", a="""x\n)""", answer="b")'),
    "unpacked options": ('ask("Which?", **more)', 'ask("Which?", **more, answer="b")'),
    "answer only as text": ('ask("Which?", a=\'answer="c"\')', 'ask("Which?", a=\'answer="c"\', answer="b")'),
    "call with a module": ('postwar.ask("Which?")', 'postwar.ask("Which?", answer="b")'),
    "call in a comment and a text": (
        's = "ask(1)"  # ask("Which?")\nask("Which?")',
        's = "ask(1)"  # ask("Which?")\nask("Which?", answer="b")',
    ),
    "function of the same name defined": (
        'def ask(x): return x\nask("Which?")',
        'def ask(x): return x\nask("Which?", answer="b")',
    ),
    "other function that ends alike": ('task("Which?"); ask("Which?")', 'task("Which?"); ask("Which?", answer="b")'),
    "shell line with an apostrophe": ('!echo don\'t\nask("Which?")', '!echo don\'t\nask("Which?", answer="b")'),
    "two calls": (
        'ask("Who?", a="x"), ask("Which?", a="x")',
        'ask("Who?", a="x"), ask("Which?", a="x", answer="b")',
    ),
    "two calls, text in parts": (
        'ask("Who?")\nask(\n    "Wh"\n    \'ich?\',\n)',
        'ask("Who?")\nask(\n    "Wh"\n    \'ich?\',\n    answer="b",\n)',
    ),
    "two calls, escapes": ('ask("Who?")\nask("Wh\\x69ch\\u003f")', 'ask("Who?")\nask("Wh\\x69ch\\u003f", answer="b")'),
    "two calls, by keyword": ('ask("Who?")\nask(stem="Which?")', 'ask("Who?")\nask(stem="Which?", answer="b")'),
    "text kept in a variable": ("ask(stem, a=x)", 'ask(stem, a=x, answer="b")'),
    "unchanged": ('ask("Which?", answer="b")', 'ask("Which?", answer="b")'),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout(edit, name):
    before, after = LAYOUTS[name]
    assert edit([(before, "b")]) == [after]


@pytest.mark.parametrize(
    "source",
    [
        "x = 1",
        'ask("Which?"',
        'ask("Which?", a="never closed)',
        'ask("Which?"); ask("Which?")',
        'ask("Who?"); ask("When?")',
        '# ask("Which?")',
    ],
)
def test_a_cell_without_one_fitting_call_is_left_alone(edit, source):
    assert edit([(source, "b")]) == [None]


def test_an_explorer_gets_its_prediction(edit):
    sources = ["explore.bargaining_range()", "import x\nexplore.bargaining_range(p=0.5)", "explore.other()"]
    cases = [(source, "wider") for source in sources]
    assert edit(cases, call="explore.bargaining_range", match="", argument="prediction") == [
        'explore.bargaining_range(prediction="wider")',
        'import x\nexplore.bargaining_range(p=0.5, prediction="wider")',
        None,
    ]


def test_any_words_come_back_as_they_were(edit):
    words = ['"quoted"', "back\\slash\\", "it's", "two\nlines", "ж 🙂 ∑", "{braces} %s # no comment", "\t\x00\x7f"]
    for value, source in zip(words, edit([("ask()", word) for word in words]), strict=True):
        assert ast.parse(source).body[0].value.keywords[0].value.value == value


def call_layouts():
    """Calls in every combination of line breaks, commas, comments, stub and an answer given before."""
    breaks = ["", "\n    "]
    answers = [None, 'answer="a"', "answer = None", 'answer=(\n        "a"\n    )']
    texts = ['"Which?"', "'Which?'", '"""Which?"""', '("Wh" "ich?")']
    for before, stem, comma, comment, stub, answer, first, after in itertools.product(
        ["", 'x = (1, "ask(")\n'],
        texts,
        ["", ","],
        ["", "  # ) note"],
        [False, True],
        answers,
        [False, True],
        ["", "\nq"],
    ):
        for gap in breaks:
            if (comment or stub) and not gap:
                continue
            options = ['a="x, (y"', "b=f'{z}'"]
            if answer:
                options.insert(0 if first else 2, answer)
            inner = gap + ("," + (gap or " ")).join([stem, *options]) + comma + comment
            inner += "\n    # YOUR ANSWER HERE" if stub else ""
            yield f"{before}q = ask({inner}{chr(10) if gap else ''}){after}"


def test_every_layout_stays_python_and_differs_in_the_answer_only(edit):
    sources = list(dict.fromkeys(call_layouts()))
    assert len(sources) > 500
    for before, after in zip(sources, edit([(source, "b") for source in sources]), strict=True):
        assert "YOUR ANSWER" not in after
        assert after.count("# ) note") == before.count("# ) note")
        assert without_answer(before)[0] == without_answer(after)[0]
        assert without_answer(after)[1] == "b", after


def without_answer(source):
    """The syntax tree with the answer taken out, and the answer."""
    tree = ast.parse(source)
    call = next(node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.func.id == "ask")
    answers = [keyword.value.value for keyword in call.keywords if keyword.arg == "answer"]
    assert len(answers) <= 1
    call.keywords = [keyword for keyword in call.keywords if keyword.arg != "answer"]
    return ast.dump(tree), answers[0] if answers else None


def test_every_call_in_the_course_can_be_answered(edit):
    calls = []
    folders = (paths.LESSONS, paths.EXERCISES, paths.SOLUTIONS)
    for path in (path for folder in folders for path in folder.rglob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code" and "ask(" in cell.source:
                calls += asked(cell.source)
    assert calls
    for source, stem in calls:
        (after,) = edit([(source, "b")], match=stem)
        assert after is not None, source
        assert 'answer="b"' in after
        ast.parse(after)


def asked(source):
    """Pairs of source and stem for each `ask` in a cell."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ask":
            yield source, ast.literal_eval(node.args[0])
