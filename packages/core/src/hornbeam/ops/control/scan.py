"""scan: a loop with a state over the first axis of tensors; its gradient is a scan the other way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.graph.ir import Graph, Node, Value
from hornbeam.graph.partition import partition
from hornbeam.graph.passes.dead import dead_code
from hornbeam.graph.passes.share import share
from hornbeam.graph.passes.simplify import simplify
from hornbeam.graph.run import replay
from hornbeam.interpret import bind, capturing, running
from hornbeam.interpreters.capture import capture_specs
from hornbeam.interpreters.tape import Saved, Tape
from hornbeam.ops.control.bodies import as_tensors, captured, inexact, require_same
from hornbeam.ops.creation import zeros
from hornbeam.ops.joining import concat, stack
from hornbeam.ops.movement import flip
from hornbeam.primitive import Spec, primitive, primitives, specs_of
from hornbeam.tensor import Tensor
from hornbeam.tree import flatten, map_structure, unflatten

__all__ = ["associative_scan", "map", "scan"]


def _infer(*inputs: Any, body: Graph, carries: int, xs: int, length: int, reverse: bool) -> tuple[Spec, ...]:
    taken = [
        Spec(s.shape[1:], s.dtype) if carries <= i < carries + xs else Spec(s.shape, s.dtype)
        for i, s in enumerate(inputs)
    ]
    require_same("what the scan's body takes", taken, None, body.inputs, None)
    require_same("the scan's body", body.outputs[:carries], None, body.inputs[:carries], None)
    for spec in inputs[carries : carries + xs]:
        if spec.shape[0] != length:
            raise ShapeError(f"scan over {length} rounds: a tensor of shape {spec.shape} has {spec.shape[0]} rows")
    ys = (Spec((length, *v.shape), v.dtype) for v in body.outputs[carries:])
    return (*specs_of(body.outputs[:carries]), *ys)


def _example(t: Any) -> Any:
    def step(state: Tensor, x: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
        new = w * state * state + x
        return new, new * x

    row = Spec((2,), t.dtype)
    body = capture_specs(step, [row, row, row], {})
    state, rows, w = t.array((2,), low=-1.0, high=1.0), t.array((3, 2), low=-1.0, high=1.0), t.array((2,))
    return t.case(state, rows, w, body=body, carries=1, xs=1, length=3, reverse=False)


scan_p = primitive("scan", _infer, cases=_example, multiple=True, uses_backend=True)


@scan_p.kernel
def _(backend: Any, *inputs: Any, body: Graph, carries: int, xs: int, length: int, reverse: bool) -> Any:
    step = backend.executable(body)
    state = [backend.copy(a) for a in inputs[:carries]]
    columns, consts = inputs[carries : carries + xs], inputs[carries + xs :]
    rows: list[list[Any]] = [[] for _ in body.outputs[carries:]]
    for i in range(length - 1, -1, -1) if reverse else range(length):
        out = step([*state, *(backend.row(c, i) for c in columns), *consts])
        state = out[:carries]
        for row, y in zip(rows, out[carries:], strict=True):
            row.append(y)
    stacked = (
        backend.stack(row[::-1] if reverse else row, v) for row, v in zip(rows, body.outputs[carries:], strict=True)
    )
    return (*state, *stacked)


# ---- gradient: the body and its vjp are captured together and split into two bodies, for two scans


class _Split(NamedTuple):
    """Bodies of the two scans. Places count the scan's inputs."""

    forward: Graph  # gives the body's results, and then what is kept of each round
    backward: Graph  # carries: cotangents of the state, sums for consts; xs: cotangents of ys, kept, rows; consts
    rows: list[int]  # xs that the backward body reads
    consts: list[int]  # consts that it reads
    sums: list[int]  # consts whose cotangents are summed over the rounds


def _joint(body: Graph, active: list[int]) -> Graph:
    """(*inputs, *cotangents of inexact outputs) -> (*outputs, *cotangents of active inputs)."""
    from hornbeam.autodiff import vjp

    count = len(body.inputs)

    def run(*tensors: Tensor) -> tuple[Tensor, ...]:
        inputs, cts = tensors[:count], tensors[count:]

        def function(*chosen: Tensor) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
            given = dict(zip(active, chosen, strict=True))
            outputs = replay(body, [given.get(i, t) for i, t in enumerate(inputs)])
            return tuple(outputs[i] for i in inexact(outputs)), tuple(outputs)

        _, pull, outputs = vjp(function, *(inputs[i] for i in active), has_aux=True)
        return (*outputs, *pull(cts))

    outputs = [body.outputs[i] for i in inexact(body.outputs)]
    graph = capture_specs(run, specs_of([*body.inputs, *outputs]), {})
    return dead_code(share(simplify(graph)))


