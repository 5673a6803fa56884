"""The table that `model.summary()` prints."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from typing import Any

from hornbeam import Layer
from hornbeam.errors import InvalidArgumentError
from rich.console import Console
from rich.table import Table

from hornbeam_models.costs import operations
from hornbeam_models.diagram import Box, boxes

__all__ = ["print_summary", "readable"]

COLUMNS = ("layer (class)", "output shape", "parameters", "operations", "memory", "connected to", "trained")
FOLDED = ("layer (class)", "connected to")
WORD = 26  # letters that a name may have without being broken
NARROW = 8  # letters that a column that is folded has at least


def readable(number: float, unit: str = "", base: int = 1000) -> str:
    """A number with at most four digits.

    Example:
        >>> readable(1536, "B", 1024), readable(25_600_000), readable(12)
        ('1.50 KiB', '25.6 M', '12')
    """
    steps = ("", "K", "M", "G", "T")
    power = 0
    while number >= base and power < len(steps) - 1:
        number, power = number / base, power + 1
    prefix = steps[power] + ("i" if base == 1024 and power else "")
    digits = f"{number:.0f}" if not power else f"{number:#.3g}".rstrip(".")
    return f"{digits} {prefix}{unit}".strip()


def print_summary(
    model: Any,
    line_length: int | None = None,
    print_fn: Callable[[str], Any] | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
    layer_range: Any = None,
) -> None:
    """Print one line a call: layer, output shape, parameters, operations and memory for one sample; and the totals.

    Where it is narrow, operations and memory are left out, and what a layer is connected to where that is the one above, or
    altogether.
    """
    found = _between(boxes(model), layer_range)
    branches = _branches(found)
    rows: list[list[str]] = []
    totals = [0, 0]
    for box in found:
        _add(rows, box, 0, expand_nested, totals)
    out = Console(file=io.StringIO() if print_fn else None, width=line_length)
    title = f"{type(model).__name__} {model.name!r}"
    columns = [c for c in COLUMNS if (c != "connected to" or branches) and (c != "trained" or show_trainable)]
    table = _table(title, columns, rows)
    needed = out.measure(table, options=out.options.update(width=1000)).maximum
    if needed > out.width:
        if line_length is None and not out.is_terminal:
            out = Console(file=out.file, width=needed)
        else:
            columns = [c for c in columns if c not in ("operations", "memory")]
            if "connected to" in columns and _left(_cells(columns, rows), out.width) < NARROW:
                columns.remove("connected to")
            table = _table(title, columns, _without_the_obvious(rows), out.width)
    out.print(table)
    weights, trainable = model.weights, model.trainable_weights
    counts = sum(w.size for w in weights), sum(w.size for w in trainable)
    size = sum(w.size * w.dtype.itemsize for w in weights)
    out.print(
        f"parameters: {counts[0]:,} ({counts[1]:,} trained, {counts[0] - counts[1]:,} not), {readable(size, 'B', 1024)}"
    )
    optimizer = getattr(model, "optimizer", None)
    if optimizer is not None and len(optimizer.variables) > 2:
        numbers = sum(v.size for v in optimizer.variables)
        held = sum(v.size * v.dtype.itemsize for v in optimizer.variables)
        out.print(f"optimizer: {numbers:,} numbers, {readable(held, 'B', 1024)}")
    if totals[0]:
        out.print(
            f"one sample forward: {readable(totals[0])} operations, {readable(totals[1], 'B', 1024)} of layers' outputs"
        )
    if print_fn:
        print_fn(out.file.getvalue())  # type: ignore[attr-defined]


def _between(found: list[Box], layer_range: Any) -> list[Box]:
    """The boxes from the first layer whose name begins with one text to the last that begins with another."""
    if layer_range is None:
        return found
    ends = []
    for text in layer_range:
        places = [i for i, box in enumerate(found) if box.name.startswith(text)]
        if not places:
            raise InvalidArgumentError(
                f"layer_range: no layer's name begins with {text!r}; there are {[b.name for b in found]}"
            )
        ends.append(places)
    return found[ends[0][0] : ends[1][-1] + 1]


def _branches(found: list[Box]) -> bool:
    """Whether the calls are more than a chain."""
    before = {box.path: last.path for last, box in zip(found, found[1:], strict=False)}
    return any(box.feeds and box.feeds != [before.get(box.path)] for box in found)


def _without_the_obvious(rows: list[list[str]]) -> list[list[str]]:
    """The rows, which say what they are connected to where that is not the row before."""
    place = COLUMNS.index("connected to")
    before = ["", *(row[0].split()[0] for row in rows)]
    return [
        [*row[:place], "" if row[place] == last else row[place], *row[place + 1 :]]
        for row, last in zip(rows, before, strict=False)
    ]


def _cells(columns: list[str], rows: list[list[str]]) -> list[list[str]]:
    """For each column its texts, the name first."""
    return [[column, *(row[COLUMNS.index(column)] for row in rows)] for column in columns]


def _longest(names: list[str]) -> int:
    """Letters that the first column has at least."""
    return min(WORD, max(len(word) for text in names for word in text.split()))


def _left(cells: list[list[str]], width: int) -> int:
    """Letters that are left for what layers are connected to."""
    kept = sum(3 + max(map(len, c)) for c in cells if c[0] not in FOLDED)
    return width - 1 - kept - (3 + _longest(cells[0])) - 3


def _table(title: str, columns: list[str], rows: list[list[str]], width: int | None = None) -> Table:
    """The table; with a width, names of layers are broken between words, and what they are connected to where it has to be."""
    table = Table(title=title, title_justify="left")
    cells = _cells(columns, rows)
    longest, left = _longest(cells[0]), _left(cells, width or 0)
    if width and "connected to" not in columns:
        longest = max(NARROW, min(longest, longest + left + 3))
    for column in columns:
        right = column in ("parameters", "operations", "memory")
        table.add_column(
            column,
            overflow="fold",
            no_wrap=column not in FOLDED,
            min_width=longest if column == "layer (class)" else None,
            max_width=max(NARROW, left) if width and column == "connected to" else None,
            justify="right" if right else "left",
        )
    for row in zip(*(c[1:] for c in cells), strict=True):
        table.add_row(*row)
    return table


def _add(rows: list[list[str]], box: Box, depth: int, expand: bool, totals: list[int]) -> None:
    shapes = [tuple(s) for s in box.outputs]
    memory = sum(4 * math.prod(s or 1 for s in shape[1:]) for shape in shapes)
    count, parameters = operations(box), box.parameters
    if depth == 0:
        totals[0] += count or 0
        totals[1] += memory
    has = isinstance(box.operation, Layer) and bool(box.operation.weights)
    rows.append(
        [
            f"{'  ' * depth}{box.name} ({box.kind})",
            ", ".join(map(str, shapes)) or "?",
            "not built" if parameters is None else f"{parameters:,}",
            "?" if count is None else readable(count),
            readable(memory, "B", 1024) if shapes else "?",
            ", ".join(path.rpartition("/")[2] for path in box.feeds),
            ("yes" if box.operation.trainable_weights else "no") if has else "",
        ]
    )
    if expand and isinstance(box.operation, Layer) and hasattr(box.operation, "layers"):
        for each in boxes(box.operation):
            if each.kind != "Input":
                _add(rows, each, depth + 1, expand, totals)
