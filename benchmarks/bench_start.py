"""Starts: CPU seconds of whole commands, with an empty cache, a full one, and where they go.

Processor time, user and system, as the system counts it for the process: what else the machine does
disturbs it less than the time on the clock, which stands beside it, with that until the first line
of the answer is read.

Run: .venv/bin/python benchmarks/bench_start.py [REPEATS]
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EXAMPLES = Path(__file__).parent.parent / "examples"
COMMANDS = {
    "--help": ["--help"],
    "schema": ["schema"],
    "materials NbN": ["materials", "NbN"],
    "run clean-set": ["run", str(EXAMPLES / "clean-set.toml")],
    "run nbn-junction": ["run", str(EXAMPLES / "nbn-junction.toml")],
    "trap transmon-trap": ["trap", str(EXAMPLES / "transmon-trap.toml")],
    "paper": ["paper"],
}
WRITE = ("run", "trap", "paper")
START = "from entrap.app.cli import main; import sys; sys.argv[0] = 'entrap'; main()"
# The same command in a process that says on standard error what its parts take.
PARTS = """
import sys, time
import entrap.report.command as command
prepared = command.prepare
tracing, drawing = [0.0], [0.0]

def prepare():
    prepared()
    import jax
    begun = time.process_time()
    import entrap.report.divided as divided
    import entrap.report.style as style
    import entrap.report.result
    from entrap.report.ahead import importing_ahead
    with importing_ahead():
        pass
    drawn = style.save
    divided.cores = lambda: 1  # what copies of the process draw would not be in its time

    def save(*given):
        start = time.process_time()
        found = drawn(*given)
        drawing[0] += time.process_time() - start
        return found

    def heard(event, seconds, **_):
        # On the clock: tracing and lowering have no other time.
        if event.endswith(("jaxpr_trace_duration", "jaxpr_to_mlir_module_duration")):
            tracing[0] += seconds

    style.save = save
    jax.monitoring.register_event_duration_secs_listener(heard)
    command.imported = time.process_time()

command.prepare = prepare
try:
    from entrap.app.cli import main
    sys.argv[0] = "entrap"
    main()
finally:
    whole = time.process_time()
    imports = getattr(command, "imported", whole)
    running = whole - imports - tracing[0] - drawing[0]
    print(imports, tracing[0], running, drawing[0], file=sys.stderr)
"""


def spent(script: str, command: list[str], cache: str) -> tuple[float, float, float, str]:
    """Of a command CPU time, time, and time until it answers [s], and what its errors say."""
    environment = os.environ | {"JAX_COMPILATION_CACHE_DIR": cache}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", script, *command], env=environment, stdout=pipe, stderr=pipe,
        text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        process.stdout.readline()
        answered = time.perf_counter() - start
        told = process.communicate()[1]
    if process.returncode:
        sys.exit(told)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, wall, answered, told


def main() -> None:
    """Print a row a command: an empty cache, medians with a full one, and its parts."""
    repeats = int(sys.argv[1]) if sys.argv[1:] else 7
    parts = "".join(f"{name:>10}" for name in ("imports", "tracing", "running", "drawing"))
    print(f"{'CPU seconds':22}{'empty':>8}{'median':>8}{'wall':>8}{'answer':>8}{parts}")
    with tempfile.TemporaryDirectory() as scratch:
        for name, command in COMMANDS.items():
            cache, arguments = f"{scratch}/{name}", list(command)
            if command[0] in WRITE:
                arguments += ["--out", f"{scratch}/result {name}", "--force"]
            first, *_ = spent(START, arguments, cache)
            times = [spent(START, arguments, cache)[:3] for _ in range(repeats)]
            medians = (statistics.median(column) for column in zip(*times, strict=True))
            row = f"{name:22}{first:8.2f}" + "".join(f"{median:8.2f}" for median in medians)
            if command[0] in WRITE:
                *_, told = spent(PARTS, arguments, cache)
                row += "".join(f"{float(part):10.2f}" for part in told.split()[-4:])
            print(row, flush=True)


if __name__ == "__main__":
    main()