def _split(body: Graph, carries: int, xs: int, tracked: tuple[bool, ...]) -> _Split:
    count, results = len(body.inputs), len(body.outputs)
    active = [i for i in inexact(body.inputs) if i < carries or tracked[i]]
    joint = _joint(body, active)
    inputs, cts = joint.inputs[:count], joint.inputs[count:]
    halves = partition(joint, results, set(cts), set(inputs[carries + xs :]))
    place = {v: i for i, v in enumerate(inputs)}
    kept = [*halves.kept, *(v for v in halves.given if place[v] < carries)]
    rows = [v for v in halves.given if carries <= place[v] < carries + xs]
    consts = [v for v in halves.given if place[v] >= carries + xs]
    forward = dead_code(Graph(inputs, joint.constants, joint.nodes, [*joint.outputs[:results], *kept], "scan_forward"))

    found = dict(zip(active, joint.outputs[results:], strict=True))
    sums = [i for i in active if i >= carries + xs]
    before = [Value(body.inputs[i].shape, body.inputs[i].dtype) for i in sums]
    after = [Value(v.shape, v.dtype) for v in before]
    adding = [
        Node(primitives()["add"], (old, found[i]), {}, (new,)) for i, old, new in zip(sums, before, after, strict=True)
    ]
    of_state = len(inexact(body.outputs[:carries]))
    backward = Graph(
        [*cts[:of_state], *before, *cts[of_state:], *kept, *rows, *consts],
        joint.constants,
        [*halves.nodes, *adding],
        [
            *(found[i] for i in active if i < carries),
            *after,
            *(found[i] for i in active if carries <= i < carries + xs),
        ],
        "scan_backward",
    )
    return _Split(forward, dead_code(backward), [place[v] for v in rows], [place[v] for v in consts], sums)


@scan_p.on_tape
def _(
    tape: Tape, *inputs: Tensor, body: Graph, carries: int, xs: int, length: int, reverse: bool
) -> tuple[Tensor, ...]:
    tracked = tuple(t.uid in tape.tracked for t in inputs)
    split = _split(body, carries, xs, tracked)
    results, below = len(body.outputs), tape.below
    assert below is not None
    with running(below):
        out = bind(scan_p, *inputs, body=split.forward, carries=carries, xs=xs, length=length, reverse=reverse)
    outputs, kept = out[:results], out[results:]
    saved = {i: Saved(inputs[i], inputs[i].uid, "scan") for i in (*split.rows, *split.consts)}
    specs = specs_of(inputs)
    state = [i for i in range(carries) if specs[i].dtype.is_inexact]
    rows = [i for i in range(carries, carries + xs) if specs[i].dtype.is_inexact and tracked[i]]

    def pull(cts: Any) -> tuple[Tensor | None, ...]:
        of_state = [cts[i] for i in state]
        of_rows = [ct for ct in cts[carries:] if ct is not None]
        sums = [zeros(specs[i].shape, specs[i].dtype) for i in split.sums]
        found = bind(
            scan_p,
            *of_state,
            *sums,
            *of_rows,
            *kept,
            *(saved[i].get() for i in (*split.rows, *split.consts)),
            body=split.backward,
            carries=len(of_state) + len(sums),
            xs=len(of_rows) + len(kept) + len(split.rows),
            length=length,
            reverse=not reverse,
        )
        by_place = dict(zip([*state, *split.sums, *rows], found, strict=True))
        return tuple(by_place.get(i) for i in range(len(inputs)))

    tape.record("scan", inputs, outputs, True, pull)
    return outputs


# ---- public functions


def scan(
    f: Callable[[Any, Any], Any],
    init: Any,
    xs: Any = None,
    length: int | None = None,
    reverse: bool = False,
    unroll: int | bool = 1,
) -> tuple[Any, Any]:
    """Run `carry, y = f(carry, x)` over the rows of `xs`, and stack the `y`.

    Args:
        f: takes the state and one row (of each tensor of `xs`), and returns the new state, of the same structure, shapes and
            dtypes, and a container of tensors (or None). It may use outer tensors; it must not assign variables when
            captured.
        init: the first state, a nested container of tensors.
        xs: nested container of tensors with one first axis, or None.
        length: number of rounds; needed where `xs` is None.
        reverse: from the last row to the first; `y` stands where its row stood.
        unroll: True, or a number of at least `length`: write all rounds out in the graph. Other numbers change nothing.

    Returns:
        `(carry, ys)`.

    Raises:
        InvalidArgumentError: neither `xs` nor `length` says how many rounds.
        ShapeError: tensors of `xs` differ in length, or the state changes its shape.

    Example:
        >>> import hornbeam as hb
        >>> total, running = hb.ops.scan(lambda s, x: (s + x, s + x), 0, hb.ops.asarray([1, 2, 3]))
        >>> int(total), running.numpy().tolist()
        (6, [1, 3, 6])
    """
    flat, structure = as_tensors(init)
    columns, x_structure = as_tensors(xs)
    rounds = _rounds(columns, length)

    def step(carry: Any, x: Any) -> tuple[Any, Any]:
        out = f(carry, x)
        if not isinstance(out, tuple) or len(out) != 2:
            raise InvalidArgumentError(f"scan: the body must return (carry, y); got {type(out).__name__}")
        return out

    written_out = unroll is True or (unroll is not False and unroll >= rounds > 1)
    if capturing() and not written_out:
        body, outer, found = _body(step, flat, structure, columns, x_structure)
        require_same("scan: the state that the body", body.outputs[: len(flat)], found[1][0], flat, structure)
        out = bind(
            scan_p,
            *flat,
            *columns,
            *outer,
            body=body,
            carries=len(flat),
            xs=len(columns),
            length=rounds,
            reverse=reverse,
        )
        return unflatten(found, out)
    return _unrolled(step, flat, structure, columns, x_structure, rounds, reverse)


