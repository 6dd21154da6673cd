"""Choose-all, ordering, pairing and confidence are answered by click or by keyboard, and kept as text in their cells."""

from harness import shoot

from postwar.quiz.questions import collect

OPTIONS = '    a="two",\n    b="three",\n    c="four",\n    # YOUR ANSWER HERE\n'
CELLS = [
    "from postwar import ask",
    f'q1 = ask(\n    "Which are even?",\n{OPTIONS}    several=True,\n)\nq1',
    f'q2 = ask(\n    "From large to small?",\n{OPTIONS}    ordered=True,\n)\nq2',
    f'q3 = ask(\n    "Which is which?",\n    ["It is even.", "It is odd."],\n{OPTIONS})\nq3',
    f'q4 = ask(\n    "Which is odd?",\n{OPTIONS}    confidence="",\n)\nq4',
    "q1.answer, q2.answer, q3.answer, q4.answer, q4.confidence",
]


def test_every_kind_is_answered_in_its_cell(jupyter, open_notebook):
    jupyter.write("tmp/kinds.ipynb", CELLS)
    nb = open_notebook("tmp/kinds.ipynb")
    nb.run_all()
    live = {number: nb.cell(number).locator(".postwar-choice") for number in (1, 2, 3, 4)}

    live[1].get_by_label("two").check()
    live[1].get_by_label("four").focus()
    nb.page.keyboard.press("Space")
    assert 'answer="ac"' in nb.source(1)
    live[1].get_by_label("two").uncheck()
    assert 'answer="c"' in nb.source(1)

    down = live[2].get_by_role("button", name="Move down: two")
    down.focus()
    nb.page.keyboard.press("Enter")
    assert 'answer="bac"' in nb.source(2)
    nb.page.keyboard.press("Enter")  # the focus has moved with the option
    assert 'answer="bca"' in nb.source(2)
    live[2].get_by_role("button", name="Move up: four").click()
    assert 'answer="cba"' in nb.source(2)

    menus = live[3].get_by_role("combobox")
    menus.nth(0).select_option("a")
    assert 'answer="a-"' in nb.source(3)
    menus.nth(1).select_option("b")
    assert 'answer="ab"' in nb.source(3)

    live[4].get_by_label("three").click()
    live[4].get_by_label("think so").click()
    assert 'answer="b"' in nb.source(4) and 'confidence="think so"' in nb.source(4)

    for number in live:
        assert nb.axe(f".jp-Cell:nth-child({number + 1}) .postwar-choice") == []
    shoot(nb.page, "question-kinds")
    nb.save()
    nb.restart()
    nb.run_all()
    nb.cell(5).get_by_text("('c', 'cba', 'ab', 'b', 'think so')").wait_for()
    assert live[4].get_by_label("think so").is_checked() and live[1].get_by_label("four").is_checked()
    assert live[2].locator("li .postwar-text").all_text_contents() == ["four", "three", "two"]


def test_new_numbers_replace_the_question_and_its_answer(jupyter, open_notebook):
    call = 'check("deterrence-expected-utility")'
    jupyter.write("tmp/numbers.ipynb", ["from postwar import check", call])
    nb = open_notebook("tmp/numbers.ipynb")
    nb.run_all()
    live = nb.cell(1).locator(".postwar-choice")
    wrong = next(letter for letter in "abcd" if letter != collect()["deterrence-expected-utility"].best)
    live.locator(".postwar-option").nth("abcd".index(wrong)).click()
    live.get_by_text("Not this one").wait_for()
    first = live.locator(".postwar-stem").text_content()
    shown = {first}
    button = live.get_by_role("button", name="New numbers")
    for number, ask in (("1", button.click), ("2", lambda: nb.page.keyboard.press("Enter"))):
        ask()  # by mouse, then by keyboard: the focus has stayed on the button
        live.locator(".postwar-stem").filter(has_not_text=first).wait_for()
        assert f'numbers="{number}"' in nb.source(1) and 'answer=""' in nb.source(1)
        assert button.evaluate("it => it === document.activeElement")
        assert live.get_by_role("radio", checked=True).count() == 0 and live.get_by_text("Not this one").count() == 0
        first = live.locator(".postwar-stem").text_content()
        shown.add(first)
    assert len(shown) == 3
    best = collect()["deterrence-expected-utility"].with_set(2).best
    live.locator(".postwar-option").nth("abcd".index(best)).click()
    live.get_by_text("✓ Right.").wait_for()
    assert nb.axe(".postwar-choice") == []
    nb.save()
    nb.restart()
    nb.run_all()
    nb.cell(1).get_by_text("✓ Right.").last.wait_for()
    assert live.locator(".postwar-stem").text_content() == first
