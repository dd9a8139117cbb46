"""The page and the picture for developers name every floor and room that there is."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = sorted(
    file.parent.relative_to(ROOT / "src/entrap")
    for file in (ROOT / "src/entrap").rglob("__init__.py")
    if file.parent.name != "entrap"
)
FLOORS = [str(p) for p in PACKAGES if len(p.parts) == 1]
ROOMS = [p.name for p in PACKAGES if len(p.parts) == 2 and p.parts[0] == "studies"]


@pytest.mark.parametrize("floor", FLOORS)
def test_every_floor_is_in_the_picture_and_on_the_page(floor):
    assert f">{floor}<" in (ROOT / "docs/images/house.svg").read_text("utf-8")
    assert f"`{floor}" in (ROOT / "docs/developing.md").read_text("utf-8")


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_is_in_the_picture_and_on_the_page(room):
    assert f">{room}/<" in (ROOT / "docs/images/house.svg").read_text("utf-8")
    assert f"`{room}`" in (ROOT / "docs/developing.md").read_text("utf-8") or (
        f"studies/{room}`" in (ROOT / "docs/developing.md").read_text("utf-8")
    )


def test_tests_mirror_the_sources():
    sources = {str(p) for p in PACKAGES}
    mirrored = {
        str(file.parent.relative_to(ROOT / "tests")) for file in (ROOT / "tests").rglob("test_*.py")
    } - {"contracts", "fuzz"}
    assert mirrored <= sources


def test_every_file_that_the_page_names_is_there():
    text = (ROOT / "docs/developing.md").read_text("utf-8")
    names = set(
        re.findall(r"`((?:src/entrap|tests|docs|[a-z_]+)/[\w/.]+\.(?:py|csv|html|svg))`", text)
    )
    assert len(names) > 10
    places = (ROOT, ROOT / "src/entrap")
    assert [n for n in sorted(names) if not any((p / n).exists() for p in places)] == []
