"""Random graphs, with which every engine is compared with the reference backend that runs them node by node."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from hornbeam.autodiff import grad
from hornbeam.backends.base import Backend, make_backend, using_backend
from hornbeam.dtypes import as_dtype
from hornbeam.graph.check import check
from hornbeam.graph.ir import Graph, Value
from hornbeam.graph.run import replay
from hornbeam.interpret import running
from hornbeam.interpreters.capture import Capture, capture_specs
from hornbeam.ops.elementwise.arithmetic import add, multiply
from hornbeam.ops.reduction import sum as total
from hornbeam.primitive import specs_of
from hornbeam.tensor import Tensor
from hornbeam.testing.steps import FAMILIES, Pool

__all__ = ["Sample", "check_engine", "gradient_of", "graphs"]

SMOOTH = (
    "unary",
    "unary",
    "binary",
    "binary",
    "where",
    "reduce",
    "movement",
    "product",
    "indexing",
    "running",
    "normalised",
)
ALL = ("unary", "binary", "unary", "binary", *FAMILIES)  # a kind that is named more often is taken more often
TOLERANCE = {"float64": 1e-8, "float32": 2e-3}


class Sample(NamedTuple):
    """A graph and arrays to run it on."""

    graph: Graph
    arrays: list[Any]

    def __repr__(self) -> str:
        """What Hypothesis shows of a graph that fails: its text and its inputs."""
        return f"{self.graph}\non " + "\n   ".join(repr(a) for a in self.arrays)


@st.composite
def graphs(
    draw: Any,
    dtype: Any = "float32",
    size: int = 12,
    families: Sequence[str] = ALL,
    sizes: tuple[int, ...] = (1, 2, 3, 4),
    variables: bool = True,
) -> Sample:
    """A strategy of graphs: valid by construction, with shared subexpressions, several outputs, nodes that nobody needs,
    and variables whose new values may take over the memory of the old ones.

    Values are kept small, and only what is the same to the bit on every engine is compared, rounded or sorted, so that an
    engine may differ from the reference by rounding alone.

    Args:
        dtype: of the floats.
        size: the most operations of the public kind; the graph has more nodes than that.
        families: which kinds of operations, of the names in `hornbeam.testing.steps.FAMILIES`; named twice, taken twice as often.
        sizes: what sizes an axis may have. Larger ones reach an engine's vector loops; 0 its empty ones.
        variables: whether some inputs are donated.

    Example:
        >>> import hypothesis
        >>> @hypothesis.given(graphs(size=3))
        ... def outputs_are_there(sample):
        ...     assert sample.graph.outputs
        >>> outputs_are_there()
    """
    pool = Pool(draw, draw(st.integers(0, 2**16)), as_dtype(dtype), sizes)
    capture = Capture("random")
    arrays: list[Any] = []
    donated: list[Tensor] = []
    for number in range(draw(st.integers(1, 3))):
        kind = "int32" if number == 2 and "integers" in families else dtype
        arrays.append(pool.array(pool.shape(), kind))
        pool.add(capture.input(_spec(arrays[-1]), f"x{number}"), 2.0, True)
    for number in range(draw(st.integers(0, 2)) if variables else 0):
        arrays.append(pool.array(pool.shape()))
        donated.append(capture.input(_spec(arrays[-1]), f"v{number}"))
        pool.add(donated[-1], 2.0, True)
    steps = draw(st.lists(st.sampled_from(tuple(families)), min_size=1, max_size=size))
    with using_backend("numpy"), running(capture):
        for step in steps:
            FAMILIES[step](pool)
        made = [e.tensor for e in pool.entries]
        chosen = draw(st.lists(st.sampled_from(made), min_size=1, max_size=3)) + made[-1:]
        news = [_new_value(pool, old) for old in donated]
    graph = capture.finish([*chosen, *news])
    into = {len(chosen) + i: graph.inputs.index(v.value) for i, v in enumerate(donated)}
    return Sample(check(Graph(graph.inputs, graph.constants, graph.nodes, graph.outputs, "random", into)), arrays)


def _spec(array: Any) -> Value:
    return Value(array.shape, as_dtype(array.dtype))


def _new_value(pool: Pool, old: Tensor) -> Tensor:
    """What a variable becomes: something of its type that is there already, or an update of it."""
    entry = pool.of(lambda e: (e.tensor.shape, e.tensor.dtype) == (old.shape, old.dtype), old.shape)
    return entry.tensor if pool.between(0, 1) else add(multiply(old, 0.5), entry.tensor)


def gradient_of(sample: Sample) -> Sample:
    """The graph of the gradients of all float outputs, weighted and summed, by all float inputs.

    Take the sample from `graphs(families=SMOOTH)`, as kinks and ties are not the same to the bit everywhere.
    """
    floats = [i for i, v in enumerate(sample.graph.inputs) if v.dtype.is_floating]

    def weighted(*tensors: Tensor) -> Any:
        outputs = [o for o in replay(sample.graph, tensors) if o.dtype.is_floating]
        return sum((total(o) * (0.5 + i) for i, o in enumerate(outputs, 1)), start=0.0 * total(tensors[floats[0]]))

    def gradients(*tensors: Tensor) -> Any:
        return tuple(grad(weighted, tuple(floats))(*tensors))

    with using_backend("numpy"):
        return Sample(check(capture_specs(gradients, specs_of(sample.graph.inputs), {})), sample.arrays)


def check_engine(backend: Backend, sample: Sample, oracle: str = "reference", tolerance: float | None = None) -> None:
    """Compile a graph, run it, and compare with a backend that runs it node by node, without any pass.

    It is run on other numbers too, and then again on the first: an engine must keep nothing of what a run was given, change no
    input that was not donated, and give away no memory that it uses itself.

    Args:
        backend: the engine to check.
        sample: from `graphs` or `gradient_of`.
        oracle: name of the backend to compare with: the slow "reference", or "numpy" for larger arrays.
        tolerance: relative and absolute; default: what the widest float input allows.

    Raises:
        AssertionError: the engine is wrong.

    Example:
        >>> import hypothesis
        >>> @hypothesis.given(graphs(size=3))
        ... def numpy_is_right(sample):
        ...     check_engine(make_backend("numpy"), sample)
        >>> numpy_is_right()
    """
    graph = sample.graph
    if tolerance is None:
        tolerance = TOLERANCE["float64" if any(v.dtype == "float64" for v in graph.inputs) else "float32"]
    others = [_other(a) for a in sample.arrays]
    expected = _run(make_backend(oracle).run_graph, make_backend(oracle), graph, sample.arrays)
    beside = _run(make_backend(oracle).run_graph, make_backend(oracle), graph, others)
    executable = backend.compile(graph)

    def run(arrays: list[Any], donate: Sequence[bool] = ()) -> Any:
        moved = [backend.from_host(a, as_dtype(a.dtype)) for a in arrays]
        out = executable(moved, donate)
        for before, array, given in zip(arrays, moved, donate or [False] * len(moved), strict=True):
            same = given or np.array_equal(backend.to_host(array), before, equal_nan=before.dtype.kind == "f")
            assert same, f"{backend.name} changes an input that is not donated, in\n{graph}"
        return out

    first = run(sample.arrays)
    kept = [np.array(backend.to_host(a)) for a in first]
    _assert_near(backend, "", graph, kept, expected, tolerance)
    second = run(others)
    _assert_near(backend, " on other numbers", graph, map(backend.to_host, second), beside, tolerance)
    for before, after in zip(kept, map(backend.to_host, first), strict=True):
        assert np.array_equal(before, after, equal_nan=before.dtype.kind == "f"), (
            f"{backend.name}: a result of one run is changed by the next, in\n{graph}"
        )
    donate = [i in graph.donated.values() for i in range(len(graph.inputs))]
    again = [np.array(backend.to_host(a)) for a in run(sample.arrays, donate)]
    for before, after in zip(kept, again, strict=True):
        assert np.array_equal(before, after, equal_nan=before.dtype.kind == "f"), (
            f"{backend.name} gives other bits where the memory of variables is donated, in\n{graph}"
        )


def _run(run_graph: Callable[..., Any], backend: Backend, graph: Graph, arrays: list[Any]) -> list[Any]:
    out = run_graph(graph, [backend.from_host(a, as_dtype(a.dtype)) for a in arrays])
    return [np.asarray(backend.to_host(o)) for o in out]


def _other(array: Any) -> Any:
    """Other numbers of the same range."""
    turned = array.ravel()[::-1].reshape(array.shape)
    return np.array(-turned if array.dtype.kind == "f" else turned)


def _assert_near(backend: Backend, how: str, graph: Graph, found: Any, expected: list[Any], tolerance: float) -> None:
    for index, (got, want) in enumerate(zip(found, expected, strict=True)):
        what = f"output {index} on backend {backend.name}{how}, of\n{graph}\n"
        assert (got.shape, got.dtype) == (want.shape, want.dtype), f"{what}is {got.dtype} {got.shape}"
        if want.dtype.kind == "f":
            np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance, err_msg=what)
        else:
            np.testing.assert_array_equal(got, want, err_msg=what)
