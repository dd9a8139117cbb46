"""Import of what a verb writes and draws with, while the compiler leaves a core idle."""

import io
import threading
from importlib import import_module

_FIRST = (
    "h5netcdf",
    "matplotlib.figure",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
)


def import_ahead(*more: str) -> threading.Thread:
    """Begin to import what writes and draws, then `more`; join the thread before they are used."""

    def run() -> None:
        for name in _FIRST:
            import_module(name)
        from matplotlib.figure import Figure

        from entrap.report.style import styled

        with styled():
            figure = Figure(figsize=(1, 1))
            figure.text(0, 0, "$x$")  # finds the fonts
            figure.savefig(io.BytesIO())
        for name in more:
            import_module(name)

    ahead = threading.Thread(target=run, daemon=True)
    ahead.start()
    return ahead
