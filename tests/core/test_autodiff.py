"""Differentiation against closed forms, finite differences, and itself captured."""

import math

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops


def test_every_order_of_sin():
    f = ops.sin
    for order in range(1, 5):
        f = hb.grad(f)
        expected = (math.cos, lambda x: -math.sin(x), lambda x: -math.cos(x), math.sin)[order - 1](0.7)
        assert float(f(hb.ops.asarray(0.7, dtype="float64"))) == pytest.approx(expected, abs=1e-12)


def test_the_sign_of_complex_numbers_turns_with_them():
    rng = np.random.default_rng(0)
    z, w, step = rng.normal(size=5) + 1j * rng.normal(size=5), rng.normal(size=5) + 1j * rng.normal(size=5), 1e-6

    def loss(z):
        return (w * (z / np.abs(z))).real.sum()

    along_real, along_imaginary = (
        [(loss(z + s * e) - loss(z - s * e)) / (2 * step) for e in np.eye(5)] for s in (step, 1j * step)
    )
    expected = np.array(along_real) - 1j * np.array(along_imaginary)
    gradient = hb.grad(lambda t: ops.sum(ops.real(w * ops.sign(t))))
    np.testing.assert_allclose(gradient(ops.asarray(z, dtype="complex128")).numpy(), expected, rtol=1e-7, atol=1e-9)
    assert hb.grad(lambda t: ops.real(ops.sum(ops.sign(t))))(ops.zeros((2,), "complex128")).tolist() == [0, 0]
    assert hb.grad(lambda t: ops.sum(t * ops.sign(t)))(ops.asarray([-3.0, 2.0])).tolist() == [-1, 1]


def test_nested_gradients_do_not_confuse_their_variables():
    # d/dx (x * d/dy (x + y)) = 1, the classic case of perturbation confusion
    assert float(hb.grad(lambda x: x * hb.grad(lambda y: x + y)(x))(2.0)) == 1.0


def test_jvp_is_the_directional_derivative():
    x, v = np.array([0.3, -1.2]), np.array([2.0, 0.5])
    out, tangent = hb.jvp(lambda t: ops.tanh(t) * ops.exp(t), (ops.asarray(x),), (ops.asarray(v),))
    np.testing.assert_allclose(out.numpy(), np.tanh(x) * np.exp(x))
    np.testing.assert_allclose(tangent.numpy(), ((1 - np.tanh(x) ** 2) * np.exp(x) + np.tanh(x) * np.exp(x)) * v)


def test_nested_containers():
    value, gradient = hb.value_and_grad(lambda p: ops.sum(p["w"] * p["w"]) + p["b"][0])(
        {"w": ops.ones((2,)), "b": (3.0,)}
    )
    assert float(value) == 5.0
    assert gradient["w"].numpy().tolist() == [2.0, 2.0]
    assert float(gradient["b"][0]) == 1.0


def test_custom_vjp_replaces_the_gradient_at_every_order():
    @hb.custom_vjp
    def square(x):
        return x * x

    square.defvjp(lambda x: (x * x, x), lambda x, ct: (10.0 * x * ct,))
    assert float(hb.grad(square)(3.0)) == 30.0
    assert float(hb.grad(hb.grad(square))(3.0)) == 10.0


def test_checkpoint_gives_the_same_gradient_and_follows_outer_tensors_and_variables():
    w, v = ops.asarray([0.5, -0.25]), hb.Variable([2.0, 3.0])

    def f(x, w):
        return ops.sum(hb.checkpoint(lambda t: ops.sin(t * w) * v)(x))

    def plain(x, w):
        return ops.sum(ops.sin(x * w) * v)

    x = ops.asarray([1.0, 2.0])
    for a, b in zip(hb.grad(f, (0, 1))(x, w), hb.grad(plain, (0, 1))(x, w), strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
    (by_variable,) = hb.grad(lambda: f(x, w), variables=[v])()
    np.testing.assert_allclose(by_variable.numpy(), np.sin(x.numpy() * w.numpy()), rtol=1e-6)


def test_no_grad_and_stop_gradient():
    assert float(hb.grad(lambda x: hb.stop_gradient(x) * x)(3.0)) == 3.0

    def f(x):
        with hb.no_grad():
            y = x * x
        return y * x

    assert float(hb.grad(f)(3.0)) == 9.0


def test_integers_and_non_scalars_are_refused():
    with pytest.raises(hb.DifferentiationError, match="dtype int32"):
        hb.grad(lambda x: x)(3)
    with pytest.raises(hb.DifferentiationError, match=r"returned shape \(2,\)"):
        hb.grad(lambda x: x)(ops.ones((2,)))


def test_a_tensor_changed_in_place_after_use_names_the_line():
    def f(x):
        y = x * 1.0
        z = y * y
        y.replace(ops.zeros_like(y))
        return ops.sum(z)

    with pytest.raises(hb.InPlaceError, match="test_autodiff.py"):
        hb.grad(f)(ops.ones((2,)))


def test_checkpoint_reads_states_as_they_were_and_changes_them_once():
    counter = hb.Variable(1.0)

    def f(x):
        counter.assign(counter + 1.0)
        return ops.sum(ops.sin(x * counter))

    x = ops.asarray([0.5, 2.0])
    for step in (2, 3):
        found = hb.grad(hb.checkpoint(f))(x)
        np.testing.assert_allclose(found.numpy(), step * np.cos(step * x.numpy()), rtol=1e-6)
        assert float(counter) == step
