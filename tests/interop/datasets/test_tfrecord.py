"""TFRecord files that genuine TensorFlow wrote (make_tfrecord.py says how) are read."""

from pathlib import Path

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.errors import InvalidArgumentError

HERE = Path(__file__).parent


@pytest.mark.parametrize("name", ["example.tfrecord", "example.tfrecord.gz"])
def test_examples(name):
    found = list(hb.datasets.load(HERE / name, loader="tfrecord"))
    assert len(found) == 3
    for number, one in enumerate(found):
        assert one["number"] == number - 2 and one["many"].tolist() == [number, -(2**40), 2**62]
        assert one["real"].tolist() == [number / 2, -1.25] and one["real"].dtype == np.float32
        assert one["text"].decode() == "ö" * number and one["texts"] == [b"a", b"b"] and one["none"].size == 0
        assert one["large"] == bytes(range(256)) * (50 * number)


@pytest.mark.parametrize("at", [3, 9, 40, -3, -20])
def test_a_changed_byte_is_found(at, tmp_path):
    data = bytearray((HERE / "example.tfrecord").read_bytes())
    data[at] ^= 0x10
    (tmp_path / "bad.tfrecord").write_bytes(data)
    with pytest.raises(InvalidArgumentError, match=r"bad.tfrecord, after record \d: a record.* checksum"):
        list(hb.datasets.load(tmp_path / "bad.tfrecord"))


def test_a_file_that_is_cut_off(tmp_path):
    data = (HERE / "example.tfrecord").read_bytes()
    (tmp_path / "cut.tfrecord").write_bytes(data[:-100])
    with pytest.raises(InvalidArgumentError, match="cut off within a record"):
        list(hb.datasets.load(tmp_path / "cut.tfrecord"))
    dataset = hb.datasets.load(tmp_path / "cut.tfrecord", errors="skip")
    assert len(list(dataset)) == 2 and dataset.skips.count == 1
