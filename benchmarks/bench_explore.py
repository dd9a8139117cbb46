"""How soon the explorer draws: after the command, after a slider's step, after a step of T.

A step is timed in the page itself, from the event to the frame after the curve has changed. Needs
Debian's chromium. Where Panel is installed, its page of the same views is timed beside it.
"""

import importlib.util
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, sync_playwright

STEPS = 40
COMMAND = [str(Path(sys.executable).parent / "entrap"), "explore", "--no-browser"]
CURVE = "[data-figure=electrons] .curve.mixed"

# A step of a slider by key, and the time until the curve is another one and painted.
MOVED = """async ([slider, figure, by]) => {
  const node = document.querySelector(slider);
  const curve = () => document.querySelector(figure).outerHTML;
  const before = curve(), began = performance.now();
  node.dispatchEvent(new KeyboardEvent("keydown", { key: by, bubbles: true, cancelable: true }));
  while (curve() === before && performance.now() - began < 5000) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
  return performance.now() - began;
}"""
FULL = """async ([slider, by]) => {
  const began = performance.now(), status = document.querySelector("#status");
  document.querySelector(slider)
    .dispatchEvent(new KeyboardEvent("keydown", { key: by, bubbles: true, cancelable: true }));
  const answered = () => performance.getEntriesByType("resource")
    .filter((each) => each.name.endsWith("/picture") && each.startTime >= began).length;
  while ((!answered() || status.textContent) && performance.now() - began < 5000) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
  performance.clearResourceTimings();
  return performance.now() - began;
}"""

# The same of a page of Bokeh: until its server's columns are there, and a frame is painted.
BOKEH = """async (value) => {
  const models = [...Bokeh.documents[0]._all_models.values()];
  const slider = models.find((each) => each.type.endsWith("Slider"));
  const source = models.find((each) => each.type === "ColumnDataSource" && each.name === "along");
  const began = performance.now(), before = source.data;
  slider.value = value;
  while (source.data === before && performance.now() - began < 5000) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
  return performance.now() - began;
}"""
PANEL_PORT = 5067


def main() -> None:
    """Print medians and the 95th percentile of each."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("Debian's package chromium is not installed: nothing is timed.")
        return
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        firsts, process, page = [], None, None
        for _ in range(5):
            if process is not None:
                process.terminate()
                process.wait()
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            began = time.perf_counter()
            process = subprocess.Popen(COMMAND, stdout=subprocess.PIPE, text=True)
            assert process.stdout is not None
            (address,) = re.findall(r"http\S+", process.stdout.readline())
            page.goto(address)
            page.wait_for_selector(CURVE)
            firsts.append(1000 * (time.perf_counter() - began))
        assert page is not None
        assert process is not None
        told("first picture after the command", firsts)
        while "rises" not in str(page.text_content("#answer")):
            time.sleep(0.05)
        told("the exact engine's first picture", [1000 * (time.perf_counter() - began)])
        print(f"{'':42} {'median':>9} {'95 %':>9}")
        keys = ("ArrowRight", "ArrowLeft")
        slider, scrub = "[id='s-landau.a']", "#temperature"
        for _ in range(4):  # what is compiled is compiled by now
            page.evaluate(FULL, [slider, keys[0]])
        told("slider to painted answer", repeated(page, FULL, lambda i: [slider, keys[i % 2]]))
        dot = "[data-figure=electrons] line.cursor"
        told(
            "temperature to painted frame",
            repeated(page, MOVED, lambda i: [scrub, dot, keys[i % 2]]),
        )
        process.terminate()
        if importlib.util.find_spec("panel"):
            in_panel(browser)
        browser.close()


def in_panel(browser: Any) -> None:
    """Time the page of Panel."""
    page = browser.new_page(viewport={"width": 1680, "height": 900})
    began = time.perf_counter()
    command = [sys.executable, "-m", "panel", "serve", "explorer_in_panel.py"]
    process = subprocess.Popen(
        [*command, "--port", str(PANEL_PORT)],
        cwd=Path(__file__).parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while True:
            try:
                page.goto(f"http://localhost:{PANEL_PORT}/explorer_in_panel")
                break
            except Error:
                time.sleep(0.02)
        page.wait_for_function("globalThis.Bokeh?.documents?.[0]?._all_models?.size > 20")
        told("Panel: first picture after the command", [1000 * (time.perf_counter() - began)])
        for i in range(4):
            page.evaluate(BOKEH, 2.5 + i / 100)
        told("Panel: slider to painted answer", repeated(page, BOKEH, lambda i: 2 + i / 100))
    finally:
        process.terminate()


def repeated(page: Any, script: str, given: Any) -> list[float]:
    """Times [ms] of so many steps."""
    return [page.evaluate(script, given(i)) for i in range(STEPS)]


def told(name: str, times: list[float]) -> None:
    """Print the median, and where there are many the 95th percentile."""
    many = f" {sorted(times)[int(0.95 * len(times))]:9.0f}" if len(times) > 10 else ""
    print(f"{name:42} {statistics.median(times):9.0f}{many} ms")


if __name__ == "__main__":
    main()
