"""A link to a term shows the term, once the glossary is open (JupyterLab opens a notebook at its top)."""

import pytest

TERMS = ["Winset", "Kaplan-Meier curve", "Rule of three"]
LINKS = " ".join(f"[{term}](glossary.ipynb#{term.replace(' ', '-')})" for term in TERMS)

OPEN = """() => {
    const glossary = [...jupyterapp.shell.widgets("main")].find((w) => w.context?.path === "lessons/glossary.ipynb");
    return Boolean(glossary?.isVisible && glossary.node.querySelector("h3"));
}"""
BACK = """() => {
    const lesson = [...jupyterapp.shell.widgets("main")].find((w) => w.context?.path === "lessons/linked.ipynb");
    jupyterapp.shell.activateById(lesson.id);
}"""
SHOWN = """(term) => [...document.querySelectorAll("h3")].some((heading) => {
    const box = heading.getBoundingClientRect();
    return heading.textContent.startsWith(term) && box.height > 0 && box.top >= 0 && box.bottom <= innerHeight;
})"""


@pytest.fixture
def lesson(jupyter, open_notebook):
    jupyter.write("lessons/linked.ipynb", [("markdown", LINKS)])
    return open_notebook("lessons/linked.ipynb")


def test_links_lead_to_terms(lesson):
    page = lesson.page
    page.get_by_role("link", name=TERMS[0]).click()
    page.wait_for_function(OPEN)
    for term in TERMS:
        page.evaluate(BACK)
        page.get_by_role("link", name=term, exact=True).first.click()
        page.wait_for_function(SHOWN, arg=term)
