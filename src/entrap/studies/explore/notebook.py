"""`entrap.explore`: the explorer in a notebook."""

from typing import Any

from entrap.case.case import Case
from entrap.core.errors import InputError


def explore(case: Case | None = None) -> Any:
    """The explorer as a widget, in a notebook: sliders on the left, what follows on the right.

    What is moved can be read back: `case` of the widget is the case as it stands.

    Args:
        case: To begin with; presets are there in any case.

    Raises:
        InputError: the package anywidget is not installed.

    Examples:
        >>> import entrap as et
        >>> shown = et.explore(et.load_case("examples/clean-set.toml"))
        >>> shown.case.material.critical_temperature
        10.0
    """
    try:
        from entrap.studies.explore.widget import ExplorerWidget
    except ModuleNotFoundError as error:
        text = f"the explorer in a notebook needs the package {error.name}: "
        raise InputError(f"{text}install `entrap[notebook]`") from None
    return ExplorerWidget(case)
