"""The figures of a result, which is written whether or not they can be drawn."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from entrap.core.errors import InputError, SolveError, reason
from entrap.report.divided import divided
from entrap.report.look import LOOK, Look


class Undrawn(dict[str, str]):
    """In place of the SVG texts of figures: none, and why they could not be drawn."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


def draw_all(
    figures: Callable[[Look], Mapping[str, Any]],
    folder: Path,
    look: Look = LOOK,
    meanwhile: Callable[[], None] = lambda: None,
) -> Mapping[str, str]:
    """Draw figures into a folder as the look has them, and give the texts of their SVG by name.

    All cores draw. Where one cannot be drawn none is left, and the rest of a result is still to be
    written.

    Args:
        figures: Makes them.
        folder: Where they are put; it holds no other files with their endings.
        look: Of the figures.
        meanwhile: What is done here while other cores draw.
    """
    from entrap.report import style

    try:
        made = figures(look)
    except Exception as error:  # matplotlib raises whatever its parts raise
        meanwhile()
        return Undrawn(error)
    names = [*made]
    with divided(lambda k: style.save(made[names[k]], folder / names[k], look), len(names)) as rest:
        meanwhile()
        try:
            return dict(zip(names, rest(), strict=True))
        except Exception as error:
            failed = error
    for left in (file for each in look.formats for file in folder.glob(f"*.{each}")):
        left.unlink()
    return Undrawn(failed)


def check_drawn(target: Path, *drawn: Mapping[str, str]) -> None:
    """Say, once all else is written and printed, that figures could not be drawn.

    Raises:
        InputError: what is wished of a figure cannot be.
        SolveError: some could not be drawn for another reason.
    """
    for each in drawn:
        if isinstance(each, Undrawn):
            all_else = f"All other results are in {target}"
            if isinstance(each.error, InputError):
                raise InputError(f"{each.error}. {all_else}")
            why = f"{type(each.error).__name__}: {reason(each.error)}"
            raise SolveError(f"The figures could not be drawn ({why}). {all_else}")
