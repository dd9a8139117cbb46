"""The reproduction of the paper: its claims with their numbers and verdicts, and its figures."""

import collections
import dataclasses
import json
import math
import re
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import pytest
from scipy import constants as si
from scipy import integrate

from entrap.app.casefile import load_case
from entrap.case import library
from entrap.core.errors import InputError
from entrap.core.units import unit_factor
from entrap.studies.paper import claims as paper
from entrap.studies.paper import curves as figures
from entrap.studies.paper.claims import _holds, follows, rough, rounded, same

ROOT = Path(__file__).parents[3]
WRONG, AGREES = "printed form is wrong", "agrees"
ROUGH, UNFOUNDED = "order of magnitude", "does not follow"

# Printed value, ours and verdict; 25 digits where 50-digit arithmetic gave them.
EXPECTED = {
    "eq-1": ("0.5481597444204712259920350", "0.5481597444204712259920350", AGREES),
    "eq-2": ("0.5481597444204712259920350", "0.5481597444204712259920350", AGREES),
    "high-entropy": ("1.61", "0.6931471805599453094172321", UNFOUNDED),
    "ideal-gases": ("2.995732273553990993435224", "0.001166198205277202572451367", UNFOUNDED),
    "eq-5": ("-32989.75064364228567494645", "-32989.75064364228567494645", AGREES),
    "effective-temperature": (
        "-1.939423822182114253493969e-22",
        "-1.939423822182114253493969e-22",
        AGREES,
    ),
    "n_s": ("25863367697861.50197417300", "6.689137886747857684691977e+26", WRONG),
    "below-13": ("18288162683478.97446148744", "18288162683478.97446148744", AGREES),
    "field-energy": ("4e3", "3978.873577822725447259288", AGREES),
    "eq-6": ("1", "0.5", WRONG),
    "a-dense": ("3", "5.763772802244053206783005", ROUGH),
    "ratio": ("20", "318.5478828222953932469000", UNFOUNDED),
    "a-thin": ("30000", "57637.72802244053766769760", ROUGH),
    "fine-tuning": ("2.881886401122026603391502", None, UNFOUNDED),
    "xi-0": ("210e-9", "0.0000002095153731018532098263537", AGREES),
    "fig-2-states": ("3.279648999660726022736258", "3.279648999660726022736258", AGREES),
    "trap-rate": ("2400", "2400", AGREES),
    "fig-3-alpha": (None, "2.341198260361750312167299", AGREES),
    "fig-3-release": ("10.78700486236947001504531", "10.78700486236947001504531", AGREES),
    "fig-3-count": ("1e27", "2.857142857142856993330406e+26", WRONG),
    "eq-9": ("2.642439534713773085406873e+26", "1.586905452120211950674791e+26", WRONG),
    "eq-9-start": ("8e26", "4e26", WRONG),
    "eq-10": ("8.095648585058496451587462e+26", "6.617026565206458146923753e+26", WRONG),
    "eq-10-count": ("1.4e27", "1e27", WRONG),
    "eq-11": ("8.454822555520437628730247e+26", "6.756279135134684927160673e+26", WRONG),
    "eq-12": ("0.4037628609973237916311821", "0.4037628609973237916311821", AGREES),
    "eq-14": ("7.757695288728457013975875e-22", "7.757695288728457013975875e-22", AGREES),
    "higgs-scaling": ("2.341198260361750312167299", "1.530097467601900945047775", WRONG),
    "eq-15": ("0.0000002054679548725455986622254", "0.0000002054679548725455986622254", AGREES),
    "eq-16": ("0.2855034570024890380790929", "0.4037628609973237916311821", WRONG),
    "eq-16-round": ("0.05", "0.1", WRONG),
    "eq-17": ("0.01673647846169772622095033", "0.01673647846169772622095033", AGREES),
    "eq-17-length": (None, "2.805112649205831533493021e-9", WRONG),
    "eq-17-kappa": (None, "73.24766616082836650869817", WRONG),
}

