"""Functions of single elements (or of small arrays) applied along leading axes."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.interpret import broadcast_shapes
from hornbeam.ops.control.scan import map as over_rows
from hornbeam.ops.convert import as_tensor
from hornbeam.ops.movement import broadcast_to, reshape
from hornbeam.tensor import Tensor
from hornbeam.tree import flatten, unflatten

__all__ = ["vectorize", "vectorized_map"]


def vectorized_map(function: Callable[[Any], Any], elements: Any) -> Any:
    """A function of one element, applied to each along the first axis; the results are stacked.

    Args:
        function: takes and returns containers of tensors without that axis.
        elements: containers of tensors (n, ...).

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.vectorized_map(hb.ops.sum, hb.ops.ones((2, 3))).numpy().tolist()
        [3.0, 3.0]
    """
    return over_rows(function, elements)


def vectorize(pyfunc: Callable[..., Any], *, excluded: Any = None, signature: str | None = None) -> Callable[..., Any]:
    """A function of numbers (or of small arrays) as one of tensors, whose leading axes broadcast.

    Args:
        pyfunc: takes and returns tensors without axes, or of the shapes that `signature` gives.
        excluded: numbers of positional arguments that are handed on unchanged.
        signature: such as "(m,n),(n)->(m)": the last axes that a call of `pyfunc` takes and returns.

    Returns:
        A function of the same arguments.

    Raises:
        InvalidArgumentError: the signature cannot be read, or does not fit the arguments.
        ShapeError: an argument lacks axes, or the leading axes do not broadcast.

    Example:
        >>> import hornbeam as hb
        >>> hb.ops.vectorize(lambda a, b: a + b)([1, 2, 3], 10).numpy().tolist()
        [11, 12, 13]
    """
    skipped = frozenset(excluded or ())
    cores = None if signature is None else _parsed(signature)

    @functools.wraps(pyfunc)
    def vectorized(*args: Any, **kwargs: Any) -> Any:
        chosen = [i for i in range(len(args)) if i not in skipped]
        tensors = [as_tensor(args[i]) for i in chosen]
        ranks = [0] * len(tensors) if cores is None else [len(c) for c in cores]
        if len(ranks) != len(tensors):
            raise InvalidArgumentError(f"vectorize: {signature!r} takes {len(ranks)} tensors; got {len(tensors)}")
        for tensor, rank in zip(tensors, ranks, strict=True):
            if tensor.ndim < rank:
                raise ShapeError(
                    f"vectorize: {signature!r} needs an argument of at least {rank} axes; got {tensor.shape}"
                )
        if cores is not None:
            _check_sizes(cores, tensors, str(signature))
        lead = broadcast_shapes(
            *(t.shape[: t.ndim - r] for t, r in zip(tensors, ranks, strict=True)), where="vectorize"
        )
        rows = [_rows(t, r, lead) for t, r in zip(tensors, ranks, strict=True)]

        def call(parts: tuple[Tensor, ...]) -> Any:
            given = list(args)
            for i, part in zip(chosen, parts, strict=True):
                given[i] = part
            return pyfunc(*given, **kwargs)

        if not lead:
            return call(tuple(tensors))
        found, structure = flatten(over_rows(call, tuple(rows)))
        return unflatten(structure, [reshape(t, (*lead, *t.shape[1:])) for t in found])

    return vectorized


def _rows(tensor: Tensor, rank: int, lead: tuple[int, ...]) -> Tensor:
    core = tensor.shape[tensor.ndim - rank :]
    count = 1
    for size in lead:
        count *= size
    return reshape(broadcast_to(tensor, (*lead, *core)), (count, *core))


def _parsed(signature: str) -> list[tuple[str, ...]]:
    core = r"\((?:\s*\w+\s*(?:,\s*\w+\s*)*)?\)"
    text = signature.replace(" ", "")
    if not re.fullmatch(f"{core}(,{core})*->{core}(,{core})*", text):
        raise InvalidArgumentError(f"vectorize: a signature looks like '(m,n),(n)->(m)'; got {signature!r}")
    return [tuple(n for n in found.split(",") if n) for found in re.findall(r"\(([^)]*)\)", text.split("->")[0])]


def _check_sizes(cores: list[tuple[str, ...]], tensors: list[Tensor], signature: str) -> None:
    sizes: dict[str, int] = {}
    for names, tensor in zip(cores, tensors, strict=True):
        for name, size in zip(names, tensor.shape[tensor.ndim - len(names) :], strict=True):
            if sizes.setdefault(name, size) != size:
                raise ShapeError(f"vectorize: axis {name} of {signature!r} has sizes {sizes[name]} and {size}")
