"""Scaling of columns, learnt in one pass over data of any size."""

from __future__ import annotations

from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.preparation.statistics import Statistics, as_table

__all__ = ["Scaler"]

KINDS = ("standard", "minmax", "maxabs", "robust")


class Scaler:
    """Each column brought to a common scale: (x - center) / scale.

    Args:
        kind: "standard": mean 0 and deviation 1; "minmax": from 0 to 1; "maxabs": from -1 to 1, zero stays; "robust": median 0 and
            distance of the quartiles 1 (outliers count little).

    Attributes:
        center, scale: of each column, once learnt. A constant column has scale 1.

    Raises:
        InvalidArgumentError: the kind is another word.

    Example:
        >>> scaler = Scaler("minmax").fit([[1.0], [3.0]])
        >>> scaler.transform([[2.0]]).tolist(), scaler.inverse_transform([[0.5]]).tolist()
        ([[0.5]], [[2.0]])
    """

    def __init__(self, kind: str = "standard") -> None:
        if kind not in KINDS:
            raise InvalidArgumentError(f"kind must be one of {', '.join(KINDS)}; got {kind!r}")
        self.kind = kind
        self.center: Any = None
        self.scale: Any = None

    def fit(self, data: Any) -> Scaler:
        """Learn from a table [rows, columns], a data frame, a dict of columns, or a dataset of rows or batches, in one pass.

        Raises:
            InvalidArgumentError: there is no row, or something else than numbers.
        """
        seen = Statistics().update(data)
        if not seen.rows:
            raise InvalidArgumentError("a scaler learns from one row at least; there is none")
        if self.kind == "standard":
            self.center, scale = seen.mean, seen.std
        elif self.kind == "minmax":
            self.center, scale = seen.minimum, seen.maximum - seen.minimum
        elif self.kind == "maxabs":
            self.center, scale = np.zeros_like(seen.mean), np.maximum(np.abs(seen.minimum), np.abs(seen.maximum))
        else:
            low, self.center, high = seen.quantile([0.25, 0.5, 0.75])
            scale = high - low
        self.scale = np.where(scale > 0, scale, 1.0)
        return self

    def transform(self, x: Any) -> Any:
        """A row, or rows, scaled; of a float dtype, or float64.

        Raises:
            InvalidArgumentError: nothing was learnt, or the number of columns differs.
        """
        x = self._checked(x)
        return ((x - self.center) / self.scale).astype(x.dtype if x.dtype.kind == "f" else np.float64)

    def inverse_transform(self, x: Any) -> Any:
        """What `transform` scaled, as it was."""
        x = self._checked(x)
        return (x * self.scale + self.center).astype(x.dtype if x.dtype.kind == "f" else np.float64)

    def _checked(self, x: Any) -> Any:
        if self.center is None:
            raise InvalidArgumentError("Scaler: call fit(data) first")
        x = as_table(x)
        if x.shape[-1:] != self.center.shape:
            raise InvalidArgumentError(f"Scaler: expected rows of {len(self.center)} columns; got shape {x.shape}")
        return x

    __call__ = transform