# To three or four digits, as the theory page quotes them.
QUOTED = {
    "inputs-field": (0.1, 9.0e-4, UNFOUNDED),
    "inputs-length": (19.6e-9, 1.26e-6, UNFOUNDED),
    "pairs": (None, 4.6e6, AGREES),
    "least-n_s": (1.09e20, 2.17e20, ROUGH),
    "trap-validity": (None, 0.959, UNFOUNDED),
    "above-T_c": (None, 0.588, UNFOUNDED),
    "trap-energy": (0.985, 0.5504, UNFOUNDED),
    "trap-charge": (9.05e4, 2.58e-4, UNFOUNDED),
    "tdgl": (1e-3, 3.00e-11, UNFOUNDED),
    "constant-rate": (0.18907, 0.011625, UNFOUNDED),
    "eq-9-slow": (1.0124, 0.97262, WRONG),
    "limit-ramp": (5e-7, 5e-7 / 21, UNFOUNDED),
    "limit-condition": (0.25, 0.18907, UNFOUNDED),
    "higgs-gap": (1.657e-23, 2e-3 * si.e, UNFOUNDED),
}

VERDICTS = {
    AGREES: """high-entropy-alloys eq-1 eq-2 eta-bcc eta eq-3 eq-4 eq-4-value eq-5 always-minimum
        effective-temperature field-energy thin-correction xi-0 several-orders pairs dilute
        fig-2-metal fig-2-states fig-2-escape trap-rate decay-rate fig-3-added fig-3-alpha
        fig-3-grey fig-3-release eq-7 eq-8 limit eq-12 eq-13-constant eq-13-quadratic
        eq-13-gradient below-13 eq-14 higgs-compared held-modes eq-15 eq-15-alpha eq-17
        entropy-down""",
    WRONG: """n_s eq-6 fig-3-count eq-9 eq-9-start eq-9-slow eq-10 eq-10-count eq-11 eq-11-count
        eq-13-linear eq-13-phase higgs-scaling below-14 eq-16 eq-16-round eq-17-length eq-17-kappa
        eq-17-above-T_c""",
    ROUGH: "a-dense a-thin least-n_s",
    UNFOUNDED: """high-entropy many-materials ideal-gases no-finite-T_c minimum-by-entropy a-larger
        ratio fine-tuning inputs-field inputs-length escape-range normal-quasiparticles decay
        trap-validity above-T_c no-normal trap-energy trap-charge pairs-kept tdgl constant-rate
        limit-condition limit-ramp higgs-gap type-II filled-band""",
}


def near(value, rel=1e-6):
    """Relative alone: SI numbers are far below pytest's absolute tolerance."""
    return pytest.approx(value, rel=rel, abs=0)


@pytest.fixture(scope="module")
def claims():
    return {claim.id: claim for claim in paper.claims()}


@pytest.mark.parametrize("name", EXPECTED)
def test_claim_has_both_numbers_and_the_verdict(claims, name):
    printed, ours, verdict = EXPECTED[name]
    claim = claims[name]
    # Eqs. (15) and (16) pass through Gaussian units, where μ0 is 4π 10⁻⁷.
    tolerance = 2e-10 if name in ("eq-15", "eq-16") else 1e-12
    if printed is not None:
        assert claim.printed == near(float(printed), rel=tolerance)
    if ours is not None:
        assert claim.ours == near(float(ours), rel=tolerance)
    assert claim.verdict == verdict


@pytest.mark.parametrize("name", QUOTED)
def test_claim_has_the_numbers_of_the_theory_page(claims, name):
    printed, ours, verdict = QUOTED[name]
    claim = claims[name]
    if printed is not None:
        assert claim.printed == near(printed, rel=5e-3)
    assert claim.ours == near(ours, rel=5e-3)
    assert claim.verdict == verdict


def test_each_claim_has_its_verdict_and_none_has_another(claims):
    pinned = {name: verdict for verdict, names in VERDICTS.items() for name in names.split()}
    assert {name: claim.verdict for name, claim in claims.items()} == pinned


