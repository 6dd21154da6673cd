"""What the site adds to myst-nb: questions and explorers that react without Python, and links that explain themselves.

A cell that only calls ``check(…)``, ``explore.…()`` or a header of the course is replaced by what a visitor needs; every other
cell stays as myst-nb renders it. Without JavaScript all of it is plain, complete HTML; ``static/site.js`` makes it react.
"""

import ast
import hashlib
import re
from html import escape
from pathlib import Path

from docutils import nodes

from postwar import course, paths, planning_cell
from postwar.book import frames, questions
from postwar.quiz.markup import to_html

_NOTEBOOK_LINK = re.compile(r'href="([^":#]*?)\.ipynb(#[^"]*)?"')
_WIDGET = "application/vnd.jupyter.widget-view+json"
_WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
_ID = re.compile(r'\bid="([^"]+)"')
_HERE = Path(__file__).parent
_TERM = re.compile(r"^###? (.+?)\n\n(.+?)(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)


def jupyter_anchor(title: str) -> str:
    """The anchor that JupyterLab gives a heading."""
    return title.strip().replace(" ", "-")


def calls(source: str) -> list[tuple[str, str]]:
    """The calls that a cell makes at its top level.

    Each is ``("check", id)``, ``("explore", name)``, ``("course", function)``, ``("cite", "")`` or ``("decide", "")``.
    """
    found = []
    for statement in ast.parse(source).body:
        call = getattr(statement, "value", None)
        if not (isinstance(statement, ast.Expr) and isinstance(call, ast.Call)):
            continue
        if isinstance(call.func, ast.Name) and call.func.id == "check":
            found.append(("check", call.args[0].value))
        elif isinstance(call.func, ast.Name) and call.func.id in ("cite", "decide"):
            found.append((call.func.id, ""))
        elif isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") in ("explore", "course"):
            found.append((call.func.value.id, call.func.attr))
    return found


def react(app, doctree):
    """Put the site's own questions and explorers in the place of cells that show one."""
    for cell in list(doctree.findall(_is_code_cell)):
        source = cell.children[0].astext()
        try:
            kind, name = ([*calls(source)] or [("", "")])[-1]
        except SyntaxError:  # a line of IPython's, shown as it stands
            continue
        if kind == "check":
            _replace(cell, questions.html(name))
        elif kind == "explore":
            _replace(cell, frames.html(name))
        elif kind == "cite":
            _fold(cell)
        elif kind == "decide":
            _fold(cell)
            cell.append(nodes.raw("", f"<p>{to_html(planning_cell.words()['elsewhere'])}</p>", format="html"))
        elif kind == "course" and name in ("header", "halfway", "footer", "overview"):
            cell.remove(cell.children[0])
    seen = set()
    for raw in doctree.findall(nodes.raw):  # what a cell printed as HTML links to notebooks, as in JupyterLab
        if _WIDGET in raw.astext():  # it needs a kernel, and a plain version stands before it
            raw.children = []
            continue
        text = _NOTEBOOK_LINK.sub(r'href="\1.html\2"', raw.astext())
        raw.children = [nodes.Text(_unique(text, seen))]


def say_what_needs_no_run(app, doctree):
    """Tell a visitor of the first notebook, which explains Jupyter, what of it holds on the site."""
    if app.env.docname == f"lessons/{course.START.slug}":
        note = (_HERE / "templates" / "start.html").read_text(encoding="utf-8")
        first = next(section for section in doctree.findall(nodes.section) if isinstance(section.parent, nodes.section))
        first.parent.insert(first.parent.index(first), nodes.raw("", note, format="html"))


def _unique(html: str, seen: set[str]) -> str:
    """HTML whose ids no earlier piece of the page has: a picture or a source may be shown twice."""
    for name in dict.fromkeys(_ID.findall(html)):
        fresh = name
        while fresh in seen:
            fresh += "-again"
        seen.add(fresh)
        if fresh != name:
            html = re.sub(rf'(\bid="|url\(#|href="#){re.escape(name)}(?=["\)])', rf"\g<1>{fresh}", html)
    return html


def _is_code_cell(node):
    return isinstance(node, nodes.Element) and node.get("nb_element") == "cell_code"


def _replace(cell, html):
    """Leave the cell's code, folded, and show ``html`` in place of its output."""
    cell.children = cell.children[:1]
    _fold(cell)
    cell += nodes.raw("", html, format="html")


def _fold(cell):
    before = '<details class="postwar-code"><summary>Code of this cell</summary>'
    cell.insert(1, nodes.raw("", "</details>", format="html"))
    cell.insert(0, nodes.raw("", before, format="html"))


def explain_terms(app, doctree, docname):
    """Let links to the glossary say what the term means, to a pointer and to a screen reader."""
    for link in doctree.findall(nodes.reference):
        target = link.get("refuri", "")
        page, _, anchor = target.partition("#")
        if page.endswith("glossary.html") and anchor in app.env.postwar_terms:
            link["reftitle"] = app.env.postwar_terms[anchor]
            link["classes"].append("postwar-term")


def read_glossary(app, env, docnames):
    """Collect the glossary's definitions by anchor."""
    import nbformat

    cells = nbformat.read(paths.LESSONS / "glossary.ipynb", as_version=4).cells
    text = "\n\n".join(cell.source for cell in cells)
    env.postwar_terms = {nodes.make_id(term): _plain(definition) for term, definition in _TERM.findall(text)}


def _plain(markdown: str) -> str:
    """One definition without its marks, comments, lesson and source."""
    text = re.sub(r"<!--.*?-->|<[^>]+>", "", markdown)
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"\*\*|(?<!\w)\*|\*(?!\w)|\\", "", text)
    return " ".join(re.sub(r"(Lesson \d.*)$", "", text).split())


