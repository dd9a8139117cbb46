"""The page's accessibility by axe-core, which `make axe` installs: no violation on any tab."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
AXE = Path(__file__).parents[3] / ".venv" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
FOUND = """axe.run().then((found) => found.violations.map((each) =>
  `${each.id}: ${each.nodes.map((node) => node.html).join(" | ")}`.slice(0, 600)))"""


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: make axe")
@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (1440, "light"),
        pytest.param(390, "dark", marks=pytest.mark.exhaustive),
        pytest.param(1440, "dark", marks=pytest.mark.exhaustive),
        pytest.param(390, "light", marks=pytest.mark.exhaustive),
    ],
)
def test_no_tab_has_a_violation(browser, served, scheme, width):
    context = browser.new_context(
        bypass_csp=True, color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    page = context.new_page()
    page.goto(f"{served.address}#v=1&case=clean&token={served.token}")
    page.add_script_tag(path=AXE)
    found = {}
    page.wait_for_selector("[data-figure=electrons] .curve")
    page.wait_for_function("document.querySelector('#numbers tbody tr')", timeout=60_000)
    found["sample"] = page.evaluate(FOUND)
    page.select_option("#case", "transmon")
    page.wait_for_selector("[data-figure=states] .curve", timeout=60_000)
    found["junction"] = page.evaluate(FOUND)
    page.click("#tab-film")
    found["film"] = page.evaluate(FOUND)
    page.click("#tab-sample")
    found["lacking"] = page.evaluate(FOUND)
    page.click("#tab-results")
    for number in range(2):
        page.locator("#panel-results [role=group] button").nth(number).click()
        page.wait_for_selector("#panel-results canvas")
        found[f"result {number}"] = page.evaluate(FOUND)
    page.click("#tour")
    found["tour"] = page.evaluate(FOUND)
    page.locator("#tour-box button").last.click()
    page.click("#help")
    found["help"] = page.evaluate(FOUND)
    context.close()
    assert {name: each for name, each in found.items() if each} == {}
