"""Merging element by element: sum, difference, product, mean, largest, smallest; as layers and as functions."""

from __future__ import annotations

from functools import reduce
from typing import Any

from hornbeam import Tensor, ops

from hornbeam_layers.merging.base import Merge

__all__ = [
    "Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract", "add", "average", "maximum", "minimum", "multiply",
    "subtract",
]  # fmt: skip


class Add(Merge):
    """The sum of the inputs.

    Example:
        >>> import hornbeam as hb
        >>> Add()([hb.ops.asarray([[1.0]]), hb.ops.asarray([[2.0]])]).numpy().tolist()
        [[3.0]]
    """

    def merge(self, inputs: list[Tensor]) -> Tensor:
        """The sum."""
        return reduce(ops.add, inputs)


class Subtract(Merge):
    """The first of two inputs less the second."""

    exactly = 2

    def merge(self, inputs: list[Tensor]) -> Tensor:
        """The difference."""
        return ops.subtract(inputs[0], inputs[1])


class Average(Merge):
    """The mean of the inputs."""

    def merge(self, inputs: list[Tensor]) -> Tensor:
        """The mean."""
        return reduce(ops.add, inputs) / len(inputs)


class Multiply(Merge):
    """The product of the inputs; a masked step of one of them counts as 1, one that is masked in all of them gives 0."""

    def merge(self, inputs: list[Tensor]) -> Tensor:
        """The product."""
        masks = [_wide(x.mask, x) if getattr(x, "mask", None) is not None else None for x in inputs]
        factors = [x if m is None else ops.where(m, x, ops.ones_like(x)) for x, m in zip(inputs, masks, strict=True)]
        out = reduce(ops.multiply, factors)
        if any(m is None for m in masks):
            return out
        return ops.where(reduce(ops.logical_or, masks), out, ops.zeros_like(out))


def _wide(mask: Any, x: Tensor) -> Tensor:
    return ops.reshape(mask, (*mask.shape, *(1,) * (x.ndim - mask.ndim)))


class _Extreme(Merge):
    """Of inputs with masks, the steps that count in one of them only are that one's."""

    pick: Any

    def merge(self, inputs: list[Tensor]) -> Tensor:
        """The largest or smallest of the inputs, element by element."""
        out = inputs[0]
        known = getattr(out, "mask", None)
        for x in inputs[1:]:
            mask = getattr(x, "mask", None)
            if mask is not None:
                x = ops.where(_wide(mask, x), x, out)
            if known is not None:
                out = ops.where(_wide(known, out), out, x)
            known = None if mask is None or known is None else ops.logical_or(known, mask)
            out = type(self).pick(out, x)
        return out


class Maximum(_Extreme):
    """The largest of the inputs, element by element."""

    pick = staticmethod(ops.maximum)


class Minimum(_Extreme):
    """The smallest of the inputs, element by element."""

    pick = staticmethod(ops.minimum)


def add(inputs: Any, **kwargs: Any) -> Any:
    """The sum of a list of tensors, by an `Add` layer; `kwargs` are the layer's."""
    return Add(**kwargs)(inputs)


def subtract(inputs: Any, **kwargs: Any) -> Any:
    """The difference of two tensors, by a `Subtract` layer; `kwargs` are the layer's."""
    return Subtract(**kwargs)(inputs)


def average(inputs: Any, **kwargs: Any) -> Any:
    """The mean of a list of tensors, by an `Average` layer; `kwargs` are the layer's."""
    return Average(**kwargs)(inputs)


def multiply(inputs: Any, **kwargs: Any) -> Any:
    """The product of a list of tensors, by a `Multiply` layer; `kwargs` are the layer's."""
    return Multiply(**kwargs)(inputs)


def maximum(inputs: Any, **kwargs: Any) -> Any:
    """The largest of a list of tensors, by a `Maximum` layer; `kwargs` are the layer's."""
    return Maximum(**kwargs)(inputs)


def minimum(inputs: Any, **kwargs: Any) -> Any:
    """The smallest of a list of tensors, by a `Minimum` layer; `kwargs` are the layer's."""
    return Minimum(**kwargs)(inputs)
