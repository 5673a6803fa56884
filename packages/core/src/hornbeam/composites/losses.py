"""Cross-entropies from logits: one value for each row, and gradients that are the difference of two distributions."""

from __future__ import annotations

from typing import Any

from hornbeam.interpret import bind
from hornbeam.ops.creation import arange, zeros
from hornbeam.ops.elementwise.arithmetic import abs as absolute
from hornbeam.ops.elementwise.arithmetic import maximum
from hornbeam.ops.elementwise.cast import astype
from hornbeam.ops.elementwise.comparison import equal, where
from hornbeam.ops.elementwise.exponential import exp, log, log1p, sigmoid
from hornbeam.ops.movement import expand_dims, squeeze
from hornbeam.ops.reduction import max as top
from hornbeam.primitive import composite
from hornbeam.tensor import Tensor

__all__ = ["binary_cross_entropy", "categorical_cross_entropy", "sparse_cross_entropy"]


def _logsumexp(logits: Tensor) -> Tensor:
    """[..., classes] -> [..., 1], without overflow."""
    from hornbeam.gradient_rules import stop_gradient

    highest = stop_gradient(top(logits, -1, keepdims=True))
    return highest + log(exp(logits - highest).sum(-1, keepdims=True))


def _hits(labels: Tensor, logits: Tensor) -> Tensor:
    """Where a class is the label's: bool, [..., classes]; nowhere for a label outside."""
    return equal(expand_dims(labels, -1), arange(logits.shape[-1], dtype=labels.dtype))


def _rows(t: Any) -> tuple[tuple[int, ...], int]:
    return (t.sizes[0], t.sizes[1]), t.sizes[2] + 1


def _sparse_case(t: Any) -> Any:
    rows, classes = _rows(t)
    return t.case(t.array((*rows, classes)), t.rng.integers(-1, classes + 1, rows).astype("int32"))


@composite("sparse_cross_entropy", cases=_sparse_case, multiple=True, partial_cts=True)
def sparse_cross_entropy_p(logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """(loss, logsumexp) [...]: loss = logsumexp(logits) - logits[label], over the last axis of logits [..., classes].

    labels are integers [...]; one outside the classes has loss 0.
    """
    total = _logsumexp(logits)
    return where(_hits(labels, logits), total - logits, 0.0).sum(-1), squeeze(total, -1)


@sparse_cross_entropy_p.vjp("logits labels out")
def _(cts: Any, logits: Tensor, labels: Tensor, out: Any) -> Any:
    given = {name: ct for name, ct in zip(("dloss", "dlogsumexp"), cts, strict=True) if ct is not None}
    return bind(sparse_cross_entropy_grad_p, logits, labels, out[1], *given.values(), extra=tuple(given)), None


def _sparse_grad_case(t: Any) -> Any:
    (logits, labels), _ = _sparse_case(t)
    extra = {name: t.array(labels.shape) for name in ("dloss", "dlogsumexp") if t.rng.random() < 0.7}
    return t.case(logits, labels, t.array(labels.shape, 2.0, 5.0), *extra.values(), extra=tuple(extra))


@composite("sparse_cross_entropy_grad", cases=_sparse_grad_case)
def sparse_cross_entropy_grad_p(
    logits: Tensor, labels: Tensor, logsumexp: Tensor, *more: Tensor, extra: tuple[str, ...]
) -> Tensor:
    """dlogits of `sparse_cross_entropy`: dloss * (softmax - one hot). `extra` names dloss and dlogsumexp, where they are there."""
    found = dict(zip(extra, more, strict=True))
    p = exp(logits - expand_dims(logsumexp, -1))
    ct = zeros(logits.shape, logits.dtype)
    if "dloss" in found:
        hits = astype(_hits(labels, logits), logits.dtype)
        ct = expand_dims(found["dloss"], -1) * (p * hits.sum(-1, keepdims=True) - hits)
    return ct + expand_dims(found["dlogsumexp"], -1) * p if "dlogsumexp" in found else ct


def _categorical_case(t: Any) -> Any:
    rows, classes = _rows(t)
    return t.case(t.array((*rows, classes)), t.array((*rows, classes), 0.0, 1.0))


@composite("categorical_cross_entropy", cases=_categorical_case, multiple=True, partial_cts=True)
def categorical_cross_entropy_p(logits: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """(loss, logsumexp) [...]: loss = sum(targets * (logsumexp(logits) - logits)) over the last axis of both."""
    total = _logsumexp(logits)
    return (targets * (total - logits)).sum(-1), squeeze(total, -1)


@categorical_cross_entropy_p.vjp("logits targets out")
def _(cts: Any, logits: Tensor, targets: Tensor, out: Any) -> Any:
    dloss, dlogsumexp = (None if ct is None else expand_dims(ct, -1) for ct in cts)
    logsumexp = expand_dims(out[1], -1)

    def of_logits() -> Tensor:
        p = exp(logits - logsumexp)
        parts = [] if dloss is None else [dloss * (p * targets.sum(-1, keepdims=True) - targets)]
        parts += [] if dlogsumexp is None else [dlogsumexp * p]
        return parts[0] if len(parts) == 1 else parts[0] + parts[1]

    return of_logits, None if dloss is None else dloss * (logsumexp - logits)


@composite("binary_cross_entropy", cases=lambda t: t.case(t.floats("n d"), t.floats("n d", 0.0, 1.0)))
def binary_cross_entropy_p(logits: Tensor, targets: Tensor) -> Tensor:
    """-t log(sigmoid(x)) - (1 - t) log(1 - sigmoid(x)), element by element, without overflow."""
    return maximum(logits, 0.0) - logits * targets + log1p(exp(-absolute(logits)))


@binary_cross_entropy_p.vjp("logits targets")
def _(ct: Tensor, logits: Tensor, targets: Tensor) -> Any:
    return ct * (sigmoid(logits) - targets), lambda: -ct * logits


def sparse_cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """-log softmax(logits)[label], for each row: [..., classes] and integers [...] -> [...]; 0 for a label outside.

    Example:
        >>> import hornbeam as hb
        >>> [round(x, 4) for x in sparse_cross_entropy(hb.ops.zeros((1, 2)), hb.ops.asarray([0])).tolist()]
        [0.6931]
    """
    return bind(sparse_cross_entropy_p, logits, labels)[0]


def categorical_cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """-sum(targets * log softmax(logits)), for each row: twice [..., classes] -> [...].

    Example:
        >>> import hornbeam as hb
        >>> [round(x, 4) for x in categorical_cross_entropy(hb.ops.zeros((1, 2)), hb.ops.asarray([[1.0, 0.0]])).tolist()]
        [0.6931]
    """
    return bind(categorical_cross_entropy_p, logits, targets)[0]


def binary_cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """-t log(sigmoid(x)) - (1 - t) log(1 - sigmoid(x)), element by element; tensors of one shape and dtype.

    Example:
        >>> import hornbeam as hb
        >>> float(binary_cross_entropy(hb.ops.asarray(-800.0), hb.ops.asarray(1.0)))
        800.0
    """
    return bind(binary_cross_entropy_p, logits, targets)
