"""Recurrent layers by cuDNN's equations, step by step in double precision, from weights in an arrangement of the emulator's own.

With W the weights of the inputs, R those of the state, b and d the biases beside them, and s the logistic function:
LSTM: i = s(Wi x + bi + Ri h + di), f and o likewise, g = tanh(Wg x + bg + Rg h + dg), c = f c + i g, h = o tanh(c).
GRU: r = s(Wr x + br + Rr h + dr), u likewise, n = tanh(Wn x + bn + r (Rn h + dn)), h = (1 - u) n + u h.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hornbeam_cuda.library import Recurrent, Spaces

from tests.cuda.emulator.memory import Host, seen

__all__ = ["run", "spaces"]

COUNTS = {"lstm": 4, "gru": 3, "tanh": 1, "relu": 1}  # gates: i, f, g, o; r, u, n
SIZES = {"float16": 2, "bfloat16": 2, "float32": 4, "float64": 8}
KEPT = {
    "lstm": 5,
    "gru": 4,
    "tanh": 1,
    "relu": 1,
}  # arrays (time, batch, units) of the forward call; as many or fewer of "data"
GAP = 24  # elements between the parts of the weights


def spaces(call: Recurrent) -> Spaces:
    """Biases first, then matrices, from the last gate to the first, with gaps in between."""
    _, batch, features, units = call.sizes
    count, size = COUNTS[call.cell], SIZES[call.dtype]
    end = GAP
    biases: list[int] = []
    for _ in range(count * sum(call.biases)):
        biases.append(end * size)
        end += units + GAP
    matrices: list[int] = []
    for rows in (units, features):
        for _ in range(count):
            matrices.append(end * size)
            end += units * rows + GAP
    reserve = 8 * 2 * KEPT[call.cell] * call.sizes[0] * batch * units if call.training else 0
    return Spaces(end * size, reserve, tuple(matrices[::-1]), tuple(biases[::-1]))


def _parts(call: Recurrent, address: int) -> tuple[list[list[Host]], list[list[Host]]]:
    """The matrices of inputs and state, and the biases of both (None where there is none), as views of the weights."""
    places, count = spaces(call), COUNTS[call.cell]
    _, _, features, units = call.sizes
    matrices = [
        [seen(address + at, (units, rows), call.dtype) for at in places.matrices[side * count : (side + 1) * count]]
        for side, rows in enumerate((features, units))
    ]
    left = [seen(address + at, (units,), call.dtype) for at in places.biases]
    biases: list[list[Host]] = []
    for there in call.biases:
        biases.append(left[:count] if there else [])
        left = left[count:] if there else left
    return matrices, biases


def _wide(parts: list[Host], columns: int) -> Host:
    return np.concatenate([p.astype(np.float64) for p in parts]) if parts else np.zeros(columns)


def _logistic(x: Host) -> Host:
    return 1 / (1 + np.exp(-x))


def _rooms(call: Recurrent, address: int) -> tuple[list[Host], list[Host]]:
    """The reserve: what the forward call keeps, and what "data" leaves for "weights"."""
    time, batch, _, units = call.sizes
    count = KEPT[call.cell]
    whole = seen(address, (2 * count, time, batch, units), "float64")
    return list(whole[:count]), list(whole[count:])


def run(call: Recurrent, addresses: Sequence[int]) -> None:
    """Compute a call on the arrays at the addresses."""
    {"forward": _forward, "data": _data, "weights": _of_weights}[call.direction](call, list(addresses))


def _forward(call: Recurrent, at: list[int]) -> None:
    time, batch, features, units = call.sizes
    x = seen(at.pop(0), (time, batch, features), call.dtype).astype(np.float64)
    h, *c = (seen(at.pop(0), (batch, units), call.dtype).astype(np.float64) for _ in range(call.states))
    matrices, biases = _parts(call, at.pop(0))
    y = seen(at.pop(0), (time, batch, units), call.dtype)
    last = [seen(at.pop(0), (batch, units), call.dtype) for _ in range(call.states)]
    kept = _rooms(call, at.pop(0))[0] if call.training else None
    assert not at, "more addresses than the call has arrays"
    (w, r), (b, d) = ([_wide(p, call.columns) for p in group] for group in (matrices, biases))
    for t in range(time):
        given, inner = x[t] @ w.T + b, h @ r.T + d
        if call.cell == "gru":
            gr, gu, gn = np.split(given, 3, 1)
            ir, iu, m = np.split(inner, 3, 1)
            reset, update = _logistic(gr + ir), _logistic(gu + iu)
            n = np.tanh(gn + reset * m)
            h = (1 - update) * n + update * h
            found = [reset, update, n, m]
        elif call.cell == "lstm":
            i, f, g, o = np.split(given + inner, 4, 1)
            i, f, g, o = _logistic(i), _logistic(f), np.tanh(g), _logistic(o)
            c = [f * c[0] + i * g]
            h = o * np.tanh(c[0])
            found = [i, f, g, o, c[0]]
        else:
            h = np.tanh(given + inner) if call.cell == "tanh" else np.maximum(given + inner, 0)
            found = [h]
        y[t] = h
        for room, value in zip(kept or [], found, strict=bool(kept)):
            room[t] = value
    for goal, value in zip(last, [h, *c], strict=True):
        goal[...] = value


def _data(call: Recurrent, at: list[int]) -> None:
    time, batch, features, units = call.sizes
    y, dy = (seen(at.pop(0), (time, batch, units), call.dtype).astype(np.float64) for _ in range(2))
    h0, *c0 = (seen(at.pop(0), (batch, units), call.dtype).astype(np.float64) for _ in range(call.states))
    dh, *dc = (seen(at.pop(0), (batch, units), call.dtype).astype(np.float64) for _ in range(call.states))
    matrices, _ = _parts(call, at.pop(0))
    dx = seen(at.pop(0), (time, batch, features), call.dtype)
    first = [seen(at.pop(0), (batch, units), call.dtype) for _ in range(call.states)]
    kept, left = _rooms(call, at.pop(0))
    assert not at, "more addresses than the call has arrays"
    w, r = (_wide(p, 0) for p in matrices)
    for t in reversed(range(time)):
        before = y[t - 1] if t else h0
        dh = dh + dy[t]
        if call.cell == "gru":
            reset, update, n, m = (room[t] for room in kept)
            dn = dh * (1 - update) * (1 - n * n)
            du = dh * (before - n) * update * (1 - update)
            dr = dn * m * reset * (1 - reset)
            given, inner = [dr, du, dn], [dr, du, dn * reset]
            direct = dh * update
        elif call.cell == "lstm":
            i, f, g, o, c = (room[t] for room in kept)
            old = kept[4][t - 1] if t else c0[0]
            a = np.tanh(c)
            of_c = dc[0] + dh * o * (1 - a * a)
            given = [of_c * g * i * (1 - i), of_c * old * f * (1 - f), of_c * i * (1 - g * g), dh * a * o * (1 - o)]
            inner, direct = given, 0.0
            dc = [of_c * f]
        else:
            given = inner = [dh * (1 - kept[0][t] ** 2) if call.cell == "tanh" else dh * (kept[0][t] > 0)]
            direct = 0.0
        for room, value in zip(left, [*given, *(inner[-1:] if call.cell == "gru" else [])], strict=False):
            room[t] = value
        dx[t] = np.concatenate(given, 1) @ w
        dh = direct + np.concatenate(inner, 1) @ r
    for goal, value in zip(first, [dh, *dc], strict=True):
        goal[...] = value


def _of_weights(call: Recurrent, at: list[int]) -> None:
    time, batch, features, units = call.sizes
    x = seen(at.pop(0), (time, batch, features), call.dtype).astype(np.float64)
    h0 = seen(at.pop(0), (batch, units), call.dtype).astype(np.float64)
    y = seen(at.pop(0), (time, batch, units), call.dtype).astype(np.float64)
    matrices, biases = _parts(call, at.pop(0))
    _, left = _rooms(call, at.pop(0))
    assert not at, "more addresses than the call has arrays"
    given = left[: COUNTS[call.cell]]
    inner = [*given[:2], left[3]] if call.cell == "gru" else given
    before = np.concatenate([h0[None], y[:-1]])
    for side, (seen_by, cotangents) in enumerate(((x, given), (before, inner))):
        for goal, dz in zip(matrices[side], cotangents, strict=True):
            goal[...] = np.einsum("tbu,tbf->uf", dz, seen_by)
        for goal, dz in zip(biases[side], cotangents, strict=bool(biases[side])):
            goal[...] = dz.sum((0, 1))
