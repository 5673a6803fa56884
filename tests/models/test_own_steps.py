"""Steps, losses and metrics of one's own, as Keras's guides write them; state in and out; gradient checkpointing."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam_layers import BatchNormalization, Dense, Dropout, Input
from hornbeam_models import Model, Sequential

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(12, 3)).astype("float32"), RNG.normal(size=(12, 1)).astype("float32")


def graph():
    x = Input((3,))
    return x, Dense(1, kernel_initializer="ones")(x)


def fit(model, **how):
    return model.fit(X, Y, batch_size=6, epochs=2, shuffle=False, verbose=0, **how).history


@pytest.fixture
def expected():
    model = Model(*graph())
    model.compile(hb.optimizers.SGD(0.1), "mse", metrics=["mae"])
    return fit(model)


class Handwritten(Model):
    """The step of the guide: trackers of its own, figures returned as a dict."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.tracker, self.mae = hb.metrics.Mean(name="loss"), hb.metrics.MeanAbsoluteError(name="mae")

    @property
    def metrics(self):
        return [self.tracker, self.mae]

    def train_step(self, data):
        x, y = data[:2]

        def loss_of():
            pred = self(x, training=True)
            return hb.ops.mean(hb.ops.square(y - pred)), pred

        (loss, pred), grads = hb.value_and_grad(loss_of, variables=self.trainable_variables, has_aux=True)()
        self.optimizer.apply(grads, self.trainable_variables)
        self.tracker.update_state(loss)
        self.mae.update_state(y, pred)
        return {metric.name: metric.result() for metric in self.metrics}


def test_a_handwritten_step(expected):
    class Net(Handwritten):
        def __init__(self):
            super().__init__()
            self.dense = Dense(1, kernel_initializer="ones")

        def call(self, x):
            return self.dense(x)

    model = Net()
    model.compile(hb.optimizers.SGD(0.1))
    history = fit(model)
    assert sorted(history) == ["loss", "mae"]
    np.testing.assert_allclose(history["loss"], expected["loss"], rtol=1e-5)
    np.testing.assert_allclose(history["mae"], expected["mae"], rtol=1e-5)


def test_figures_added_to_those_of_the_step():
    seen = []

    class Net(Model):
        def train_step(self, data):
            logs = super().train_step(data)
            logs["norm"] = hb.ops.sum(self.trainable_variables[0] ** 2)
            return logs

    model = Net(*graph())
    model.compile(hb.optimizers.SGD(0.1), "mse")
    note = hb.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(logs["norm"]))
    history = fit(model, callbacks=[note])
    assert history["norm"] == [seen[1], seen[3]]
    assert seen[-1] == pytest.approx((model.get_weights()[0] ** 2).sum(), rel=1e-6)


def test_a_loss_of_the_model_itself(expected):
    class Net(Model):
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            return 3 * super().compute_loss(x, y, y_pred, sample_weight, training)

    model = Net(*graph())
    model.compile(hb.optimizers.SGD(0.1 / 3), "mse")
    np.testing.assert_allclose(fit(model)["loss"], 3 * np.array(expected["loss"]), rtol=1e-5)


def test_metrics_of_the_model_itself():
    class Net(Model):
        def compute_metrics(self, x, y, y_pred, sample_weight=None):
            found = super().compute_metrics(x, y, y_pred, sample_weight)
            return {**found, "largest": hb.ops.max(hb.ops.abs(y_pred))}

    model = Net(*graph())
    model.compile("sgd", "mse")
    assert model.evaluate(X, Y, return_dict=True)["largest"] == pytest.approx(np.abs(model.predict(X)).max(), rel=1e-6)
    assert len(model.evaluate(X, Y)) == 2


