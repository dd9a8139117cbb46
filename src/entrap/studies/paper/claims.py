"""What the paper says, equation by equation and number by number, beside what we find.

A verdict is decided by comparing the two numbers, or, for an inference, by testing its premise.

Source: V. Kornich, arXiv:2605.15834 (2026). E1-E12 number the errata of the theory page.
"""

import dataclasses
import math
from collections.abc import Iterable, Iterator
from typing import Any

from entrap.studies.paper import estimates as given
from entrap.studies.paper.derivations import derivations
from entrap.studies.paper.estimates import estimates
from entrap.studies.paper.verdicts import EXACT, Claim, Verdict, follows, rough, rounded, same

Rows = Iterator[Claim]
Found = dict[str, float]


def claims() -> tuple[Claim, ...]:
    """Every claim, in the paper's order, computed afresh."""
    found = derivations() | estimates()
    n = {name: float(value) for name, value in found.items()}
    return tuple(
        [*_entropy(n), *_functional(n), *_numbers(n), *_trap(n), *_kinetics(n), *_fields(n)]
    )


def as_json(claims: Iterable[Claim]) -> list[dict[str, Any]]:
    """The claims as JSON takes them: no NaN, no infinity.

    Raises:
        ValueError: a number is not finite.
    """
    rows = [dataclasses.asdict(claim) for claim in claims]
    for row in rows:
        for side in ("printed", "ours"):
            if row[side] is not None and not math.isfinite(row[side]):
                raise ValueError(f"The claim {row['id']} must have finite numbers.")
    return rows


def _claim(
    id: str,
    where: str,
    statement: str,
    numbers: tuple[float | None, float | None, str],
    verdict: Verdict | None = None,
    note: str = "",
    errata: str = "",
    printed_unit: str = "",
) -> Claim:
    """A claim; a formula, compared by `same`, where no verdict is given."""
    printed, ours, unit = numbers
    if verdict is None:
        if printed is None or ours is None:
            raise ValueError(f"The claim {id} needs two numbers, or a verdict.")
        verdict = same(printed, ours)
    return Claim(
        id, where, statement, printed, ours, unit, printed_unit or unit, verdict, note, errata
    )


# fmt: off
def _entropy(n: Found) -> Rows:
    yield _claim("high-entropy-alloys", "Introduction", "High entropy is usually > 1.61 R",
        (given.HIGH_ENTROPY, n["entropy_five"], "1"),
        rounded(given.HIGH_ENTROPY, n["entropy_five"], 3), "R ln 5, five equal components.")
    yield _claim("high-entropy", "Title", "A high-entropy electron mixture",
        (given.HIGH_ENTROPY, n["entropy_most"], "1"),
        follows(n["entropy_most"] > given.HIGH_ENTROPY),
        f"Two components have at most R ln 2; at n/n_c = 20, {n['entropy_20']:.4f} R.", "E10")
    yield _claim("eq-1", "Eq. (1)", "ΔS = k_B (N_v ln V/V_v + N_c ln V/V_c)",
        (n["entropy_volumes"], n["entropy_heat"], "J/K"), note="Against ∫ dQ/T at constant T.")
    yield _claim("eq-2", "Eq. (2)", "ΔS = -k_B (N_v ln N_v/N + N_c ln N_c/N)",
        (n["entropy_numbers"], n["entropy_heat"], "J/K"), note="For equal cells, V_i ∝ N_i.")
    yield _claim("ideal-gases", "Below Eq. (3)", "Electrons are ideal gases to Eqs. (1), (2)",
        (math.log(given.RATIO), n["sommerfeld"], "1"),
        follows(math.log(given.RATIO) <= n["sommerfeld"]),
        "Sommerfeld's entropy per electron, in k_B at 1 K and 10²⁷ m⁻³, bounds any mixing "
        f"entropy; T_F = {n['fermi_temperature']:.0f} K.")


