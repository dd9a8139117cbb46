"""How far a fit is, on a terminal and in a notebook."""

import contextlib
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn
from rich.text import Text

from entrap.studies.fit.inputs.hypotheses import HYPOTHESES

Tell = Callable[[str, str, int, int], None]
"""Called with hypothesis, stage, steps done and steps planned."""


@contextlib.contextmanager
def progress(console: Console) -> Iterator[Tell]:
    """Show how far a fit is: by a bar in a terminal, else by a line for each stage."""
    columns = ("[progress.description]{task.description}", BarColumn(), MofNCompleteColumn())
    shown = {"console": console, "transient": True, "disable": not console.is_terminal}
    with Progress(*columns, TimeElapsedColumn(), **shown) as bar:
        at, task = ("", ""), bar.add_task("compiling", total=None)

        def tell(name: str, stage: str, done: int, planned: int) -> None:
            nonlocal at, task
            # A stage of one step says nothing of how far it is: its bar pulses.
            total = planned if planned > 1 else None
            if (name, stage) != at:
                at, label = (name, stage), HYPOTHESES[name].label
                if not console.is_terminal:
                    console.print(Text(f"{label}: {stage}"))
                bar.remove_task(task)
                task = bar.add_task(f"{label}, {_STAGES[stage]}", total=total)
            bar.update(task, completed=done, total=total)

        yield tell


_STAGES = {"optimum": "best numbers", "chains": "draws of each chain", "evidence": "evidence"}
