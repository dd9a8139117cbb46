"""A material is added by rows of three tables: in a copy of the package, and nothing else changed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def append(file, *rows):
    text = file.read_text("utf-8")
    file.write_text(text.rstrip("\n") + "\n" + "".join(f"{row}\n" for row in rows), "utf-8")


def test_rows_of_the_tables_are_all_that_a_material_needs(tmp_path):
    shutil.copytree(ROOT / "src/entrap", tmp_path / "entrap")
    data = tmp_path / "entrap/case/data"
    append(data / "entries.csv", "Xx,Unobtainium,element,stuff;substance,Made up for a test.")
    append(
        data / "materials.csv",
        "Xx,critical_temperature,4.5,TEST",
        "Xx,conduction_density,1e28,TEST",
        "Xx,penetration_depth,1e-7,TEST",
    )
    append(data / "sources.csv", "TEST,textbook,yes,A test")
    script = """
import entrap as et
from entrap.app.cli import main

made = et.Material(name="Stuff")
assert (made.critical_temperature, made.conduction_density) == (4.5, 1e28)
assert "A test" in made.provenance["conduction_density"], made.provenance
assert et.library.names()[-1] == "Xx"
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", script, "materials", "unobtainium"],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Xx: Unobtainium (element)" in done.stdout
    assert "Note: Made up for a test." in done.stdout
