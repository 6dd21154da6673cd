"""Statements are sorted with menus; every choice is written into the cell and explained."""


def test_sorting_by_keyboard_writes_into_the_cell(jupyter, open_notebook):
    jupyter.write("tmp/sorting.ipynb", ["from postwar import check", 'check("planning-sentences")'])
    nb = open_notebook("tmp/sorting.ipynb")
    nb.run_all()
    live = nb.cell(1).locator(".postwar-choice")
    menus = live.get_by_role("combobox")
    assert menus.count() == 12
    menus.nth(0).focus()
    nb.page.keyboard.press("ArrowDown")
    live.get_by_text("1 of 12 agree with the key").wait_for()
    menus.nth(4).select_option("J")
    live.get_by_text("The key says").wait_for()
    assert 'answer="R---J-------"' in nb.source(1)
    assert menus.nth(4).get_attribute("aria-label") == "Ukraine is not a NATO member."
    assert nb.axe(".postwar-choice") == []
    nb.save()
    nb.restart()
    nb.run_all()
    nb.cell(1).get_by_text("1 of 12 agree with the key").last.wait_for()
