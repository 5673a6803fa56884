"""Regions of element-wise operations and reductions, as calls of generated loops."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from hornbeam.dtypes import as_dtype
from hornbeam.graph.ir import Node, Value
from hornbeam.graph.region import REDUCTIONS, SOURCES, Makers, Region, axis_map

from hornbeam_cpu.kernels import loops
from hornbeam_cpu.kernels.access import width
from hornbeam_cpu.kernels.combine import combine
from hornbeam_cpu.kernels.elementwise import supported
from hornbeam_cpu.kernels.nest import Array, Nest, Step, slots
from hornbeam_cpu.kernels.passes import UNROLLED, Passes
from hornbeam_cpu.kernels.scalars import NARROW, SIZES, held
from hornbeam_cpu.llvm.library import Kernel
from hornbeam_cpu.llvm.target import Target
from hornbeam_cpu.lower.bits import bits_of
from hornbeam_cpu.lower.stage import Call, Context, Layout, Pointer, Stage, contiguous

__all__ = ["can_lower", "copy_layout", "lower_region"]

COMPLEX = {"complex64": "float32", "complex128": "float64"}
TASK = 16 * 1024  # elements of a task: some ten microseconds of work
WHOLE = 32 * 1024  # up to so many elements a reduction over serial dimensions is one task
CHUNKS = 32  # at most so many partial results are added up


@dataclass
class _Access:
    """An array and its stride along each dimension of a region, in elements."""

    dtype: str
    pointer: Pointer
    strides: dict[int, int]


def can_lower(node: Node) -> bool:
    """Whether there are instructions for a node of a region."""
    name = node.primitive.name
    if any(str(v.dtype) not in SIZES for v in (*node.inputs, *node.outputs)):
        return False
    if name in REDUCTIONS or name in SOURCES:
        return name != "random_bits" or str(node.output.dtype) == "uint32"
    return supported(name, str(node.inputs[-1].dtype))


def lower_region(region: Region, context: Context, producers: Makers, outs: dict[Value, Pointer]) -> None:
    """Emit the stages of a region, which writes its outputs densely.

    Args:
        region: what to compute.
        context: receives the stages.
        producers: the graph's.
        outs: where the outputs go.
    """
    _Lowering(region, context, producers, outs).emit()


class _Lowering:
    def __init__(self, region: Region, context: Context, producers: Makers, outs: dict[Value, Pointer]) -> None:
        self.region, self.context, self.producers, self.outs = region, context, producers, outs
        self.reads: list[_Access] = []
        self.constants: list[tuple[str, int]] = []  # dtype, bits
        self.flat: list[_Access] = []
        self.sources: dict[Value, None] = {}
        self.pending: list[tuple[Node, list[tuple[str, Any]]]] = []
        self.numbers: dict[Value, int] = {}
        for node in region.nodes:
            self.pending.append((node, [self._operand(node, v) for v in node.inputs]))
        self.count = len(self.reads) + len(self.constants)
        for i, node in enumerate(region.nodes):
            self.numbers[node.output] = self.count + i

    def _operand(self, node: Node, value: Value) -> tuple[str, Any]:
        root, _ = axis_map(value, self.producers)
        if root in self.region.axes:
            return "step", root
        if root.data is not None and root.size == 1:
            return "constant", self._constant(root)
        layout = self.context.layout(value)
        self.sources[layout.base] = None
        walk = (None,) * len(value.shape) if node.primitive.name in SOURCES else self.region.walks[node]
        pointer = Pointer(layout.base, layout.offset * SIZES[str(value.dtype)])
        strides = {d: by for d, by in zip(walk, layout.strides, strict=True) if d is not None}
        for i, known in enumerate(self.reads):
            if known.pointer == pointer and known.strides == strides and known.dtype == str(value.dtype):
                return "read", i
        self.reads.append(_Access(str(value.dtype), pointer, strides))
        return "read", len(self.reads) - 1

    def _constant(self, value: Value) -> int:
        dtype = str(value.dtype)
        bits = bits_of(dtype, value.data.item())
        if (dtype, bits) not in self.constants:
            self.constants.append((dtype, bits))
        return self.constants.index((dtype, bits))

    # ---- the form of the nest

    def emit(self) -> None:
        """Choose the order of the loops, and emit."""
        region = self.region
        reduces = bool(region.reductions)
        writes = self._writes()
        groups = [list(region.parallel), list(region.serial), list(region.inner)]
        if not reduces and not region.inner:  # a plain map: any order of the loops will do
            groups = [list(range(len(region.extents))), [], []]
        lead = next((a for a, v in writes if len(a.strides) == len(region.extents)), None)
        order = lead.strides if lead else {}
        for group in groups:
            group.sort(key=lambda d: (-abs(order.get(d, 0)), d))
        self.flat = [
            _Access("uint32", Pointer(n.output), dict(zip_dims(region.walks[n], contiguous(n.output.shape))))
            for n in region.nodes
            if n.primitive.name == "random_bits"
        ]
        accesses = [*self.reads, *(a for a, _ in writes), *self.flat]
        indexed = {region.walks[n][0] for n in region.nodes if n.primitive.name == "iota"}
        merged = [self._collapse(group, accesses, indexed) for group in groups]
        if not reduces and not merged[2] and merged[0]:
            merged[2] = [merged[0].pop()]
        self._emit(merged, writes, dynamic=not reduces and not region.inner)

    def _collapse(self, group: list[int], accesses: list[_Access], fixed: set[int | None]) -> list[tuple[int, ...]]:
        """Neighbouring dimensions as one, where every array goes on from one to the next without a jump."""
        found: list[tuple[int, ...]] = []
        extents = self.region.extents
        for d in group:
            last = found[-1][-1] if found else d
            goes_on = bool(found) and last not in fixed and d not in fixed
            if goes_on and all(a.strides.get(last, 0) == a.strides.get(d, 0) * extents[d] for a in accesses):
                found[-1] = (*found[-1], d)
            else:
                found.append((d,))
        return found

    def _writes(self) -> list[tuple[_Access, Value]]:
        found = []
        for value in self.region.outputs:
            strides = dict(zip_dims(self.region.axes[value], contiguous(value.shape)))
            found.append((_Access(str(value.dtype), self.outs[value], strides), value))
        return found

    def _emit(self, merged: list[list[tuple[int, ...]]], writes: list[tuple[_Access, Value]], dynamic: bool) -> None:
        region, context = self.region, self.context
        parallel, serial, inner = merged
        sizes = [[region.extent(dims) for dims in group] for group in merged]
        dims = [*parallel, *serial, *inner]
        self.outer_rank = len(parallel) + len(serial)
        rows, places, length = (math.prod(s) for s in sizes)
        if not inner:
            inner_static: tuple[int, ...] = ()
        else:
            inner_static = (0,) if dynamic else tuple(sizes[2])
        over_serial = {n.output for n, kind in region.reductions.items() if kind != "row"}
        chunks, block, part = 1, 0, max(length, 1)
        if serial and not parallel:
            chunks = 1 if places * length <= WHOLE else min(CHUNKS, places, -(-places * length // TASK))
            block = -(-places // chunks)
            chunks = tasks = -(-places // block)
        else:
            if dynamic and rows == 1:
                part = min(length, max(64, TASK))
            block = max(1, min(rows, TASK // max(1, part * places)))
            tasks = -(-rows // block) * -(-length // part) if dynamic else -(-rows // block)
        split = serial and not parallel
        partial = {
            v: context.temporary((chunks, *v.shape), as_dtype(held(str(v.dtype))))
            for _, v in writes
            if v in over_serial and split and (chunks > 1 or str(v.dtype) in NARROW)
        }
        arrays = []
        for access, value in writes:
            if value in partial:
                access = _Access(
                    held(access.dtype), Pointer(partial[value]), access.strides | {serial[0][-1]: value.size}
                )
            elif value in over_serial and split:
                access = _Access(access.dtype, access.pointer, access.strides | {serial[0][-1]: 0})
            arrays.append((access, value))

        def classes(access: _Access, value: Value) -> tuple[int, ...]:
            """Those of a result: one chunk and many are the same to the kernel."""
            found = _classes(access, dims)
            return (2, *found[1:]) if value in over_serial and split else found

        nest = Nest(
            (len(parallel), len(serial)),
            inner_static,
            tuple(Array(a.dtype, _classes(a, dims)) for a in self.reads),
            tuple(dtype for dtype, _ in self.constants),
            tuple(self._step(i, dims) for i in range(len(self.pending))),
            tuple((Array(a.dtype, classes(a, v)), self.numbers[v]) for a, v in arrays),
            tuple(_classes(a, dims) for a in self.flat),
        )
        loose = len(inner) == 1 and bool(parallel or not serial)
        nest, place, scratch = _settled(nest, context.target, loose, rows == 1)
        args: list[int | Pointer] = [0] * len(place)
        for i, access in enumerate(self.reads):
            args[place["read", i]] = access.pointer
        for i, (access, _) in enumerate(arrays):
            args[place["write", i]] = access.pointer
        for i, (_, bits) in enumerate(self.constants):
            args[place["constant", i]] = bits
        for d, size in enumerate([*sizes[0], *sizes[1], *([length] if nest.inner == (0,) else [])]):
            args[place["size", d]] = size
        for kind, listed in (("read", self.reads), ("write", [a for a, _ in arrays]), ("flat", self.flat)):
            for i, access in enumerate(listed):
                for d, group in enumerate(dims):
                    if ("stride", kind, i, d) in place:
                        args[place["stride", kind, i, d]] = access.strides.get(group[-1], 0)
        args[place["block",]], args[place["part",]] = block, part
        args[place["parts",]] = -(-length // part) if dynamic else 1
        name = "_".join(dict.fromkeys(n.primitive.name for n in region.nodes))[:60]
        kernel = Kernel(loops.generate, (nest,), name)
        call = Call(kernel, tuple(args), scratch)
        total = rows * places * length
        written = [partial.get(v, self.outs[v].value) for _, v in arrays]
        shared = () if region.reductions else tuple(self._in_place(writes))
        stage = Stage(tasks, (call,), tuple(self.sources), tuple(written), total * len(region.nodes), name, shared)
        context.emit(stage)
        for value, parts in partial.items():
            reducing = self.producers[value].primitive.name
            combine(context, reducing, parts, self.outs[value], value)

    def _in_place(self, writes: list[tuple[_Access, Value]]) -> Iterator[tuple[Value, Value]]:
        """Arrays that are read just where, and as, an array of the same kind is written."""
        for access, value in writes:
            for read in self.reads:
                same = read.strides == access.strides and read.dtype == access.dtype and not read.pointer.offset
                base = read.pointer.value
                once = sum(other.pointer.value is base for other in self.reads) == 1
                if same and once and base.size == value.size and base.data is None:
                    yield base, value

    def _step(self, i: int, dims: list[tuple[int, ...]]) -> Step:
        region = self.region
        node, operands = self.pending[i]
        numbers = []
        for what, which in operands:
            offset = {"read": 0, "constant": len(self.reads), "step": 0}[what]
            numbers.append(self.numbers[which] if what == "step" else offset + which)
        name = node.primitive.name
        extra: tuple[int, ...] = ()
        if name == "iota":
            d = region.walks[node][0]
            extra = (next((p for p, group in enumerate(dims) if d in group), 0),)
        elif name == "random_bits":
            extra = ([n for n in region.nodes if n.primitive.name == "random_bits"].index(node),)
        if name in REDUCTIONS and node not in region.reductions:
            name = "cast"
        inner = {d for group in dims[self.outer_rank :] for d in group}
        if node in region.reductions:
            kind = f"reduce {region.reductions[node]}"
        else:  # "row": it is the same all along the inner dimensions
            kind = "full" if any(d in inner for d in region.axes[node.output]) else "row"
        return Step(name, tuple(numbers), str(node.output.dtype), kind, extra)


@lru_cache(4096)
def _settled(nest: Nest, target: Target, loose: bool, alone: bool) -> tuple[Nest, dict[tuple[object, ...], int], int]:
    """The nest, where in `args` everything is, and the bytes that a task needs; the same for many regions."""
    if loose:
        nest = _of_any_width(nest, target, alone)
    return nest, slots(nest), loops.scratch_bytes(target, nest)


def _of_any_width(nest: Nest, target: Target, alone: bool) -> Nest:
    """The nest with the size of its inner dimension told at run time, unless rows are short or kept: the batch may be in it."""
    lanes = width(target, nest)
    if not alone and nest.inner[0] <= UNROLLED * lanes:
        return nest
    loose = nest._replace(inner=(0,))
    plan = Passes(loose, lanes)
    return nest if plan.kept or plan.columns else loose


def zip_dims(dims: tuple[int | None, ...], strides: tuple[int, ...]) -> list[tuple[int, int]]:
    """Dimension and stride of each axis that has more than one place."""
    return [(d, by) for d, by in zip(dims, strides, strict=True) if d is not None]


def _classes(access: _Access, dims: list[tuple[int, ...]]) -> tuple[int, ...]:
    """Of each stride what the kernel has to know: 0, 1, or 2 for any other."""
    found = (access.strides.get(group[-1], 0) for group in dims)
    return tuple(by if by in (0, 1) else 2 for by in found)


def copy_layout(
    layout: Layout,
    shape: tuple[int, ...],
    dtype: Any,
    target: Pointer,
    strides: tuple[int, ...],
    context: Context,
) -> None:
    """Emit a stage that copies what is seen with one layout to memory that is seen with other strides.

    Args:
        layout: where the elements are.
        shape, dtype: of what is copied.
        target: where the first element goes.
        strides: of the copy, in elements.
        context: receives the stage.
    """
    dtype = str(dtype)
    if dtype in COMPLEX:  # pairs of real numbers
        seen = Layout(layout.base, 2 * layout.offset, (*(2 * by for by in layout.strides), 1))
        copy_layout(seen, (*shape, 2), COMPLEX[dtype], target, (*(2 * by for by in strides), 1), context)
        return
    axes = [a for a, n in enumerate(shape) if n > 1]
    axes.sort(key=lambda a: -abs(strides[a]))
    origin = {a: layout.strides[a] for a in axes}
    goal = {a: strides[a] for a in axes}
    dims: list[tuple[int, ...]] = []
    for a in axes:
        if dims and all(by[dims[-1][-1]] == by[a] * shape[a] for by in (origin, goal)):
            dims[-1] = (*dims[-1], a)
        else:
            dims.append((a,))
    read = _Access(dtype, Pointer(layout.base, layout.offset * SIZES[dtype]), origin)
    write = _Access(dtype, target, goal)
    sizes = [math.prod(shape[a] for a in group) for group in dims]
    rows, width = math.prod(sizes[:-1]), sizes[-1] if sizes else 1
    nest = Nest(
        (max(0, len(dims) - 1), 0),
        (0,) if dims else (),
        (Array(dtype, _classes(read, dims)),),
        (),
        (Step("identity", (0,), dtype, "full" if dims else "row"),),
        ((Array(dtype, _classes(write, dims)), 1),),
    )
    place = slots(nest)
    part = min(width, TASK) if rows == 1 else width
    block = max(1, min(rows, TASK // part))
    args: list[int | Pointer] = [0] * len(place)
    args[place["read", 0]], args[place["write", 0]] = read.pointer, target
    for d, size in enumerate(sizes):
        args[place["size", d]] = size
    for kind, access in (("read", read), ("write", write)):
        for d, group in enumerate(dims):
            if ("stride", kind, 0, d) in place:
                args[place["stride", kind, 0, d]] = access.strides[group[-1]]
    args[place["block",]], args[place["part",]], args[place["parts",]] = block, part, -(-width // part)
    call = Call(Kernel(loops.generate, (nest,), "copy"), tuple(args))
    tasks = -(-rows // block) * -(-width // part)
    context.emit(Stage(tasks, (call,), (layout.base,), (target.value,), 0, "copy"))
