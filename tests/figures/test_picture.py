"""What every picture of the course is held to."""

import re

from postwar.figures.picture import Picture
from postwar.figures.style import canvas, make_ahead, styled


@styled
def _bar(height):
    figure, ax = canvas()
    ax.bar([0], [height], hatch="///", edgecolor="white")
    return Picture(figure, f"The bar is {height} high & <plain>.", {"height": [height]})


def _ids(svg):
    return set(re.findall(r'\bid="([^"]+)"', svg))


def test_two_pictures_on_a_page_share_no_id_and_refer_to_their_own():
    one, two = _bar(1).svg(), _bar(2).svg()
    assert "<pattern" in one
    assert not _ids(one) & _ids(two)
    for svg in (one, two):
        used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', svg))
        assert used and used <= _ids(svg)


def test_the_same_picture_gives_the_same_bytes():
    assert _bar(1).svg() == _bar(1).svg()


def test_a_figure_made_ahead_is_used_once_and_gives_the_same_picture():
    without = _bar(1).svg()
    make_ahead()
    one, two = _bar(1), _bar(1)
    assert one.figure is not two.figure
    assert one.svg() == two.svg() == without


def test_a_figure_made_ahead_waits_only_for_its_own_layout():
    canvas(width=5.0)
    make_ahead()
    figure, _ = canvas(width=4.0)
    assert figure.get_figwidth() == 4.0


def test_a_picture_styles_nothing_but_itself():
    svg = _bar(1).svg()
    assert "<style" not in svg
    assert "stroke-linejoin:round;stroke-linecap:butt" in svg[: svg.index(">")]


def test_the_sentence_is_the_text_alternative_and_is_escaped():
    html = _bar(1).html()
    assert 'aria-label="The bar is 1 high &amp; &lt;plain&gt;."' in html
    assert '<div aria-hidden="true"' in html and ">The bar is 1 high &amp; &lt;plain&gt;.</figcaption>" in html


def test_drawing_leaves_the_students_own_settings_alone():
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    _bar(1).svg()
    assert dict(mpl.rcParams) == before


def test_explorers_draw_small_pictures():
    """A step of a slider sends its picture whole; dotted hatches once made some of them ten times as large."""
    from postwar import explore

    for name in dir(explore):
        size = len(getattr(explore, name)().picture.svg())
        assert size < 60_000, f"{name} sends {size} bytes a step"


def test_explorers_draw_the_same_on_a_figure_made_ahead():
    from postwar import explore

    for name in dir(explore):
        explorer = getattr(explore, name)()
        make_ahead()
        assert explorer.set().svg() == explorer.set().svg(), name
