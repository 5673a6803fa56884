"""scan: the body lowered once, for a block of the batch where that is possible, and walked over time within a task."""

from __future__ import annotations

import math

from hornbeam.graph.batch import batch_axes, with_batch
from hornbeam.graph.ir import Graph, Node, Value

from hornbeam_cpu.kernels import loop
from hornbeam_cpu.llvm.library import Kernel
from hornbeam_cpu.lower.calls import Place, gathered, memory
from hornbeam_cpu.lower.loops import copy_layout
from hornbeam_cpu.lower.stage import Call, Context, Layout, Pointer, Stage, contiguous

__all__ = ["lower"]

BLOCK = 16  # rows of the batch that are walked together
LARGE = 4_000_000  # operations of a step from which on it is better shared out than walked by one thread


def lower(node: Node, context: Context) -> bool:
    """Emit one stage for all blocks of the batch; False where the body has a part without a rule, or is too large for one thread."""
    from hornbeam_cpu.lower.widen import prepare

    params = node.params
    body = prepare(params["body"])
    if not params["length"] or any(not v.size for v in (*body.inputs, *body.outputs)):
        return False
    axes = batch_axes(body) if params["carries"] else None
    if axes is not None and any(axes.get(v) != 0 for v in (*body.inputs[: params["carries"]], *body.outputs)):
        axes = None
    made: list[_Loop] = []
    if axes is None:
        made.append(_Loop(node, body, None, 0, 1, context))
    else:
        along = tuple(axes.get(v) for v in body.inputs)
        batch = body.inputs[0].shape[0]
        most = BLOCK if batch >= 2 * BLOCK else math.ceil(batch / 2)
        # A single row would be a case of its own, with kernels of its own: none is left over.
        block = next((size for size in range(max(2, most), 1, -1) if batch % size != 1), batch)
        whole, rest = divmod(batch, block)
        made.append(_Loop(node, with_batch(body, axes, block), along, 0, whole, context))
        if rest:
            made.append(_Loop(node, with_batch(body, axes, rest), along, whole * block, 1, context))
    if not all(one.fits(shared=axes is None) for one in made):
        return False
    for one in made:
        one.emit()
    return True


class _Prepared:
    """A context that keeps what is emitted until it is known that it is wanted."""

    def __init__(self, context: Context) -> None:
        self.context, self.stages = context, list[Stage]()
        self.target = context.target
        self.outside: Context | None = None
        self.layout, self.dense, self.temporary = context.layout, context.dense, context.temporary
        self.is_invariant, self.check = context.is_invariant, context.check

    def emit(self, stage: Stage) -> None:
        """Keep a stage."""
        self.stages.append(stage)


