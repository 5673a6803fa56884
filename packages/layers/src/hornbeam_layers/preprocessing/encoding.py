"""Categories as numbers, or as rows of zeros and ones."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer, Tensor, ops
from hornbeam.errors import InvalidArgumentError

from hornbeam_layers.preprocessing.arguments import check_choice

__all__ = ["check_dense", "check_output_mode", "encode", "encoded_shape"]


def check_output_mode(layer: Layer, mode: Any, known: tuple[str, ...]) -> str:
    """The output mode by its present name; "binary" and "tf-idf" are older ones."""
    return str(check_choice(layer, "output_mode", {"binary": "multi_hot", "tf-idf": "tf_idf"}.get(mode, mode), known))


def check_dense(layer: Layer, sparse: Any) -> bool:
    """Refuse sparse outputs."""
    if sparse:
        raise InvalidArgumentError(
            f"{type(layer).__name__} {layer.name!r}: sparse must be False: tensors are dense; got {sparse!r}"
        )
    return False


def encode(indices: Any, mode: str, depth: int, dtype: Any, count_weights: Any = None) -> Tensor:
    """Category numbers in an output mode.

    Args:
        indices: integers; those outside of [0, depth) count for nothing.
        mode: "int" (as they are), "one_hot" (each as a row), "multi_hot" (a row for each sample, with ones) or "count".
        depth: how many categories there are.
        dtype: of the result.
        count_weights: what each index counts for, for "count".
    """
    found = ops.convert_to_tensor(indices)
    if mode == "int":
        return ops.cast(found, dtype)
    if not found.ndim:
        found = ops.reshape(found, (1,))
    if mode == "one_hot":
        if found.ndim > 1 and found.shape[-1] == 1:
            found = ops.squeeze(found, -1)
        return ops.one_hot(found, depth, dtype=dtype)
    if mode == "multi_hot":
        return ops.multi_hot(found, depth, dtype=dtype)
    weights = None if count_weights is None else ops.convert_to_tensor(count_weights)
    rows = ops.one_hot(found, depth, dtype=dtype if weights is None else weights.dtype)
    if weights is not None:
        rows = rows * ops.expand_dims(weights, -1)
    return ops.sum(rows, axis=1 if found.ndim > 1 else 0)


def encoded_shape(shape: Any, mode: str, depth: int | None) -> tuple[Any, ...]:
    """The shape of indices, or of rows made of them."""
    shape = tuple(shape)
    if mode == "int":
        return shape
    if mode == "one_hot":
        return (*(shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape), depth)
    return (*shape[:-1], depth)
