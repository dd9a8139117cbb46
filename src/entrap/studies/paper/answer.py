"""What is said of the paper in a few sentences, from the claims."""

import re
from collections.abc import Iterable

from entrap.core.quantities import number_text
from entrap.report.labels import listed
from entrap.studies.paper.claims import VERDICTS, Claim

_COUNTED = {
    "agrees": "agree",
    "order of magnitude": "have the right order of magnitude",
    "does not follow": "do not follow",
    "printed form is wrong": "are wrong as printed",
}


def by_verdict(claims: Iterable[Claim]) -> dict[str, list[Claim]]:
    """The claims of each verdict, in the order of `VERDICTS`."""
    claims = tuple(claims)
    return {verdict: [c for c in claims if c.verdict == verdict] for verdict in VERDICTS}


def paper_answer(claims: Iterable[Claim]) -> tuple[str, ...]:
    """How many claims of each verdict there are, which equations are wrong, and what decides."""
    claims = tuple(claims)
    found = {claim.id: claim for claim in claims}
    counts = [f"{len(of)} {_COUNTED[verdict]}" for verdict, of in by_verdict(claims).items() if of]
    wrong = sorted(
        {
            int(equation)
            for claim in claims
            if claim.verdict == "printed form is wrong"
            for equation in re.findall(r"^Eqs?\. \((\d+)\)$", claim.where)
        }
    )
    right = sorted(set(range(1, 18)) - set(wrong))
    gap, normal = found["minimum-by-entropy"].ours, found["normal-quasiparticles"].ours
    charge = found["pairs-kept"]
    return (
        f"Of {len(claims)} claims of the paper {listed(counts)}.",
        f"Of its equations ({'), ('.join(map(str, right))}) follow from its premises. "
        f"Wrong as printed are ({'), ('.join(map(str, wrong))}).",
        "Most of what does not follow rests on premises. Plain BCS theory, without any entropy, "
        f"has at 2 T_c a gap of {gap:.2f} of that at T = 0 if half of the quasiparticles are taken "
        f"away at each energy. In aluminium at 0.9 T_c there are {number_text(normal)} normal "
        "electrons "
        "to a quasiparticle, and only quasiparticles can be trapped. For n_s to stay while the "
        f"normal electrons go, {number_text(charge.printed or 0.0)} per m³ would have to leave as "
        f"charge, and {number_text(charge.ours)} can.",
    )
