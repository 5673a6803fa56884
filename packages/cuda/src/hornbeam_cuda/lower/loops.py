"""Regions of element-wise operations and reductions, and copies, as loop nests with their sizes and strides."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hornbeam.dtypes import as_dtype
from hornbeam.graph.ir import Node, Value
from hornbeam.graph.region import REDUCTIONS, SOURCES, Makers, Region, axis_map
from hornbeam.graph.views import Layout, contiguous

from hornbeam_cuda.lower.stage import Context
from hornbeam_cuda.source.described import Loops, Operation, Strided
from hornbeam_cuda.source.expressions import supported
from hornbeam_cuda.source.kernel import At
from hornbeam_cuda.source.regions import region as launches
from hornbeam_cuda.source.scalars import SIZES

__all__ = ["can_lower", "copy", "lower_region"]

PARTS = {"complex64": "float32", "complex128": "float64"}  # copies move bits: a complex number is two real ones


def can_lower(node: Node) -> bool:
    """Whether there is an expression for a node of a region."""
    name = node.primitive.name
    if any(str(v.dtype) not in SIZES for v in (*node.inputs, *node.outputs)):
        return False
    if name in REDUCTIONS or name in SOURCES:
        return name != "random_bits" or str(node.output.dtype) == "uint32"
    return supported(_operation(node), str(node.inputs[-1].dtype))


def _operation(node: Node) -> str:
    """What a loop calls a node's operation: with its order, where it has one."""
    name, order = node.primitive.name, node.params.get("order")
    return name if order is None else f"{name}_{order}"


@dataclass
class _Access:
    """An array, where it begins, and its stride along each dimension of a region, in elements."""

    dtype: str
    at: At
    strides: dict[int, int]

    def along(self, dims: list[tuple[int, ...]], context: Context) -> Strided:
        """The array as a nest of joined dimensions sees it."""
        strides = tuple(self.strides.get(joint[-1], 0) for joint in dims)
        return Strided(self.dtype, strides, self.at.offset % 16 == 0 and self.at.base not in context.unaligned)


def lower_region(region: Region, context: Context, makers: Makers) -> None:
    """Emit the launches of a region."""
    _Lowering(region, context, makers).emit()


class _Lowering:
    def __init__(self, region: Region, context: Context, makers: Makers) -> None:
        self.region, self.context, self.makers = region, context, makers
        self.reads: list[_Access] = []
        self.constants: list[tuple[str, int | float | bool]] = []
        operands = [(n, [self._operand(n, v) for v in n.inputs]) for n in region.nodes]
        first = len(self.reads) + len(self.constants)
        self.numbers = {n.output: first + i for i, n in enumerate(region.nodes)}
        self.operands = {n: tuple(self._number(*o) for o in found) for n, found in operands}

    def _number(self, what: str, which: int | Value) -> int:
        if isinstance(which, Value):
            return self.numbers[which]
        return which if what == "read" else len(self.reads) + which

    def _operand(self, node: Node, value: Value) -> tuple[str, int | Value]:
        root, _ = axis_map(value, self.makers)
        if root in self.region.axes:
            return "step", root
        if root.data is not None and root.size == 1:
            return "constant", self._constant(root)
        if node.primitive.name in SOURCES:  # the key of random numbers: four words, one after the other
            access = _Access(str(value.dtype), At(self.context.dense(value)), {})
        else:
            layout = self.context.layout(value)
            at = At(layout.base, layout.offset * value.dtype.itemsize)
            access = _Access(str(value.dtype), at, _strides(self.region.walks[node], layout.strides))
        if access not in self.reads:
            self.reads.append(access)
        return "read", self.reads.index(access)

    def _constant(self, value: Value) -> int:
        found = (str(value.dtype), value.data.item())
        for i, known in enumerate(self.constants):
            if repr(known) == repr(found):  # a NaN is itself, and -0.0 is not 0.0
                return i
        self.constants.append(found)
        return len(self.constants) - 1

    def emit(self) -> None:
        """Choose the order of the loops, join what can be joined, and emit."""
        region = self.region
        writes = [(self._write(v), v) for v in region.outputs]
        groups = [list(region.parallel), list(region.serial), list(region.inner)]
        if not region.reductions and not region.inner:  # a plain map: any order of the loops will do
            groups = [list(range(len(region.extents))), [], []]
        lead = next((a for a, _ in writes if len(a.strides) == len(region.extents)), None)
        order = lead.strides if lead else {}
        for group in groups:
            group.sort(key=lambda d: (-abs(order.get(d, 0)), d))
        words = [
            _Access("uint32", At(n.output), _strides(region.walks[n], contiguous(n.output.shape)))
            for n in region.nodes
            if n.primitive.name == "random_bits"
        ]
        everything = [*self.reads, *(a for a, _ in writes), *words]
        counted = {region.walks[n][0] for n in region.nodes if n.primitive.name == "iota"}
        merged = [_joined(group, everything, counted, region.extents) for group in groups]
        if not region.reductions and not merged[2] and merged[0]:
            merged[2] = [merged[0].pop()]
        dims = [joint for group in merged for joint in group]
        inner = {d for joint in merged[2] for d in joint}
        loops = Loops(
            tuple(region.extent(joint) for joint in dims),
            (len(merged[0]), len(merged[1]), len(merged[2])),
            tuple(a.along(dims, self.context) for a in self.reads),
            tuple(self.constants),
            tuple(self._step(n, dims, inner) for n in region.nodes),
            tuple((a.along(dims, self.context), self.numbers[v]) for a, v in writes),
        )
        _emit(loops, self.reads, [a for a, _ in writes], self.context)

    def _write(self, value: Value) -> _Access:
        """Where an output goes: to memory of its own, or to its part of what it is concatenated to."""
        base, offset, strides = self.context.layout(value)
        at = At(base, offset * value.dtype.itemsize)
        return _Access(str(value.dtype), at, _strides(self.region.axes[value], strides))

    def _step(self, node: Node, dims: list[tuple[int, ...]], inner: set[int]) -> Operation:
        region, name = self.region, _operation(node)
        extra: tuple[int | float | str, ...] = ()
        if name == "iota":
            d = region.walks[node][0]
            extra = (next((p for p, joint in enumerate(dims) if d in joint), -1),)  # -1: there is one place
        elif name == "random_bits":
            by = _strides(region.walks[node], contiguous(node.output.shape))
            extra = tuple(by.get(joint[-1], 0) for joint in dims)
        if name in REDUCTIONS and node not in region.reductions:
            name = "cast"
        if node in region.reductions:
            kind = f"reduce {region.reductions[node]}"
        else:
            kind = "full" if any(d in inner for d in region.axes[node.output]) else "row"
        return Operation(name, self.operands[node], str(node.output.dtype), kind, extra)


