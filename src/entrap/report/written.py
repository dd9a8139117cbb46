"""Which files of a folder entrap wrote, and which others did.

The summary of a result lists its files. Up to 0.4 it did not: then they are known by the names that
belong to the kind of result that the summary describes.
"""

import glob
import json
from collections.abc import Collection, Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from entrap.core.errors import InputError

STORE = "sweep.zarr"
"""The store in the folder of a sweep."""

FORMATS = ("svg", "png", "pdf", "eps")
"""Formats in which figures can be written."""
USUAL = ("svg", "png")
"""Those in which they are unless others are asked for."""

MARKS = ("summary.json", "claims.json")
"""Files by which a result is known; the last that are written."""
_OWN_KEYS = {
    "run": "regimes",
    "trap": "changes",
    "film": "mesh_errors",
    "fit": "posteriors",
    "plan": "candidates",
    "sweep": "axes",
    "compare": "differences",
    "series": "samples",
}  # a key that only the summary of this kind of result has
_FILES = {
    "run": "summary.json report.html results.nc free-energy densities observables margins",
    "trap": "summary.json report.html results.nc rates residue survival states evacuation",
    "film": "summary.json report.html film.nc film.vtu density slowest-mode gain decay mesh",
    "fit": "summary.json report.html posterior-*.nc "
    "hypotheses predictive-* predictive-*-[1-9] corner-*",
    "plan": "summary.json report.html plan.nc information bayes-factors",
    "sweep": "summary.json report.html curves margins sensitivity map-* points-*",
    "series": "summary.json report.html gain",
    "compare": "summary.json report.html",
    "paper": "claims.json figure-2 figure-3 figure-kinetics figure-detection "
    "figure-2.nc figure-3.nc figure-kinetics.nc figure-detection.nc",
}
"""Files of each kind of result, up to 0.4 too; a name without an ending is that of a figure."""
_EVERY = "numbers.csv numbers.tex inputs.csv assumptions.csv"
_LATER = {
    "run": f"{_EVERY} results.csv bcs.csv regimes.csv before-and-after.csv free-energy.csv "
    "measured.csv measured-*",
    "trap": f"{_EVERY} over-*.csv along-film.csv shares.csv changes.csv sensitivities.csv",
    "film": f"{_EVERY} mesh-errors.csv places.csv slopes.csv decay.csv maps.csv window.csv "
    "vortices.csv film-window.nc film-window.vtu condensate sheet-current phase amplitude-mode "
    "current-phase current-phase.csv critical-state "
    "screening screening.csv holes.csv "
    "remaining-fraction critical-temperature pearl-length inductance-change resonance",
    "fit": f"{_EVERY} posteriors.csv posterior-*.tex hypotheses.csv measurements.csv "
    "predictive-*.csv corner-*.csv",
    "plan": f"{_EVERY} candidates.csv candidates.tex",
    "sweep": "found.csv found.tex inputs.csv points.csv sensitivities.csv",
    "series": f"{_EVERY} samples.csv",
    "compare": "differences.csv differences.tex posteriors posteriors.csv",
    "paper": "report.html figure-1 figure-1.nc figure-*.csv inputs.csv claims.csv claims.tex",
}
"""Files that a kind of result has had since its summary lists them."""


def owned(folder: Path) -> dict[str, str]:
    """Names of what entrap wrote into a folder, with the kind of result it is part of."""
    store = {STORE: "sweep"} if _is_store(folder / STORE) else {}
    found: dict[str, str] = {}
    for mark in MARKS:
        contents = contents_of(folder / mark)
        kind = _kind(mark, contents)
        if kind:
            listed = contents.get("files")
            names = map(glob.escape, listed) if listed else _names(kind, _subjects(contents))
            found |= dict.fromkeys(_plain(folder, (*names,)), kind)
        if kind == "series":
            found |= dict.fromkeys(_parts(folder, contents), kind)
    summary = folder / "summary.json"
    if store and not (summary.exists() and summary.stat().st_size):
        # Up to 0.4 what was killed while drawing had figures, but no summary.
        variables = [part.name for part in (folder / STORE).iterdir()]
        found |= dict.fromkeys(_plain(folder, _names("sweep", variables)), "sweep")
    return found | store