def _functional(n: Found) -> Rows:
    yield _claim("eq-3", "Eq. (3)", "F = F_v + F_0 + 2α|Δ|² + 2β|Δ|⁴ - T ΔS/V",
        (n["eq_3"], n["functional"], "J/m^3"), note="n_s = 2|Δ|²; F_v, F_0 left out.")
    yield _claim("eq-4", "Eq. (4)", "No correction to α while n_n = n_c - n_s",
        (n["eq_4_slope"], n["bare_slope"], "J"), note="∂F_s/∂n_s = α + β n_s.")
    yield _claim("eq-5", "Eq. (5)", "F̃_s = n_s [(a - k_B ln n/n_c) T - a T_c] + β n_s²/2",
        (n["eq_5"], n["trapped_functional"], "J/m^3"),
        note="Given the paper's rule that ln V/V_c stays while N_c becomes N_s.")
    yield _claim("effective-temperature", "Below Eq. (5)", "The entropy makes T effectively lower",
        (n["alpha_tilde"], n["bare_at_shifted"], "J"), note="α̃(T) = α(T/E), E = 1/(1 - k_B L/a).")
    yield _claim("n_s", "Below Eq. (5)", "n_s = √(-α̃/β)",
        (n["n_s_printed"], n["n_s"], "1/m^3"),
        note="The minimum of Eq. (5) is at n_s = -α̃/β.", errata="E1", printed_unit="m^-1.5")
    yield _claim("always-minimum", "Below Eq. (5)", "Nothing keeps a above k_B ln n/n_c",
        (given.RATIO, n["eq_6_ratio"], "1"), follows(given.RATIO > n["eq_6_ratio"]),
        "With the paper's own a, T̃_c is infinite from this n/n_c on: below its 20.", "E12")
    yield _claim("a-larger", "Below Eq. (5)", "In most cases a should be above k_B ln n/n_c",
        (math.log(2), n["bcs_slope_at_density"], "1"),
        follows(n["bcs_slope_at_density"] > math.log(2)),
        "BCS a/k_B at 10²⁷ m⁻³, against ln 2 of n_v = n_c.", "E12")


def _numbers(n: Found) -> Rows:
    yield _claim("field-energy", "Above Eq. (6)", "F_H ≈ 4×10³ J/m³ at μ0 H_c = 0.1 T",
        (4e3, n["field_energy"], "J/m^3"), rounded(4e3, n["field_energy"], 1))
    yield _claim("eq-6", "Eq. (6)", "F_H/[a (T_c - T) n_s] ~ 1",
        (1.0, n["field_energy_share"], "1"),
        note="F_H = -F_min = a (T_c - T) n_s/2; in n/n_c = exp(a/k_B) the ½ is no detail.",
        errata="E4")
    yield _claim("a-dense", "Below Eq. (6)", "a ~ 3 k_B for n_s ~ 10²⁷ m⁻³, T_c - T = 0.1 K",
        (given.SLOPE, n["slope"], "k_B"), rough(given.SLOPE, n["slope"]),
        f"{n['eq_6_slope']:.3f} k_B by Eq. (6) as printed.", "E4")
    yield _claim("ratio", "Below Eq. (6)", "n/n_c ~ 20 makes the correction important",
        (given.RATIO, n["ratio"], "1"), rough(given.RATIO, n["ratio"]),
        f"exp(a/k_B); {n['eq_6_ratio']:.2f} by Eq. (6) as printed.", "E4")
    yield _claim("a-thin", "Below Eq. (6)", "a ~ 30000 k_B for n_s = 10²³ m⁻³",
        (given.THIN_SLOPE, n["thin_slope"], "k_B"), rough(given.THIN_SLOPE, n["thin_slope"]),
        f"{n['eq_6_thin_slope']:.1f} k_B by Eq. (6) as printed.", "E4")
    yield _claim("thin-correction", "Below Eq. (6)", "With that a the correction is not noticeable",
        (None, math.log(given.RATIO) / n["thin_slope"], "1"),
        follows(math.log(given.RATIO) / n["thin_slope"] < 0.01), "k_B ln 20/a.")
    yield _claim("fine-tuning", "Below Eq. (6)", "The correction requires certain fine tuning",
        (n["eq_6_slope"], n["bcs_slope"], "k_B"), follows(math.log(2) < n["bcs_slope"]),
        "BCS a for the paper's v_F and gap: any real mixture is far beyond the divergence.", "E12")
    yield _claim("inputs-field", "Below Eq. (6)", "B_c = 0.1 T at T_c - T = 0.1 K",
        (given.CRITICAL_FIELD, n["bcs_field"], "T"),
        follows(rough(given.CRITICAL_FIELD, n["bcs_field"]) != "printed form is wrong"),
        "BCS field there for the paper's v_F and gap.", "E4b")
    yield _claim("inputs-length", "Below Eq. (6)", "a ~ 3 k_B together with ξ0 ≈ 210 nm",
        (n["length_of_slope"], n["length_of_gap"], "m"),
        follows(rough(n["length_of_slope"], n["length_of_gap"]) != "printed form is wrong"),
        "ξ(T_c - 0.1 K) by that a, and by that ξ0.", "E4b")
    yield _claim("xi-0", '"The ratio between n_c and n_v"', "ξ0 = ħ v_F/(π|Δ|) ≈ 210 nm",
        (210e-9, n["coherence_length"], "m"), rounded(210e-9, n["coherence_length"], 2))
    yield _claim("several-orders", '"The ratio between n_c and n_v"',
        "ξ0 is several orders larger than a lattice constant of the order of Å",
        (None, n["lattices"], "1"), follows(n["lattices"] >= 100), "ξ0/(1 Å).")
    yield _claim("pairs", '"The ratio between n_c and n_v"', "10⁶-10⁷ Cooper pairs per ξ0³",
        (None, n["pairs"], "1"), follows(1e6 <= n["pairs"] <= 1e7),
        f"n_s ξ0³/2 at n_s = 10²⁷ m⁻³; {n['thin_pairs']:.0f} at 10²³ m⁻³.")
    yield _claim("least-n_s", '"The ratio between n_c and n_v"', "At the very least n_s ~ ξ0⁻³",
        (n["least_density"], 2 * n["least_density"], "1/m^3"),
        rough(n["least_density"], 2 * n["least_density"]), "One pair has two electrons.")
    yield _claim("dilute", '"The ratio between n_c and n_v"', "n, n_v ≫ n_s is possible",
        (None, n["lattices"] ** 3, "1"), follows(n["lattices"] ** 3 > 1e3), "Atoms per ξ0³.")