def _emit(loops: Loops, reads: list[_Access], writes: list[_Access], context: Context) -> None:
    sources, goals = [a.at for a in reads], [a.at for a in writes]
    context.emit(*launches(loops, sources, goals, context.bytes, context.multiprocessors))


def _strides(dims: tuple[int | None, ...], strides: tuple[int, ...]) -> dict[int, int]:
    return {d: by for d, by in zip(dims, strides, strict=True) if d is not None}


def _joined(
    group: list[int], accesses: list[_Access], fixed: set[int | None], extents: list[int]
) -> list[tuple[int, ...]]:
    """Neighbouring dimensions as one, where every array goes on from one to the next without a jump."""
    found: list[tuple[int, ...]] = []
    for d in group:
        last = found[-1][-1] if found else d
        goes_on = bool(found) and last not in fixed and d not in fixed
        if goes_on and all(a.strides.get(last, 0) == a.strides.get(d, 0) * extents[d] for a in accesses):
            found[-1] = (*found[-1], d)
        else:
            found.append((d,))
    return found


def copy(
    layout: Layout,
    shape: tuple[int, ...],
    dtype: str,
    target: At,
    strides: tuple[int, ...],
    context: Context,
    after: str = "",
) -> None:
    """Emit a launch that copies what is seen with one layout to memory that is seen with other strides.

    Args:
        layout: where the elements are.
        shape, dtype: of what is copied.
        target: where the first element goes.
        strides: of the copy, in elements.
        context: receives the launch.
        after: the dtype of the copy; default: the same.
    """
    base, offset, steps = layout
    if dtype in PARTS:
        dtype, shape, offset = PARTS[dtype], (*shape, 2), 2 * offset
        steps, strides = (*(2 * by for by in steps), 1), (*(2 * by for by in strides), 1)
    axes = sorted((a for a, n in enumerate(shape) if n > 1), key=lambda a: -abs(strides[a]))
    read = _Access(dtype, At(base, offset * as_dtype(dtype).itemsize), {a: steps[a] for a in axes})
    write = _Access(after or dtype, target, {a: strides[a] for a in axes})
    dims = _joined(axes, [read, write], set(), list(shape))
    loops = Loops(
        tuple(math.prod(shape[a] for a in joint) for joint in dims),
        (max(0, len(dims) - 1), 0, min(1, len(dims))),
        (read.along(dims, context),),
        (),
        (Operation("cast", (0,), after or dtype, "full" if dims else "row"),),
        ((write.along(dims, context), 1),),
    )
    _emit(loops, [read], [write], context)
