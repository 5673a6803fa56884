"""Convolution in 1 to 3 dimensions: forward, data gradient and kernel gradient, each the others' derivative."""

from __future__ import annotations

import itertools
from typing import Any

from hornbeam.errors import DTypeError, InvalidArgumentError, ShapeError
from hornbeam.interpret import bind
from hornbeam.ops.convert import promote_tensors
from hornbeam.ops.elementwise.cast import as_float
from hornbeam.ops.movement import permute_dims, reshape
from hornbeam.primitive import Spec, primitive
from hornbeam.tensor import Tensor

__all__ = ["conv", "conv_transpose", "depthwise_conv", "separable_conv"]

Sizes = tuple[int, ...]
Padding = tuple[tuple[int, int], ...]


def output_sizes(sizes: Sizes, window: Sizes, strides: Sizes, padding: Padding, dilation: Sizes, name: str) -> Sizes:
    """How many positions a window takes along each spatial axis.

    Raises:
        ShapeError: the window is larger than the padded input.
    """
    found = []
    for axis, (size, w, s, (low, high), d) in enumerate(zip(sizes, window, strides, padding, dilation, strict=True)):
        room = size + low + high - ((w - 1) * d + 1)
        if room < 0:
            raise ShapeError(
                f"{name}: a window of {(w - 1) * d + 1} does not fit spatial axis {axis} of size {size} (padded {low} + {high}). "
                "Use padding='same', a smaller window, or larger inputs."
            )
        found.append(room // s + 1)
    return tuple(found)


def _conv_infer(x: Any, kernel: Any, *, strides: Sizes, padding: Padding, dilation: Sizes, groups: int) -> Spec:
    if x.dtype != kernel.dtype:
        raise DTypeError(f"conv needs input and kernel of one dtype; got {x!r} and {kernel!r}")
    if len(x.shape) != len(kernel.shape):
        raise ShapeError(
            f"conv: input {x.shape} (batch, *spatial, channels) and kernel {kernel.shape} (*window, in, out) differ in rank"
        )
    if x.shape[-1] != kernel.shape[-2] * groups or kernel.shape[-1] % groups:
        raise ShapeError(
            f"conv: input with {x.shape[-1]} channels does not fit a kernel of shape {kernel.shape} with {groups} groups "
            f"(it takes {kernel.shape[-2] * groups} channels, and its outputs must divide by the groups)"
        )
    out = output_sizes(x.shape[1:-1], kernel.shape[:-2], strides, padding, dilation, "conv")
    return Spec((x.shape[0], *out, kernel.shape[-1]), x.dtype)


def _case(t: Any) -> Any:
    return t.case(
        t.array((2, 5, 6, 4)),
        t.array((3, 2, 2, 6)),
        strides=(2, 1),
        padding=((1, 0), (0, 2)),
        dilation=(1, 2),
        groups=2,
    )


def _input_grad_case(t: Any) -> Any:
    return t.case(
        t.array((2, 2, 6, 6)), t.array((3, 2, 2, 6)),
        input_shape=(2, 5, 6, 4), strides=(2, 1), padding=((1, 0), (0, 2)), dilation=(1, 2), groups=2,
    )  # fmt: skip


def _kernel_grad_case(t: Any) -> Any:
    return t.case(
        t.array((2, 5, 6, 4)), t.array((2, 2, 6, 6)),
        kernel_shape=(3, 2, 2, 6), strides=(2, 1), padding=((1, 0), (0, 2)), dilation=(1, 2), groups=2,
    )  # fmt: skip


conv_p = primitive("conv_general", _conv_infer, cases=_case)
input_grad_p = primitive(
    "conv_input_grad", lambda ct, kernel, *, input_shape, **_: Spec(input_shape, ct.dtype), cases=_input_grad_case
)
kernel_grad_p = primitive(
    "conv_kernel_grad", lambda x, ct, *, kernel_shape, **_: Spec(kernel_shape, x.dtype), cases=_kernel_grad_case
)


def offsets(window: Sizes) -> Any:
    """Every position within a window."""
    return itertools.product(*(range(w) for w in window))


def window_slice(at: Sizes, sizes: Sizes, strides: Sizes, dilation: Sizes) -> tuple[slice, ...]:
    """Where, in the padded input, the window's element `at` lies for each of `sizes` positions."""
    return tuple(
        slice(o * d, o * d + (n - 1) * s + 1, s) for o, n, s, d in zip(at, sizes, strides, dilation, strict=True)
    )


def padded(xp: Any, x: Any, padding: Padding) -> Any:
    """(n, *spatial, c) with zeros around the spatial axes."""
    if not any(low or high for low, high in padding):
        return x
    sizes = [s + low + high for s, (low, high) in zip(x.shape[1:-1], padding, strict=True)]
    out = xp.zeros((x.shape[0], *sizes, x.shape[-1]), dtype=x.dtype)
    inner = tuple(slice(low, low + s) for s, (low, _) in zip(x.shape[1:-1], padding, strict=True))
    out[(slice(None), *inner, slice(None))] = x
    return out


@conv_p.kernel
def _(xp: Any, x: Any, kernel: Any, *, strides: Sizes, padding: Padding, dilation: Sizes, groups: int) -> Any:
    window, out_c = kernel.shape[:-2], kernel.shape[-1]
    sizes = output_sizes(x.shape[1:-1], window, strides, padding, dilation, "conv")
    full = padded(xp, x, padding)
    parts = []
    for g in range(groups):
        cin, cout = kernel.shape[-2], out_c // groups
        total = xp.zeros((x.shape[0], *sizes, cout), dtype=x.dtype)
        for at in offsets(window):
            where = (slice(None), *window_slice(at, sizes, strides, dilation), slice(g * cin, (g + 1) * cin))
            tap = kernel[(*at, slice(None), slice(g * cout, (g + 1) * cout))]
            total = total + xp.tensordot(full[where], tap, axes=((full.ndim - 1,), (0,)))
        parts.append(total)
    return parts[0] if groups == 1 else xp.concat(parts, axis=-1)


@input_grad_p.kernel
def _(
    xp: Any, ct: Any, kernel: Any, *, input_shape: Sizes, strides: Sizes, padding: Padding, dilation: Sizes, groups: int
) -> Any:
    window, sizes = kernel.shape[:-2], ct.shape[1:-1]
    spatial = [s + low + high for s, (low, high) in zip(input_shape[1:-1], padding, strict=True)]
    full = xp.zeros((input_shape[0], *spatial, input_shape[-1]), dtype=ct.dtype)
    cin, cout = kernel.shape[-2], kernel.shape[-1] // groups
    for g in range(groups):
        part = ct[..., g * cout : (g + 1) * cout]
        for at in offsets(window):
            where = (slice(None), *window_slice(at, sizes, strides, dilation), slice(g * cin, (g + 1) * cin))
            tap = kernel[(*at, slice(None), slice(g * cout, (g + 1) * cout))]
            full[where] = full[where] + xp.tensordot(part, tap, axes=((ct.ndim - 1,), (1,)))
    inner = tuple(slice(low, low + s) for s, (low, _) in zip(input_shape[1:-1], padding, strict=True))
    return full[(slice(None), *inner, slice(None))]


@kernel_grad_p.kernel
def _(
    xp: Any, x: Any, ct: Any, *, kernel_shape: Sizes, strides: Sizes, padding: Padding, dilation: Sizes, groups: int
) -> Any:
    window, sizes = kernel_shape[:-2], ct.shape[1:-1]
    full = padded(xp, x, padding)
    cin, cout = kernel_shape[-2], kernel_shape[-1] // groups
    out = xp.zeros(kernel_shape, dtype=x.dtype)
    over = tuple(range(ct.ndim - 1))
    for g in range(groups):
        part = ct[..., g * cout : (g + 1) * cout]
        for at in offsets(window):
            where = (slice(None), *window_slice(at, sizes, strides, dilation), slice(g * cin, (g + 1) * cin))
            value = xp.tensordot(full[where], part, axes=(over, over))
            out[(*at, slice(None), slice(g * cout, (g + 1) * cout))] = value
    return out


@conv_p.vjp("x kernel")
def _(ct: Tensor, x: Tensor, kernel: Tensor, **how: Any) -> Any:
    return (
        lambda: bind(input_grad_p, ct, kernel, input_shape=x.shape, **how),
        lambda: bind(kernel_grad_p, x, ct, kernel_shape=kernel.shape, **how),
    )


@input_grad_p.vjp("ct kernel")
def _(out_ct: Tensor, ct: Tensor, kernel: Tensor, input_shape: Sizes, **how: Any) -> Any:
    return (
        lambda: bind(conv_p, out_ct, kernel, **how),
        lambda: bind(kernel_grad_p, out_ct, ct, kernel_shape=kernel.shape, **how),
    )


@kernel_grad_p.vjp("x ct")
def _(out_ct: Tensor, x: Tensor, ct: Tensor, kernel_shape: Sizes, **how: Any) -> Any:
    return (
        lambda: bind(input_grad_p, ct, out_ct, input_shape=x.shape, **how),
        lambda: bind(conv_p, x, out_ct, **how),
    )


# ---- public functions


def per_axis(value: Any, rank: int, name: str, what: str) -> Sizes:
    """One positive integer per spatial axis.

    Raises:
        InvalidArgumentError: it is neither one integer nor `rank` of them, or not positive.
    """
    sizes = (value,) * rank if isinstance(value, int) else tuple(int(v) for v in value)
    if len(sizes) != rank or min(sizes, default=1) < 1:
        raise InvalidArgumentError(f"{name}: {what} must be a positive integer, or {rank} of them; got {value!r}")
    return sizes


def padding_of(padding: Any, sizes: Sizes, window: Sizes, strides: Sizes, dilation: Sizes, name: str) -> Padding:
    """The zeros before and after each spatial axis that "valid", "same", "causal" or explicit pairs mean."""
    if not isinstance(padding, str):
        return tuple((p, p) if isinstance(p, int) else (int(p[0]), int(p[1])) for p in padding)
    if padding.lower() == "valid":
        return ((0, 0),) * len(sizes)
    reach = [(w - 1) * d for w, d in zip(window, dilation, strict=True)]
    if padding.lower() == "causal" and len(sizes) == 1:
        return ((reach[0], 0),)
    if padding.lower() != "same":
        known = "'valid', 'same'" + (" or 'causal'" if len(sizes) == 1 else "")
        raise InvalidArgumentError(f"{name}: padding must be {known}; got {padding!r}")
    pairs = []
    for size, r, s in zip(sizes, reach, strides, strict=True):
        total = max(0, (-(-size // s) - 1) * s + r + 1 - size)
        pairs.append((total // 2, total - total // 2))
    return tuple(pairs)


def channels_last(x: Tensor, data_format: str | None, name: str) -> tuple[Tensor, bool]:
    """(n, c, *spatial) as (n, *spatial, c) where the format says so, and whether it did."""
    if data_format not in (None, "channels_last", "channels_first"):
        raise InvalidArgumentError(
            f"{name}: data_format must be 'channels_last' or 'channels_first'; got {data_format!r}"
        )
    if x.ndim < 3:
        raise ShapeError(f"{name} needs an input of shape (batch, *spatial, channels); got {x.shape}")
    if data_format == "channels_first":
        return permute_dims(x, (0, *range(2, x.ndim), 1)), True
    return x, False


def channels_back(x: Tensor, moved: bool) -> Tensor:
    """Undo `channels_last`."""
    return permute_dims(x, (0, x.ndim - 1, *range(1, x.ndim - 1))) if moved else x


def conv(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: Any = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """Convolution (cross-correlation) in 1 to 3 dimensions; groups follow from the channels.

    Args:
        inputs: (batch, *spatial, channels), or (batch, channels, *spatial) for "channels_first".
        kernel: (*window, channels / groups, filters).
        strides: step of the window, one integer or one per axis.
        padding: "valid", "same", "causal" (1 dimension), or (before, after) per axis.
        data_format: "channels_last" (default) or "channels_first".
        dilation_rate: distance between the window's elements.

    Returns:
        (batch, *positions, filters).

    Raises:
        ShapeError: channels, window and sizes do not fit.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.conv(hb.ops.ones((1, 5, 5, 2)), hb.ops.ones((3, 3, 2, 4))).shape
        (1, 3, 3, 4)
    """
    x, k = (as_float(t) for t in promote_tensors(inputs, kernel))
    x, moved = channels_last(x, data_format, "conv")
    rank = x.ndim - 2
    if k.ndim != x.ndim:
        raise ShapeError(
            f"conv: input {x.shape} (batch, *spatial, channels) and kernel {k.shape} (*window, in, out) differ in rank"
        )
    steps, gaps = per_axis(strides, rank, "conv", "strides"), per_axis(dilation_rate, rank, "conv", "dilation_rate")
    pairs = padding_of(padding, x.shape[1:-1], k.shape[:-2], steps, gaps, "conv")
    if not k.shape[-2] or x.shape[-1] % k.shape[-2]:
        raise ShapeError(f"conv: input with {x.shape[-1]} channels does not fit a kernel of shape {k.shape}")
    out = bind(conv_p, x, k, strides=steps, padding=pairs, dilation=gaps, groups=x.shape[-1] // k.shape[-2])
    return channels_back(out, moved)


def conv_transpose(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    output_padding: Any = None,
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """Transposed convolution: the data gradient of `conv`.

    Args:
        inputs: (batch, *spatial, channels), or channels first.
        kernel: (*window, filters, channels).
        strides, padding, data_format, dilation_rate: as for `conv`, of the convolution that it reverses.
        output_padding: rows added at one end of each axis; default: what makes the output stride times as large ("same").

    Returns:
        (batch, *sizes, filters).
    """
    x, k = (as_float(t) for t in promote_tensors(inputs, kernel))
    x, moved = channels_last(x, data_format, "conv_transpose")
    rank = x.ndim - 2
    steps, gaps = (
        per_axis(strides, rank, "conv_transpose", "strides"),
        per_axis(dilation_rate, rank, "conv_transpose", "dilation_rate"),
    )
    sizes, pairs = [], []
    for axis, (n, w, s, d) in enumerate(zip(x.shape[1:-1], k.shape[:-2], steps, gaps, strict=True)):
        reach = (w - 1) * d
        extra = (
            None
            if output_padding is None
            else output_padding
            if isinstance(output_padding, int)
            else output_padding[axis]
        )
        if padding.lower() == "valid":
            size = n * s + max(0, reach + 1 - s) if extra is None else (n - 1) * s + reach + 1 + extra
            low = 0
        elif padding.lower() == "same":
            size = n * s if extra is None else (n - 1) * s + reach + 1 - 2 * ((reach + 1) // 2) + extra
            low = max(0, (n - 1) * s + reach + 1 - size) // 2
        else:
            raise InvalidArgumentError(f"conv_transpose: padding must be 'valid' or 'same'; got {padding!r}")
        sizes.append(size)
        pairs.append((low, (n - 1) * s + reach + 1 - size - low))
    out = bind(
        input_grad_p, x, k, input_shape=(x.shape[0], *sizes, k.shape[-2]), strides=steps, dilation=gaps, groups=1,
        padding=tuple(pairs),
    ) if min(min(p) for p in pairs) >= 0 else _cropless(x, k, tuple(sizes), steps, gaps, tuple(pairs))  # fmt: skip
    return channels_back(out, moved)


def _cropless(x: Tensor, k: Tensor, sizes: Sizes, strides: Sizes, dilation: Sizes, pairs: Padding) -> Tensor:
    """Where the output is longer than the window reaches, the rest is zeros."""
    from hornbeam.ops.joining import pad

    beyond = [(max(0, -low), max(0, -high)) for low, high in pairs]
    inner = tuple(s - a - b for s, (a, b) in zip(sizes, beyond, strict=True))
    inside = tuple((max(0, low), max(0, high)) for low, high in pairs)
    out = bind(
        input_grad_p, x, k, input_shape=(x.shape[0], *inner, k.shape[-2]), strides=strides, dilation=dilation, groups=1,
        padding=inside,
    )  # fmt: skip
    return pad(out, [(0, 0), *beyond, (0, 0)])


def depthwise_conv(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: Any = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """Each channel convolved on its own: kernel (*window, channels, multiplier), output channels * multiplier."""
    x, k = promote_tensors(inputs, kernel)
    grouped = reshape(k, (*k.shape[:-2], 1, k.shape[-2] * k.shape[-1]))
    return conv(x, grouped, strides, padding, data_format, dilation_rate)


def separable_conv(
    inputs: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Any = 1,
    padding: Any = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """`depthwise_conv`, then a convolution of window 1 that mixes the channels."""
    deep = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return conv(deep, pointwise_kernel, 1, "valid", data_format)
