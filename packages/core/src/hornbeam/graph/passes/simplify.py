"""Algebra: what changes nothing is left out, what is known is computed now, and operations in a row become fewer."""

from __future__ import annotations

from hornbeam.graph.ir import Graph
from hornbeam.graph.passes.rewrite import Rule, Rules, rewrite
from hornbeam.graph.passes.rules import arithmetic, constants, logic, movement, sums

__all__ = ["RULES", "merged", "simplify"]


def merged(*tables: Rules) -> Rules:
    """One table of rules, in which those of an earlier table come first."""
    found: dict[str, tuple[Rule, ...]] = {}
    for table in tables:
        for name, rules in table.items():
            found[name] = (*found.get(name, ()), *rules)
    return found


RULES = merged(constants.RULES, logic.RULES, arithmetic.RULES, movement.RULES, sums.RULES)


def simplify(graph: Graph) -> Graph:
    """The graph by the rules of `hornbeam.graph.passes.rules`.

    Example:
        >>> import hornbeam as hb
        >>> from hornbeam.graph.passes.dead import dead_code
        >>> print(dead_code(simplify(hb.capture(lambda x: -(-(x + 0.0)) ** 2, hb.ops.zeros((3,))))))
        <lambda>(%0: float32[3]) -> (float32[3]):
          %1: float32[3] = square(%0)
          %2: float32[3] = negative(%1)
          return %2
    """
    return rewrite(graph, RULES)
