"""What cuBLASLt does to a product before it leaves the registers: a bias is added there, where that is all that reads the product."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from hornbeam.graph.ir import Node, Value
from hornbeam.graph.region import Region
from hornbeam.graph.views import contiguous

from hornbeam_cuda.library import Product
from hornbeam_cuda.lower.stage import Library
from hornbeam_cuda.source.kernel import At

__all__ = ["takes_bias"]


def takes_bias(region: Region, lowering: Any) -> bool:
    """Let the product take over a region that only adds a bias to it: it is moved to where the region would be."""
    if len(region.nodes) != 1 or region.nodes[0].primitive.name != "add":
        return False
    (node,) = region.nodes
    first, second = node.inputs
    return _joined(node, first, second, lowering) or _joined(node, second, first, lowering)


def _joined(node: Node, product: Value, bias: Value, lowering: Any) -> bool:
    step = next((s for s in reversed(lowering.steps) if product in s.writes), None)
    if not isinstance(step, Library) or not isinstance(step.call, Product) or step.writes != (product,):
        return False
    batch, _, n, _ = step.call.sizes
    alone = lowering.users[product] == [node] and product not in lowering.graph.outputs
    if batch != 1 or step.call.epilogue != "none" or step.call.out[1] != n or not alone:
        return False
    base, offset, strides = lowering.layout(bias)
    if not _is_row(bias.shape, strides, n):
        return False
    call = replace(step.call, epilogue="bias")
    if not lowering.supports(call):
        return False
    lowering.steps.remove(step)
    addresses = (*step.addresses[:2], At(node.output), At(base, offset * bias.dtype.itemsize))
    lowering.steps.append(Library(call, addresses, (*step.reads, base), (node.output,)))
    return True


def _is_row(shape: tuple[int, ...], strides: tuple[int, ...], n: int) -> bool:
    """Whether n neighbours are repeated for every row."""
    for split in range(len(shape) + 1):
        if math.prod(shape[split:]) == n:
            dense = zip(shape[split:], strides[split:], contiguous(shape[split:]), strict=True)
            rows = zip(shape[:split], strides[:split], strict=True)
            if all(by == c or s == 1 for s, by, c in dense) and all(not by or s == 1 for s, by in rows):
                return True
    return False