def contents_of(mark: Path) -> dict[str, Any]:
    """The contents of a summary; empty if the file is none."""
    try:
        contents = json.loads(mark.read_text("utf-8")) if _is_plain(mark) else {}
    except (OSError, ValueError):
        return {}
    return contents if isinstance(contents, dict) else {}


def check_free(
    folder: Path, kind: str, formats: Collection[str], subjects: Iterable[str] = ("*",)
) -> None:
    """Refuse a folder in which a result would replace a file that entrap did not write.

    Args:
        folder: The folder.
        kind: The verb that writes the result.
        formats: Of its figures.
        subjects: What its figures are of; anything, where that is not known yet.

    Raises:
        InputError: there is such a file.
    """
    stems = f"{_FILES[kind]} {_LATER.get(kind, '')}"
    names = [*_filled(stems, subjects, formats), *([STORE] if kind == "sweep" else [])]
    files = {file.name for file in folder.iterdir()} - owned(folder).keys()
    check_foreign(folder, (file for file in files if any(fnmatchcase(file, n) for n in names)))


def check_foreign(folder: Path, names: Iterable[str]) -> None:
    """Refuse to replace files that entrap did not write.

    Raises:
        InputError: there are any.
    """
    named = ", ".join(sorted(names))
    if named:
        raise InputError(
            f"--out {folder} holds {named}, which entrap did not write, and the result would "
            "replace it: move it elsewhere, or give another folder"
        )


def _kind(mark: str, contents: Mapping[str, Any]) -> str | None:
    """The kind of a result; None if it is not one of entrap."""
    if not isinstance(contents.get("version"), str):
        return None
    if mark == "claims.json":
        return "paper" if {"paper", "claims"} <= contents.keys() else None
    if not {"title", "answer"} <= contents.keys() or not {"case", "samples"} & contents.keys():
        return None
    return next((kind for kind, key in _OWN_KEYS.items() if key in contents), None)


def _subjects(contents: Mapping[str, Any]) -> list[str]:
    """What the figures of a result are of."""
    series = contents["data"]["series"] if "posteriors" in contents else ()
    measured = [each["quantity"] for each in series]
    return [*contents.get("results", ()), *contents.get("posteriors", ()), *measured, ""]


def _names(kind: str, subjects: Iterable[str]) -> list[str]:
    """Names that the files of a kind of result had up to 0.4."""
    return _filled(_FILES[kind], subjects, ("png", "svg"))


def _filled(names: str, subjects: Iterable[str], formats: Collection[str]) -> list[str]:
    """Names of files, with each subject of a figure in place of "*", and in each format."""
    endings = (*formats,)
    return [
        file
        for subject in subjects
        for name in names.split()
        for file in (
            [name.replace("*", subject)]
            if "." in name
            else [f"{name.replace('*', subject.replace('_', '-'))}.{end}" for end in endings]
        )
    ]


def _plain(folder: Path, names: Iterable[str]) -> list[str]:
    """Files of a folder that bear one of these names."""
    return [
        file.name
        for file in folder.iterdir()
        if _is_plain(file) and any(fnmatchcase(file.name, name) for name in names)
    ]


def _parts(folder: Path, contents: Mapping[str, Any]) -> list[str]:
    """Folders within that of a series that hold the fits of its samples."""
    samples = contents["samples"] if isinstance(contents["samples"], list) else []
    names = [sample.get("folder") for sample in samples if isinstance(sample, dict)]
    return [
        name
        for name in names
        if isinstance(name, str)
        and Path(name).name == name
        and not (folder / name).is_symlink()
        and "fit" in owned(folder / name).values()
    ]


def _is_plain(file: Path) -> bool:
    return file.is_file() and not file.is_symlink()


def _is_store(path: Path) -> bool:
    """Whether a folder is the store of a sweep, and nothing else has been put into it."""
    contents = contents_of(path / "zarr.json").get("attributes")
    return (
        isinstance(contents, dict)
        and {"version", "case", "sweep"} <= contents.keys()
        and all(p.name == "zarr.json" or (p / "zarr.json").is_file() for p in path.iterdir())
    )
