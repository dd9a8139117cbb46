"""`entrap fit`: what is said is true of every outcome; what is wrong is told; the folder is whole."""

import dataclasses
import math

import numpy as np
import pytest
from matplotlib.figure import Figure
from tests.studies.fit.made import CASE, HEADER, KEYS, fitted, made

import entrap as et
from entrap.app.casefile import load_case
from entrap.core.constants import BOLTZMANN
from entrap.core.quantities import Quantity
from entrap.report.look import LOOK
from entrap.report.style import BLUE, RED
from entrap.solve.protocol.results import Margin
from entrap.studies.fit.figures.curves import _residuals
from entrap.studies.fit.figures.ranking import ranking
from entrap.studies.fit.identifiability import Direction
from entrap.studies.fit.pages import bare as bare_answer
from entrap.studies.fit.pages.answer import fit_answer
from entrap.studies.fit.pages.caveats import divergences, not_fixed, unconverged
from entrap.studies.fit.pages.report import numbers
from entrap.studies.fit.pages.series import answer as series_answer
from entrap.studies.fit.pages.words import digits, span
from entrap.studies.fit.parameters import Parameter
from entrap.studies.fit.posterior import Summary
from entrap.studies.fit.series import Series, SeriesSample, Slope


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    path = tmp_path_factory.mktemp("case") / "case.toml"
    path.write_text(CASE)
    return load_case(path, needs=("material", "landau"))


@pytest.fixture(autouse=True)
def plain_spread(monkeypatch):
    """A prior is as wide as its coordinate: what follows is of words, not of priors."""
    monkeypatch.setattr(Parameter, "spread", 1.0)


def said(found):
    return "\n".join(fit_answer(found))


@pytest.mark.parametrize(
    ("evidences", "verdict", "says", "not_said"),
    [
        (
            {"none": 0.0, "mixing": 20.0, "heating": 12.0, "extraction": -30.0},
            "entropy",
            ["(H2), does worse than H1: ln B = -50.00", "show an entropy", "H1 (", "over H3", "ln B = 8.00 ± 0.14, strong evidence", "L = ln(n/n_c) = 1.20 (90 %", "worse than H1"],
            ["at most", "does not explain"],
        ),
        (
            {"none": 5.0, "mixing": 0.0, "heating": 3.0},
            "no entropy",
            ["speak against", "H0 (the trap changes nothing) is favoured over H1", "L = ln(n/n_c) is at most 1.2", "probability of 0.6 %", "H3) does better than H1"],
            ["show an entropy", "= 1.20"],
        ),
        (
            {"none": 0.0, "mixing": 0.4},
            "undecided",
            ["(H2), was not compared: without it no entropy can be named", "do not decide", "which decides nothing", "at most", "H3) was not compared", "both were equally probable"],
            ["strong", "show an entropy"],
        ),
        (
            {"none": 0.0, "mixing": -2.0, "heating": -1.5},
            "undecided",
            ["do not decide", "H0 (the trap changes nothing) is favoured over H1", "weak evidence", "H3) does as well as H1"],
            ["show"],
        ),
        (
            {"none": -math.inf, "mixing": 3.0, "heating": -math.inf},
            "entropy",
            ["no hypothesis without an entropy gives the data any probability", "H3) gives the data no probability"],
            ["favoured"],
        ),
        (
            {"none": 1.0, "mixing": -math.inf, "heating": 0.0},
            "no entropy",
            ["no hypothesis with an entropy gives", "cannot be said: no hypothesis with an entropy was fitted", "H3) is not the most probable"],
            ["favoured", "T̃_c"],
        ),
        ({"mixing": 1.0, "degenerate": 0.0}, "undecided", ["cannot be said: each", "has one"], ["favoured"]),
        ({"none": 1.0}, "undecided", ["cannot be said: each", "is without one"], ["favoured"]),
    ],
)  # fmt: skip
def test_what_is_said_is_what_was_found(case, evidences, verdict, says, not_said):
    text = said(fitted(case, evidences, verdict))
    for words in says:
        assert words in text, text
    for words in not_said:
        assert words not in text, text


