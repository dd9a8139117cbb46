"""What a verb will write and draw with, imported while the compiler leaves a core idle."""

import io
from importlib import import_module


def import_ahead() -> None:
    """Import what writes and draws, and let it find its fonts."""
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
