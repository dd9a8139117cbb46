"""What a shell completes behind the options of all commands; nothing here loads what computes."""

from collections.abc import Iterable, Iterator, Mapping

from entrap.core.quantities import Quantity

Words = list[tuple[str, str]]
"""Words with what each means."""


def settings(incomplete: str) -> Words:
    """Keys of the sample's tables, as `--set` takes them; behind "=" the words a key may be.

    Examples:
        >>> settings("landau.sat")
        [('landau.saturation=', 'σ: Direct, with a: n_s(0)/n_c of the straight line, ...')]
        >>> settings("trap.junction.metal=A")
        [('trap.junction.metal=Ag', ''), ('trap.junction.metal=Au', '')]
    """
    from entrap.case.tables import declarations

    key, equals, _ = incomplete.partition("=")
    known = declarations()
    if not equals:
        return [*begun(described(known, "="), incomplete), *begun([("title=", "")], incomplete)]
    values: Iterable[str] = known[key].choices if key in known else ()
    if key in known and known[key].kind == "switch":
        values = ("true", "false")
    if key == "material.name":
        from entrap.case.library import names

        values = names()
    return [*begun(((f"{key}={value}", "") for value in values), incomplete)]


def materials(incomplete: str) -> Words:
    """Names of the library's materials."""
    from entrap.case.library import load, names

    return [*begun(((key, load(key).name) for key in names()), incomplete)]


def described(declared: Mapping[str, Quantity], end: str = "") -> Iterator[tuple[str, str]]:
    """Names with this end, and the symbol, meaning and unit of each."""
    for name, known in declared.items():
        unit = "" if known.unit == "1" else f" ({known.unit})"
        yield name + end, f"{known.symbol}: {known.meaning}{unit}".removeprefix(": ")


def begun(words: Iterable[tuple[str, str]], incomplete: str) -> Iterator[tuple[str, str]]:
    """Those that begin so."""
    return ((word, meaning) for word, meaning in words if word.startswith(incomplete))
