"""What is copied where when tensors are put together: carried out on flat memory, it is what NumPy gives."""

import numpy as np
from hornbeam import dtypes
from hornbeam.graph.copies import COPIES, copies
from hornbeam.graph.ir import Node, Value
from hornbeam.graph.views import Layout, contiguous
from hornbeam.primitive import primitives
from hypothesis import given
from hypothesis import strategies as st


def _concatenated(draw, shape):
    axis = draw(st.integers(0, len(shape) - 1))
    sizes = draw(st.lists(st.integers(0, 3), min_size=1, max_size=3))
    shapes = [(*shape[:axis], n, *shape[axis + 1 :]) for n in sizes]
    return shapes, {"axis": axis}, lambda *arrays: np.concatenate(arrays, axis)


def _padded(draw, shape):
    interior = draw(st.tuples(*(st.integers(0, 2) for _ in shape)))
    spread = [n + max(0, n - 1) * i for n, i in zip(shape, interior, strict=True)]
    pairs = [(low, draw(st.integers(-(n + low), 3))) for n in spread for low in (draw(st.integers(-n, 3)),)]
    low, high = (tuple(pair[i] for pair in pairs) for i in (0, 1))

    def made(x, fill):
        wide = np.full(spread, fill)
        wide[tuple(slice(None, None, i + 1) for i in interior)] = x
        wide = np.pad(wide, [(max(0, a), max(0, b)) for a, b in pairs], constant_values=fill)
        return wide[tuple(slice(max(0, -a), n - max(0, -b)) for n, (a, b) in zip(wide.shape, pairs, strict=True))]

    return [shape, ()], {"low": low, "high": high, "interior": interior}, made


def _updated(draw, shape):
    start = draw(st.tuples(*(st.integers(0, n) for n in shape)))
    strides = draw(st.tuples(*(st.integers(1, 2) for _ in shape)))
    where = tuple(slice(a, n, by) for a, n, by in zip(start, shape, strides, strict=True))

    def made(x, updates):
        found = x.copy()
        found[where] = updates
        return found

    return [shape, np.empty(shape)[where].shape], {"start": start, "strides": strides}, made


MADE = {"concatenate": _concatenated, "pad": _padded, "update_slice": _updated}


def _somewhere(draw, shape, memory):
    """A place in the memory: axes in some order, with a gap before."""
    order = draw(st.permutations(range(len(shape))))
    dense = contiguous(tuple(shape[a] for a in order))
    strides = tuple(dense[order.index(a)] for a in range(len(shape)))
    begin = len(memory) + draw(st.integers(0, 3))
    memory += [-1.0] * (begin - len(memory) + int(np.prod(shape)))
    return begin, strides


def _seen(memory, begin, shape, strides):
    return np.lib.stride_tricks.as_strided(memory[begin:], shape, [8 * by for by in strides])


@given(st.sampled_from(sorted(MADE)), st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple), st.data())
def test_they_make_what_numpy_makes(name, shape, data):
    shapes, params, expected = MADE[name](data.draw, shape)
    assert set(MADE) == COPIES
    base, cells, layouts = Value((), dtypes.float64), [], {}
    values = [Value(s, dtypes.float64) for s in shapes]
    out = Value(primitives()[name].infer(*values, **params).shape, dtypes.float64)
    for value in (*values, out):
        layouts[value] = Layout(base, *_somewhere(data.draw, value.shape, cells))
    memory = np.arange(len(cells) + 64.0)
    arrays = [_seen(memory, *_flat(layouts[v], v.shape)).copy() for v in values]
    node = Node(primitives()[name], tuple(values), params, (out,))
    for source, size, goal in copies(node, layouts.__getitem__):
        _seen(memory, goal.offset, size, goal.strides)[...] = _seen(memory, source.offset, size, source.strides)
    if out.size:
        np.testing.assert_array_equal(_seen(memory, *_flat(layouts[out], out.shape)), expected(*arrays))


def _flat(layout, shape):
    return layout.offset, shape, layout.strides


def test_what_is_in_its_place_is_not_copied():
    first, second, out = (Value((n, 2), dtypes.float32) for n in (1, 2, 3))
    node = Node(primitives()["concatenate"], (first, second), {"axis": 0}, (out,))
    layouts = {first: Layout(first, 0, (2, 1)), second: Layout(out, 2, (2, 1)), out: Layout(out, 0, (2, 1))}
    assert [copy.source.base for copy in copies(node, layouts.__getitem__)] == [first]
