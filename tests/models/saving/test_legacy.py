"""Files and texts of Keras 2: written here by hand as Keras 2 wrote them, and read as it meant them."""

import json
import warnings
import zipfile

import h5py
import hornbeam as hb
import numpy as np
import pytest
from hornbeam_layers import GRU, LSTM, Conv2D, Dense, Embedding, Flatten, Input
from hornbeam_models import Model, Sequential, load_model, model_from_config, model_from_json

RNG = np.random.default_rng(0)


def old(kind, inbound=None, /, **config):
    entry = {"class_name": kind, "config": config}
    return entry if inbound is None else {**entry, "name": config["name"], "inbound_nodes": inbound}


def kernel(*shape):
    return RNG.normal(size=shape).astype("float32")


def write(path, config, layers, version="2.2.4", training=None, optimizer=None, weights_only=False):
    """A file as Keras 2 wrote it: layers is a list of (name, [(weight's name, values), ...])."""
    with h5py.File(path, "w") as file:
        group = file if weights_only else file.create_group("model_weights")
        if not weights_only:
            file.attrs["keras_version"], file.attrs["backend"] = version.encode(), b"tensorflow"
            file.attrs["model_config"] = json.dumps(config).encode()
        if training is not None:
            file.attrs["training_config"] = json.dumps(training).encode()
            state = file.create_group("optimizer_weights")
            state.attrs["weight_names"] = [f"training/w{i}:0".encode() for i in range(len(optimizer))]
            for i, value in enumerate(optimizer):
                state[f"training/w{i}:0"] = value
        group.attrs["layer_names"] = [name.encode() for name, _ in layers]
        group.attrs["keras_version"], group.attrs["backend"] = version.encode(), b"tensorflow"
        for name, weights in layers:
            own = group.create_group(name)
            own.attrs["weight_names"] = [f"{name}/{w}:0".encode() for w, _ in weights]
            for w, value in weights:
                own[f"{name}/{w}:0"] = value
    return path


def dense_layers():
    return [
        old("Dense", name="dense_1", units=4, activation="hard_sigmoid", batch_input_shape=[None, 3], dtype="float32", trainable=True),
        old("Dropout", name="dropout_1", rate=0.5, noise_shape=None, seed=None, trainable=True),
        old("Dense", name="dense_2", units=2, activation="linear", use_bias=True, trainable=True),
    ]  # fmt: skip


def test_a_sequential_file(tmp_path):
    w = [kernel(3, 4), kernel(4), kernel(4, 2), kernel(2)]
    moments = [np.full_like(a, i + 1.0) for i in range(2) for a in w]  # all of the first kind, then all of the second
    training = {
        "optimizer_config": {"class_name": "Adam", "config": {"lr": 0.005, "beta_1": 0.9, "decay": 0.0, "epsilon": 1e-8}},
        "loss": "mean_squared_error", "metrics": ["accuracy"], "sample_weight_mode": None, "loss_weights": None,
    }  # fmt: skip
    layers = [
        ("dense_1", [("kernel", w[0]), ("bias", w[1])]),
        ("dropout_1", []),
        ("dense_2", [("kernel", w[2]), ("bias", w[3])]),
    ]
    path = write(
        tmp_path / "old.h5", old("Sequential", name="sequential_1", layers=dense_layers()), layers,
        training=training, optimizer=[np.int64(7), *moments],
    )  # fmt: skip
    model = load_model(path)
    x = kernel(5, 3)
    hidden = np.clip(0.2 * (x @ w[0] + w[1]) + 0.5, 0, 1)  # Keras 2's hard_sigmoid
    np.testing.assert_allclose(model.predict(x, verbose=0), hidden @ w[2] + w[3], rtol=1e-5, atol=1e-6)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.005)
    assert int(model.optimizer.iterations) == 7
    assert [float(v.numpy().flat[0]) for v in model.optimizer.variables[2:]] == [1.0, 2.0] * 4
    assert load_model(path, compile=False).optimizer is None


def test_a_list_of_layers_as_before_keras_2_2_3():
    model = model_from_config({"class_name": "Sequential", "config": dense_layers()})
    assert model.count_params() == 3 * 4 + 4 + 4 * 2 + 2
    again = model_from_json(
        json.dumps({"class_name": "Sequential", "config": dense_layers(), "keras_version": "2.1.6"})
    )
    assert again.input_shape == (None, 3)


