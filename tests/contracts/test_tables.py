"""Tables of keys and results in the pages, and the list that shells complete, are current."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tables():
    """The script that makes them."""
    spec = importlib.util.spec_from_file_location("tables", ROOT / "docs/tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_they_say_what_the_declarations_say(tables):
    stale = [str(f) for f, text in tables.made().items() if f.read_text("utf-8") != text]
    assert not stale, f"run `make tables`: {', '.join(stale)}"


def test_every_mark_is_filled(tables):
    made = tables.made()
    pages = {f.name: text for f, text in made.items() if f.suffix == ".md"}
    for name, text in pages.items():
        assert text.count("<!-- table: ") == text.count("<!-- end of table -->"), name
    assert "| `interface_resistance` | ρ_int |" in pages["traps.md"]
    assert "| `penetration_depth` | λ | nm | state |" in pages["results.md"]


def test_a_page_that_names_no_table_is_refused(tables, tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/page.md").write_text("<!-- table: tarp -->\n<!-- end of table -->\n")
    with pytest.raises(KeyError, match="No table is called 'tarp': known are"):
        tables.made(tmp_path)
