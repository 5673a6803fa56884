"""Dtype policies: in which dtype weights are kept, and in which layers compute (as in Keras)."""

from __future__ import annotations

from typing import Any

from hornbeam.dtypes import DType, as_dtype, floatx

__all__ = ["DTypePolicy", "dtype_policy", "set_dtype_policy"]


class DTypePolicy:
    """Variable dtype and compute dtype of a layer.

    Args:
        name: a dtype for both, or "mixed_float16" or "mixed_bfloat16": float32 weights, computed in the lower precision; or
            "int8_from_float32" and the like: layers that can do so keep their main weight in eight bits.

    Example:
        >>> p = DTypePolicy("mixed_bfloat16")
        >>> p.variable_dtype, p.compute_dtype
        ('float32', 'bfloat16')
    """

    def __init__(self, name: str | None = None) -> None:
        self.name = str(name or floatx())
        source = self.name.removeprefix("int8_from_")
        self.quantization_mode = None if source == self.name else "int8"
        if source.startswith("mixed_"):
            self.variable_dtype: DType = as_dtype("float32")
            self.compute_dtype: DType = as_dtype(source.removeprefix("mixed_"))
        else:
            self.variable_dtype = self.compute_dtype = as_dtype(source)

    @staticmethod
    def of(dtype: Any) -> DTypePolicy:
        """The policy that a layer's `dtype` argument means: a policy, a name, its saved form, or None for the global one."""
        if isinstance(dtype, DTypePolicy):
            return dtype
        if isinstance(dtype, dict):
            config = dtype["config"]
            return DTypePolicy(config.get("name") or f"{config['mode']}_from_{config['source_name']}")
        return (
            dtype_policy() if dtype is None else DTypePolicy(dtype if isinstance(dtype, str) else str(as_dtype(dtype)))
        )

    def get_config(self) -> dict[str, Any]:
        """The name."""
        return {"name": self.name}

    def __eq__(self, other: object) -> bool:
        """Equal names."""
        return isinstance(other, DTypePolicy) and other.name == self.name

    def __hash__(self) -> int:
        """By name."""
        return hash(self.name)

    def __repr__(self) -> str:
        """The name."""
        return f"<DTypePolicy {self.name}>"


_global: list[DTypePolicy] = []


def dtype_policy() -> DTypePolicy:
    """The policy of layers that are not given one."""
    return _global[0] if _global else DTypePolicy()


def set_dtype_policy(policy: Any) -> None:
    """Choose the policy of layers that are not given one."""
    _global[:] = [DTypePolicy.of(policy)]
