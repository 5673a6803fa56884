"""Graphs: what a captured function is turned into, checked, simplified and run."""

from hornbeam.graph.ir import Graph as Graph
from hornbeam.graph.ir import Node as Node
from hornbeam.graph.ir import Value as Value