@pytest.mark.parametrize("erratum", ["E1", "E1b", "E2", "E3", "E4", "E5", "E6", "E9"])
def test_erratum_shows_as_a_wrong_printed_form_with_both_numbers(claims, erratum):
    wrong = [c for c in claims.values() if erratum in c.errata.split(", ") and c.verdict == WRONG]
    assert wrong
    for claim in wrong:
        assert claim.printed is not None
        assert claim.ours is not None
        assert claim.printed != near(claim.ours, rel=1e-3)


def test_nothing_is_called_wrong_without_an_erratum(claims):
    assert all(claim.errata for claim in claims.values() if claim.verdict == WRONG)


def test_every_equation_is_judged(claims):
    named = " ".join(claim.where for claim in claims.values())
    assert {int(n) for n in re.findall(r"\((\d+)\)", named)} >= set(range(1, 18))
    judged = {int(n) for name in claims for n in re.findall(r"eq-(\d+)", name)}
    assert judged == set(range(1, 18))
    assert len(claims) >= 36


def test_claims_are_frozen_and_their_names_unique(claims):
    ids = collections.Counter(claim.id for claim in paper.claims())
    assert set(ids.values()) == {1}
    with pytest.raises(dataclasses.FrozenInstanceError):
        claims["eq-1"].verdict = WRONG


def test_phase_term_differs_by_its_sign_alone(claims):
    claim = claims["eq-13-phase"]
    pairs = float("2.857142857142856993330406e+26") / 2  # held at n_s⁰
    assert claim.ours == near(pairs / (2 * 2 * si.m_e), rel=1e-8)
    assert claim.printed == near(-claim.ours, rel=1e-12)


def test_missing_linear_term_is_the_entropy_pull_on_the_held_pairs(claims):
    claim = claims["eq-13-linear"]
    amplitude = math.sqrt(float("2.857142857142856993330406e+26") / 2)
    assert claim.printed == 0
    assert claim.ours == near(-4 * amplitude * si.k * 5.0 * math.log(5), rel=1e-12)


def test_quadratic_term_is_known_although_pinned(claims):
    alpha, tilde = 4.141947e-23 * (5.0 - 7.0), float("-1.939423822182114253493969e-22")
    assert claims["eq-13-quadratic"].ours == near(2 * tilde - 6 * alpha, rel=1e-12)
    assert claims["eq-13-quadratic"].verdict == AGREES


def test_printed_coherence_length_squared_is_negative_above_t_c(claims):
    claim = claims["eq-17-above-T_c"]
    assert claim.printed < 0 < claim.ours


def test_printed_kappa_is_off_by_the_factor_of_the_theory_page(claims):
    claim = claims["eq-17-kappa"]
    critical = float("15.10180680731725802106344")
    factor = float("0.7385148105651582035059116") * math.sqrt((1 - 5 / 7) / (1 - 5 / critical))
    assert claim.printed / claim.ours == near(factor, rel=1e-10)


def test_notes_quote_the_threshold_of_eq_11(claims):
    threshold = float("0.6057701616316195581617842")
    assert f"x = {threshold:.6f}" in claims["eq-11-count"].note
    assert claims["eq-11-count"].printed / claims["eq-11-count"].ours == near(25.9, rel=2e-3)


def page(name):
    """A page of the docs in one line."""
    return " ".join((ROOT / name).read_text("utf-8").split())


def test_numbers_of_the_paper_s_page_are_those_of_its_claims(claims):
    text = page("docs/paper.md")
    assert f"is {1e9 * claims['xi-0'].ours:.1f} nm for 10⁶ m/s and 1 meV" in text
    assert claims["pairs"].ours == pytest.approx(4.6e6, rel=0.01)
    assert "4.6·10⁶ at 10²⁷ m⁻³" in text
    count = len(library.names())
    slopes = [
        slope for key in library.names()
        for of in [library.landau_slopes(library.load(key))]
        for slope in (of.carriers, of.bcs) if slope is not None
    ]  # fmt: skip
    assert max(slopes) < math.log(2)
    assert (
        f"None of its {count} materials has $a \\ge k_B\\ln 2$; the largest is {max(slopes):.3f} $k_B$"
        in text
    )
    ratio = claims["normal-quasiparticles"].ours
    assert f"{ratio / 1e4:.0f}·10⁴ in aluminium at 0.9 $T_c$" in text


