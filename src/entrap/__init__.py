"""entrap: the entropy of electron mixing in a superconductor with a quasiparticle trap.

Implements arXiv:2605.15834 (V. Kornich, 2026), corrected where its equations do not follow, and
says of every prediction how far the assumptions behind it hold.

    import entrap as et
    run = et.evolve(et.load_case("case.toml"))

What computes is imported when it is first used; importing entrap turns 64-bit numbers on in JAX.
"""

import importlib
import os
import sys
from pathlib import Path
from typing import Any

_ROWS = [row.split() for row in Path(__file__).with_suffix(".pyi").read_text("utf-8").splitlines()]
_HOMES = {row[3]: row[1] for row in _ROWS if row[:1] == ["from"]}
"""The module of each entry point, of rows as "from HOME import NAME as NAME"."""

__all__ = [*sorted(_HOMES)]

os.environ.setdefault("JAX_ENABLE_X64", "1")
if "jax" in sys.modules:
    sys.modules["jax"].config.update("jax_enable_x64", True)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'entrap' has no attribute {name!r}")
    try:
        return importlib.import_module(f"{_HOMES[name]}.{name}")
    except ModuleNotFoundError:  # it is no module itself
        return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
