"""Tables of every kind give the rows that were written, in samples and in batches, from any row on."""

import os
import sqlite3

import hornbeam as hb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest
from hornbeam.errors import InvalidArgumentError
from hypothesis import given
from hypothesis import strategies as st

COUNT = 23
RNG = np.random.default_rng(0)
COLUMNS = {
    "id": np.arange(COUNT) + 5,
    "price": RNG.normal(size=COUNT),
    "word": np.array(["Äpfel", "b,c", 'quo"te', ""])[RNG.integers(0, 4, COUNT)],
    "label": RNG.integers(0, 3, COUNT),
}


def csv(folder):
    pd.DataFrame(COLUMNS).to_csv(folder / "rows.csv", index=False)
    return hb.datasets.load(folder / "rows.csv", dtypes={"word": "string"}, block_size=300)


def packed_csv(folder):
    pd.DataFrame(COLUMNS).to_csv(folder / "rows.tsv.gz", index=False, sep="\t")
    return hb.datasets.load(folder / "rows.tsv.gz", dtypes={"word": "string"})


def parquet(folder):
    pa.parquet.write_table(pa.table(COLUMNS), folder / "rows.parquet", row_group_size=4)
    return hb.datasets.load(folder / "rows.parquet")


def parquet_folder(folder):
    table = pa.table(COLUMNS)
    for i in range(3):
        pa.parquet.write_table(table.slice(8 * i, 8), folder / f"part-{i}.parquet", row_group_size=5)
    return hb.datasets.load(folder)


def feather(folder):
    pa.feather.write_feather(pa.table(COLUMNS), folder / "rows.feather", chunksize=6)
    return hb.datasets.load(folder / "rows.feather")


def database(folder):
    with sqlite3.connect(folder / "rows.db") as connection:
        pd.DataFrame(COLUMNS).to_sql("rows", connection, index=False)
    connection.close()
    return folder / "rows.db"


def sqlite(folder):
    return hb.datasets.load(database(folder), table="rows", piece=4)


def connection(folder):
    return hb.datasets.load(sqlite3.connect(database(folder)), query="SELECT * FROM rows", piece=50)


def url(folder):
    return hb.datasets.load(f"sqlite:///{database(folder)}", table="rows", piece=7)


KINDS = [csv, packed_csv, parquet, parquet_folder, feather, sqlite, connection, url]


def joined(batches):
    batches = list(batches)
    return {name: np.concatenate([b[name] for b in batches]) for name in batches[0]}


