"""Layers whose main weight gets an addition of low rank (LoRA), or is kept in eight bits for inference."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any

import hornbeam as hb
from hornbeam import DTypePolicy, Layer, Tensor, ops
from hornbeam.errors import InvalidArgumentError

from hornbeam_layers import initializers
from hornbeam_layers.arguments import check_positive, who

__all__ = ["Adaptable", "main_weight"]

EPSILON = 1e-7

main_weight = property(
    lambda layer: layer.adapted,
    lambda layer, value: layer._replace(value),
    doc="The weight as it acts: with what LoRA adds, and in floating point.",
)


class Adaptable(Layer):
    """Base of layers with `enable_lora`, and, where they say how their weight is scaled, `quantize`.

    Args:
        lora_rank: enable LoRA of this rank when the layer is built.
        lora_alpha: see `enable_lora`.
        **kwargs: `name`, `dtype`, `trainable`, `activity_regularizer`.
    """

    main = "kernel"  # the name of the weight, of which the initializer, regularizer and constraint are attributes

    def __init__(self, *, lora_rank: int | None = None, lora_alpha: float | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if lora_rank is not None:
            check_positive(self, lora_rank=lora_rank)
        self.lora_rank, self.lora_alpha, self.lora_enabled = lora_rank, lora_alpha, False
        self._main: Any = None
        self._scale: Any = None
        self._lora_a: Any = None
        self._lora_b: Any = None

    # ---- weights

    def make_main(self, shape: Any, initializer: Any = None) -> None:
        """Make the weight; of eight bits where the policy says so."""
        if self.quantization_mode:
            self._main = self.add_weight(shape, "zeros", "int8", trainable=False, name=self.main)
            return
        how = {kind: getattr(self, f"{self.main}_{kind}") for kind in ("initializer", "regularizer", "constraint")}
        self._main = self.add_weight(
            shape, name=self.main, **(how if initializer is None else {**how, "initializer": initializer})
        )

    def make_additions(self) -> None:
        """Make what goes with the weight; at the end of `build`."""
        if self.quantization_mode:
            shape = self._stored(
                ops.ones([1 if a in self._summed() else s for a, s in enumerate(self._main.shape)])
            ).shape
            self._scale = self.add_weight(shape, "ones", trainable=False, name=f"{self.main}_scale")
        if self.lora_rank:
            self.enable_lora(self.lora_rank, self.lora_alpha)

    @property
    def quantization_mode(self) -> str | None:
        """ "int8" where the weight is kept in eight bits, else None."""
        return None if type(self)._summed is Adaptable._summed else self.dtype_policy.quantization_mode

    @property
    def adapted(self) -> Any:
        """The weight as it acts: in floating point, and with its addition."""
        weight = self._main
        if self.quantization_mode:
            weight = ops.cast(weight, self.compute_dtype) / self._spread(self._scale)
        return ops.cast(weight + self._addition(), self.compute_dtype) if self.lora_enabled else weight

    def _addition(self) -> Tensor:
        return ops.matmul(self._lora_a, self._lora_b) * (self.lora_alpha / self.lora_rank)  # type: ignore[operator]

    def _replace(self, value: Any) -> None:
        if self.lora_enabled or self.quantization_mode:
            raise InvalidArgumentError(
                f"{who(self)} has LoRA, or weights of eight bits: its {self.main} cannot be replaced"
            )
        self._main = value

    # ---- LoRA

    def enable_lora(
        self,
        rank: int,
        lora_alpha: float | None = None,
        a_initializer: Any = "he_uniform",
        b_initializer: Any = "zeros",
    ) -> None:
        """Keep the weight as it is from here on, and train an addition a @ b to it, times lora_alpha / rank.

        Compile a model anew after this: its trainable weights are others. Files hold the weight with its addition.

        Args:
            rank: size of the axis between a and b, positive.
            lora_alpha: factor; default: rank.
            a_initializer, b_initializer: first values; as b is zero, the layer computes what it did at first.

        Raises:
            InvalidArgumentError: the layer is not built, has LoRA already, or constrains the weight.

        Source: Hu et al. 2021.

        Example:
            >>> import hornbeam as hb
            >>> layer = hb.layers.Dense(8)
            >>> layer.build((None, 16))
            >>> layer.enable_lora(2)
            >>> [(w.name, w.shape) for w in layer.trainable_weights]
            [('bias', (8,)), ('lora_kernel_a', (16, 2)), ('lora_kernel_b', (2, 8))]
        """
        check_positive(self, rank=rank)
        for wrong, told in (
            (self._main is None, "is not built yet: call it on data, or build it, first"),
            (self.lora_enabled, "has LoRA already"),
            (
                getattr(self, f"{self.main}_constraint") is not None,
                f"constrains its {self.main}, which LoRA cannot keep to",
            ),
        ):
            if wrong:
                raise InvalidArgumentError(f"enable_lora: {who(self)} {told}")
        regularizer = getattr(self, f"{self.main}_regularizer")
        for part, shape, first in (
            ("a", (*self._main.shape[:-1], rank), a_initializer), ("b", (rank, self._main.shape[-1]), b_initializer),
        ):  # fmt: skip
            name = f"lora_{self.main}_{part}"
            made = self.add_weight(shape, initializers.get(first), "float32", name=name, regularizer=regularizer)
            made.path = f"{self._main.path.rpartition('/')[0]}/{name}"
            setattr(self, f"_lora_{part}", made)
        self._main.trainable = False
        self.lora_rank, self.lora_alpha, self.lora_enabled = rank, rank if lora_alpha is None else lora_alpha, True

    # ---- eight bits

    def _summed(self) -> tuple[int, ...]:
        """The axes of the weight over which one scale holds."""
        raise InvalidArgumentError(f"{type(self).__name__} has no weights of eight bits")

    def _stored(self, scale: Tensor) -> Tensor:
        """A scale of the weight's axes, in the form in which it is kept."""
        return ops.squeeze(scale, self._summed())

    def _spread(self, scale: Tensor) -> Tensor:
        """The other way: so that it fits the weight."""
        return ops.expand_dims(scale, self._summed())

    def _product(self, inputs: Tensor, weight: Any) -> Tensor:
        """What the layer computes before bias and activation."""
        raise InvalidArgumentError(f"{type(self).__name__} is no product of inputs and a weight")

    def _summed_of_inputs(self, ndim: int) -> tuple[int, ...]:
        """The axes of the inputs over which the product sums."""
        return (-1,)

    def _along_output(self, scale: Tensor) -> Tensor:
        """The scales of the inputs, so that they fit the output."""
        return scale

    def multiplied(self, inputs: Tensor, other: Any = None) -> Tensor:
        """The product with the weight as it acts: in eight bits where it is kept so.

        Args:
            inputs: one side of the product.
            other: a weight and its scale, both of eight bits, that stand in the place of the layer's main weight.
        """
        if not self.quantization_mode:
            return self._product(inputs, self.adapted)
        integers, scales = (self._main.value, self._scale.value) if other is None else other

        @hb.custom_vjp
        def product(x: Tensor, weight: Tensor, scale: Tensor) -> Tensor:
            # sums of up to 1,040 products of such integers are exact in float32
            values, of_inputs = rounded(x, self._summed_of_inputs(x.ndim))
            out = self._product(ops.cast(values, "float32"), ops.cast(weight, "float32"))
            return ops.cast(out / (self._along_output(of_inputs) * scale), x.dtype)

        def backward(kept: Any, ct: Tensor) -> Any:
            x, weight, scale = kept
            weight = ops.cast(weight, x.dtype) / self._spread(scale)
            return *hb.vjp(lambda x: self._product(x, weight), ops.zeros_like(x))[1](ct), None, None

        product.defvjp(lambda *args: (product.function(*args), args), backward)
        out: Tensor = product(inputs, integers, scales)
        added = self.lora_enabled and other is None
        return out + self._product(inputs, ops.cast(self._addition(), out.dtype)) if added else out

    def quantize(self, mode: str = "int8", type_check: bool = True) -> None:
        """Keep the weight in eight bits: a quarter of the memory, for inference.

        Each output has a scale of its own, 127 over the largest absolute value. The inputs of a product are rounded in the same way,
        row by row, when the layer is called; gradients of inputs are those of the rounded weight.

        Args:
            mode: "int8", the only one.
            type_check: whether a subclass with a `call` of its own is refused.

        Raises:
            InvalidArgumentError: the mode is another; the layer is not built, is quantised already, has LoRA, or computes
                something of its own.

        Example:
            >>> import hornbeam as hb
            >>> layer = hb.layers.Dense(8)
            >>> layer.build((None, 16))
            >>> layer.quantize("int8")
            >>> [(w.name, str(w.dtype)) for w in layer.weights]
            [('bias', 'float32'), ('kernel', 'int8'), ('kernel_scale', 'float32')]
        """
        owner = {name: next(c for c in type(self).__mro__ if name in vars(c)) for name in ("call", "_summed")}
        for wrong, told in (
            (mode != "int8", f'knows the mode "int8"; got {mode!r}'),
            (type(self)._summed is Adaptable._summed, "has no weight that eight bits fit"),
            (
                type_check and owner["call"] is not owner["_summed"],
                "has a call of its own, which eight bits do not fit",
            ),
            (self._main is None, "is not built yet: call it on data, or build it, first"),
            (self.quantization_mode, "is quantised already"),
            (self.lora_enabled, "has LoRA; quantise it first"),
        ):
            if wrong:
                raise InvalidArgumentError(f"quantize: {who(self)} {told}")
        old = self._main
        values, scale = rounded(old.value, self._summed())
        self._variables = [v for v in self._variables if v is not old]
        self.dtype_policy = DTypePolicy(f"int8_from_{self.dtype_policy.name}")
        self.make_main(old.shape)
        self.make_additions()
        self._main.assign(values)
        self._scale.assign(self._stored(scale))
        for made in (self._main, self._scale):
            made.path = f"{old.path.rpartition('/')[0]}/{made.name}"

    # ---- files: they hold the weight with its addition

    @property
    def _kept_variables(self) -> list[Any]:
        own = [v for v in super()._kept_variables if v is not self._lora_a and v is not self._lora_b]
        return [v for v in own if v is self._main] + [v for v in own if v is not self._main]

    def save_own_variables(self, store: MutableMapping[str, Any]) -> None:
        """Put the weights into `store`; what LoRA added is part of the weight there."""
        super().save_own_variables(store)
        if not self.lora_enabled:
            return
        values = {id(self._main): self.adapted}
        if self.quantization_mode:
            whole, scale = rounded(self.adapted, self._summed())
            values = {id(self._main): whole, id(self._scale): self._stored(scale)}
        for i, variable in enumerate(self._kept_variables):
            if id(variable) in values:
                store[str(i)] = values[id(variable)].numpy()

    def load_own_variables(self, store: Mapping[str, Any]) -> None:
        """Take the weights from `store`; the addition of LoRA starts from zero.

        Where the weight is one of eight bits there, it becomes so here: layers within others do not say it in the file.
        """
        rounded_there = "0" in store and str(store["0"].dtype) == "int8"
        if rounded_there and self._main is not None and self._main.dtype != "int8":
            self.quantize("int8", type_check=False)
        super().load_own_variables(store)
        if self.lora_enabled:
            self._lora_b.assign(ops.zeros_like(self._lora_b.value))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        lora = {"lora_rank": self.lora_rank, "lora_alpha": self.lora_alpha} if self.lora_rank else {}
        return {**super().get_config(), **lora}


def rounded(x: Tensor, axes: Any) -> tuple[Tensor, Tensor]:
    """Integers from -127 to 127, and the scale by which they were multiplied, with axes of size 1."""
    scale = 127.0 / (ops.max(ops.abs(x), axis=axes, keepdims=True) + EPSILON)
    return ops.cast(ops.clip(ops.round(x * scale), -127, 127), "int8"), scale
