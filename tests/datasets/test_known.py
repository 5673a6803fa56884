"""Known data sets: read from files like the original ones, refused where they are others or hold code."""

import gzip
import pickle
import struct
from pathlib import Path

import numpy as np
import pytest
from hornbeam.errors import DTypeError, InvalidArgumentError
from hornbeam_datasets import (
    DownloadError,
    boston_housing,
    california_housing,
    cifar10,
    cifar100,
    fashion_mnist,
    mnist,
    reuters,
)  # fmt: skip
from hornbeam_datasets.idx import read_idx
from hornbeam_datasets.restricted import arrays_of_npz, load_pickle

REAL = Path(__file__).parents[2].parent / "shared" / "data"
RNG = np.random.default_rng(0)


def write_idx(path, array, packed):
    head = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    with gzip.open(path, "wb") if packed else open(path, "wb") as file:
        file.write(head + array.tobytes())


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("module", [mnist, fashion_mnist])
def test_pictures_in_the_original_files(module, packed, tmp_path):
    parts = {}
    for part, count in (("train", 5), ("t10k", 3)):
        parts[part] = RNG.integers(0, 256, (count, 28, 28), np.uint8), RNG.integers(0, 10, count, np.uint8)
        for array, name in zip(parts[part], ("images-idx3", "labels-idx1"), strict=True):
            write_idx(tmp_path / f"{part}-{name}-ubyte{'.gz' * packed}", array, packed)
    found = module.load_data(path=tmp_path)
    for one, other in zip(found, (parts["train"], parts["t10k"]), strict=True):
        np.testing.assert_array_equal(one[0], other[0])
        np.testing.assert_array_equal(one[1], other[1])
    (tmp_path / f"train-labels-idx1-ubyte{'.gz' * packed}").unlink()
    with pytest.raises(InvalidArgumentError, match=r"has no file train-labels-idx1-ubyte or"):
        module.load_data(path=tmp_path)


@pytest.mark.skipif(not (REAL / "mnist").is_dir(), reason="the real MNIST is not here")
def test_the_real_mnist():
    (x, y), (x_test, y_test) = mnist.load_data(REAL / "mnist")
    assert x.shape == (60000, 28, 28) and x_test.shape == (10000, 28, 28) and x.dtype == y.dtype == np.uint8
    assert np.bincount(y).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]  # LeCun's counts
    assert y_test[:5].tolist() == [7, 2, 1, 0, 4]


@pytest.mark.skipif(not (REAL / "california_housing").is_dir(), reason="the real districts are not here")
def test_the_real_districts():
    (x, y), (x_test, y_test) = california_housing.load_data(path=REAL / "california_housing" / "housing.csv")
    assert x.shape == (16512, 8) and x_test.shape == (4128, 8) and y.min() == 14999.0
    small, _ = california_housing.load_data("small", REAL / "california_housing" / "housing.csv", test_split=0.5)
    assert small[0].shape == (300, 8)


def test_a_damaged_idx_file(tmp_path):
    write_idx(tmp_path / "x", np.zeros((2, 3), np.uint8), False)
    (tmp_path / "x").write_bytes((tmp_path / "x").read_bytes()[:-1])
    with pytest.raises(InvalidArgumentError, match=r"x is no IDX file.*sizes \(2, 3\) do not fit 5 bytes"):
        read_idx(tmp_path / "x")


def test_digits_of_kerass_file(tmp_path):
    x, y = RNG.integers(0, 256, (4, 28, 28), np.uint8), np.arange(4, dtype=np.uint8)
    np.savez(tmp_path / "mine.npz", x_train=x, y_train=y, x_test=x[:1], y_test=y[:1])
    (found, _), (_, labels) = mnist.load_data(str(tmp_path / "mine.npz"))
    np.testing.assert_array_equal(found, x)
    assert labels.tolist() == [0]
    with pytest.raises(InvalidArgumentError, match="is not the file that was expected, with x, y"):
        boston_housing.load_data(str(tmp_path / "mine.npz"))


