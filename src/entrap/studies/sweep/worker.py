"""What a Dask worker does before its first chunk; needs dask.distributed to be imported."""

from collections.abc import Callable

from distributed import Worker, WorkerPlugin


class Setup(WorkerPlugin):
    """Calls a function once in each worker, also in those that come later.

    Args:
        function: The function.
    """

    def __init__(self, function: Callable[[], None]) -> None:
        self.function = function

    def setup(self, worker: Worker) -> None:
        """Call it."""
        del worker  # all are alike
        self.function()