def graph():
    layers = [
        old("InputLayer", [], name="left", batch_input_shape=[None, 3], dtype="float32", sparse=False),
        old("InputLayer", [], name="right", batch_input_shape=[None, 3], dtype="float32", sparse=False),
        old("Dense", [[["left", 0, 0, {}]], [["right", 0, 0, {}]]], name="twin", units=2, activation="relu"),
        old("Concatenate", [[["twin", 0, 0, {}], ["twin", 1, 0, {}]]], name="both", axis=-1),
    ]
    ends = {"input_layers": [["left", 0, 0], ["right", 0, 0]], "output_layers": [["both", 0, 0]]}
    return old("Model", name="model_1", layers=layers, **ends)


def test_a_functional_file_with_a_shared_layer(tmp_path):
    w = [kernel(3, 2), kernel(2)]
    layers = [("left", []), ("right", []), ("twin", [("kernel", w[0]), ("bias", w[1])]), ("both", [])]
    model = load_model(write(tmp_path / "old.hdf5", graph(), layers))
    a, b = kernel(4, 3), kernel(4, 3)
    expected = np.hstack([np.maximum(v @ w[0] + w[1], 0) for v in (a, b)])
    np.testing.assert_allclose(model.predict([a, b], verbose=0), expected, rtol=1e-5, atol=1e-6)


def test_weights_by_the_order_of_layers_and_by_their_names(tmp_path):
    w = [kernel(3, 4), kernel(4), kernel(4, 2), kernel(2)]
    layers = [("first", [("kernel", w[0]), ("bias", w[1])]), ("last", [("kernel", w[2]), ("bias", w[3])])]
    path = write(tmp_path / "w.h5", None, layers, weights_only=True)
    model = Sequential([Input((3,)), Dense(4, name="a"), Dense(2, name="b")])
    model.load_weights(path)
    for found, expected in zip(model.get_weights(), w, strict=True):
        np.testing.assert_array_equal(found, expected)
    named = Sequential([Input((4,)), Dense(2, name="last"), Dense(5, name="other")])
    other = named.layers[1].get_weights()
    named.load_weights(path, by_name=True)
    np.testing.assert_array_equal(named.layers[0].get_weights()[0], w[2])
    np.testing.assert_array_equal(named.layers[1].get_weights()[0], other[0])
    with pytest.raises(
        hb.SerializationError, match=r"weights of 2 layers, \['first', 'last'\]; the model has 1 layers"
    ):
        Sequential([Input((3,)), Dense(4)]).load_weights(path)
    wide = Sequential([Input((4,)), Dense(3, name="last")])
    with pytest.raises(
        hb.SerializationError, match=r"layer 'last': weight .* has shape \(4, 3\); the file has \(4, 2\)"
    ):
        wide.load_weights(path, by_name=True)
    with pytest.warns(UserWarning, match="layer 'last' kept its values"):
        wide.load_weights(path, by_name=True, skip_mismatch=True)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm_of_cudnn(x, wx, wh, bx, bh):
    """CuDNN's LSTM with its own matrices, gate by gate (i, f, c, o): the matrices act from the left."""
    h = c = np.zeros(len(bx[0]))
    for row in x:
        i, f, new, o = (m @ row + n @ h + p + q for m, n, p, q in zip(wx, wh, bx, bh, strict=True))
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(new)
        h = sigmoid(o) * np.tanh(c)
    return h


def gru_of_cudnn(x, wx, wh, bx, bh):
    """CuDNN's GRU, whose reset gate acts on the product of the state (z, r, h)."""
    h = np.zeros(len(bx[0]))
    for row in x:
        from_x, from_h = (
            [m @ v + b for m, b in zip(w, bias, strict=True)] for w, v, bias in ((wx, row, bx), (wh, h, bh))
        )
        z, r = (sigmoid(from_x[k] + from_h[k]) for k in (0, 1))
        h = (1 - z) * np.tanh(from_x[2] + r * from_h[2]) + z * h
    return h