@pytest.mark.parametrize("make", KINDS)
def test_rows_are_what_was_written(make, tmp_path):
    dataset = make(tmp_path)
    rows = list(dataset)
    assert len(rows) == COUNT and (dataset.slots in (None, COUNT))
    for name, column in COLUMNS.items():
        np.testing.assert_array_equal(np.array([row[name] for row in rows]), column)
    for size in (1, 5, 7, 23, 40):
        batches = list(dataset.batch(size))
        assert [len(b["id"]) for b in batches] == [size] * (COUNT // size) + [COUNT % size] * (COUNT % size > 0)
        for name, column in COLUMNS.items():
            found = joined(batches)[name]
            np.testing.assert_array_equal(found, column)
            assert found.dtype.kind == column.dtype.kind
    for start in (0, 3, 4, 22, 23):
        assert [row["id"] for row in dataset.iterate({"epoch": 0, "slot": start})] == list(COLUMNS["id"][start:])
        left = dataset.batch(4).iterate({"epoch": 0, "slot": start // 4})
        assert sum(len(b["id"]) for b in left) == COUNT - start // 4 * 4


@pytest.mark.parametrize("make", [csv, parquet, feather, sqlite])
def test_columns_and_labels_are_chosen_by_name(make, tmp_path):
    dataset = make(tmp_path)
    dataset.selection = type(dataset.selection)(["price", "id"], "label")
    if hasattr(dataset, "names"):
        dataset.names = dataset.selection.names(list(COLUMNS), "rows")
    features, label = next(iter(dataset.batch(3)))
    assert sorted(features) == ["id", "price"] and label.tolist() == COLUMNS["label"][:3].tolist()


@pytest.mark.parametrize("kind", ["csv", "parquet", "feather", "sqlite", "frame"])
def test_a_column_that_is_not_there_is_named_with_one_that_comes_close(kind, tmp_path):
    makers = {"csv": csv, "parquet": parquet, "feather": feather}
    with pytest.raises(InvalidArgumentError, match=r"no column 'prize'. Did you mean 'price'\?"):
        if kind == "frame":
            hb.datasets.load(pd.DataFrame(COLUMNS), columns=["prize"])
        elif kind == "sqlite":
            hb.datasets.load(database(tmp_path), table="rows", columns=["prize"])
        else:
            makers[kind](tmp_path)
            (path,) = tmp_path.iterdir()
            list(hb.datasets.load(path, columns=["prize"]))


def test_row_groups_in_another_order_each_epoch(tmp_path):
    pa.parquet.write_table(pa.table(COLUMNS), tmp_path / "rows.parquet", row_group_size=4)
    dataset = hb.datasets.load(tmp_path / "rows.parquet", shuffle_groups=1)
    first, second = ([row["id"] for row in dataset] for _ in range(2))
    assert first != second and sorted(first) == sorted(second) == list(COLUMNS["id"])
    again = hb.datasets.load(tmp_path / "rows.parquet", shuffle_groups=1)
    assert [row["id"] for row in again.iterate({"epoch": 1, "slot": 6})] == second[6:]


def test_arrow_types(tmp_path):
    table = pa.table(
        {
            "missing": pa.array([1, None, 3]),
            "time": pa.array(np.array(["1970-01-02", "NaT", "1969-12-31T23:59:59"], "datetime64[ms]")),
            "vector": pa.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]),
            "fixed": pa.array([[1, 2], [3, 4], [5, 6]], pa.list_(pa.int32(), 2)),
            "ragged": pa.array([[1], [], [2, 3]]),
            "category": pa.array(["a", "b", "a"]).dictionary_encode(),
            "flag": pa.array([True, False, True]),
        }
    )
    pa.parquet.write_table(table, tmp_path / "t.parquet")
    (batch,) = hb.datasets.load(tmp_path / "t.parquet").batch(3)
    np.testing.assert_array_equal(batch["missing"], [1, np.nan, 3])
    np.testing.assert_array_equal(batch["time"], [86400, np.nan, -1])
    assert batch["vector"].tolist() == [[1, 2], [3, 4], [5, 6]] and batch["fixed"].tolist() == [[1, 2], [3, 4], [5, 6]]
    assert [r.tolist() for r in batch["ragged"]] == [[1], [], [2, 3]]
    assert batch["category"].tolist() == ["a", "b", "a"] and batch["flag"].tolist() == [True, False, True]


@pytest.mark.parametrize("block", [40, 1 << 22])
def test_fields_that_do_not_fit_their_column_are_named_or_left_out(block, tmp_path):
    path = tmp_path / "rows.csv"
    lines = [f"{i},{i / 2},w{i},{'true' if i % 2 else 'false'},2020-01-0{1 + i % 9}" for i in range(12)]
    lines[6], lines[8], lines[9], lines[10] = (
        "x,1.5,NA,true,2020-01-01",
        "1,2",
        "9,oh,w,true,2020-01-01",
        "10,,w10,false,",
    )
    path.write_text("\n".join(["a,b,word,flag,day", *lines]) + "\n")
    dtypes = {"a": "int64", "b": "float64", "flag": "bool", "day": "date32"}
    with pytest.raises(
        InvalidArgumentError, match=r"rows\.csv.*invalid value 'x'|rows\.csv, row 10: expected 5 fields"
    ):
        list(hb.datasets.load(path, dtypes=dtypes, block_size=block))
    dataset = hb.datasets.load(path, dtypes=dtypes, block_size=block, errors="skip")
    rows = list(dataset)
    assert [int(r["a"]) for r in rows] == [0, 1, 2, 3, 4, 5, 7, 10, 11]
    assert [bool(r["flag"]) for r in rows] == [i % 2 == 1 for i in (0, 1, 2, 3, 4, 5, 7, 10, 11)]
    assert np.isnan(rows[7]["b"]) and np.isnan(rows[7]["day"]) and rows[7]["word"] == "w10"
    assert sorted(dataset.skips.listed) == sorted([
        f"{path}, row 8: column 'a': x is no int64",
        f"{path}, row 10: expected 5 fields, got 2: '1,2'",
        f"{path}, row 11: column 'b': oh is no double",
    ])  # fmt: skip


def test_encodings(tmp_path):
    path = tmp_path / "latin.csv"
    path.write_bytes("a,b\n1,schön\n".encode("latin1"))
    with pytest.raises(InvalidArgumentError, match=r"latin\.csv: column 'b' is no text in utf8: give encoding="):
        list(hb.datasets.load(path))
    assert list(hb.datasets.load(path, encoding="latin1"))[0]["b"] == "schön"


def test_folders_named_after_values_make_columns(tmp_path):
    for year, town in ((2023, "Ulm"), (2024, "Kiel")):
        folder = tmp_path / f"year={year}" / f"town={town}"
        folder.mkdir(parents=True)
        pyarrow.parquet.write_table(pa.table({"x": [year + 0.5, year + 0.25]}), folder / "part.parquet")
    dataset = hb.datasets.load(tmp_path, label="year")
    rows = [(float(f["x"]), str(f["town"]), int(y)) for f, y in dataset]
    assert rows == [(2023.5, "Ulm", 2023), (2023.25, "Ulm", 2023), (2024.5, "Kiel", 2024), (2024.25, "Kiel", 2024)]
    assert set(next(iter(hb.datasets.load(tmp_path, columns=["x"])))) == {"x"}
    assert set(next(iter(hb.datasets.load(tmp_path, columns=["town"])))) == {"town"}


@pytest.mark.parametrize("order", [None, 3])
def test_arrow_streams(order, tmp_path):
    table = pa.table({"x": np.arange(20), "c": pa.array(list("abcab") * 4).dictionary_encode()})
    with pa.ipc.new_stream(tmp_path / "x.arrow", table.schema) as file:
        file.write_table(table, max_chunksize=3)
    dataset = hb.datasets.load(tmp_path / "x.arrow", shuffle_groups=order)
    assert len(dataset) == 20
    rows = [(int(r["x"]), str(r["c"])) for r in dataset]
    assert sorted(rows) == [(i, "abcab"[i % 5]) for i in range(20)] and (rows == sorted(rows)) == (order is None)
    assert [int(r["x"]) for r in dataset.iterate({"epoch": 0, "slot": 7})] == [x for x, _ in rows[7:]]


def test_files_that_polars_writes(tmp_path):
    frame = pl.DataFrame(
        {"n": [1.5, None, 3.0], "s": ["a", None, "ö"], "c": pl.Series(["x", "y", "x"], dtype=pl.Categorical)}
    )
    frame.write_ipc(tmp_path / "x.arrow")
    frame.write_ipc(tmp_path / "x.feather", compression="zstd")
    frame.write_parquet(tmp_path / "x.parquet")
    for path in tmp_path.iterdir():
        (batch,) = hb.datasets.load(path).batch(3)
        np.testing.assert_array_equal(batch["n"], [1.5, np.nan, 3.0])
        assert batch["s"].tolist() == ["a", "", "ö"] and batch["c"].tolist() == ["x", "y", "x"]


def test_rows_that_do_not_fit_are_named_or_left_out(tmp_path):
    path = tmp_path / "ragged.csv"
    path.write_text("a,b\n1,2\n3\n4,5\n6,7,8\n")
    with pytest.raises(InvalidArgumentError, match=r"ragged.csv.*expected 2 fields, got 1: '3'"):
        list(hb.datasets.load(path))
    dataset = hb.datasets.load(path, errors="skip")
    assert [row["a"] for row in dataset] == [1, 4] and dataset.skips.count == 2
    assert "got 3: '6,7,8'" in str(dataset.skips)


@pytest.mark.parametrize("name", ["t.parquet", "t.feather", "t.npy", "t.npz", "t.h5"])
def test_damaged_files_are_named(name, tmp_path):
    (tmp_path / name).write_bytes(b"PAR1 nothing of the kind")
    with pytest.raises(InvalidArgumentError, match=name):
        list(hb.datasets.load(tmp_path / name))


def test_an_sql_table_refuses_what_is_no_name(tmp_path):
    path = database(tmp_path)
    for how in (
        {"table": "rows; DROP TABLE rows"},
        {"table": "rows", "key": "1=1"},
        {},
        {"table": "rows", "query": "x"},
    ):
        with pytest.raises(InvalidArgumentError, match="SQL: "):
            hb.datasets.load(path, **how)
    with pytest.raises(InvalidArgumentError, match="no such table"):
        hb.datasets.load(path, table="other")
    assert len(hb.datasets.load(path, table="rows")) == COUNT


FRAME = {
    "whole": [1, 2, 3],
    "real": [1.5, None, 2.5],
    "word": ["b", None, "a"],
    "flag": [True, False, True],
    "time": pd.to_datetime(["1970-01-01 00:00:01", None, "2000-01-01 00:00:00"]),
}


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_data_frames_become_numbers(library):
    frame = pd.DataFrame(FRAME) if library == "pandas" else pl.from_pandas(pd.DataFrame(FRAME))
    dataset = hb.datasets.load(frame, label="flag")
    features, flags = dataset.rows([0, 1, 2], 0)
    assert features["whole"].tolist() == [1, 2, 3] and flags.tolist() == [True, False, True]
    np.testing.assert_array_equal(features["real"], [1.5, np.nan, 2.5])
    assert features["word"].tolist() == [1, -1, 0] and dataset.vocabularies == {"word": ["a", "b"]}
    np.testing.assert_array_equal(features["time"], [1.0, np.nan, 946684800.0])


def test_pandas_categories_and_nullable_columns():
    frame = pd.DataFrame(
        {
            "c": pd.Categorical(["x", "y", None], categories=["y", "x"]),
            "n": pd.array([1, None, 3], dtype="Int64"),
            "s": pd.array(["b", None, ""], dtype="string"),
            "b": pd.array([True, None, False], dtype="boolean"),
        }
    )
    dataset = hb.datasets.load(frame)
    columns = dataset.rows([0, 1, 2], 0)
    assert columns["c"].tolist() == [1, 0, -1] and columns["s"].tolist() == [1, -1, 0]
    assert dataset.vocabularies == {"c": ["y", "x"], "s": ["", "b"]}
    np.testing.assert_array_equal(columns["n"], [1, np.nan, 3])
    np.testing.assert_array_equal(columns["b"], [1, np.nan, 0])


def test_booleans_of_polars_may_be_missing():
    dataset = hb.datasets.load(pl.DataFrame({"b": [True, None, False]}))
    np.testing.assert_array_equal(dataset.rows([0, 1, 2], 0)["b"], [1, np.nan, 0])


@given(count=st.integers(1, 30), chunk=st.integers(1, 9), seed=st.integers(0, 99))
def test_rows_of_hdf5_in_any_order(count, chunk, seed, tmp_path_factory):
    import h5py

    path = tmp_path_factory.mktemp("hdf5") / "x.h5"
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(count, 2, 3)), rng.integers(0, 9, count)
    with h5py.File(path, "w") as file:
        file.create_dataset("deep/x", data=x, chunks=(min(chunk, count), 2, 3), compression="gzip")
        file["y"] = y
    dataset = hb.datasets.load(path, keys=("deep/x", "y"))
    order = rng.integers(0, count, 2 * count)
    rows = dataset.rows(order, 0)
    np.testing.assert_array_equal(rows[0], x[order])
    np.testing.assert_array_equal(rows[1], y[order])
    np.testing.assert_array_equal(dataset[count - 1][0], x[-1])
    batches = list(dataset.shuffle(seed=1).batch(4))
    assert sorted(np.concatenate([b[1] for b in batches])) == sorted(y)
    dataset.close()
    assert dataset[0][1] == y[0]  # the file is opened again
    several = hb.datasets.load([path, path], keys="y")
    assert len(several) == 2 * count and several[count] == y[0]