def test_two_networks_and_two_optimizers_that_share_a_step():
    class Adversarial(Model):
        def __init__(self):
            super().__init__()
            self.maker, self.judge = Sequential([Input((2,)), Dense(3)]), Sequential([Input((3,)), Dense(1)])

        def compile(self, maker, judge):
            super().compile()
            self.by_maker, self.by_judge = maker, judge

        def train_step(self, data):
            x = data
            noise = hb.random.normal((x.shape[0], 2))
            loss, grads = hb.value_and_grad(
                lambda: hb.ops.mean(self.judge(x) ** 2) + hb.ops.mean((1 - self.judge(self.maker(noise))) ** 2),
                variables=self.judge.trainable_variables,
            )()
            self.by_judge.apply(grads, self.judge.trainable_variables)
            other, grads = hb.value_and_grad(
                lambda: hb.ops.mean(self.judge(self.maker(noise)) ** 2), variables=self.maker.trainable_variables
            )()
            self.by_maker.apply(grads, self.maker.trainable_variables)
            return {"judge_loss": loss, "maker_loss": other}

    hb.set_random_seed(0)
    model = Adversarial()
    model.compile(hb.optimizers.Adam(0.01), hb.optimizers.Adam(0.01))
    before = model.get_weights()
    history = model.fit(X, epochs=3, batch_size=6, verbose=0).history
    assert sorted(history) == ["judge_loss", "maker_loss"]
    assert history["judge_loss"][-1] < history["judge_loss"][0]
    assert all((a != b).any() for a, b in zip(before, model.get_weights(), strict=True))
    assert int(model.by_judge.iterations) == int(model.by_maker.iterations) == 6


def test_run_eagerly_gives_the_same():
    found = []
    for eager in (True, False):
        model = Model(*graph())
        model.compile("adam", "mse", metrics=["mae"], run_eagerly=eager)
        found.append(fit(model))
    for name, values in found[0].items():
        np.testing.assert_allclose(found[1][name], values, rtol=1e-5)


def test_nested_outputs_have_names_of_their_keys():
    x = Input((3,))
    model = Model(x, {"a": Dense(1)(x), "b": [Dense(1)(x), Dense(2)(x)]})
    model.compile("sgd", {"a": "mse", "b_0": "mae", "b_1": "mse"}, metrics={"b_1": ["mae"]})
    y = {"a": Y, "b": [Y, np.concatenate([Y, Y], 1)]}
    found = model.evaluate(X, y, return_dict=True)
    assert sorted(found) == ["a_loss", "b_0_loss", "b_1_loss", "b_1_mae", "loss"]
    assert model.evaluate(X, y) == [found[name] for name in model.metrics_names]
    pred = model.predict(X)
    assert found["b_0_loss"] == pytest.approx(np.abs(pred["b"][0] - Y).mean(), rel=1e-5)
    assert found["b_1_mae"] == pytest.approx(np.abs(pred["b"][1] - Y).mean(), rel=1e-5)


# ---- state in and out


def test_state_trees_bring_a_model_back():
    hb.set_random_seed(0)
    model = Sequential(
        [Input((3,)), Dense(4, name="first"), BatchNormalization(name="bn"), Dropout(0.5), Dense(1, name="last")]
    )
    model.compile("adam", "mse", metrics=["mae"])
    fit(model)
    tree = model.get_state_tree("numpy_array")
    assert sorted(tree) == [
        "metrics_variables",
        "non_trainable_variables",
        "optimizer_variables",
        "trainable_variables",
    ]
    np.testing.assert_array_equal(tree["trainable_variables"]["first"]["kernel"], model.layers[0].kernel.numpy())
    first = fit(model)
    model.set_state_tree(tree)
    assert fit(model) == first
    with pytest.raises(hb.InvalidArgumentError, match="no trainable_variables/first/kernel"):
        model.set_state_tree({"trainable_variables": {"first": {}}})
    with pytest.raises(hb.InvalidArgumentError, match="value_format must be"):
        model.get_state_tree("jax")


def test_stateless_calls_leave_the_variables_alone():
    model = Sequential([Input((3,)), Dense(4), BatchNormalization()])
    weights = [2 * v for v in model.trainable_variables]
    before = model.get_weights()
    out, after = model.stateless_call(weights, model.non_trainable_variables, X, training=True)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    for variable, value in zip(model.trainable_variables, weights, strict=True):
        variable.assign(value)
    np.testing.assert_allclose(out.numpy(), model(X, training=True).numpy(), rtol=1e-6)
    for variable, value in zip(model.non_trainable_variables, after, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value.numpy())


def test_resetting_metrics():
    model = Model(*graph())
    model.compile("sgd", "mse", metrics=["mae"])
    model.evaluate(X, Y)
    assert float(model.get_metrics_result()["mae"]) > 0
    model.reset_metrics()
    assert {k: float(v) for k, v in model.get_metrics_result().items()} == {"loss": 0.0, "mae": 0.0}


# ---- gradient checkpointing