def _trap(n: Found) -> Rows:
    yield _claim("fig-2-metal", "Fig. 2", "ν_N = m*/π",
        (n["fig_2_metal"], n["metal"], "1"), note="ħ = 1, m* = 1: both spins, two dimensions.",
        errata="E8")
    yield _claim("fig-2-states", "Fig. 2", "ν_S/ν_N = E/√(E² - |Δ|²)",
        (n["fig_2_states"], n["states"], "1"), note="dξ/dE at E = 1.05 |Δ|; 0 below |Δ|.")
    yield _claim("fig-2-escape", "Fig. 2", "Escape dominates around |Δ|",
        (None, n["escape_at_edge"], "1"), follows(n["escape_at_edge"] > 1),
        "Γ_e ∝ ν_S over its normal-state value, at 1.0001 |Δ|.")
    yield _claim("trap-rate", "Below Fig. 2", "Γ contains Γ_r Γ_t/(Γ_e + Γ_r)",
        (n["fig_2_rate"], n["rate"], "1/s"), note="Adiabatic elimination of the metal's share.")
    yield _claim("trap-validity", "Below Eq. (5)", "Eq. (5) needs k_B T ≪ |Δ|, and α near T_c",
        (None, n["landau_parameter"], "1"), follows(n["landau_parameter"] < 0.3),
        f"At |Δ| = 3 k_B T, T = {n['strict_t']:.3f} T_c: the expansion's parameter must be small.")
    yield _claim("above-T_c", "Title", "An increased critical temperature, for k_B T ≪ |Δ|",
        (None, n["highest_t"], "1"), follows(n["highest_t"] > 1),
        "Highest T/T_c with |Δ| = 3 k_B T whatever E is: always below the bare T_c.")
    yield _claim("no-normal", "Below Eq. (3)", "Trapping leaves n_n ≈ 0",
        (0.0, n["normal_share"], "1"), follows(n["normal_share"] < 0.1),
        "Thermal n_n/n at T_c - 0.1 K: a trap as warm as the sample goes no lower.")
    yield _claim("trap-energy", "Below Eq. (4)", "The trap repays k_B T n_n ln n/n_c",
        (n["t"], n["repaid_below"], "1"), follows(n["t"] <= n["repaid_below"]),
        "T/T_c of the estimates, and up to where |Δ| ≥ k_B T ln 20.")
    yield _claim("trap-charge", "Below Eq. (4)", "Electrons go to the trap",
        (n["charging"], n["gain"], "V"), follows(n["charging"] <= n["gain"]),
        "Charging a 100 nm film by 10²⁷ m⁻³, against k_B T ln 20/e at 1 K: only neutral "
        "quasiparticles can leave.")
    yield _claim("fig-3-added", "Fig. 3", "k_B T_0 n_n ln(n/n_c) is added to the sample",
        (n["added_printed"], n["added"], "J/m^3"), note="Red less green curve at n_s⁰.")
    yield _claim("fig-3-alpha", "Fig. 3", "|α̃| > |α|",
        (None, n["alpha_ratio"], "1"), follows(n["alpha_ratio"] > 1), "α̃/α at one temperature.")
    yield _claim("fig-3-count", "Fig. 3", "n_c ≃ n_s",
        (n["n_c"], n["n_s_bare"], "1/m^3"), note="It is ñ_c that is n_s.", errata="E8")
    yield _claim("fig-3-grey", "Fig. 3", "Pairing lowers the red state by k_B T δn_n ln n/n_c",
        (n["grey_printed"], n["grey"], "J/m^3"), rough(n["grey_printed"], n["grey"]),
        "Less the condensate's cost β δn²/2.")
    yield _claim("fig-3-release", "Fig. 3", "At some point n_s becomes the minimum of F",
        (n["released"], n["released_root"], "K"), note="T_1 = E T_0, for k_B L < a only.")


