"""entrap: the entropy of electron mixing in a superconductor with a quasiparticle trap.

Implements arXiv:2605.15834 (V. Kornich, 2026), corrected where its equations do not follow, and
says of every prediction how far the assumptions behind it hold.

    import entrap as et
    run = et.evolve(et.load_case("case.toml"))

What computes is imported when it is first used; importing entrap turns 64-bit numbers on in JAX.
"""

import importlib
import os
import re
import sys
from pathlib import Path
from typing import Any

_ROWS = Path(__file__).with_suffix(".pyi").read_text("utf-8")
_HOMES = {name: home for home, name in re.findall(r"^from (\S+) import (\w+) as", _ROWS, re.M)}

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