def bare(case, p=0.4, limit=0, **more):
    """The fit of two readings without the trap."""
    found = fitted(case, {"none": 0.0}, "undecided")
    posterior = dataclasses.replace(made(case, "none", **more), chi_squared=1.25, misfit=p)
    data = dataclasses.replace(found.data, on=np.zeros(2, bool), limit=np.full(2, limit))
    return dataclasses.replace(found, data=data, posteriors={"none": posterior})


def test_a_fit_without_a_trap_gives_the_samples_numbers_and_says_nothing_of_an_entropy(case):
    found = bare(case)
    text = said(found)
    assert "No reading is with the trap" in text
    assert "explains the data: χ² = 1.25 (readings: 2, numbers inferred: 2)" in text
    assert "The data give T_c = " in text
    for words in ("H1", "H2", "H3", "ln B", "L =", "T̃_c", "assumptions"):
        assert words not in text, text
    assert set(numbers(found)) == {"points", *KEYS[:2]}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"p": 0.02}, "explains the data poorly: χ²"),
        ({"p": 0.999}, "closer to the sample's curve"),
        ({"p": math.nan, "limit": 1}, "cannot be said: all are limits"),
    ],
)
def test_how_well_the_curve_of_a_bare_sample_explains(case, more, says):
    assert says in said(bare(case, **more))


def test_a_number_that_the_data_leave_to_its_prior_is_not_said_to_be_given(case):
    open_ = (Direction(0.1, {"landau.a": 1.0}),)
    text = said(bare(case, directions=open_))
    given = next(line for line in text.splitlines() if line.startswith("The data give"))
    assert "T_c = " in given
    assert "a = " not in given
    assert "the data do not fix a" in text


def test_the_gap_ratio_is_told_where_gap_and_critical_temperature_are_inferred(case):
    found = bare(case)
    p = found.posteriors["none"]
    kelvin = p.draws["material.critical_temperature"]
    ratio = np.linspace(3.7, 3.9, kelvin.size).reshape(kelvin.shape)
    gaps = p.draws | {"material.gap": 0.5 * ratio * BOLTZMANN * kelvin}
    (told,) = bare_answer._ratio(dataclasses.replace(p, draws=gaps))
    assert told == "So 2Δ_g(0)/k_B T_c = 3.80 (90 %: 3.71 to 3.89); weak coupling has 3.53."
    assert list(bare_answer._ratio(p)) == []


def test_an_effect_that_plain_bcs_explains_too_is_said_to_be_open(case):
    misfit = {"none": 0.0}
    evidences = {"none": -90.0, "mixing": 9.0, "extraction": 0.0}
    found = fitted(case, evidences, "undecided", misfit=misfit)
    text = said(found)
    assert "cannot tell the two apart" in text
    assert "several samples of different n_v/n_c" in text
    assert "L = ln(n/n_c) is at most" in text
    # Where the trap changes nothing there is nothing to tell apart.
    still = fitted(case, evidences | {"none": 8.0}, "undecided")
    assert "cannot tell the two apart" not in said(still)


def test_data_that_nothing_describes_are_given_no_odds(case):
    misfit = {"none": 0.0, "mixing": 1e-7}
    found = fitted(case, {"none": 0.0, "mixing": 9.0}, "unexplained", misfit=misfit)
    text = said(found)
    assert text.startswith("None of the hypotheses describes the data")
    assert "p = 10⁻⁷" in text
    assert "with the trap at 3 K (1 of 1 points, up to 50.0 standard deviations above H1)" in text
    assert "`fit.range`" in text
    assert '`landau.functional = "bcs"`' in text  # 2 K are below 0.7 T_c
    assert list(numbers(found)) == ["points"]
    assert "as no hypothesis describes the data" in repr(found)
    for words in ("ln B", "probability of", "at most", "favoured", "evidence", "L ="):
        assert words not in text
        assert words not in repr(found)
    other = fitted(
        case, {"none": 0.0, "mixing": 9.0}, "unexplained", misfit={"none": 0.3, "mixing": 1e-7}
    )
    first = fit_answer(other)[0]
    assert "The most probable hypothesis, H1" in first
    assert "H0 describes them" in first


