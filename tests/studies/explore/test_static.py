"""The explorer as one file: it opens from disk, draws by itself and asks nothing."""

import pytest

from entrap.studies.explore.bundle import _wrapped


@pytest.fixture(scope="module")
def written(call, tmp_path_factory):
    folder = tmp_path_factory.mktemp("static")
    done = call("explore", "--static", "page.html", cwd=folder)
    assert (done.code, done.err) == (0, "")
    assert done.out == "The page is in page.html: it opens in a browser, from disk.\n"
    return folder / "page.html"


@pytest.fixture
def page(browser, written):
    made = browser.new_page(viewport={"width": 390, "height": 844})
    asked, wrong = [], []
    made.on("request", lambda request: asked.append(request.url))
    made.on("pageerror", lambda error: wrong.append(str(error)))
    made.on("console", lambda line: wrong.append(line.text))
    made.goto(written.as_uri())
    made.wait_for_selector("[data-figure=higgs_mode] .curve.mixed")
    yield made
    made.close()
    assert not wrong
    assert asked == [written.as_uri()]


@pytest.mark.slow
def test_it_draws_by_itself_and_says_so(page):
    text = page.text_content("#answer")
    assert "rises from 10 K to 14.22 K by the functional that holds at every temperature" in text
    assert "the paper's expansion gives 20 K, E = 2." in text
    assert "This file draws by itself" in text
    assert page.locator("#open, #save-case").evaluate_all("list => list.every(x => x.hidden)")
    page.click("#sheet")  # the sliders of a phone
    field = page.locator("[id='n-landau.a']")
    field.fill("4")
    field.press("Enter")
    page.wait_for_function("document.querySelector('#answer').textContent.includes('13.33 K')")
    field.fill("4 volts")
    field.press("Enter")
    page.wait_for_function("document.querySelector('#answer').className === 'bad'")
    assert "the page knows no other" in page.text_content("#answer")
    page.click("#undo")
    page.wait_for_function("document.querySelector('#answer').textContent.includes('13.33 K')")
    names = page.locator("#case option").evaluate_all("list => list.map(x => x.value)")
    assert "aluminium" in names
    assert "nbn-junction" not in names
    for name in names:
        page.select_option("#case", name)
        title = page.locator("#case option:checked").text_content()
        assert title
        assert page.locator("#answer.bad").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.slow
def test_it_opens_results(page, run_folder):
    page.click("#tab-results")
    page.set_input_files("#result-files", [*run_folder.glob("*.csv"), run_folder / "summary.json"])
    page.wait_for_selector("#panel-results [data-figure=electrons] .curve")
    assert "rises from 10 K to 14.22 K" in page.text_content("#panel-results")
    page.click("#tab-junction")
    assert "“entrap explore” computes junctions" in page.text_content("#panel-junction")


@pytest.mark.slow
def test_a_case_of_ones_own_comes_first(call, put, written):
    case = put(
        'title = "Mine </script>"\n[material]\ncritical_temperature = 5\nconduction_density = 1e28\n'
        '[landau]\na = "2 k_B"\nsaturation = 1\n[mixture]\nvalence_ratio = 0.1\n'
        '[trap]\nrate = "1e3 1/s"\n[protocol]\nstart = 2\nhold = 0.1\nwarm_to = 8\n'
        "warming_time = 1\n",
        "mine.toml",
    )
    file = case.parent / "mine.html"
    assert call("explore", case, "--static", file).code == 0
    text = file.read_text("utf-8")
    assert text.index('"name": "mine"') < text.index('"name": "clean-set"')
    assert text.count("</script>") == written.read_text("utf-8").count("</script>")


def test_what_closed_forms_do_not_reach_is_not_written(call, tmp_path):
    done = call("explore", "examples/nbn-junction.toml", "--static", tmp_path / "page.html")
    assert done.code == 2
    assert "the rates of [trap.junction] are searched for" in done.err
    assert "without --static a page with a server draws it" in done.err
    assert not (tmp_path / "page.html").exists()


def test_modules_become_functions_that_give_their_exports():
    text = 'import { a, b } from "./words.js";\nexport function f() {}\nexport const c = a;\n'
    assert _wrapped("x.js", text) == (
        'modules["x.js"] = (() => {\nconst { a, b } = modules["words.js"];\nfunction f() {}\n'
        "const c = a;\n\nreturn { f: f, c: c };\n})();"
    )
    assert "return { axis: Je, line: nu };" in _wrapped(
        "d.js", "x();export{Je as axis,nu as line};"
    )
