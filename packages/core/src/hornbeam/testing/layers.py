"""The contract of a layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hornbeam import ops
from hornbeam.autodiff import grad
from hornbeam.backends.base import current_backend, set_backend
from hornbeam.jit import jit
from hornbeam.plugins import registry
from hornbeam.testing.gradients import check_gradients
from hornbeam.tree import flatten

__all__ = ["check_layer"]


def check_layer(
    layer_class: Any,
    init_kwargs: dict[str, Any] | Callable[[str | None], dict[str, Any]] | None = None,
    *,
    input_shape: Any,
    input_dtype: str = "float32",
    high: int = 10,
    differentiable: bool = True,
    deterministic: bool = True,
) -> None:
    """Check a layer over batch sizes and values.

    The shape it announces is the shape it gives; captured gives the same as eager, in training and out of it; its
    configuration and its weights make an equal layer; gradients agree with finite differences; it computes in the dtype of
    its policy; it does not change its input; every usable backend gives what NumPy gives.

    Args:
        layer_class: the class.
        init_kwargs: its arguments; for layers that hold layers a function that makes them anew, out of the name of a dtype
            policy (None: the default).
        input_shape: of one sample, without the batch axis; a list of shapes for a layer of several inputs.
        input_dtype: "float32", or an integer dtype for layers that take indices.
        high: integers are drawn from 0 up to, without, this.
        differentiable: whether to compare gradients with finite differences.
        deterministic: whether it gives the same twice in training; False for layers that draw random numbers.

    Raises:
        AssertionError: a property does not hold; the message names it.

    Example:
        >>> import hornbeam as hb
        >>> class Twice(hb.Layer):
        ...     def call(self, x):
        ...         return x * 2.0
        >>> check_layer(Twice, input_shape=(3,))
    """
    several = isinstance(input_shape, list)
    shapes = [tuple(s) for s in input_shape] if several else [tuple(input_shape)]
    arguments = init_kwargs if callable(init_kwargs) else lambda policy: dict(init_kwargs or {})
    name = layer_class.__name__

    def sample(rng: Any, batch: int, dtype: str) -> Any:
        arrays = [
            rng.integers(0, high, (batch, *s)).astype(dtype)
            if dtype.startswith(("int", "uint"))
            else rng.uniform(-2.0, 2.0, (batch, *s)).astype(dtype)
            for s in shapes
        ]
        return arrays if several else arrays[0]

    @settings(max_examples=-(-settings().max_examples // 4))  # each runs on every backend, captured and not
    @given(seed=st.integers(0, 2**32 - 1), batch=st.integers(1, 4))
    def run(seed: int, batch: int) -> None:
        x = sample(np.random.default_rng(seed), batch, input_dtype)
        before = [a.copy() for a in flatten(x)[0]]
        layer = layer_class(**arguments(None))
        out = _arrays(layer(x, training=False))
        for size in (batch, None):
            announced = layer.compute_output_shape([(size, *s) for s in shapes] if several else (size, *shapes[0]))
            expected = [(size, *o.shape[1:]) if size is None else o.shape for o in out]
            found = _shapes(announced)
            assert found == expected, f"{name}: compute_output_shape says {found}; the output has {expected}"
        for a, b in zip(flatten(x)[0], before, strict=True):
            assert np.array_equal(a, b), f"{name} changes its input"
        captured = _arrays(jit(lambda v: layer(v, training=False))(x))
        _near(f"{name}: captured and eager", captured, out)
        _round_trip(layer_class, layer, x, out)
        if deterministic:
            weights = layer.get_weights()
            eager = _arrays(layer(x, training=True))
            layer.set_weights(weights)
            _near(f"{name} in training: captured and eager", _arrays(jit(lambda v: layer(v, training=True))(x)), eager)
            layer.set_weights(weights)
        _backends(name, layer, x, out)

    run()
    floats = input_dtype.startswith("float")
    if floats:
        _policies(layer_class, arguments, sample(np.random.default_rng(1), 2, "float32"))
    if differentiable:
        _gradients(layer_class, arguments, sample(np.random.default_rng(2), 2, "float64" if floats else input_dtype))


def _arrays(out: Any) -> list[Any]:
    return [np.asarray(o.numpy()) for o in flatten(out)[0]]


def _shapes(tree: Any) -> list[Any]:
    if isinstance(tree, tuple) and all(s is None or isinstance(s, int) for s in tree):
        return [tree]
    return [s for part in (tree.values() if isinstance(tree, dict) else tree) for s in _shapes(part)]


def _near(what: str, found: list[Any], expected: list[Any], rtol: float = 1e-4, atol: float = 1e-5) -> None:
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=rtol, atol=atol, err_msg=f"{what} differ")


def _round_trip(layer_class: Any, layer: Any, x: Any, out: list[Any]) -> None:
    config = layer.get_config()
    again = layer_class.from_config(config)
    again(x, training=False)
    again.set_weights(layer.get_weights())
    _near(f"{layer_class.__name__}: the layer and the one made from its get_config and weights",
          _arrays(again(x, training=False)), out)  # fmt: skip
    assert again.get_config() == config, (
        f"{layer_class.__name__}: get_config of the copy is {again.get_config()}, was {config}"
    )
    paths = [v.path for v in layer.weights]
    assert len(set(paths)) == len(paths), f"{layer_class.__name__}: two weights have one path: {paths}"


def _policies(layer_class: Any, arguments: Callable[[str | None], dict[str, Any]], x: Any) -> None:
    for policy, compute in (("float32", "float32"), ("float64", "float64"), ("mixed_float16", "float16")):
        layer = layer_class(**{**arguments(policy), "dtype": policy})
        for out in flatten(layer(x, training=False))[0]:
            if out.dtype.is_floating:
                assert out.dtype == compute, f"{layer_class.__name__} of policy {policy} gives {out.dtype}"


def _gradients(layer_class: Any, arguments: Callable[[str | None], dict[str, Any]], x: Any) -> None:
    layer = layer_class(**{**arguments("float64"), "dtype": "float64"})
    layer(x, training=False)
    inputs, structure = flatten(x)
    from hornbeam.tree import unflatten

    def run(*values: Any) -> Any:
        return layer(unflatten(structure, values), training=False)

    check_gradients(run, *inputs, order=1)
    trainable = layer.trainable_weights
    if not trainable:
        return
    rng = np.random.default_rng(3)
    direction = [rng.normal(size=v.shape) for v in trainable]
    values = [v.numpy().copy() for v in trainable]

    def loss() -> Any:
        return sum(ops.sum(o * o) for o in flatten(layer(x, training=False))[0])

    def at(step: float) -> float:
        for v, value, d in zip(trainable, values, direction, strict=True):
            v.assign(value + step * d)
        return float(loss())

    found = grad(loss, variables=trainable)()
    backward = sum(float(np.sum(g.numpy() * d)) for g, d in zip(found, direction, strict=True))
    wide, narrow = (at(1e-3) - at(-1e-3)) / 2e-3, (at(5e-4) - at(-5e-4)) / 1e-3
    if abs(wide - narrow) <= 1e-4 * max(1.0, abs(narrow)):  # otherwise there is a kink between
        expected = (4 * narrow - wide) / 3
        assert abs(backward - expected) <= 1e-5 * max(1.0, abs(expected)), (
            f"{layer_class.__name__}: the gradient of the weights is {backward} along a random direction; finite "
            f"differences give {expected}"
        )


def _backends(name: str, layer: Any, x: Any, out: list[Any]) -> None:
    """Every engine that is installed and usable gives the same as the backend under test."""
    here = current_backend()
    for status in registry.backends():
        label = status.entry.component.name
        if status.reason or label in ("shapes", "reference", here.name):
            continue
        set_backend(label)
        try:
            found = _arrays(jit(lambda v: layer(v, training=False))(x))
        finally:
            set_backend(here)
        _near(f"{name}: backend {label} and {here.name}", found, out)
