"""Which primitives and composites have a lowering of their own; element-wise operations and reductions are fused instead."""

from __future__ import annotations

from hornbeam.graph.copies import COPIES
from hornbeam.graph.ir import Node

from hornbeam_cpu.lower import (
    attention,
    branches,
    complex,
    contraction,
    convolution,
    movement,
    ordering,
    rows,
    scan,
    solving,
    window,
)
from hornbeam_cpu.lower.stage import Rule

__all__ = ["RULES", "keeps"]

RULES: dict[str, Rule] = {
    "dot_general": contraction.lower,
    "conv_general": convolution.lower_forward,
    "conv_input_grad": convolution.lower_input_gradient,
    "conv_kernel_grad": convolution.lower_kernel_gradient,
    **dict.fromkeys(("window_sum", "window_max", "window_gather", "window_spread", "window_scatter"), window.lower),
    "index_within": rows.lower_index_within,
    "gather": rows.lower_gather,
    "scatter": rows.lower_scatter,
    **dict.fromkeys(("argmax", "argmin"), rows.lower_extreme),
    "attention": attention.lower,
    "attention_grad": attention.lower_gradient,
    "scan": scan.lower,
    "switch": branches.lower_switch,
    "while": branches.lower_while,
    **dict.fromkeys(COPIES, movement.lower_copies),
    **dict.fromkeys(("real", "imag"), complex.lower_part),
    "complex": complex.lower_complex,
    "dynamic_slice": movement.lower_dynamic_slice,
    "dynamic_update_slice": movement.lower_dynamic_update_slice,
    "cumulative_sum": ordering.lower_cumulative_sum,
    "argsort": ordering.lower_argsort,
    "solve": solving.lower,
    "searchsorted": ordering.lower_searchsorted,
}


def keeps(node: Node) -> bool:
    """Whether a composite is lowered as a whole; else it is written out before anything is fused."""
    name = node.primitive.name
    return attention.takes(node) if name in ("attention", "attention_grad") else name in RULES
