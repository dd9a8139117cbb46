"""What a plan's answer, tables and figures say, each number beside its own name: made-up evidence."""

import dataclasses
import math
import statistics
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_hex

import entrap as et
from entrap.report.drawing import Undrawn
from entrap.report.labels import quoted, typeset
from entrap.report.style import paler
from entrap.studies.fit.inputs.hypotheses import HYPOTHESES
from entrap.studies.plan.answer import plan_answer, symbol
from entrap.studies.plan.design import design
from entrap.studies.plan.drawn import curves
from entrap.studies.plan.figures import plan_figures
from entrap.studies.plan.page import account
from entrap.studies.plan.plan import NORMAL, Planned

NAMES = ("mixing", "none", "extraction")
TABLES = {
    "title": "Made up",
    "material": {"critical_temperature": 5.0, "conduction_density": 1e28},
    "landau": {"a": "3 k_B", "saturation": 1.0},
    "mixture": {"valence_ratio": 0.3},
    "plan": {
        "start": 2.0, "stop": 8.0, "temperatures": 4, "draws": 50, "points": 3,
        "quantities": ["penetration_depth", "higgs_coefficient"], "precisions": [0.1, 0.02],
    },
}  # fmt: skip
FAILING = ("", "thermal_floor", "", NORMAL)
MARGINS = (0.3, -1.2, 0.1, math.nan)


def logs(layout):
    """ln Z of which each number that is made of it differs from all others."""
    random = np.random.default_rng(7)
    shape = (3, 3, 2, len(layout.temperatures), 2, 50)
    made = random.normal(size=shape)
    sure = np.linspace(0.1, 3.4, 2 * len(layout.temperatures) * 2).reshape(shape[2:5])
    sure[1, 1, 1] = 4.0  # the best is where an assumption fails
    for under in range(3):
        for fitted in range(3):
            apart = (2.0 if fitted == 0 else 1.0 + fitted) * (under != fitted)
            made[under, fitted] -= apart * sure[..., None] * (0.6 if under == 2 else 1.0)
    return made


@pytest.fixture(scope="module")
def planned():
    case = et.CaseFile.from_dict(TABLES, needs=("material", "landau"))
    layout = design(case)
    return Planned(case, layout, NAMES, logs(layout), np.array(MARGINS), FAILING, ())


@pytest.fixture(scope="module")
def ranked(planned):
    """Numbers of each candidate by their definitions, the best first."""
    log_z, layout = planned.log_evidence, planned.design
    made = []
    for q, t, p in np.ndindex(log_z.shape[2:5]):
        z = np.exp(log_z[:, :, q, t, p])
        odds = z[:, 0] / z[:, 1:].mean(axis=1)

        def bits(odds_of, rivals):
            true = np.log2(2 / (1 + 1 / odds_of[0]))
            rest = np.mean([np.log2(2 / (1 + odds_of[r])) for r in rivals], axis=0)
            return (true + rest) / 2

        whole = bits(odds, (1, 2))
        strong = math.exp(5)
        made.append({
            "quantity": layout.quantities[q], "kelvin": float(layout.temperatures[t]),
            "precision": layout.precisions[p], "bits": whole.mean(),
            "error": whole.std(ddof=1) / math.sqrt(50),
            "alone": [bits(z[:, 0] / z[:, r], (r,)).mean() for r in (1, 2)],
            "with": np.log(odds[0]).mean(),
            "half": statistics.median(np.log(odds[0])),
            "half without": statistics.median(-np.log(odds[1:]).ravel()),
            "strong": (odds[0] > strong).mean(), "without": -np.log(odds[1:]).mean(),
            "against": (1 / odds[1:] > strong).mean(), "fails": FAILING[t], "margin": MARGINS[t],
        })  # fmt: skip
    return sorted(made, key=lambda c: -c["bits"])


@pytest.fixture(scope="module")
def page(planned, tmp_path_factory):
    shown = account(planned)
    path = tmp_path_factory.mktemp("plan") / "report.html"
    path.write_text(shown.page(dict.fromkeys(("information", "bayes-factors"), "<svg></svg>")))
    return path, shown


def test_curves_are_named_from_the_least_uncertainty_up():
    assert curves((0.1, 0.003)) == dict.fromkeys(("information", "bayes-factors"), ("0.3%", "10%"))


