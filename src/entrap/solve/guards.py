"""Guards that a list of operations runs faster without.

JAX takes the gradient of both branches of a `where`, so that formulas guard what they divide by:
`where(x > 0, 1 / where(x > 0, x, 1), inf)`. For the value alone the inner one does nothing.
"""

from collections.abc import Iterator

from entrap.solve.operations import Operation, Straight, Writer

SLOW = {"exp", "exp2", "expm1", "log", "log1p", "pow", "sin", "cos", "tan", "sinh", "cosh"}
"""Operations that are several times slower of what is infinite or no number: guards stay there."""

Known = frozenset[tuple[int, bool]]


def unguarded(made: Straight) -> Straight:
    """The same outputs, without a choice whose outcome is known wherever its result matters."""
    operations = made.operations
    known: list[Known | None] = [None] * len(operations)  # where each value matters
    slow = [False] * len(operations)
    for i in made.outputs:
        known[i] = frozenset()
    for i in range(len(operations) - 1, -1, -1):
        one, here = operations[i], known[i] or frozenset()
        for place, matters in _uses(operations, one, here):
            before = known[place]
            known[place] = matters if before is None else before & matters
            slow[place] |= one.name in SLOW or (slow[i] and one.name != "select")
    writer = Writer()
    places: list[int] = []
    for i, one in enumerate(operations):
        operands = [places[k] for k in one.operands]
        here = known[i] or frozenset()
        if one.name == "select" and not slow[i]:
            _, held, other = operands
            if (one.operands[0], True) in here:
                places.append(held)
                continue
            if (one.operands[0], False) in here:
                places.append(other)
                continue
        places.append(writer.add(one.name, tuple(operands), one.kind, one.value))
    return writer.finished(places[i] for i in made.outputs)


def _uses(
    operations: tuple[Operation, ...], one: Operation, here: Known
) -> Iterator[tuple[int, Known]]:
    """Operands, each with the conditions under which it matters."""
    if one.name != "select":
        for place in one.operands:
            yield place, here
        return
    condition, held, other = one.operands
    yield condition, here
    yield held, here.union(_implied(operations, condition, True))
    yield other, here.union(_implied(operations, condition, False))


def _implied(
    operations: tuple[Operation, ...], place: int, truth: bool
) -> Iterator[tuple[int, bool]]:
    """What holds where a condition is so."""
    yield place, truth
    one = operations[place]
    if one.name == "not":
        yield from _implied(operations, one.operands[0], not truth)
    elif one.name == ("and" if truth else "or"):
        for k in one.operands:
            yield from _implied(operations, k, truth)
