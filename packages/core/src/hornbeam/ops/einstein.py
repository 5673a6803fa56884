"""einsum: sums of products, written as NumPy writes them, as diagonals, sums and products of pairs in the cheapest order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from itertools import combinations
from typing import Any, NamedTuple

from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.interpret import bind
from hornbeam.ops.contraction import dot_general_p
from hornbeam.ops.convert import promote_tensors
from hornbeam.ops.diagonals import diagonal
from hornbeam.ops.elementwise.cast import astype
from hornbeam.ops.movement import expand_dims, permute_dims, squeeze
from hornbeam.ops.reduction import reduce_sum
from hornbeam.tensor import Tensor

__all__ = ["einsum"]

Label = Any  # a letter, an integer of the list form, or ("...", k): the k-th axis of an ellipsis, from the right
Labels = tuple[Label, ...]
EXHAUSTIVE = 7  # operands of which every order is tried; of more, the cheapest pair is taken again and again


class Operand(NamedTuple):
    """A tensor and the label of each of its axes."""

    tensor: Tensor
    labels: Labels


def einsum(subscripts: Any, *operands: Any, optimize: Any = True) -> Tensor:
    """A sum of products over named axes.

    Args:
        subscripts: such as "ij,jk->ik": a term of letters per operand, and after the arrow the axes that stay. A letter that
            stands twice in a term takes a diagonal; "..." stands for any number of axes, which broadcast. Without an arrow
            the letters that stand once stay, in alphabetical order, after the axes of "...". Spaces do not count.
        *operands: tensors. In NumPy's other form, `einsum(x, [0, 1], y, [1, 2], [0, 2])`, a list of integers (and Ellipsis)
            follows each tensor, and the last list names the axes that stay.
        optimize: for NumPy's sake; the order of the products is always the cheapest that is found.

    Raises:
        InvalidArgumentError: the subscripts cannot be read, or do not fit the number of operands or of their axes.
        ShapeError: axes of one name have different sizes, neither of which is 1.

    Example:
        >>> import hornbeam as hb
        >>> x = hb.ops.asarray([[1, 2], [3, 4]])
        >>> hb.ops.einsum("ij,j", x, [1, 10]).numpy().tolist(), int(hb.ops.einsum("ii", x))
        ([21, 43], 5)
    """
    terms, output, given = _read(subscripts, operands)
    if not given:
        raise InvalidArgumentError("einsum needs at least one operand")
    tensors = promote_tensors(*given)
    boolean = tensors[0].dtype == "bool"
    tensors = [astype(t, "int32") for t in tensors] if boolean else tensors
    labels, out = _named(terms, output, [t.ndim for t in tensors])
    parts = [_distinct(t, names) for t, names in zip(tensors, labels, strict=True)]
    sizes = _sizes(parts)
    parts = [_without_ones(p, sizes) for p in parts]
    order = _order(tuple(p.labels for p in parts), out, tuple(sizes.items()))
    for i, j in order:
        first, second = parts[i], parts[j]
        parts = [p for k, p in enumerate(parts) if k not in (i, j)]
        parts.append(_product(first, second, {*out, *(name for p in parts for name in p.labels)}))
    (result,) = parts
    result = _summed(result, set(out))
    found = permute_dims(result.tensor, tuple(result.labels.index(name) for name in out))
    return astype(found, "bool") if boolean else found


# ---- reading the subscripts


def _read(subscripts: Any, operands: tuple[Any, ...]) -> tuple[list[list[Label]], list[Label] | None, list[Any]]:
    """The labels of each operand and of the result (None: to be found), with Ellipsis in the place of "..."; the operands."""
    if isinstance(subscripts, str):
        left, arrow, right = subscripts.replace(" ", "").partition("->")
        terms = [_letters(term, subscripts) for term in left.split(",")]
        output, given = (_letters(right, subscripts) if arrow else None), list(operands)
    else:
        everything = [subscripts, *operands]
        output = list(everything.pop()) if len(everything) % 2 else None
        given, terms = everything[::2], [list(t) for t in everything[1::2]]
        if not all(e is Ellipsis or isinstance(e, int) for t in (*terms, output or []) for e in t):
            raise InvalidArgumentError(f"einsum: a list of axes holds integers and Ellipsis; got {terms} and {output}")
    if len(terms) != len(given):
        raise InvalidArgumentError(
            f"einsum: {subscripts!r} has {len(terms)} terms, but {len(given)} operands are given"
        )
    return terms, output, given


def _letters(term: str, subscripts: str) -> list[Label]:
    parts = term.split("...")
    if len(parts) > 2 or not all(part.isalpha() or not part for part in parts):
        raise InvalidArgumentError(
            f"einsum: {term!r} in {subscripts!r} cannot be read; a term is made of letters and at most one '...'"
        )
    return [*parts[0], Ellipsis, *parts[1]] if len(parts) == 2 else list(term)


def _named(terms: list[list[Label]], output: list[Label] | None, ranks: Sequence[int]) -> tuple[list[Labels], Labels]:
    """Every axis under a name of its own: an ellipsis becomes as many labels as the operand has axes left."""
    named, widest = [], 0
    for number, (term, rank) in enumerate(zip(terms, ranks, strict=True)):
        count = rank - len(term) + term.count(Ellipsis)
        if term.count(Ellipsis) > 1 or count < 0 or (count and Ellipsis not in term):
            raise InvalidArgumentError(f"einsum: operand {number} has {rank} axes, but its term is {_shown(term)}")
        named.append(_spread(term, count))
        widest = max(widest, count if Ellipsis in term else 0)
    counts: dict[Label, int] = {}
    for name in (name for labels in named for name in labels):
        counts[name] = counts.get(name, 0) + 1
    letters = [name for name in counts if not isinstance(name, tuple)]
    if output is None:
        return named, (*_spread([Ellipsis], widest), *sorted(n for n in letters if counts[n] == 1))
    if widest and Ellipsis not in output:
        raise InvalidArgumentError(
            f"einsum: axes of '...' can only be summed by name; the result {_shown(output)} lacks '...'"
        )
    if len(set(output)) != len(output) or not {*output} <= {*letters, Ellipsis}:
        raise InvalidArgumentError(
            f"einsum: the result {_shown(output)} must name axes of the operands ({_shown(letters)}), each once"
        )
    return named, _spread(output, widest)


def _spread(term: list[Label], count: int) -> Labels:
    return tuple(
        name
        for entry in term
        for name in ([("...", k) for k in reversed(range(count))] if entry is Ellipsis else [entry])
    )


def _shown(term: Sequence[Label]) -> str:
    """Labels for a message: 'ij...', or [0, 1, ...] in the form of lists."""
    words = ["..." if e is Ellipsis or isinstance(e, tuple) else str(e) for e in term]
    return f"[{', '.join(words)}]" if any(isinstance(e, int) for e in term) else repr("".join(words))


# ---- sums and products


def _distinct(tensor: Tensor, labels: Labels) -> Operand:
    """The diagonal over axes of one name."""
    for name in dict.fromkeys(labels):
        while labels.count(name) > 1:
            first = labels.index(name)
            second = labels.index(name, first + 1)
            if tensor.shape[first] != tensor.shape[second]:
                raise ShapeError(
                    f"einsum: a diagonal over axes {first} and {second} of shape {tensor.shape} needs them to be of one size"
                )
            tensor = diagonal(tensor, 0, first, second)
            labels = (*(n for a, n in enumerate(labels) if a not in (first, second)), name)
    return Operand(tensor, labels)


def _sizes(parts: Sequence[Operand]) -> dict[Label, int]:
    sizes: dict[Label, int] = {}
    for part in parts:
        for name, size in zip(part.labels, part.tensor.shape, strict=True):
            known = sizes.get(name, 1)
            if 1 not in (known, size) and known != size:
                raise ShapeError(f"einsum: axis {_shown([name])} has size {known} in one operand and {size} in another")
            sizes[name] = size if known == 1 else known
    return sizes


def _without_ones(part: Operand, sizes: dict[Label, int]) -> Operand:
    """Without the axes of size 1 that are wider elsewhere: there they are repeated."""
    gone = tuple(a for a, name in enumerate(part.labels) if part.tensor.shape[a] == 1 and sizes[name] != 1)
    if not gone:
        return part
    return Operand(squeeze(part.tensor, axis=gone), tuple(n for a, n in enumerate(part.labels) if a not in gone))


def _summed(part: Operand, kept: set[Label]) -> Operand:
    axes = tuple(a for a, name in enumerate(part.labels) if name not in kept)
    return Operand(reduce_sum(part.tensor, axes), tuple(n for n in part.labels if n in kept))


def _product(first: Operand, second: Operand, kept: set[Label]) -> Operand:
    """The product of two operands, summed over the names that nothing else needs."""
    x, y = _summed(first, kept | {*second.labels}), _summed(second, kept | {*first.labels})
    shared = [n for n in x.labels if n in y.labels]
    summed, batch = [n for n in shared if n not in kept], [n for n in shared if n in kept]
    mine, others = [n for n in x.labels if n not in shared], [n for n in y.labels if n not in shared]
    out = (*batch, *mine, *others)
    if not summed:  # element by element
        return Operand(_aligned(x, out) * _aligned(y, out), out)

    def axes(names: list[Label]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        return tuple(map(x.labels.index, names)), tuple(map(y.labels.index, names))

    return Operand(bind(dot_general_p, x.tensor, y.tensor, contracting=axes(summed), batch=axes(batch)), out)


def _aligned(part: Operand, out: Labels) -> Tensor:
    """The tensor with its axes in the order of `out`, and axes of size 1 for the others."""
    moved = permute_dims(part.tensor, tuple(part.labels.index(name) for name in out if name in part.labels))
    return expand_dims(moved, tuple(a for a, name in enumerate(out) if name not in part.labels))


# ---- the order of the products


@cache
def _order(terms: tuple[Labels, ...], out: Labels, sizes: tuple[tuple[Label, int], ...]) -> list[tuple[int, int]]:
    """Which two of the operands to multiply, again and again; the product goes to the end of the list."""
    if len(terms) < 3:
        return [(0, 1)] * (len(terms) - 1)
    size = dict(sizes)
    everything = frozenset(range(len(terms)))

    @cache
    def left(group: frozenset[int]) -> frozenset[Label]:
        """The names of the product of some operands: those that the rest or the result needs."""
        needed = {*out, *(name for i in everything - group for name in terms[i])}
        return frozenset(name for i in group for name in terms[i] if name in needed)

    def cost(a: frozenset[int], b: frozenset[int]) -> int:
        return math.prod(size[name] for name in left(a) | left(b))

    @cache
    def best(group: frozenset[int]) -> tuple[int, Any]:
        """The least number of multiplications for a group, and the tree of pairs that needs it."""
        if len(group) == 1:
            return 0, group
        head, *rest = sorted(group)
        found = None
        for count in range(len(rest)):
            for chosen in combinations(rest, count):
                a = frozenset({head, *chosen})
                b = group - a
                total = best(a)[0] + best(b)[0] + cost(a, b)
                if found is None or total < found[0]:
                    found = total, (best(a)[1], best(b)[1])
        assert found is not None  # a group of two or more can be split
        return found

    order: list[tuple[int, int]] = []
    groups = [frozenset({i}) for i in range(len(terms))]

    def multiply(a: frozenset[int], b: frozenset[int]) -> frozenset[int]:
        i, j = groups.index(a), groups.index(b)
        order.append((i, j))
        groups[:] = [*(g for g in groups if g not in (a, b)), a | b]
        return a | b

    def follow(tree: Any) -> frozenset[int]:
        return multiply(follow(tree[0]), follow(tree[1])) if isinstance(tree, tuple) else tree

    if len(terms) <= EXHAUSTIVE:
        follow(best(everything)[1])
    while len(groups) > 1:
        multiply(*min(combinations(groups, 2), key=lambda pair: cost(*pair)))
    return order
