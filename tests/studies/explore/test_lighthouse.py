"""The page as Lighthouse judges it, which `make lighthouse` installs and runs."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.exhaustive
LIGHTHOUSE = Path(__file__).parents[3] / ".venv/lighthouse/node_modules/.bin/lighthouse"


@pytest.mark.skipif(not LIGHTHOUSE.exists(), reason="Lighthouse is not installed: make lighthouse")
def test_each_category_has_95_of_100_and_nothing_moves_by_itself(served, tmp_path):
    command = [LIGHTHOUSE, f"{served.address}#v=1&case=clean&token={served.token}"]
    command += ["--preset=desktop", "--quiet", "--chrome-flags=--headless --no-sandbox"]
    command += ["--output=json", f"--output-path={tmp_path / 'found.json'}"]
    browser = {"CHROME_PATH": shutil.which("chromium") or ""}
    subprocess.run(command, env=os.environ | browser, check=True, timeout=300)
    found = json.loads((tmp_path / "found.json").read_text("utf-8"))
    scores = {name: each["score"] for name, each in found["categories"].items()}
    assert set(scores) == {"performance", "accessibility", "best-practices", "seo"}
    assert min(scores.values()) >= 0.95, scores
    assert found["audits"]["cumulative-layout-shift"]["numericValue"] < 0.05
