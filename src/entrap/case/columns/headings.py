"""Names of columns and the units beside them: "T (K)", "T [K]", "lambda/nm", "λ in nm"."""

import dataclasses
import re

from entrap.core.errors import InputError
from entrap.core.units import is_unit, unit_scale

_BRACKETS = re.compile(r"(.*?)\s*\[([^\[\]]*)\]", re.S)
_PARENTHESES = re.compile(r"(.*?)\s*\(((?:[^()]|\([^()]*\))*)\)", re.S)
_WRITTEN = re.compile(r"(.*?\S)(?:\s*/\s*|\s+in\s+|,\s*)([^/,].*)", re.S)
_ENDING = re.compile(r"(.*\S)[_ ](\S+)", re.S)


@dataclasses.dataclass(frozen=True)
class Heading:
    """What stands above a column.

    Args:
        title: All of it.
        name: The part before what may be a unit.
        unit: What may be a unit; empty where nothing may.
        sure: Whether nothing but a unit stands like that: it is in square brackets, in a row of
            units, or in an attribute of the file.
        marked: Whether it is set apart as a unit is: by parentheses, a solidus or "in".
    """

    title: str
    name: str
    unit: str = ""
    sure: bool = False
    marked: bool = False

    @classmethod
    def of(cls, title: str) -> "Heading":
        """The parts of a title.

        Examples:
            >>> Heading.of("lambda off (nm)").name, Heading.of("λ in nm").unit
            ('lambda off', 'nm')
        """
        title = title.strip()
        if (match := _BRACKETS.fullmatch(title)) and match[1]:
            return cls(title, match[1], match[2].strip(), sure=True)
        if (match := _PARENTHESES.fullmatch(title)) and match[1]:
            return cls(title, match[1], match[2].strip(), marked=True)
        if match := _WRITTEN.fullmatch(title):
            return cls(title, match[1], match[2].strip(), marked=True)
        if match := _ENDING.fullmatch(title):
            return cls(title, title, match[2])
        return cls(title, title)

    def unit_of(self, wanted: str, mend: str, *, share: bool = False) -> str:
        """The unit that it states of numbers in the SI unit `wanted`; empty where it states none.

        Args:
            wanted: SI unit, or "1".
            mend: How to state the unit otherwise, as in "state `unit` of the column".
            share: Whether the numbers may be in per cent.

        Raises:
            InputError: what stands as a unit is none, or one of something else.
        """
        if not self.unit or (share and self.unit == "%"):
            return self.unit
        try:
            unit_scale(self.unit, wanted)
        except InputError as error:
            if self.sure:
                raise
            # A ratio, as in "n_v/n_c", has no unit beside it.
            if self.marked and (wanted != "1" or is_unit(self.unit)):
                raise InputError(f"{error}, as its title {self.title!r:.60} says: {mend}") from None
            return ""
        return self.unit


def units_in(cells: list[str]) -> list[str] | None:
    """The units in a row that holds units and nothing else; None where it is no such row.

    Examples:
        >>> units_in(["K", "(meV)", ""]), units_in(["1.5", "nm"])
        (['K', 'meV', ''], None)
    """
    bare = [re.sub(r"^[\[(](.*)[\])]$", r"\1", cell.strip()).strip() for cell in cells]
    bare = ["" if cell in ("-", "1") else cell for cell in bare]
    if not any(bare) or not all(cell in ("", "%") or is_unit(cell) for cell in bare):
        return None
    return bare