def test_a_file_that_is_not_here_says_where_to_put_it(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("HORNBEAM_HOME", str(tmp_path / "own"))
    import urllib.error
    import urllib.request

    def unreachable(*_, **__):
        raise urllib.error.URLError("no network")

    monkeypatch.setattr(urllib.request, "urlopen", unreachable)
    for module in (mnist, fashion_mnist, cifar10, cifar100, reuters, boston_housing, california_housing):
        with pytest.raises(
            DownloadError, match=r"is not here, and https://.* cannot be reached \(no network\). Put the file at"
        ):
            module.load_data()


def cifar_batch(count, **labels):
    data = RNG.integers(0, 256, (count, 3072), np.uint8)
    return data, pickle.dumps({b"data": data, **{k.encode(): v for k, v in labels.items()}}, protocol=2)


def test_cifar(tmp_path):
    pictures = []
    for name in (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"):
        data, packed = cifar_batch(2, labels=[1, 9])
        (tmp_path / name).write_bytes(packed)
        pictures.append(data)
    (x, y), (x_test, y_test) = cifar10.load_data(tmp_path)
    assert x.shape == (10, 32, 32, 3) and y.tolist() == [[1], [9]] * 5 and y_test.shape == (2, 1)
    np.testing.assert_array_equal(x[2, :, :, 1], pictures[1][0, 1024:2048].reshape(32, 32))
    for name in ("train", "test"):
        (tmp_path / name).write_bytes(cifar_batch(2, fine_labels=[99, 3], coarse_labels=[19, 0])[1])
    assert cifar100.load_data(path=tmp_path)[0][1].tolist() == [[99], [3]]
    assert cifar100.load_data("coarse", tmp_path)[1][1].tolist() == [[19], [0]]
    (tmp_path / "test").write_bytes(b"nothing")
    with pytest.raises((InvalidArgumentError, pickle.UnpicklingError)):
        cifar100.load_data(path=tmp_path)


class Evil:
    def __reduce__(self):
        return print, ("ran",)


def test_files_run_no_code(tmp_path, capsys):
    (tmp_path / "test_batch").write_bytes(pickle.dumps({b"data": Evil()}))
    with pytest.raises(DTypeError, match="the file holds builtins.print, not lists of numbers"):
        load_pickle((tmp_path / "test_batch").read_bytes())
    np.savez(tmp_path / "x.npz", x=np.array([Evil()], object))
    with pytest.raises(DTypeError, match="builtins.print"):
        arrays_of_npz(tmp_path / "x.npz", "x")
    assert not capsys.readouterr().out


def test_reuters(tmp_path):
    texts = np.empty(6, object)
    texts[:] = [[1, 2, 3], [4], [5, 6], [1], [2, 9], [3, 3]]
    np.savez(tmp_path / "r.npz", x=texts, y=np.arange(6))
    (x, y), (x_test, y_test) = reuters.load_data(str(tmp_path / "r.npz"), num_words=8, test_split=0.5)
    order = np.arange(6)
    np.random.RandomState(113).shuffle(order)
    expected = [[1, *(w + 3 if w + 3 < 8 else 2 for w in texts[i])] for i in order]
    assert [*x, *x_test] == expected and [*y, *y_test] == order.tolist() and len(x) == 3
    assert len(reuters.get_label_names()) == 46


def test_shares_and_versions_that_cannot_be_meant(tmp_path):
    np.savez(tmp_path / "b.npz", x=np.ones((10, 13)), y=np.arange(10.0))
    (_, y), (_, y_test) = boston_housing.load_data(str(tmp_path / "b.npz"), seed=2)
    assert sorted([*y, *y_test]) == list(range(10)) and len(y_test) == 2
    with pytest.raises(InvalidArgumentError, match="test_split must be at least 0 and less than 1; got 1"):
        boston_housing.load_data(str(tmp_path / "b.npz"), test_split=1)
    with pytest.raises(InvalidArgumentError, match="version must be 'large' or 'small'"):
        california_housing.load_data("huge")
    with pytest.raises(InvalidArgumentError, match="label_mode must be"):
        cifar100.load_data("rough")
