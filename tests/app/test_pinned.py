"""What the commands say of themselves and of the library is what was pinned."""

import importlib
import inspect
import pkgutil

import pytest
from tests import pinned

import entrap
from entrap.app import cli
from entrap.app.casefile import case_schema
from entrap.case.case import Case
from entrap.studies.explore import controls

WORDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "default", "enum", "minItems",
         "maxItems", "maxLength", "uniqueItems", "required", "additionalProperties")  # fmt: skip
VERBS = [verb.__name__ for verb in cli.VERBS]


def test_help(call, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "dumb")
    said = {verb: call(verb, "--help").out.splitlines() for verb in VERBS}
    pinned.compare({"entrap": call("--help").out.splitlines()} | said, "help")


@pytest.mark.parametrize("arguments", ["cite", "cite --bibtex", "materials", "materials Al"])
def test_texts(call, monkeypatch, arguments):
    monkeypatch.setenv("COLUMNS", "100")
    told = call(*arguments.split())
    assert (told.code, told.err) == (0, "")
    pinned.compare(told.out.splitlines(), arguments.replace("--", "").replace(" ", "-"))


def test_sliders_of_the_explorer():
    """The first page: ends of each slider, units and what a number means."""
    cases = {name: Case.from_dict(tables, needs=()) for name, tables in controls.presets().items()}
    pinned.compare({name: controls.shown_values(case) for name, case in cases.items()}, "sliders")


def test_bounds_and_defaults_of_keys():
    """From the schema of case files: whatever bounds, chooses or stands for a value."""

    def told(schema, where):
        if isinstance(schema, dict):
            chosen = {k: v for k, v in schema.items() if k in WORDS and not isinstance(v, dict)}
            if chosen:
                yield " ".join([where, *(f"{k} {v}" for k, v in sorted(chosen.items()))])
            for name, part in schema.items():
                if name not in chosen:
                    inner = name not in ("properties", "anyOf", "items", "additionalProperties")
                    yield from told(part, f"{where}.{name}" if inner else where)
        elif isinstance(schema, list):
            for part in schema:
                yield from told(part, where)
        elif schema is False:
            yield f"{where} refused"

    pinned.compare(list(dict.fromkeys(told(case_schema(), "case"))), "bounds")


def test_defaults_of_public_functions():
    """Whoever leaves an argument out relies on what stands for it then."""
    found = {}
    for each in pkgutil.walk_packages(entrap.__path__, "entrap."):
        for name, made in vars(importlib.import_module(each.name)).items():
            own = getattr(made, "__module__", "") == each.name and not name.startswith("_")
            if not own or not callable(made):
                continue
            try:
                parameters = inspect.signature(made).parameters.values()
            except ValueError:  # of an exception
                continue
            defaults = [f"{p.name}={p.default!r}" for p in parameters if _is_plain(p.default)]
            if defaults:
                found[f"{each.name}.{name}"] = ", ".join(defaults)
    assert len(found) > 200
    pinned.compare(found, "defaults")


def _is_plain(default):
    if isinstance(default, tuple):
        return all(map(_is_plain, default))
    return isinstance(default, None.__class__ | bool | int | float | str)
