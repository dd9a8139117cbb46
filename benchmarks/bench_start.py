"""Cold starts: from process start to files written, for every example; medians of 5.

Run: .venv/bin/python benchmarks/bench_start.py
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.toml"))
ENTRAP = Path(sys.executable).with_name("entrap")


def seconds(command: list[str], repeats: int = 5) -> list[float]:
    """Wall times of a command, sorted [s]."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return sorted(times)


def main() -> None:
    """Print a row a command: least, median and largest wall time."""
    print(f"{'command':44}{'least':>8}{'median':>8}{'most':>8}  s")
    with tempfile.TemporaryDirectory() as scratch:
        commands = [["--help"], ["schema"], ["materials", "NbN"]]
        commands += [
            [verb, str(case), "--out", f"{scratch}/{verb}-{case.stem}", "--force"]
            for verb, table in (("run", "[protocol]"), ("trap", "[trap.junction]"))
            for case in EXAMPLES
            if table in case.read_text("utf-8")
        ]
        commands.append(["paper", "--out", f"{scratch}/paper", "--force"])
        for command in commands:
            times = seconds([str(ENTRAP), *command])
            name = " ".join([command[0], *(Path(part).stem for part in command[1:2])])
            median = statistics.median(times)
            print(f"{name:44}{times[0]:8.2f}{median:8.2f}{times[-1]:8.2f}")


if __name__ == "__main__":
    main()
