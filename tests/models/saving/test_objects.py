"""Objects of the user's own in files: registered, given, defined; and code, which is refused."""

import json

import hornbeam as hb
import numpy as np
import pytest
from hornbeam_layers import CRF, Dense, Input, Lambda
from hornbeam_models import Model, Sequential, load_model, model_from_json
from hornbeam_models.saving import (
    CustomObjectScope,
    custom_object_scope,
    deserialize_keras_object,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
    serialize_keras_object,
)

X = np.linspace(-1, 1, 6, dtype="float32").reshape(2, 3)


class Times(hb.Layer):
    def __init__(self, factor, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, x):
        return x * self.factor

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}


@pytest.fixture
def forget():
    before = dict(get_custom_objects())
    yield
    get_custom_objects().clear()
    get_custom_objects().update(before)


def test_a_registered_class_goes_by_package_and_name(forget, tmp_path):
    @register_keras_serializable("mine", "Multiplied")
    class Twofold(Times):
        pass

    assert get_registered_name(Twofold) == "mine>Multiplied"
    assert get_registered_object("mine>Multiplied") is Twofold
    Sequential([Input((3,)), Twofold(2.0)]).save(tmp_path / "m.keras")
    model = load_model(tmp_path / "m.keras")
    assert type(model.layers[0]) is Twofold
    np.testing.assert_array_equal(model.predict(X), 2 * X)
    get_custom_objects().clear()
    with pytest.raises(hb.SerializationError, match="Twofold"):
        load_model(tmp_path / "m.keras")


def test_a_class_of_nobody_s_is_given_again():
    class Hidden(Times):
        pass

    text = Sequential([Input((3,)), Hidden(3.0)]).to_json()
    with pytest.raises(hb.SerializationError, match=r"nothing that a file names is imported. Pass custom_objects="):
        model_from_json(text)
    for scope in (custom_object_scope({"Hidden": Hidden}), CustomObjectScope({"Hidden": Hidden})):
        with scope:
            np.testing.assert_array_equal(model_from_json(text).predict(X), 3 * X)
    np.testing.assert_array_equal(model_from_json(text, {"Hidden": Hidden}).predict(X), 3 * X)


def test_names_of_functions_are_found_among_custom_objects(forget):
    get_custom_objects()["double"] = lambda x: 2 * x
    model = Sequential([Input((3,)), Dense(3, activation="double", kernel_initializer="identity")])
    np.testing.assert_allclose(model.predict(X), 2 * X)

    def cube_gap(y_true, y_pred):
        return hb.ops.abs(y_true - y_pred) ** 3

    with custom_object_scope({"cube_gap": cube_gap}):
        model.compile("sgd", "cube_gap")
        np.testing.assert_allclose(model.evaluate(X, X), np.mean(np.abs(X) ** 3), rtol=1e-6)


