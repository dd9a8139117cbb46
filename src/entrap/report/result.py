"""Results with a report: how a verb computes one, writes its folder and prints its answer."""

import dataclasses
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from entrap.case.case import Case
from entrap.core.frame import Frame
from entrap.report import watching
from entrap.report.ahead import importing_ahead
from entrap.report.drawing import check_drawn, draw_all
from entrap.report.folder import complete_folder
from entrap.report.grades import grade
from entrap.report.inputs import digits_of, inputs_frame, inputs_of
from entrap.report.labels import quoted, unit_text
from entrap.report.look import Look
from entrap.report.summary import summary_of, write_printed, write_tables, write_texts
from entrap.report.terminal import console as terminal
from entrap.report.terminal import print_part, print_sentences, table
from entrap.solve.protocol.frames import margins_frame, numbers_frame
from entrap.solve.protocol.results import Margin, Value


@dataclasses.dataclass(frozen=True)
class Account:
    """What the page, the summary and the terminal show of a result.

    Args:
        case: Its case; None for a result of several, whose `context` and `more` have a title.
        sentences: The answer.
        values: Its numbers, by name.
        validity: Margins of the assumptions.
        template: Path of the template of its page, in the package.
        figures: What draws its figures, by file name, as a look has them.
        context: Further names of the template.
        more: Further entries of the summary.
        tables: Further tables, written as CSV, by name.
        printed: Further tables as LaTeX, by name.
        data: Name of the file that has all of it.
        shown: Names of the numbers that are printed, where the result has them.
        along: Whether its margins say up to which temperature they hold.
        before: What is printed before the answer in place of the numbers.
        after: What is printed after it in place of the margins that fail.
    """

    case: Case | None
    sentences: tuple[str, ...]
    values: Mapping[str, Value]
    validity: Iterable[Margin]
    template: str
    figures: Callable[[Look], Mapping[str, Any]]
    context: Mapping[str, Any]
    more: Mapping[str, Any]
    tables: Mapping[str, Frame] = dataclasses.field(default_factory=dict)
    printed: Callable[[], Mapping[str, str]] = dict
    data: str = "results.nc"
    shown: tuple[str, ...] = ()
    along: bool = True
    before: Iterable[Any] | None = None
    after: Iterable[Any] | None = None

    def summary(self) -> dict[str, Any]:
        """The contents of `summary.json`."""
        return summary_of(self.case, self.sentences, self.values, self.validity) | dict(self.more)

    @functools.cached_property
    def digits(self) -> int:
        """With how many digits its numbers are shown."""
        return digits_of(() if self.case is None else inputs_of(self.case))

    def page(self, figures: Mapping[str, str], files: Iterable[str] = ()) -> str:
        """`report.html`, with the SVG texts of the figures; `files` are those beside it."""
        from entrap.report.page import page

        common = (self.case, self.sentences, self.validity, figures, self.values, files)
        return page(self.template, *common, **self.context)

    def frames(self) -> dict[str, Frame]:
        """All tables by name: those of every result, and its own."""
        made = {} if self.case is None else {"inputs": inputs_frame(self.case)}
        if self.values:
            made["numbers"] = numbers_frame(self.values)
        if validity := (*self.validity,):
            made["assumptions"] = margins_frame(validity)
        return made | dict(self.tables)

    def write(
        self,
        target: Path,
        save: Callable[[Path], None],
        look: Look,
        *,
        latex: bool,
    ) -> Mapping[str, str]:
        """Write the folder `target`: what `save` puts there, figures, tables, page and summary.

        The figures are written as the look has them, and the page has them in any case. If they
        cannot be drawn, all else is written. The tables are CSV, and on request those for print
        LaTeX too.

        Returns:
            What `draw_all` has drawn.

        Raises:
            OSError: the folder cannot be written.
        """
        with complete_folder(target) as folder:

            def write_others() -> None:
                save(folder)
                self.write_tables(folder, latex=latex)

            drawn = draw_all(self.figures, folder, look, write_others)
            files = [file.name for file in folder.iterdir()]
            write_texts(folder, self.page(drawn, files), self.summary())
        return drawn

    def write_tables(self, folder: Path, *, latex: bool) -> None:
        """Write the tables into a folder."""
        write_tables(folder, self.frames())
        if latex:
            from entrap.report.latex import numbers_table

            texts = {"numbers": numbers_table(self.values, self.digits)} if self.values else {}
            write_printed(folder, texts | dict(self.printed()))

    def print(self, console: Console) -> None:
        """Print the numbers, the answer and the margins that fail."""
        for part in self._numbers() if self.before is None else self.before:
            print_part(part, console)
        print_sentences(self.sentences, console)
        for part in self._failed() if self.after is None else self.after:
            print_part(part, console)

    def print_files(self, target: Path, console: Console) -> None:
        """Print where the files are."""
        files = f"{target}/report.html, summary.json, {self.data}, tables as CSV and the figures"
        print_sentences([files], console)

    def _numbers(self) -> Iterator[Table]:
        title = self.case.title if self.case else self.context["title"]
        found = table(title, "quantity", "", "value", wrapped=["quantity"])
        for item in (self.values[name] for name in self.shown if name in self.values):
            declared = item.declared
            found.add_row(
                declared.meaning,
                declared.symbol,
                unit_text(quoted(declared, item.value, self.digits, at_least=item.at_least)),
            )
        yield found

    def _failed(self) -> Iterator[Table]:
        failed = [margin for margin in self.validity if margin.holds is False]
        if failed:
            last = ["holds up to"] if self.along else []
            margins = table("\nAssumptions that fail", "assumption", "margin", "", *last)
            for item in failed:
                last_held = item.holds_until
                until = "not at the start" if last_held is None else f"{last_held:.4g} K"
                graded = grade(item.margin)
                name = f"{item.name} (estimated)" if item.remark else item.name
                row = (name, f"{item.margin:+.2f}", f"{graded.mark} {graded.word}", until)
                margins.add_row(*row[: 3 + len(last)])
            yield margins


def write_result(
    target: Path,
    doing: str,
    compute: Callable[..., Any],
    account: Callable[[Any], Account],
    look: Look,
    *,
    latex: bool,
    telling: bool = False,
) -> None:
    """Compute a result, print it, and write its data, figures, tables, page and summary.

    Args:
        target: Folder to be, which `folder.claim` has let pass.
        doing: What the terminal shows meanwhile.
        compute: Gives the result, which can be saved.
        account: Gives what is shown of it.
        look: Of the figures.
        latex: Whether tables for print are written too.
        telling: Whether `compute` takes what is called as it goes on, as `watching.telling` has it.

    Raises:
        InputError: the case lacks what is needed.
        SolveError: the computation did not succeed; or, after all else is written, the figures
            cannot be drawn.
        OSError: the folder cannot be written.
    """
    console = terminal()
    with watching.telling(console, doing) as tell:
        with importing_ahead():
            found = compute(tell) if telling else compute()
        shown = account(found)
    shown.print(console)
    data = shown.data
    with console.status("drawing"):
        drawn = shown.write(target, lambda folder: found.save(folder / data), look, latex=latex)
    shown.print_files(target, console)
    check_drawn(target, drawn)
