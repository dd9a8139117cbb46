"""Give broken and random inputs to everything that reads one, and see that each is used or refused.

    make fuzz                         12,000 inputs of all kinds
    make fuzz INPUTS=500 SEED=3       fewer, others
    make fuzz KINDS="cases data"      of these kinds alone

An input is fine if it is taken, or refused in plain sentences. A finding is a traceback, a warning,
something printed by the way, an answer that takes too long or too much memory, and a sentence with
a number that is none. Each is written into a folder, with what to call to see it again.
"""

import argparse
import contextlib
import dataclasses
import gc
import io
import os
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[2]
SECONDS = 20  # of CPU that one input may take, and twenty times that on a clock
MEGABYTES = 1500  # by which one input may let memory grow
LONGEST = 8000  # characters of a refusal
_NONSENSE = re.compile(
    r"\b(nan|inf)\b (K|J|m|T|s|nm|meV|mT|ueV|µeV|ms|µs)\b|Traceback|0x[0-9a-f]{6}"
)


class Found(Exception):
    """What is wrong with how an input was taken."""


@dataclasses.dataclass(frozen=True)
class Kind:
    """A kind of input.

    Args:
        share: Of all inputs.
        make: Gives an input, from random numbers and an empty folder.
        take: Takes it.
    """

    share: float
    make: Callable[[np.random.Generator, Path], Any]
    take: Callable[[Any, Path], None]


def main() -> None:
    """Go through the inputs, print findings as they come and a count of each kind."""
    words = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    words.add_argument("--count", type=int, default=12_000)
    words.add_argument("--seed", type=int, default=0)
    words.add_argument("--first", type=int, default=0, help="number of the first input of a kind")
    words.add_argument("kinds", nargs="*", help="as cases or data; all of them by default")
    words.add_argument("--findings", type=Path, default=ROOT / "results" / "fuzz")
    asked = words.parse_args()
    os.environ["MPLBACKEND"] = "Agg"
    from tests.fuzz import kinds

    chosen = {n: k for n, k in kinds.KINDS.items() if not asked.kinds or n in asked.kinds}
    whole, wrong = sum(kind.share for kind in chosen.values()), 0
    for name, kind in chosen.items():
        count, began = max(1, round(asked.count * kind.share / whole)), time.process_time()
        used = refused = 0
        for number in range(asked.first, asked.first + count):
            draw = np.random.default_rng([asked.seed, list(kinds.KINDS).index(name), number])
            with tempfile.TemporaryDirectory() as away:
                fault = tried(kind, draw, Path(away))
                if fault and fault is not REFUSED:
                    wrong += 1
                    kept = asked.findings / f"{name}-{asked.seed}-{number}"
                    shutil.rmtree(kept, ignore_errors=True)
                    shutil.copytree(away, kept, symlinks=True)
                    again = f"make fuzz KINDS={name} SEED={asked.seed} FIRST={number} INPUTS=1"
                    (kept / "finding.txt").write_text(f"{again}\n\n{fault}\n", "utf-8")
                    print(f"{kept}: {fault.strip().splitlines()[-1][:160]}", flush=True)
            used, refused = used + (fault is None), refused + (fault is REFUSED)
        seconds = time.process_time() - began
        print(f"{name:12} {count:6} inputs: {used} taken, {refused} refused, {seconds:.0f} s CPU")
    print(f"{wrong} findings" if wrong else "nothing found")
    sys.exit(bool(wrong))


REFUSED = "refused"


def tried(kind: Kind, draw: np.random.Generator, folder: Path) -> str | None:
    """None if an input was taken, `REFUSED`, or what is wrong."""
    from entrap.core.errors import InputError, SolveError

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    noise: list[str] = []
    sys.unraisablehook = lambda told: noise.append(f"Exception ignored: {told.exc_value!r}")
    out, found = io.StringIO(), None
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(out), _errors_to(out):
            warnings.simplefilter("error")
            given = kind.make(draw, folder)
            with _ending():
                kind.take(given, folder)
            gc.collect(0)
    except (InputError, SolveError) as error:
        found = REFUSED
        if fault := fault_of(str(error)):
            found = f"{error}\n{fault}"
    except Found as error:
        found = str(error)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        found = traceback.format_exc()
    finally:
        sys.unraisablehook = sys.__unraisablehook__
    if found in (None, REFUSED) and (noise or out.getvalue()):
        return "\n".join([out.getvalue(), *noise, "something was printed"])
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    if grown > MEGABYTES:
        return f"memory grew by {grown:.0f} MB"
    return found


def fault_of(text: str) -> str:
    """What is wrong with the sentences of a refusal or an answer; empty where nothing is."""
    if not text.strip():
        return "nothing is said"
    if len(text) > LONGEST:
        return f"{len(text)} characters are said"
    if found := _NONSENSE.search(text):
        return f'"{found[0]}" is said'
    if any(not (c.isprintable() or c == "\n") for c in text):
        return "control characters are said"
    return ""


@contextlib.contextmanager
def _ending() -> Iterator[None]:
    """What takes too long within the block is ended."""

    def end(*_: Any) -> None:
        raise Found(f"it takes more than {SECONDS} s")

    timers = (signal.ITIMER_PROF, signal.SIGPROF, 1), (signal.ITIMER_REAL, signal.SIGALRM, 20)
    before = [signal.signal(sign, end) for _, sign, _ in timers]
    for timer, _, times in timers:
        signal.setitimer(timer, times * SECONDS)
    try:
        yield
    finally:
        for (timer, sign, _), handler in zip(timers, before, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(sign, handler)


_errors_to = contextlib.redirect_stderr

if __name__ == "__main__":
    main()