def name_start(app, pagename, templatename, context, doctree):
    """Call home and the first notebook by names of their own wherever a page is named: both have the course's as heading."""
    name = f"0 · {course.START.title}"
    for near in (context.get("prev"), context.get("next")):
        if near and near["link"].endswith(f"{course.START.slug}.html"):
            near["title"] = name
    if pagename == f"lessons/{course.START.slug}":
        context["title"] = name
    if pagename == "index":
        context["title"] = "How allies plan for the security of postwar Ukraine"


def describe(app, pagename, templatename, context, doctree):
    """Describe a lesson's page by its question, where opengraph takes the first sentences; and one that begins with a table."""
    said = {f"lessons/{item.slug}": item.question for item in course.SEQUENCE}
    said["CONTRIBUTING"] = "Where everything is, and how to change lessons, questions, explorers and data."
    if pagename in said:
        content = rf'\g<1>content="{escape(said[pagename])}"'
        pattern = r'(<meta (?:name="|property="og:)description" )content="[^"]*"'
        context["metatags"] = re.sub(pattern, content, context["metatags"])


def defer_scripts(app, pagename, templatename, context, doctree):
    """Let scripts wait until the page is read; the lines inside the page need the options, the search page its tools.

    What myst-nb keeps of the live widgets, three quarters of a lesson's page, goes: none of them is on it.
    """
    context["script_files"] = [s for s in context["script_files"] if s.attributes.get("type") != _WIDGET_STATE]
    if pagename != "search":
        context["script_files"] = [_deferred(script) for script in context["script_files"]]


def _deferred(script):
    """A copy that waits: all pages share the script itself."""
    if not script.filename or "documentation_options" in script.filename:
        return script
    return type(script)(script.filename, priority=script.priority, **script.attributes | {"defer": "defer"})


def setup(app):
    app.connect("builder-inited", frames.start_drawing)
    app.connect("env-updated", frames.wait_for_drawing)
    app.connect("env-before-read-docs", read_glossary)
    app.connect("doctree-read", react)
    app.connect("doctree-read", say_what_needs_no_run)
    app.connect("doctree-resolved", explain_terms)
    app.connect("html-page-context", name_start, priority=100)  # before opengraph
    app.connect("html-page-context", describe, priority=900)  # after opengraph
    app.connect("html-page-context", defer_scripts, priority=900)
    own = hashlib.sha256(
        b"".join(path.read_bytes() for path in sorted([*_HERE.glob("*.py"), *_HERE.glob("templates/*")]))
    )
    return {
        "version": "1",
        "env_version": int(own.hexdigest()[:8], 16),  # pages are made anew as soon as what makes them changes
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