def test_a_page_without_figures_says_that_they_could_not_be_drawn(page):
    assert "could not be drawn" in page[1].page(Undrawn(RuntimeError("no latex")))


def test_candidates_are_of_their_evidence_in_the_summary(ranked, page):
    told = page[1].summary()["candidates"]
    assert len(told) == len(ranked) == 16
    assert len({round(c["strong"], 6) for c in ranked}) > 4
    for found, c in zip(told, ranked, strict=True):
        assert found["quantity"] == c["quantity"]
        assert found["read"] == symbol(c["quantity"])
        assert found["temperature"] == {"value": c["kelvin"], "unit": "K"}
        assert found["precision"] == c["precision"]
        near = pytest.approx
        assert found["information"]["value"] == near(c["bits"], rel=1e-9)
        assert found["information"]["error"] == near(c["error"], rel=1e-9)
        assert list(found["against"]) == ["none", "extraction"]
        assert list(found["against"].values()) == near(c["alone"], rel=1e-9)
        assert found["mean_log_bayes"]["value"] == near(c["with"], rel=1e-9)
        assert found["median_log_bayes"] == near(c["half"], rel=1e-9)
        assert found["strong"] == near(c["strong"])
        assert found["mean_log_bayes_against"] == near(c["without"], rel=1e-9)
        assert found["median_log_bayes_against"] == near(c["half without"], rel=1e-9)
        assert found["strong_against"] == near(c["against"])
        assert found["margin"] == near(c["margin"], nan_ok=True)
        assert found["fails"] == (c["fails"] or None)


def test_the_page_has_each_number_of_each_candidate_in_its_column(
    planned, ranked, page, agree, shown
):
    found = agree(*page)
    heads = (
        "", "reading", "about", "uncertainty of a point", "information", "told from H0",
        "told from H2", "median ln B with it", "strong with it", "median ln B against it, without",
        "strong against, without", "theory",
    )  # fmt: skip
    for place, (row, c) in enumerate(zip(found[heads], ranked, strict=True), start=1):
        assert row == [
            str(place), shown(symbol(c["quantity"])), f"{c['kelvin']:.4g} K",
            f"{100 * c['precision']:.3g} %", f"{c['bits']:.3f} ± {c['error']:.3f}",
            *(f"{bits:.2f}" for bits in c["alone"]), f"{c['half']:.3g}", f"{100 * c['strong']:.0f} %",
            f"{c['half without']:.3g}", f"{100 * c['against']:.0f} %",
            f"✗ {c['fails'].replace('_', ' ')}" if c["fails"] else "✓ holds",
        ]  # fmt: skip
    assert page[0].read_text("utf-8").count('<table class="wide">') == 1  # small enough for a page
    design_, bare = planned.design, et.equilibrate(planned.case, [0.9 * 5.0, 2.0]).bare
    references = dict(zip(design_.quantities, design_.references.tolist(), strict=True))
    for name, letter, _, whole in found["quantity", "symbol", "meaning", "100 % is"]:
        known = et.model.observables.OBSERVABLES[name].quantity
        assert letter == shown(symbol(name))
        size = references.pop(name)
        if name == "penetration_depth":
            assert whole == f"1/({quoted(known, 1 / size)})"
            assert 1 / size == pytest.approx(float(np.min(bare.penetration_depth)), rel=1e-9)
        else:
            assert whole == quoted(known, size)
            assert size == pytest.approx(float(np.max(bare.higgs_coefficient)), rel=1e-9)
    assert not references


