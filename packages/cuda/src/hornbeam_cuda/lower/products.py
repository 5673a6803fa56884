"""dot_general as a product of matrices: by cuBLASLt, or generated."""

from __future__ import annotations

from collections.abc import Callable

from hornbeam.graph.ir import Node, Value
from hornbeam.graph.products import Axis, in_order, product_axes
from hornbeam.graph.views import Layout

from hornbeam_cuda.library import Product
from hornbeam_cuda.lower.stage import Context, Library
from hornbeam_cuda.precision import precision_of
from hornbeam_cuda.source.kernel import At
from hornbeam_cuda.source.products import product
from hornbeam_cuda.source.scalars import SIZES

__all__ = ["lower"]

FLOATS = frozenset(("float16", "bfloat16", "float32", "float64"))


def lower(node: Node, context: Context) -> bool:
    """Emit a product: a library's of floats, a generated one of all else but truth values and complex numbers."""
    dtype = str(node.output.dtype)
    if dtype not in SIZES or dtype == "bool" or not all(v.size for v in node.inputs):
        return False
    return dtype in FLOATS and _emit(node, context, _call) or _emit(node, context, _any)


def _emit(node: Node, context: Context, describe: Callable[..., Product | None]) -> bool:
    """Emit a product that can be described so, with operands copied in order where strides cannot say it."""
    seen = context.layout(node.inputs[0]), context.layout(node.inputs[1])
    own = describe is _any
    first = int(node.inputs[0].size > node.inputs[1].size)  # the smaller one, the other one, both
    for copied in ((), (first,), (1 - first,), (0, 1)):
        arranged = list(seen)
        for side in copied:
            arranged[side] = in_order(node, side, arranged[1 - side])
        axes = product_axes(node, *arranged)
        call = describe(str(node.output.dtype), *axes) if axes else None
        if call is not None and (own or context.supports(call)):
            break
    else:
        return False
    for side in copied:
        value, layout = node.inputs[side], arranged[side]
        context.copied(seen[side], value.shape, value.dtype, At(layout.base), layout.strides)
    step = _library(call, arranged, node.output, context)
    context.emit(*(product(call, step.addresses, context.bytes) if own else [step]))
    return True


def _any(dtype: str, batch: list[Axis], m: Axis, n: Axis, k: Axis) -> Product | None:
    """What the generated product takes: any strides, one axis for the batch."""
    if len(batch) > 1 or n.size > 1 and n.c != 1:
        return None
    outer = batch[0] if batch else Axis(1, 0, 0, 0)
    sizes = (outer.size, m.size, n.size, k.size)
    return Product(dtype, dtype, sizes, (outer.a, m.a, k.a), (outer.b, k.b, n.b), (outer.c, m.c))


def _library(call: Product, arranged: list[Layout], output: Value, context: Context) -> Library:
    size = output.dtype.itemsize
    left, right = (At(side.base, side.offset * size) for side in arranged)
    reads = tuple(dict.fromkeys((left.base, right.base)))
    return Library(call, (left, right, At(output)), reads, (output,))


def _call(dtype: str, batch: list[Axis], m: Axis, n: Axis, k: Axis) -> Product | None:
    """The call, or None where strides do not say what cuBLASLt can read."""
    if len(batch) > 1:
        return None
    outer = batch[0] if batch else Axis(1, 0, 0, 0)
    a = (outer.a, m.a if m.size > 1 else k.size, k.a if k.size > 1 else 1)
    b = (outer.b, k.b if k.size > 1 else n.size, n.b if n.size > 1 else 1)
    left, right = _matrix(a, (m.size, k.size)), _matrix(b, (k.size, n.size))
    row = m.c if m.size > 1 else n.size
    if left is None or right is None or n.size > 1 and n.c != 1 or row < n.size:
        return None
    sizes = (outer.size, m.size, n.size, k.size)
    return Product(dtype, dtype, sizes, left, right, (outer.c, row), precision=precision_of(dtype))


def _matrix(strides: tuple[int, int, int], sizes: tuple[int, int]) -> tuple[int, int, int] | None:
    """Strides of a matrix of which one axis is dense and the other leads; None where it has no such form."""
    outer, row, column = strides
    if outer < 0 or row < 0 or column < 0:
        return None
    if column == 1 and (row >= sizes[1] or sizes[0] == 1):
        return outer, max(row, sizes[1]), 1
    if row == 1 and (column >= sizes[0] or sizes[1] == 1):
        return outer, 1, max(column, sizes[0])
    return None
