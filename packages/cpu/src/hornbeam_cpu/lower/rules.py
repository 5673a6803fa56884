"""Which primitives and composites have a lowering of their own; element-wise operations and reductions are fused instead."""

from __future__ import annotations

from hornbeam_cpu.lower import contraction
from hornbeam_cpu.lower.stage import Rule

__all__ = ["RULES"]

RULES: dict[str, Rule] = {"dot_general": contraction.lower}