@given(seed=st.integers(0, 99), kind=st.sampled_from([">f8", "<i2", "?", "f2", "u1"]), block=st.sampled_from([0, 512]))
def test_rows_that_lie_in_the_file_as_they_are(seed, kind, block, tmp_path_factory):
    import h5py

    path, rng = tmp_path_factory.mktemp("plain") / "x.h5", np.random.default_rng(seed)
    x, one = rng.integers(0, 99, (12, 3, 2)).astype(kind), rng.normal(size=12)
    with h5py.File(path, "w", userblock_size=block) as file:
        file["x"], file["one"], file["none"] = x, one, np.zeros((12, 0))
    dataset = hb.datasets.load(path, keys=("x", "one", "none"))
    assert {type(rows).__name__ for rows in dataset.read[:2]} == {"PlainRows"}
    order = rng.integers(0, 12, 30)
    for found, stored in zip(dataset.rows(order, 0), (x, one, np.zeros((12, 0))), strict=True):
        assert found.dtype == stored.dtype
        np.testing.assert_array_equal(found, stored[order])
    np.testing.assert_array_equal(dataset[5][0], x[5])
    assert dataset[5][1] == one[5]


def test_hdf5_that_is_cut_off_after_it_was_opened(tmp_path):
    import h5py

    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["x"] = np.arange(10_000.0)
    dataset = hb.datasets.load(tmp_path / "x.h5", keys="x")
    os.truncate(tmp_path / "x.h5", 40_000)
    assert dataset[0] == 0
    with pytest.raises(InvalidArgumentError, match=r"x\.h5 ends before row 9999: it is cut off"):
        dataset[9999]


