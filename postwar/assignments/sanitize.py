"""Make what a student wrote, printed or tampered with harmless before a person looks at it in formgrader or on a feedback page.

Text counts as a student's unless it comes from a locked cell (`Instructors`). Markdown and rich outputs are converted to HTML
and then pass nh3's allow-list: no ids, classes, styles, forms or scripts, pictures only from ``data:`` addresses, links only to
the web. Formulas stay as text, for MathJax. Metadata is dropped but for what the pages' templates read.
"""

import base64
import re
from functools import cache
from html import escape

import nh3
from jinja2 import pass_context
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbgrader.utils import is_locked

TAGS = set(
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "caption",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "tt",
        "u",
        "var",
    ]
)
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
}
#: How many characters of a student's text are formatted in one cell, and in a notebook: an essay of 3,000 words, a long answer.
_LONGEST_FORMATTED = {"markdown": 20_000, "code": 5_000}
_MOST_FORMATTED = 200_000
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
_LINK = re.compile(r"(https?://|mailto:)", re.IGNORECASE)
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")


class Instructors(str):
    """Text of the instructor's, which is shown as it is."""


class Long(str):
    """Text of the student's that is shown without any formatting: for some texts that takes minutes, and formgrader waits for it."""


def clean(html: str) -> str:
    """*html* with nothing in it but plain text marks, tables, pictures that it carries itself, and links to the web."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_plain_attribute,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer nofollow",
    )


def _plain_attribute(tag: str, attribute: str, value: str) -> str | None:
    wanted = {"src": _PICTURE.fullmatch, "href": _LINK.match}.get(attribute)
    return value if wanted is None or wanted(value.strip()) else None


class _Renderer(IPythonRenderer):
    """nbconvert's, which stops at a picture that is not attached, as of a cell copied without it: its description stands in its place."""

    def image(self, text: str, url: str, title: str | None = None) -> str:
        name = url.removeprefix("attachment:")
        return escape(text) if name != url and name not in self.attachments else super().image(text, url, title)


@pass_context
def markdown2html(context, source: str) -> str:
    """nbconvert's filter of that name; what is not the instructor's is cleaned."""
    if isinstance(source, Long):
        return _unformatted(source)
    attachments = context.get("cell", {}).get("attachments", {})
    renderer = _Renderer(escape=False, attachments=attachments, exclude_anchor_links=True)
    html = MarkdownWithMath(renderer=renderer).render(str(source))
    return html if isinstance(source, Instructors) else clean(html)


@cache
def _highlighter():
    return Highlight2HTML(pygments_lexer="ipython3")


def highlight_code(source: str, language=None, metadata=None) -> str:
    """nbconvert's filter of that name, always for Python: the language that a notebook claims would become markup."""
    return _unformatted(source) if isinstance(source, Long) else _highlighter()(source)


def _unformatted(source):
    return f"<pre>{escape(source, quote=False)}</pre>"


def cell(node: NotebookNode) -> None:
    """Make the text, outputs and metadata of a cell fit to be shown; changes *node*."""
    locked = is_locked(node)
    if locked and node.cell_type == "markdown":
        node.source = Instructors(node.source)
    elif node.cell_type == "raw":
        node.source = escape(node.source, quote=False)
    objective = node.metadata.get("postwar", {})
    objective = objective.get("objective", "") if isinstance(objective, dict) else ""
    kept = {"nbgrader": node.metadata["nbgrader"]} if "nbgrader" in node.metadata else {}
    if objective and locked:
        kept["postwar"] = {"objective": escape(str(objective))}
    node.metadata = NotebookNode(kept)
    if "id" in node:
        node.id = re.sub(r"[^\w-]", "", str(node.id))
    if "attachments" in node:
        node.attachments = _attachments(node.attachments)
    if node.cell_type == "code":
        node.execution_count = node.execution_count if isinstance(node.execution_count, int) else None
        node.outputs = [_output(output) for output in node.outputs]


def notebook(nb: NotebookNode) -> None:
    """Drop a notebook's own metadata but for its language: titles and widgets would become markup. Marks texts that are too long."""
    left = _MOST_FORMATTED
    for each in nb.cells:
        if not is_locked(each):
            left -= len(each.source)
            if len(each.source) > _LONGEST_FORMATTED.get(each.cell_type, 0) or left < 0:
                each.source = Long(each.source)
    nb.metadata = NotebookNode({key: nb.metadata[key] for key in ("kernelspec", "language_info") if key in nb.metadata})


def _attachments(attachments) -> dict:
    found = {}
    for name, bundle in dict(attachments).items():
        pictures = {kind: _base64(data) for kind, data in dict(bundle).items() if kind in _PICTURES}
        if pictures:
            found[name] = pictures
    return found


def _output(output: NotebookNode) -> NotebookNode:
    if output.output_type == "stream":
        output.name = "stderr" if output.name == "stderr" else "stdout"
    if "data" in output:
        size = {kind: _size(output.get("metadata", {}), kind) for kind in _PICTURES}
        output.data = NotebookNode(_bundle(output.data))
        output.metadata = NotebookNode({kind: size[kind] for kind in size if kind in output.data and size[kind]})
    if "execution_count" in output and not isinstance(output.execution_count, int):
        output.execution_count = None
    return output


def _bundle(data) -> dict:
    """A display's data in the forms that pages may show."""
    found = {}
    for kind, content in data.items():
        text = "".join(content) if isinstance(content, list) else content
        if not isinstance(text, str):
            continue
        if kind in ("text/plain", "text/markdown"):
            found[kind] = text
        elif kind == "text/html":
            found[kind] = clean(text)
        elif kind == "text/latex":
            found[kind] = escape(text, quote=False)
        elif kind in _PICTURES:
            found[kind] = _base64(text)
        elif kind == "image/svg+xml":
            # As a picture, a drawing neither runs nor loads anything.
            encoded = base64.b64encode(text.encode("utf-8", "replace")).decode()
            found.setdefault("text/html", f'<img alt="a drawing" src="data:image/svg+xml;base64,{encoded}">')
    return found


def _base64(data) -> str:
    return re.sub(r"[^A-Za-z0-9+/=]", "", "".join(data) if isinstance(data, list) else str(data))


def _size(metadata, kind) -> dict:
    said = metadata.get(kind) or {}
    said = said if isinstance(said, dict) else {}
    return {key: said[key] for key in ("width", "height") if isinstance(said.get(key), int)}
