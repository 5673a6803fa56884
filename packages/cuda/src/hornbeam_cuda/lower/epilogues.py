"""What cuBLASLt does beside a product: it adds a bias or a tensor before the result leaves the registers, and sums an operand up."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from hornbeam.graph.fusion import fuse
from hornbeam.graph.ir import Graph, Node, Value
from hornbeam.graph.region import Makers, Region, axis_map
from hornbeam.graph.views import contiguous
from hornbeam.primitive import primitives

from hornbeam_cuda.library import Call, Product
from hornbeam_cuda.lower.loops import can_lower
from hornbeam_cuda.lower.stage import Library, Step
from hornbeam_cuda.precision import has_epilogues
from hornbeam_cuda.source.kernel import At

__all__ = ["Sum", "added_apart", "sum_of", "take_sums", "takes_additions"]


# ---- what is added


def added_apart(graph: Graph, supports: Callable[[Call], bool]) -> Graph:
    """The graph with a barrier behind each sum of a product and a tensor that a loop would write to memory anyway.

    So the product writes it. A residual block is one: what it gives is normalised, and added to what the next block gives.
    """
    makers, users = Makers(graph), graph.users()
    known = (
        {node: found for node in graph.nodes if (found := _addition(node, makers, users))} if has_epilogues() else {}
    )
    replaced: dict[Value, Value] = {}
    for region in [g for g in fuse(graph, can_lower) if isinstance(g, Region)] if known else []:
        for node in region.nodes:
            found = known.get(node)
            if found is None or node.output not in region.outputs or len(found.nodes) == len(region.nodes):
                continue
            if all(n in region.walks for n in found.nodes) and found.addend not in region.axes and supports(_any(node)):
                replaced[node.output] = Value(node.output.shape, node.output.dtype)
    if not replaced:
        return graph
    news: list[Node] = []
    for node in graph.nodes:
        inputs = tuple(replaced.get(v, v) for v in node.inputs)
        news.append(Node(node.primitive, inputs, node.params, node.outputs, node.where))
        if any(v in replaced for v in node.outputs):
            news.append(Node(primitives()["barrier"], node.outputs, {}, (replaced[node.output],), node.where))
    return graph.with_nodes(news)


class _Addition(NamedTuple):
    """What a product can take over: the addition of a tensor, and that of a bias before it, if there is one; and the tensor."""

    nodes: tuple[Node, ...]
    addend: Value


def _addition(node: Node, makers: Makers, users: dict[Value, list[Node]]) -> _Addition | None:
    if node.primitive.name != "add":
        return None
    for value, addend in (node.inputs, node.inputs[::-1]):
        nodes: tuple[Node, ...] = (node,)
        maker = makers.get(value)
        if maker is not None and maker.primitive.name == "add" and users[value] == [node]:
            nodes = (node, maker)
            value = max(
                maker.inputs, key=lambda v: axis_map(v, makers)[0].size
            )  # the other one is repeated for each row
            maker = makers.get(value)
        root, axes = axis_map(addend, makers)
        whole = root.size == addend.size and axes == tuple(range(len(addend.shape)))
        if maker is not None and maker.primitive.name == "dot_general" and len(users[value]) == 1 and whole:
            return _Addition(nodes, root)
    return None


def _any(node: Node) -> Product:
    """Some product to which a tensor of that dtype is added."""
    dtype = str(node.output.dtype)
    return Product(dtype, dtype, (1, 64, 64, 64), (0, 64, 1), (0, 64, 1), (0, 64), addend=True)


def takes_additions(region: Region, lowering: Any) -> bool:
    """Let products take over a region that does nothing but add to them; they are moved to where the region would be."""
    if any(node.primitive.name != "add" for node in region.nodes) or not has_epilogues():
        return False
    before = [*lowering.steps]
    for node in region.nodes:
        first, second = node.inputs
        if not (_joined(node, first, second, lowering) or _joined(node, second, first, lowering)):
            lowering.steps[:] = before
            return False
    return True


def _joined(node: Node, product: Value, other: Value, lowering: Any) -> bool:
    step = next((s for s in reversed(lowering.steps) if product in s.writes), None)
    if not isinstance(step, Library) or not isinstance(step.call, Product) or step.writes != (product,):
        return False
    alone = lowering.users[product] == [node] and product not in lowering.graph.outputs
    if not alone or lowering.layout(node.output).base is not node.output:
        return False
    base, offset, strides = lowering.layout(other)
    at = At(base, offset * other.dtype.itemsize)
    if not step.call.addend and _is_dense(other.shape, strides) and other.size == node.output.size:
        call, extra = replace(step.call, addend=True), (*step.addresses[3:], at)
    elif step.call.epilogue == "none" and _is_bias(other.shape, strides, step.call):
        call, extra = replace(step.call, epilogue="bias"), (at, *step.addresses[3:])
    else:
        return False
    if not lowering.supports(call):
        return False
    lowering.steps.remove(step)
    old = base if call.addend and not step.call.addend and not offset else next((old for old, _ in step.in_place), None)
    alone = [*step.reads, base].count(old) == 1  # else the product would read what it writes over
    in_place = ((old, node.output),) if old is not None and alone else ()
    addresses = (*step.addresses[:2], At(node.output), *extra)
    lowering.steps.append(Library(call, addresses, (*step.reads, base), (node.output,), in_place))
    return True


def _is_dense(shape: tuple[int, ...], strides: tuple[int, ...]) -> bool:
    return all(by == c or n == 1 for n, by, c in zip(shape, strides, contiguous(shape), strict=True))


def _is_bias(shape: tuple[int, ...], strides: tuple[int, ...], call: Product) -> bool:
    """Whether the n numbers of each row of the result are met by the same n neighbours."""
    batch, m, n, _ = call.sizes
    if batch > 1 and call.out[0] % n or m > 1 and call.out[1] % n:
        return False
    for split in range(len(shape) + 1):
        if math.prod(shape[split:]) == n:
            rows = zip(shape[:split], strides[:split], strict=True)
            if _is_dense(shape[split:], strides[split:]) and all(not by or s == 1 for s, by in rows):
                return True
    return False


# ---- what is summed up


class Sum(NamedTuple):
    """A sum over some axes of a tensor, and the steps that make it."""

    node: Node
    steps: tuple[Step, ...]


def sum_of(region: Region, steps: Sequence[Step]) -> Sum | None:
    """A region that does nothing but sum up columns, such as the gradient of a bias."""
    (node, *more) = region.nodes
    alone = not more and node.primitive.name == "reduce_sum" and region.reductions.get(node) == "column"
    return Sum(node, tuple(steps)) if alone else None


def take_sums(sums: Sequence[Sum], lowering: Any) -> None:
    """Let products that sum over the same axes of the same tensor write such sums; those that come later are done in their place."""
    for found in sums if has_epilogues() else ():
        steps, out = lowering.steps, found.node.output
        first = next(number for number, step in enumerate(steps) if step is found.steps[0])
        for number, step in enumerate(steps):
            call = _with_sums(step, found.node, lowering)
            if (
                call is None
                or any(v in step.reads for s in steps[first:number] for v in s.writes)
                or not lowering.supports(call)
            ):
                continue
            both = Library(call, (*step.addresses, At(out)), step.reads, (*step.writes, out))
            old = {id(s) for s in (step, *found.steps)}
            steps.insert(min(first, number), both)
            lowering.steps[:] = [s for s in steps if id(s) not in old]
            break


def _with_sums(step: Step, node: Node, lowering: Any) -> Product | None:
    """The call of a step with the sums of a node, where it sums over the same."""
    if not isinstance(step, Library) or not isinstance(step.call, Product):
        return None
    call, (value,) = step.call, node.inputs
    if call.sizes[0] > 1 or call.epilogue != "none" or call.addend or str(node.output.dtype) != call.result:
        return None
    if call.precision == "tf32":  # the sums need not be rounded so
        return None
    base, offset, strides = lowering.layout(value)
    at = At(base, offset * value.dtype.itemsize)
    over = node.params["axes"]
    summed = _as_one([a for a in range(len(value.shape)) if a in over], value.shape, strides)
    kept = _as_one([a for a in range(len(value.shape)) if a not in over], value.shape, strides)
    if summed is None or kept is None:
        return None
    _, m, n, k = call.sizes
    for name, place, size, along, across in (
        ("right sums", step.addresses[1], n, call.right[2], call.right[1]),
        ("left sums", step.addresses[0], m, call.left[1], call.left[2]),
    ):
        if place == at and kept == (size, along) and summed == (k, across):
            return replace(call, epilogue=name)
    return None


def _as_one(axes: Sequence[int], shape: tuple[int, ...], strides: tuple[int, ...]) -> tuple[int, int] | None:
    """Some axes as one: size and stride; None where they do not follow one another."""
    size, last = 1, 1
    for axis in reversed(axes):
        if shape[axis] == 1:
            continue
        if size == 1:
            last = strides[axis]
        elif strides[axis] != size * last:
            return None
        size *= shape[axis]
    return size, last
