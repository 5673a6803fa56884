"""Recurrent layers and their gradients as cuDNN's calls: weights are copied to its arrangement, and gradients out of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hornbeam.dtypes import as_dtype
from hornbeam.graph.ir import Node, Value
from hornbeam.graph.views import Layout
from hornbeam.primitive import Primitive, Spec

from hornbeam_cuda.library import Recurrent, Spaces
from hornbeam_cuda.library.recurrent import GATES
from hornbeam_cuda.lower.stage import Context, Library
from hornbeam_cuda.source.kernel import At

__all__ = ["GRADIENT", "LAYER", "lower_gradient", "lower_layer"]


def _layer_specs(x: Any, *rest: Any, call: Recurrent) -> tuple[Spec, ...]:
    time, batch, _, units = call.sizes
    return (Spec((time, batch, units), x.dtype), *[Spec((batch, units), x.dtype)] * call.states)


def _gradient_specs(x: Any, *rest: Any, call: Recurrent) -> tuple[Spec, ...]:
    _, batch, features, units = call.sizes
    weights = [Spec((features, call.columns), x.dtype), Spec((units, call.columns), x.dtype)]
    biases = [Spec((call.columns,), x.dtype)] * sum(call.biases)
    return (Spec(x.shape, x.dtype), *[Spec((batch, units), x.dtype)] * call.states, *weights, *biases)


# x, first states, kernel, recurrent kernel, biases -> the states after each step, and the last states
LAYER = Primitive("recurrent_layer", _layer_specs, multiple=True, registered=False)

# x, first states, y, dy, cotangents of the last states -> those of x, of the first states, and of all weights
GRADIENT = Primitive("recurrent_layer_grad", _gradient_specs, multiple=True, registered=False)


def lower_layer(node: Node, context: Context) -> bool:
    """Emit the copies of the weights and the call."""
    call: Recurrent = node.params["call"]
    spaces = context.spaces(call)
    x, *states = map(context.dense, node.inputs[: 1 + call.states])
    dtype = node.inputs[0].dtype
    weights = context.temporary((-(-spaces.weights // dtype.itemsize),), dtype)
    for value, places in zip(node.inputs[1 + call.states :], _weights(call, spaces, dtype.itemsize), strict=True):
        _pack(call, context.layout(value), value, weights, places, context)
    reads, writes = (x, *states, weights), node.outputs
    if call.training:
        reserve = context.temporary((spaces.reserve,), as_dtype("uint8"))
        context.reserves[node.outputs[0]] = weights, reserve
        writes = (*writes, reserve)
    context.emit(Library(call, tuple(map(At, (*reads, *writes))), reads, writes))
    return True


def lower_gradient(node: Node, context: Context) -> bool:
    """Emit both calls, and the copies of the gradients; those that nobody reads are left out of the plan."""
    data: Recurrent = node.params["call"]
    x, *states = map(context.dense, node.inputs[: 1 + data.states])
    y, dy, *last = map(context.dense, node.inputs[1 + data.states :])
    weights, reserve = context.reserves[y]
    found = node.outputs[: 1 + data.states]
    reads = (y, dy, *states, *last, weights)
    context.emit(Library(data, tuple(map(At, (*reads, *found, reserve))), (*reads, reserve), (*found, reserve)))

    call = _of_weights(data)
    spaces, size = context.spaces(call), x.dtype.itemsize
    made = context.temporary(weights.shape, weights.dtype)
    reads = (x, states[0], y)
    context.emit(Library(call, tuple(map(At, (*reads, made, reserve))), (*reads, reserve), (made,)))
    for value, places in zip(node.outputs[1 + data.states :], _weights(call, spaces, size), strict=True):
        _unpack(call, value, made, places, context)
    return True


def _of_weights(call: Recurrent) -> Recurrent:
    return Recurrent("weights", call.cell, call.dtype, call.sizes, call.biases, call.training, call.precision)


def _weights(call: Recurrent, spaces: Spaces, size: int) -> list[list[int]]:
    """Where the parts of each kernel and bias are, in elements: for each of cuDNN's gates."""
    count = len(GATES[call.cell])
    groups = [spaces.matrices[:count], spaces.matrices[count:]]
    groups += [spaces.biases[i * count : (i + 1) * count] for i in range(sum(call.biases))]
    return [[place // size for place in group] for group in groups]


def _pack(
    call: Recurrent, layout: Layout, value: Value, weights: Value, places: Sequence[int], context: Context
) -> None:
    """Copy a kernel (rows, columns), or a bias (columns,), to (units, rows) for each gate."""
    units, size = call.sizes[3], value.dtype.itemsize
    rows = value.shape[0] if len(value.shape) > 1 else 1
    along, across = (layout.strides[0] if len(value.shape) > 1 else 0), layout.strides[-1]
    for goal, source, count, step, by in _runs(list(zip(places, GATES[call.cell], strict=True))):
        seen = Layout(layout.base, layout.offset + source * units * across, (by * units * across, across, along))
        context.copied(seen, (count, units, rows), value.dtype, At(weights, goal * size), (step, rows, 1))


def _unpack(call: Recurrent, value: Value, made: Value, places: Sequence[int], context: Context) -> None:
    """The other way round."""
    units, size = call.sizes[3], value.dtype.itemsize
    rows = value.shape[0] if len(value.shape) > 1 else 1
    for goal, source, count, step, by in _runs(list(zip(GATES[call.cell], places, strict=True))):
        seen = Layout(made, source, (by, rows, 1))
        target = At(value, goal * units * size)
        context.copied(seen, (count, units, rows), value.dtype, target, (step * units, 1, call.columns))


def _runs(pairs: list[tuple[int, int]]) -> list[tuple[int, int, int, int, int]]:
    """Pairs (where to, where from) as runs: the first of both, how many, and the steps of both, that of the goals positive."""
    pairs = sorted(pairs)
    found = []
    while pairs:
        step, by, count = 1, 0, 1
        if len(pairs) > 1:
            step, by = pairs[1][0] - pairs[0][0], pairs[1][1] - pairs[0][1]
            while count < len(pairs) and pairs[count] == (pairs[0][0] + count * step, pairs[0][1] + count * by):
                count += 1
        found.append((*pairs[0], count, step, by))
        pairs = pairs[count:]
    return found
