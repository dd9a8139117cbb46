"""`entrap paper`."""

import gc
from pathlib import Path

from entrap.report.command import ForceOption, OutOption, prepare


def paper(out: OutOption = None, force: ForceOption = False) -> None:
    """Check every equation and number of the paper, and draw its figures."""
    from entrap.report import folder

    target = out or Path("paper-result")
    folder.claim(target, force=force, kind="paper")
    prepare()
    from entrap.studies.paper.writing import write_paper

    write_paper(target)
    gc.freeze()
