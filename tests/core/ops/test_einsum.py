"""einsum against NumPy over random subscripts; gradients against finite differences."""

import math

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hornbeam.interpreters.capture import capture_specs
from hornbeam.ops.einstein import _order
from hornbeam.primitive import Spec
from hornbeam.testing.gradients import check_gradients
from hypothesis import given
from hypothesis import strategies as st


@st.composite
def problems(draw, operands=4):
    """Subscripts and operands: repeated letters, axes of size 1 that broadcast, ellipses, with an arrow and without."""
    letters = "abcB"
    sizes = {name: draw(st.integers(0, 3)) for name in letters}
    dots = draw(st.lists(st.integers(0, 2), max_size=2))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    terms, arrays = [], []
    for _ in range(draw(st.integers(1, operands))):
        names = draw(st.lists(st.sampled_from(letters), max_size=3))
        single = {name for name in names if names.count(name) == 1 and draw(st.integers(0, 4)) == 0}
        shape = [1 if name in single else sizes[name] for name in names]
        if dots and draw(st.booleans()):
            at, count = draw(st.integers(0, len(names))), draw(st.integers(0, len(dots)))
            shape[at:at] = [draw(st.sampled_from([1, size])) for size in dots[len(dots) - count :]]
            names.insert(at, "...")
        terms.append("".join(names))
        arrays.append(rng.integers(-3, 4, shape))
    subscripts = ",".join(terms)
    if draw(st.booleans()):
        used = draw(st.permutations(sorted({c for c in subscripts if c.isalpha()})))
        out = list(used[: draw(st.integers(0, len(used)))])
        if "..." in subscripts:
            out.insert(draw(st.integers(0, len(out))), "...")
        subscripts += "->" + "".join(out)
    return subscripts, arrays


def as_lists(subscripts, arrays):
    """The same problem in the form of lists."""

    def numbers(term):
        whole = term.replace("...", ".")
        return [Ellipsis if c == "." else sorted("abcB").index(c) for c in whole]

    left, arrow, right = subscripts.partition("->")
    pairs = [part for x, term in zip(arrays, left.split(","), strict=True) for part in (x, numbers(term))]
    return [*pairs, numbers(right)] if arrow else pairs


def spaced(subscripts):
    return subscripts.replace(",", " , ").replace("->", " -> ")


@given(problem=problems())
def test_same_as_numpy(problem):
    subscripts, arrays = problem
    expected = np.einsum(subscripts, *arrays)
    found = ops.einsum(spaced(subscripts), *arrays)
    assert found.dtype == "int64"
    np.testing.assert_array_equal(found.numpy(), expected)
    np.testing.assert_array_equal(ops.einsum(*as_lists(subscripts, arrays)).numpy(), expected)
    np.testing.assert_array_equal(hb.jit(lambda *xs: ops.einsum(subscripts, *xs))(*arrays).numpy(), expected)
    flags = [x > 0 for x in arrays]
    counts = np.einsum(subscripts, *(f.astype(int) for f in flags))
    np.testing.assert_array_equal(ops.einsum(subscripts, *flags).numpy(), counts > 0)


@given(problem=problems(operands=3))
def test_gradients(problem):
    subscripts, arrays = problem
    floats = [x + 0.5 for x in arrays]
    assert check_gradients(lambda *xs: ops.einsum(subscripts, *xs), *floats) == 3


def test_complex_numbers_are_not_conjugated():
    x = np.array([[1 + 2j, 3j], [2, 1 - 1j]])
    np.testing.assert_allclose(ops.einsum("ij,kj->ik", x, x).numpy(), x @ x.T)


@pytest.mark.parametrize("count", [3, 5, 9])
def test_chains_are_multiplied_in_the_cheapest_order(count):
    """Against the textbook's dynamic programme for chains of matrices (Cormen et al., section 15.2)."""
    rng = np.random.default_rng(count)
    sizes = rng.integers(1, 50, count + 1).tolist() if count < 9 else [2**k for k in range(10)]
    terms = tuple((i, i + 1) for i in range(count))
    best = [[0] * count for _ in range(count)]
    for length in range(1, count):
        for i in range(count - length):
            j = i + length
            ways = (best[i][k] + best[k + 1][j] + sizes[i] * sizes[k + 1] * sizes[j + 1] for k in range(i, j))
            best[i][j] = min(ways)
    groups, total = [{i} for i in range(count)], 0
    for i, j in _order(terms, (0, count), tuple(enumerate(sizes))):
        a, b = groups[i], groups[j]
        groups = [g for k, g in enumerate(groups) if k not in (i, j)] + [a | b]
        ends = {min(a), max(a) + 1, min(b), max(b) + 1}
        total += math.prod(sizes[e] for e in ends)
    assert total == best[0][count - 1]


def test_a_product_of_matrices_is_one_primitive():
    spec = Spec((3, 4), hb.float32)
    graph = capture_specs(lambda x, y: ops.einsum("ij,kj->ik", x, y), [spec, spec], {})
    assert [n.primitive.name for n in graph.nodes] == ["dot_general"]


@pytest.mark.parametrize(
    "arguments, error, message",
    [
        (("ij,jk", np.ones((2, 2))), hb.InvalidArgumentError, "2 terms, but 1 operands"),
        (("ij->ii", np.ones((2, 2))), hb.InvalidArgumentError, "each once"),
        (("ij->k", np.ones((2, 2))), hb.InvalidArgumentError, "'k' must name axes of the operands .'ij'"),
        (("i1", np.ones((2, 2))), hb.InvalidArgumentError, "cannot be read"),
        (("i......", np.ones((2, 2))), hb.InvalidArgumentError, "cannot be read"),
        (("i", np.ones((2, 2))), hb.InvalidArgumentError, "operand 0 has 2 axes, but its term is 'i'"),
        (("...i->i", np.ones((2, 2))), hb.InvalidArgumentError, "lacks '...'"),
        (("ij,jk", np.ones((2, 2)), np.ones((3, 2))), hb.ShapeError, "axis 'j' has size 2 in one operand and 3"),
        (("ii", np.ones((2, 3))), hb.ShapeError, "of one size"),
        ((np.ones(2), ["i"]), hb.InvalidArgumentError, "integers and Ellipsis"),
        ((np.ones((2, 2)), [0]), hb.InvalidArgumentError, r"its term is \[0\]"),
        (("",), hb.InvalidArgumentError, "1 terms, but 0 operands"),
    ],
)
def test_errors(arguments, error, message):
    with pytest.raises(error, match=message):
        ops.einsum(*arguments)
