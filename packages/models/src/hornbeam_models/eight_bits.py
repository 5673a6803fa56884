"""Models whose layers keep their weights in eight bits."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import Any

from hornbeam import Layer
from hornbeam.errors import HornbeamError, InvalidArgumentError

__all__ = ["quantize"]


def quantize(model: Any, mode: Any, config: Any, filters: Any, type_check: bool = True) -> None:
    """Quantise the layers of a model that can be and that the filters choose; see `Model.quantize`."""
    if config is not None:
        raise InvalidArgumentError(
            f"quantize takes no config: weights and inputs are rounded as Keras does by default; got {config!r}"
        )
    if mode != "int8":
        raise InvalidArgumentError(
            f'quantize knows the mode "int8"; got mode={mode!r}. There are no weights of other widths.'
        )
    if filters is not None and not isinstance(filters, (str, list, tuple)) and not callable(filters):
        raise InvalidArgumentError(
            f"filters must be a regular expression, a list of them, or a function of a layer; got {filters!r}"
        )
    done = 0
    for layer in dict.fromkeys(_innermost(model)):
        if not hasattr(layer, "quantize") or not _chosen(layer, filters):
            continue
        try:
            layer.quantize(mode, type_check=type_check)
            done += 1
        except HornbeamError as error:
            warnings.warn(f"layer {layer.name!r} stays as it is: {error}", stacklevel=4)
    if not done:
        which = "" if filters is None else f" for filters={filters!r}"
        raise InvalidArgumentError(f"model {model.name!r} has no layer that can be quantised{which}")
    model._steps = {}


def _innermost(layer: Layer) -> Iterator[Layer]:
    """The layers that hold no others."""
    inside = list(layer._sublayers())
    if not inside:
        yield layer
    for inner in inside:
        yield from _innermost(inner)


def _chosen(layer: Layer, filters: Any) -> bool:
    if filters is None:
        return True
    if callable(filters):
        return bool(filters(layer))
    return any(re.search(pattern, layer.name) for pattern in ([filters] if isinstance(filters, str) else filters))
