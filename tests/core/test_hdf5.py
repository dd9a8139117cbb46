"""Files whose heaps of texts HDF5 would go through for ever are refused before it reads them."""

import struct

import h5py
import numpy as np
import pytest

import entrap as et
from entrap.core.hdf5 import require_sound_heaps

HEADER = 16


@pytest.fixture
def file(tmp_path):
    """A file with texts of many lengths, and numbers."""
    path = tmp_path / "texts.nc"
    with h5py.File(path, "w") as made:
        made["words"] = [("entrap" * i)[: 3 * i] for i in range(40)]
        made["numbers"] = np.arange(1000.0)
        made.attrs["title"] = "texts"
    return path


def free_objects(raw):
    """Where the free rest of each heap lies: object 0 of its chain, found by its header's size."""
    at = raw.find(b"GCOL")
    while at >= 0:
        end = at + struct.unpack_from("<Q", raw, at + 8)[0]
        here = at + HEADER
        while here + HEADER <= end:
            index, size = struct.unpack_from("<H6xQ", raw, here)
            if index == 0:
                yield here
                break
            here += HEADER + -(-size // 8) * 8
        at = raw.find(b"GCOL", end)


def test_sound_files_pass(file, tmp_path):
    require_sound_heaps(file)
    assert [*free_objects(file.read_bytes())]
    (tmp_path / "empty").touch()
    require_sound_heaps(tmp_path / "empty")
    (tmp_path / "cut").write_bytes(file.read_bytes()[:2100])
    require_sound_heaps(tmp_path / "cut")


@pytest.mark.parametrize("size", [0, 8])
def test_a_free_object_of_no_size_is_damage(file, size):
    raw = bytearray(file.read_bytes())
    for here in free_objects(bytes(raw)):
        struct.pack_into("<Q", raw, here + 8, size)
    file.write_bytes(raw)
    with pytest.raises(ValueError, match="heap of texts is damaged"):
        require_sound_heaps(file)
    with pytest.raises(et.InputError, match="heap of texts is damaged"):
        et.load(file)
