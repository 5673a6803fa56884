"""Cases: what a primitive's `cases` fills in, with random arrays of random sizes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hornbeam.dtypes import DType, as_dtype
from hornbeam.host import native_dtype
from hornbeam.primitive import Primitive

__all__ = ["Case", "Cases", "case_of", "for_cases"]

Case = tuple[tuple[Any, ...], dict[str, Any]]


class Cases:
    """Makes NumPy arrays for the cases of one primitive.

    Args:
        seed: of the values.
        sizes: the size of each axis that is named by a letter, in order of appearance; used over and over.
        dtype: of what `array` and `floats` make.

    Example:
        >>> t = Cases(seed=0, sizes=(2, 3))
        >>> t.floats("n d").shape, t.floats("d n 4").shape
        ((2, 3), (3, 2, 4))
    """

    def __init__(self, seed: int = 0, sizes: Sequence[int] = (2, 3, 4), dtype: Any = "float64") -> None:
        self.rng = np.random.default_rng(seed)
        self.sizes = tuple(sizes)
        self.dtype: DType = as_dtype(dtype)
        self.named: dict[str, int] = {}

    def case(self, *arrays: Any, **params: Any) -> Case:
        """Inputs and parameters of one case."""
        return arrays, params

    def array(self, shape: Sequence[int], low: float = -3.0, high: float = 3.0) -> Any:
        """Floats of a fixed shape, uniform between `low` and `high`."""
        return np.asarray(self.rng.uniform(low, high, tuple(shape)), native_dtype(self.dtype))

    def _shape(self, axes: str) -> tuple[int, ...]:
        for name in axes.split():
            if not name.isdigit() and name not in self.named:
                self.named[name] = self.sizes[len(self.named) % len(self.sizes)]
        return tuple(int(name) if name.isdigit() else self.named[name] for name in axes.split())

    def floats(self, axes: str, low: float = -3.0, high: float = 3.0) -> Any:
        """Floats whose axes are named by letters (equal letters: equal sizes) or numbers: "n d 3"."""
        return self.array(self._shape(axes), low, high)

    def matrix(self, axes: str) -> Any:
        """A stack of matrices far from singular, whose singular values, or eigenvalues, lie apart; not symmetric."""
        x = self.floats(axes, low=-0.75, high=0.75)
        return x + np.eye(*x.shape[-2:], dtype=x.dtype) * np.arange(6, 6 * x.shape[-1] + 1, 6, dtype=x.dtype)

    def ints(self, axes: str, low: int = -3, high: int = 3) -> Any:
        """int32 numbers from `low` up to, without, `high`."""
        return np.asarray(self.rng.integers(int(low), int(high), self._shape(axes), dtype=np.int32))

    def bools(self, axes: str) -> Any:
        """Truth values, half of them True."""
        return np.asarray(self.rng.random(self._shape(axes)) < 0.5)

    def key(self) -> Any:
        """A key of random numbers."""
        return self.rng.integers(0, 2**32, 4, dtype=np.uint32)


def case_of(primitive: Primitive, cases: Cases) -> Case:
    """Inputs and parameters for a primitive.

    Raises:
        AssertionError: it has no cases.
    """
    assert primitive.cases is not None, f"{primitive.name} has no cases: give primitive(..., cases=lambda t: ...)"
    found = primitive.cases(cases)
    return found if isinstance(found, tuple) else ((found,), {})


def for_cases(
    primitive: Primitive, check: Callable[..., None], dtype: Any = "float64", smallest: int = 0
) -> Callable[[], None]:
    """A function that runs `check(*inputs, **params)` for many cases of a primitive, found by Hypothesis.

    Args:
        primitive: whose cases to draw.
        check: raises AssertionError where a property does not hold.
        dtype: of the floats.
        smallest: the least size of an axis.
    """

    @given(seed=st.integers(0, 2**32 - 1), sizes=st.lists(st.integers(smallest, 4), min_size=3, max_size=3))
    def run(seed: int, sizes: list[int]) -> None:
        inputs, params = case_of(primitive, Cases(seed, sizes, dtype))
        check(*inputs, **params)

    return run
