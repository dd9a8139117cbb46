"""Traced functions kept for the next process, which then need not trace them again.

They lie beside what XLA compiles, where the command line has JAX keep that. A file holds the
function as JAX has it before it is compiled, and how its result is put together. Its name depends
on all that the function follows from: another version, another source or another case's choices
have another file. One that is missing, damaged or cannot be written costs the time of tracing only.
"""

import contextlib
import functools
import hashlib
import importlib.metadata
import io
import os
import pickle
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.export

_PACKAGES = ("entrap", "numpyro")
"""Those whose classes a result may be made of."""
_LIBRARIES = ("jax", "jaxlib", "numpy", "scipy", "equinox", "diffrax", "lineax", "optimistix")
"""The others from whose functions JAX traces one."""
_SETTINGS = ("JAX_", "XLA_", "EQX_")
_ENDINGS = (".py", ".csv", ".toml")
_MARK = hashlib.sha256().digest_size


def stored(jit: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator like `jit`, one of `entrap.solve.jit`, that keeps what it has traced.

    It is for functions of a module that depend on their arguments and on the package alone.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        jitted, programs = jit(function), {}

        @functools.wraps(function)
        def call(*arguments: Any) -> Any:
            folder = _folder()
            if folder is None:
                return jitted(*arguments)
            leaves, tree = jax.tree.flatten(arguments)
            kinds = *map(_kind, leaves), tree
            if kinds not in programs:
                programs[kinds] = _program(folder, function, tree, leaves, jit)
            program = programs[kinds]
            return jitted(*arguments) if program is None else program(leaves)

        return call

    return decorate


def stored_text(name: str, written: Callable[[], str]) -> str:
    """A text that is made of traced functions, kept as they are.

    Args:
        name: What else than the package it depends on.
        written: What makes it.
    """
    folder = _folder()
    if folder is None:
        return written()
    key = hashlib.sha256(f"{_origin()} {name}".encode()).digest()
    path = folder / f"text-{key.hex()}"
    found = _read(path, key)
    if found is None:
        found = written().encode(), b""
        _write(path, key, found)
    return found[0].decode()


def _folder() -> Path | None:
    """Where programs are kept; nowhere unless JAX keeps what it compiles, without callbacks."""
    kept = jax.config.jax_compilation_cache_dir  # pyright: ignore[reportAttributeAccessIssue]
    silent = os.environ.get("EQX_ON_ERROR") == "nan"
    return Path(kept) / "programs" if kept and silent and _origin() else None


def _kind(leaf: Any) -> tuple[Any, ...]:
    """Shape and type of a leaf, and whether the type is weak: for another JAX compiles anew."""
    kind = jax.typeof(leaf)
    return kind.shape, kind.dtype, kind.weak_type


def _program(
    folder: Path, function: Any, tree: Any, leaves: list[Any], jit: Callable[..., Any]
) -> Callable[[list[Any]], Any] | None:
    """The function as read from its file, or traced and written there; None if it cannot be."""
    name = f"{function.__module__}.{function.__qualname__}"
    stated = f"{_origin()} {name} {tree} {[*map(_kind, leaves)]}"
    if " at 0x" in stated:  # what is known by its address only is another in another process
        return None
    key = hashlib.sha256(stated.encode()).digest()
    path = folder / f"{name}-{key.hex()}"
    try:
        found = _read(path, key)
        if found is None:
            found = _traced(function, tree, leaves)
            _write(path, key, found)
        serialized, like = found
        exported = jax.export.deserialize(bytearray(serialized))
        made = jax.tree.structure(_Reader(io.BytesIO(like)).load())
    except Exception:  # whatever stands in the way of keeping it, it can be traced
        return None
    compiled = jit(exported.call)
    return lambda leaves: jax.tree.unflatten(made, compiled(*leaves))


def _traced(function: Any, tree: Any, leaves: list[Any]) -> tuple[bytes, bytes]:
    """The function of the leaves for JAX, and an object of the structure of its result."""
    made: list[Any] = []

    def flat(*leaves: Any) -> list[Any]:
        columns, structure = jax.tree.flatten(function(*jax.tree.unflatten(tree, leaves)))
        made.append(jax.tree.unflatten(structure, range(len(columns))))
        return columns

    exported = jax.export.export(jax.jit(flat))(*leaves)
    return bytes(exported.serialize()), pickle.dumps(made[0])


def _read(path: Path, key: bytes) -> tuple[bytes, bytes] | None:
    """What `_write` has written; None if there is nothing, or anything else."""
    try:
        contents = path.read_bytes()
    except OSError:
        return None
    mark, contents = contents[:_MARK], contents[_MARK:]
    if mark != hashlib.sha256(key + contents).digest():
        return None
    at = 8 + int.from_bytes(contents[:8], "big")
    return contents[at:], contents[8:at]


def _write(path: Path, key: bytes, found: tuple[bytes, bytes]) -> None:
    """Write a file in one step, so that no other process sees a part; or nothing at all."""
    serialized, like = found
    contents = len(like).to_bytes(8, "big") + like + serialized
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as unfinished:
            try:
                unfinished.write(hashlib.sha256(key + contents).digest() + contents)
                unfinished.close()
                os.replace(unfinished.name, path)
            except OSError:
                os.unlink(unfinished.name)


class _Reader(pickle.Unpickler):
    """Reads objects of the classes of results only, whatever a file says."""

    def find_class(self, module_name: str, global_name: str) -> Any:
        if module_name.partition(".")[0] not in _PACKAGES or "." in global_name:
            raise pickle.UnpicklingError(f"{module_name}.{global_name} is no class of a result")
        return super().find_class(module_name, global_name)


@functools.cache
def _origin() -> str:
    """What a traced function follows from, besides its arguments; empty if that is not known."""
    sources = _sources(Path(__file__).parents[1])
    versions = [_version(name) for name in (*_PACKAGES, *_LIBRARIES)]
    settings = {
        key: value
        for key, value in sorted(os.environ.items())
        if key.startswith(_SETTINGS) and "CACHE" not in key
    }
    wide = jax.config.jax_enable_x64  # pyright: ignore[reportAttributeAccessIssue]
    on = jax.default_backend(), sys.version
    return sources and f"{sources} {versions} {settings} {wide} {on}"


def _sources(package: Path) -> str:
    """A digest of a package's modules and data, which may be edited in place; empty without any."""
    digest = hashlib.sha256()
    sources = sorted(file for file in package.rglob("*.*") if file.suffix in _ENDINGS)
    for source in sources:
        digest.update(f"{source.relative_to(package)}\0".encode() + source.read_bytes() + b"\0")
    return digest.hexdigest() if sources else ""


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:  # what only some verbs need
        return ""
