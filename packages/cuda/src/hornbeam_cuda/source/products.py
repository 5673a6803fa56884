"""Products of matrices that are generated: of every dtype and any strides."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hornbeam_cuda.library import Product
from hornbeam_cuda.source.kernel import At, Call, number, read
from hornbeam_cuda.source.tiles import Operands, tiled

__all__ = ["product"]


def product(described: Product, addresses: Sequence[At], temporary: Callable[[int], At]) -> list[Call]:
    """The launches of a product; sums of half floats and single precision are in single precision, of whole numbers they wrap.

    Args:
        described: what to compute; of any dtype and with any strides, but that of the result's columns is 1.
        addresses: of left, right, out, and of the bias and the addend where it has them; it has no sums.
        temporary: gives memory for that many bytes.
    """
    batch, rows, columns, steps = described.sizes
    names = ("left_b", "left_m", "left_k", "right_b", "right_k", "right_n", "out_b", "out_m")
    strides = dict(zip(names, (*described.left, *described.right, *described.out), strict=True))
    dense = columns == 1 or described.out[1] == columns
    dense = dense and (batch == 1 or described.out[0] == rows * columns)
    operands = Operands(
        "",
        "",
        "get(left + b * left_b + m * left_m + k * left_k)",
        "get(right + b * right_b + k * right_k + n * right_n)",
        "b * out_b + m * out_m + n",
        described.left[1] == 1,
        described.right[2] == 1,
        dense and rows * columns > 0,
    )
    given = [read("left", described.dtype, addresses[0]), read("right", described.dtype, addresses[1])]
    extra = ""
    if described.epilogue == "bias":
        given.append(read("bias", described.result, addresses[3]))
        extra += " + get(bias + n)"
    if described.addend:
        given.append(read("addend", described.result, addresses[-1]))
        extra += " + get(addend + goal)"
    given += [number(name, by) for name, by in strides.items()]
    return tiled(
        "product", described.dtype, described.result, described.sizes, operands, given, addresses[2], temporary, extra
    )