def test_hdf5_text_virtual_datasets_and_wrong_names(tmp_path):
    import h5py

    for i in range(2):
        with h5py.File(tmp_path / f"{i}.h5", "w") as file:
            file["x"] = np.arange(3) + 10 * i
            file["word"] = ["a", "ö", "c"]
    layout = h5py.VirtualLayout((6,), "i8")
    for i in range(2):
        layout[3 * i : 3 * i + 3] = h5py.VirtualSource(str(tmp_path / f"{i}.h5"), "x", (3,))
    with h5py.File(tmp_path / "all.h5", "w") as file:
        file.create_virtual_dataset("x", layout)
    assert list(hb.datasets.load(tmp_path / "all.h5", keys="x")) == [0, 1, 2, 10, 11, 12]
    assert list(hb.datasets.load(tmp_path / "0.h5"))[1] == {"word": "ö", "x": 1}
    with pytest.raises(InvalidArgumentError, match=r"no dataset 'words'. Did you mean 'word'\?"):
        hb.datasets.load(tmp_path / "0.h5", keys="words")


@pytest.mark.parametrize("packed", [False, True])
def test_numpy_files(packed, tmp_path):
    x, y = RNG.normal(size=(7, 2)).astype("float32"), np.asfortranarray(RNG.integers(0, 5, (7, 3)))
    np.save(tmp_path / "x.npy", x)
    (np.savez_compressed if packed else np.savez)(tmp_path / "both.npz", x=x, y=y, none=np.zeros((7, 0)))
    np.testing.assert_array_equal(hb.datasets.load(tmp_path / "x.npy").rows(range(7), 0), x)
    dataset = hb.datasets.load(tmp_path / "both.npz", keys=("x", "y"))
    assert isinstance(dataset.data[1], np.memmap) is not packed
    found = dataset.rows([6, 0, 3], 0)
    np.testing.assert_array_equal(found[0], x[[6, 0, 3]])
    np.testing.assert_array_equal(found[1], y[[6, 0, 3]])
    assert set(hb.datasets.load(tmp_path / "both.npz").data) == {"x", "y", "none"}
    with pytest.raises(InvalidArgumentError, match="no array 'z'; it has 'none', 'x', 'y'"):
        hb.datasets.load(tmp_path / "both.npz", keys="z")


def test_numpy_files_with_objects_are_not_read(tmp_path):
    np.save(tmp_path / "bad.npy", np.array([{}], object), allow_pickle=True)
    np.savez(tmp_path / "bad.npz", x=np.array([{}], object))
    for name in ("bad.npy", "bad.npz"):
        with pytest.raises(InvalidArgumentError, match="Python objects, which are not read"):
            hb.datasets.load(tmp_path / name)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("nowhere.csv", "there is no file or folder nowhere.csv"),
        (["a.csv", "b.npy"], "files of one dataset must be of one kind"),
        (["a.unknown"], "no loader knows the ending 'unknown'"),
        (3, "nothing says how to read a int"),
    ],
)
def test_sources_that_cannot_be_read(source, message):
    with pytest.raises(InvalidArgumentError, match=message):
        hb.datasets.load(source)


def test_arrays_and_iterables_are_found_by_type():
    assert list(hb.datasets.load([1, 2])) == [1, 2]
    assert list(hb.datasets.load(np.arange(3))) == [0, 1, 2]
    assert list(hb.datasets.load(lambda: iter("ab"))) == ["a", "b"]
    dataset = hb.datasets.load((np.arange(3), np.arange(3)))
    assert hb.datasets.load(dataset) is dataset