def of_cudnn(gates, units, features):
    """Matrices and biases of each gate, and the weights that Keras 2 kept of them.

    It read CuDNN's buffer, rows of a gate's matrix, as if they were a kernel [features, units].
    """
    sizes = (units, features), (units, units), (units,), (units,)
    wx, wh, bx, bh = ([kernel(*size) for _ in range(gates)] for size in sizes)
    kernels = np.hstack([m.reshape(features, units) for m in wx])
    recurrent = np.hstack([m.T.reshape(units, units).T for m in wh])
    stored = {"kernel": kernels, "recurrent_kernel": recurrent, "bias": np.concatenate([*bx, *bh])}
    return (wx, wh, bx, bh), list(stored.items())


CUDNN = {"CuDNNLSTM": (4, lstm_of_cudnn), "CuDNNGRU": (3, gru_of_cudnn)}


@pytest.mark.parametrize("kind", CUDNN)
@pytest.mark.parametrize(("units", "features"), [(2, 3), (3, 2), (2, 2)])
def test_a_layer_of_cudnn(kind, units, features, tmp_path):
    gates, run = CUDNN[kind]
    matrices, stored = of_cudnn(gates, units, features)
    layers = [old(kind, name="r", units=units, batch_input_shape=[None, 4, features], return_sequences=False)]
    path = write(tmp_path / "old.h5", old("Sequential", name="s", layers=layers), [("r", stored)])
    x = kernel(2, 4, features)
    expected = [run(sample, *matrices) for sample in x]
    model = load_model(path)
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, rtol=1e-4, atol=1e-5)
    model.save(tmp_path / "new.keras")
    np.testing.assert_allclose(load_model(tmp_path / "new.keras").predict(x, verbose=0), expected, rtol=1e-4, atol=1e-5)
    wrong = GRU(units, reset_after=False) if kind == "CuDNNGRU" else LSTM(units + 1)
    with pytest.raises(hb.SerializationError, match="has shape"):
        Sequential([Input((4, features)), wrong]).load_weights(path)


@pytest.mark.parametrize("kind", CUDNN)
def test_both_directions_of_cudnn_within_a_model(kind, tmp_path):
    gates, run = CUDNN[kind]
    parts = [of_cudnn(gates, 2, 3) for _ in range(2)]
    inner = old(
        "Bidirectional",
        name="both",
        merge_mode="concat",
        batch_input_shape=[None, 4, 3],
        layer=old(kind, name="r", units=2),
    )
    nested = old("Sequential", name="inner", layers=[inner])
    dense = [("kernel", kernel(4, 2)), ("bias", kernel(2))]
    stored = [(f"{way}/{name}", value) for way, (_, values) in zip("fb", parts, strict=True) for name, value in values]
    layers = old("Sequential", name="s", layers=[nested, old("Dense", name="d", units=2)])
    model = load_model(write(tmp_path / "old.h5", layers, [("inner", stored), ("d", dense)]))
    x = kernel(2, 4, 3)
    hidden = [np.concatenate([run(s, *parts[0][0]), run(s[::-1], *parts[1][0])]) for s in x]
    expected = np.array(hidden) @ dense[0][1] + dense[1][1]
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, rtol=1e-4, atol=1e-5)


def test_recurrent_layers_mean_what_they_meant(tmp_path):
    model = model_from_config(old("Sequential", name="s", layers=[
        old("GRU", name="gru", units=2, batch_input_shape=[None, 4, 3], recurrent_activation="hard_sigmoid", return_sequences=True),
        old("LSTM", name="lstm", units=2, recurrent_activation="hard_sigmoid", implementation=1),
    ]))  # fmt: skip
    gru, lstm = model.layers
    assert isinstance(gru, GRU)
    assert isinstance(lstm, LSTM)
    assert gru.cell.reset_after is False
    x = np.array([-1.0, 1.0])
    np.testing.assert_allclose(lstm.cell.recurrent_activation(x), [0.3, 0.7], rtol=1e-6)
    model.save(tmp_path / "new.keras")
    again = load_model(tmp_path / "new.keras")
    data = kernel(2, 4, 3)
    np.testing.assert_array_equal(again.predict(data, verbose=0), model.predict(data, verbose=0))


