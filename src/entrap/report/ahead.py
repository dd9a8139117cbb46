"""What a verb will write and draw with, imported while the compiler leaves a core idle."""

import io
import threading
from importlib import import_module


def import_ahead(*more: str) -> threading.Thread:
    """Begin to import what writes and draws, and to find its fonts; join the thread before use.

    Args:
        more: Further modules that will be needed.
    """
    ahead = threading.Thread(target=_import, args=(more,), daemon=True)
    ahead.start()
    return ahead


def _import(more: tuple[str, ...]) -> None:
    for name in (
        "xarray",
        "h5netcdf",
        "pint",
        "matplotlib.figure",
        "matplotlib.backends.backend_agg",
        "matplotlib.backends.backend_svg",
    ):
        import_module(name)
    from matplotlib.figure import Figure

    figure = Figure(figsize=(1, 1))
    figure.text(0, 0, "$x$")  # finds the fonts
    figure.savefig(io.BytesIO())
    for name in more:
        import_module(name)
