"""Files that are damaged, or in which something is unusual: told, or read as what they mean."""

import gzip
import sqlite3
import struct

import hornbeam as hb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
from hornbeam.errors import InvalidArgumentError
from hornbeam_datasets.idx import read_idx
from hornbeam_datasets.loaders.records import example, masked
from hornbeam_datasets.loaders.shards import TFRecords
from hornbeam_datasets.loaders.sql import SQLTable
from hornbeam_datasets.loaders.text import Lines
from PIL import Image

RNG = np.random.default_rng(0)


def test_lines_end_as_on_windows_too(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"one\r\ntwo\rhalf\n\r\nthree")
    assert list(Lines([tmp_path / "a.txt"])) == ["one", "two\rhalf", "", "three"]


def damaged(path, content):
    """A compressed file whose stream makes no sense from some place on."""
    packed = bytearray(gzip.compress(content))
    middle = len(packed) // 2
    packed[middle : middle + 64] = b"\xff" * 64
    path.write_bytes(packed)
    return path


def test_a_damaged_stream_is_told_of(tmp_path):
    text = damaged(tmp_path / "a.txt.gz", RNG.bytes(20_000).hex().encode())
    with pytest.raises(InvalidArgumentError, match=r"a\.txt\.gz, line 1"):
        list(Lines([text]))
    skipping = Lines([text], errors="skip")
    assert list(skipping) == [] and skipping.skips.count == 1
    record = bytes(2000)
    head = struct.pack("<Q", len(record))
    framed = head + struct.pack("<I", masked(head)) + record + struct.pack("<I", masked(record))
    shard = damaged(tmp_path / "a.tfrecord.gz", framed * 50)
    with pytest.raises(InvalidArgumentError, match=r"a\.tfrecord\.gz, after record"):
        list(TFRecords([shard], decode=len))
    pictures = struct.pack(">HBBI", 0, 8, 1, 40_000) + RNG.bytes(20_000).hex().encode()
    with pytest.raises(InvalidArgumentError, match="no IDX file, or a damaged one"):
        read_idx(damaged(tmp_path / "a.idx.gz", pictures))


def varint(number):
    low = number & 127
    return bytes([low | 128]) + varint(number >> 7) if number > 127 else bytes([low])


def field(number, content):
    """A field of bytes, or of a number."""
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def test_a_number_in_the_place_of_a_text_takes_no_memory():
    for entry in (field(1, 1 << 40), field(1, b"a") + field(2, field(1, field(1, 1 << 40)))):
        with pytest.raises(ValueError, match="no tf.train.Example|a whole number among texts"):
            example(field(1, field(1, entry)))


def test_whole_numbers_have_64_bits():
    entry = field(1, b"a") + field(2, field(3, field(1, (1 << 66) + 5) + field(1, (1 << 64) - 7)))
    assert example(field(1, field(1, entry)))["a"].tolist() == [5, -7]


def test_lists_that_are_missing_keep_their_rows(tmp_path):
    rows = [[1, 2], None, [3, 4], None]
    types = {"fixed": pa.list_(pa.int32(), 2), "free": pa.list_(pa.int64()), "floats": pa.list_(pa.float32(), 2)}
    columns = {name: pa.array(rows, kind) for name, kind in types.items()}
    columns |= {"odd": pa.array([[1, 2], None, [3], []]), "text": pa.array([["a", "b"], None, ["c", "d"], None])}
    pa.parquet.write_table(pa.table(columns), tmp_path / "a.parquet")
    (found,) = hb.datasets.load(tmp_path / "a.parquet").batch(4)
    for name in types:
        np.testing.assert_array_equal(found[name], [[1, 2], [np.nan] * 2, [3, 4], [np.nan] * 2])
    assert found["floats"].dtype == np.float32
    assert [row.tolist() for row in found["odd"]] == [[1, 2], [], [3], []]
    assert found["text"].tolist() == [["a", "b"], ["", ""], ["c", "d"], ["", ""]]


def test_times_beyond_the_nanoseconds(tmp_path):
    days = ["9999-12-31", None, "1500-01-01", "2000-01-01"]
    seconds = [253402214400.0, np.nan, -14831769600.0, 946684800.0]  # as datetime.timestamp() in UTC
    table = pa.table({"day": pa.array(days).cast(pa.date32()), "time": pa.array(days).cast(pa.timestamp("s"))})
    pa.parquet.write_table(table, tmp_path / "a.parquet")
    (found,) = hb.datasets.load(tmp_path / "a.parquet").batch(4)
    np.testing.assert_array_equal(found["day"], seconds)
    np.testing.assert_array_equal(found["time"], seconds)
    frame = pd.DataFrame({"time": np.array([d or "NaT" for d in days], "datetime64[s]")})
    np.testing.assert_array_equal([row["time"] for row in hb.datasets.load(frame)], seconds)


def test_a_database_of_any_name(tmp_path):
    path = tmp_path / "a b#1?mode=rwc.db"
    connection = sqlite3.connect(path)
    connection.execute("create table t (id integer primary key, x real)")
    connection.execute("insert into t values (1, 2.5)")
    connection.commit()
    connection.close()
    assert [row["x"] for row in SQLTable(path, table="t")] == [2.5]


def test_masks_of_one_name_belong_to_the_images_of_their_folders(tmp_path):
    for number, folder in enumerate(("first", "second")):
        for kind, ending in (("images", "jpg"), ("masks", "png")):
            (tmp_path / kind / folder).mkdir(parents=True)
            Image.fromarray(np.full((4, 5), 100 * number, np.uint8)).save(tmp_path / kind / folder / f"1.{ending}")
    pairs = list(hb.datasets.load(tmp_path / "images", masks=tmp_path / "masks"))
    assert [(int(image.mean()), int(mask.mean())) for image, mask in pairs] == [(0, 0), (100, 100)]
    paths = [str(tmp_path / "images" / folder / "1.jpg") for folder in ("first", "second")]
    with pytest.raises(InvalidArgumentError, match="give the masks as a list of paths"):
        hb.datasets.load(paths, format="images", masks=tmp_path / "masks")
