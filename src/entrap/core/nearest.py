"""What a wrong name was probably meant to be: by its letters, its symbol, or words of a meaning."""

import html.entities
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from entrap.core.quantities import Quantity

_GREEK = {chr(code): name for code, name in html.entities.codepoint2name.items() if code > 0x370}


def nearest(name: str, known: Mapping[str, Quantity | None] | Iterable[str]) -> str | None:
    """The known name that is most like a wrong one; None where none is.

    A name is meant by its letters, by the symbol of its declaration, Greek letters spelled out, or
    by a word that its own begins with or that its meaning has.

    Examples:
        >>> known = {
        ...     "penetration_depth": Quantity("m", "λ", "London penetration depth"),
        ...     "landau_a": Quantity("J/K", "a", "Slope of α"),
        ... }
        >>> nearest("lambda", known), nearest("penetratoin_depth", known), nearest("xyz", known)
        ('penetration_depth', 'penetration_depth', None)
        >>> nearest("depth", known), nearest("slope", known)
        ('penetration_depth', 'landau_a')
        >>> nearest("rate", ["quasiparticle_generation_rate", "hold"])
        'quasiparticle_generation_rate'
        >>> nearest("material.rate", ["material.gap", "trap.rate"])
        'trap.rate'
    """
    name, words = str(name).strip(), [*known]
    declared = {w: q for w, q in known.items() if q} if isinstance(known, Mapping) else {}
    last = name.rpartition(".")[2]
    if same := [word for word in words if word.rpartition(".")[2] == last]:
        return same[0]
    for spelled in (name, last):
        for word in words:
            if word in declared and spelled in _letters(declared[word].symbol):
                return word
    if close := get_close_matches(name, words, n=1, cutoff=0.6):
        return close[0]
    asked = set(last.lower().replace("-", "_").split("_"))
    if part := [word for word in words if asked <= set(word.rpartition(".")[2].split("_"))]:
        return min(part, key=len)
    for word in words:
        meaning = declared[word].meaning.lower().replace(",", " ") if word in declared else ""
        if asked <= set(meaning.split()):
            return word
    close = get_close_matches(name, words, n=1, cutoff=0.4)
    return close[0] if close else None


def _letters(symbol: str) -> set[str]:
    """How a symbol may be typed, as "λ" and "lambda"."""
    spelled = "".join(_GREEK.get(letter, letter) for letter in symbol)
    return {symbol, spelled, spelled.replace("_", ""), spelled.lower()} - {""}
