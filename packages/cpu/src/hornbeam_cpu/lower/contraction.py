"""dot_general as calls of the product kernel."""

from __future__ import annotations

import math

from hornbeam.graph.ir import Node, Value
from hornbeam.graph.products import Axis, in_order, product_axes

from hornbeam_cpu.kernels import gemm
from hornbeam_cpu.kernels.combine import combine
from hornbeam_cpu.kernels.micro import tile
from hornbeam_cpu.kernels.scalars import SIZES
from hornbeam_cpu.llvm.library import Kernel
from hornbeam_cpu.lower.loops import copy_layout
from hornbeam_cpu.lower.stage import Call, Context, Pointer, Stage

__all__ = ["lower"]

DEPTH = 640  # of k packed at once: a tile of A stays in the first cache, a panel of B in the second
WORK = 2_000_000  # operations of a task at least
TASKS = 16  # a product is cut into about so many, so that threads of any number get equal shares
ROWS = 224  # of a task at most: sixteen tiles
LONG = 4096  # a sum of more terms than that is cut into parts where there is little else to share out
PARTS = 16


def lower(node: Node, context: Context) -> bool:
    """Emit a product of two tensors; only of float32 and float64."""
    dtype = str(node.output.dtype)
    if dtype not in ("float32", "float64") or not all(v.size for v in node.inputs):
        return False
    seen, goal = (context.layout(node.inputs[0]), context.layout(node.inputs[1])), context.layout(node.output)
    # Where strides cannot say it, operands are copied in order: the smaller one, the other one, both.
    first = int(node.inputs[0].size > node.inputs[1].size)
    for copied in ((), (first,), (1 - first,), (0, 1)):
        arranged = list(seen)
        for side in copied:
            arranged[side] = in_order(node, side, arranged[1 - side], seen[side])
        axes = product_axes(node, arranged[0], arranged[1], goal)
        if axes and len(axes[0]) <= gemm.BATCH:
            break
    else:
        return False
    for side in copied:
        value, layout = node.inputs[side], arranged[side]
        copy_layout(seen[side], value.shape, value.dtype, Pointer(layout.base), layout.strides, context)
    left, right = arranged
    bases, offsets, cuts = (left.base, right.base), (left.offset, right.offset), goal.base is node.output
    _emit(goal.base, context, bases, offsets, *axes, copied=1 in copied, cuts=cuts)
    return True


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
    cuts: bool,
) -> None:
    """The stages of a product.

    `copied`: whether the right operand is a copy that this node makes, so anew at each step of a loop; `cuts`: whether the sum may be
    cut into parts.
    """
    dtype = str(output.dtype)
    size = SIZES[dtype]
    transposed = n.b != 1 and n.size > 1
    along = "k" if k.a == 1 or k.size == 1 else "m" if m.a == 1 or m.size == 1 else ""
    height, vectors = tile(context.target)
    width = vectors * context.target.lanes(size)
    batches = math.prod(axis.size for axis in batch)
    flops = 2 * batches * m.size * n.size * k.size
    rows, panels, parts = _share(batches, m.size, -(-n.size // width), k.size, flops, height)
    parts = parts if cuts else 1
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
