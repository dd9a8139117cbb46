"""The explorer's page in a browser: what one moves, and what one sees. Needs Chromium."""

import json
import re
import signal
import socket
import time
import urllib.parse
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

import entrap as et
from entrap.core.units import si_value
from entrap.solve.protocol.bcs_curves import bcs_curves
from entrap.studies.explore.controls import presets, with_changes
from entrap.studies.run.answer import answer as sentences

pytestmark = pytest.mark.slow


@pytest.fixture
def open_page(browser, served):
    """`open_page(fragment, ...)`: the page after its first picture; it may ask nothing outside."""
    contexts, wrong = [], []

    def opened(fragment="v=1", **options):
        context = browser.new_context(**({"viewport": {"width": 1440, "height": 900}} | options))
        contexts.append(context)
        page = context.new_page()
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
        page.goto(f"{served.address}#{fragment}&token={served.token}".replace("#&", "#"))
        shown = "[data-figure=electrons]" if "tab=" not in fragment else "[role=tabpanel]"
        until(lambda: page.locator(f"{shown} .curve").count() >= 4)
        until(lambda: "is computed…" not in answer(page))  # the preview draws before that
        return page

    yield opened
    outside = [
        url
        for c in contexts
        for p in c.pages
        for url in p.asked
        if not url.startswith((served.address, "data:", "blob:"))
    ]
    for context in contexts:
        context.close()
    assert not outside
    # A refused case is an answer with code 422, which Chromium logs.
    assert not [line for line in wrong if "422" not in line]


