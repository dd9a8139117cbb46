"""The answer of a sweep in a few sentences: what was computed, reached, and holds where."""

from entrap.core.quantities import Quantity
from entrap.report.assumptions import lacking
from entrap.report.labels import listed, percent, quoted
from entrap.solve.protocol.margins import missing_input
from entrap.studies.film.status import NO_FILM, NOT_STEADY
from entrap.studies.sweep.names import FILM_STATUS, MARGINS
from entrap.studies.sweep.pages.reading import HOLD, UNKNOWN, WORDS, declared_of, is_margin, placed
from entrap.studies.sweep.pages.survey import Range, Survey
from entrap.studies.sweep.sweep import Swept

_TOLD = 2  # results that are told of the nearest valid point
_FACTOR = Quantity("1", "", "Ratio of the two sides of an inequality")
_CHOSEN = {
    "rows": " side by side",
    "latin-hypercube": ", drawn as a Latin hypercube",
    "sobol": ", drawn as a Sobol sequence",
}


def sweep_answer(swept: Swept, found: Survey) -> tuple[str, ...]:
    """Sentences for the first screen of a report and the end of a run."""
    results = [item for name, item in found.ranges.items() if not is_margin(name)]
    told = [_reached(swept, found, item) for item in results]
    return (_points(swept, found), *told, *_drawn(swept), _trust(swept, found))


def share(count: int, total: int) -> str:
    """A share in percent, never rounded to nothing or to all."""
    return {total: "100 %", 0: "0 %"}.get(count) or percent(count / total)


def _points(swept: Swept, found: Survey) -> str:
    grid = swept.scheme == "grid"
    spans = []
    for key in swept.axes:
        declared, (low, high) = declared_of(swept.data[key]), found.ends[key]
        ends = f"from {quoted(declared, low, 4)} to {quoted(declared, high, 4)}"
        if low == high:
            ends = f"at {quoted(declared, low, 4)}"
        count = f" ({swept.data.sizes[key]:,})" if grid and low != high else ""
        spans.append(f"{declared.symbol} {ends}{count}")
    reduced = [f"the {how} over {key}" for key, how in swept.reduce.items()]
    over = f" over {listed(spans)}" if spans else ""
    told = f"; of each result, {listed(reduced)}" if reduced else ""
    noun = "point" if found.points == 1 else "points"
    text = f"{found.points:,} {noun}{_CHOSEN.get(swept.scheme, '')}{over}{told}."
    if found.computed < found.points:
        text += f" Of these, {share(found.computed, found.points)} are computed so far."
    return text


def _reached(swept: Swept, found: Survey, item: Range) -> str:
    meaning, symbol = item.declared.meaning, item.declared.symbol
    name = f"{meaning[:1].upper()}{meaning[1:]} ({symbol})"
    lost = _lost(found, item)
    if item.least is None or item.largest is None:
        return f"{name}: {lost}." if lost else f"{name}: nothing is computed yet."
    tail = f"; {lost}" if lost else ""
    ends = (item.least, item.largest, item.least_valid, item.largest_valid)
    low, high, inside, most = (
        x and quoted(item.declared, x.value, 4, at_least=x.at_least) for x in ends
    )
    if item.least.value == item.largest.value:
        return f"{name} is {low} everywhere{tail}."
    where = [placed(swept, extreme.at) for extreme in (item.least, item.largest)]
    text = f"{name} lies between {low} (at {where[0]}) and {high} (at {where[1]})"
    if inside is not None and 0 < (found.valid or 0) < found.computed:
        reached = f"at {inside}" if inside == most else f"between {inside} and {most}"
        text += f"; where all assumptions hold, {reached}"
    return f"{text}{tail}."


def _lost(found: Survey, item: Range) -> str:
    """How many points have no finite value, in words."""
    parts = []
    for count, what in ((item.undefined, "has no value"), (item.infinite, "is infinite")):
        where = f"at {count:,} point{'s' * (count != 1)} ({share(count, found.computed)})"
        if count:
            parts.append(f"{what} {'everywhere' if count == found.computed else where}")
    return f"it {' and '.join(parts)}" if parts else ""


def _drawn(swept: Swept) -> tuple[str, ...]:
    """At how many points the film could not be solved, and why."""
    if FILM_STATUS not in swept.data:
        return ()
    status = swept.data[FILM_STATUS].values
    reasons = {
        NO_FILM: "the layout is no film with a mesh, as where a trap lies beside it",
        NOT_STEADY: "nothing takes what is generated, so that there is no steady state",
    }
    counts = {why: int((status == code).sum()) for code, why in reasons.items()}
    parts = [f"at {n:,} point{'s' * (n != 1)} {why}" for why, n in counts.items() if n]
    if not parts:
        return ()
    more = "`entrap film` with these numbers says where and how to mend it"
    return (f"Not everywhere there is a film: {listed(parts)}; {more}.",)


def _trust(swept: Swept, found: Survey) -> str:
    if found.verdicts is None or found.valid is None:
        if swept.reduce:
            return "Where the theory holds is not shown: its margins are not among the results."
        if FILM_STATUS in swept.data:
            return "The assumptions are not checked here: `entrap film` does that for one point."
        if swept.case.landau is None:
            return (
                "The case has no [landau], so that the assumptions about mixing are not checked; "
                "`entrap trap` checks those about the trap."
            )
        return (
            "Where the theory holds is not shown: for that, ask for the results smallest_margin "
            "and worst_margin too."
        )
    total = found.computed
    none = found.verdicts[WORDS[UNKNOWN]]
    skip = (WORDS[HOLD], WORDS[UNKNOWN])
    failed = [(word, n) for word, n in found.verdicts.most_common() if word not in skip]
    rest = lacking(
        (name, why)
        for name in MARGINS
        if (why := missing_input(swept.case, name)) and not any(key in why for key in swept.axes)
    )
    if none == total:
        return f"Nowhere can the theory be judged: the sample is normal, or it is not known.{rest}"
    fails = total - found.valid - none
    text = (
        f"Of the points, at {share(fails, total)} an assumption fails, at "
        f"{share(found.valid, total)} all that can be checked hold, {share(none, total)} are "
        "normal or not known"
    )
    worst = ", ".join(f"{word} at {share(count, total)}" for word, count in failed[:3])
    others = ", others at less" if len(failed) > 3 else ""
    text += f"; what fails worst is {worst}{others}" if failed else ""
    return f"{text}.{_nearest(swept, found)}{rest}"


def _nearest(swept: Swept, found: Survey) -> str:
    """The point nearest to the case at which the theory can be trusted, in words."""
    if (near := found.nearest) is not None:
        known = {name: item.declared for name, item in found.ranges.items() if not is_margin(name)}
        told = [
            f"{known[name].symbol} = {quoted(known[name], near.values[name], 4)}"
            for name in [*known][:_TOLD]
        ]
        where = f"; there {listed(told)}" if told else ""
        return (
            " The point nearest to the case at which all that can be checked hold is "
            f"{placed(swept, near.at)}{where}."
        )
    if (best := found.best) is not None and best.value < 0:
        factor = quoted(_FACTOR, 10**-best.value, 2)
        return (
            f" The theory comes nearest to holding at {placed(swept, best.at)}, where what fails "
            f"worst fails by a factor {factor}."
        )
    return ""
