"""Categories hashed into bins."""

from __future__ import annotations

from typing import Any

import numpy as np
from hornbeam import Layer, Tensor
from hornbeam.dtypes import as_dtype

from hornbeam_layers.preprocessing.arguments import check_size, wrong
from hornbeam_layers.preprocessing.encoding import check_dense, check_output_mode, encode, encoded_shape
from hornbeam_layers.preprocessing.fingerprints import crossed, fingerprint, hashed
from hornbeam_layers.preprocessing.host import HostLayer, host_values, text

__all__ = ["HashedCrossing", "Hashing", "salt_of"]


def salt_of(layer: Layer, salt: Any) -> list[int] | None:
    """A key of two integers, out of one or two."""
    if salt is None:
        return None
    words = list(salt) if isinstance(salt, (tuple, list)) else [salt, salt]
    if len(words) != 2 or any(isinstance(w, bool) or not isinstance(w, int) for w in words):
        raise wrong(layer, "salt", "None, an integer, or two of them", salt)
    return words


class Hashing(HostLayer):
    """Strings or integers in bins, by a hash that is the same everywhere: FarmHash's, or SipHash with a salt.

    Args:
        num_bins: how many bins there are.
        mask_value: what is put into bin 0 alone; None: nothing is.
        salt: one or two integers, the key of another hash.
        output_mode: "int", "one_hot", "multi_hot" or "count".
        sparse: False: tensors are dense.
        **kwargs: `name`, `dtype` (default int64, or the default float for rows), ...

    Example:
        >>> import hornbeam as hb
        >>> hb.layers.Hashing(3)([["A"], ["B"], ["C"], ["D"], ["E"]]).numpy().tolist()
        [[1], [0], [1], [1], [2]]
    """

    def __init__(
        self,
        num_bins: int,
        mask_value: Any = None,
        salt: Any = None,
        output_mode: str = "int",
        sparse: bool = False,
        **kwargs: Any,
    ) -> None:
        if kwargs.get("dtype") is None:
            kwargs["dtype"] = "int64" if output_mode == "int" else None
        super().__init__(**kwargs)
        self.num_bins = check_size(self, "num_bins", num_bins)
        self.output_mode = check_output_mode(self, output_mode, ("int", "one_hot", "multi_hot", "count"))
        if output_mode == "int" and self.compute_dtype not in ("int32", "int64"):
            raise wrong(self, "dtype", "'int32' or 'int64' where output_mode is 'int'", str(self.compute_dtype))
        self.sparse = check_dense(self, sparse)
        self.mask_value, self.salt = mask_value, salt_of(self, salt)
        self.built = True

    def call(self, inputs: Any) -> Tensor:
        """The bins, of the inputs' shape, or rows (batch, num_bins)."""
        values = host_values(inputs)
        values = (
            values.astype("int64")
            if values.dtype.kind == "f"
            else values
            if values.dtype.kind in "iub"
            else text(values)
        )
        if self.output_mode == "one_hot" and values.ndim and values.shape[-1] == 1:
            values = values[..., 0]
        masked = self.mask_value is not None and self.num_bins > 1
        found = hashed(values, self.num_bins - masked, None if self.salt is None else (self.salt[0], self.salt[1]))
        if masked:
            found = np.where(values == self.mask_value, 0, found + 1)
        return encode(found, self.output_mode, self.num_bins, self.compute_dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The inputs' shape, or rows."""
        return encoded_shape(input_shape, self.output_mode, self.num_bins)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        own = ("num_bins", "salt", "mask_value", "output_mode", "sparse")
        return {**super().get_config(), **{n: getattr(self, n) for n in own}}


class HashedCrossing(HostLayer):
    """Several categories together, hashed into bins.

    Args:
        num_bins: how many bins there are.
        output_mode: "int" or "one_hot".
        sparse: False: tensors are dense.
        **kwargs: `name`, `dtype` (default int64, or the default float for rows), ...

    Example:
        >>> import hornbeam as hb
        >>> layer = hb.layers.HashedCrossing(5)
        >>> layer((["A", "B", "A"], [101, 101, 102])).numpy().tolist()
        [1, 4, 3]
    """

    def __init__(
        self,
        num_bins: int,
        output_mode: str = "int",
        sparse: bool = False,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, dtype="int64" if output_mode == "int" and dtype is None else dtype, **kwargs)
        self.num_bins = check_size(self, "num_bins", num_bins)
        self.output_mode = check_output_mode(self, output_mode, ("int", "one_hot"))
        self.sparse = check_dense(self, sparse)
        self.built = True

    def call(self, inputs: Any) -> Tensor:
        """Several inputs of one shape, (), (batch,) or (batch, 1): the bins of that shape, or rows.

        Raises:
            InvalidArgumentError: there are fewer than two, their shapes differ, or they hold neither strings nor integers.
        """
        if not isinstance(inputs, (list, tuple)) or len(inputs) < 2:
            raise wrong(self, "inputs", "two arrays or more, in a list or a tuple", type(inputs).__name__)
        parts = [host_values(part) for part in inputs]
        shape = parts[0].shape
        if any(p.shape != shape for p in parts) or len(shape) > 2 or (len(shape) == 2 and shape[1] != 1):
            raise wrong(self, "inputs", "of one shape, (), (batch,) or (batch, 1)", [p.shape for p in parts])
        if any(p.dtype.kind in "fc" for p in parts):
            raise wrong(self, "inputs", "strings or integers", [str(p.dtype) for p in parts])
        prints = [[_print(v) for v in (p if p.dtype.kind in "iub" else text(p)).ravel().tolist()] for p in parts]
        found = np.asarray([crossed(list(row)) % self.num_bins for row in zip(*prints, strict=True)], "int64")
        return encode(found.reshape(shape), self.output_mode, self.num_bins, as_dtype(self.compute_dtype))

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The inputs' shape, or rows."""
        return encoded_shape(input_shape[0], self.output_mode, self.num_bins)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), **{n: getattr(self, n) for n in ("num_bins", "output_mode", "sparse")}}


def _print(value: Any) -> int:
    """A string's fingerprint; an integer stands for itself."""
    return int(value) & 0xFFFFFFFFFFFFFFFF if isinstance(value, (int, bool)) else fingerprint(value.encode())
