"""Files and texts of Keras 2: written here by hand as Keras 2 wrote them, and read as it meant them."""

import json
import warnings

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


def step_of_a_cell(x, h, c, wx, wh, bx, bh):
    """CuDNN's LSTM with its own matrices, gate by gate: the matrices act from the left."""
    gates = [m @ x + n @ h + p + q for m, n, p, q in zip(wx, wh, bx, bh, strict=True)]
    i, f, o = (1 / (1 + np.exp(-gates[k])) for k in (0, 1, 3))
    c = f * c + i * np.tanh(gates[2])
    return o * np.tanh(c), c


def test_an_lstm_of_cudnn(tmp_path):
    units, features = 2, 3
    wx = [kernel(units, features) for _ in range(4)]
    wh = [kernel(units, units) for _ in range(4)]
    bx, bh = [kernel(units) for _ in range(4)], [kernel(units) for _ in range(4)]
    # Keras 2 read CuDNN's buffer, rows of a gate's matrix, as if they were a kernel [features, units].
    stored = [
        np.hstack([m.reshape(features, units) for m in wx]), np.hstack([m.T.reshape(units, units).T for m in wh]),
        np.concatenate([*bx, *bh]),
    ]  # fmt: skip
    layers = [old("CuDNNLSTM", name="lstm", units=units, batch_input_shape=[None, 4, features], return_sequences=False)]
    weights = [("lstm", [("kernel", stored[0]), ("recurrent_kernel", stored[1]), ("bias", stored[2])])]
    model = load_model(write(tmp_path / "old.h5", old("Sequential", name="s", layers=layers), weights))
    x = kernel(1, 4, features)
    h = c = np.zeros(units)
    for row in x[0]:
        h, c = step_of_a_cell(row, h, c, wx, wh, bx, bh)
    np.testing.assert_allclose(model.predict(x, verbose=0)[0], h, rtol=1e-4, atol=1e-5)


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
