r"""Tables for print: LaTeX with `booktabs`, in ASCII, so that every LaTeX can set them."""

import re
from collections.abc import Iterable, Mapping, Sequence

from entrap.report.labels import quoted, unit_text
from entrap.solve.protocol.results import Value

_LETTERS = {
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ε": r"\varepsilon",
    "η": r"\eta", "θ": r"\theta", "κ": r"\kappa", "λ": r"\lambda", "μ": r"\mu", "µ": r"\mu",
    "ν": r"\nu", "ξ": r"\xi", "π": r"\pi", "ρ": r"\rho", "σ": r"\sigma", "τ": r"\tau",
    "φ": r"\varphi", "χ": r"\chi", "ψ": r"\psi", "ω": r"\omega", "ζ": r"\zeta",
    "Γ": r"\Gamma", "Δ": r"\Delta", "Θ": r"\Theta", "Λ": r"\Lambda", "Ξ": r"\Xi", "Π": r"\Pi",
    "Σ": r"\Sigma", "Φ": r"\Phi", "Ψ": r"\Psi", "Ω": r"\Omega", "ħ": r"\hbar", "ℓ": r"\ell",
    "∂": r"\partial", "∞": r"\infty", "≥": r"\ge", "≤": r"\le", "≫": r"\gg", "≪": r"\ll",
    "×": r"\times", "·": r"\cdot", "±": r"\pm", "→": r"\to", "√": r"\surd", "−": "-",
    "≠": r"\neq", "≈": r"\approx", "Å": r"\mathrm{\AA}", "½": r"\frac12", "∼": r"\sim",
}  # fmt: skip
_HIGH = {**dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+", strict=True))}
_LOW = {**dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))}
_ESCAPED = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "{": r"\{",
    "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": "$<$", ">": "$>$",
    "_": r"\_", "|": "$|$", '"': "''", "–": "--", "—": "---", "“": "``", "”": "''", "’": "'",
    "✓": r"$\surd$", "✗": r"$\times$", "…": r"\ldots{}", "°": r"$^\circ$", "′": "$'$",
    "ü": r'\"u', "ö": r'\"o', "ä": r'\"a', "é": r"\'e", "è": r"\`e", "á": r"\'a", "ó": r"\'o",
    "í": r"\'i", "ñ": r"\~n", "ç": r"\c{c}", "Š": r"\v{S}", "š": r"\v{s}", "č": r"\v{c}",
    "ø": r"\o{}", "ß": r"\ss{}", "Ü": r'\"U', "Ö": r'\"O', "Ä": r'\"A', "É": r"\'E",
}  # fmt: skip
_SYMBOL = re.compile(
    r"(?P<power>\b10(?P<exponent>[⁻⁺⁰¹²³⁴-⁹]+))"
    r"|(?P<scientific>\b(?P<mantissa>\d+(?:\.\d+)?)e(?P<sign>[+-]?)0*(?P<digits>\d+)\b)"
    rf"|(?P<letter>(?:(?<![A-Za-z'’])[A-Za-z]|[{''.join(_LETTERS)}])\u0303?)"
    r"(?:_(?P<below>[A-Za-z0-9]+))?(?P<above>[⁰¹²³⁴-⁹⁻⁺]*)"
    r"|(?P<minus>(?<![\w)])-(?=\d))"
    r"|(?P<high>[⁰¹²³⁴-⁹⁻⁺]+)|(?P<low>[₀-₉]+)"
)
_NONE = dict.fromkeys(_SYMBOL.groupindex)


def tex(text: str, *, symbol: bool = False) -> str:
    r"""A text as LaTeX sets it: letters of formulas and powers in math, all else escaped.

    In a `symbol`, and behind "=" and "/", "a", "A" and "I" are letters of a formula too.

    Examples:
        >>> print(tex("T̃_c of 5 % at 10²⁸/m³"))
        $\tilde{T}_{\mathrm{c}}$ of 5 \% at $10^{28}$/m$^{3}$
        >>> print(tex("λ & 4.2e-20"))
        $\lambda$ \& $4.2\times 10^{-20}$
        >>> print(tex("a"), tex("a", symbol=True), tex("slope of α = a (T - T_c)"))
        a $a$ slope of $\alpha$ = $a$ ($T$ - $T_{\mathrm{c}}$)
    """
    made, last = [], 0
    for match in _SYMBOL.finditer(text):
        found = match.groupdict()
        letter = found["letter"]
        in_formula = symbol or text[: match.start()].endswith(("= ", "/"))
        if letter and letter in "AaI" and not (found["below"] or found["above"] or in_formula):
            continue  # an article, a pronoun
        if letter and letter.isascii() and not (found["below"] or found["above"]):
            if text[match.end() : match.end() + 1].isalnum():
                continue  # the beginning of a word, or of a name as H1
            if re.search(r"\d $", text[: match.start()]):
                continue  # a unit
        above = found["above"]
        if letter and above and not found["below"] and text[: match.start()].endswith("/"):
            made += [_plain(text[last : match.start()] + letter), _math({**_NONE, "high": above})]
            last = match.end()
            continue  # a unit too, with its power
        made += [_plain(text[last : match.start()]), _math(found)]
        last = match.end()
    return "".join([*made, _plain(text[last:])]).replace("$$", " ")