def _kinetics(n: Found) -> Rows:
    yield _claim("tdgl", "Above Eq. (7)", "1/Γ ~ 10⁻³ s is too long for time-dependent GL theory",
        (given.TRAP_TIME, n["landau_time"], "s"), follows(given.TRAP_TIME < n["landau_time"]),
        "GL time πħ/8k_B(T_c - T) at T_c - T = 0.1 K: a slow drive is what that theory is for; "
        "it needs gaplessness and T near T_c.", "E11")
    yield _claim("eq-7", "Eq. (7)", "dn_n/dt = -Γ n_n - γ n_n²",
        (n["eq_7"], n["normal_rate"], "1/m^3/s"), note="Solved, and differentiated.")
    yield _claim("eq-8", "Eq. (8)", "dn_s/dt = γ n_n²",
        (n["eq_8"], n["paired_rate"], "1/m^3/s"), note="With dn_t/dt = Γ n_n, n_c is conserved.")
    yield _claim("eq-9", "Eq. (9)", "n_n = n_n⁰ Γ/(Γ e^(Γt) - γ n_n⁰)",
        (n["eq_9"], n["normal"], "1/m^3"),
        note="n_n⁰ e^(-Γt)/[1 + x (1 - e^(-Γt))]; x = γ n_n⁰/Γ = 0.5, Γt = 0.7.", errata="E3")
    yield _claim("eq-9-start", "Eq. (9)", "n_n = n_n⁰ at t = 0",
        (n["eq_9_start"], n["start"], "1/m^3"), note="It is n_n⁰/(1 - x).", errata="E3")
    yield _claim("eq-9-slow", "Above Eq. (9)", "dγ/dt ≪ Γ² e^(Γt)/n_n⁰ suffices",
        (n["eq_9_slow"] / n["bound"], n["slow"] / n["bound"], "1"),
        note="n_n/(n_n⁰ e^(-Γt)) at Γt = 2 for γ that rises in 10/Γ: pairing cannot raise it.",
        errata="E3")
    yield _claim("eq-10", "Eq. (10)", "n_s(t), the integral of Eq. (9)",
        (n["eq_10"], n["paired"], "1/m^3"), note="At x = 0.5, Γt = 0.7.", errata="E3")
    yield _claim("eq-10-count", "Eqs. (9), (10)", "n_n + n_s + n_t = n_c",
        (n["eq_total"], n["total"], "1/m^3"), note="Too many by n_n⁰ x/(1 - x).", errata="E3")
    yield _claim("constant-rate", "Above Eq. (10)", "γ's rise matters at t ≈ 0 alone",
        (n["limit_large_exact"], n["slow_gain"], "1"),
        follows(rough(n["limit_large_exact"], n["slow_gain"]) != "printed form is wrong"),
        "(n_s - n_s⁰)/n_n⁰ at x = 0.5, for constant γ and for γ that rises in 10/Γ; "
        f"{n['early']:.0%} of ∫n_n² dt is from t < 1/Γ. Eq. (11): {n['eq_11_gain']:.3f}.", "E3")
    yield _claim("eq-11", "Eq. (11)", "n_s = n_s⁰ + n_n⁰ Γ/(Γ - γ n_n⁰) + (Γ/γ) ln(1 - γ n_n⁰/Γ)",
        (n["eq_11"], n["final"], "1/m^3"), note="n_s⁰ + n_n⁰ [1 - ln(1 + x)/x]; x = 0.5.",
        errata="E3")
    yield _claim("eq-11-count", "Eq. (11)", "n_s ≤ n_c",
        (n["eq_11_crowded"], n["crowded"], "1"),
        note=f"(n_s - n_s⁰)/n_n⁰ at x = {n['crowded_at']:g}; above 1 from "
        f"x = {n['threshold']:.6f} on.", errata="E3")
    yield _claim("limit", "Below Eq. (11)", "n_s - n_s⁰ = γ n_n⁰²/2Γ for small γ",
        (n["limit"], n["limit_exact"], "1"),
        rounded(n["limit"], n["limit_exact"], 6), "Over n_n⁰, γ constant, x = 10⁻⁶.")
    yield _claim("limit-condition", "Below Eq. (11)", "γ ≪ Γ suffices",
        (n["limit_large"], n["limit_large_exact"], "1"),
        follows(n["rate_constants"] > 0.1),
        f"In SI numbers γ/Γ = {n['rate_constants']:.1e}, but γ n_n⁰/Γ = {n['crowding']:g}.", "E8")
    yield _claim("limit-ramp", "Below Eq. (11)", "γ n_n⁰²/2Γ though γ(0) = 0",
        (n["limit"], n["limit_ramp"], "1"), rough(n["limit"], n["limit_ramp"]),
        "A third for γ ∝ 1 - e^(-Γt), which vanishes at t = 0 as the paper wants.", "E3")


