"""scan: the body lowered once, its steps repeated with what moves elsewhere in each round; no host decides anything between rounds."""

from __future__ import annotations

import math
from typing import Any

from hornbeam.dtypes import as_dtype
from hornbeam.graph.ir import Node, Value
from hornbeam.graph.memory import Block, assign
from hornbeam.graph.views import Layout, contiguous

from hornbeam_cuda.lower.stage import Context, Fallback, Loop, Row
from hornbeam_cuda.source.kernel import At

__all__ = ["lower"]

ALIGNED = 16  # bytes: the widest load of a thread


def lower(node: Node, context: Context) -> bool:
    """Emit one loop; False where the body has a part that only an eager kernel runs."""
    from hornbeam_cuda.lower.plan import Lowering, prepare

    if not node.params["length"] or any(not v.size for v in (*node.inputs, *node.outputs)):
        return False
    body = prepare(node.params["body"], context.supports)
    inside = Lowering(body, context.device)
    inside.checks = context.checks
    loop = _Loop(node, context, inside)
    loop.inputs()
    results = inside.run().results
    if any(isinstance(step, Fallback) for step in inside.steps):
        return False
    loop.outputs(results)
    loop.emit()
    return True


class _Loop:
    """Where the values of the body are, and what is done before and after it.

    A state is read where the round before left it: in the results' row of that round, or in one of two places by turns. So no
    state is copied from round to round.
    """

    def __init__(self, node: Node, context: Context, inside: Any) -> None:
        self.node, self.context, self.inside = node, context, inside
        self.rounds, self.back = node.params["length"], node.params["reverse"]
        self.carries, self.xs = node.params["carries"], node.params["xs"]
        self.body = inside.graph
        self.places: dict[Value, Row] = {}
        self.reads: list[Value] = []
        self.ends: list[tuple[At, Value]] = []  # where a last state is, and where it goes

    def inputs(self) -> None:
        """Rows of sequences, and tensors from outside, are seen where they are."""
        for number, (inner, outer) in enumerate(zip(self.body.inputs, self.node.inputs, strict=True)):
            if number < self.carries:
                continue
            layout, size = self.context.layout(outer), outer.dtype.itemsize
            self.reads.append(layout.base)
            if number >= self.carries + self.xs:
                self.inside.layouts[inner] = layout
                continue
            seen = Value(inner.shape, inner.dtype)
            self._moves(seen, At(layout.base, layout.offset * size), layout.strides[0] * size)
            self.inside.layouts[inner] = Layout(seen, 0, layout.strides[1:])

    def _moves(self, value: Value, start: At, step: int) -> None:
        if step % ALIGNED or start.offset % ALIGNED or start.base in self.context.unaligned:
            self.inside.unaligned.add(value)
        if self.back:
            start, step = At(start.base, start.offset + (self.rounds - 1) * step), -step
        self.places[value] = Row(start, step)

    def outputs(self, results: list[Value]) -> None:
        """Rows of results, and the new states."""
        made = {v for step in self.inside.steps for v in step.writes}
        ours = [*self.body.outputs]
        placed: dict[int, Value] = {}
        for i in range(self.carries, len(ours)):
            out, row = self.node.outputs[i], ours[i]
            step = math.prod(out.shape[1:]) * row.dtype.itemsize
            whole = step % ALIGNED == 0
            value = self._own(results[i], row, made) if whole else self._copy(row, aligned=False)
            self._moves(value, At(out), step)
            if whole:
                placed[i] = value
        for i in range(self.carries):
            carry, new = self.body.inputs[i], ours[i]
            initial = self.context.dense(self.node.inputs[i])
            self.reads.append(initial)
            known = next((v for v in placed.values() if v is results[i]), None)
            if known is not None:
                self._after_rows(carry, known, At(initial), i)
                continue
            value = self._own(results[i], new, made)
            out = self.node.outputs[i]
            pair = [At(self.context.temporary(new.shape, new.dtype)) for _ in range(2)]
            self.places[value] = Row(pair[0], 0, last=At(out), pair=pair[1])
            self.places[carry] = Row(pair[1], 0, first=At(initial), pair=pair[0])

    def _after_rows(self, carry: Value, row: Value, initial: At, number: int) -> None:
        """A state that is also a row of the results: it is read there, a round later; the last one is copied at the end."""
        place = self.places[row]
        self.places[carry] = Row(At(place.start.base, place.start.offset - place.step), place.step, first=initial)
        out = self.node.outputs[number]
        self.ends.append((place.at(self.rounds - 1, self.rounds), out))

    def _own(self, result: Value, value: Value, made: set[Value]) -> Value:
        """The value as one that the body makes and that has no other place yet: itself, or a copy."""
        whole = result.nbytes == value.nbytes and result in made
        if whole and result not in self.places and result not in self.body.inputs:
            return result
        return self._copy(value)

    def _copy(self, value: Value, aligned: bool = True) -> Value:
        goal = Value(value.shape, value.dtype)
        if not aligned:
            self.inside.unaligned.add(goal)
        self.inside.copied(self.inside.layout(value), value.shape, value.dtype, At(goal), contiguous(value.shape))
        return goal

    def emit(self) -> None:
        """Memory of the values in between, the loop, and the last states that are rows of results."""
        steps = tuple(self.inside.steps)
        lives: dict[Value, tuple[int, int]] = {}
        for number, step in enumerate(steps):
            for value in (*step.reads, *step.writes):
                lives[value] = (lives.get(value, (number,))[0], number)
        own = {v for step in steps for v in step.writes if v not in self.places and v not in self.inside.checks}
        values = [v for v in lives if v in own]
        arena = assign([Block(max(1, v.nbytes), *lives[v]) for v in values])
        scratch = self.context.temporary((max(1, arena.size),), as_dtype("uint8"))
        self.places |= {v: Row(At(scratch, o), 0) for v, o in zip(values, arena.offsets, strict=True)}
        places = self.places
        outside = [v for v in lives if v not in places and v.data is None]
        moving = [at.base for row in places.values() for at in (row.start, row.first, row.last, row.pair) if at]
        writes = tuple(dict.fromkeys((*self.node.outputs, *(b for b in moving if b not in self.reads))))
        reads = tuple(dict.fromkeys(v for v in (*self.reads, *outside) if v not in writes))
        name = f"scan of {self.rounds} steps, {self.body.outputs[0]!r}"
        self.context.emit(Loop(self.rounds, steps, places, reads, writes, name))
        for source, out in self.ends:
            layout = Layout(source.base, source.offset // out.dtype.itemsize, contiguous(out.shape))
            self.context.copied(layout, out.shape, out.dtype, At(out), contiguous(out.shape))
