"""The Fourier transforms as the array API's fft extension has them."""

from __future__ import annotations

import math
from typing import Any

from hornbeam.dtypes import as_dtype
from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.interpret import bind
from hornbeam.ops.convert import as_tensor, check_device
from hornbeam.ops.creation import arange
from hornbeam.ops.elementwise.cast import as_float, astype
from hornbeam.ops.elementwise.comparison import where
from hornbeam.ops.elementwise.complex import complex as make_complex
from hornbeam.ops.elementwise.complex import conj
from hornbeam.ops.fourier.transforms import fft_p, irfft_p, rfft_p
from hornbeam.ops.joining import pad, roll
from hornbeam.ops.movement import axes_of, static_slice
from hornbeam.tensor import Tensor

__all__ = [
    "fft", "fftfreq", "fftn", "fftshift", "hfft", "ifft", "ifftn", "ifftshift", "ihfft", "irfft", "irfftn", "rfft", "rfftfreq",
    "rfftn",
]  # fmt: skip


def _scale(norm: str, n: int, inverse: bool) -> float:
    """What the unscaled transform of n elements is multiplied by."""
    if norm not in ("backward", "ortho", "forward"):
        raise InvalidArgumentError(f"fft: norm must be 'backward', 'ortho' or 'forward'; got {norm!r}")
    if norm == "ortho":
        return 1 / math.sqrt(n)
    return 1 / n if (norm == "backward") == inverse else 1.0


def _resized(x: Tensor, n: int | None, axis: int) -> Tensor:
    """The first n elements along an axis, with zeros where there are fewer."""
    if n is None or n == x.shape[axis]:
        return x
    if n < 1:
        raise InvalidArgumentError(f"fft: the number of elements must be at least 1; got {n}")
    if n < x.shape[axis]:
        return static_slice(x, (0,) * x.ndim, tuple(n if a == axis else s for a, s in enumerate(x.shape)))
    return pad(x, [(0, n - s if a == axis else 0) for a, s in enumerate(x.shape)])


def _axis(x: Tensor, axis: int, name: str) -> int:
    if not x.ndim:
        raise ShapeError(f"{name} needs a tensor with axes")
    return axes_of(axis, x.ndim, name)[0]


def _complex(x: Any) -> Tensor:
    t = as_float(as_tensor(x))
    return t if t.dtype.kind == "complex" else make_complex(t, 0.0)


def _plan(x: Tensor, s: Any, axes: Any, name: str) -> tuple[tuple[int, ...], list[int]]:
    """The axes to transform, and how many elements along each."""
    if s is not None and axes is None:
        axes = tuple(range(-len(s), 0))
    chosen = axes_of(None if axes is None else tuple(axes), x.ndim, name)
    if s is not None and len(s) != len(chosen):
        raise InvalidArgumentError(f"{name}: {len(s)} sizes for {len(chosen)} axes")
    return chosen, [x.shape[a] for a in chosen] if s is None else list(s)


def _transform(x: Any, s: Any, axes: Any, norm: str, inverse: bool, name: str) -> Tensor:
    t = _complex(x)
    chosen, sizes = _plan(t, s, axes, name)
    if not chosen:
        return t
    for axis, size in zip(chosen, sizes, strict=True):
        t = _resized(t, size, axis)
    return bind(fft_p, t, axes=chosen, inverse=inverse) * _scale(norm, math.prod(sizes), inverse)


def fft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Tensor:
    """The discrete Fourier transform along an axis: y_k = sum over j of x_j exp(-2 pi i j k / n).

    Args:
        x: tensor with axes; real ones become complex.
        n: how many elements to take; missing ones are 0. Default: all.
        axis: along which.
        norm: "backward": the inverse divides by n; "ortho": both by the root of n; "forward": this one by n.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.fft.fft([1.0, 2.0]).numpy().tolist()
        [(3+0j), (-1+0j)]
    """
    t = as_tensor(x)
    return _transform(t, None if n is None else (n,), (_axis(t, axis, "fft"),), norm, False, "fft")


def ifft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Tensor:
    """The inverse of `fft`; the arguments are the same.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.fft.ifft([3.0, -1.0]).numpy().tolist()
        [(1+0j), (2+0j)]
    """
    t = as_tensor(x)
    return _transform(t, None if n is None else (n,), (_axis(t, axis, "ifft"),), norm, True, "ifft")


def fftn(x: Any, /, *, s: Any = None, axes: Any = None, norm: str = "backward") -> Tensor:
    """The discrete Fourier transform along several axes.

    Args:
        x: tensor; real ones become complex.
        s: how many elements to take along each axis; missing ones are 0. Default: all.
        axes: default: all, or the last ones where `s` is given.
        norm: see `fft`; n is the number of all elements.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.fft.fftn([[1.0, 2.0], [3.0, 4.0]]).numpy().real.tolist()
        [[10.0, -2.0], [-4.0, 0.0]]
    """
    return _transform(x, s, axes, norm, False, "fftn")


def ifftn(x: Any, /, *, s: Any = None, axes: Any = None, norm: str = "backward") -> Tensor:
    """The inverse of `fftn`; the arguments are the same.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.fft.ifftn([[10.0, -2.0], [-4.0, 0.0]]).numpy().real.tolist()
        [[1.0, 2.0], [3.0, 4.0]]
    """
    return _transform(x, s, axes, norm, True, "ifftn")


def rfft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Tensor:
    """The first n // 2 + 1 elements of the discrete Fourier transform of real numbers; the others mirror them.

    Args:
        x: real tensor with axes.
        n, axis, norm: see `fft`.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.fft.rfft([1.0, 2.0, 3.0, 2.0]).numpy().real.tolist()
        [8.0, -2.0, 0.0]
    """
    t = as_float(as_tensor(x))
    along = _axis(t, axis, "rfft")
    t = _resized(t, n, along)
    return bind(rfft_p, t, axis=along) * _scale(norm, t.shape[along], False)