def test_the_errata_are_as_many_as_the_first_page_says(claims):
    errata = {code for claim in claims.values() for code in claim.errata.split(", ") if code}
    whole = set(re.findall(r"\bE\d+", " ".join(errata)))
    stated = set(re.findall(r"\bE\d+\b", (ROOT / "docs/theory.md").read_text("utf-8")))
    assert whole <= stated
    words = {12: "twelve", 11: "eleven", 13: "thirteen"}
    assert f"corrected ones, {words[len(stated)]} errata in all" in page("README.md")


def test_json_is_strict_and_complete(claims):
    rows = paper.as_json(claims.values())
    assert json.loads(json.dumps(rows, allow_nan=False)) == rows
    assert [row["id"] for row in rows] == list(claims)
    assert {"where", "statement", "printed", "ours", "unit", "verdict", "note"} <= set(rows[0])


def test_json_refuses_an_infinite_number(claims):
    endless = dataclasses.replace(claims["eq-1"], ours=math.inf)
    with pytest.raises(ValueError, match="eq-1 must have finite numbers"):
        paper.as_json([endless])


def test_units_of_claims_are_units(claims):
    for claim in claims.values():
        for unit in (claim.unit, claim.printed_unit):
            assert unit_factor(unit, unit) == 1.0


@pytest.mark.parametrize(
    ("chain", "holds"),
    [("1 <= x <= 3", True), ("1 <= x <= 1.5", False), ("2.5 <= x <= 3", False), ("x < 2", False)],
)
def test_a_chain_of_inequalities_holds_where_each_of_its_parts_does(chain, holds):
    assert _holds(chain, {"x": 2.0}) is holds


def test_verdicts_follow_from_the_numbers():
    assert same(1.0, 1.0 + 1e-10) == AGREES
    assert same(1.0, 1.0 + 1e-8) == same(-1.0, 1.0) == same(0.0, 1e-30) == WRONG
    assert rounded(4e3, 3978.9, 1) == rounded(210.0, 209.5, 2) == AGREES
    assert rounded(20.0, 17.85, 2) == WRONG
    assert rough(20.0, 17.85) == AGREES
    assert rough(3.0, 0.0) == WRONG
    assert rough(3.0, 5.8) == rough(3.0, 3.0 * 3.1) == ROUGH
    assert rough(3.0, 3.0 * 3.2) == rough(20.0, 318.5) == rough(-3.0, 5.8) == WRONG
    assert (follows(True), follows(False)) == (AGREES, UNFOUNDED)


# Figure 3, in units n_c, k_B T_c: n_s, energy, temperature.
POINTS = {
    "black 1": (0.6, -0.76, 0.4),
    "black 2": (0.6, -0.60, 0.4),
    "grey": (float("0.6756279135134684764113216"), -0.624532, 0.4),
    "minimum": (0.8, -0.64, 0.4),
    "grey released": (float("0.6756279135134684764113216"), None, 0.648744),
    "blue 0.8": (0.6, -0.36, 0.8),
    "blue 1.2": (0.4, -0.16, 1.2),
    "blue 1.6": (0.2, -0.04, 1.6),
}


FIGURE_3 = files("entrap.studies.paper") / "figure-3.toml"


def setting(*overrides):
    with as_file(FIGURE_3) as path:
        return figures.setting(load_case(path, overrides))


@pytest.fixture(scope="module")
def figure_3():
    return figures.functional(setting()).dataset()


@pytest.mark.parametrize("name", POINTS)
def test_marked_point_of_figure_3(figure_3, name):
    point = figure_3.sel(point=name)
    density, energy, temperature = POINTS[name]
    assert float(point.point_density) == near(density, rel=1e-12)
    assert float(point.point_temperature) == pytest.approx(temperature, abs=5e-7)
    if energy is not None:
        assert float(point.point_energy) == pytest.approx(energy, abs=5e-7)


