"""`entrap paper`."""

from pathlib import Path

from entrap.report import command


def paper(out: command.OutOption = None, force: command.ForceOption = False) -> None:
    """Check every equation and number of the paper, and draw its figures."""
    from entrap.report import folder

    target = out or Path("paper-result")
    folder.claim(target, force=force, kind="paper")
    command.prepare()
    from entrap.studies.paper.writing import write_paper

    write_paper(target)
