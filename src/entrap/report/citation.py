"""How to cite the paper and this package, as text and as BibTeX."""

import dataclasses
from importlib.metadata import version


@dataclasses.dataclass(frozen=True)
class Work:
    """What is cited.

    Args:
        key: In a bibliography.
        kind: Of entry, as BibTeX calls it.
        authors: Names, the family first; an institution stands alone.
        title: Its title.
        year: When it appeared; empty where that is not stated.
        arxiv: Its number there, if it has one, and the class.
        fields: Further ones of BibTeX.
    """

    key: str
    kind: str
    authors: tuple[tuple[str, ...], ...]
    title: str
    year: str = ""
    arxiv: tuple[str, str] | None = None
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def link(self) -> str:
        """Address of its abstract; empty without one."""
        return f"https://arxiv.org/abs/{self.arxiv[0]}" if self.arxiv else ""

    def text(self) -> str:
        """As a sentence."""
        names = ", ".join(
            f"{given[0][0]}. {family}" if given else family for family, *given in self.authors
        )
        where = [f"arXiv:{self.arxiv[0]}" if self.arxiv else "", *(x for _, x in self.fields)]
        year = f" ({self.year})" if self.year else ""
        return f"{names}, {self.title}, {', '.join(filter(None, where))}{year}."

    def bibtex(self) -> str:
        """As an entry of a bibliography."""
        names = " and ".join(
            f"{family}, {given[0]}" if given else f"{{{family}}}" for family, *given in self.authors
        )
        fields = {"author": names, "title": f"{{{self.title}}}", "year": self.year}
        if self.arxiv:
            number, of = self.arxiv
            fields |= {"eprint": number, "archiveprefix": "arXiv", "primaryclass": of}
        fields |= dict(self.fields)
        width = max(map(len, fields))
        rows = [f"  {name:{width}} = {{{text}}}" for name, text in fields.items() if text]
        return f"@{self.kind}{{{self.key},\n" + ",\n".join(rows) + "\n}"


PAPER = Work(
    key="kornich2026",
    kind="misc",
    authors=(("Kornich", "Viktoriia"),),
    title="Effective increase of a superconducting critical temperature in a high-entropy "
    "electron mixture",
    year="2026",
    arxiv=("2605.15834", "cond-mat.supr-con"),
)
"""The paper whose theory is computed."""


def software() -> Work:
    """This package, in the version that is installed."""
    return Work(
        key="entrap",
        kind="misc",
        authors=(("The entrap authors",),),
        title="entrap: a quasiparticle trap, the entropy of mixing, and a superconductor's "
        "effective critical temperature",
        year="2026",
        fields=(("note", f"Version {version('entrap')}"),),
    )
