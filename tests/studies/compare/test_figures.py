"""What the figures of a comparison show: every sample, however far apart they are, and its numbers."""

import numpy as np
import pytest
from tests import pinned

from entrap.app.casefile import load_case
from entrap.core.quantities import Quantity
from entrap.model.observables import OBSERVABLES
from entrap.studies.compare.figures import comparison_figures
from entrap.studies.compare.page import account
from entrap.studies.compare.samples import Curve, Readings, Sample

KELVIN = np.linspace(1.0, 10.0, 19)
POLE = np.sqrt(1 / np.clip(1 - (KELVIN / 10.0) ** 4, 1e-12, None))
CASE = load_case("examples/clean-set.toml")


def sample(name, observable, y, beside=None, readings=None, kind="run", **more):
    along = Quantity("K", "T", "Temperature")
    curve = Curve(along, KELVIN, OBSERVABLES[observable].quantity, y, beside, readings)
    return Sample(name, kind, CASE, {}, (), {observable: curve}, **more)


def drawn(axes, label):
    (line,) = (line for line in axes.get_lines() if line.get_label() == label)
    return np.asarray(line.get_ydata(), float)


def test_a_pole_is_cut_at_four_times_the_least_of_its_own_sample():
    depths = {"thin": 240e-9, "thick": 20e-9}
    samples = [sample(n, "penetration_depth", np.full(19, x), x * POLE) for n, x in depths.items()]
    (axes,) = comparison_figures(samples)["penetration-depth"].axes
    assert "(nm)" in axes.get_ylabel()
    for name, depth in depths.items():
        np.testing.assert_allclose(drawn(axes, name), depth * 1e9)
    bare = [np.asarray(line.get_ydata(), float) for line in axes.get_lines()[1::2]]
    for line, depth in zip(bare, depths.values(), strict=True):
        kept = POLE <= 4 * POLE.min()
        np.testing.assert_allclose(line, np.where(kept, depth * 1e9 * POLE, np.nan))


@pytest.mark.parametrize(("apart", "scale"), [(5.0, "linear"), (200.0, "log")])
def test_a_sample_far_below_another_is_seen_too(apart, scale):
    falling = np.clip(1 - (KELVIN / 9.0) ** 2, 0.0, None)  # 0 from 9 K on
    samples = [
        sample("much", "superfluid_density", 1e28 * falling),
        sample("little", "superfluid_density", 1e28 / apart * falling),
    ]
    (axes,) = comparison_figures(samples)["superfluid-density"].axes
    assert axes.get_yscale() == scale
    low, high = axes.get_ylim()
    least, most = (np.nanmax(drawn(axes, name)) for name in ("little", "much"))
    assert most == pytest.approx(apart * least)
    assert low < least < most < high
    assert (least - low if scale == "linear" else np.log10(least / low)) > 1


def test_what_is_read_and_the_posteriors_are_beside_their_figures_as_was_pinned(tmp_path):
    read = Readings(KELVIN, np.where(KELVIN > 9.0, np.nan, 3e-7), np.full(19, 1e-8), KELVIN < 5.0)
    interval = np.array([2.0, 1.5, 2.5, 1.0, 3.0])
    numbers = {"mixing": {"landau.a": (Quantity("J/K", "a", "Slope"), interval)}}
    samples = [
        sample(n, "penetration_depth", x * POLE, readings=read, kind="fit", posteriors=numbers)
        for n, x in (("one", 2e-7), ("other", 3e-7))
    ]
    tables = account(samples).tables
    first, *rows = tables["posteriors"].csv().splitlines()
    assert first == "sample,hypothesis,number,unit,median,low_50,high_50,low_90,high_90"
    assert rows == [f"{n},mixing,landau.a,J/K,2.0,1.5,2.5,1.0,3.0" for n in ("one", "other")]
    first, *rows = tables["penetration-depth"].csv().splitlines()
    assert first == "sample,temperature [K],value [m],without_trap [m],reading [m],deviation [m]"
    assert rows[0] == f"one,1.0,{2e-7 * POLE[0]},,3e-07,1e-08"
    assert rows[-1].endswith(",,1e-08")  # a limit is no reading
    bars = comparison_figures(samples)["penetration-depth"].axes[0].containers
    shown = np.concatenate([bar.lines[0].get_ydata() for bar in bars])
    assert np.isfinite(shown).sum() == 2 * np.isfinite(read.value).sum()
    pinned.account(account(samples), "compare-fits", tmp_path)
