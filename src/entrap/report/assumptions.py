"""How many of the assumptions fail, hold and are not known, in the words of every report."""

from collections.abc import Iterable

from entrap.report.labels import listed
from entrap.solve.protocol.results import Margin


def counted(validity: Iterable[Margin]) -> str:
    """The count of a sentence: none is left out.

    Examples:
        >>> from entrap.core.quantities import Quantity
        >>> small = Quantity("1", "x ≤ y", "x is small")
        >>> counted(Margin("small", margin, None, small) for margin in (-1.0, 2.0, None))
        '1 fails, 1 holds and 1 is not known'
    """
    verdicts = [margin.holds for margin in validity]
    fail, hold = verdicts.count(False), verdicts.count(True)
    fails, holds = "fails" if fail == 1 else "fail", "holds" if hold == 1 else "hold"
    left = verdicts.count(None)
    return f"{fail} {fails}, {hold} {holds} and {left} {'is' if left == 1 else 'are'} not known"


def unknown(validity: Iterable[Margin]) -> str:
    """A further sentence on what is not known, and what it would take; empty where all is."""
    return lacking((margin.name, margin.missing) for margin in validity if margin.holds is None)


def lacking(names: Iterable[tuple[str, str]]) -> str:
    """The same of assumptions by name, each with what it would take.

    Examples:
        >>> lacking([("proximity", "give a"), ("pair_density", "b"), ("weak_pairing", "give a")])
        ' Not known: proximity and weak_pairing (give a); pair_density (b).'
    """
    reasons: dict[str, list[str]] = {}
    for name, why in names:
        reasons.setdefault(why, []).append(name)
    told = "; ".join(f"{listed(of)} ({why})" if why else listed(of) for why, of in reasons.items())
    return f" Not known: {told}." if told else ""
