"""dot_general as calls of the product kernel."""

from __future__ import annotations

import math
from typing import NamedTuple

from hornbeam.graph.ir import Node, Value
from hornbeam.ops.contraction import free_axes

from hornbeam_cpu.kernels import gemm
from hornbeam_cpu.kernels.combine import combine
from hornbeam_cpu.kernels.micro import tile
from hornbeam_cpu.kernels.scalars import SIZES
from hornbeam_cpu.llvm.library import Kernel
from hornbeam_cpu.lower.loops import copy_layout
from hornbeam_cpu.lower.stage import Call, Context, Layout, Pointer, Stage, contiguous

__all__ = ["lower"]

DEPTH = 640  # of k packed at once: a tile of A stays in the first cache, a panel of B in the second
WORK = 2_000_000  # operations of a task at least
TASKS = 16  # a product is cut into about so many, so that threads of any number get equal shares
ROWS = 224  # of a task at most: sixteen tiles
LONG = 4096  # a sum of more terms than that is cut into parts where there is little else to share out
PARTS = 16


class Axis(NamedTuple):
    """Some axes as one: their size, and strides in the operands and the result (0 where they are not there)."""

    size: int
    a: int
    b: int
    c: int


def lower(node: Node, context: Context) -> bool:
    """Emit a product of two tensors; only of float32 and float64."""
    dtype = str(node.output.dtype)
    if dtype not in ("float32", "float64") or not all(v.size for v in node.inputs):
        return False
    seen = context.layout(node.inputs[0]), context.layout(node.inputs[1])
    # Where strides cannot say it, operands are copied in order: the smaller one, the other one, both.
    first = int(node.inputs[0].size > node.inputs[1].size)
    for copied in ((), (first,), (1 - first,), (0, 1)):
        arranged = list(seen)
        for side in copied:
            arranged[side] = _in_order(node, side, arranged[1 - side])
        axes = _axes(node, *arranged)
        if axes and len(axes[0]) <= gemm.BATCH:
            break
    else:
        return False
    for side in copied:
        value, layout = node.inputs[side], arranged[side]
        copy_layout(seen[side], value.shape, value.dtype, Pointer(layout.base), layout.strides, context)
    left, right = arranged
    _emit(node.output, context, (left.base, right.base), (left.offset, right.offset), *axes, copied=1 in copied)
    return True


def _in_order(node: Node, side: int, other: Layout) -> Layout:
    """Memory for one operand in the order batch, m, k or batch, k, n; what is summed over in the order of the other operand."""
    value = node.inputs[side]
    contracting, batch = node.params["contracting"], node.params["batch"]
    pairs = sorted(zip(*contracting, strict=True), key=lambda pair: -abs(other.strides[pair[1 - side]]))
    summed = tuple(pair[side] for pair in pairs)
    free = free_axes(len(value.shape), summed, batch[side])
    order = (*batch[side], *summed, *free) if side else (*batch[side], *free, *summed)
    shape = tuple(value.shape[a] for a in order)
    strides = dict(zip(order, contiguous(shape), strict=True))
    return Layout(Value(shape, value.dtype), 0, tuple(strides[a] for a in range(len(order))))


def _axes(node: Node, left: Layout, right: Layout) -> tuple[list[Axis], Axis, Axis, Axis] | None:
    """(batch, m, n, k), each m, n and k as one axis; None where k cannot be."""
    x, y = node.inputs
    contracting, batch = node.params["contracting"], node.params["batch"]
    free = free_axes(len(x.shape), contracting[0], batch[0]), free_axes(len(y.shape), contracting[1], batch[1])
    out = iter(contiguous(node.output.shape))
    batches = [Axis(x.shape[i], left.strides[i], right.strides[j], next(out)) for i, j in zip(*batch, strict=True)]
    ms = _joined([Axis(x.shape[i], left.strides[i], 0, next(out)) for i in free[0]])
    ns = _joined([Axis(y.shape[j], 0, right.strides[j], next(out)) for j in free[1]])
    ks = [Axis(x.shape[i], left.strides[i], right.strides[j], 0) for i, j in zip(*contracting, strict=True)]
    ks = _joined(sorted(ks, key=lambda axis: (-abs(axis.a), -abs(axis.b))))  # the order of a sum is free
    if len(ks) > 1:
        return None
    k = ks[0] if ks else Axis(1, 1, 1, 0)
    m, n = _largest(ms, Axis(1, 1, 0, node.output.shape[-1] if node.output.shape else 1)), _inner(ns)
    if n.b != 1 and k.b != 1 and n.size > 1 and k.size > 1:
        return None
    rest = [axis for axis in (*batches, *ms, *ns) if axis not in (m, n) and axis.size > 1]
    return _joined(rest), m, n, k


def _joined(axes: list[Axis]) -> list[Axis]:
    """Neighbouring axes as one where all strides go on from one to the next."""
    found: list[Axis] = []
    for axis in axes:
        if axis.size == 1:
            continue
        last = found[-1] if found else None
        if last and (last.a, last.b, last.c) == (axis.a * axis.size, axis.b * axis.size, axis.c * axis.size):
            found[-1] = Axis(last.size * axis.size, *axis[1:])
        else:
            found.append(axis)
    return found


