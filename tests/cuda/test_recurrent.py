"""Recurrent layers by cuDNN's calls on the emulated device: which are taken over, and that they compute what NumPy computes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.backends.base import Backend, make_backend, using_backend
from hornbeam.composites.recurrent import gru, lstm, simple_rnn
from hornbeam.policy import dtype_policy, set_dtype_policy
from hornbeam_cuda.library import Recurrent
from hornbeam_layers import GRU, LSTM, Bidirectional, Dense, Input, SimpleRNN
from hornbeam_models import Sequential
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cuda.emulator import COMPILER
from tests.cuda.emulator.backend import EmulatedBackend
from tests.cuda.emulator.device import EmulatedDevice

pytestmark = pytest.mark.skipif(COMPILER is None, reason="the emulated device needs g++")

NUMPY = make_backend("numpy")
ops = hb.ops


class Watched(EmulatedDevice):
    """Counts the recurrent layers that are launched, by direction.

    Args:
        lacks: a direction in which no library can run them.
    """

    def __init__(self, lacks: str = "") -> None:
        super().__init__()
        self.lacks = lacks
        self.found: Counter[str] = Counter()
        self.training: set[bool] = set()
        self.precisions: set[str] = set()

    def supports(self, call: Any) -> bool:
        """Whether a library can run a call: all but recurrent layers in the direction that it lacks."""
        return not isinstance(call, Recurrent) or call.direction != self.lacks

    def library(self, call: Any, addresses: Sequence[int], workspace: int) -> None:
        """Launch a library call."""
        if isinstance(call, Recurrent):
            self.found[call.direction] += 1
            self.training.add(call.training)
            self.precisions.add(call.precision)
        super().library(call, addresses, workspace)


ALL = {
    "lstm": ([lambda: LSTM(5)], 1),
    "stacked lstm": ([lambda: LSTM(4, return_sequences=True), lambda: LSTM(3, use_bias=False, go_backwards=True)], 2),
    "gru": ([lambda: GRU(4, return_sequences=True, go_backwards=True), lambda: GRU(3, use_bias=False)], 2),
    "simple": ([lambda: SimpleRNN(4, return_sequences=True), lambda: SimpleRNN(3, "relu", use_bias=False)], 2),
    "bidirectional": (
        [lambda: Bidirectional(LSTM(3, return_sequences=True)), lambda: Bidirectional(GRU(2), merge_mode="sum")], 4,
    ),
    "stateful": ([lambda: LSTM(4, stateful=True, return_sequences=True), lambda: GRU(3, stateful=True)], 2),
    "dropout of inputs": ([lambda: LSTM(4, dropout=0.3)], 1),
}  # fmt: skip


def model(layers: list[Callable[[], Any]]) -> Any:
    hb.set_random_seed(0)
    made = Sequential([Input((5, 3), batch_size=4), *(layer() for layer in layers), Dense(1)])
    made.compile("sgd", "mse")
    rng = np.random.default_rng(1)
    made.set_weights([rng.uniform(-0.7, 0.7, w.shape).astype(np.float32) for w in made.get_weights()])
    return made


def trained(backend: Backend, layers: Any, policy: str = "float32") -> tuple[list[Any], Any, Any]:
    """Losses of three steps and the weights after them, and what is predicted then."""
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(4, 5, 3)).astype(np.float32), rng.normal(size=(4, 1)).astype(np.float32)
    before = dtype_policy()
    set_dtype_policy(policy)
    try:
        with using_backend(backend):
            made = model(layers)
            losses = [float(made.train_on_batch(x, y)) for _ in range(3)]
            return losses, [np.asarray(w) for w in made.get_weights()], np.asarray(made.predict_on_batch(x))
    finally:
        set_dtype_policy(before)


@pytest.mark.parametrize("kind", ALL)
def test_layers_train_by_cudnn_to_numpys_numbers(kind: str, monkeypatch: Any) -> None:
    monkeypatch.setenv("HORNBEAM_DEBUG", "check")  # every graph is checked after each pass
    layers, count = ALL[kind]
    device = Watched()
    losses, weights, predicted = trained(EmulatedBackend(device), layers)
    # launched one by one in the first step and in the one prediction, recorded in the second step, replayed in the third
    assert device.found == {"forward": 3 * count, "data": 2 * count, "weights": 2 * count}
    assert device.training == {True, False}
    expected = trained(NUMPY, layers)
    np.testing.assert_allclose(losses, expected[0], rtol=1e-5)
    np.testing.assert_allclose(predicted, expected[2], rtol=1e-4, atol=1e-6)
    for found, there in zip(weights, expected[1], strict=True):
        np.testing.assert_allclose(found, there, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_half_floats(policy: str) -> None:
    device = Watched()
    layers, _ = ALL["gru"]
    losses, weights, _ = trained(EmulatedBackend(device), layers, policy)
    expected = trained(NUMPY, layers)
    assert device.found["weights"] > 0
    np.testing.assert_allclose(losses, expected[0], rtol=0.05)
    for found, there in zip(weights, expected[1], strict=True):
        np.testing.assert_allclose(found, there, rtol=0.05, atol=0.02)


OWN: dict[str, list[Callable[[], Any]]] = {
    "hard gates": [lambda: LSTM(4, recurrent_activation="hard_sigmoid")],
    "relu": [lambda: LSTM(4, activation="relu")],
    "reset before": [lambda: GRU(4, reset_after=False)],
    "dropout of the state": [lambda: LSTM(4, recurrent_dropout=0.3)],
    "another activation": [lambda: SimpleRNN(4, activation="softsign")],
}


@pytest.mark.parametrize("kind", OWN)
def test_what_cudnn_has_not_takes_the_own_way(kind: str) -> None:
    device = Watched()
    losses, _, predicted = trained(EmulatedBackend(device), OWN[kind])
    assert device.found == (
        {"forward": 1} if kind == "dropout of the state" else {}
    )  # none of which is in a prediction
    expected = trained(NUMPY, OWN[kind])
    np.testing.assert_allclose(losses, expected[0], rtol=1e-5)
    np.testing.assert_allclose(predicted, expected[2], rtol=1e-4, atol=1e-6)


def test_the_switch(monkeypatch: Any) -> None:
    monkeypatch.setenv("HORNBEAM_CUDA_RECURRENT", "own")
    device = Watched()
    layers, _ = ALL["stacked lstm"]
    losses, _, _ = trained(EmulatedBackend(device), layers)
    assert not device.found
    np.testing.assert_allclose(losses, trained(NUMPY, layers)[0], rtol=1e-5)


@pytest.mark.parametrize(("switch", "precision"), [("1", "tf32"), ("0", "highest")])
def test_precision(monkeypatch: Any, switch: str, precision: str) -> None:
    monkeypatch.setenv("HORNBEAM_CUDA_TF32", switch)
    device = Watched()
    trained(EmulatedBackend(device), ALL["lstm"][0])
    assert device.precisions == {precision}


@pytest.mark.parametrize("direction", ["data", "weights"])
def test_forward_and_backward_go_together(direction: str) -> None:
    device = Watched(lacks=direction)
    losses, _, _ = trained(EmulatedBackend(device), ALL["gru"][0])
    assert device.found == {"forward": 2}  # of the prediction
    np.testing.assert_allclose(losses, trained(NUMPY, ALL["gru"][0])[0], rtol=1e-5)


# ---- the composites themselves


def walked(cell: str, arrays: Any, reverse: bool, reset_after: bool = True) -> list[Any]:
    """h, and the last states."""
    z = arrays["x"] @ arrays["kernel"]
    z = z + arrays["bias"] if "bias" in arrays else z
    rest = {"mask": arrays["mask"]} if "mask" in arrays else {}
    if cell == "lstm":
        h, _, _, *last = lstm(z, arrays["recurrent"], arrays["h0"], arrays["c0"], reverse=reverse, **rest)
        return [h, *last]
    if cell == "gru":
        after = arrays.get("recurrent_bias")
        h, _, last_h = gru(
            z, arrays["recurrent"], arrays["h0"], after, reset_after=reset_after, reverse=reverse, **rest
        )
        return [h, last_h]
    return list(simple_rnn(z, arrays["recurrent"], arrays["h0"], activation=cell, reverse=reverse, **rest))


def some(cell: str, sizes: tuple[int, int, int, int], biases: tuple[bool, bool], dtype: str = "float64") -> Any:
    time, batch, features, units = sizes
    columns = units * {"lstm": 4, "gru": 3}.get(cell, 1)
    shapes = {"x": (time, batch, features), "kernel": (features, columns), "recurrent": (units, columns)}
    shapes |= {"h0": (batch, units)} | ({"c0": (batch, units)} if cell == "lstm" else {})
    shapes |= {"bias": (columns,)} if biases[0] else {}
    shapes |= {"recurrent_bias": (columns,)} if biases[1] and cell == "gru" else {}
    rng = np.random.default_rng(sum(sizes))
    return {name: rng.uniform(-1, 1, shape).astype(dtype) for name, shape in shapes.items()}


def gradients(backend: Backend, function: Any, arrays: Any, wanted: Sequence[str]) -> list[Any]:
    """The value of a function of arrays by name, and its gradients by those that are named, compiled."""

    def whole(*given: Any) -> Any:
        fixed = {n: ops.asarray(a) for n, a in arrays.items() if n not in wanted}
        return function(fixed | dict(zip(wanted, given, strict=True)))

    with using_backend(backend):
        step = hb.jit(hb.value_and_grad(whole, argnums=tuple(range(len(wanted)))))
        value, found = step(*(arrays[n] for n in wanted))
        return [np.asarray(value), *(np.asarray(f) for f in found)]


@settings(max_examples=max(10, settings().max_examples // 2))
@given(
    cell=st.sampled_from(["lstm", "gru", "tanh", "relu"]),
    sizes=st.tuples(*(st.integers(1, 4),) * 4),
    biases=st.tuples(st.booleans(), st.booleans()),
    reverse=st.booleans(),
    used=st.sets(st.integers(0, 2), min_size=1),
    data=st.data(),
)
def test_gradients_of_everything(
    cell: str, sizes: Any, biases: Any, reverse: bool, used: set[int], data: st.DataObject
) -> None:
    arrays = some(cell, sizes, biases)
    wanted = sorted(data.draw(st.sets(st.sampled_from(sorted(arrays)), min_size=1)))

    def function(given: Any) -> Any:
        found = walked(cell, given, reverse)
        weight = [ops.cos(ops.arange(f.size, dtype="float64")).reshape(f.shape) for f in found]
        return sum(
            (ops.sum(f * w) for i, (f, w) in enumerate(zip(found, weight, strict=True)) if i in used),
            0.0 * ops.sum(given["x"]),
        )

    device = Watched()
    ours = gradients(EmulatedBackend(device), function, arrays, wanted)
    for found, there in zip(ours, gradients(NUMPY, function, arrays, wanted), strict=True):
        np.testing.assert_allclose(found, there, rtol=1e-9, atol=1e-11)
    taken = bool(used & set(range(3 if cell == "lstm" else 2)))
    assert device.found["forward"] == device.found["data"] == int(taken)


def test_what_is_used_elsewhere_stays_as_it_is() -> None:
    arrays = some("lstm", (3, 2, 2, 3), (True, False))

    def of_states(given: Any) -> Any:  # the states c after each step are what cuDNN keeps to itself
        z = given["x"] @ given["kernel"]
        h, c, _, _, _ = lstm(z, given["recurrent"], given["h0"], given["c0"])
        return ops.sum(h) + ops.sum(c * c)

    def of_z(given: Any) -> Any:  # z goes elsewhere too, so its cotangent is a sum
        z = given["x"] @ given["kernel"]
        return ops.sum(lstm(z, given["recurrent"], given["h0"], given["c0"])[0]) + ops.sum(ops.sin(z))

    def of_no_product(given: Any) -> Any:
        z = ops.sin(given["x"] @ given["kernel"])
        return ops.sum(lstm(z, given["recurrent"], given["h0"], given["c0"])[0])

    def masked(given: Any) -> Any:
        return ops.sum(walked("lstm", given | {"mask": ops.asarray([[True, False]] * 3)}, False)[0])

    for function in (of_states, of_z, of_no_product, masked):
        device = Watched()
        ours = gradients(EmulatedBackend(device), function, arrays, ("x", "kernel", "recurrent"))
        assert not device.found, function.__name__
        expected = gradients(NUMPY, function, arrays, ("x", "kernel", "recurrent"))
        for found, there in zip(ours, expected, strict=True):
            np.testing.assert_allclose(found, there, rtol=1e-9, atol=1e-11)


def test_a_step_that_is_replayed_is_the_same() -> None:
    arrays = some("lstm", (4, 3, 2, 3), (True, False), "float32")
    with using_backend(EmulatedBackend()):
        step = hb.jit(hb.grad(lambda kernel, x: ops.sum(walked("lstm", arrays | {"kernel": kernel, "x": x}, True)[0])))
        found = [np.asarray(step(arrays["kernel"], arrays["x"])) for _ in range(4)]
    for other in found[1:]:
        np.testing.assert_array_equal(found[0], other)


def test_training_steps_in_a_loop() -> None:
    arrays = some("lstm", (3, 2, 4, 5), (True, False))
    batches = np.random.default_rng(0).uniform(-1, 1, (6, 3, 2, 4))

    def steps(kernel: Any, batches: Any) -> Any:
        def loss(kernel: Any, x: Any) -> Any:
            return ops.sum(walked("lstm", arrays | {"kernel": kernel, "x": x}, False)[0] ** 2)

        def step(kernel: Any, x: Any) -> Any:
            value, gradient = hb.value_and_grad(loss)(kernel, x)
            return kernel - 0.01 * gradient, value

        return ops.scan(step, kernel, batches)

    device = Watched()
    found = []
    for backend in (EmulatedBackend(device), NUMPY):
        with using_backend(backend):
            found.append([f.numpy() for f in hb.jit(steps)(ops.asarray(arrays["kernel"]), ops.asarray(batches))])
    assert device.found == {"forward": 6, "data": 6, "weights": 6}
    for ours, expected in zip(*found, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-9)


def test_a_layer_that_is_computed_again_for_its_gradient() -> None:
    arrays = some("gru", (3, 2, 4, 5), (True, True))
    layer = hb.checkpoint(lambda x: walked("gru", arrays | {"x": x}, True)[0])
    device = Watched()
    found = []
    for backend in (EmulatedBackend(device), NUMPY):
        with using_backend(backend):
            step = hb.jit(hb.value_and_grad(lambda x: ops.sum(layer(x) ** 2)))
            found.append([f.numpy() for f in step(ops.asarray(arrays["x"]))])
    assert device.found == {"forward": 2, "data": 1} and device.training == {True, False}
    for ours, expected in zip(*found, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-9)