def irfft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Tensor:
    """The inverse of `rfft`.

    Args:
        x: complex tensor with axes.
        n: how many elements the result has; default: the even number 2 (m - 1), where `x` has m.
        axis, norm: see `fft`.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.fft.irfft([8.0, -2.0, 0.0]).numpy().tolist()
        [1.0, 2.0, 3.0, 2.0]
    """
    t = _complex(x)
    along = _axis(t, axis, "irfft")
    size = 2 * (t.shape[along] - 1) if n is None else n
    if size < 1:
        raise InvalidArgumentError(f"irfft: the number of elements must be at least 1; got {size}")
    t = _resized(t, size // 2 + 1, along)
    return bind(irfft_p, t, n=size, axis=along) * _scale(norm, size, True)


def rfftn(x: Any, /, *, s: Any = None, axes: Any = None, norm: str = "backward") -> Tensor:
    """The discrete Fourier transform of real numbers along several axes: half of it along the last of them.

    Args:
        x: real tensor with axes.
        s, axes, norm: see `fftn`.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.fft.rfftn(hb.ops.ones((2, 4))).shape
        (2, 3)
    """
    t = as_float(as_tensor(x))
    chosen, sizes = _several(t, s, axes, "rfftn")
    half = rfft(t, n=sizes[-1], axis=chosen[-1], norm=norm)
    return fftn(half, s=sizes[:-1], axes=chosen[:-1], norm=norm)


def irfftn(x: Any, /, *, s: Any = None, axes: Any = None, norm: str = "backward") -> Tensor:
    """The inverse of `rfftn`.

    Args:
        x: complex tensor with axes.
        s: sizes of the result along `axes`; the last is by default the even number 2 (m - 1).
        axes, norm: see `fftn`.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.fft.irfftn(hb.ops.fft.rfftn(hb.ops.ones((2, 4)))).numpy().tolist()
        [[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0]]
    """
    t = as_tensor(x)
    chosen, sizes = _several(t, s, axes, "irfftn")
    whole = ifftn(t, s=sizes[:-1], axes=chosen[:-1], norm=norm)
    return irfft(whole, n=None if s is None else sizes[-1], axis=chosen[-1], norm=norm)


def _several(x: Tensor, s: Any, axes: Any, name: str) -> tuple[tuple[int, ...], list[int]]:
    chosen, sizes = _plan(x, s, axes, name)
    if not chosen:
        raise ShapeError(f"{name} needs at least one axis to transform; got shape {x.shape} and axes {axes}")
    return chosen, sizes


_OTHER_WAY = {"backward": "forward", "forward": "backward"}


def hfft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Tensor:
    """The discrete Fourier transform, real, of numbers that mirror their conjugates, of which the first half is given.

    Args:
        x: complex tensor with axes.
        n: how many elements the result has; default: the even number 2 (m - 1), where `x` has m.
        axis, norm: see `fft`.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.fft.hfft([1.0, 2.0, 3.0]).numpy().tolist()
        [8.0, -2.0, 0.0, -2.0]
    """
    return irfft(conj(_complex(x)), n=n, axis=axis, norm=_OTHER_WAY.get(norm, norm))


def ihfft(x: Any, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Tensor:
    """The inverse of `hfft`.

    Args:
        x: real tensor with axes.
        n, axis, norm: see `fft`.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.fft.ihfft([8.0, -2.0, 0.0, -2.0]).numpy().real.tolist()
        [1.0, 2.0, 3.0]
    """
    return conj(rfft(x, n=n, axis=axis, norm=_OTHER_WAY.get(norm, norm)))


def fftfreq(n: int, /, *, d: float = 1.0, dtype: Any = None, device: str | None = None) -> Tensor:
    """The frequencies of the elements of `fft`, in cycles per unit: 0, 1, ..., -2, -1, divided by n d.

    Args:
        n: how many elements were transformed.
        d: how far apart they are.
        dtype: default: the default float.
        device: only the current backend's.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.fft.fftfreq(4, d=0.5).numpy().tolist()
        [0.0, 0.5, -1.0, -0.5]
    """
    check_device(device)
    k = arange(n, dtype="int32")
    return astype(where(k > (n - 1) // 2, k - n, k), as_dtype(dtype)) / (d * n)


def rfftfreq(n: int, /, *, d: float = 1.0, dtype: Any = None, device: str | None = None) -> Tensor:
    """The frequencies of the elements of `rfft`, in cycles per unit: 0, 1, ..., n // 2, divided by n d; arguments as `fftfreq`.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.fft.rfftfreq(4).numpy().tolist()
        [0.0, 0.25, 0.5]
    """
    check_device(device)
    return arange(n // 2 + 1, dtype=as_dtype(dtype)) / (d * n)


def fftshift(x: Any, /, *, axes: Any = None) -> Tensor:
    """The elements of a transform moved along axes (default: all) so that frequency 0 is in the middle.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.fft.fftshift([0, 1, -2, -1]).numpy().tolist()
        [-2, -1, 0, 1]
    """
    return _shifted(x, axes, 1, "fftshift")


def ifftshift(x: Any, /, *, axes: Any = None) -> Tensor:
    """The inverse of `fftshift`.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.fft.ifftshift([-1, 0, 1]).numpy().tolist()
        [0, 1, -1]
    """
    return _shifted(x, axes, -1, "ifftshift")


def _shifted(x: Any, axes: Any, way: int, name: str) -> Tensor:
    t = as_tensor(x)
    chosen = axes_of(axes, t.ndim, name)
    return roll(t, tuple(way * (t.shape[a] // 2) for a in chosen), axis=chosen)
