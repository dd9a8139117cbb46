"""Import of what a verb writes and draws with, while the compiler leaves a core idle."""

import contextlib
import io
import threading
from collections.abc import Iterator
from importlib import import_module

_FIRST = (
    "h5netcdf",
    "matplotlib.figure",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
)


@contextlib.contextmanager
def importing_ahead(*more: str) -> Iterator[None]:
    """Import what writes and draws, then `more`, beside a block that computes.

    Nothing of it goes on when the block has ended, since matplotlib draws in one thread at a time.
    """
    left = threading.Event()

    def run() -> None:
        for name in _FIRST:
            if left.is_set():
                return
            import_module(name)
        from matplotlib.figure import Figure

        from entrap.report.style import styled

        with styled():
            figure = Figure(figsize=(1, 1))
            figure.text(0, 0, "$x$")  # finds the fonts
            figure.savefig(io.BytesIO())
        for name in more:
            if left.is_set():
                return
            import_module(name)

    ahead = threading.Thread(target=run, daemon=True)
    ahead.start()
    try:
        yield
    finally:
        left.set()
        ahead.join()
