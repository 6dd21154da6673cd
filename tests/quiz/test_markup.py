"""The inline formatting of questions."""

import pytest

from postwar.quiz.markup import to_html, to_text


@pytest.mark.parametrize(
    ("text", "html", "plain"),
    [
        ("plain", "plain", "plain"),
        ("the `p` slider", "the <code>p</code> slider", "the p slider"),
        ("an *inference* here", "an <em>inference</em> here", "an inference here"),
        ("2 * 3 * 4", "2 * 3 * 4", "2 * 3 * 4"),
        ("`a*b*c`", "<code>a*b*c</code>", "a*b*c"),
        ("x < y & z", "x &lt; y &amp; z", "x < y & z"),
        ("cₐ², 0.1−0.2", "cₐ², 0.1−0.2", "cₐ², 0.1−0.2"),
        ("one\n\ntwo", "one<br>two", "one\n\ntwo"),
    ],
)
def test_inline_formatting(text, html, plain):
    assert to_html(text) == html
    assert to_text(text) == plain