@pytest.mark.parametrize(
    ("p", "says"),
    [
        (0.4, "explains the data:"),
        (0.02, "poorly"),
        (0.999, "closer"),
        (math.nan, "all data are limits"),
    ],
)
def test_how_well_the_best_explains(case, p, says):
    found = fitted(case, {"none": 0.0, "mixing": 9.0}, "entropy", misfit={"mixing": p})
    assert says in said(found)


@pytest.mark.parametrize(
    ("infinite", "says"),
    [
        (0.0, "T̃_c = 8.00 K (90 %: 7.8"),
        (0.1, "∞ K), infinite in 10 % of the draws"),
        (0.7, "T̃_c is infinite, k_B L being at least a, in 70 % of the draws"),
        (1.0, "infinite in all draws"),
    ],
)
def test_an_infinite_critical_temperature_is_told(case, infinite, says):
    p = made(case, "mixing", infinite=infinite)
    evidences = {"none": 0.0, "mixing": 9.0}
    assert says in said(fitted(case, evidences, "entropy", posteriors={"mixing": p}))
    below = said(fitted(case, evidences, "undecided", posteriors={"mixing": p}))
    assert ("no such limit" in below) == (infinite > 0.1)


def test_a_limit_that_is_the_priors_is_said_to_be(case):
    evidences = {"none": 0.0, "mixing": 0.0}
    wide = made(case, "mixing", wide=0.9)
    text = said(fitted(case, evidences, "undecided", posteriors={"mixing": wide}))
    assert "rests on the prior" in text
    assert "rests on the prior" not in said(fitted(case, evidences, "undecided"))


def test_hypotheses_that_predict_alike_are_told(case):
    elpd = {"none": -20.0, "mixing": 0.0, "degenerate": -0.02}
    evidences = {"none": -30.0, "mixing": 0.0, "degenerate": -0.7}
    tied = ("mixing", "degenerate")
    text = said(fitted(case, evidences, "entropy", elpd=elpd, error=0.03, tied=tied))
    assert "The data do not distinguish H1 and H1b: |ln B| < 1." in text
    assert "H1 and H1b make the same predictions" in text
    assert "comes mostly from their priors" in text


@pytest.mark.parametrize(
    ("apart", "error", "same"), [(0.4, 0.4, True), (0.6, 0.03, False), (0.02, 0.6, False)]
)
def test_predictions_are_alike_within_half_a_nat_of_a_difference_that_is_known_as_well(
    case, apart, error, same
):
    elpd = {"mixing": 0.0, "degenerate": -apart}
    text = said(
        fitted(case, {"mixing": 0.0, "degenerate": -3.0}, "entropy", elpd=elpd, error=error)
    )
    assert ("H1 and H1b make the same predictions" in text) is same


@pytest.mark.parametrize(
    ("elpd", "opposed", "says"),
    [
        ({"mixing": 0.0, "none": -3.0}, False, "agrees: H1 predicts best"),
        ({"mixing": -1.0, "none": 0.0}, False, "does not contradict ln B: H0 is ahead of H1"),
        ({"mixing": -4.0, "none": 0.0}, True, "disagrees: H0 predicts better than H1"),
    ],
)
def test_whether_leaving_one_out_agrees_is_told(case, elpd, opposed, says):
    found = fitted(case, {"none": 0.0, "mixing": 9.0}, "entropy", elpd=elpd, opposed=opposed)
    assert says in said(found)


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ([{KEYS[1]: 0.7, KEYS[0]: 0.7}], "do not fix T_c and a, only a combination of them"),
        ([{KEYS[1]: 1.0}], "do not fix a: they say less about it than its prior"),
        ([{KEYS[1]: 0.7, KEYS[0]: 0.7}, {KEYS[1]: 0.7, KEYS[0]: -0.7}], "they say less about them"),
    ],
)
def test_what_the_data_leave_open_is_told(case, parts, says):
    p = made(case, "mixing", directions=tuple(Direction(0.1, part) for part in parts))
    (text,) = not_fixed(p)
    assert says in text
    found = fitted(case, {"none": 0.0, "mixing": 9.0}, "entropy", posteriors={"mixing": p})
    assert text in fit_answer(found)


