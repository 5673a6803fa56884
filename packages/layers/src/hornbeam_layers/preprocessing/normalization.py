"""Normalization by statistics of the data."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hornbeam import Layer, Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError

from hornbeam_layers.preprocessing.arguments import wrong
from hornbeam_layers.preprocessing.host import batches, host_values

__all__ = ["Normalization"]


class Normalization(Layer):
    """(inputs - mean) / sqrt(variance), by statistics that `adapt` learns from data, or that are given.

    Args:
        axis: an axis or several that have statistics of their own, counted with the batch axis; None: one mean for all.
        mean, variance: the statistics, if they are known; numbers, or arrays with those axes.
        invert: undo it: inputs * sqrt(variance) + mean.
        **kwargs: `name`, `dtype`, ...

    Weights, where the statistics are learnt: mean, variance (of the axes kept), count ().

    Example:
        >>> import numpy as np, hornbeam as hb
        >>> layer = hb.layers.Normalization()
        >>> layer.adapt(np.array([[1.0, 10.0], [3.0, 30.0]]))
        >>> layer(np.array([[1.0, 30.0]])).numpy().tolist()
        [[-1.0, 1.0]]
    """

    def __init__(
        self, axis: Any = -1, mean: Any = None, variance: Any = None, invert: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        axes = () if axis is None else (axis,) if isinstance(axis, int) else axis
        if not isinstance(axes, (tuple, list)) or any(isinstance(a, bool) or not isinstance(a, int) for a in axes):
            raise wrong(self, "axis", "None, an integer or several", axis)
        self.axis = tuple(axes)
        if (mean is None) != (variance is None):
            raise wrong(self, "variance", "given if and only if mean is given", variance)
        self.input_mean, self.input_variance = (
            None if v is None else host_values(v).tolist() for v in (mean, variance)
        )
        if mean is not None and (np.shape(mean) != np.shape(variance) or np.ndim(mean) > len(self.axis)):
            raise wrong(self, "variance", f"of mean's shape, with at most {len(self.axis)} axes", variance)
        self.invert = bool(invert)
        self.reset_state()
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        """Make the weights, of the sizes of the axes kept."""
        rank = len(input_shape)
        if any(not -rank <= a < rank for a in self.axis):
            raise wrong(self, "axis", f"from {-rank} to {rank - 1} for inputs of shape {tuple(input_shape)}", self.axis)
        self.kept = tuple(sorted({a % rank for a in self.axis}))
        self.sizes = tuple(input_shape[a] for a in self.kept)
        if None in self.sizes:
            raise ShapeError(
                f"Normalization {self.name!r}: the axes kept, axis={self.axis}, must have known sizes; got {tuple(input_shape)}"
            )
        self.place = tuple(s if a in self.kept else 1 for a, s in enumerate(input_shape))
        if self.input_mean is None:
            self.adapt_mean, self.adapt_variance = (
                self.add_weight(self.sizes, kind, trainable=False, autocast=False, name=name)
                for name, kind in (("mean", "zeros"), ("variance", "ones"))
            )
            self.count = self.add_weight((), "zeros", "int32", trainable=False, name="count")
        self._build_shapes, self.built = tuple(input_shape), True

    def adapt(self, data: Any) -> None:
        """Learn mean and variance.

        Args:
            data: an array, a tensor, a data frame, or an iterable of batches, which may be pairs of inputs and targets.

        Raises:
            InvalidArgumentError: the statistics were given, or there are no data.
            ShapeError: the data do not fit what the layer was built with.
        """
        self.reset_state()
        for batch in batches(data, lists_are_data=False):
            self.update_state(batch)
        self.finalize_state()

    def reset_state(self) -> None:
        """Forget the data seen, not the statistics made of them."""
        self._seen, self._mean, self._variance = 0, np.zeros(()), np.zeros(())

    def update_state(self, data: Any) -> None:
        """See more data."""
        if self.input_mean is not None:
            raise InvalidArgumentError(
                f"Normalization {self.name!r} has its mean and variance from __init__: it learns nothing"
            )
        values = host_values(data).astype("float64")
        if not self.built:
            whole = 0 in {a % max(values.ndim, 1) for a in self.axis}
            self.build(values.shape if whole else (None, *values.shape[1:]))
        if values.ndim != len(self.place) or tuple(values.shape[a] for a in self.kept) != self.sizes:
            raise ShapeError(
                f"Normalization {self.name!r} was built for inputs of shape {self._build_shapes}; adapt got data of shape "
                f"{values.shape}"
            )
        over = tuple(a for a in range(values.ndim) if a not in self.kept)
        own, count = values.mean(over), math.prod(values.shape[a] for a in over)
        self._seen += count
        share = count / self._seen
        after = self._mean * (1 - share) + own * share
        apart = (self._mean - after) ** 2, (own - after) ** 2
        self._variance = (self._variance + apart[0]) * (1 - share) + (values.var(over) + apart[1]) * share
        self._mean = after

    def finalize_state(self) -> None:
        """Make statistics of the data seen."""
        if self._seen:
            self.adapt_mean.assign(np.asarray(self._mean, "float32"))
            self.adapt_variance.assign(np.asarray(self._variance, "float32"))

    def _statistics(self) -> tuple[Tensor, Tensor]:
        if self.input_mean is None:
            return tuple(ops.reshape(w, self.place) for w in (self.adapt_mean, self.adapt_variance))  # type: ignore[return-value]
        found = []
        for given in (self.input_mean, self.input_variance):
            value = ops.cast(given, self.compute_dtype)
            shape = [1] * len(self.place)
            for i in range(1, value.ndim + 1):
                shape[self.kept[-i]] = value.shape[-i]
            found.append(ops.reshape(value, tuple(shape)))
        return found[0], found[1]

    def call(self, inputs: Tensor) -> Tensor:
        """The same shape."""
        x = ops.cast(inputs, self.compute_dtype)
        mean, variance = (ops.cast(s, x.dtype) for s in self._statistics())
        deviation = ops.maximum(ops.sqrt(variance), 1e-7)
        return mean + x * deviation if self.invert else (x - mean) / deviation

    def get_config(self) -> dict[str, Any]:
        """The arguments; what was learnt is in the weights."""
        own = {"axis": self.axis, "invert": self.invert, "mean": self.input_mean, "variance": self.input_variance}
        return {**super().get_config(), **own}
