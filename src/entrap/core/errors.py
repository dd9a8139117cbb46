"""The two ways a request can fail: the input is wrong, or the computation did not succeed."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an input.

    Args:
        text: What must hold and what was given.
        key: The field it is about; empty where it is about the whole.
    """

    text: str
    key: str = ""

    def __str__(self) -> str:
        return f"`{self.key}` {self.text}" if self.key else self.text


class InputError(ValueError):
    """What was asked for is wrong; each problem says what must hold and what was given.

    Args:
        problems: One sentence, or `Problem`, for each thing that is wrong.
    """

    def __init__(self, *problems: "str | Problem") -> None:
        self.problems = tuple(p if isinstance(p, Problem) else Problem(p) for p in problems)
        super().__init__("\n".join(str(p) for p in self.problems))


class SolveError(RuntimeError):
    """A computation did not succeed; the message says what, where, and what to try."""
