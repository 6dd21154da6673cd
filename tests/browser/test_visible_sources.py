"""A number in the text leads to its source, and the arrow there leads back, before anything is run."""

import pytest

INSIDE = """(id) => [...document.querySelectorAll(`[data-jupyter-id="${id}"], [id="${id}"]`)].some((found) => {
    const box = found.getBoundingClientRect();
    return box.height > 0 && box.top >= 0 && box.top < innerHeight;
})"""


@pytest.mark.parametrize("app", ["lab", "notebook"])
def test_a_number_leads_to_its_source_and_back(open_notebook, app):
    page = open_notebook("lessons/06-kyiv.ipynb", app=app).page
    mark = page.locator('sup a[href="#source-T044"]').first
    assert "6 January 2026: established" in mark.get_attribute("title")
    page.locator('[data-jupyter-id="source-T044"]').wait_for(state="attached")  # cells below are rendered later
    page.wait_for_timeout(3000)
    mark.click()
    page.wait_for_function(INSIDE, arg="source-T044")
    entry = page.locator("li", has=page.get_by_text("T044", exact=True)).first
    assert entry.get_by_role("link").first.get_attribute("href").startswith("https://www.president.gov.ua/")
    entry.get_by_role("link", name="↩").click()
    page.wait_for_function(INSIDE, arg="cited-T044")
