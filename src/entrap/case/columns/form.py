"""What a user may state of how a file of columns is written; else the file itself shows it."""

import dataclasses
from typing import Any

from entrap.core.quantities import quantity, settle

DELIMITERS = {"tab": "\t", "semicolon": ";", "comma": ",", "spaces": " "}
"""What stands between the cells of a text file, by the word that states it."""

ENCODINGS = (
    "utf-8", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1250", "cp1251", "cp1252", "cp437",
    "mac-roman", "shift-jis", "euc-jp", "gb18030", "euc-kr",
)  # fmt: skip


def _word(meaning: str, *choices: str, example: str) -> Any:
    return quantity("1", "", meaning, default=None, kind="text", choices=choices, example=example)


@dataclasses.dataclass(frozen=True, kw_only=True)
class FileForm:
    """How a file is written; what is None is recognised from the file.

    Raises:
        InputError: a value is none that it can have.
    """

    delimiter: str | None = _word(
        "What stands between the cells of a text file", *DELIMITERS, example="semicolon"
    )
    decimal: str | None = _word(
        "What stands before the decimals in a text file", "point", "comma", example="comma"
    )
    encoding: str | None = _word(
        "How a text file writes its characters", *ENCODINGS, example="latin-1"
    )
    header: int | None = quantity(
        "1", "", "Row of the file that names the columns, counted from 1", default=None,
        kind="integer", at_least=1, at_most=10**6, example=3,
    )  # fmt: skip
    sheet: str | None = _word("Sheet of a workbook", example="Sheet1")

    def __post_init__(self) -> None:
        settle(self)

    def form(self) -> dict[str, Any]:
        """What is stated, by key."""
        values = {f.name: getattr(self, f.name) for f in dataclasses.fields(FileForm)}
        return {key: value for key, value in values.items() if value is not None}

    def form_over(self, other: "FileForm | None") -> "FileForm":
        """The form that this one states, and where it leaves something open another."""
        return FileForm(**((other.form() if other else {}) | self.form()))
