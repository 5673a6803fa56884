"""switch and while: the stages of their bodies as calls within one task, which itself looks at what decides."""

from __future__ import annotations

from collections.abc import Sequence

from hornbeam.graph.ir import Graph, Node, Value

from hornbeam_cpu.kernels import loop
from hornbeam_cpu.llvm.library import Kernel
from hornbeam_cpu.lower.calls import gathered, memory
from hornbeam_cpu.lower.loops import copy_layout
from hornbeam_cpu.lower.stage import Call, Context, Layout, Pointer, Stage, contiguous

__all__ = ["lower_switch", "lower_while"]

LARGE = 4_000_000  # operations of a body from which on it is better shared out than done by one thread
ENDLESS = 2**62  # rounds


class _Body:
    """The stages of a graph whose inputs are seen where they are.

    Args:
        graph: as its node holds it.
        seen: where its inputs are.
    """

    def __init__(self, graph: Graph, seen: Sequence[Layout]) -> None:
        from hornbeam_cpu.lower.plan import Lowering
        from hornbeam_cpu.lower.widen import prepare

        self.graph = prepare(graph)
        self.lowering = Lowering(self.graph)
        self.lowering.layouts.update(zip(self.graph.inputs, seen, strict=True))
        self.results = self.lowering.run().results

    def copy(self, source: Value, goal: Value) -> None:
        """Copy a value to memory of its own."""
        self.move(self.lowering.layout(source), goal)

    def move(self, seen: Layout, goal: Value) -> None:
        """Copy what is seen with a layout to memory of its own."""
        copy_layout(seen, goal.shape, goal.dtype, Pointer(goal), contiguous(goal.shape), self.lowering)

    @property
    def stages(self) -> list[Stage] | None:
        """All that it does; None where a part runs on a NumPy kernel, or it is too much for one thread."""
        stages = [step for step in self.lowering.steps if isinstance(step, Stage)]
        fits = len(stages) == len(self.lowering.steps) and sum(s.flops for s in stages) <= LARGE
        return stages if fits else None


def lower_switch(node: Node, context: Context) -> bool:
    """The branch that the index says, below 0 the first, beyond the last the last."""
    index, *inputs = node.inputs
    graphs, operands = node.params["branches"], node.params["operands"]
    if not _whole(node, graphs):
        return False
    parts: list[list[Stage]] = []
    at = operands
    for graph in graphs:
        own = len(graph.inputs) - operands
        given = (*inputs[:operands], *inputs[at : at + own])
        at += own
        body = _Body(graph, [context.layout(v) for v in given])
        for value, out in zip(body.graph.outputs, node.outputs, strict=True):
            body.copy(value, out)
        stages = body.stages
        if stages is None:
            return False
        parts.append(stages)
    decides = context.dense(index)
    offsets, own = memory([s for part in parts for s in part], (), node.outputs)
    made = gathered(parts, offsets, own, {})
    head: dict[str, int | Pointer] = {**made.head, "index": Pointer(decides), "branches": len(parts)}
    args = (*(head[name] for name in loop.BRANCH), *made.counts, *made.tail)
    call = Call(Kernel(loop.branch, (len(parts), str(index.dtype)), "branch"), args, made.scratch)
    flops = max(sum(s.flops for s in part) for part in parts)
    _emit(node, context, call, (decides, *made.reads), flops, f"one of {len(parts)} branches")
    return True


def lower_while(node: Node, context: Context) -> bool:
    """Rounds of the body while the condition holds."""
    params = node.params
    state, split = params["state"], len(params["cond"].inputs)
    if not _whole(node, (params["cond"], params["body"])):
        return False
    carried = [Value(v.shape, v.dtype) for v in node.outputs]
    mine = [Layout(v, 0, contiguous(v.shape)) for v in carried]
    outer = [context.layout(v) for v in node.inputs]
    test = _Body(params["cond"], [*mine, *outer[state:split]])
    body = _Body(params["body"], [*mine, *outer[split:]])
    pending = []
    for carry, place, new in zip(carried, mine, body.graph.outputs, strict=True):
        seen = body.lowering.layout(new)
        if seen == place:
            continue
        if seen.base in carried:  # it is overwritten before it could be copied
            between = body.lowering.temporary(new.shape, new.dtype)
            body.copy(new, between)
            seen = Layout(between, 0, contiguous(new.shape))
        pending.append((seen, carry))
    for seen, carry in pending:
        body.move(seen, carry)
    asked, during = test.stages, body.stages
    if asked is None or during is None:
        return False
    ends = _Body(Graph((), (), (), ()), ())
    for seen, carry in zip(outer[:state], carried, strict=True):
        ends.move(seen, carry)
    for place, out in zip(mine, node.outputs, strict=True):
        ends.move(place, out)
    both = ends.stages or []
    truth = test.results[0]
    always = [*carried, *([truth] if any(truth in s.writes for s in asked) else [])]
    offsets, own = memory([*asked, *during], always, node.outputs)
    made = gathered((both[:state], asked, during, both[state:]), offsets, own, {}, first=(Pointer(truth),))
    maximum = ENDLESS if params["maximum"] is None else params["maximum"]
    head = made.head | dict(zip(("before", "test", "during"), made.counts[:3], strict=True)) | {"maximum": maximum}
    args = (*(head[name] for name in loop.WHILE), *made.tail)
    call = Call(Kernel(loop.loop_while, (), "while"), args, made.scratch)
    _emit(node, context, call, made.reads, sum(s.flops for s in during), "while")
    return True


def _whole(node: Node, graphs: Sequence[Graph]) -> bool:
    """Whether nothing is empty."""
    values = (*node.inputs, *node.outputs, *(v for g in graphs for v in (*g.inputs, *g.outputs)))
    return all(v.size for v in values)


def _emit(node: Node, context: Context, call: Call, reads: Sequence[Value], flops: int, name: str) -> None:
    seen = tuple(v for v in dict.fromkeys(reads) if v not in node.outputs and v.data is None)
    context.emit(Stage(1, (call,), seen, node.outputs, flops, name))
