"""What a FeatureSpace is told of each feature, and of those that are crossed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hornbeam import Layer
from hornbeam.errors import InvalidArgumentError
from hornbeam.naming import unique_name
from hornbeam.serialization import deserialize_keras_object, serialize_keras_object

from hornbeam_layers.core.identity import Identity
from hornbeam_layers.preprocessing.discretization import Discretization
from hornbeam_layers.preprocessing.hashing import Hashing
from hornbeam_layers.preprocessing.integer_lookup import IntegerLookup
from hornbeam_layers.preprocessing.normalization import Normalization
from hornbeam_layers.preprocessing.rescaling import Rescaling
from hornbeam_layers.preprocessing.string_lookup import StringLookup

__all__ = ["Cross", "Feature", "FeatureKinds", "form_of", "of_form"]

HOME = "keras.src.layers.preprocessing.feature_space"  # where Keras's files say that features are
PLAIN = "TFDIdentity"  # what Keras calls the preprocessor of a plain number there


class Feature:
    """How one feature is prepared.

    Args:
        dtype: of the raw values: "float32", "int32" or "string".
        preprocessor: a layer that takes them, (batch, 1), or its saved form.
        output_mode: "float" or "int", as the layer gives it, or "one_hot", for a layer that gives numbers of categories.
    """

    def __init__(self, dtype: str, preprocessor: Any, output_mode: str) -> None:
        self.dtype, self.output_mode = dtype, _mode(output_mode, ("int", "one_hot", "float"))
        if isinstance(preprocessor, dict):
            plain = preprocessor.get("class_name") == PLAIN
            preprocessor = (
                Identity(name=preprocessor["config"].get("name")) if plain else deserialize_keras_object(preprocessor)
            )
        self.preprocessor: Layer = preprocessor

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        preprocessor = serialize_keras_object(self.preprocessor)
        return {"dtype": self.dtype, "preprocessor": preprocessor, "output_mode": self.output_mode}


class Cross:
    """Features that count together: their combination is hashed into bins.

    Args:
        feature_names: which.
        crossing_dim: how many bins there are.
        output_mode: "one_hot" or "int".
    """

    def __init__(self, feature_names: Sequence[str], crossing_dim: int, output_mode: str = "one_hot") -> None:
        self.feature_names, self.crossing_dim = tuple(feature_names), crossing_dim
        self.output_mode = _mode(output_mode, ("int", "one_hot"))

    @property
    def name(self) -> str:
        """The names of the features, joined."""
        return "_X_".join(self.feature_names)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        own = {"crossing_dim": self.crossing_dim, "output_mode": self.output_mode}
        return {"feature_names": list(self.feature_names), **own}


def _mode(mode: str, known: tuple[str, ...]) -> str:
    if mode not in known:
        raise InvalidArgumentError(f"output_mode of a feature must be one of {', '.join(known)}; got {mode!r}")
    return mode


def form_of(thing: Feature | Cross) -> dict[str, Any]:
    """The saved form, as Keras writes it."""
    name = type(thing).__name__
    return {"module": HOME, "class_name": name, "config": thing.get_config(), "registered_name": name}


def of_form(form: Any) -> Any:
    """What a saved form says; anything else as it is."""
    if not isinstance(form, dict):
        return form
    return {"Feature": Feature, "Cross": Cross}[form["class_name"]](**form["config"])


class FeatureKinds:
    """The kinds of features: `FeatureSpace.float_normalized()` and the like."""

    @classmethod
    def cross(cls, feature_names: Sequence[str], crossing_dim: int, output_mode: str = "one_hot") -> Cross:
        """Features that count together; see `Cross`."""
        return Cross(feature_names, crossing_dim, output_mode)

    @classmethod
    def feature(cls, dtype: str, preprocessor: Any, output_mode: str) -> Feature:
        """A feature with a layer of your own; see `Feature`."""
        return Feature(dtype, preprocessor, output_mode)

    @classmethod
    def float(cls, name: str | None = None) -> Feature:
        """A number as it is."""
        return Feature("float32", Identity(name=_name(name, "float"), dtype="float32"), "float")

    @classmethod
    def float_rescaled(cls, scale: Any = 1.0, offset: Any = 0.0, name: str | None = None) -> Feature:
        """A number times `scale`, plus `offset`."""
        return Feature("float32", Rescaling(scale, offset, name=_name(name, "float_rescaled")), "float")

    @classmethod
    def float_normalized(cls, name: str | None = None) -> Feature:
        """A number of mean 0 and variance 1, by what `adapt` learns."""
        return Feature("float32", Normalization(axis=-1, name=_name(name, "float_normalized")), "float")

    @classmethod
    def float_discretized(
        cls, num_bins: int | None, bin_boundaries: Any = None, output_mode: str = "one_hot", name: str | None = None
    ) -> Feature:
        """A number's bin, by quantiles that `adapt` learns, or by `bin_boundaries`, with num_bins=None."""
        bins = Discretization(bin_boundaries, num_bins, name=_name(name, "float_discretized"))
        return Feature("float32", bins, output_mode)

    @classmethod
    def integer_categorical(
        cls, max_tokens: int | None = None, num_oov_indices: int = 1, output_mode: str = "one_hot", name: str | None = None
    ) -> Feature:  # fmt: skip
        """An integer that names a category, of those that `adapt` meets; see `IntegerLookup`."""
        lookup = IntegerLookup(max_tokens, num_oov_indices, name=_name(name, "integer_categorical"))
        return Feature("int32", lookup, output_mode)

    @classmethod
    def string_categorical(
        cls, max_tokens: int | None = None, num_oov_indices: int = 1, output_mode: str = "one_hot", name: str | None = None
    ) -> Feature:  # fmt: skip
        """A string that names a category, of those that `adapt` meets; see `StringLookup`."""
        lookup = StringLookup(max_tokens, num_oov_indices, name=_name(name, "string_categorical"))
        return Feature("string", lookup, output_mode)

    @classmethod
    def string_hashed(cls, num_bins: int, output_mode: str = "one_hot", name: str | None = None) -> Feature:
        """A string, hashed into bins."""
        return Feature("string", Hashing(num_bins, name=_name(name, "string_hashed")), output_mode)

    @classmethod
    def integer_hashed(cls, num_bins: int, output_mode: str = "one_hot", name: str | None = None) -> Feature:
        """An integer, hashed into bins."""
        return Feature("int32", Hashing(num_bins, name=_name(name, "integer_hashed")), output_mode)


def _name(name: str | None, kind: str) -> str:
    return f"{name or unique_name(kind)}_preprocessor"
