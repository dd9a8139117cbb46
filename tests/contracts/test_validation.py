"""The page on which films are validated says what its script computes."""

import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/films-validation.md").read_text("utf-8")


def cells(name):
    """Those of the rows of a table of the page."""
    table = PAGE.partition(f"<!-- validation: {name} -->")[2].partition("<!-- end")[0]
    rows = [line.strip("|").split(" | ") for line in table.strip().splitlines()]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def test_every_number_converges_as_the_page_says():
    rows = cells("closed forms")
    assert len(rows) >= 12
    for name, *_, errors, order in rows:
        sizes = [abs(float(error)) for error in errors.split(",")]
        assert sizes == sorted(sizes, reverse=True)
        # At Λ = 0 the sheet current diverges at the rim.
        assert float(order) > (1.2 if name.endswith("Λ = 0") else 1.55)
    assert all(float(error) < 1e-9 for _, error in cells("rounding"))


@pytest.mark.slow
def test_the_page_has_the_numbers_of_the_script(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    script = importlib.import_module("validate_film")
    rows = script.rows()
    assert [row[0] for row in rows] == [row[0] for row in cells("closed forms")]
    for (name, form, ours, sizes, exact), shown in zip(rows, cells("closed forms"), strict=True):
        found, points = ours(sizes[0])
        assert shown[1:3] == [f"{exact:.9g}", form]
        assert shown[3].split(", ")[0] == f"{points:,}", name
        assert float(shown[4].split(",")[0]) == pytest.approx(found / exact - 1, rel=0.1), name
