"""`entrap materials`: the library as tables on the terminal."""

from typing import Any

from rich.text import Text

from entrap.case import library
from entrap.core.quantities import number_text
from entrap.report.terminal import answer, console, print_sentences, print_table, table


def print_materials() -> None:
    """A row a material: T_c, gap, both conventions of n_s, and the a that follows from each."""
    numbers = ("T_c (K)", "n (1/m³)", "n_λ (1/m³)", "a/k_B by n", "by n_λ", "by BCS")
    rows = table(
        "Materials of the library", "key", *numbers, "name", wrapped=["name"], numbers=numbers
    )
    for key in library.names():
        entry = library.load(key)
        shown = ["-" if value is None else number_text(value) for _, value, *_ in _derived(entry)]
        rows.add_row(key, f"{entry.values['critical_temperature'].value:g}", *shown, entry.name)
    shown = console()
    print_table(rows, shown, spare=["name", *numbers[:0:-1]])
    answer({"materials": [_plain(library.load(key)) for key in library.names()]})
    remark = (
        "n is the density of carriers, and n_λ = m_e/(μ0 e² λ²): two conventions for n_s(0), which "
        "differ by orders of magnitude. `entrap materials KEY` shows the numbers of a material and "
        "their sources."
    )
    print_sentences([remark], shown)


def print_material(name: str) -> None:
    """All numbers of the materials that a name stands for, each with its source and kind.

    Args:
        name: A name of a material, or the beginning of keys, as in "NbN".

    Raises:
        InputError: no material is called so.
    """
    keys = [key for key in library.names() if key.startswith(name)] or [library.load(name).key]
    entries, shown = [library.load(key) for key in keys], console()
    answer({"materials": [_plain(entry) for entry in entries]})
    for entry in entries:
        rows = table(
            f"\n{entry.key}: {entry.name} ({entry.family})",
            "quantity", "value", "unit", "kind", "source", wrapped=["source"], numbers=["value"],
        )  # fmt: skip
        for quantity, number in entry.values.items():
            text = number_text(number.value, 6)
            kind = number.kind if number.verified else f"{number.kind}, recalled"
            source = Text(f"[{number.source}] {number.text}")
            rows.add_row(quantity, text, library.UNITS[quantity], kind, source)
        for label, value, unit, how in _derived(entry):
            rows.add_row(
                label, "-" if value is None else number_text(value, 6), unit, "derived", how
            )
        print_table(rows, shown)
        if entry.note:
            shown.print(f"Note: {entry.note}", highlight=False, markup=False)


def _plain(entry: library.Entry) -> dict[str, Any]:
    """A material as JSON has it."""
    values = {
        name: {"value": x.value, "unit": library.UNITS[name], "kind": x.kind, "source": x.text}
        for name, x in entry.values.items()
    }
    known = {label: (value, unit) for label, value, unit, _ in _derived(entry) if value is not None}
    derived = {label: {"value": value, "unit": unit} for label, (value, unit) in known.items()}
    names = {"key": entry.key, "name": entry.name, "family": entry.family, "note": entry.note}
    return {**names, "values": values, "derived": derived}


def _derived(entry: library.Entry) -> tuple[tuple[str, float | None, str, str], ...]:
    """Densities and slopes that follow from a material: label, value, unit and formula."""
    densities, slopes = library.superfluid_densities(entry), library.landau_slopes(entry)
    return (
        ("n_s(0) by carriers", densities.carriers, "1/m^3", "n"),
        ("n_s(0) by λ", densities.penetration_depth, "1/m^3", "m_e/(μ0 e² λ²)"),
        ("a/k_B by B_c and n", slopes.carriers, "1", "1.74² B_c²/(2 μ0 n T_c k_B)"),
        ("a/k_B by B_c and λ", slopes.penetration_depth, "1", "the same with n_λ"),
        ("a/k_B by BCS", slopes.bcs, "1", "3.51883 T_c/T_F"),
    )
