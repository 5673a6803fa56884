"""Files of models: what is in them, what is refused, and that a failure leaves the old file."""

import io
import json
import os
import zipfile

import h5py
import hornbeam as hb
import numpy as np
import pytest
from hornbeam_layers import LSTM, Bidirectional, Dense, Dropout, Input
from hornbeam_models import Model, Sequential, load_model
from hornbeam_models.saving.walk import saveables

X = np.linspace(-1, 1, 12, dtype="float32").reshape(4, 3)


def small(units=2):
    hb.set_random_seed(1)
    return Sequential([Input((3,)), Dense(4, activation="tanh"), Dropout(0.5), Dense(units)])


@pytest.fixture
def saved(tmp_path):
    model = small()
    model.compile("adam", "mse")
    model.train_on_batch(X, X[:, :2])
    model.save(tmp_path / "m.keras")
    return tmp_path / "m.keras"


def members(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(path, **changed):
    """The archive with other members; None takes one away."""
    found = {**members(path), **{name.replace("__", "."): content for name, content in changed.items()}}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in found.items():
            if content is not None:
                archive.writestr(name, content)
    return path


def test_the_archive_has_keras_s_members_and_layout(saved):
    with zipfile.ZipFile(saved) as archive:
        assert archive.namelist() == ["metadata.json", "config.json", "model.weights.h5"]
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
    found = members(saved)
    assert json.loads(found["metadata.json"])["keras_version"] == "3.15.1"
    config = json.loads(found["config.json"])
    assert (config["module"], config["class_name"], config["registered_name"]) == ("keras", "Sequential", None)
    dense = config["config"]["layers"][1]
    assert (dense["module"], dense["class_name"], dense["build_config"]) == (
        "keras.layers", "Dense", {"input_shape": [None, 3]},
    )  # fmt: skip
    assert dense["config"]["kernel_initializer"]["module"] == "keras.initializers"
    assert config["compile_config"]["optimizer"]["module"] == "keras.optimizers"
    with h5py.File(io.BytesIO(found["model.weights.h5"])) as file:
        names = []
        file.visititems(lambda name, thing: names.append(name) if isinstance(thing, h5py.Dataset) else None)
        slots = [f"optimizer/vars/{i}" for i in range(10)]  # iteration, learning rate, two for each weight
        layers = [f"layers/{layer}/vars/{i}" for layer in ("dense", "dense_1") for i in (0, 1)]
        assert sorted(names) == sorted([*layers, *slots])
        assert file["layers/dense/vars"].attrs["name"] == load_model(saved).layers[0].name


def test_paths_follow_attributes_and_lists(tmp_path):
    class Tower(Model):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.head, self._tail = Dense(2), Dense(1)
            self.blocks = [Dense(3), {"a": Dense(3), "b": [Dense(3)]}]

        def call(self, x):
            for block in (self.blocks[0], self.blocks[1]["a"], self.blocks[1]["b"][0]):
                x = block(x)
            return self._tail(self.head(x))

    model = Tower()
    model(X)
    model.save_weights(tmp_path / "w.weights.h5")
    with h5py.File(tmp_path / "w.weights.h5") as file:
        found = []
        file.visititems(lambda name, thing: found.append(name) if name.endswith("vars") and len(thing) else None)
    lists = ["blocks/dense/vars", "blocks/container/dense/vars", "blocks/container/container/dense/vars"]
    assert sorted(found) == sorted(["_tail/vars", "head/vars", *lists])
    other = Tower()
    other(X)
    other.load_weights(tmp_path / "w.weights.h5")
    np.testing.assert_array_equal(other.predict(X), model.predict(X))


@pytest.mark.parametrize("name", ["w.weights.h5", "w.safetensors", "m.keras", "m.h5"])
def test_weights_of_every_kind_of_file(name, tmp_path):
    model, other = small(), small()
    other.set_weights([w + 1 for w in model.get_weights()])
    (model.save if name.startswith("m") else model.save_weights)(tmp_path / name)
    other.load_weights(tmp_path / name)
    for one, two in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_shards_are_small_and_come_together_again(tmp_path):
    model, other = small(), small()
    other.set_weights([w + 1 for w in model.get_weights()])
    limit = 60  # bytes: the kernel of 3 times 4 numbers and a bias do not fit into one
    model.save_weights(tmp_path / "w.weights.json", max_shard_size=limit / 2**30)
    found = json.loads((tmp_path / "w.weights.json").read_text())
    assert found["metadata"]["total_size"] == sum(w.nbytes for w in model.get_weights())
    assert found["weight_map"]["/layers/dense/vars"] == ["w_00000.weights.h5", "w_00001.weights.h5"]
    other.load_weights(tmp_path / "w.weights.json")
    np.testing.assert_array_equal(model.predict(X), other.predict(X))
    (tmp_path / "w_00001.weights.h5").unlink()
    with pytest.raises(hb.SerializationError, match="'w_00001.weights.h5', which is not beside it"):
        other.load_weights(tmp_path / "w.weights.json")
    (tmp_path / "w.weights.json").write_text('{"weight_map": {"/vars": "../w.weights.h5"}}')
    with pytest.raises(hb.SerializationError, match="not beside it"):
        other.load_weights(tmp_path / "w.weights.json")


def test_safetensors_by_the_format_s_description(tmp_path):
    model = small()
    model.save_weights(tmp_path / "w.safetensors")
    data = (tmp_path / "w.safetensors").read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    entry = header["layers/dense/0"]
    start, end = entry["data_offsets"]
    kernel = np.frombuffer(data[8 + length + start : 8 + length + end], "<f4").reshape(entry["shape"])
    np.testing.assert_array_equal(kernel, model.get_weights()[0])
    assert entry["dtype"] == "F32"
    assert (8 + length) % 8 == 0
    (tmp_path / "w.safetensors").write_bytes(data[:-4])
    with pytest.raises(hb.SerializationError, match="cannot lie in bytes"):
        model.load_weights(tmp_path / "w.safetensors")
    (tmp_path / "w.safetensors").write_bytes((2**40).to_bytes(8, "little") + data[8:])
    with pytest.raises(hb.SerializationError, match="header claims 1,099,511,627,776 bytes"):
        model.load_weights(tmp_path / "w.safetensors")


def test_every_way_of_cutting_a_file_off_gives_an_error_that_says_so(saved):
    whole = saved.read_bytes()
    for length in np.linspace(0, len(whole) - 1, 20).astype(int):
        saved.write_bytes(whole[:length])
        with pytest.raises(hb.SerializationError, match="damaged"):
            load_model(saved)


def test_damaged_weights_inside_a_whole_archive(saved):
    weights = members(saved)["model.weights.h5"]
    rewritten(saved, model__weights__h5=weights[:-600])
    with pytest.raises(hb.SerializationError, match="m.keras"):
        load_model(saved)
    rewritten(saved, config__json=b"{")
    with pytest.raises(hb.SerializationError, match="config.json is not JSON"):
        load_model(saved)


@pytest.mark.parametrize("name", ["../evil.txt", "/evil.txt", "assets/../../evil.txt", "C:/evil.txt", "..\\evil.txt"])
def test_members_outside_of_the_archive_are_refused(saved, name, tmp_path):
    with zipfile.ZipFile(saved, "a") as archive:
        archive.writestr(name, "x")
    with pytest.raises(hb.SerializationError, match="outside of the archive"):
        load_model(saved)
    assert not list(tmp_path.rglob("evil.txt"))


def test_an_archive_that_would_fill_the_memory_is_refused(saved):
    """Its directory says that a member of few bytes unpacks to almost 4 GiB."""
    rewritten(saved)
    data = bytearray(saved.read_bytes())
    place = data.rindex(b"PK\x01\x02")  # the last entry of the directory: the weights
    data[place + 24 : place + 28] = (2**32 - 2).to_bytes(4, "little")
    saved.write_bytes(bytes(data))
    with pytest.raises(hb.SerializationError, match="fill the memory"):
        load_model(saved)


def h5_with(tmp_path, change):
    model = small()
    model.save_weights(tmp_path / "w.weights.h5")
    with h5py.File(tmp_path / "w.weights.h5", "a") as file:
        change(file)
    return model, tmp_path / "w.weights.h5"


def replaced(name, make):
    def change(file):
        del file[name]
        make(file, name)

    return change


KERNEL = "layers/dense/vars/0"
BAD_H5 = {
    "soft link": (replaced(KERNEL, lambda f, n: f.__setitem__(n, h5py.SoftLink("/layers/dense_1/vars/0"))), "is a link"),
    "external link": (
        replaced("layers/dense/vars", lambda f, n: f.__setitem__(n, h5py.ExternalLink("/etc/passwd", "/"))), "is a link",
    ),
    "external data": (
        replaced(KERNEL, lambda f, n: f.create_dataset(n, (3, 4), "f4", external=[("/etc/passwd", 0, 48)])),
        "not a plain dataset",
    ),
    "huge": (
        replaced(KERNEL, lambda f, n: f.create_dataset(n, (10**6, 10**6), "f4", chunks=(100, 100), compression="gzip")),
        "4,000,000,000,000 bytes, of which the file holds 0",
    ),
    "text": (replaced(KERNEL, lambda f, n: f.create_dataset(n, data=[b"abc"])), "not numbers"),
    "shape": (replaced(KERNEL, lambda f, n: f.create_dataset(n, data=np.zeros((3, 5)))), r"has shape \(3, 4\); the file has \(3, 5\)"),
    "missing": (lambda f: f.__delitem__("layers/dense/vars"), "has 2 weights; the file has 0"),
    "a group": (replaced(KERNEL, lambda f, n: f.create_group(n)), "not a plain dataset"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_H5)
def test_what_is_refused_in_a_file_of_weights(name, tmp_path):
    change, message = BAD_H5[name]
    model, path = h5_with(tmp_path, change)
    before = model.get_weights()
    with pytest.raises(hb.SerializationError, match=message):
        model.load_weights(path)
    np.testing.assert_array_equal(model.get_weights()[0], before[0])


def test_skip_mismatch_keeps_what_does_not_fit(tmp_path):
    model, other = small(2), small(5)
    model.set_weights([w + 1 for w in model.get_weights()])
    model.save_weights(tmp_path / "w.weights.h5")
    before = other.get_weights()
    with pytest.warns(UserWarning, match=r"layers/dense_1: weight .* has shape \(4, 5\); the file has \(4, 2\)"):
        other.load_weights(tmp_path / "w.weights.h5", skip_mismatch=True)
    np.testing.assert_array_equal(other.get_weights()[0], model.get_weights()[0])
    np.testing.assert_array_equal(other.get_weights()[2], before[2])


def test_a_failing_save_leaves_the_old_file(saved, monkeypatch):
    before = saved.read_bytes()
    model = load_model(saved)

    def fail(*_):
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        model.save(saved)
    assert saved.read_bytes() == before
    assert [p.name for p in saved.parent.iterdir()] == ["m.keras"]


def test_pickled_weights_are_refused(saved):
    rewritten(saved, model__weights__h5=None, model__weights__npz=b"x")
    with pytest.raises(hb.SerializationError, match="pickled objects"):
        load_model(saved)


def test_an_unpacked_archive_is_a_folder_that_loads(saved, tmp_path):
    folder = tmp_path / "folder"
    with zipfile.ZipFile(saved) as archive:
        archive.extractall(folder)
    np.testing.assert_array_equal(load_model(folder).predict(X), load_model(saved).predict(X))


def test_bfloat16_weights(tmp_path):
    pytest.importorskip("ml_dtypes")
    model = Sequential([Input((3,), dtype="bfloat16"), Dense(2, dtype="bfloat16")])
    model.save_weights(tmp_path / "w.weights.h5")
    before = model.get_weights()
    model.set_weights([w + 1 for w in before])
    model.load_weights(tmp_path / "w.weights.h5")
    for one, two in zip(model.get_weights(), before, strict=True):
        assert one.dtype == two.dtype
        np.testing.assert_array_equal(one, two)


def test_the_optimizer_s_state_of_another_model_starts_anew_with_a_warning(saved):
    model = small()
    model.compile(hb.optimizers.SGD(momentum=0.9), "mse")
    model.optimizer.build(model.trainable_variables)
    with pytest.warns(UserWarning, match="the optimizer starts anew"):
        model.load_weights(saved)


def test_assets_go_with_a_layer(tmp_path):
    class Words(hb.Layer):
        words = ()

        def call(self, x):
            return x

        def save_assets(self, dir_path):
            with open(os.path.join(dir_path, "words.txt"), "w") as file:
                file.write("\n".join(self.words))

        def load_assets(self, dir_path):
            with open(os.path.join(dir_path, "words.txt")) as file:
                self.words = tuple(file.read().split())

    layer = Words()
    layer.words = ("one", "two")
    model = Sequential([Input((3,)), layer])
    model.save(tmp_path / "m.keras")
    assert members(tmp_path / "m.keras")["assets/layers/words/words.txt"] == b"one\ntwo"
    again = load_model(tmp_path / "m.keras", custom_objects={"Words": Words})
    assert again.layers[0].words == ("one", "two")


def test_layers_inside_layers_keep_their_weights(tmp_path):
    x = Input((5, 3))
    model = Model(x, Bidirectional(LSTM(2))(x))
    model.save(tmp_path / "m.keras")
    data = np.ones((2, 5, 3), "float32")
    np.testing.assert_array_equal(load_model(tmp_path / "m.keras").predict(data), model.predict(data))


def test_every_layer_of_many_nested_models_is_found():
    """The lists of layers that models make anew when asked come and go: none is taken for another at the same address."""
    for n in range(2, 30):
        x = start = hb.Input((2,))
        for i in range(n):
            x = hb.Sequential([hb.layers.Dense(2)])(x)
            for _ in range(i % 4):
                x = hb.layers.LayerNormalization()(x)
        found = []
        for path, part in saveables(hb.Model(start, x)):
            values = {}
            part.save_own_variables(values)
            found.append(path)
        assert sum(path.endswith("/dense") for path in found) == n


@pytest.mark.parametrize("name", ["w.weights.h5", "w.safetensors"])
def test_weights_are_not_taken_for_a_damaged_model(tmp_path, name):
    model = Sequential([Input((3,)), Dense(2)])
    model.save_weights(tmp_path / name)
    with pytest.raises(
        hb.SerializationError, match=rf"{name} holds weights, and no model: .* model.load_weights\('.*{name}'\)"
    ):
        hb.models.load_model(tmp_path / name)