def test_its_hard_sigmoid_is_saved_as_layers_that_keras_3_has(tmp_path):
    model = model_from_config(old("Sequential", name="s", layers=dense_layers()))
    x = np.array([-4.0, -2.5, -1.0, 0.0, 2.0, 3.0], "float32")
    model.save(tmp_path / "new.keras")
    with zipfile.ZipFile(tmp_path / "new.keras") as archive:
        saved = json.loads(archive.read("config.json"))["config"]["layers"][1]["config"]["activation"]
    assert (saved["module"], saved["class_name"]) == ("keras.layers", "Pipeline")
    assert [layer["class_name"] for layer in saved["config"]["layers"]] == ["Rescaling", "ReLU"]
    for one in (model, load_model(tmp_path / "new.keras"), model_from_json(model.to_json())):
        np.testing.assert_allclose(one.layers[0].activation(x), np.clip(0.2 * x + 0.5, 0, 1), rtol=1e-6)
        assert [w.shape for w in one.weights] == [(3, 4), (4,), (4, 2), (2,)]


def test_layers_as_activations(tmp_path):
    form = hb.saving.serialize_keras_object(hb.layers.LeakyReLU(0.5))
    for activation in (hb.layers.LeakyReLU(0.5), form):
        model = Sequential([Input((3, 2)), LSTM(3, recurrent_activation=activation), Dense(2, activation=activation)])
        x = kernel(4, 3, 2)
        expected = model.predict(x, verbose=0)
        hidden, (w, b) = model.layers[0](x).numpy(), model.layers[1].get_weights()
        out = hidden @ w + b
        np.testing.assert_allclose(expected, np.where(out > 0, out, 0.5 * out), rtol=1e-5, atol=1e-6)
        model.save(tmp_path / "m.keras")
        np.testing.assert_array_equal(load_model(tmp_path / "m.keras").predict(x, verbose=0), expected)


def test_long_lists_of_names_are_split_as_keras_does(tmp_path):
    x = Input((1,))
    out = x
    for i in range(700):
        out = Flatten(name=f"a_layer_with_a_name_of_a_hundred_letters_{'x' * 60}_{i:04}")(out)
    model = Model(x, Dense(1, name="d")(out))
    model.save(tmp_path / "long.h5")
    with h5py.File(tmp_path / "long.h5") as file:
        names = sorted(n for n in file["model_weights"].attrs if n.startswith("layer_names"))
    assert names == ["layer_names0", "layer_names1"] or len(names) > 1
    np.testing.assert_array_equal(load_model(tmp_path / "long.h5").get_weights()[0], model.get_weights()[0])


def test_lambdas_of_keras_2_are_not_run():
    code = ["4wEAAAA=", None, None]
    layers = [
        old("Lambda", name="l", function=code, function_type="lambda", batch_input_shape=[None, 3], output_shape=None)
    ]
    with pytest.raises(hb.SerializationError, match="not run|Unknown layer 'Lambda'"):
        model_from_config(old("Sequential", name="s", layers=layers))


def test_what_a_file_without_architecture_is_for(tmp_path):
    path = write(tmp_path / "w.h5", None, [], weights_only=True)
    with pytest.raises(hb.SerializationError, match="holds no architecture: make the model, then load its weights"):
        load_model(path)
    (tmp_path / "no.h5").write_bytes(b"not HDF5 at all")
    with pytest.raises(hb.SerializationError, match="damaged, or not a file of weights"):
        load_model(tmp_path / "no.h5")


def test_our_own_old_files(tmp_path):
    model = Sequential([Input((4, 4, 1)), Conv2D(2, 3), Flatten(), Dense(2)])
    model.compile(hb.optimizers.RMSprop(0.01, momentum=0.5), "mse", metrics=["mae"])
    x, y = kernel(4, 4, 4, 1), kernel(4, 2)
    model.fit(x, y, verbose=0)
    model.save(tmp_path / "m.h5")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again = load_model(tmp_path / "m.h5")
    assert model.train_on_batch(x, y) == again.train_on_batch(x, y)
    with h5py.File(tmp_path / "m.h5") as file:
        training = json.loads(file.attrs["training_config"])
    assert (training["loss"], training["metrics"]) == ("mean_squared_error", ["mean_absolute_error"])
    model.save(tmp_path / "plain.h5", include_optimizer=False)
    assert load_model(tmp_path / "plain.h5").optimizer is None


def test_an_embedding_with_input_length():
    layers = [
        old(
            "Embedding",
            name="e",
            input_dim=5,
            output_dim=2,
            input_length=3,
            batch_input_shape=[None, 3],
            mask_zero=False,
        )
    ]
    model = model_from_config(old("Sequential", name="s", layers=layers))
    assert isinstance(model.layers[0], Embedding)
    assert model.output_shape == (None, 3, 2)