def _rounds(columns: list[Tensor], length: int | None) -> int:
    if any(not t.shape for t in columns):
        raise ShapeError("scan: every tensor of xs needs a first axis to run over; one has shape ()")
    sizes = {t.shape[0] for t in columns} | (set() if length is None else {length})
    if not sizes:
        raise InvalidArgumentError("scan: give xs, or length, the number of rounds")
    if len(sizes) > 1:
        raise ShapeError(f"scan: xs and length disagree on the number of rounds: {sorted(sizes)}")
    (rounds,) = sizes
    if rounds < 0:
        raise InvalidArgumentError(f"scan: length cannot be negative; got {rounds}")
    return rounds


def _body(step: Any, state: list[Tensor], structure: Any, columns: list[Tensor], x_structure: Any) -> Any:
    rows = (Spec(t.shape[1:], t.dtype) for t in columns)
    return captured(step, [*specs_of(state), *rows], ("tuple", (structure, x_structure)), "scan_body")


def _unrolled(
    step: Any, flat: list[Tensor], structure: Any, columns: list[Tensor], x_structure: Any, rounds: int, reverse: bool
) -> tuple[Any, Any]:
    if not rounds:  # what the body would give is found by capturing it
        body, _, found = _body(step, flat, structure, columns, x_structure)
        empty = [zeros((0, *v.shape), v.dtype) for v in body.outputs[len(flat) :]]
        return unflatten(found, [*flat, *empty])
    collected: list[Any] = []
    y_structure: Any = None
    for i in range(rounds - 1, -1, -1) if reverse else range(rounds):
        carry, y = step(unflatten(structure, flat), unflatten(x_structure, [t[i] for t in columns]))
        new, found = as_tensors(carry)
        require_same("scan: the state that the body", new, found, flat, structure)
        ys, y_structure = as_tensors(y)
        collected.append(ys)
        flat = new
    if reverse:
        collected.reverse()
    stacked = [stack(list(parts)) for parts in zip(*collected, strict=True)]
    return unflatten(structure, flat), unflatten(y_structure, stacked)


def map(f: Callable[[Any], Any], xs: Any) -> Any:
    """`f` of each row of `xs`, stacked: a loop, not a vectorised computation.

    Args:
        f: takes one row of each tensor of `xs`.
        xs: nested container of tensors with one first axis.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.map(lambda x: x * x, hb.ops.asarray([1, 2, 3])).numpy().tolist()
        [1, 4, 9]
    """
    return scan(lambda carry, x: (carry, f(x)), (), xs)[1]


def associative_scan(f: Callable[[Any, Any], Any], elems: Any, reverse: bool = False, axis: int = 0) -> Any:
    """All partial results of an associative function along an axis, in about log2(n) vectorised steps.

    Args:
        f: `(a, b) -> c` on containers of tensors with the axis of `elems`, element by element along it, and associative.
        elems: nested container of tensors of one size along `axis`.
        reverse: from the last to the first.
        axis: along which.

    Returns:
        As `elems`: at place i the result of elements 0 to i.

    Source: Hillis & Steele 1986, "Data parallel algorithms".

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.associative_scan(lambda a, b: a + b, hb.ops.asarray([1, 2, 3])).numpy().tolist()
        [1, 3, 6]
    """
    tensors, structure = as_tensors(elems)
    sizes = {t.shape[axis] for t in tensors}
    if len(sizes) != 1:
        raise ShapeError(f"associative_scan: the tensors differ in size along axis {axis}: {sorted(sizes)}")
    (size,) = sizes
    if reverse:
        tensors = [flip(t, axis=axis) for t in tensors]
    reach = 1
    while reach < size:
        early = unflatten(structure, [_part(t, axis, 0, size - reach) for t in tensors])
        late = unflatten(structure, [_part(t, axis, reach, size) for t in tensors])
        joined, _ = flatten(f(early, late))
        tensors = [concat([_part(t, axis, 0, reach), new], axis=axis) for t, new in zip(tensors, joined, strict=True)]
        reach *= 2
    return map_structure(lambda t: flip(t, axis=axis) if reverse else t, unflatten(structure, tensors))


def _part(tensor: Tensor, axis: int, start: int, stop: int) -> Tensor:
    at = axis % tensor.ndim
    return tensor[(slice(None),) * at + (slice(start, stop),)]