def test_the_answer_says_the_numbers_of_the_candidates_that_it_names(planned, ranked):
    question, best, alone, *rest = plan_answer(planned)
    first = ranked[0]
    assert "H1" in question
    assert (first["quantity"], first["kelvin"], first["precision"]) == (
        "higgs_coefficient",
        4.0,
        0.02,
    )

    def named(c):
        return f"{symbol(c['quantity'])} about {c['kelvin']:.3g} K with points of {100 * c['precision']:.2g} %"

    def said(c):
        return f"{c['bits']:.2f} ± {max(c['error'], 0.01):.2f} bits"

    assert first["strong"] != first["against"]
    assert best == (
        f"The best of 16 candidates is {named(first)}: it is expected to give {said(first)} of the "
        "1 bit that answers this. Strong evidence, ln B > 5, is found for an entropy in "
        f"{100 * first['strong']:.0f} % of the data simulated with one, and against it in "
        f"{100 * first['against']:.0f} % of those without."
    )
    assert f"{first['alone'][0]:.2f} from H0 and {first['alone'][1]:.2f} from H2" in alone
    text = " ".join(rest)
    holding = next(c for c in ranked if not c["fails"])
    assert (
        f"At 4 K an assumption of the theory fails: thermal_floor. Where all assumptions hold, the best is "
        f"{named(holding)}: {said(holding)}."
    ) in text
    least = max(c["precision"] for c in ranked if c["bits"] >= 0.9)
    easy = next(c for c in ranked if c["bits"] >= 0.9 and c["precision"] == least)
    told = f"The least precise candidate with at least 0.9 bits is {named(easy)}: {said(easy)}"
    assert easy is not first
    assert told in text
    points = planned.design.points[0, :3]
    assert (
        f"A candidate is 3 points with the trap over {np.ptp(points):.3g} K and 3 without" in text
    )


def test_evidence_that_decides_nothing_is_told_with_its_bits(planned):
    noise = np.random.default_rng(2).normal(size=planned.log_evidence.shape)
    weak = dataclasses.replace(planned, log_evidence=0.1 * noise)
    best = weak.candidates[0]
    assert best.information < 0.1
    text = " ".join(plan_answer(weak))
    assert (
        f"None of 16 candidates decides much: even the best, {symbol(best.quantity)} about" in text
    )
    assert f"{best.temperature:.3g} K with points of {100 * best.precision:.2g} %" in text
    assert f"{best.information:.2f} ± " in text
    assert "least precise" not in text


@pytest.mark.parametrize(
    ("name", "value", "label"),
    [("information", "bits", "bit"), ("bayes-factors", "half", "ln B")],
)
def test_figures_have_each_candidate_where_it_is(planned, ranked, lines, name, value, label):
    figure = plan_figures(planned)[name]
    panels = [axes for axes in figure.axes if axes.get_visible()]
    kelvin = planned.design.temperatures
    titles = [axes.get_title(loc="left") for axes in panels]
    assert titles == [typeset(symbol(q)) for q in planned.design.quantities]
    assert label in panels[0].get_ylabel()
    colours = {}
    for axes, quantity in zip(panels, planned.design.quantities, strict=True):
        drawn = lines(axes)
        assert set(drawn) == {"2 %", "10 %"}
        for words, (x, y) in drawn.items():
            of = {
                c["kelvin"]: c for c in ranked
                if (c["quantity"], f"{100 * c['precision']:.2g} %") == (quantity, words)
            }  # fmt: skip
            np.testing.assert_allclose(x, kelvin)
            np.testing.assert_allclose(y, [of[t][value] for t in kelvin], rtol=1e-9)
            (line,) = (one for one in axes.get_lines() if one.get_label() == words)
            colours[words] = line.get_color()
            thin = [
                one.get_ydata() for one in axes.get_lines()
                if one.get_color() == paler(line.get_color(), 0.5)
            ]  # fmt: skip
            if value == "bits":
                (alone,) = thin
                wanted = [of[t]["alone"][0] for t in kelvin]
                np.testing.assert_allclose(np.asarray(alone), wanted, rtol=1e-9)
            else:
                assert not thin
        assert len(set(colours.values())) == 2
        # The transition, and from where evidence is strong.
        (critical,) = (
            one
            for one in axes.get_lines()
            if one.get_linestyle() == ":" and len(one.get_xdata()) == 2
        )
        assert critical.get_xdata() == pytest.approx([5.0, 5.0])
        if value == "half":
            assert any(list(one.get_ydata()) == [5.0, 5.0] for one in axes.get_lines())
        hatched = sorted(
            (patch.get_x(), patch.get_x() + patch.get_width()) for patch in axes.patches
        )
        assert np.allclose(hatched, [(3.0, 5.0), (7.0, 8.0)])
        assert "(K)" in panels[-1].get_xlabel()
    (legend,) = figure.legends
    told: Any = {
        text.get_text(): handle
        for text, handle in zip(legend.get_texts(), legend.legend_handles, strict=True)
    }
    for words, colour in colours.items():
        assert to_hex(told[words].get_color()) == to_hex(colour)
    rival = f"if {HYPOTHESES['none'].label} were the only rival"
    assert (rival in told) == (value == "bits")
    assert "theory out of range" in told
