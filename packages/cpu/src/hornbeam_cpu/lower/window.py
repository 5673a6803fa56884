"""Pooling and its gradients, as calls of the window kernel."""

from __future__ import annotations

import math

from hornbeam.graph.ir import Node

from hornbeam_cpu.kernels import window
from hornbeam_cpu.llvm.library import Kernel
from hornbeam_cpu.lower.stage import Call, Context, Pointer, Stage

__all__ = ["lower"]

TASK = 16 * 1024  # elements that the windows of a task look at


def lower(node: Node, context: Context) -> bool:
    """window_sum, window_max, window_gather (forward) and window_spread, window_scatter (their gradients)."""
    op, params = node.primitive.name, node.params
    backward = op in ("window_spread", "window_scatter")
    image = node.output.shape if backward else node.inputs[0].shape
    places = node.inputs[-1].shape if backward else node.output.shape
    rank = len(image) - 2
    dtype = str(node.output.dtype)
    if dtype not in ("float32", "float64") or rank > 3 or not all(v.size for v in (*node.inputs, node.output)):
        return False

    def three(sizes: tuple[int, ...], fill: int = 1) -> tuple[int, ...]:
        return (fill,) * (3 - rank) + tuple(sizes)

    size, out, step = three(image[1:-1]), three(places[1:-1]), three(params["strides"])
    box, low = three(params["window"]), three(tuple(pair[0] for pair in params["padding"]), 0)
    padded = any(low) or any((o - 1) * s + w > n for o, s, w, n in zip(out, step, box, size, strict=True))
    inputs = [context.dense(v) for v in node.inputs]
    x = inputs[0]
    y = inputs[-1]
    channels = image[-1]
    row = out[2] * channels * math.prod(box)
    rows = max(1, min(out[1], TASK // row))
    values: dict[str, int | Pointer] = {"x": Pointer(x), "y": Pointer(y), "out": Pointer(node.output)}
    values |= {"channels": channels, "rows": rows, "row_blocks": -(-out[1] // rows)}
    for i, axis in enumerate("abc"):
        values |= {f"size{axis}": size[i], f"places{axis}": out[i], f"step{axis}": step[i], f"low{axis}": low[i]}
    tiling = step == box and all(o * w == n for o, w, n in zip(out, box, size, strict=True)) and not padded
    how = window.Window(op, dtype, box, padded, tiling)  # type: ignore[arg-type]
    call = Call(Kernel(window.generate, (how,), op), tuple(values[name] for name in window.ARGS))
    tasks = image[0] if backward else image[0] * out[0] * -(-out[1] // rows)
    flops = math.prod(places) * math.prod(box)
    context.emit(Stage(tasks, (call,), tuple(inputs), (node.output,), flops, f"{op} {node.output!r}"))
    return True
