"""All steps of a recurrent layer and their gradients, as cuDNN computes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["GATES", "Recurrent", "Spaces"]

# for each of cuDNN's gates, which block of columns of the kernels is its own
GATES = {"lstm": (0, 1, 2, 3), "gru": (1, 0, 2), "tanh": (0,), "relu": (0,)}


@dataclass(frozen=True)
class Recurrent:
    """An LSTM, a GRU whose reset gate acts after the product, or h = tanh(...) or relu(...), from the first step to the last.

    x: (time, batch, features); y: (time, batch, units), the state after each step; h0, last_h, and for "lstm" c0 and last_c:
    (batch, units). weights: cuDNN's own arrangement, see `Spaces`. All in C order. reserve: bytes that the forward call keeps for
    the gradient, where it is for training; "data" changes them, and "weights" reads them after that.

    Addresses: "forward": x, h0, [c0], weights, y, last_h, [last_c], [reserve]. "data": y, dy, h0, [c0], dlast_h, [dlast_c],
    weights, dx, dh0, [dc0], reserve. "weights": x, h0, y, dweights, reserve.

    Attributes:
        direction: "forward", "data" (the gradients of x and of the first states) or "weights" (those of all weights).
        cell: "lstm", "gru", "tanh" or "relu".
        dtype: of all arrays; sums are in float32 (float64 for float64).
        sizes: time, batch, features, units.
        biases: whether there is a bias beside the product of the inputs, and one beside that of the state.
        training: whether a gradient follows.
        precision: "highest", or "tf32".
    """

    direction: str
    cell: str
    dtype: str
    sizes: tuple[int, int, int, int]
    biases: tuple[bool, bool] = (True, False)
    training: bool = True
    precision: str = "highest"

    @property
    def states(self) -> int:
        """How many arrays the state is: h, and c of an LSTM."""
        return 2 if self.cell == "lstm" else 1

    @property
    def columns(self) -> int:
        """Columns of the kernels: a block of units for each gate."""
        return len(GATES[self.cell]) * self.sizes[3]

    @property
    def flops(self) -> int:
        """Multiplications and additions."""
        time, batch, features, units = self.sizes
        return 2 * time * batch * (features + units) * self.columns


class Spaces(NamedTuple):
    """How much memory a recurrent layer needs beside its arrays, and where in that of the weights each of them is, in bytes.

    Attributes:
        weights, reserve: sizes.
        matrices: where the matrix of each of cuDNN's gates begins, (units, features) in C order; behind them those for the state,
            (units, units).
        biases: where the biases begin that there are, (units,): those of the inputs, then those of the state.
    """

    weights: int
    reserve: int
    matrices: tuple[int, ...]
    biases: tuple[int, ...]