@pytest.mark.parametrize(
    ("curve", "slope", "offset"),
    [("green", -1.2, -0.4), ("red", -1.6, 0.0), ("blue 0.8", -1.2, 0.0), ("blue 1.6", -0.4, 0.0)],
)
def test_curve_of_figure_3_is_its_parabola(figure_3, curve, slope, offset):
    x = figure_3.superfluid_density.values
    expected = slope * x + x**2 + offset
    np.testing.assert_allclose(figure_3.free_energy.sel(curve=curve), expected, atol=1e-14)


def test_curves_of_figure_3_have_their_minima_at_the_marked_points(figure_3):
    for name in ("minimum", "blue 1.2", "blue 1.6"):
        point = figure_3.sel(point=name)
        curve = figure_3.free_energy.sel(curve="red" if name == "minimum" else name)
        lowest = float(curve.superfluid_density[int(np.argmin(curve.values))])
        assert lowest == pytest.approx(float(point.point_density), abs=1e-12)
        assert float(curve.min()) == pytest.approx(float(point.point_energy), abs=1e-12)


def test_densities_of_states_of_figure_2():
    data = figures.density_of_states().dataset()
    energy, metal = data.energy.values, data.metal_states.values
    states = data.superconductor_states.values / metal
    np.testing.assert_allclose(metal, 1 / np.pi)
    assert np.all(states[energy < 1] == 0)
    gapped = energy > 1
    # E = |Δ| cosh u: ν_S/ν_N = coth u.
    np.testing.assert_allclose(states[gapped], 1 / np.tanh(np.arccosh(energy[gapped])), rtol=1e-9)


def test_rates_of_figure_2_combine_as_adiabatic_elimination_says():
    data = figures.density_of_states(relaxation=20 / 3, escape=5 / 3 * np.tanh(np.arccosh(4.0)))
    data = data.dataset()
    last = data.isel(energy=-1)
    assert float(last.escape_rate) == near(5 / 3, rel=1e-12)
    assert 3000 * float(last.effective_rate) == near(2400.0, rel=1e-12)
    above = data.sel(energy=slice(1.0, None))
    assert np.all(np.diff(above.effective_rate) > 0)
    assert float(above.effective_rate[0]) < 0.1


@pytest.fixture(scope="module")
def figure_kinetics():
    return figures.kinetics().dataset()


def test_exact_kinetics_solve_eqs_7_and_8(figure_kinetics):
    time = figure_kinetics.time.values
    for x in (0.1, 0.5):
        solved = integrate.solve_ivp(
            lambda _, n, x=x: [-n[0] - x * n[0] ** 2, x * n[0] ** 2], (0.0, 5.0), [1.0, 0.0],
            method="DOP853", t_eval=time, rtol=1e-12, atol=1e-14,
        )  # fmt: skip
        data = figure_kinetics.sel(crowding=x)
        np.testing.assert_allclose(data.normal_density, solved.y[0], rtol=1e-9)
        np.testing.assert_allclose(data.paired_density, solved.y[1], atol=1e-10)


def test_kinetics_as_printed_starts_and_ends_too_high(figure_kinetics):
    for x in (0.1, 0.5):
        data = figure_kinetics.sel(crowding=x)
        ratio = (data.normal_density_printed / data.normal_density).values
        assert ratio[0] == near(1 / (1 - x), rel=1e-12)
        assert np.all(ratio > 1 + x)
        grown = np.exp(data.time.values)
        np.testing.assert_allclose(ratio, ((1 + x) * grown - x) / (grown - x), rtol=1e-12)


def test_kinetics_at_the_reference_time(figure_kinetics):
    data = figure_kinetics.sel(crowding=0.5).sel(time=0.7, method="nearest")
    assert float(data.normal_density) * 4e26 == near(1.586905452120211950674791e26)
    assert float(data.normal_density_printed) * 4e26 == near(2.642439534713773085406873e26)
    assert 6e26 + float(data.paired_density_printed) * 4e26 == near(8.095648585058496451587462e26)


