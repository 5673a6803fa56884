"""Branches and loops: the same captured as eager, gradients of two orders, state, and errors that say what differs."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops

RNG = np.random.default_rng(7)
W = ops.asarray(RNG.normal(size=(3, 3)), dtype="float64")
XS = ops.asarray(RNG.normal(size=(5, 3)), dtype="float64")


def recurrent(w, xs, reverse=False):
    def step(state, x):
        h, count = state
        h = ops.tanh(ops.matmul(h, w) + x)
        return (h, count + 1), {"double": h * 2.0, "count": count}

    (h, count), ys = ops.scan(step, (ops.zeros((3,), dtype="float64"), 0), xs, reverse=reverse)
    return ops.sum(ys["double"] * ys["double"]) + ops.sum(h) * ops.cast(count, "float64")


def by_hand(w, xs, reverse=False):
    h, total = np.zeros(3), 0.0
    for x in xs[::-1] if reverse else xs:
        h = np.tanh(h @ w + x)
        total += np.sum((2 * h) ** 2)
    return total + h.sum() * len(xs)


def difference(f, x, direction, step=1e-6):
    return (f(x + step * direction) - f(x - step * direction)) / (2 * step)


@pytest.mark.parametrize("reverse", [False, True])
def test_scan_and_its_gradient_against_a_loop_by_hand(reverse):
    w, xs = W.numpy(), XS.numpy()
    value, (gw, gx) = hb.jit(hb.value_and_grad(lambda w, xs: recurrent(w, xs, reverse), (0, 1)))(W, XS)
    assert float(value) == pytest.approx(by_hand(w, xs, reverse), rel=1e-12)
    dw, dx = RNG.normal(size=w.shape), RNG.normal(size=xs.shape)
    assert np.sum(gw.numpy() * dw) == pytest.approx(difference(lambda v: by_hand(v, xs, reverse), w, dw), rel=1e-6)
    assert np.sum(gx.numpy() * dx) == pytest.approx(difference(lambda v: by_hand(w, v, reverse), xs, dx), rel=1e-6)


@pytest.mark.parametrize("reverse", [False, True])
def test_the_second_derivative_of_a_scan_captured_and_eager(reverse):
    def norm(w, xs):
        return ops.sum(hb.grad(lambda v: recurrent(v, xs, reverse))(w) ** 2)

    eager = hb.grad(norm, (0, 1))(W, XS)
    captured = hb.jit(hb.grad(norm, (0, 1)))(W, XS)
    for a, b in zip(eager, captured, strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-10)
    direction = RNG.normal(size=(3, 3))
    slope = difference(lambda v: float(norm(ops.asarray(v), XS)), W.numpy(), direction)
    assert np.sum(captured[0].numpy() * direction) == pytest.approx(slope, rel=1e-6)


def test_scan_keeps_nothing_that_does_not_change_between_rounds():
    graph = str(hb.capture(hb.grad(lambda w: recurrent(w, XS)), W))
    assert "float64[5,3,3]" not in graph  # neither the weights nor their transposes are stacked


def test_a_variable_is_read_in_the_body_and_gets_its_gradient():
    v = hb.Variable(np.array([0.5, -1.0, 2.0]), dtype="float64")

    def loss():
        return ops.sum(ops.scan(lambda h, x: (h * v + x, None), ops.zeros((3,), dtype="float64"), XS)[0])

    (eager,), (captured,) = hb.grad(loss, variables=[v])(), hb.jit(hb.grad(loss, variables=[v]))()
    np.testing.assert_allclose(captured.numpy(), eager.numpy(), rtol=1e-12)

    def assigns():
        return ops.scan(lambda h, x: (v.assign(x), h)[::-1], 0.0, XS)

    with pytest.raises(hb.CaptureError, match="assigned inside the body"):
        hb.jit(assigns)()


def test_a_scan_of_no_rounds_and_one_written_out():
    def f(xs):
        return ops.scan(lambda s, x: (s + x, (s, x * 2.0)), ops.ones((3,), dtype="float64"), xs)

    for run in (f, hb.jit(f)):
        carry, (a, b) = run(XS[:0])
        assert carry.numpy().tolist() == [1.0, 1.0, 1.0]
        assert a.shape == b.shape == (0, 3)
    graph = hb.capture(lambda xs: ops.scan(lambda s, x: (s + x, None), ops.zeros((3,), "float64"), xs, unroll=True), XS)
    assert "scan" not in str(graph)
    assert float(ops.scan(lambda s, _: (s * 2.0, None), 1.0, length=3)[0]) == 8.0


def test_scans_in_scans_and_loops_in_branches():
    def f(x):
        def row(total, r):
            inner, _ = ops.scan(lambda s, v: (s * 0.5 + ops.sin(v) * x, None), ops.sum(r) * 0.0, r)
            return total + ops.cond(inner > 0.0, lambda: inner * inner, lambda: -inner), None

        return ops.scan(row, x * 0.0, XS)[0]

    x = ops.asarray(0.7, dtype="float64")
    for order in (f, hb.grad(f), hb.grad(hb.grad(f))):
        assert float(hb.jit(order)(x)) == pytest.approx(float(order(x)), rel=1e-10)


def newton(x):
    return ops.while_loop(
        lambda y, i: ops.abs(y * y - x) > 1e-12, lambda y, i: (0.5 * (y + x / y), i + 1), (x, 0), maximum_iterations=30
    )[0]


def test_while_loop_newton_square_root_and_its_derivatives():
    x = ops.asarray(2.0, dtype="float64")
    for run in (newton, hb.jit(newton)):
        assert float(run(x)) == pytest.approx(np.sqrt(2.0), rel=1e-12)
    for run in (hb.grad(newton), hb.jit(hb.grad(newton))):
        assert float(run(x)) == pytest.approx(0.5 / np.sqrt(2.0), rel=1e-10)
    second = hb.jit(hb.grad(hb.grad(newton)))(x)
    assert float(second) == pytest.approx(float(hb.grad(hb.grad(newton))(x)), rel=1e-9)


def test_while_loop_keeps_containers_and_stops_at_the_maximum():
    for run in (lambda f: f(), lambda f: hb.jit(f)()):
        out = run(lambda: ops.while_loop(lambda i: i < 100, lambda i: i + 1, 0, maximum_iterations=7))
        assert int(out) == 7
        out = run(lambda: ops.while_loop(lambda i, d: i < 3, lambda i, d: [i + 1, {"k": d["k"] * 2}], [0, {"k": 1}]))
        assert isinstance(out, list)
        assert [int(out[0]), int(out[1]["k"])] == [3, 8]
        assert int(run(lambda: ops.while_loop(lambda i: i < 0, lambda i: i + 1, 5))) == 5  # no round at all


def test_an_unbounded_captured_loop_refuses_a_gradient_and_says_what_to_do():
    double = lambda x: ops.while_loop(lambda y: y < 4.0, lambda y: y * 2.0, x)  # noqa: E731
    assert float(hb.grad(double)(1.5)) == 4.0
    with pytest.raises(hb.DifferentiationError, match="maximum_iterations"):
        hb.jit(hb.grad(double))(ops.asarray(1.5))


def test_fori_loop_with_bounds_known_and_not():
    f = lambda x, n: ops.fori_loop(0, n, lambda i, v: v * x + ops.cast(i, "float64"), x)  # noqa: E731
    x = ops.asarray(1.3, dtype="float64")
    expected = 1.3
    for i in range(4):
        expected = expected * 1.3 + i
    assert float(hb.jit(lambda x: f(x, 4))(x)) == pytest.approx(expected)
    assert float(hb.jit(f)(x, ops.asarray(4))) == pytest.approx(expected)
    assert float(hb.jit(hb.grad(lambda x: f(x, 4)))(x)) == pytest.approx(float(hb.grad(lambda x: f(x, 4))(x)))


def test_switch_takes_the_nearest_branch_and_differentiates_it():
    branches = [lambda x: x * x, lambda x: ops.sin(x), lambda x: x * 0.0 + 1.0]
    f = lambda i, x: ops.switch(i, branches, x)  # noqa: E731
    x = ops.asarray(0.7, dtype="float64")
    values, slopes = [0.49, np.sin(0.7), 1.0], [1.4, np.cos(0.7), 0.0]
    for index, branch in ((-3, 0), (0, 0), (1, 1), (2, 2), (9, 2)):
        i = ops.asarray(index)
        assert float(hb.jit(f)(i, x)) == pytest.approx(values[branch])
        assert float(hb.jit(hb.grad(f, 1))(i, x)) == pytest.approx(slopes[branch])


def test_cond_on_a_value_that_is_not_known_runs_one_branch_only():
    f = hb.jit(lambda x: ops.cond(ops.sum(x) > 0.0, lambda: x[ops.asarray([0, 1])], lambda: x[ops.asarray([2, 2])]))
    assert f(ops.asarray([1.0, 2.0, 3.0])).numpy().tolist() == [1.0, 2.0]
    assert f(ops.asarray([-1.0, -2.0, -3.0])).numpy().tolist() == [-3.0, -3.0]


def test_map_and_associative_scan():
    rows = RNG.normal(size=(6, 2, 2))
    squares = hb.jit(lambda x: ops.map(lambda m: ops.matmul(m, m), x))(ops.asarray(rows))
    np.testing.assert_allclose(squares.numpy(), rows @ rows, rtol=1e-12)
    products, total = [], np.eye(2)
    for m in rows:
        total = total @ m
        products.append(total)
    found = ops.associative_scan(lambda a, b: ops.matmul(a, b), ops.asarray(rows))
    np.testing.assert_allclose(found.numpy(), products, rtol=1e-10)
    back = ops.associative_scan(lambda a, b: {"x": a["x"] + b["x"]}, {"x": ops.asarray(rows)}, reverse=True, axis=1)[
        "x"
    ]
    np.testing.assert_allclose(back.numpy(), np.cumsum(rows[:, ::-1], axis=1)[:, ::-1], rtol=1e-12)


@pytest.mark.parametrize("wrap", [lambda f: f, hb.jit], ids=["eager", "captured"])
@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: ops.scan(lambda s, r: (x, None), 0.0, x), hb.ShapeError, r"the body returned shape \(5, 3\)"),
        (lambda x: ops.scan(lambda s, r: (s > 0.0, None), 0.0, x), hb.DTypeError, "the body returned dtype bool"),
        (lambda x: ops.scan(lambda s, r: s, 0.0, x), hb.InvalidArgumentError, "must return"),
        (lambda x: ops.scan(lambda s, r: (s, None), 0.0), hb.InvalidArgumentError, "length"),
        (lambda x: ops.scan(lambda s, r: (s, None), 0.0, x, length=4), hb.ShapeError, "disagree"),
        (lambda x: ops.while_loop(lambda s: x > 0, lambda s: s, 0.0), hb.DTypeError, "one bool"),
        (lambda x: ops.while_loop(lambda s: s < 1.0, lambda s: (s, s), 0.0), hb.InvalidArgumentError, "structure"),
        (lambda x: ops.cond(x, lambda: 1, lambda: 2), hb.DTypeError, "one bool"),
    ],
)
def test_errors_say_what_was_returned_and_what_was_expected(wrap, call, error, message):
    with pytest.raises(error, match=message):
        wrap(call)(XS)


def test_branches_that_differ_are_refused_when_captured():
    x = ops.asarray(1.0)
    with pytest.raises(hb.ShapeError, match="branch_1 returned shape"):
        hb.jit(lambda x: ops.cond(x > 0.0, lambda: ops.zeros((2,)), lambda: ops.zeros((3,))))(x)
    with pytest.raises(hb.InvalidArgumentError, match="structure"):
        hb.jit(lambda x: ops.cond(x > 0.0, lambda: (x, x), lambda: x))(x)
