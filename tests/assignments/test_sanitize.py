"""What a student wrote passes an allow-list before formgrader or a feedback page shows it."""

import base64
import time

import nbformat
import pytest
from nbconvert import HTMLExporter
from traitlets.config import Config

from postwar.assignments import sanitize
from postwar.assignments.config import configure

BAD = [
    '<script>x</script>', '<img src="x" onerror="x">', '<img src="/logout">', '<img src="https://example.org/x.png">', '<svg onload="x"></svg>',
    '<style>body{}</style>', '<p id="essay" class="score tabbable" style="position:fixed">x</p>', '<form action="/logout"><input></form>',
    '<iframe srcdoc="x"></iframe>', '<a href="javascript:x">x</a>', '<a href="/logout">x</a>', '<a href="data:text/html,x">x</a>',
    '<base href="/x">', '<link rel="stylesheet" href="/x">', '<meta http-equiv="refresh" content="0">', '<object data="/x"></object>',
    '<button class="full-credit">x</button>', '<math><mtext><style><img src=x onerror=x></style></mtext></math>', '<a name="x" target="x">x</a>',
    '<p contenteditable autofocus tabindex="1" accesskey="x" hidden data-x="1" role="button" aria-label="x">x</p>', '<img src="data:text/html;base64,eA==">',
]  # fmt: skip
MARKS = ("script", "onerror", "onload", "logout", "style", "id=", "class=", "form", "iframe", "javascript:", "base ", "link", "meta", "object",
         "button", "name=", "target", "tabindex", "accesskey", "hidden", "data-x", "role", "aria", "contenteditable", "text/html", "example.org/x.png")  # fmt: skip


@pytest.mark.parametrize("html", BAD)
def test_nothing_but_text_is_left(html):
    assert [mark for mark in MARKS if mark in sanitize.clean(html).lower()] == []


def test_honest_marks_stay():
    kept = '<p><strong>a</strong> <a href="https://example.org" rel="noopener noreferrer nofollow">b</a> <img src="data:image/png;base64,aGk=" alt="c"></p>'
    assert sanitize.clean(kept) == kept
    table = "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"
    assert sanitize.clean(table) == table


def _page(*cells, template="classic", **metadata):
    config = Config()
    configure(config)
    config.HTMLExporter.preprocessors = ["postwar.assignments.feedback.GraderView"]
    html, _ = HTMLExporter(config=config, template_name=template).from_notebook_node(
        nbformat.v4.new_notebook(cells=list(cells), metadata=metadata)
    )
    return html.partition("<body")[2]


def test_every_way_into_a_page_is_closed():
    trap = '"><img src=x onerror=TRAP><p id=TRAP>'
    png = nbformat.v4.new_output(
        "display_data", {"image/png": trap}, metadata={"image/png": {"width": trap}, "filenames": {"image/png": trap}}
    )
    rich = nbformat.v4.new_output("display_data", {
        "text/html": trap, "application/javascript": "TRAP()", "text/latex": trap, "image/svg+xml": f"<svg onload=TRAP>{trap}</svg>",
        "application/vnd.jupyter.widget-view+json": {"model_id": trap}, "text/plain": trap})  # fmt: skip
    outputs = [png, rich, nbformat.v4.new_output("stream", name="stdout", text=trap),
               nbformat.v4.new_output("display_data", {"text/markdown": trap}), nbformat.v4.new_output("display_data", {"text/latex": trap}),
               nbformat.v4.new_output("error", ename=trap, evalue=trap, traceback=[trap])]  # fmt: skip
    code = nbformat.v4.new_code_cell(
        "1", outputs=outputs, metadata={"magics_language": trap, "tags": [trap], "postwar": {"objective": trap}}
    )
    text = nbformat.v4.new_markdown_cell(trap + " ![](attachment:a)", attachments={"a": {trap: "x", "image/png": trap}})
    html = _page(code, text, nbformat.v4.new_raw_cell(trap), title=trap, widgets={"application/vnd.jupyter.widget-state+json": {"state": {"a": trap}}},
                 language_info={"name": trap, "pygments_lexer": trap})  # fmt: skip
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(html, "html.parser")
    assert soup.select("[onerror], [onload], [id*=TRAP], script") == []
    for picture in soup.select("img"):
        assert picture.get("src", "data:image/").startswith("data:image/")


def test_the_instructor_s_markup_stays():
    locked = {
        "nbgrader": {
            "grade": False,
            "grade_id": "t",
            "locked": True,
            "solution": False,
            "schema_version": 3,
            "task": False,
        }
    }
    html = _page(nbformat.v4.new_markdown_cell('<div class="scheme" id="mine">**a**</div>', metadata=locked))
    assert 'class="scheme"' in html
    assert 'id="mine"' in html


def test_a_monster_is_shown_without_formatting_and_at_once():
    began = time.process_time()
    html = _page(
        nbformat.v4.new_markdown_cell("\\begin{a}" * 20_000), nbformat.v4.new_code_cell("a." * 50_000 + "<script>x</script>"),
        *(nbformat.v4.new_code_cell("a." * 2_400) for _ in range(100)),
    )  # fmt: skip
    assert time.process_time() - began < 20  # else minutes
    assert "&lt;script&gt;x" in html


def test_formulas_and_pictures_of_a_student_s_stay():
    picture = base64.b64encode(b"hi").decode()
    text = "So $a < b$ and\n\n$$x_1 < x_2$$\n\n![mine](attachment:a.png) and `code`"
    html = _page(nbformat.v4.new_markdown_cell(text, attachments={"a.png": {"image/png": picture}}))
    assert "$a &lt; b$" in html
    assert "$$x_1 &lt; x_2$$" in html
    assert f"data:image/png;base64,{picture}" in html
    assert "<code>code</code>" in html


@pytest.mark.parametrize("attachments", [None, {"b.svg": {"image/svg+xml": "<svg/>"}}])
def test_a_picture_that_is_not_attached_leaves_its_description(attachments):
    cell = nbformat.v4.new_markdown_cell("Before ![my <b>](attachment:b.svg) after")
    if attachments:
        cell.attachments = attachments
    assert "Before my &lt;b&gt; after" in _page(cell)