@pytest.mark.parametrize(
    "scope",
    [
        {},
        {"mode": "activations"},
        {"mode": "larger_than", "output_size_threshold": 3},
        {"mode": "list_of_layers", "layer_names": ["a"]},
    ],
    ids=lambda how: how.get("mode", "full"),
)
def test_layers_that_compute_again_train_the_same(scope):
    def trained(**how):
        hb.set_random_seed(4)
        with hb.RematScope(**how):
            layers = [Dense(8, activation="tanh", name="a"), BatchNormalization(), Dropout(0.5), Dense(1)]
        model = Sequential([Input((3,)), *layers])
        model.compile("adam", "mse")
        fit(model)
        return [v.numpy() for v in model.variables], hb.capture(lambda x: model.train_step((x, Y)), X)

    plain, graph = trained(mode=None)
    again, longer = trained(**scope)
    for a, b in zip(plain, again, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    barriers = [sum(node.primitive.name == "barrier" for node in g.nodes) for g in (graph, longer)]
    assert barriers[0] == 0 < barriers[1]


def test_remat_scopes_refuse_what_they_do_not_know():
    with pytest.raises(hb.InvalidArgumentError, match="mode must be one of"):
        hb.RematScope("some")
    with pytest.raises(hb.InvalidArgumentError, match="needs layer_names"):
        hb.RematScope("list_of_layers")


@pytest.mark.parametrize("eagerly", [False, True])
@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda m: m.fit(X, verbose=0), "x"),
        (lambda m: m.fit(X, Y, verbose=0), "(x, x)"),
        (lambda m: m.fit(X, Y, sample_weight=np.ones(len(X)), verbose=0), "(x, x, x)"),
        (lambda m: m.fit([X, X], verbose=0), "([x, x],)"),
        (lambda m: m.fit((X, X), Y, verbose=0), "((x, x), x)"),
        (lambda m: m.fit({"a": X}, verbose=0), "{a: x}"),
        (lambda m: m.fit([(X, Y)], verbose=0), "([(x, x)],)"),
        (lambda m: m.fit(iter([(X, Y)]), verbose=0), "(x, x)"),
        (lambda m: m.evaluate(X, verbose=0), "x"),
        (lambda m: m.predict(X, verbose=0), "x"),
        (lambda m: m.predict([X, X], verbose=0), "([x, x],)"),
    ],
)
def test_a_step_gets_the_data_in_the_form_that_keras_gives_it(eagerly, call, expected):
    """Keras 3.15's, but that lists of inputs stay lists: `x, y = data` and `self(data)` of its guides work."""

    def form(tree):
        if isinstance(tree, dict):
            return "{" + ", ".join(f"{k}: {form(v)}" for k, v in tree.items()) + "}"
        if isinstance(tree, list):
            return "[" + ", ".join(map(form, tree)) + "]"
        if isinstance(tree, tuple):
            return "(" + ", ".join(map(form, tree)) + ("," if len(tree) == 1 else "") + ")"
        return "x" if tree is not None else "None"

    class Net(Model):
        def train_step(self, data):
            raise KeyError(form(data))

        test_step = predict_step = train_step

        def call(self, x):
            return hb.ops.zeros((2, 1))

    model = Net()
    model.compile("sgd", "mse", run_eagerly=eagerly)
    with pytest.raises(KeyError) as error:
        call(model)
    assert error.value.args == (expected,)


def test_a_batch_of_two_batches_of_different_sizes() -> None:
    """As `zip` of two datasets of batches gives them: labelled and unlabelled images."""

    class Both(hb.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = hb.layers.Dense(1)

        def call(self, x: hb.Tensor) -> hb.Tensor:
            return self.dense(x)

        def train_step(self, data: object) -> dict[str, object]:
            (many, _), (few, labels) = data  # type: ignore[misc]
            return {
                "rows": hb.ops.asarray(many.shape[0] * 100 + few.shape[0] + labels.shape[0]),
                "sum": hb.ops.sum(self(many)),
            }

    many, few = np.ones((6, 2), "float32"), np.ones((2, 2), "float32")
    model = Both()
    model.compile("sgd")
    batches = [((many, many[:, 0]), (few, few[:, 0]))] * 3
    history = model.fit(iter(batches), steps_per_epoch=3, verbose=0).history
    assert history["rows"] == [604.0]
    plain = hb.Sequential([hb.Input((2,)), hb.layers.Dense(1)])
    plain.compile("sgd", "mse")
    with pytest.raises(hb.InvalidArgumentError, match="number of samples"):
        plain.fit(iter([(many, few[:, :1])]), steps_per_epoch=1, verbose=0)