class _Loop:
    """The stages of one step for a block of rows, and where everything that they touch is.

    Args:
        node: the scan.
        body: its body, for the rows of a block.
        axes: the batch axis of each of its inputs, or None where there are no blocks.
        first: the first row of the first block.
        tasks: number of blocks.
        context: of the scan.
    """

    def __init__(
        self, node: Node, body: Graph, axes: tuple[int | None, ...] | None, first: int, tasks: int, context: Context
    ) -> None:
        from hornbeam_cpu.lower.plan import Lowering

        self.node, self.body, self.first, self.tasks, self.context = node, body, first, tasks, context
        self.prepared = _Prepared(context)
        self.lowering = Lowering(body, self.prepared)
        self.blocked = axes is not None
        carries, xs = node.params["carries"], node.params["xs"]
        self.places: dict[Value, Place] = {}
        self.reads: list[Value] = []
        self.carried = list(body.inputs[:carries])
        self.lowering.varying.update(self.carried)
        rows = body.inputs[0].shape[0] if self.blocked else 0
        for number, (inside, outside) in enumerate(zip(body.inputs, node.inputs, strict=True)):
            if number >= carries:
                self._input(inside, outside, axes[number] if axes else None, number < carries + xs, rows)
        self.steps = self._lower_body()

    def _input(self, inside: Value, outside: Value, axis: int | None, sequence: bool, rows: int) -> None:
        """A row of a sequence, or a tensor from outside: seen where it is."""
        layout = self.context.layout(outside)
        size = outside.dtype.itemsize
        strides = layout.strides[1:] if sequence else layout.strides
        step = layout.strides[0] * size if sequence else 0
        along = strides[axis] * size if axis is not None else 0
        self.reads.append(layout.base)
        if not step and not along:
            self.lowering.layouts[inside] = Layout(layout.base, layout.offset, strides)
            return
        seen = Value(inside.shape, inside.dtype)
        self._move(seen, layout.base, layout.offset * size + self.first * along, rows * along, step)
        self.lowering.layouts[inside] = Layout(seen, 0, strides)

    def _move(self, value: Value, base: Value, offset: int, task: int, step: int) -> None:
        back = self.node.params["reverse"]
        start = (self.node.params["length"] - 1) * step if back else 0
        self.places[value] = Place(base, offset, task, -step if back else step, start)
        self.lowering.varying.add(value)

    def _lower_body(self) -> list[Stage] | None:
        """The stages of a step, ending with copies to the results and to the state; None where one has no rule."""
        carries = len(self.carried)
        lowered = self.lowering.run()
        if not all(isinstance(step, Stage) for step in lowered.steps):
            return None
        results = lowered.results
        made = {v for step in lowered.steps for v in step.writes}
        rows = self.body.inputs[0].shape[0] if self.blocked else 0
        for j, out in enumerate(self.node.outputs[carries:]):
            result, row = results[carries + j], self.body.outputs[carries + j]
            size = row.dtype.itemsize
            step = math.prod(out.shape[1:]) * size
            along = contiguous(out.shape[1:])[0] * size if self.blocked else 0
            memory, offset, _ = self.context.layout(out)
            begin = offset * size + self.first * along
            if result in made and result not in self.places and result.nbytes == row.nbytes:
                self._move(result, memory, begin, rows * along, step)
                continue
            goal = Value(row.shape, row.dtype)
            self._move(goal, memory, begin, rows * along, step)
            self._copy(row, goal)
        pending = []
        for carry, new in zip(self.carried, self.body.outputs[:carries], strict=True):
            base = self.lowering.layout(new).base
            if base is carry and new is carry:
                continue
            if base in self.carried:  # it is overwritten before it could be copied
                between = self.lowering.temporary(new.shape, new.dtype)
                self._copy(new, between)
                pending.append((between, carry))
            else:
                pending.append((new, carry))
        for new, carry in pending:
            self._copy(new, carry)
        return [step for step in self.lowering.steps if isinstance(step, Stage)]

    def _copy(self, value: Value, goal: Value) -> None:
        layout = self.lowering.layout(value)
        copy_layout(layout, value.shape, value.dtype, Pointer(goal), contiguous(value.shape), self.lowering)

    def fits(self, shared: bool) -> bool:
        """Whether it can be walked within tasks, and should be; `shared`: there is one task only."""
        return self.steps is not None and not (shared and sum(s.flops for s in self.steps) > LARGE)

    # ---- the stage

    def emit(self) -> None:
        """Emit what is prepared once, and the stage of the walk."""
        assert self.steps is not None
        for stage in self.prepared.stages:
            self.context.emit(stage)
        before, after = self._ends()
        offsets, own = memory(self.steps, self.carried, self.places)
        made = gathered((before, self.steps, after), offsets, own, self.places)
        head = made.head | {"steps": self.node.params["length"], "before": made.counts[0], "during": made.counts[1]}
        args = (*(head[name] for name in loop.HEAD), *made.tail)
        call = Call(Kernel(loop.generate, (), "loop"), args, made.scratch)
        flops = self.tasks * self.node.params["length"] * sum(s.flops for s in self.steps)
        results = tuple(self.context.layout(v).base for v in self.node.outputs)
        seen = tuple(v for v in dict.fromkeys((*self.reads, *made.reads)) if v not in results)
        name = f"scan of {self.node.params['length']} steps, {self.body.inputs[0]!r}"
        self.context.emit(Stage(self.tasks, (call,), seen, results, flops, name))

    def _ends(self) -> tuple[list[Stage], list[Stage]]:
        """Copies of the first state into the task's memory, and of the last one out of it."""
        parts = []
        rows = self.body.inputs[0].shape[0] if self.blocked else 0
        carries = len(self.carried)
        for outside, out in ((self.node.inputs[:carries], False), (self.node.outputs[:carries], True)):
            kept, self.lowering.steps = self.lowering.steps, []
            for carry, value in zip(self.carried, outside, strict=True):
                layout = self.context.layout(value)
                size = value.dtype.itemsize
                along = layout.strides[0] * size if self.blocked else 0
                end = Value(carry.shape, carry.dtype)
                self.reads += [] if out else [layout.base]
                self.places[end] = Place(layout.base, layout.offset * size + self.first * along, rows * along, 0, 0)
                source, strides = (carry, contiguous(carry.shape)) if out else (end, layout.strides)
                goal = end if out else carry
                copy_layout(
                    Layout(source, 0, strides),
                    carry.shape,
                    carry.dtype,
                    Pointer(goal),
                    contiguous(carry.shape),
                    self.lowering,
                )
            parts.append([s for s in self.lowering.steps if isinstance(s, Stage)])
            self.lowering.steps = kept
        return parts[0], parts[1]