def test_gain_as_printed_passes_one_at_the_threshold(figure_kinetics):
    threshold = float(figure_kinetics.threshold)
    assert threshold == pytest.approx(float("0.6057701616316195581617842"), abs=1e-12)
    x, gain = figure_kinetics.final_crowding, figure_kinetics.gain_printed
    assert np.all((gain > 1) == (x > threshold))
    half = figure_kinetics.sel(final_crowding=0.5, method="nearest")
    assert float(half.gain_printed) == pytest.approx(0.613706, abs=5e-7)
    assert float(half.gain) == pytest.approx(0.189070, abs=5e-7)
    assert np.all(np.isfinite(gain))
    assert np.all(figure_kinetics.gain < 1 - math.log(2) + 1e-12)


@pytest.fixture(scope="module")
def figure_detection():
    return figures.detection(setting()).dataset()


def test_detection_set_releases_and_ends_where_figure_3_does(figure_detection):
    assert float(figure_detection.release_temperature) == near(0.8, rel=1e-12)
    assert float(figure_detection.effective_critical_temperature) == near(2.0, rel=1e-12)


def test_higgs_coefficient_falls_to_each_critical_temperature(figure_detection):
    unit = 1e-3 * si.e / 1.763877  # k_B T_c of a 1 meV gap
    t = figure_detection.temperature
    bare, trap = figure_detection.higgs_coefficient_bare, figure_detection.higgs_coefficient
    np.testing.assert_allclose(bare[t < 1], 8 * (1 - t[t < 1]) * unit, rtol=1e-6)
    np.testing.assert_allclose(trap[t > 0.8], 4 * (2 - t[t > 0.8]) * unit, rtol=1e-6)
    assert np.all(np.isnan(bare[t > 1]))
    assert np.all(np.isnan(trap[t < 0.8]))


def test_held_condensate_looks_the_same_until_its_release(figure_detection):
    held = figure_detection.sel(temperature=slice(None, 0.8))
    for name in ("higgs_mode", "penetration_depth", "lower_critical_field"):
        np.testing.assert_allclose(held[name], float(held[name + "_bare"][0]), rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "power", "rtol"),
    [
        ("superfluid_density", 1, 1e-9),
        ("higgs_mode", 1, 2e-4),
        ("penetration_depth", -2, 1e-9),
        ("lower_critical_field", 1, 1e-9),
    ],
)
def test_released_sample_is_the_bare_one_at_half_the_temperature(
    figure_detection, name, power, rtol
):
    t = figure_detection.temperature.values
    at = t[(t > 0.82) & (t < 1.8)]
    released = np.interp(at, t, figure_detection[name].values ** power)
    bare = np.interp(at / 2, t, figure_detection[name + "_bare"].values ** power)
    np.testing.assert_allclose(released, bare, rtol=rtol)


def test_lower_critical_field_goes_with_the_inverse_square_of_the_depth(figure_detection):
    product = figure_detection.lower_critical_field * figure_detection.penetration_depth**2
    # Φ0 ln κ/4π with κ = (2m_e/eħ) √(2β/μ0) and β = 2 k_B T_c/n_c.
    beta = 2 * (1e-3 * si.e / 1.763876988) / 1e27
    kappa = 2 * si.m_e / (si.e * si.hbar) * math.sqrt(2 * beta / si.mu_0)
    expected = si.h / (2 * si.e) * math.log(kappa) / (4 * math.pi)
    np.testing.assert_allclose(product, expected, rtol=1e-7)


