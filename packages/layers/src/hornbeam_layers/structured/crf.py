"""CRF: a conditional random field over the steps of a sequence."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer, Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError

from hornbeam_layers.arguments import WeightOptions, check_positive

__all__ = ["CRF"]


class CRF(Layer):
    """Labels steps so that each label fits its step and the label before it.

    A labelling scores the sum of the potentials of its steps and of `chain_kernel[label before, label]`; its probability is
    exp(score) over the sum of exp over all labellings. `call` gives the potentials; `loss` is for `compile`; `decode` finds the best
    labelling.

    Args:
        units: number of labels, positive.
        use_boundary: whether the labels of the first and of the last step have weights of their own.
        use_kernel: whether the potentials are a product of the inputs and a kernel; without it inputs have `units` features.
        use_bias: whether there is a bias beside the kernel.
        *_initializer, *_regularizer, *_constraint: of kernel, bias, chain (`chain_kernel`) and boundary (both).
        **kwargs: `name`, `dtype`, `trainable`.

    Call with inputs (batch, time, features), and optionally `mask` (batch, time), bool: steps that are left out are no part of the
    chain. Weights: kernel (features, units), bias (units,), chain_kernel (units, units), left_boundary and right_boundary (units,).

    Shapes: -> (batch, time, units).

    Raises:
        InvalidArgumentError: units is not a positive integer.
        ShapeError: the inputs have not three axes, or, without a kernel, not `units` features.

    Source: Lafferty et al. 2001; Rabiner 1989 for the recursions.

    Example:
        >>> import hornbeam as hb
        >>> crf = CRF(3, name="labels")
        >>> model = hb.Sequential([hb.Input((5, 4)), crf])
        >>> model.compile("adam", crf.loss)
        >>> labels, scores = crf.decode(model(hb.ops.ones((2, 5, 4))))
        >>> labels.shape, scores.shape
        ((2, 5), (2,))
    """

    def __init__(
        self, units: int, use_boundary: bool = True, use_kernel: bool = True, use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
        chain_initializer: Any = "glorot_uniform", boundary_initializer: Any = "zeros",
        kernel_regularizer: Any = None, bias_regularizer: Any = None, chain_regularizer: Any = None,
        boundary_regularizer: Any = None, kernel_constraint: Any = None, bias_constraint: Any = None,
        chain_constraint: Any = None, boundary_constraint: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(**kwargs)
        check_positive(self, units=units)
        self.units, self.use_boundary, self.use_kernel, self.use_bias = units, use_boundary, use_kernel, use_bias
        weights = {
            "kernel_initializer": kernel_initializer, "bias_initializer": bias_initializer,
            "chain_initializer": chain_initializer, "boundary_initializer": boundary_initializer,
            "kernel_regularizer": kernel_regularizer, "bias_regularizer": bias_regularizer,
            "chain_regularizer": chain_regularizer, "boundary_regularizer": boundary_regularizer,
            "kernel_constraint": kernel_constraint, "bias_constraint": bias_constraint,
            "chain_constraint": chain_constraint, "boundary_constraint": boundary_constraint,
        }  # fmt: skip
        self.options = WeightOptions(self, weights)
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        """Make the weights."""
        units = self.units
        if len(input_shape) != 3 or (not self.use_kernel and input_shape[2] != units):
            features = "features" if self.use_kernel else units
            raise ShapeError(f"CRF {self.name!r}: expected inputs (batch, time, {features}); got shape {input_shape}")
        if self.use_kernel:
            self.kernel = self.options.make("kernel", (input_shape[2], units))
            self.bias = self.options.make("bias", (units,)) if self.use_bias else None
        self.chain_kernel = self.options.make("chain_kernel", (units, units), "chain")
        if self.use_boundary:
            self.left_boundary = self.options.make("left_boundary", (units,), "boundary")
            self.right_boundary = self.options.make("right_boundary", (units,), "boundary")

    def call(self, inputs: Tensor, mask: Tensor | None = None) -> Tensor:
        """(batch, time, features) -> potentials, (batch, time, units)."""
        out = inputs
        if self.use_kernel:
            out = ops.matmul(inputs, self.kernel)
            out = out if self.bias is None else out + self.bias
        if not self.use_boundary:
            return out
        counts, before = _chain(out, mask)
        place = ops.arange(out.shape[1], dtype="int32")
        last = ops.max(ops.where(counts, place, -1), axis=1, keepdims=True)
        first = ops.logical_and(counts, before < 0)
        out = ops.where(ops.expand_dims(first, 2), out + self.left_boundary, out)
        return ops.where(ops.expand_dims(place == last, 2), out + self.right_boundary, out)

    def loss(self, y_true: Any, y_pred: Any) -> Tensor:
        """-log of the probability of labellings, for `compile`.

        Args:
            y_true: (batch, time) or (batch, time, 1) integers, the labels; steps with a negative one do not count.
            y_pred: what the layer gave; steps that its mask leaves out do not count.

        Returns:
            (batch,).
        """
        mask = getattr(y_pred, "mask", None)
        potentials, labels = ops.asarray(y_pred), ops.asarray(y_true)
        labels = ops.squeeze(labels, -1) if labels.ndim == 3 else labels
        if potentials.ndim != 3 or labels.shape != potentials.shape[:2]:
            raise ShapeError(
                f"CRF {self.name!r}: expected labels (batch, time) for potentials (batch, time, {self.units}); got {labels.shape} "
                f"and {potentials.shape}"
            )
        labels = ops.cast(labels, "int32")
        mask = labels >= 0 if mask is None else ops.logical_and(mask, labels >= 0)
        labels = ops.where(mask, labels, 0)
        counts, before = _chain(potentials, mask)
        chain = ops.cast(self.chain_kernel, potentials.dtype)
        own = ops.squeeze(ops.take_along_axis(potentials, ops.expand_dims(labels, 2), axis=2), 2)
        previous = ops.take_along_axis(labels, ops.maximum(before, 0), axis=1)
        steps = ops.take(ops.reshape(chain, (-1,)), previous * self.units + labels)
        score = ops.sum(ops.where(counts, own + ops.where(before < 0, 0.0, steps), 0.0), axis=1)
        return _total(potentials, chain, counts, before) - score

    def decode(self, potentials: Any, mask: Any = None) -> tuple[Tensor, Tensor]:
        """The labellings of highest score (Viterbi's algorithm).

        Args:
            potentials: what the layer gave, (batch, time, units).
            mask: (batch, time), bool; default: that of the potentials.

        Returns:
            Labels, (batch, time) of int32, -1 where the mask leaves a step out; scores, (batch,).
        """
        mask = getattr(potentials, "mask", None) if mask is None else ops.asarray(mask)
        potentials = ops.asarray(potentials)
        if potentials.ndim != 3 or potentials.shape[2] != self.units:
            raise ShapeError(
                f"CRF {self.name!r}: expected potentials (batch, time, {self.units}); got {potentials.shape}"
            )
        counts, before = _chain(potentials, mask)
        chain = ops.cast(self.chain_kernel, potentials.dtype)
        stay = ops.arange(self.units, dtype="int32")

        def forward(best: Tensor, row: Any) -> Any:
            sums = ops.expand_dims(best, 2) + chain  # [batch, label before, label]
            new = ops.where(row["first"], 0.0, ops.max(sums, axis=1)) + row["potential"]
            come = ops.where(row["counts"], ops.cast(ops.argmax(sums, axis=1), "int32"), stay)
            return ops.where(row["counts"], new, best), come

        best, come = ops.scan(forward, ops.zeros_like(potentials[:, 0]), _rows(potentials, counts, before))

        def backward(label: Tensor, come: Tensor) -> Any:
            return ops.squeeze(ops.take_along_axis(come, ops.expand_dims(label, 1), axis=1), 1), label

        end = ops.cast(ops.argmax(best, axis=1), "int32")
        _, labels = ops.scan(backward, end, come, reverse=True)
        return ops.where(counts, ops.swapaxes(labels, 0, 1), -1), ops.max(best, axis=1)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        names = "units", "use_boundary", "use_kernel", "use_bias"
        return {**super().get_config(), **{name: getattr(self, name) for name in names}, **self.options.config()}


def _chain(potentials: Tensor, mask: Any) -> tuple[Tensor, Tensor]:
    """Which steps count, (batch, time), and the place of the step before each that does; -1 where there is none."""
    batch, time = potentials.shape[:2]
    if not time:
        raise InvalidArgumentError(f"CRF: there is no step in potentials of shape {potentials.shape}")
    place = ops.broadcast_to(ops.arange(time, dtype="int32"), (batch, time))
    counts = ops.full((batch, time), True) if mask is None else ops.cast(mask, "bool")
    reached = ops.associative_scan(ops.maximum, ops.where(counts, place, -1), axis=1)
    return counts, ops.concat([ops.full((batch, 1), -1, dtype="int32"), reached[:, :-1]], axis=1)


def _rows(potentials: Tensor, counts: Tensor, before: Tensor) -> dict[str, Tensor]:
    """For a scan over time."""
    found = {"potential": potentials, "counts": ops.expand_dims(counts, 2), "first": ops.expand_dims(before < 0, 2)}
    return {name: ops.swapaxes(t, 0, 1) for name, t in found.items()}


def _total(potentials: Tensor, chain: Tensor, counts: Tensor, before: Tensor) -> Tensor:
    """The logarithm of the sum of exp(score) over all labellings, (batch,)."""

    def step(sums: Tensor, row: Any) -> Any:
        come = ops.logsumexp(ops.expand_dims(sums, 2) + chain, axis=1)
        new = ops.where(row["first"], 0.0, come) + row["potential"]
        return ops.where(row["counts"], new, sums), None

    sums, _ = ops.scan(step, ops.zeros_like(potentials[:, 0]), _rows(potentials, counts, before))
    some = ops.any(counts, axis=1)  # of a sequence without steps there is one labelling, of score 0
    return ops.where(some, ops.logsumexp(sums, axis=1), 0.0)