def _largest(axes: list[Axis], otherwise: Axis) -> Axis:
    return max(axes, key=lambda axis: axis.size) if axes else otherwise


def _inner(axes: list[Axis]) -> Axis:
    """The axis along which vectors run: the result's last."""
    return axes[-1] if axes else Axis(1, 0, 1, 1)


def _emit(
    output: Value,
    context: Context,
    bases: tuple[Value, Value],
    offsets: tuple[int, int],
    batch: list[Axis],
    m: Axis,
    n: Axis,
    k: Axis,
    copied: bool,
) -> None:
    """The stages of a product; `copied`: whether the right operand is a copy that this node makes, so anew at each step of a loop."""
    dtype = str(output.dtype)
    size = SIZES[dtype]
    transposed = n.b != 1 and n.size > 1
    along = "k" if k.a == 1 or k.size == 1 else "m" if m.a == 1 or m.size == 1 else ""
    height, vectors = tile(context.target)
    width = vectors * context.target.lanes(size)
    batches = math.prod(axis.size for axis in batch)
    flops = 2 * batches * m.size * n.size * k.size
    rows, panels, parts = _share(batches, m.size, -(-n.size // width), k.size, flops, height)
    chunk = -(-k.size // parts)
    parts = -(-k.size // chunk)
    blocks = -(-k.size // DEPTH) if parts == 1 else -(-chunk // DEPTH)
    depth = -(-min(k.size, chunk) // blocks)
    target = context.temporary((parts, *output.shape), output.dtype) if parts > 1 else output
    values: dict[str, int | Pointer] = {
        **{"A": Pointer(bases[0], offsets[0] * size), "B": Pointer(bases[1], offsets[1] * size), "C": Pointer(target)},
        **{"M": m.size, "N": n.size, "K": k.size, "sm": m.a, "sk": k.a, "sb": n.b if transposed else k.b, "ldc": m.c},
        **{"rows": rows, "panels": panels, "row_blocks": -(-m.size // rows), "depth": depth},
        **{"panel_blocks": -(-n.size // (panels * width)), "chunk": chunk, "parts": parts},
    }
    for d in range(gemm.BATCH):
        axis = batch[d] if d < len(batch) else Axis(1, 0, 0, 0)
        values |= {f"batch{d}": axis.size, f"a{d}": axis.a, f"b{d}": axis.b, f"c{d}": axis.c}
    tasks = batches * parts * -(-m.size // rows) * -(-n.size // (panels * width))
    packed = batches == 1 and parts == 1 and context.outside is not None and not copied
    packed = packed and context.is_invariant(bases[1])
    if packed:
        made = _packed(bases[1], offsets[1], transposed, n, k, output, width, context)
        values |= {"B": Pointer(made)}
        bases = (bases[0], made)
    product = gemm.Product(dtype, along, transposed and not packed, packed)
    kernel = Kernel(gemm.generate, (product,), "product")
    call = Call(kernel, tuple(values[name] for name in gemm.ARGS), (depth + 1) * width * size)
    name = f"product {batches}x{m.size}x{n.size}x{k.size}"
    context.emit(Stage(tasks, (call,), tuple(bases), (target,), flops, name))
    if parts > 1:
        combine(context, "reduce_sum", target, Pointer(output), output)


def _packed(
    base: Value, offset: int, transposed: bool, n: Axis, k: Axis, output: Value, width: int, context: Context
) -> Value:
    """The right operand in panels, made once before the loop."""
    outside = context.outside
    assert outside is not None
    size = SIZES[str(output.dtype)]
    panels = -(-n.size // width)
    made = outside.temporary((panels * k.size * width,), output.dtype)
    args = (Pointer(base, offset * size), Pointer(made), n.size, k.size, n.b if transposed else k.b)
    kernel = Kernel(gemm.pack_panels, (gemm.Product(str(output.dtype), "", transposed),), "pack")
    outside.emit(Stage(panels, (Call(kernel, args),), (base,), (made,), 0, "pack"))
    return made


def _share(batches: int, m: int, panels: int, k: int, flops: int, height: int) -> tuple[int, int, int]:
    """Rows and panels of a task, and parts of the sum: enough tasks, each worth its while."""
    wanted = max(1, min(TASKS, flops // WORK))
    rows = min(m, ROWS // height * height)
    row_blocks = -(-m // rows)
    per_task = max(1, batches * row_blocks * panels // max(wanted, 1))
    width = min(panels, per_task) if batches * row_blocks < wanted else min(panels, 8)
    tasks = batches * row_blocks * -(-panels // width)
    if tasks < wanted and m > 2 * height:  # few panels: share out rows
        blocks = min(-(-wanted * row_blocks // tasks), -(-m // (2 * height)))
        rows = min(m, math.ceil(m / blocks / height) * height)
        tasks = batches * -(-m // rows) * -(-panels // width)
    parts = min(PARTS, k // (LONG // 8), -(-wanted // tasks)) if k >= LONG and tasks * 2 <= wanted else 1
    return rows, width, max(1, parts)