def test_chains_that_have_not_converged_are_told_first(case):
    bad = made(case, "none", rhat=np.array([1.2, 1.0]), ess=np.array([30.0, 900.0]))
    found = fitted(case, {"none": 0.0, "mixing": 5.0}, "entropy", posteriors={"none": bad})
    first = fit_answer(found)[0]
    assert "The chains of H0 have not converged: R-hat up to 1.200" in first
    assert [first] == list(unconverged(found))
    assert not found.succeeded


def test_chains_on_which_nothing_rests_may_be_short(case):
    bad = made(case, "both", rhat=np.array([1.2, 1.0]), ess=np.array([30.0, 900.0]))
    for evidence in (-20.0, -0.1):
        found = fitted(
            case, {"both": evidence, "mixing": 0.0, "none": -9.0}, "entropy",
            posteriors={"both": bad},
        )  # fmt: skip
        assert found.succeeded
        assert not list(unconverged(found))
        told = fit_answer(found)[-1]
        assert told.startswith("The chains of H1+2 have not converged. The answer does not rest on")
    found = fitted(case, {"both": 0.5, "mixing": 0.0}, "entropy", posteriors={"both": bad})
    assert not found.succeeded
    assert "H1+2 have not converged: R-hat" in next(unconverged(found))


def test_divergences_are_counted_and_explained(case):
    many = np.zeros((4, 50), bool)
    many[0, :20] = True
    evidences = {"none": 0.0, "mixing": 9.0}
    assert divergences(fitted(case, evidences, "entropy")).endswith("None did.")
    p = made(case, "mixing", diverging=many)
    text = divergences(fitted(case, evidences, "entropy", posteriors={"mixing": p}))
    assert "H1 20 of 200" in text
    assert "bias" in text


def test_a_theory_out_of_its_range_is_told(case):
    declared = Quantity("1", "x < y", "An assumption")
    margins = (Margin("one", 0.5, 9.0, declared), Margin("two", -0.5, 4.2, declared),
               Margin("three", None, None, declared, "give a"))  # fmt: skip
    evidences = {"none": 0.0, "mixing": 9.0}
    text = said(fitted(case, evidences, "entropy", validity=margins))
    assert "1 fails, 1 holds and 1 is not known. What fails is" in text
    assert "Not known: three (give a)." in text
    assert "two, which holds up to 4.2 K" in text
    assert (
        "is found to fail over the data with the trap: 0 fail, 1 holds and 0 are not known"
        in said(fitted(case, evidences, "entropy", validity=margins[:1]))
    )
    assert "is not known" in said(fitted(case, evidences, "entropy"))
    assert "was not checked" in said(fitted(case, {"none": 0.0, "degenerate": 9.0}, "entropy"))


def test_defaults_are_told(case):
    found = fitted(case, {"none": 0.0, "mixing": 9.0, "heating": 0.0}, "entropy")
    assert "The case states no prior for δT: a default was used." in fit_answer(found)


def test_an_interval_that_is_infinite_from_end_to_end_is_told():
    kelvin, ends = Quantity("K", "T̃_c", "Temperature"), (math.inf, math.inf)
    text = str(span(Summary(kelvin, math.inf, (ends, ends), math.nan)))
    assert text == "∞ K (90 %: ∞ to ∞ K)"


def test_digits_are_those_that_the_interval_leaves():
    assert digits([0.0, 1e-7, -3.14159], 0.5) == ["0.00", "10⁻⁷", "-3.14"]
    assert digits([5.0, 5.0], 0.0) == ["5.000", "5.000"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("2.0,off,1e-22", "2.0,of,1e-22", ["The data are wrong:", "`trap` must be"]),
        ("2.0,off,1e-22", "x,off,-", ["The data are wrong, in 2 places:", "row 6"]),
        (HEADER, "T [K],trap,omega\n", ["The data are wrong:", "[data]"]),
    ],
)
def test_wrong_data_are_told_and_nothing_is_written(call, tmp_path, old, new, says):
    (tmp_path / "case.toml").write_text(CASE)
    text = f"{HEADER}2.0,off,1e-22\n3.0,on,9e-23\n"
    (tmp_path / "data.csv").write_text(text.replace(old, new))
    done = call("fit", "case.toml", "data.csv", cwd=tmp_path)
    assert done.code == 2, done.err
    for words in says:
        assert words in done.err
    assert "Traceback" not in done.err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["case.toml", "data.csv"]


