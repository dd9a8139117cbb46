"""Tables for print: ASCII that LaTeX can set, whatever symbols and units there are."""

import re

import pytest
from latex2mathml.converter import convert

from entrap.case.tables import declarations
from entrap.core.quantities import quantities
from entrap.model.observables import OBSERVABLES
from entrap.report.latex import tabular, tex, value_tex
from entrap.solve.protocol.outcome import QUANTITIES
from entrap.studies.trap.performance import Performance

DECLARED = [
    *declarations().values(),
    *QUANTITIES.values(),
    *(seen.quantity for seen in OBSERVABLES.values()),
    *(declared for _, declared in quantities(Performance)),
]
COMMANDS = {
    *"alpha beta gamma delta varepsilon zeta eta theta kappa lambda mu nu xi pi rho sigma".split(),
    *"tau varphi chi psi omega Gamma Delta Omega hbar partial infty ge le gg times cdot".split(),
    *"pm to tilde mathrm ell surd frac ll sim approx neq Theta Sigma Phi Lambda circ".split(),
}


def check(text):
    """That a text is ASCII and each of its formulas can be read."""
    assert text.isascii(), text
    parts = re.split(r"(?<!\\)\$", text)
    assert len(parts) % 2 == 1, text
    for formula in parts[1::2]:
        assert formula, text
        convert(formula)
        assert set(re.findall(r"\\([A-Za-z]+)", formula)) <= COMMANDS, text
    for plain in parts[::2]:
        assert not re.search(r"(?<!\\)[&%#_^~]", plain), text


@pytest.mark.parametrize("part", ["symbol", "meaning", "source"])
def test_every_declaration_can_be_set(part):
    for text in dict.fromkeys(getattr(declared, part) for declared in DECLARED):
        check(tex(text))


def test_every_unit_can_be_set():
    for unit in dict.fromkeys(declared.display or declared.unit for declared in DECLARED):
        check(value_tex(f"1.5e-07 {unit}"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("203.1", "$203.1$"),
        ("-3e-20 J", r"$-3\times 10^{-20}$\,J"),
        ("≥ 22 K", r"$\ge 22$\,K"),
        ("1e+27 1/m^3", r"$10^{27}$\,m$^{-3}$"),
        ("10²⁷ 1/m^3", r"$10^{27}$\,m$^{-3}$"),
        ("-3.25 × 10⁻²⁰ J", r"$-3.25\times 10^{-20}$\,J"),
        ("1,400 µm²", r"$1\,400$\,$\mu$m$^{2}$"),
        ("3 10⁵/s", r"$3$\,$10^{5}$/s"),
        ("100 ohm*um^2", r"$100$\,$\Omega$\,$\mu$m$^{2}$"),
        ("inf nm", r"$\infty$\,nm"),
        ("nan K", "--"),
        ("95 to 105", "$95$ to $105$"),
        ("5 %", r"$5$\,\%"),
    ],
)
def test_a_number_is_set_with_its_unit_upright(text, expected):
    assert value_tex(text) == expected


def test_words_stay_words_and_letters_of_formulas_become_math():
    assert tex("a film's loss is 5 % & more") == r"a film's loss is 5 \% \& more"
    assert tex("ΔS of 2ΔT") == r"$\Delta S$ of 2$\Delta T$"
    assert tex("k_B T_1") == r"$k_{\mathrm{B}}$ $T_{1}$"


def test_a_table_has_a_cell_for_each_heading():
    rows = [("a_b", "1e28 1/m³", "1"), ("of it", "-", "m")]
    lines = tabular(("Name", "Value", "Unit"), rows, right=("Value",)).splitlines()
    assert lines[0] == r"\begin{tabular}{lrl}"
    assert lines[2] == r"Name & Value & Unit \\"
    assert lines[4] == r"$a_{\mathrm{b}}$ & $10^{28}$\,m$^{-3}$ & 1 \\"
    assert lines[5] == r"of it & -- & m \\"
    with pytest.raises(ValueError, match="zip"):
        tabular(("Name",), [("a", "b")])
