"""Checks of arguments that many layers share; the errors name layer, argument, what was got and what is expected."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer
from hornbeam.errors import InvalidArgumentError, ShapeError

from hornbeam_layers import constraints, initializers, regularizers
from hornbeam_layers.serialization import serialize

__all__ = [
    "WeightOptions", "check_positive", "check_rank", "check_rate", "choice_of", "format_of", "sizes_of", "who",
]  # fmt: skip


def who(layer: Layer) -> str:
    """A layer in an error message."""
    return f"{type(layer).__name__} {layer.name!r}"


def is_size(value: Any, least: int = 1) -> bool:
    """Whether it is an integer of at least `least`."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def check_positive(layer: Layer, **arguments: Any) -> None:
    """Refuse what is no positive integer."""
    for name, value in arguments.items():
        if not is_size(value):
            raise InvalidArgumentError(f"{who(layer)}: {name} must be a positive integer; got {name}={value!r}")


def check_rate(layer: Layer, rate: Any) -> float:
    """Refuse what is no share of a whole."""
    if not isinstance(rate, (int, float)) or not 0 <= rate <= 1:
        raise InvalidArgumentError(f"{who(layer)}: rate must be between 0 and 1; got rate={rate!r}")
    return rate


def sizes_of(value: Any, rank: int, layer: str, argument: str, least: int = 1) -> tuple[int, ...]:
    """One integer per spatial axis, of at least `least`."""
    sizes = tuple(value) if isinstance(value, (list, tuple)) else (value,) * rank
    if len(sizes) != rank or not all(is_size(s, least) for s in sizes):
        kind = "a positive integer" if least else "an integer of at least 0"
        raise InvalidArgumentError(f"{layer}: {argument} must be {kind} or {rank} of them; got {value!r}")
    return sizes


def choice_of(layer: Layer, argument: str, value: Any, known: tuple[str, ...]) -> str:
    """One of some words, in any case."""
    if not isinstance(value, str) or value.lower() not in known:
        raise InvalidArgumentError(f"{who(layer)}: {argument} must be one of {known}; got {argument}={value!r}")
    return value.lower()


def format_of(layer: Layer, data_format: Any) -> str:
    """ "channels_last", which None stands for, or "channels_first"."""
    if data_format not in (None, "channels_last", "channels_first"):
        raise InvalidArgumentError(
            f"{who(layer)}: data_format must be 'channels_last' or 'channels_first'; got {data_format!r}"
        )
    return data_format or "channels_last"


def check_rank(layer: Layer, shape: Any, rank: int) -> None:
    """Refuse inputs that have not `rank` axes."""
    if len(shape) != rank:
        hint = " Where there is one channel, it is an axis too: x[..., None], and Input with a 1 at its end."
        raise ShapeError(
            f"{who(layer)}: expected inputs of {rank} axes, the batch's included; got shape {tuple(shape)}."
            + (hint if len(shape) == rank - 1 else "")
        )


class WeightOptions:
    """Initializers, regularizers and constraints of a layer's weights, by argument name: "kernel_initializer", ...

    Args:
        layer: gets an attribute of each.
        **options: names, objects or saved forms.
    """

    def __init__(self, layer: Layer, options: dict[str, Any]) -> None:
        kinds = {"initializer": initializers, "regularizer": regularizers, "constraint": constraints}
        self.layer, self.names = layer, tuple(options)
        for name, value in options.items():
            setattr(layer, name, kinds[name.rpartition("_")[2]].get(value))

    def make(self, name: str, shape: Any, prefix: str | None = None, **how: Any) -> Any:
        """A weight, with the options whose names begin with `prefix` (default: the weight's name)."""
        kinds = ("initializer", "regularizer", "constraint")
        found: dict[str, Any] = {kind: getattr(self.layer, f"{prefix or name}_{kind}", None) for kind in kinds}
        return self.layer.add_weight(tuple(shape), name=name, **found, **how)

    def config(self) -> dict[str, Any]:
        """The saved forms, by argument name."""
        return {name: serialize(getattr(self.layer, name)) for name in self.names}