def _math(found: Mapping[str, str | None]) -> str:
    if found["power"]:
        return f"$10^{{{_ascii(found['exponent'], _HIGH)}}}$"
    if found["scientific"]:
        power = f"{found['sign']}{found['digits']}".removeprefix("+")
        return rf"${found['mantissa']}\times 10^{{{power}}}$"
    if found["minus"]:
        return "$-$"
    if found["high"]:
        return f"$^{{{_ascii(found['high'], _HIGH)}}}$"
    if found["low"]:
        return f"$_{{{_ascii(found['low'], _LOW)}}}$"
    letter = found["letter"] or ""
    base = _LETTERS.get(letter[0], letter[0])
    if letter.endswith("\u0303"):
        base = rf"\tilde{{{base}}}"
    words = found["below"] or ""
    below = f"_{{{words}}}" if words.isdigit() else rf"_{{\mathrm{{{words}}}}}" if words else ""
    above = f"^{{{_ascii(found['above'], _HIGH)}}}" if found["above"] else ""
    return f"${base}{below}{above}$"


def _ascii(text: str | None, table: Mapping[str, str]) -> str:
    return "".join(table[letter] for letter in text or "")


def _plain(text: str) -> str:
    return "".join(_ESCAPED.get(letter, letter) for letter in text)


_VALUE = re.compile(
    r"(?P<bound>≥ )?(?P<sign>[+-]?)(?P<number>\d+(?:[.,]\d+)*|inf|∞)"
    r"(?:e(?P<power>[+-]?\d+)| × 10(?P<raised>[⁻⁰¹²³⁴-⁹]+))?"
    r"(?: (?P<unit>\S.*))?\Z"
)
_BARE = re.compile(r"(?<!× )(?<!\d )\b10(?=[⁻⁰¹²³⁴-⁹])")  # no number stands before it
_LONG, _MANY = 45, 6  # letters from which a column is of paragraphs; columns that leave them less
_INVERSE = re.compile(r"1/([A-Za-zµ]+)([²³]?)\Z")


def value_tex(text: str) -> str:
    r"""A number with its unit, as in "≥ 1e+03 1/s", as LaTeX sets it; any other text as `tex` does.

    Examples:
        >>> print(value_tex("≥ 10⁶ 1/m³"), value_tex("2.5 × 10⁻⁸ m"))
        $\ge 10^{6}$\,m$^{-3}$ $2.5\times 10^{-8}$\,m
        >>> print(value_tex("2 k_B"), value_tex("nan K"))
        $2$\,$k_{\mathrm{B}}$ --
    """
    if text == "-" or text.partition(" ")[0] == "nan":
        return "--"
    if " to " in text:
        return " to ".join(map(value_tex, text.split(" to ")))
    match = _VALUE.match(_BARE.sub("1 × 10", text, count=1))
    if match is None:
        return tex(text)
    number = match["number"].replace(",", "\\,").replace("inf", r"\infty").replace("∞", r"\infty")
    if power := match["power"] or _ascii(match["raised"], _HIGH):
        ten = f"10^{{{int(power)}}}"
        number = ten if number == "1" else rf"{number}\times {ten}"
    unit = "" if match["unit"] is None else rf"\,{_unit_tex(match['unit'])}"
    bound = r"\ge " if match["bound"] else ""
    return f"${bound}{match['sign']}{number}${unit}"


def _unit_tex(unit: str) -> str:
    unit = unit_text(unit)
    if match := _INVERSE.match(unit):
        power = {"": "1", "²": "2", "³": "3"}[match[2]]
        return f"{_plain_unit(match[1])}$^{{-{power}}}$"
    return tex(unit) if "_" in unit else _plain_unit(unit)


def _plain_unit(unit: str) -> str:
    """Letters of units stand upright."""
    text = re.sub(
        r"10([⁻⁰¹²³⁴-⁹]+)", lambda m: f"$10^{{{_ascii(m[1], _HIGH)}}}$", unit.replace(" ", r"\,")
    )
    text = re.sub(r"[⁻⁰¹²³⁴-⁹]+", lambda m: f"$^{{{_ascii(m[0], _HIGH)}}}$", text)
    text = re.sub(r"\^(\d)", r"$^{\1}$", text)
    return re.sub("[µΩÅ%]", lambda m: {"%": r"\%"}.get(m[0], f"${_LETTERS.get(m[0])}$"), text)


def tabular(
    headings: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[str] = ()
) -> str:
    r"""A table as LaTeX; it needs `\usepackage{booktabs}`.

    Args:
        headings: Of its columns; that of units is "Unit".
        rows: Texts.
        right: Headings of columns of numbers, which are set flush right.
    """
    flush, rows = set(right), [*rows]
    widest = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    share = 0.4 if len(headings) < _MANY else 0.22
    columns = "".join(
        "r" if heading in flush else "l" if width < _LONG else rf"p{{{share}\linewidth}}"
        for heading, width in zip(headings, widest, strict=True)
    )
    lines = [
        " & ".join(
            _cell_tex(heading, cell, heading in flush)
            for heading, cell in zip(headings, row, strict=True)
        )
        for row in rows
    ]
    top = [rf"\begin{{tabular}}{{{columns}}}", r"\toprule", " & ".join(map(tex, headings)) + r" \\"]
    body = [rf"{line} \\" for line in lines]
    return "\n".join([*top, r"\midrule", *body, r"\bottomrule", r"\end{tabular}", ""])


def _cell_tex(heading: str, cell: str, number: bool) -> str:
    if heading == "Unit":
        return _unit_tex(cell)
    return value_tex(cell) if number else tex(cell, symbol=heading == "Symbol")


def numbers_table(values: Mapping[str, Value], digits: int) -> str:
    """The numbers of a result as LaTeX, each in the unit in which it is quoted."""
    rows = [
        (
            item.declared.meaning,
            item.declared.symbol,
            quoted(item.declared, item.value, digits, at_least=item.at_least),
        )
        for name, item in values.items()
        if name != item.declared.formerly
    ]
    return tabular(("Quantity", "Symbol", "Value"), rows, right=("Value",))
