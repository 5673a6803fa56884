"""The recurrent composites against plain loops in NumPy, written from the papers' formulas."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.composites.recurrent import SUPPORTED, gru, lstm, simple_rnn
from hornbeam.errors import InvalidArgumentError
from hornbeam.testing import check_gradients
from hypothesis import given
from hypothesis import strategies as st

PLAIN = {
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "relu": lambda x: np.maximum(x, 0),
    "linear": lambda x: x,
    "hard_sigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "elu": lambda x: np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1),
}
shapes = st.tuples(st.integers(0, 4), st.integers(1, 3), st.integers(1, 3))  # time, batch, units
names = st.sampled_from(SUPPORTED)


def arrays(seed, shape, blocks):
    rng = np.random.default_rng(seed)
    time, n, u = shape
    made = {
        "z": rng.normal(size=(time, n, blocks * u)),
        "recurrent": rng.normal(size=(u, blocks * u)) * 0.5,
        "h0": rng.normal(size=(n, u)),
        "c0": rng.normal(size=(n, u)),
    }
    return made, rng.random((time, n)) < 0.6, rng.normal(size=(n, u)), rng.normal(size=(3 * u,))


def walk(step, states, mask, time, reverse):
    """Each step's states, and the last ones; a masked step keeps those before it."""
    rows = [None] * time
    for t in reversed(range(time)) if reverse else range(time):
        new = step(t, *states)
        states = [np.where(mask[t][:, None], a, b) for a, b in zip(new, states, strict=True)]
        rows[t] = states
    return [
        np.stack([row[i] for row in rows]) if time else np.zeros((0, *states[i].shape)) for i in range(len(states))
    ], states


@given(seed=st.integers(0, 1000), shape=shapes, act=names, gate=names, reverse=st.booleans())
def test_lstm_is_the_formula(seed, shape, act, gate, reverse):
    made, mask, rmask, _ = arrays(seed, shape, 4)

    def step(t, h, c):
        i, f, g, o = np.split(made["z"][t] + (h * rmask) @ made["recurrent"], 4, axis=1)
        c = PLAIN[gate](f) * c + PLAIN[gate](i) * PLAIN[act](g)
        return PLAIN[gate](o) * PLAIN[act](c), c

    expected, last = walk(step, [made["h0"], made["c0"]], mask, shape[0], reverse)
    found = lstm(**made, mask=mask, recurrent_mask=rmask, activation=act, recurrent_activation=gate, reverse=reverse)
    assert found[2].shape == made["z"].shape
    for one, other in zip((*found[:2], *found[3:]), (*expected, *last), strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(one.numpy(), other, rtol=1e-9)


@given(seed=st.integers(0, 1000), shape=shapes, act=names, gate=names, reverse=st.booleans(), after=st.booleans())
def test_gru_is_the_formula(seed, shape, act, gate, reverse, after):
    made, mask, rmask, bias = arrays(seed, shape, 3)
    del made["c0"]
    units = shape[2]

    def step(t, h):
        z_u, z_r, z_n = np.split(made["z"][t], 3, axis=1)
        seen, weights = h * rmask, np.split(made["recurrent"], 3, axis=1)
        b_u, b_r, b_n = np.split(bias, 3) if after else (0, 0, 0)
        u = PLAIN[gate](z_u + seen @ weights[0] + b_u)
        r = PLAIN[gate](z_r + seen @ weights[1] + b_r)
        n = PLAIN[act](z_n + (r * (seen @ weights[2] + b_n) if after else (r * seen) @ weights[2]))
        return (u * h + (1 - u) * n,)

    (expected,), (final,) = walk(step, [made["h0"]], mask, shape[0], reverse)
    how = {"recurrent_bias": bias if after else None, "reset_after": after, "reverse": reverse}
    h, gates, last = gru(**made, mask=mask, recurrent_mask=rmask, activation=act, recurrent_activation=gate, **how)
    assert gates.shape == (*shape[:2], (4 if after else 3) * units)
    assert h.shape == shape
    np.testing.assert_allclose(h.numpy(), expected, rtol=1e-9)
    np.testing.assert_allclose(last.numpy(), final, rtol=1e-9)


@given(seed=st.integers(0, 1000), shape=shapes, act=names, reverse=st.booleans())
def test_simple_rnn_is_the_formula(seed, shape, act, reverse):
    made, mask, rmask, _ = arrays(seed, shape, 1)
    del made["c0"]

    def step(t, h):
        return (PLAIN[act](made["z"][t] + (h * rmask) @ made["recurrent"]),)

    (expected,), (final,) = walk(step, [made["h0"]], mask, shape[0], reverse)
    h, last = simple_rnn(**made, mask=mask, recurrent_mask=rmask, activation=act, reverse=reverse)
    assert h.shape == shape
    np.testing.assert_allclose(h.numpy(), expected, rtol=1e-9)
    np.testing.assert_allclose(last.numpy(), final, rtol=1e-9)


@pytest.mark.parametrize("name", SUPPORTED)
def test_gradients_of_every_activation(name):
    made, mask, _, _ = arrays(0, (2, 3, 2), 4)
    run = hb.jit(lambda *a: lstm(*a, mask=mask, activation=name, recurrent_activation=name)[::3])
    assert check_gradients(run, *made.values())
    gated, mask, _, bias = arrays(1, (2, 3, 2), 3)
    del gated["c0"]
    run = hb.jit(lambda *a: gru(*a, mask=mask, activation=name, recurrent_activation=name)[::2])
    assert check_gradients(run, *gated.values(), bias[:6])
    plain, mask, _, _ = arrays(2, (2, 3, 2), 1)
    run = hb.jit(lambda *a: simple_rnn(*a, mask=mask, activation=name))
    assert check_gradients(run, *list(plain.values())[:3])


def test_unsupported_activation():
    made, *_ = arrays(0, (2, 3, 2), 4)
    with pytest.raises(InvalidArgumentError, match=r"takes activations out of tanh, .*got 'gelu'"):
        lstm(**made, activation="gelu")


@pytest.mark.parametrize(("chosen", "given"), [(0, "dh"), (3, "dlast_h"), (4, "dlast_c")])
def test_results_that_are_not_used_need_no_cotangent(chosen, given):
    """What a result without a cotangent would add is not computed with zeros."""
    made, *_ = arrays(0, (2, 3, 2), 4)
    graph = hb.capture(hb.grad(lambda z: hb.ops.sum(lstm(z, *list(made.values())[1:])[chosen])), made["z"])
    (node,) = [n for n in graph.nodes if n.primitive.name == "lstm_grad"]
    assert node.params["extra"] == (given,)
