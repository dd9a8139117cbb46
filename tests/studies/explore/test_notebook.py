"""The explorer and results in a notebook."""

import base64
import json
import sys

import numpy as np
import pytest

import entrap as et
from entrap.studies.explore.controls import presets

STAND_IN = """
const heard = [];
window.state = {};
const model = {
  get: (name) => (name === "_start" ? window.START : ""),
  set: (name, value) => (window.state[name] = value),
  save_changes: () => {},
  on: (name, call) => heard.push(call),
  send: async (message) => {
    const { told, body } = await window.kernel(message);
    const bytes = Uint8Array.from(atob(body), (c) => c.charCodeAt(0));
    heard.forEach((call) => call(told, [new DataView(bytes.buffer)]));
  },
};
const address = URL.createObjectURL(new Blob([window.MODULE], { type: "text/javascript" }));
import(address).then((module) => module.default.render({ model, el: document.body }));
"""


@pytest.fixture
def widget():
    made = et.explore(et.Case.from_dict(presets()["clean-set"] | {"title": "Mine"}))
    yield made
    made.close()


def test_the_widget_knows_its_case_and_what_was_moved(widget):
    assert widget.case.title == "Mine"
    given = widget.get_state()  # to the page
    assert "Mine" in given["_start"]
    assert json.loads(given["_moved"]) == {"case": "this case", "changes": {}}
    assert "export default" in given["_esm"]
    moved = {"case": "this case", "changes": {"landau.a": "3 k_B"}}
    widget.set_state({"_moved": json.dumps(moved)})  # by the page
    assert widget.case.landau.a == pytest.approx(3 * 1.380649e-23)
    widget.set_state({"_moved": json.dumps({"case": presets()["transmon-trap"], "changes": {}})})
    assert widget.case.trap.junction.metal == "Cu"


def test_the_widget_answers_messages(widget, monkeypatch):
    sent = []
    monkeypatch.setattr(widget, "send", lambda *message: sent.append(message))
    asked = {"case": "this case", "changes": {"landau.a": "4 k_B"}}
    for each in (
        {"id": 7, "question": "case_file", "asked": asked},
        {"id": 8, "question": "__init__", "asked": None},
    ):
        message = {"content": {"data": {"method": "custom", "content": each}}, "buffers": []}
        widget._handle_msg(message)  # as the notebook calls it
    (told, (body,)), (wrong, _) = sent
    assert (told, 'a = "4 k_B"' in json.loads(body)["text"]) == (
        {"id": 7, "status": 200, "modules": {}}, True,
    )  # fmt: skip
    assert (wrong["id"], wrong["status"]) == (8, 422)


def test_without_its_package_it_names_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.delitem(sys.modules, "entrap.studies.explore.widget", raising=False)
    with pytest.raises(et.InputError, match=r"needs the package anywidget: install `entrap\[n"):
        et.explore()


@pytest.mark.slow
def test_a_notebook_shows_the_explorer(browser, widget):
    """By a stand-in for the notebook's side of anywidget."""
    page, wrong = browser.new_page(viewport={"width": 1000, "height": 900}), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)

    def kernel(message):
        answer = widget._answers(message["question"], message["asked"])
        told = {"id": message["id"], "status": answer.status, "modules": dict(answer.modules)}
        return {"told": told, "body": base64.b64encode(answer.body).decode()}

    page.expose_function("kernel", kernel)
    page.evaluate(
        "([a, b]) => { window.START = a; window.MODULE = b; }", [widget._start, widget._esm]
    )
    page.evaluate(STAND_IN)
    page.wait_for_selector("[data-figure=electrons] .curve", timeout=60_000)
    page.wait_for_function(
        "document.body.firstChild.shadowRoot.textContent.includes('rises from 10 K to 14.22 K')"
    )
    field = page.locator("[id='n-landau.a']")
    field.fill("3")
    field.press("Enter")
    page.wait_for_function("JSON.parse(window.state._moved).changes['landau.a'] === '3 k_B'")
    assert not wrong
    page.close()


def test_a_case_is_shown_by_its_numbers():
    shown = et.Case.from_dict(presets()["clean-set"] | {"title": "<b>"})._repr_html_()
    assert "<strong>&lt;b&gt;</strong>" in shown
    assert "T<sub>c</sub></td>" in shown
    assert ">10 K</td>" in shown
    assert "10²⁷ 1/m<sup>3</sup>" in shown


def test_an_equilibrium_is_shown_with_its_curves():
    found = et.equilibrate(et.Case.from_dict(presets()["clean-set"]), np.linspace(2, 12, 5))
    shown = found._repr_html_()
    assert shown.count("<path") == 3  # two curves and the axes
    assert "Equilibrium of" in shown
    one = et.equilibrate(found.case, 4.0)._repr_html_()
    assert "<svg" not in one


@pytest.mark.slow
def test_an_evolution_a_sweep_and_a_design_are_shown():
    case = et.Case.from_dict(presets()["clean-set"])
    run = et.evolve(case)._repr_html_()
    assert "Enhancement" in run
    assert run.count("<path") == 3
    assert len(run) < 20_000
    swept = et.sweep(case, {"mixture.valence_ratio": [0.5, 1.0, 2.0]}, ["enhancement"])
    assert "mixture.valence_ratio" in swept._repr_html_()
    assert "<svg" in swept._repr_html_()
    trap = et.CaseFile.from_dict(presets()["transmon-trap"], needs=("material",))
    shown = et.design_trap(trap)._repr_html_()
    assert "evacuation time" in shown
    assert "more numbers are in" in shown
