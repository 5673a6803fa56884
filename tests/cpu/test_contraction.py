"""Products of matrices on the CPU engine, against NumPy in float64."""

import numpy as np
import pytest
from hornbeam.ops.contraction import dot_general_p
from hornbeam_cpu.executable import CpuExecutable
from hypothesis import given
from hypothesis import strategies as st

from tests.cpu.harness import CPU, LEVELS, View, captured, check_primitive, plain, views

SIZES = st.sampled_from((1, 2, 3, 5, 7, 8, 13, 14, 15, 16, 17, 31, 32, 33, 47, 65))


@st.composite
def products(draw):
    """Shapes, axes and views of any product: axes that are batched, contracted and free, in any order."""
    names = [draw(st.lists(SIZES, max_size=2)) for _ in range(4)]
    batch, contracted, left, right = (
        [f"{kind}{i}" for i in range(len(s))] for kind, s in zip("bkmn", names, strict=True)
    )
    size = {f"{kind}{i}": n for kind, s in zip("bkmn", names, strict=True) for i, n in enumerate(s)}
    for name in batch[1:] + contracted[1:] + left[1:] + right[1:]:
        size[name] = min(size[name], 5)
    x, y = draw(st.permutations(batch + contracted + left)), draw(st.permutations(batch + contracted + right))
    axes = {
        "contracting": (tuple(x.index(a) for a in contracted), tuple(y.index(a) for a in contracted)),
        "batch": (tuple(x.index(a) for a in batch), tuple(y.index(a) for a in batch)),
    }
    shapes = [tuple(size[a] for a in x), tuple(size[a] for a in y)]
    return shapes, [draw(views(len(s))) for s in shapes], axes


@given(products(), st.sampled_from(("float32", "float64")), st.sampled_from(LEVELS))
def test_any_product(product, dtype, level):
    shapes, seen, axes = product
    check_primitive(dot_general_p, shapes, seen, dtype, level, **axes)


MATRIX = {"contracting": ((1,), (0,)), "batch": ((), ())}
TURNED = View((1, 0), (1, 1), (), ())


@given(
    SIZES, SIZES, st.sampled_from((1, 2, 639, 640, 641, 1300)), st.booleans(), st.booleans(), st.sampled_from(LEVELS)
)
def test_edges_of_tiles_and_blocks(m, n, k, left, right, level):
    seen = [TURNED if left else plain(2), TURNED if right else plain(2)]
    check_primitive(dot_general_p, [(m, k), (k, n)], seen, level=level, **MATRIX)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("m", "k", "n"),
    [
        (300, 700, 200),
        (1, 3000, 1000),
        (1000, 1, 1000),
        (2000, 3, 1),
        (1, 1, 1),
        (3, 20000, 5),
        (64, 9001, 33),
        (10, 784, 512),
    ],
)
def test_large_and_long_ones(m, k, n, dtype):
    for left in (plain(2), TURNED):
        for right in (plain(2), TURNED):
            check_primitive(dot_general_p, [(m, k), (k, n)], [left, right], dtype, **MATRIX)


@pytest.mark.parametrize("transposed", [False, True])
def test_heads_of_attention(transposed):
    shapes = [(4, 50, 3, 16), (4, 60, 3, 16)] if transposed else [(4, 50, 3, 60), (4, 60, 3, 16)]
    contracting = ((3,), (3,)) if transposed else ((3,), (1,))
    check_primitive(dot_general_p, shapes, contracting=contracting, batch=((0, 2), (0, 2)))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_no_number_stays_in_its_row(bad):
    x, y = np.ones((37, 20), "float32"), np.ones((20, 33), "float32")
    x[5, 7] = bad
    graph = captured(dot_general_p, [x.shape, y.shape], [plain(2), plain(2)], "float32", **MATRIX)
    np.testing.assert_array_equal(CpuExecutable(graph, CPU)([x, y])[0], x @ y)
