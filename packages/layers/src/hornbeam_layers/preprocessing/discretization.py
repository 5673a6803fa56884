"""Numbers as numbers of bins."""

from __future__ import annotations

from typing import Any

import numpy as np
from hornbeam import Layer, Tensor, ops
from hornbeam.errors import InvalidArgumentError

from hornbeam_layers.preprocessing.arguments import wrong
from hornbeam_layers.preprocessing.encoding import check_dense, check_output_mode, encode
from hornbeam_layers.preprocessing.host import batches, host_values

__all__ = ["Discretization"]

Summary = np.ndarray[Any, Any]


class Discretization(Layer):
    """The number of the bin in which each number lies, by edges that are given, or quantiles that `adapt` learns.

    Args:
        bin_boundaries: the inner edges, ascending: n edges make n + 1 bins.
        num_bins: how many bins of about as many data `adapt` makes; instead of the edges.
        epsilon: how exactly quantiles are learnt; smaller is more exact and larger.
        output_mode: "int", "one_hot", "multi_hot" or "count".
        sparse: False: tensors are dense.
        **kwargs: `name`, `dtype`, ...

    Example:
        >>> import hornbeam as hb
        >>> layer = hb.layers.Discretization([0.0, 1.0])
        >>> layer(hb.ops.asarray([[-1.5, 0.0, 0.7, 3.4]])).numpy().tolist()
        [[0, 1, 1, 2]]
    """

    def __init__(
        self,
        bin_boundaries: Any = None,
        num_bins: int | None = None,
        epsilon: float = 0.01,
        output_mode: str = "int",
        sparse: bool = False,
        dtype: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(dtype=dtype, name=name, **kwargs)
        self.output_mode = check_output_mode(self, output_mode, ("int", "one_hot", "multi_hot", "count"))
        self.sparse = check_dense(self, sparse)
        if (num_bins is None) == (bin_boundaries is None):
            raise wrong(self, "num_bins", "given if and only if bin_boundaries are not", num_bins)
        if num_bins is not None and (isinstance(num_bins, bool) or not isinstance(num_bins, int) or num_bins < 0):
            raise wrong(self, "num_bins", "an integer that is not negative", num_bins)
        self.bin_boundaries = None if bin_boundaries is None else [float(b) for b in host_values(bin_boundaries)]
        self.num_bins, self.epsilon = num_bins, epsilon
        self.reset_state()

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Learn the edges.

        Args:
            data: an array, a tensor, a data frame, or an iterable of batches.
            steps: at most so many batches.
        """
        if self.num_bins is None:
            raise InvalidArgumentError(
                f"Discretization {self.name!r} has its bin_boundaries from __init__: it learns nothing"
            )
        self.reset_state()
        for batch in batches(data, steps, lists_are_data=False):
            self.update_state(batch)
        self.finalize_state()

    def reset_state(self) -> None:
        """Forget the data seen."""
        self.summary: Summary = np.zeros((2, 0), "float32")

    def update_state(self, data: Any) -> None:
        """See more data."""
        values = np.sort(np.ravel(host_values(data)).astype("float32"))
        step = max(values.size * self.epsilon, 1)
        chosen = values[int(step - 1) :: int(step)]
        both = np.concatenate([np.stack([chosen, np.full_like(chosen, step)]), self.summary], axis=1)
        self.summary = _compressed(np.take(both, np.argsort(both[0]), axis=1), self.epsilon)

    def finalize_state(self) -> None:
        """Make edges of the data seen."""
        if self.num_bins is not None:
            self.bin_boundaries = _compressed(self.summary, 1.0 / self.num_bins)[0, :-1].tolist()

    def call(self, inputs: Tensor) -> Tensor:
        """int32 of the same shape, or rows."""
        if self.bin_boundaries is None:
            raise InvalidArgumentError(
                f"Discretization {self.name!r} knows no edges: call adapt(data) first, or give bin_boundaries"
            )
        x = ops.convert_to_tensor(inputs)
        edges = ops.cast(self.bin_boundaries, x.dtype if x.dtype.is_floating else "float32")
        places = ops.digitize(ops.cast(x, edges.dtype), edges)
        dtype = "int32" if self.output_mode == "int" else self.compute_dtype
        return encode(places, self.output_mode, len(self.bin_boundaries) + 1, dtype)

    def get_config(self) -> dict[str, Any]:
        """The arguments, with edges that were learnt."""
        own = ("bin_boundaries", "num_bins", "epsilon", "output_mode", "sparse", "name")
        return {**{n: getattr(self, n) for n in own}, "dtype": self.dtype_policy.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A layer of what `get_config` returned."""
        edges = config.get("bin_boundaries")
        if edges is None or config.get("num_bins") is None:
            return cls(**config)
        layer = cls(**{**config, "bin_boundaries": None})
        layer.bin_boundaries = list(edges)
        return layer


def _compressed(summary: Summary, epsilon: float) -> Summary:
    """A summary (values, weights) of at most about 1 / epsilon values; weights of values in between move to their neighbours."""
    if summary.shape[1] * epsilon < 1:
        return summary
    shares = epsilon + np.arange(0.0, 1.0, epsilon)
    weights = summary[1].cumsum()
    values = np.interp(shares, weights / weights[-1], summary[0])
    reached = np.interp(shares, weights / weights[-1], weights)
    return np.stack((values, np.diff(reached, prepend=0.0))).astype("float32")
