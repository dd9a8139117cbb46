"""Steps of a long transient, kept in a file from which a later run goes on.

The file is written every few seconds, in one step each time, and taken away once the transient is
at its end. It says of which case it is: the steps of another one are not gone on with.
"""

import dataclasses
import hashlib
import json
import os
import time
import zipfile
from importlib.metadata import version
from pathlib import Path

import numpy as np

from entrap.case.case import Case
from entrap.case.layout import Layout
from entrap.solve.plane.esdirk import Stage

_PAUSE = 5.0  # seconds between two writings


@dataclasses.dataclass
class Kept:
    """The file of a transient.

    Args:
        path: Where it is.
        case: What tells its case from others.
        written: When it was written last [s], of a clock of its own.
    """

    path: Path
    case: str
    written: float = dataclasses.field(default_factory=time.monotonic)

    @classmethod
    def of(cls, path: Path, case: Case, layout: Layout) -> "Kept":
        """That of a case at a path."""
        told = hashlib.sha256(json.dumps([case.to_dict(), version("entrap")]).encode())
        if layout.path is not None and layout.path.is_file():  # what is not is said later
            told.update(layout.path.read_bytes())
        return cls(path, told.hexdigest())

    def stage(self, times: np.ndarray, points: int) -> tuple[Stage | None, bool]:
        """The last step that is kept, and whether there is one of another case.

        A file that cannot be read is that of another case: nothing is gone on with.
        """
        if not self.path.exists():
            return None, False
        try:
            with self.path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
                kept = {name: file[name] for name in file.files}
            if str(kept["case"]) != self.case or not np.array_equal(kept["times"], times):
                return None, True
            names = ("time", "rung", "steps", "factorised")
            numbers = {name: kept[name].item() for name in names}
            found = kept["found"]
            if found.ndim != 2 or found.shape[1] != points or kept["x"].shape != (points,):
                return None, True
            return Stage(x=kept["x"], found=[*found], **numbers), False
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None, True

    def keep(self, stage: Stage, times: np.ndarray) -> None:
        """Write a step, unless one was written a moment ago."""
        if time.monotonic() - self.written < _PAUSE:
            return
        work = self.path.with_name(f"{self.path.name}.{os.getpid()}.partial")
        try:
            with work.open("wb") as file:
                np.savez(
                    file,
                    case=self.case,
                    times=times,
                    time=stage.time,
                    x=stage.x,
                    rung=stage.rung,
                    steps=stage.steps,
                    factorised=stage.factorised,
                    found=np.array(stage.found),
                )
            work.replace(self.path)
        finally:
            work.unlink(missing_ok=True)
        self.written = time.monotonic()

    def done(self) -> None:
        """Take the file away."""
        self.path.unlink(missing_ok=True)
