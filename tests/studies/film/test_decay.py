"""A burst's decay: traps that it warms, and steps that are kept of a run that was killed."""

import logging
from typing import Any

import numpy as np
import pytest
from tests.studies.film.devices import UM, device

import entrap as et
from entrap.studies.film import kept
from entrap.studies.film.answer import film_answer


def burst(**more):
    source = {"at": [1e-4, 5e-5], "radius": 20 * UM, "burst": 0.05}
    return device(generation=[source], temperature=0.02, **more)


@pytest.fixture(scope="module")
def whole() -> Any:
    return et.film(burst())


def stopped(path, case, after):
    """A run that ends itself after so many steps of the burst."""
    seen = []

    def tell(text):
        seen.append(text)
        if sum(each.startswith("following") for each in seen) > after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        et.film(case, kept=path, progress=tell)


def test_a_run_that_was_killed_goes_on_from_its_last_kept_step(whole, tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "_PAUSE", 0.0)
    path = tmp_path / ".result.steps.npz"
    stopped(path, burst(), 20)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    told = []
    found: Any = et.film(burst(), kept=path, progress=told.append)
    steps = [text for text in told if text.startswith("following")]
    assert len(steps) == found.decay.steps - 20
    assert found.decay.steps == pytest.approx(whole.decay.steps, abs=3)
    np.testing.assert_allclose(found.decay.density, whole.decay.density, rtol=1e-3)
    assert not path.exists()


@pytest.mark.parametrize("what", ["another case", "damaged"])
def test_steps_of_another_case_are_told_apart(whole, tmp_path, monkeypatch, caplog, what):
    monkeypatch.setattr(kept, "_PAUSE", 0.0)
    path = tmp_path / "steps.npz"
    stopped(path, burst(), 5)
    if what == "damaged":
        path.write_bytes(path.read_bytes()[:-200])
    case = burst() if what == "damaged" else burst(quasiparticle_diffusivity=1.7e-3)
    told = []
    with caplog.at_level(logging.WARNING):
        found: Any = et.film(case, kept=path, progress=told.append)
    assert "has steps of another case: the burst begins anew" in caplog.text
    assert sum(text.startswith("following") for text in told) == found.decay.steps
    if what == "damaged":
        np.testing.assert_array_equal(found.decay.density, whole.decay.density)


def test_a_short_burst_writes_nothing(tmp_path):
    et.film(burst(), kept=tmp_path / "steps.npz")
    assert not [*tmp_path.iterdir()]


def test_a_burst_warms_traps_that_only_phonons_cool(whole):
    warm: Any = et.film(burst(phonon_temperature=0.02))
    assert whole.trap_warmth is None
    assert warm.trap_warmth.max() > 0.05
    assert warm.quantities["trap_temperature"].value < warm.trap_warmth[-1] < 0.03
    (said,) = (text for text in film_answer(warm) if text.startswith("The burst warms"))
    assert f"to {1e3 * warm.trap_warmth.max():.3g} mK at the warmest point" in said
    told = {column.name: column for column in warm.decay_frame().columns}
    np.testing.assert_array_equal(told["trap_temperature"].values, warm.trap_warmth)
    # A warmer metal takes more, so that less is left.
    middle = len(whole.decay.times) // 2
    held = np.interp(warm.decay.times[middle], whole.decay.times, whole.mean_decay)
    assert warm.mean_decay[middle] < held
