"""Which primitives and composites have a lowering of their own; element-wise operations and reductions are fused instead."""

from __future__ import annotations

from collections.abc import Callable

from hornbeam.graph.copies import COPIES
from hornbeam.graph.ir import Node

from hornbeam_cuda.library import Call
from hornbeam_cuda.lower import attention, convolution, movement, ordering, products, recurrent, rows, scan, windows
from hornbeam_cuda.lower.stage import Rule

__all__ = ["RULES", "keeper"]

RULES: dict[str, Rule] = {
    "dot_general": products.lower,
    **dict.fromkeys(("conv_general", "conv_input_grad", "conv_kernel_grad"), convolution.lower),
    **dict.fromkeys(("attention", "attention_grad"), attention.lower),
    recurrent.LAYER.name: recurrent.lower_layer,
    recurrent.GRADIENT.name: recurrent.lower_gradient,
    "scan": scan.lower,
    "index_within": rows.lower_index_within,
    "gather": rows.lower_gather,
    "scatter": rows.lower_scatter,
    **dict.fromkeys(("window_sum", "window_max", "window_gather", "window_spread", "window_scatter"), windows.lower),
    **dict.fromkeys(("argmax", "argmin"), ordering.lower_extreme),
    "argsort": ordering.lower_argsort,
    "cumulative_sum": ordering.lower_cumulative_sum,
    "searchsorted": ordering.lower_searchsorted,
    **dict.fromkeys(COPIES, movement.lower_copies),
    "dynamic_slice": movement.lower_dynamic_slice,
    "dynamic_update_slice": movement.lower_dynamic_update_slice,
}


def keeper(supports: Callable[[Call], bool]) -> Callable[[Node], bool]:
    """Says of a composite whether it is lowered as a whole; else it is written out before anything is fused."""

    def keeps(node: Node) -> bool:
        if node.primitive.name not in ("attention", "attention_grad"):
            return False
        call = attention.described(node)
        return call is not None and supports(call)

    return keeps