def _fields(n: Found) -> Rows:
    yield _claim("eq-12", "Eq. (12)", "Functional with m = 2m_e, |Δ|² = n_s/2",
        (n["field_of_lengths"], n["field"], "T"),
        note="Its λ and ξ give the B_c of its minimum, Φ0/(2√2 π λ ξ).")
    yield _claim("eq-13-constant", "Eq. (13)", "2Δ0²(α̃ + βΔ0²)",
        (n["eq_13_constant"], n["constant"], "J/m^3"), note="Eq. (12) at Δ0.")
    yield _claim("eq-13-linear", "Eq. (13)", "No term linear in δΔ",
        (n["eq_13_linear"], n["linear"], "J*m^-1.5"),
        note="4Δ0(α̃ + 2βΔ0²), here while n_s is held: 0 at the minimum alone.", errata="E9")
    yield _claim("eq-13-quadratic", "Eq. (13)", "2(α̃ + 6βΔ0²) δΔ²",
        (n["eq_13_quadratic"], n["quadratic"], "J"), note="Half the second derivative.")
    yield _claim("eq-13-gradient", "Eq. (13)", "(ħ²/2m)(∇δΔ)²",
        (n["eq_13_gradient"], n["gradient"], "J*m^2"), note="Half the second derivative.")
    yield _claim("eq-13-phase", "Eq. (13)", "-(Δ0²/2m)|ħ∇φ - qA/c|²",
        (n["eq_13_phase"], n["phase"], "1/kg/m^3"),
        note="The sign is +: with - the superfluid's stiffness and λ² are negative.", errata="E5")
    yield _claim("below-13", "Below Eq. (13)", "Δ0 = √(-α̃/2β)",
        (n["below_13"], math.sqrt(n["n_s"] / 2), "m^-1.5"), note="√(n_s/2) at the minimum.")
    yield _claim("eq-14", "Eq. (14)", "Coefficient -4α̃ of |δΔ_k|²",
        (n["eq_14"], n["higgs"], "J"), note="Half the second derivative at the minimum.")
    yield _claim("higgs-gap", "Below Eq. (14)", "-4α̃ is the energy required to induce Higgs modes",
        (n["higgs_gap"], n["higgs_mode"], "J"),
        follows(rough(n["higgs_gap"], n["higgs_mode"]) != "printed form is wrong"),
        "A static curvature, a ~ 3 k_B; the mode has 2Δ_g, here of the 1 meV.", "E7")
    yield _claim("higgs-scaling", '"Detection"', "The Higgs gap is proportional to α̃",
        (n["alpha_ratio"], n["higgs_scaling"], "1"),
        note="Ratio with to without trap at one T: a frequency goes as √|α̃|.", errata="E7")
    yield _claim("higgs-compared", '"Detection"', "-4α̃ exceeds the initial -4α",
        (None, n["higgs_blue"], "1"), follows(n["higgs_blue"] > 1 + EXACT),
        "-4α̃(T_1) over -4α(T_0), and it falls from T_1 on: compare at one temperature.", "E7")
    yield _claim("below-14", "Below Eq. (14)", "Δ0 = √(-α/β)",
        (n["amplitude_printed"], n["amplitude"], "m^-1.5"),
        note="√(-α/2β), as below Eq. (13); the printed Δ0 gains "
        f"{abs(n['condensed_share']):.0%} of the condensation energy.", errata="E1b")
    yield _claim("eq-15", "Eq. (15)", "λ_L = √(mc²/2πq²n_s)",
        (n["eq_15"], n["depth"], "m"), note="Gaussian against √(m_e/μ0 e² n_s).")
    yield _claim("eq-15-alpha", "Eq. (15)", "λ_L = √(mc²β/2πq²|α̃|)",
        (n["eq_15_alpha"], n["depth"], "m"), note="n_s = |α̃|/β, at odds with E1's root.")
    yield _claim("eq-16", "Eq. (16)", "H_c = √(2πα̃²/β)",
        (n["eq_16_gaussian"], n["field"], "T"),
        note="√(4πα̃²/β), in SI |α̃|√(μ0/β): H_c²/8π is -F̃_min.", errata="E2")
    yield _claim("eq-16-round", "Eqs. (6), (16)", "μ0 H_c = 0.1 T gives a, which gives μ0 H_c",
        (n["eq_16_field"], given.CRITICAL_FIELD, "T"),
        note="Half of what went in: √2 from Eq. (16), √2 from Eq. (6).", errata="E2, E4")
    yield _claim("eq-17", "Eq. (17)", "H_c1 ~ (H_c/√2) ln κ/κ, κ ≫ 1",
        (n["eq_17"], n["vortex_field"], "T"), note="Φ0 ln κ/4πλ², with B_c and κ ours.")
    yield _claim("eq-17-length", "Below Eq. (17)", "ξ = ξ0 (1 - T/T_c)^(-1/2)",
        (n["eq_17_length"], n["length"], "m"),
        note="Eq. (12) gives ħ/√(8 m_e|α̃|); ξ0 is that of the sample's a and T_c.", errata="E6")
    yield _claim("eq-17-kappa", "Below Eq. (17)", "κ = λ_L/ξ with that ξ",
        (n["eq_17_kappa"], n["kappa"], "1"), note="Ours does not depend on T.", errata="E6")
    yield _claim("eq-17-above-T_c", "Below Eq. (17)", "ξ² = ξ0²/(1 - T/T_c)",
        (n["eq_17_length_squared"], n["length_squared"], "m^2"),
        note=f"At {n['warm']:.2f} K, halfway from T_c to T̃_c: ξ is imaginary.", errata="E6")
# fmt: on