def test_set_changes_figure_3_as_its_parabolas_say():
    # a/k_B = 4, L = ln 3, σ = 2, T_0 = 0.6 T_c, x = 0.1 at γ ∝ 1 - e^(-Γt)
    critical = 6.5789838
    data = figures.functional(
        setting(
            "landau.a=4 k_B", "mixture.valence_ratio=2", "landau.saturation=2",
            f"protocol.start={0.6 * critical} K", "trap.pairing=0.1", 'trap.closure="ramp"',
            f"protocol.warm_to={1.3 * critical} K",
        )
    ).dataset()  # fmt: skip
    log, sigma, slope = math.log(3), 2.0, 4.0
    enhanced = 1 / (1 - log / slope)
    held = sigma * (1 - 0.6)
    x = data.superfluid_density.values
    beta = slope / sigma
    for curve, t, left in (("green", 0.6, 1.0), ("red", 0.6, 0.0)):
        expected = slope * (t - 1) * x + beta * x**2 / 2 - t * log * (x + left * (1 - x))
        np.testing.assert_allclose(data.free_energy.sel(curve=curve), expected, atol=1e-13)
    assert data.attrs == {"landau_a_over_k_B": near(4.0), "log_mixing_ratio": near(log)}
    release = enhanced * (1 - held / sigma)
    end = min(enhanced, 1.3)
    thirds = [release, (2 * release + end) / 3, (release + 2 * end) / 3]
    np.testing.assert_allclose(data.temperature[2:5], thirds, rtol=1e-9)
    minima = [sigma * (1 - t / enhanced) for t in thirds]
    np.testing.assert_allclose(data.point_density[5:], np.minimum(minima, 1.0), rtol=1e-9)


def test_set_of_the_pairing_moves_the_grey_circle():
    normal = 0.4
    for closure, gain in (
        ("constant", 1 - math.log(1.1) / 0.1),
        ("ramp", 1 - math.atan(math.sqrt(0.05)) / math.sqrt(0.05)),
    ):
        data = figures.functional(setting("trap.pairing=0.1", f"trap.closure={closure}")).dataset()
        grey = float(data.sel(point="grey").point_density)
        assert grey == near(0.6 + normal * gain, rel=1e-9)


def test_figure_3_without_a_release_says_that_n_s_is_held():
    data = figures.functional(setting("landau.a=2.88 k_B", "mixture.valence_ratio=19")).dataset()
    assert not data.released
    np.testing.assert_allclose(data.point_density[5:], 0.6, rtol=1e-12)
    np.testing.assert_allclose(data.temperature[2:5], [0.4 + 1.6 * k / 3 for k in (1, 2, 3)])
    assert np.isnan(data.sel(point="grey released").point_temperature)
    assert figures.functional(setting())["released"]


def test_figure_3_refuses_what_it_cannot_draw():
    with pytest.raises(InputError, match=r"trap\.closure.*constant.*ramp"):
        setting("trap.closure=self-consistent")
    with pytest.raises(InputError, match=r"protocol\.warm_to.*above the start"):
        setting("protocol.warm_to=2.63159352 K")
    with pytest.raises(InputError, match=r"protocol\.start.*below T_c"):
        setting("protocol.start=6.6 K")
    with pytest.raises(InputError, match=r"landau\.slope"):
        setting("landau.slope=2 k_B")


@pytest.mark.parametrize(("ratio", "count"), [(math.e - 1, 71), (0.0, 0), (1.0, 56), (19.0, 106)])
def test_atoms_of_figure_1_are_mixed_in_the_share_of_the_case(ratio, count):
    atoms = figures.setup(setting(f"mixture.valence_ratio={ratio}"))["valence_atom"]
    assert atoms.shape == (7, 16)
    assert atoms.sum() == count == round(112 * ratio / (1 + ratio))


def test_atoms_of_figure_1_are_in_random_order():
    atoms = figures.setup(setting("mixture.valence_ratio=1"))["valence_atom"]
    flips = (atoms[:, 1:] != atoms[:, :-1]).mean(), (atoms[1:] != atoms[:-1]).mean()
    assert all(0.35 < share < 0.65 for share in flips)


@pytest.mark.parametrize(
    "make",
    [
        figures.density_of_states,
        figures.kinetics,
        lambda: figures.setup(setting()),
        lambda: figures.functional(setting()),
        lambda: figures.detection(setting()),
    ],
)
def test_every_variable_of_a_figure_has_a_unit_and_a_name(make):
    data = make().dataset()
    for name, variable in data.variables.items():
        if variable.dtype.kind == "U":
            continue  # names of curves and points
        assert variable.attrs["long_name"], name
        assert unit_factor(variable.attrs["units"], variable.attrs["units"]) == 1.0
