"""FeatureSpace: columns of a table, each prepared in its way, as one vector."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

import numpy as np
from hornbeam import KerasTensor, Layer, ops
from hornbeam.errors import InvalidArgumentError
from hornbeam.plugins import registry

from hornbeam_layers.core.input_layer import Input
from hornbeam_layers.merging.concatenate import Concatenate
from hornbeam_layers.preprocessing.category_encoding import CategoryEncoding
from hornbeam_layers.preprocessing.discretization import Discretization
from hornbeam_layers.preprocessing.feature_data import column, is_table, pieces
from hornbeam_layers.preprocessing.feature_kinds import Cross, Feature, FeatureKinds, form_of, of_form
from hornbeam_layers.preprocessing.hashing import HashedCrossing, Hashing
from hornbeam_layers.preprocessing.lookup import Lookup
from hornbeam_layers.preprocessing.normalization import Normalization
from hornbeam_layers.preprocessing.text_vectorization import TextVectorization

__all__ = ["FeatureSpace"]

KINDS = (
    "float", "float_rescaled", "float_normalized", "float_discretized", "integer_categorical", "string_categorical",
    "integer_hashed", "string_hashed",
)  # fmt: skip


class FeatureSpace(FeatureKinds, Layer):
    """Tables as vectors: each column is prepared in its way, columns may be crossed, and all are put together.

    It works on dicts of arrays and on data frames, before a model or in `Dataset.map`; `get_inputs` and
    `get_encoded_features` make it the beginning of a Functional model.

    Args:
        features: for each column what it is: a string ("float", "float_rescaled", "float_normalized", "float_discretized",
            "integer_categorical", "string_categorical", "integer_hashed" or "string_hashed"), or what the method of that name
            returns, for other arguments; or `FeatureSpace.feature(...)` with a layer of your own.
        output_mode: "concat" (one vector a row: the columns by name, then the crosses by name), or "dict" of a tensor for each.
        crosses: tuples of names, or `FeatureSpace.cross(...)`: columns that count together.
        crossing_dim: bins of a cross.
        hashing_dim: bins of "integer_hashed" and "string_hashed".
        num_discretization_bins: bins of "float_discretized".
        name: of the layer.

    Attributes:
        preprocessors: the layer of each column.
        crossers: the layer of each cross.

    Raises:
        InvalidArgumentError: there is no feature, a kind is not known, or a cross names a column that is not among the features.

    Example:
        >>> people = {"age": [20.0, 40.0, 20.0], "job": ["smith", "miller", "smith"]}
        >>> space = FeatureSpace({"age": "float_rescaled", "job": "string_categorical"})
        >>> space.adapt(people)
        >>> space(people).numpy().tolist()
        [[20.0, 0.0, 1.0, 0.0], [40.0, 0.0, 0.0, 1.0], [20.0, 0.0, 1.0, 0.0]]

    Source: `keras.utils.FeatureSpace`.
    """

    def __init__(
        self,
        features: Mapping[str, Any],
        output_mode: str = "concat",
        crosses: Sequence[Any] | None = None,
        crossing_dim: int = 32,
        hashing_dim: int = 32,
        num_discretization_bins: int = 32,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name)
        if not features:
            raise InvalidArgumentError(f"FeatureSpace {self.name!r}: features must name one column at least")
        if output_mode not in ("concat", "dict"):
            raise InvalidArgumentError(
                f'FeatureSpace {self.name!r}: output_mode must be "concat" or "dict"; got {output_mode!r}'
            )
        self.output_mode, self.crossing_dim, self.hashing_dim = output_mode, crossing_dim, hashing_dim
        self.num_discretization_bins = num_discretization_bins
        self.features = {name: self._feature(name, given) for name, given in features.items()}
        self.crosses = [self._cross(given) for given in crosses or ()]
        self.preprocessors = {name: feature.preprocessor for name, feature in self.features.items()}
        self.crossers = {cross.name: HashedCrossing(cross.crossing_dim, name=cross.name) for cross in self.crosses}
        self.one_hot_encoders: dict[str, CategoryEncoding] = {}
        self.concat = Concatenate(axis=-1) if output_mode == "concat" else None
        self._adapted = not self._learning()
        self._drawn: Any = None

    def _feature(self, name: str, given: Any) -> Feature:
        given = of_form(given)
        if isinstance(given, Feature):
            return given
        if given not in KINDS:
            raise InvalidArgumentError(
                f"FeatureSpace {self.name!r}: the kind of feature {name!r} must be one of {', '.join(KINDS)}, or a Feature; got "
                f"{given!r}"
            )
        sizes = {"float_discretized": self.num_discretization_bins}
        sizes |= dict.fromkeys(("integer_hashed", "string_hashed"), self.hashing_dim)
        arguments = (sizes[given],) if given in sizes else ()
        made: Feature = getattr(self, given)(*arguments, name=name)
        return made

    def _cross(self, given: Any) -> Cross:
        given = of_form(given)
        cross = given if isinstance(given, Cross) else Cross(given, self.crossing_dim)
        strange = [n for n in cross.feature_names if n not in self.features]
        if strange:
            raise InvalidArgumentError(
                f"FeatureSpace {self.name!r}: the cross {cross.feature_names} names {strange[0]!r}, which is not among the "
                f"features, {', '.join(map(repr, self.features))}"
            )
        return cross

    # ---- learning

    def _learning(self) -> dict[str, Any]:
        """The layers that have something to learn."""
        return {name: layer for name, layer in self.preprocessors.items() if _learns(layer)}

    def adapt(self, dataset: Any) -> None:
        """Learn what the layers have to: means, edges of bins, vocabularies; in one pass over the data.

        Args:
            dataset: a dict of arrays or lists, a data frame (pandas, polars), or an iterable, such as a `Dataset`, of dicts: batches
                or samples, which may come with targets.

        Raises:
            InvalidArgumentError: it is something else, is empty, or lacks a feature.
        """
        learning = self._learning()
        alone = {n: layer for n, layer in learning.items() if not hasattr(layer, "update_state")}
        for layer in learning.values():
            if hasattr(layer, "reset_state"):
                layer.reset_state()
        seen = 0
        for table in pieces(dataset):
            seen += 1
            for name, layer in learning.items():
                if name not in alone:
                    layer.update_state(self._rows(table, name))
        if not seen:
            raise InvalidArgumentError(f"FeatureSpace {self.name!r}: adapt got no data; expected one row at least")
        for name, layer in learning.items():
            if name in alone:
                layer.adapt([self._rows(table, name) for table in pieces(dataset)])
            else:
                layer.finalize_state()
        self.one_hot_encoders, self._drawn = {}, None
        self._adapted, self.built = True, True

    def _rows(self, table: Any, name: str) -> Any:
        """A feature's values, (rows, 1), or (rows, n) where there are n in each."""
        values = column(table, name, self.features[name].dtype)
        return values if values.ndim > 1 else values.reshape(-1, 1)

    # ---- using it

    def __call__(self, data: Any) -> Any:
        """The vectors of the rows of a table, or the vector of one row.

        Args:
            data: a dict of arrays, lists, tensors or KerasTensors, (rows,) or (rows, n); of single values; or a data frame.

        Returns:
            A tensor (rows, features), for one row (features,); in mode "dict" a dict of such.

        Raises:
            InvalidArgumentError: it has not been adapted, data are not a table, a feature is missing or not of its kind.
        """
        self._check_adapted()
        data = data.collect() if hasattr(data, "collect") else data
        if not is_table(data):
            raise InvalidArgumentError(
                f"FeatureSpace {self.name!r} takes a dict of columns or a data frame; got {type(data).__name__}"
            )
        one = isinstance(data, dict) and all(np.ndim(data[n]) == 0 for n in self.features if n in data)
        out = self._encoded({name: self._rows(data, name) for name in self.features})
        if not one:
            return out
        return {n: x[0] for n, x in out.items()} if self.output_mode == "dict" else out[0]

    def get_inputs(self) -> dict[str, KerasTensor]:
        """The inputs of a Functional model: one for each feature, by name.

        Raises:
            InvalidArgumentError: it has not been adapted.
        """
        return dict(self._model()[0])

    def get_preprocessed_features(self) -> dict[str, KerasTensor]:
        """What comes of `get_inputs`, feature by feature, before categories become rows of zeros and ones."""
        return dict(self._model()[1])

    def get_encoded_features(self) -> Any:
        """What comes of `get_inputs`: a KerasTensor, in mode "dict" a dict of them.

        Raises:
            InvalidArgumentError: it has not been adapted.
        """
        return self._model()[2]

    def _model(self) -> tuple[Any, Any, Any]:
        self._check_adapted()
        if self._drawn is None:
            inputs = {name: Input((1,), dtype=f.dtype, name=name) for name, f in self.features.items()}
            prepared = {name: layer(inputs[name]) for name, layer in self.preprocessors.items()}
            self._drawn = inputs, prepared, self._merged(prepared)
        return self._drawn

    def _check_adapted(self) -> None:
        if not self._adapted:
            raise InvalidArgumentError(
                f"FeatureSpace {self.name!r} has not learnt from data yet: call adapt(data) first, for "
                f"{', '.join(map(repr, self._learning()))}"
            )

    def _encoded(self, columns: dict[str, Any]) -> Any:
        return self._merged({name: layer(columns[name]) for name, layer in self.preprocessors.items()})

    def _merged(self, prepared: dict[str, Any]) -> Any:
        """Features and crosses in their order, encoded, and put together."""
        crossed = {c.name: self.crossers[c.name]([prepared[n] for n in c.feature_names]) for c in self.crosses}
        modes = {name: feature.output_mode for name, feature in self.features.items()}
        modes |= {cross.name: cross.output_mode for cross in self.crosses}
        found = {}
        for name in (*sorted(prepared), *sorted(crossed)):
            value = crossed[name] if name in crossed else prepared[name]
            found[name] = self._one_hot(name, value) if modes[name] == "one_hot" else value
        if self.concat is None:
            return found
        raw = next((n for n, v in found.items() if not ops.convert_to_tensor(v).dtype.is_floating), None)
        if raw is not None:
            raise InvalidArgumentError(
                f"FeatureSpace {self.name!r}: feature {raw!r} gives {found[raw].dtype}, which is not put into one vector: encode it "
                "(output_mode='one_hot'), or give the FeatureSpace output_mode='dict'"
            )
        return self.concat(list(found.values())) if len(found) > 1 else next(iter(found.values()))

    def _one_hot(self, name: str, value: Any) -> Any:
        if name in self.one_hot_encoders:
            return self.one_hot_encoders[name](value)
        layer = self.crossers.get(name) or self.preprocessors[name]
        depth = _categories(layer)
        if depth is None or value.dtype.is_floating:
            raise InvalidArgumentError(
                f"FeatureSpace {self.name!r}: feature {name!r} has output_mode='one_hot', but {type(layer).__name__} does not give "
                "numbers of categories of which it is known how many there are; use another output_mode"
            )
        self.one_hot_encoders[name] = CategoryEncoding(depth, output_mode="multi_hot")
        return self.one_hot_encoders[name](value)

    # ---- files

    def save(self, filepath: Any) -> None:
        """Write it to a `.keras` file, which `load_model` reads, Keras's too.

        Raises:
            MissingPackageError: hornbeam-models, which writes files, is not installed.
        """
        registry.lookup("models", "Model").save(self, filepath, include_optimizer=False)

    def get_config(self) -> dict[str, Any]:
        """The arguments; what was learnt is in the layers."""
        own = ("output_mode", "crossing_dim", "hashing_dim", "num_discretization_bins")
        features = {name: form_of(feature) for name, feature in self.features.items()}
        crosses = [form_of(cross) for cross in self.crosses]
        return {"features": features, "crosses": crosses, **{n: getattr(self, n) for n in own}, "name": self.name}

    def get_build_config(self) -> dict[str, Any]:
        """The shapes that the layers were built for."""
        return {name: layer.get_build_config() or {} for name, layer in self.preprocessors.items()}

    def build_from_config(self, config: dict[str, Any]) -> None:
        """Build the layers; what they learnt comes from the file."""
        for name, how in config.items():
            if not self.preprocessors[name].built:
                self.preprocessors[name].build_from_config(how)
        self._adapted, self.built = True, True

    def save_own_variables(self, store: MutableMapping[str, Any]) -> None:
        """It has none: its layers have."""

    def load_own_variables(self, store: Any) -> None:
        """It has none: its layers have."""


def _learns(layer: Any) -> bool:
    if isinstance(layer, Normalization):
        return layer.input_mean is None
    if isinstance(layer, Discretization):
        return layer.num_bins is not None
    if isinstance(layer, TextVectorization):
        return not layer._lookup_layer.fixed
    return not layer.fixed if isinstance(layer, Lookup) else hasattr(layer, "adapt")


def _categories(layer: Any) -> int | None:
    """How many categories a layer's numbers stand for."""
    if isinstance(layer, Lookup):
        return layer.vocabulary_size()
    if isinstance(layer, Discretization):
        return len(layer.bin_boundaries or ()) + 1 if layer.num_bins is None else layer.num_bins
    if isinstance(layer, CategoryEncoding):
        return layer.num_tokens
    return layer.num_bins if isinstance(layer, (Hashing, HashedCrossing)) else None