def test_a_loss_function_of_one_s_own_in_a_compiled_model(tmp_path):
    def gap(y_true, y_pred):
        return hb.ops.abs(y_true - y_pred)

    model = Sequential([Input((3,)), Dense(2)])
    model.compile("adam", gap, metrics=[gap])
    model.save(tmp_path / "m.keras")
    with pytest.raises(hb.SerializationError, match="function 'gap' is not known. Pass custom_objects"):
        load_model(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras", custom_objects={"gap": gap})
    assert again.evaluate(X, X[:, :2]) == model.evaluate(X, X[:, :2])
    assert load_model(tmp_path / "m.keras", compile=False).optimizer is None


def test_how_a_model_was_compiled(tmp_path):
    model = Sequential([Input((3,)), Dense(2)])
    loss = hb.losses.Huber(delta=2.0)
    model.compile(
        hb.optimizers.SGD(0.1, momentum=0.9), loss, metrics=[hb.metrics.MeanSquaredError("gap")], steps_per_execution=2
    )
    model.save(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras")
    config = model.optimizer.get_config()
    assert again.optimizer.get_config() == config
    assert again._given["steps_per_execution"] == 2
    assert again._given["loss"].get_config() == loss.get_config()
    assert list(again.evaluate(X, X[:, :2], return_dict=True)) == ["loss", "gap"]
    assert again.evaluate(X, X[:, :2]) == model.evaluate(X, X[:, :2])


def test_a_loss_that_is_a_method_of_a_layer(tmp_path):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(3, 5, 4)).astype("float32"), rng.integers(0, 3, (3, 5))
    labels = CRF(3)
    inner = Sequential([Input((5, 4)), labels])
    for model in (inner, Sequential([Input((5, 4)), Dense(4), inner])):
        model.compile("adam", labels.loss, metrics=[labels.loss])
        model.fit(x, y, verbose=0)
        for name in ("m.keras", "m.h5"):
            model.save(tmp_path / name)
            again = load_model(tmp_path / name)
            assert again.evaluate(x, y, verbose=0) == model.evaluate(x, y, verbose=0)
            owner = again._given["loss"].__self__
            assert owner is not labels and owner is (
                again.layers[-1].layers[-1] if len(again.layers) > 1 else again.layers[-1]
            )


def test_a_file_names_no_other_method():
    labels = CRF(3)
    model = Sequential([Input((5, 4)), labels])
    model.compile("adam", labels.loss)
    for layer, method in (
        ("layers/crf", "set_weights"),
        ("layers/crf", "__init__"),
        ("layers/none", "loss"),
        ("", "save"),
    ):
        config = model.get_compile_config()
        config["loss"]["config"] = {"layer": layer, "method": method}
        with pytest.raises(hb.SerializationError, match=rf"method '{method}' of its layer .*compile=False"):
            model.compile_from_config(config)


def evil(module, name, config):
    layer = {"module": module, "class_name": name, "config": config, "registered_name": None}
    model = json.loads(Sequential([Input((3,))]).to_json())
    model["config"]["layers"].append(layer)
    return json.dumps(model)


@pytest.mark.parametrize(
    ("module", "name", "config"),
    [
        ("os", "system", {"command": "touch /tmp/hornbeam-was-here"}),
        ("builtins", "function", "eval"),
        ("builtins", "eval", {"source": "1"}),
        ("keras.utils", "get_file", {"fname": "x", "origin": "file:///etc/passwd"}),
        ("hornbeam.plugins", "registry", {}),
        ("keras.layers", "eval", {}),
        (None, "system", {}),
    ],
)
def test_a_file_cannot_name_what_is_run(module, name, config):
    with pytest.raises(hb.SerializationError):
        model_from_json(evil(module, name, config))


def test_code_in_a_file_is_refused_unless_the_caller_trusts_it():
    form = json.loads(json.dumps(serialize_keras_object(lambda x, y=3: x + y)))
    assert form["class_name"] == "__lambda__"
    with pytest.raises(hb.SerializationError, match="could do anything on this machine, and is not run"):
        deserialize_keras_object(form)
    assert deserialize_keras_object(form, safe_mode=False)(4) == 7
    form["config"]["value"]["code"] = "AAAA"
    with pytest.raises(hb.SerializationError, match="another version of Python"):
        deserialize_keras_object(form, safe_mode=False)


def test_a_lambda_layer_is_loaded_where_the_caller_trusts_the_file(tmp_path):
    Sequential([Input((3,)), Lambda(lambda x: x * 2.0)]).save(tmp_path / "m.keras")
    with pytest.raises(hb.SerializationError, match="pass safe_mode=False"):
        load_model(tmp_path / "m.keras")
    model = load_model(tmp_path / "m.keras", safe_mode=False)
    np.testing.assert_array_equal(model.predict(X), 2 * X)


@pytest.mark.parametrize(
    "value",
    [None, True, 1, 2.5, "text", [1, [2, None]], {"a": {"b": [1.5]}}, slice(1, None, -2), Ellipsis, b"bytes"],
    ids=repr,
)
def test_plain_values_come_back(value):
    form = json.loads(json.dumps(serialize_keras_object(value)))
    assert deserialize_keras_object(form) == value


def test_arrays_and_tensors_come_back():
    for value in (X, hb.ops.asarray(X), np.arange(3), np.array([True, False])):
        back = deserialize_keras_object(json.loads(json.dumps(serialize_keras_object(value))))
        assert isinstance(back, type(value))
        assert str(back.dtype) == str(value.dtype)
        np.testing.assert_array_equal(np.asarray(back), np.asarray(value))


def test_arguments_of_other_versions_are_left_out_where_they_change_nothing():
    form = serialize_keras_object(Dense(2, name="d"))
    form["config"] |= {"quantization_config": None, "gptq_unpacked_column_size": None}
    assert deserialize_keras_object(form).units == 2
    form["config"]["gptq_unpacked_column_size"] = 4
    with pytest.raises(
        hb.SerializationError, match=r"Dense\(gptq_unpacked_column_size=4\), which this version does not know"
    ):
        deserialize_keras_object(form)


def test_a_layer_in_two_models_stays_one(tmp_path):
    i = Input((3,), name="i")
    shared = Dense(3, name="shared")
    one, other = Model(i, shared(i), name="one"), Model(i, shared(i) + 1.0, name="other")
    x = Input((3,), name="x")
    model = Model(x, [one(x), other(x)])
    assert len(model.weights) == 2
    model.save(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras")
    assert len(again.weights) == 2
    for found, expected in zip(again.predict(X), model.predict(X), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_subclassed_models_are_built_by_a_call(tmp_path):
    class Two(Model):
        def __init__(self, units=2, **kwargs):
            super().__init__(**kwargs)
            self.units, self.first, self.second = units, Dense(4, activation="tanh"), Dense(units)

        def call(self, x):
            return self.second(self.first(x))

        def get_config(self):
            return {**super().get_config(), "units": self.units}

    model = Two(3)
    model.compile("adam", "mse")
    model.fit(X, X, epochs=2, verbose=0)
    model.save(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras", custom_objects={"Two": Two})
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    assert again.train_on_batch(X, X) == model.train_on_batch(X, X)
