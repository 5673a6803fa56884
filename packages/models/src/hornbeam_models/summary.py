"""The table that `model.summary()` prints."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from hornbeam import Layer
from rich.console import Console
from rich.table import Table

__all__ = ["print_summary"]


def print_summary(model: Any, print_fn: Callable[[str], Any] | None = None) -> None:
    """Print one line a layer: name, class, output shape, number of parameters; and the totals."""
    table = Table(title=f"{type(model).__name__} {model.name!r}", title_justify="left")
    table.add_column("layer")
    table.add_column("class")
    table.add_column("output shape", no_wrap=True)
    table.add_column("parameters", justify="right")
    shape = getattr(model, "input_shape", None)
    sequential = hasattr(model, "_stack") and not hasattr(model, "_nodes")
    shapes: dict[int, Any] = {}
    if hasattr(model, "_nodes"):
        for node in model._nodes:
            shapes[id(node.operation)] = ", ".join(str(t.shape) for t in node.outputs)
        shapes.update({id(t.history.operation): str(t.shape) for t in model.inputs if t.history})
    for layer in getattr(model, "operations", model.layers):
        if not isinstance(layer, Layer):
            table.add_row(layer.name, layer.function_name, shapes.get(id(layer), "?"), "0")
            continue
        if sequential and shape is not None:
            shape = layer.compute_output_shape(shape)
            shapes[id(layer)] = str(shape)
        count = f"{layer.count_params():,}" if layer.built else "not built"
        table.add_row(layer.name, type(layer).__name__, shapes.get(id(layer), "?"), count)
    out = Console(file=io.StringIO() if print_fn else None, width=100 if print_fn else None)
    out.print(table)
    total = sum(w.size for w in model.weights)
    trainable = sum(w.size for w in model.trainable_weights)
    size = sum(w.size * w.dtype.itemsize for w in model.weights)
    out.print(f"parameters: {total:,} ({trainable:,} trainable), {size / 1024:,.1f} KiB")
    if print_fn:
        print_fn(out.file.getvalue())  # type: ignore[attr-defined]
