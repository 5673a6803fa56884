"""EinsumDense: a dense layer over any axes, written as an einsum."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from hornbeam import Tensor, ops
from hornbeam.errors import InvalidArgumentError, ShapeError

from hornbeam_layers import activations, constraints, initializers, regularizers
from hornbeam_layers.core.adaptation import Adaptable, main_weight
from hornbeam_layers.serialization import serialize

__all__ = ["EinsumDense"]


class EinsumDense(Adaptable):
    """activation(einsum(equation, inputs, kernel) + bias).

    Args:
        equation: such as "abc,cd->abd": axes of the inputs, of the kernel, of the output. "..." may stand for further axes, at
            the left of both inputs and output, or at the right of both.
        output_shape: sizes of the output's axes without the batch axis and those of "..."; None for those that the input has.
        activation: name or function; default: none.
        bias_axes: letters of the output's axes that have a bias of their own each; default: no bias.
        kernel_initializer, bias_initializer: first values of the weights.
        kernel_regularizer, bias_regularizer: additions to the loss.
        kernel_constraint, bias_constraint: applied after each update.
        lora_rank, lora_alpha: see `enable_lora`, which is called when the layer is built.
        **kwargs: `name`, `dtype`, `trainable` (see `hornbeam.Layer`).

    Weights: kernel, with the axes that the equation names; bias, with the output's axes from the first of `bias_axes` on, of
    size 1 where they have none.

    Raises:
        InvalidArgumentError: the equation cannot be read, or names axes that nothing gives a size.
        ShapeError: the input does not fit the equation.

    Example:
        >>> import hornbeam as hb
        >>> EinsumDense("abc,cde->abde", output_shape=(None, 2, 3), bias_axes="de")(hb.ops.ones((4, 5, 6))).shape
        (4, 5, 2, 3)
    """

    kernel: Any = main_weight

    def __init__(
        self, equation: str, output_shape: Any, activation: Any = None, bias_axes: str | None = None,
        kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None, bias_regularizer: Any = None,
        kernel_constraint: Any = None, bias_constraint: Any = None, lora_rank: int | None = None,
        lora_alpha: float | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        kwargs |= {"lora_rank": lora_rank, "lora_alpha": lora_alpha}
        kwargs["activity_regularizer"] = regularizers.get(kwargs.get("activity_regularizer"))
        super().__init__(**kwargs)
        self.equation, self.bias_axes = equation, bias_axes
        self.partial_output_shape = (output_shape,) if isinstance(output_shape, int) else tuple(output_shape)
        self.activation = activations.get(activation)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self._terms = _read(f"EinsumDense {self.name!r}", equation, bias_axes)

    def build(self, input_shape: Any) -> None:
        """Make kernel and bias for inputs of that shape."""
        sizes = self._sizes(input_shape)
        _, weight, output = self._terms.labels(len(input_shape))
        initializer = self.kernel_initializer
        if isinstance(initializer, initializers.VarianceScaling) and initializer.input_axes is None:
            axes = {
                "input_axes": [i for i, axis in enumerate(weight) if axis not in output],
                "output_axes": [i for i, axis in enumerate(weight) if axis in output],
            }
            initializer = type(initializer).from_config({**initializer.get_config(), **axes})
        self._inputs, self._weight, self._output = self._terms.labels(len(input_shape))
        self.make_main(tuple(sizes[axis] for axis in weight), initializer)
        self.bias: Any = None
        if self.bias_axes is not None:
            first = min(output.index(axis) for axis in self.bias_axes)
            self.bias = self.add_weight(
                tuple(sizes[axis] if axis in self.bias_axes else 1 for axis in output[first:]), self.bias_initializer,
                name="bias", regularizer=self.bias_regularizer, constraint=self.bias_constraint,
            )  # fmt: skip
        self.make_additions()

    def _sizes(self, input_shape: Any) -> dict[str, Any]:
        """The size of every axis, out of the shape of the inputs and the announced one of the output."""
        who, terms, shape = f"EinsumDense {self.name!r} ({self.equation})", self._terms, tuple(input_shape)
        hidden = len(shape) - len(terms.inputs)
        if hidden < 0 or (hidden and not terms.dots):
            raise ShapeError(f"{who}: expected inputs of {len(terms.inputs)} axes; got shape {shape}")
        sizes = dict(zip(terms.labels(len(shape))[0], shape, strict=True))
        named = terms.output if terms.dots == "left" and hidden else terms.output[1:]  # without the batch axis
        if len(named) != len(self.partial_output_shape):
            raise InvalidArgumentError(
                f"{who}: output_shape needs a size, or None, for each of the axes {named!r}; got {self.partial_output_shape}"
            )
        for axis, size in zip(named, self.partial_output_shape, strict=True):
            known = sizes.get(axis)
            if size is not None and known not in (None, size):
                raise ShapeError(f"{who}: axis {axis!r} has size {known} in {shape} and {size} in output_shape")
            sizes[axis] = size if known is None else known
        unknown = [axis for axis in terms.weight if sizes.get(axis) is None]
        if unknown:
            raise ShapeError(
                f"{who}: the kernel's axes {''.join(unknown)!r} have no size, with inputs of shape {shape} and "
                f"output_shape {self.partial_output_shape}"
            )
        return sizes

    def call(self, inputs: Tensor) -> Tensor:
        """The equation."""
        out = self.multiplied(inputs)
        return self.activation(out if self.bias is None else out + self.bias)

    def _product(self, inputs: Tensor, weight: Any) -> Tensor:
        return ops.einsum(self.equation, inputs, weight)

    def _summed(self) -> tuple[int, ...]:
        return tuple(i for i, axis in enumerate(self._weight) if axis not in self._output)

    def _summed_of_inputs(self, ndim: int) -> tuple[int, ...]:
        return tuple(i for i, axis in enumerate(self._inputs) if axis not in self._output)

    def _along_output(self, scale: Tensor) -> Tensor:
        return self._placed(scale, self._inputs)

    def _stored(self, scale: Tensor) -> Tensor:
        return self._placed(scale, self._weight)

    def _placed(self, scale: Tensor, axes: list[str]) -> Tensor:
        """From the axes of inputs or weight to those of the output."""
        kept = [axis for axis in self._output if axis in axes]
        sizes = [scale.shape[axes.index(axis)] if axis in axes else 1 for axis in self._output]
        order = [axes.index(axis) for axis in kept] + [i for i, axis in enumerate(axes) if axis not in self._output]
        return ops.reshape(ops.permute_dims(scale, order), sizes)

    def _spread(self, scale: Tensor) -> Tensor:
        kept = [axis for axis in self._output if axis in self._weight]
        there = ops.reshape(scale, [scale.shape[self._output.index(axis)] for axis in kept])
        order = [kept.index(axis) for axis in self._weight if axis in kept]
        return ops.expand_dims(ops.permute_dims(there, order), self._summed())

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        objects = (
            *(
                "kernel_initializer",
                "bias_initializer",
                "kernel_regularizer",
                "bias_regularizer",
                "activity_regularizer",
            ),
            *("kernel_constraint", "bias_constraint"),
        )
        return {
            **super().get_config(),
            "equation": self.equation,
            "output_shape": self.partial_output_shape,
            "activation": activations.serialize(self.activation),
            "bias_axes": self.bias_axes,
            **{name: serialize(getattr(self, name)) for name in objects},
        }


class _Terms(NamedTuple):
    """An equation, taken apart; `dots` says on which side "..." stands, "" for nowhere."""

    inputs: str
    weight: str
    output: str
    dots: str

    def labels(self, ndim: int) -> tuple[list[str], list[str], list[str]]:
        """Names of the axes of inputs of `ndim` axes, of the kernel, and of the output; numbers for those of "..."."""
        more = [str(i) for i in range(ndim - len(self.inputs))]
        if self.dots == "right":
            return [*self.inputs, *more], [*self.weight], [*self.output, *more]
        return [*more, *self.inputs], [*self.weight], [*more, *self.output]


def _read(who: str, equation: str, bias_axes: str | None) -> _Terms:
    """The terms of the equation."""
    form = r"(\.\.\.)?([a-zA-Z]+)(\.\.\.)?,([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]+)(\.\.\.)?"
    found = re.fullmatch(form, equation) if isinstance(equation, str) else None
    if not found or (found[1], found[3]) != (found[5], found[7]) or (found[1] and found[3]):
        raise InvalidArgumentError(
            f"{who}: an equation has the form 'ab,bc->ac', '...ab,bc->...ac' or 'ab...,bc->ac...'; got {equation!r}"
        )
    terms = _Terms(found[2], found[4], found[6], "left" if found[1] else "right" if found[3] else "")
    for what, axes, elsewhere, where in (
        ("output", terms.output, terms.inputs + terms.weight, "inputs nor kernel"),
        ("kernel", terms.weight, terms.inputs + terms.output, "inputs nor output"),
    ):
        lost = [axis for axis in axes if axis not in elsewhere]
        if lost:
            raise InvalidArgumentError(f"{who}: axis {lost[0]!r} of the {what} is in neither {where} of {equation!r}")
    if not set(bias_axes or "") <= set(terms.output):
        raise InvalidArgumentError(f"{who}: bias_axes {bias_axes!r} are not all among the output's of {equation!r}")
    return terms
