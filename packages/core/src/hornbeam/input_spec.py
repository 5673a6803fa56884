"""InputSpec: what a layer asks of its inputs, checked at each call."""

from __future__ import annotations

from typing import Any

from hornbeam.dtypes import as_dtype
from hornbeam.errors import ShapeError
from hornbeam.tree import leaves

__all__ = ["InputSpec", "check_inputs"]


class InputSpec:
    """Rank, dtype and shape that a layer's input has to have; assign it to the layer's `input_spec`.

    Args:
        dtype: data type.
        shape: sizes, the batch's included; None: any size.
        ndim: number of axes; default: as many as `shape` has, if it is given.
        max_ndim, min_ndim: limits of the number of axes.
        axes: sizes of single axes, by axis.
        allow_last_axis_squeeze: whether a last axis of size 1 may be there, or not be there.
        name: key of this input, where inputs come as a dictionary.
        optional: whether None may stand in its place.

    Example:
        >>> InputSpec(shape=(None, 28, 28))
        InputSpec(shape=(None, 28, 28), ndim=3)
    """

    def __init__(
        self, dtype: Any = None, shape: Any = None, ndim: int | None = None, max_ndim: int | None = None,
        min_ndim: int | None = None, axes: dict[int, int] | None = None, allow_last_axis_squeeze: bool = False,
        name: str | None = None, optional: bool = False,
    ) -> None:  # fmt: skip
        self.dtype = None if dtype is None else as_dtype(dtype)
        self.shape = None if shape is None else tuple(shape)
        self.ndim = len(self.shape) if self.shape is not None else ndim
        self.max_ndim, self.min_ndim = max_ndim, min_ndim
        self.axes = {int(axis): size for axis, size in (axes or {}).items()}
        self.allow_last_axis_squeeze, self.name, self.optional = allow_last_axis_squeeze, name, optional

    def fault_of(self, x: Any) -> str:
        """What is wrong with a tensor, as the end of a sentence; "" if nothing is."""
        shape, ndim = tuple(x.shape), len(x.shape)
        if self.dtype is not None and as_dtype(x.dtype) != self.dtype:
            return f"dtype {self.dtype}; got {x.dtype}"
        if self.ndim is not None and not self.allow_last_axis_squeeze and ndim != self.ndim:
            return f"{self.ndim} axes; got shape {shape}"
        if self.max_ndim is not None and ndim > self.max_ndim:
            return f"at most {self.max_ndim} axes; got shape {shape}"
        if self.min_ndim is not None and ndim < self.min_ndim:
            return f"at least {self.min_ndim} axes; got shape {shape}"
        for axis, size in self.axes.items():
            if not -ndim <= axis < ndim or (None not in (size, shape[axis]) and shape[axis] != size):
                return f"size {size} along axis {axis}; got shape {shape}"
        if self.shape is not None and not self._has_shape(shape):
            return f"shape {self.shape}; got shape {shape}"
        return ""

    def _has_shape(self, shape: tuple[Any, ...]) -> bool:
        wanted = self.shape or ()
        if self.allow_last_axis_squeeze:
            shape, wanted = (s[:-1] if s and s[-1] == 1 else s for s in (shape, wanted))
        return len(shape) == len(wanted) and all(
            w in (None, s) or s is None for w, s in zip(wanted, shape, strict=True)
        )

    def get_config(self) -> dict[str, Any]:
        """The arguments that were given."""
        defaults = vars(InputSpec())
        given = {name: value for name, value in vars(self).items() if value != defaults[name]}
        return {**given, **({"dtype": str(self.dtype)} if self.dtype is not None else {})}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> InputSpec:
        """A specification of what `get_config` returned."""
        return cls(**config)

    def __repr__(self) -> str:
        """The arguments that were given."""
        return f"InputSpec({', '.join(f'{name}={value}' for name, value in self.get_config().items())})"


def check_inputs(layer: Any, inputs: Any) -> None:
    """Refuse inputs that are not as the layer's `input_spec` says: one specification, or a container of several.

    Raises:
        ShapeError: number, rank, dtype or shape differ.
    """
    specs = [layer.input_spec] if isinstance(layer.input_spec, InputSpec) else leaves(layer.input_spec)
    if isinstance(inputs, dict) and all(spec.name in inputs for spec in specs):
        inputs = [inputs[spec.name] for spec in specs]
    given = list(inputs) if isinstance(inputs, (list, tuple)) else leaves(inputs)
    where = f"{type(layer).__name__} {layer.name!r}"
    if len(given) != len(specs):
        raise ShapeError(f"{where}: expected {len(specs)} inputs; got {len(given)}")
    for i, (x, spec) in enumerate(zip(given, specs, strict=True)):
        if spec is None or (x is None and spec.optional):
            continue
        fault = spec.fault_of(x) if hasattr(x, "shape") else f"a tensor; got {x!r}"
        if fault:
            raise ShapeError(f"{where}: expected input {i if spec.name is None else repr(spec.name)} to have {fault}")
