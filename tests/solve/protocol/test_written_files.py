"""A result's file holds what xarray would write of its Dataset: names, axes, numbers, attributes."""

import fcntl

import numpy as np
import pytest
import xarray as xr

import entrap as et
from entrap.solve.protocol.netcdf import Contents, read

CONTENTS = Contents(
    {
        "density": ("time", np.array([1.0, np.nan, np.inf]), {"units": "1/m^3", "symbol": "n_s⁰"}),
        "code": ("time", np.array([0, 1, -1], np.int8), {"flag_values": np.arange(2, dtype="i1")}),
        "table": (("time", "place"), np.arange(6.0).reshape(3, 2), {"units": "1"}),
        "alone": ((), 2.5, {"units": "K"}),
        "held": ("time", np.array([True, False, True]), {"long_name": "Whether it is held"}),
        "released": ((), np.array(False), {}),
    },
    {
        "time": ("time", np.array([0.0, 1.0, 2.0]), {"units": "s", "long_name": "Time"}),
        "place": ("place", np.array(["here", "über"]), {}),
    },
    {"title": "Γ of a trap", "succeeded": 1},
)


def identical(contents, path):
    contents.write(path)
    theirs = path.with_name("theirs.nc")
    contents.dataset().to_netcdf(theirs, engine="h5netcdf")
    options = {"engine": "h5netcdf", "decode_times": False}
    with xr.open_dataset(path, **options) as ours, xr.open_dataset(theirs, **options) as other:
        xr.testing.assert_identical(ours.load(), other.load())
        for name, column in ours.variables.items():
            assert column.dtype == other[name].dtype
            assert column.dtype.kind != "f" or np.isnan(column.encoding["_FillValue"]), name


def test_a_file_is_written_and_read_where_nothing_can_be_locked(tmp_path):
    """As on a cluster's file system; here another has the lock."""
    path = tmp_path / "ours.nc"
    path.touch()
    with path.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        CONTENTS.write(path)
        np.testing.assert_array_equal(read(path).numbers("code"), [0, 1, -1])


def test_numbers_of_every_kind_and_shape(tmp_path):
    identical(CONTENTS, tmp_path / "ours.nc")


@pytest.mark.parametrize("temperature", [4.0, [[4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]])
def test_an_equilibrium(tmp_path, temperature):
    found = et.equilibrate(et.load_case("examples/clean-set.toml"), np.array(temperature))
    identical(found._contents(), tmp_path / "ours.nc")
    found.save(tmp_path / "saved.nc")
    loaded = et.load(tmp_path / "saved.nc")
    np.testing.assert_array_equal(
        loaded.trapped.superfluid_density, found.trapped.superfluid_density
    )