def until(condition):
    """Wait for a sign; fails if it does not come in a minute."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def state_of(page):
    parts = urllib.parse.parse_qs(page.evaluate("location.hash").lstrip("#"))
    return {key: value[0] for key, value in parts.items()}


def answer(page):
    return page.text_content("#answer p:first-child")


def test_the_first_picture_says_what_a_run_says(open_page):
    page = open_page()
    assert "rises from 10 K to 14.22 K" in answer(page)
    assert "20 K, E = 2" in answer(page)
    assert "token" not in page.evaluate("location.hash")
    assert page.evaluate("document.querySelectorAll('.grades .row').length") == 15


def test_numbers_on_the_page_are_those_of_evolve(open_page):
    """At the cursor, as the description of the figure for screen readers has them."""
    page = open_page("v=1&case=clean&T=9")
    words = page.get_attribute("[data-figure=penetration_depth] svg", "aria-label")
    shown = [float(x) for x in re.findall(r"(?:trap|BCS|mixing) ([\d.]+)", words)]
    run = et.evolve(et.Case.from_dict(presets()["clean-set"]))
    beside = bcs_curves(run)
    warm = run.time >= run.protocol.hold
    expected = [np.interp(9.0, run.state.temperature[warm], s.penetration_depth[warm]) * 1e9
                for s in (beside.bare, beside.plain, beside.mixed)]  # fmt: skip
    assert shown == pytest.approx(expected, rel=5e-3)


def test_a_slider_moves_by_keys_and_one_drag_is_one_undo(open_page):
    page = open_page()
    before = page.input_value("[id='n-landau.a']")
    page.focus("[id='s-landau.a']")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowLeft")
    until(lambda: page.input_value("[id='n-landau.a']") != before)
    assert float(page.input_value("[id='n-landau.a']")) == pytest.approx(2 * 2500**0.009, rel=1e-3)
    page.click("#undo")
    page.click("#undo")
    until(lambda: page.input_value("[id='n-landau.a']") == before)
    box = page.locator("[id='s-landau.a']").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    for step in range(10):
        page.mouse.move(box["x"] + box["width"] * (0.5 + 0.03 * step), box["y"] + box["height"] / 2)
    page.mouse.up()
    until(lambda: float(page.input_value("[id='n-landau.a']")) > 4)
    assert not page.is_disabled("#undo")
    page.click("#undo")
    until(lambda: page.input_value("[id='n-landau.a']") == before)
    assert page.is_disabled("#undo")
    page.keyboard.press("Control+Shift+Z")
    until(lambda: float(page.input_value("[id='n-landau.a']")) > 4)


def test_a_number_is_typed_with_any_unit_and_a_wrong_one_is_marked(open_page):
    page = open_page()
    field = page.locator("[id='n-material.critical_temperature']")
    field.fill("12000 mK")
    field.press("Enter")
    until(lambda: "rises from 12 K" in answer(page))
    field.blur()
    assert state_of(page)["material.critical_temperature"] == "12000 mK"
    field.fill("12 meters")
    field.press("Enter")
    until(
        lambda: (
            page.get_attribute("[id='n-material.critical_temperature']", "aria-invalid") == "true"
        )
    )
    assert "material.critical_temperature" in page.text_content("#answer")


def test_the_temperature_moves_without_asking(open_page):
    page = open_page()
    until(lambda: page.text_content("#now") != "")
    asked = len(page.asked)
    page.focus("#temperature")
    page.keyboard.press("End")
    until(lambda: page.text_content("#now") == "22 K")
    assert page.text_content("#regime") == "normal"
    figure = page.locator("[data-figure=electrons] svg")
    box = figure.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.up()
    until(lambda: page.text_content("#now") != "22 K")
    assert len(page.asked) == asked


def test_while_the_server_computes_the_page_draws_by_itself(open_page):
    page = open_page()
    loaded = (
        "performance.getEntriesByType('resource').filter(x => x.name.includes('/forms/')).length"
    )
    until(lambda: page.evaluate(loaded) == 2)
    page.wait_for_load_state("networkidle")
    curve = page.locator("[data-figure=electrons] .curve.mixed")
    said, drawn = answer(page), curve.get_attribute("d")
    page.route("**/api/picture", lambda _: None)  # which never answers
    page.locator("[id='n-mixture.valence_ratio']").fill("0.5")
    page.locator("[id='n-mixture.valence_ratio']").press("Enter")
    until(lambda: "closed forms" in page.text_content("#status"))
    assert curve.get_attribute("d") != drawn
    assert answer(page) == said  # the words are the server's


def test_sliders_are_there_before_anything_of_a_case_is_computed(open_page):
    page = open_page()
    for path in ("picture", "device", "closed"):
        page.route(f"**/api/{path}", lambda _: None)  # which never answers
    page.select_option("#case", "transmon")
    until(lambda: page.locator("[id='s-trap.junction.interface_resistance']").count() == 1)
    stated = presets()["transmon-trap"]["trap"]["junction"]["interface_resistance"]
    number = page.input_value("[id='n-trap.junction.interface_resistance']")
    assert float(number.replace(",", "")) == float(stated.split()[0])


def test_a_link_brings_the_same_state_back(open_page):
    page = open_page()
    page.locator("[id='n-mixture.valence_ratio']").fill("0.5")
    page.locator("[id='n-mixture.valence_ratio']").press("Enter")
    until(lambda: "14.22" not in answer(page))
    again = open_page(page.evaluate("location.hash").lstrip("#"))
    assert answer(again) == answer(page)
    assert again.text_content("#now") == page.text_content("#now")


@pytest.mark.parametrize(
    ("fragment", "says"),
    [
        ("v=99&case=clean", "another version"),
        ("v=1&case=gone", "opened from a file"),
        ("v=1&tables=%%%", "damaged"),
    ],
)
def test_a_link_that_cannot_be_read_says_so(open_page, fragment, says):
    page = open_page(fragment)
    until(lambda: says in page.text_content("#status"))
    assert "rises from 10 K" in answer(page)


def test_a_hostile_title_stays_text(open_page):
    page = open_page("v=1&case=hostile")
    assert page.locator("#case option", has_text="<img").count() == 1
    assert page.evaluate("document.querySelectorAll('img').length") == 0
    assert page.title() == "entrap explorer"


def test_a_case_is_saved_and_opened_again(open_page, tmp_path):
    page = open_page()
    with page.expect_download() as saved:
        page.click("#save-case")
    file = tmp_path / "mine.toml"
    saved.value.save_as(file)
    assert et.load_case(file) == et.Case.from_dict(presets()["clean-set"])
    file.write_text(file.read_text("utf-8").replace('"10 K"', '"8 K"'), "utf-8")
    page.set_input_files("#file", file)
    until(lambda: "rises from 8 K" in answer(page))
    file.write_text("[material]\ncritical_temperatur = 3", "utf-8")
    page.set_input_files("#file", file)
    until(lambda: "line 2" in page.text_content("#answer"))


def test_data_and_figures_are_saved(open_page, tmp_path):
    page = open_page()
    with page.expect_download() as saved:
        page.click("#save-data")
    saved.value.save_as(tmp_path / "data.csv")
    head, *rows = (tmp_path / "data.csv").read_text("utf-8").splitlines()
    assert head.startswith("temperature (K),superconducting (1)")
    assert "penetration_depth.mixed (nm)" in head
    assert float(rows[0].split(",")[0]) == 4.0
    with page.expect_download() as saved:
        page.locator("[data-figure=electrons] button", has_text="SVG").click()
    saved.value.save_as(tmp_path / "figure.svg")
    root = ElementTree.parse(tmp_path / "figure.svg").getroot()
    assert root.findtext("{http://www.w3.org/2000/svg}title", "").startswith(
        "Where the electrons are"
    )


def test_curves_are_kept_to_compare(open_page):
    page = open_page()
    page.click("#keep")
    page.locator("[id='n-mixture.valence_ratio']").fill("0.5")
    page.locator("[id='n-mixture.valence_ratio']").press("Enter")
    until(lambda: "14.22" not in answer(page))
    paths = page.evaluate(
        "[...document.querySelectorAll('[data-figure=electrons] .mixed')].filter(p => p.tagName === 'path').map(p => p.getAttribute('d'))"
    )
    assert len(set(paths)) == 2


def test_a_phone_scrolls_down_only(open_page):
    page = open_page(viewport={"width": 390, "height": 844})
    for tab in ("results", "film", "junction", "sample"):
        page.click(f"#tab-{tab}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click("#sheet")
    assert page.is_visible("[id='s-landau.a']")


@pytest.mark.exhaustive
def test_the_junction_and_the_film_of_a_trap_are_drawn(open_page):
    """By the curves of its design; the cursor of a figure moves by keys, and asks nothing."""
    page = open_page("v=1&case=transmon&tab=junction")
    until(lambda: page.locator("#panel-junction figure[data-figure] svg").count() == 6)
    assert "At 20 mK" in answer(page)
    figure = page.locator("[data-figure=rates] svg")
    assert "trapping Γ 396,000" in figure.get_attribute("aria-valuetext")
    asked = len(page.asked)
    figure.focus()
    page.keyboard.press("End")
    assert "1.18 (K)" in figure.get_attribute("aria-valuetext")
    page.click("#tab-film")
    until(lambda: page.locator("#panel-film .curve").count() >= 5)
    assert len(page.asked) == asked
    times = page.locator("[data-figure=evacuation-length] svg")
    before = times.get_attribute("aria-valuetext")
    assert "0.439" in before
    field = page.locator("[id='n-trap.film.trap_length']")
    field.fill("40 um")
    field.press("Enter")
    until(lambda: times.get_attribute("aria-valuetext") != before)
    page.click("#tab-sample")
    assert "states no [landau]" in page.text_content("#panel-sample .lacking")
    page.locator("#panel-sample .lacking button").first.click()
    until(lambda: "rises from 10 K" in answer(page))
    assert state_of(page)["case"] == "clean"


def test_a_point_of_a_sweeps_map_becomes_the_case(open_page):
    page = open_page()
    page.click("#tab-results")
    until(lambda: "E = " in page.text_content("#panel-results .point"))
    page.focus("[data-figure=map] .stage")
    for key in ("Shift+ArrowLeft", "Shift+ArrowDown", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    said = page.text_content("#panel-results .point")
    assert said == "At nv/nc = 0.1534, a = 3.452 × 10⁻²³ J/K: E = 1.061."
    page.locator("#panel-results .under button").click()
    until(lambda: page.input_value("[id='n-mixture.valence_ratio']") == "0.1534")
    assert page.input_value("[id='n-landau.a']") == "2.5"
    until(lambda: "E = 1.06" in answer(page))
    page.click("#undo")
    until(lambda: "E = 2" in answer(page))


def test_a_films_map_has_a_probe(open_page):
    page = open_page()
    page.click("#tab-results")
    page.locator("#panel-results [role=group] button", has_text="film").click()
    until(lambda: page.locator("[data-figure=film] output").count() == 1)
    box = page.locator("[data-figure=film] .stage").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.5)
    until(lambda: "x = 2" in page.text_content("[data-figure=film] output"))
    far = si_value(page.text_content("[data-figure=film] output").rpartition(": ")[2], "1")
    page.mouse.move(box["x"] + 58 + (box["width"] - 66) * 0.2, box["y"] + box["height"] * 0.52)
    until(lambda: "x = 6" in page.text_content("[data-figure=film] output"))
    near = si_value(page.text_content("[data-figure=film] output").rpartition(": ")[2], "1")
    assert near < far  # the trap is there
    page.select_option("#panel-results .choices select", "slowest_mode")
    assert "Slowest mode" in page.text_content("[data-figure=film] figcaption")


def test_results_open_from_files(open_page, run_folder, trap_folder, fit_folder):
    page = open_page()
    page.click("#tab-results")
    asked = len(page.asked)
    for folder, figure, text in (
        (run_folder, "penetration_depth", "rises from 10 K to 14.22 K"),
        (trap_folder, "evacuation-place", "At 20 mK"),
        (fit_folder, "predictive-penetration-depth", "H1 is favoured"),
    ):
        page.set_input_files("#result-files", sorted(folder.iterdir()))
        until(
            lambda figure=figure: page.locator(
                f"#panel-results [data-figure={figure}] .curve"
            ).count()
        )
        assert text in page.text_content("#panel-results")
    assert "ln B = -12.5" in page.text_content("#panel-results")
    assert len([url for url in page.asked[asked:] if "/api/results/" not in url]) == 0
    page.set_input_files("#result-files", fit_folder / "posteriors.csv")
    until(lambda: "no summary.json" in page.text_content("#panel-results [role=alert]"))


def test_the_tour_moves_what_one_sees(open_page):
    page = open_page()
    page.evaluate("document.querySelector('#tour').click()")
    for step in range(1, 7):
        until(lambda step=step: f"{step} of 6" in page.text_content("#tour-box"))
        if step == 3:
            until(lambda: page.text_content("#now") == "12 K")
            assert page.text_content("#regime") == "released"
        if step == 4:
            until(lambda: page.input_value("[id='n-mixture.valence_ratio']") == "0.1")
        page.locator("#tour-box button").nth(1).click()
    assert not page.is_visible("#tour-box")


def test_the_command_that_computes_the_same_is_told(open_page):
    page = open_page()
    field = page.locator("[id='n-landau.a']")
    field.fill("3")
    field.press("Enter")
    page.click("#command")
    assert "entrap run explorer.toml" in page.text_content("#about")


def test_what_a_letter_means_opens(open_page):
    page = open_page()
    page.locator("#controls button.name").first.click()
    assert "Critical temperature" in page.text_content("#about")
    page.keyboard.press("Escape")
    assert not page.evaluate("document.querySelector('#about').open")
    assert json.loads(page.evaluate("JSON.stringify(document.activeElement.className)")) == "name"


def test_every_slider_moves_by_key_and_by_typing(open_page):
    page = open_page()
    until(lambda: "rises from 10 K" in answer(page))
    names = page.locator("#controls input[type=range]").evaluate_all("list => list.map(x => x.id)")
    assert len(names) > 10
    for name in names:
        field = page.locator(f"[id='n-{name[2:]}']")
        before = field.input_value()
        page.focus(f"[id='{name}']")
        down = "ArrowLeft" if name.endswith(("condensate_weight", "start")) else "ArrowRight"
        page.keyboard.press(down)
        until(lambda field=field, before=before: field.input_value() != before)
        field.fill(before)
        field.press("Enter")
        until(lambda name=name, before=before: state_of(page)[name[2:]].startswith(before))
    # Typed as it is shown: n_v/n_c = 1.718 in place of e - 1, by which T̃_c is less than 14.215 K.
    until(lambda: "rises from 10 K to 14.21 K" in answer(page))
    assert page.locator("[aria-invalid=true]").count() == 0


@pytest.mark.parametrize("seed", [1, pytest.param(200, marks=pytest.mark.exhaustive)])
def test_numbers_on_the_page_are_those_of_evolve_at_random_cases(open_page, seed):
    """Typed one after another; there are as many cases as the seed is large."""
    draw = np.random.default_rng(seed)
    page = open_page()
    for _ in range(max(3, seed)):
        wanted = {
            "landau.a": f"{draw.uniform(1.2, 4):.4g} k_B",
            "mixture.valence_ratio": f"{10 ** draw.uniform(-1, 0.4):.4g}",
            "material.critical_temperature": f"{draw.uniform(6, 14):.4g} K",
        }
        for key, text in wanted.items():
            field = page.locator(f"[id='n-{key}']")
            field.fill(text)
            field.press("Enter")
        run = et.evolve(et.Case.from_dict(with_changes(presets()["clean-set"], wanted)))
        expected = sentences(run, bcs_curves(run))[0].replace("_", "")
        until(lambda expected=expected: answer(page).replace("_", "") == expected)
        words = page.get_attribute("[data-figure=electrons] svg", "aria-label")
        place = float(re.findall(r"at ([\d.]+) K", words)[0])
        warm = run.time >= run.protocol.hold
        n_c = run.case.material.conduction_density
        along = run.state.temperature[warm]
        density = np.interp(place, along, run.state.superfluid_density[warm]) / n_c
        (shown,) = re.findall(r"superconducting ([\d.e-]+) of", words)
        assert float(shown) == pytest.approx(density, rel=6e-3, abs=2e-3)


def test_motion_is_reduced_where_the_system_asks_for_it(open_page):
    """The warm-up then goes on in steps of a second."""
    page = open_page(reduced_motion="reduce")
    until(lambda: "rises from 10 K" in answer(page))
    page.clock.install(time=0)
    page.clock.pause_at(1.0)  # from here on the page's time is what is said below, in ms
    page.click("#play")
    page.clock.run_for(50)
    early = page.text_content("#now")
    page.clock.run_for(900)
    assert page.text_content("#now") == early
    page.clock.run_for(100)
    assert page.text_content("#now") != early
    assert page.get_attribute("#play", "aria-label") == "Stop the warm-up"
    page.click("#play")
    assert page.get_attribute("#play", "aria-label") == "Play the warm-up"


def test_a_server_that_has_ended_is_said_and_its_successor_answers(browser, start):
    """The page stays; a server that is started anew at the same port has another token."""
    port = free_port()
    page = browser.new_page()
    with start("explore", "--no-browser", "--port", port, PYTHONUNBUFFERED="1") as process:
        (address,) = re.findall(r"http\S+", process.stdout.readline())
        page.goto(address)
        page.wait_for_selector("[data-figure=electrons] .curve")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")  # though it was computing
    assert out.endswith("The explorer has ended.\n")
    field = page.locator("[id='n-landau.a']")
    field.fill("3")
    field.press("Enter")
    until(lambda: "is entrap explore still running?" in page.text_content("#answer"))
    with start("explore", "--no-browser", "--port", port, PYTHONUNBUFFERED="1") as process:
        (address,) = re.findall(r"http\S+", process.stdout.readline())
        field.fill("2.5")
        field.press("Enter")
        until(
            lambda: "open the address that `entrap explore` printed" in page.text_content("#answer")
        )
        page.goto(address)
        page.reload()
        page.wait_for_selector("[data-figure=electrons] .curve")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=120)
    page.close()


def free_port():
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return made.getsockname()[1]