def test_wrong_arguments_are_told(call, tmp_path):
    (tmp_path / "case.toml").write_text(CASE)
    (tmp_path / "wrong.toml").write_text(CASE.replace("5 K,", "5 T,"))
    (tmp_path / "data.csv").write_text(f"{HEADER}2.0,off,1e-22\n3.0,on,9e-23\n")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    for arguments, says in (
        (("wrong.toml", "data.csv"), "The case is wrong:"),
        (("case.toml", "none.csv"), "none.csv is not there"),
        (("case.toml", "data.csv", "--out", "full"), "full exists: give another folder"),
        (("case.toml", "data.csv", "--out", "full", "--force"), "holds no result of entrap"),
        (("case.toml", "data.csv", "--resume", "full"), "full holds no chains"),
        (("case.toml",), "Missing argument"),
    ):
        done = call("fit", *arguments, cwd=tmp_path)
        assert done.code == 2, done.err
        assert says in done.err
        assert "Traceback" not in done.err
    assert not (tmp_path / "case-fit").exists()


def test_residuals_beyond_the_panel_point_out_of_it():
    axes = Figure().subplots()
    residuals = np.array([0.5, -5.9, 6.1, 40.0, -7.0])
    _residuals(axes, np.arange(5.0), residuals, {"color": "black", "ls": "", "marker": "o"})
    drawn = {line.get_marker(): np.asarray(line.get_xydata()).tolist() for line in axes.get_lines()}
    assert drawn == {"o": [[0, 0.5], [1, -5.9]], "^": [[2, 6], [3, 6]], "v": [[4, -6]]}


def test_a_ranking_has_each_hypothesis_beside_its_own_number(case):
    found = fitted(case, {"none": -30.0, "mixing": 0.0, "extraction": -3.5}, "entropy")
    left, right = ranking(found, LOOK).axes
    names = [" ".join(tick.get_text().split()) for tick in left.get_yticklabels()]
    labels = [name.partition(":")[0] for name in names]
    assert labels == ["H1", "H2", "H0"]
    marks = sorted(
        (*np.asarray(line.get_xydata())[0, ::-1].tolist(), line.get_color())
        for line in left.get_lines()
        if len(np.asarray(line.get_xydata())) == 1 and line.get_marker() in ("o", "s")
    )
    assert [x for _, x, _ in marks] == [0.0, 3.5, 30.0]
    assert [colour for *_, colour in marks] == [BLUE, RED, RED]
    assert left.get_xlabel().startswith("ln B against")
    assert "predicts worse" in right.get_xlabel()


def test_a_sample_of_a_series_whose_gain_is_its_priors_is_refused(case):
    p, noise = made(case, "mixing"), np.random.default_rng(1).normal(size=(4, 50))
    informed = fitted(case, {"mixing": 0.0}, "entropy", posteriors={"mixing": p})
    assert SeriesSample.of("a", informed).gain == pytest.approx(1.2, abs=0.02)
    # By its prior, lognormal(1, 1), L = ln(1 + n_v/n_c) has a standard deviation of 0.52.
    p = dataclasses.replace(p, draws=dict(p.draws) | {"log_mixing_ratio": 0.75 + 0.4 * noise})
    with pytest.raises(et.InputError, match=r"say too little of its gain: .* alone to 0\.52"):
        SeriesSample.of("a", fitted(case, {"mixing": 0.0}, "entropy", posteriors={"mixing": p}))


def test_a_slope_below_0_is_not_said_to_lie_above():
    slope = Slope(-1.0, 0.14, 0.01, -2.8, 1.0, np.diag([0.02, 0.01]))
    text = " ".join(series_answer(Series((), slope)))
    assert "m lies 7.14 times its error below 0, which neither gives" in text
    assert "standard deviations above" not in text
    assert "shows no share of quasiparticles that is taken from all alike" in text
