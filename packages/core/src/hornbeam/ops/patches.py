"""Windows and blocks of a tensor laid out as axes, and put together again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.interpret import bind
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.convolution import per_axis
from hornbeam.ops.elementwise.arithmetic import add
from hornbeam.ops.frames import frames
from hornbeam.ops.joining import pad, stack
from hornbeam.ops.movement import pad_p, permute_dims, reshape, static_slice
from hornbeam.tensor import Tensor

__all__ = ["depth_to_space", "extract_sequences", "fold", "rearrange", "space_to_depth", "unfold"]

Pair = tuple[int, ...]


def extract_sequences(x: Any, sequence_length: int, sequence_stride: int) -> Tensor:
    """Stretches of a signal, which may overlap.

    Args:
        x: (..., time).
        sequence_length: of each stretch.
        sequence_stride: from the beginning of one to that of the next.

    Returns:
        (..., stretches, sequence_length).

    Raises:
        ShapeError: the signal is shorter than one stretch.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.extract_sequences(hb.ops.arange(5), 3, 2).numpy().tolist()
        [[0, 1, 2], [2, 3, 4]]
    """
    tensor, length, step = as_tensor(x), int(sequence_length), int(sequence_stride)
    if length < 1 or step < 1:
        raise InvalidArgumentError(f"extract_sequences: length and stride must be positive; got {length} and {step}")
    if not tensor.ndim or tensor.shape[-1] < length:
        raise ShapeError(f"extract_sequences: a signal of shape {tensor.shape} is shorter than {length}")
    return frames(tensor, length, step)


def _blocks(x: Tensor, block_size: int, data_format: str, name: str) -> int:
    if x.ndim != 4:
        raise ShapeError(f"{name} needs a batch of images with channels, of 4 axes; got shape {x.shape}")
    if data_format not in ("channels_last", "channels_first"):
        raise InvalidArgumentError(
            f"{name}: data_format must be 'channels_last' or 'channels_first'; got {data_format!r}"
        )
    if block_size < 1:
        raise InvalidArgumentError(f"{name}: block_size must be positive; got {block_size}")
    return int(block_size)


def depth_to_space(x: Any, block_size: int, data_format: str = "channels_last") -> Tensor:
    """Channels laid out as blocks of pixels: (n, h, w, b * b * c) becomes (n, h * b, w * b, c).

    Args:
        x: (n, h, w, channels), or (n, channels, h, w).
        block_size: b.
        data_format: "channels_last" (block before channel in the old axis) or "channels_first" (channel before block).

    Raises:
        ShapeError: the channels do not divide by b * b.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.depth_to_space(hb.ops.arange(4).reshape((1, 1, 1, 4)), 2)[0, :, :, 0].numpy().tolist()
        [[0, 1], [2, 3]]
    """
    tensor = as_tensor(x)
    b = _blocks(tensor, block_size, data_format, "depth_to_space")
    last = data_format == "channels_last"
    n, h, w, c = tensor.shape if last else tuple(tensor.shape[i] for i in (0, 2, 3, 1))
    if c % (b * b):
        raise ShapeError(f"depth_to_space: {c} channels do not divide into blocks of {b} by {b}")
    left = c // (b * b)
    if last:
        parts = permute_dims(reshape(tensor, (n, h, w, b, b, left)), (0, 1, 3, 2, 4, 5))
        return reshape(parts, (n, h * b, w * b, left))
    parts = permute_dims(reshape(tensor, (n, left, b, b, h, w)), (0, 1, 4, 2, 5, 3))
    return reshape(parts, (n, left, h * b, w * b))


def space_to_depth(x: Any, block_size: int, data_format: str = "channels_last") -> Tensor:
    """Blocks of pixels laid out as channels: the inverse of `depth_to_space`.

    Raises:
        ShapeError: height or width do not divide by the block size.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.space_to_depth(hb.ops.zeros((1, 4, 6, 3)), 2).shape
        (1, 2, 3, 12)
    """
    tensor = as_tensor(x)
    b = _blocks(tensor, block_size, data_format, "space_to_depth")
    last = data_format == "channels_last"
    n, h, w, c = tensor.shape if last else tuple(tensor.shape[i] for i in (0, 2, 3, 1))
    if h % b or w % b:
        raise ShapeError(f"space_to_depth: {h} by {w} pixels do not divide into blocks of {b} by {b}")
    if last:
        parts = permute_dims(reshape(tensor, (n, h // b, b, w // b, b, c)), (0, 1, 3, 2, 4, 5))
        return reshape(parts, (n, h // b, w // b, b * b * c))
    parts = permute_dims(reshape(tensor, (n, c, h // b, b, w // b, b)), (0, 1, 3, 5, 2, 4))
    return reshape(parts, (n, c * b * b, h // b, w // b))


def _windows(sizes: Pair, kernel: Pair, dilation: Pair, padding: Pair, stride: Pair, name: str) -> Pair:
    """How many positions the window has along both axes."""
    counts = tuple(
        (s + 2 * p - d * (k - 1) - 1) // step + 1
        for s, k, d, p, step in zip(sizes, kernel, dilation, padding, stride, strict=True)
    )
    if min(counts) < 1:
        raise ShapeError(
            f"{name}: a window of {kernel} (dilation {dilation}) does not fit {sizes} with padding {padding}"
        )
    return counts


def _offsets(kernel: Pair, dilation: Pair) -> Iterator[Pair]:
    return ((i * dilation[0], j * dilation[1]) for i in range(kernel[0]) for j in range(kernel[1]))


def _pairs(name: str, **sizes: Any) -> list[Pair]:
    return [(v, v) if v == 0 else per_axis(v, 2, name, k) if k != "padding" else _padding(v) for k, v in sizes.items()]


def _padding(value: Any) -> Pair:
    return (value, value) if isinstance(value, int) else tuple(int(v) for v in value)


def unfold(x: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """The windows of images as columns.

    Args:
        x: (n, channels, height, width).
        kernel_size, dilation, padding, stride: of the window, one integer or two.

    Returns:
        (n, channels * window, positions).

    Raises:
        ShapeError: the window does not fit.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.unfold(hb.ops.ones((1, 2, 4, 4)), 2).shape
        (1, 8, 9)
    """
    tensor = as_tensor(x)
    if tensor.ndim != 4:
        raise ShapeError(f"unfold needs images (n, channels, height, width); got shape {tensor.shape}")
    kernel, spread, border, step = _pairs(
        "unfold", kernel_size=kernel_size, dilation=dilation, padding=padding, stride=stride
    )
    n, c, h, w = tensor.shape
    rows, columns = _windows((h, w), kernel, spread, border, step, "unfold")
    full = pad(tensor, ((0, 0), (0, 0), (border[0], border[0]), (border[1], border[1])))
    taps = [
        static_slice(
            full,
            (0, 0, i, j),
            (n, c, i + (rows - 1) * step[0] + 1, j + (columns - 1) * step[1] + 1),
            (1, 1, *step),
        )
        for i, j in _offsets(kernel, spread)
    ]
    return reshape(stack(taps, axis=2), (n, c * len(taps), rows * columns))


def fold(x: Any, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """Images from columns of windows, as `unfold` makes them; where windows overlap, they are added.

    Args:
        x: (n, channels * window, positions).
        output_size: height and width of the images.
        kernel_size, dilation, padding, stride: of the window, one integer or two.

    Returns:
        (n, channels, height, width).

    Raises:
        ShapeError: the columns do not fit.

    Example:
        >>> import hornbeam as hb
        >>> x = hb.ops.ones((1, 1, 3, 3))
        >>> hb.ops.fold(hb.ops.unfold(x, 2), 3, 2)[0, 0].numpy().tolist()
        [[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]
    """
    tensor = as_tensor(x)
    kernel, spread, border, step = _pairs(
        "fold", kernel_size=kernel_size, dilation=dilation, padding=padding, stride=stride
    )
    h, w = per_axis(output_size, 2, "fold", "output_size")
    rows, columns = _windows((h, w), kernel, spread, border, step, "fold")
    window = kernel[0] * kernel[1]
    if tensor.ndim != 3 or tensor.shape[1] % window or tensor.shape[2] != rows * columns:
        raise ShapeError(
            f"fold: images of {h} by {w} with a window of {kernel} need columns (n, channels * {window}, {rows * columns}); "
            f"got shape {tensor.shape}"
        )
    n, c = tensor.shape[0], tensor.shape[1] // window
    taps = reshape(tensor, (n, c, window, rows, columns))
    total: Any = None
    none = as_tensor(0, tensor.dtype)
    for k, (i, j) in enumerate(_offsets(kernel, spread)):
        low = (0, 0, i - border[0], j - border[1])
        ends = (i + (rows - 1) * step[0] + 1, j + (columns - 1) * step[1] + 1)
        high = (0, 0, h + border[0] - ends[0], w + border[1] - ends[1])
        interior = (0, 0, step[0] - 1, step[1] - 1)
        placed = bind(pad_p, taps[:, :, k], none, low=low, high=high, interior=interior)
        total = placed if total is None else add(total, placed)
    return total


def rearrange(tensor: Any, pattern: str, **axes_lengths: int) -> Tensor:
    """Axes named, split, joined and put in another order.

    Args:
        tensor: what to rearrange.
        pattern: such as "b (h p) w -> b h w p": the axes before and after; those in parentheses are one axis.
        **axes_lengths: sizes of named axes, where the shape does not tell.

    Raises:
        InvalidArgumentError: the pattern names different axes before and after, or a size is missing.
        ShapeError: the pattern does not fit the shape.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.rearrange(hb.ops.zeros((4, 6)), "(h p) w -> h (w p)", p=2).shape
        (2, 12)
    """
    x = as_tensor(tensor)
    before, arrow, after = pattern.partition("->")
    old, new = _groups(before), _groups(after)
    names, wanted = [n for g in old for n in g], [n for g in new for n in g]
    if not arrow or len(set(names)) != len(names) or sorted(names) != sorted(wanted):
        raise InvalidArgumentError(
            f"rearrange: the pattern must name the same axes, once, before and after ->; got {pattern!r}"
        )
    if len(old) != x.ndim:
        raise ShapeError(f"rearrange: {pattern!r} names {len(old)} axes before ->; the tensor has shape {x.shape}")
    sizes = dict(axes_lengths)
    for group, size in zip(old, x.shape, strict=True):
        unknown = [n for n in group if n not in sizes]
        known = 1
        for n in group:
            known *= sizes.get(n, 1)
        if len(unknown) > 1:
            raise InvalidArgumentError(f"rearrange: give the sizes of all but one of {' '.join(group)}")
        if unknown and known and size % known == 0:
            sizes[unknown[0]] = size // known
        elif unknown or known != size:
            raise ShapeError(
                f"rearrange: axes {' '.join(group)} do not make up a size of {size} (given: {axes_lengths})"
            )
    split = reshape(x, tuple(sizes[n] for n in names))
    moved = permute_dims(split, tuple(names.index(n) for n in wanted))
    joined = []
    for group in new:
        joined.append(1)
        for n in group:
            joined[-1] *= sizes[n]
    return reshape(moved, tuple(joined))


def _groups(side: str) -> list[list[str]]:
    return [found.strip("()").split() for found in re.findall(r"\([^)]*\)|\S+", side)]
