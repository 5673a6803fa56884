"""How exactly float32 is multiplied: in full, or rounded to TF32 where that was asked for."""

from __future__ import annotations

import os

__all__ = ["precision_of"]


def precision_of(dtype: str) -> str:
    """The precision of products and convolutions of a dtype: "highest", or "tf32" with HORNBEAM_CUDA_TF32=1."""
    return "tf32" if dtype == "float32" and os.environ.get("HORNBEAM_CUDA_TF32") == "1" else "highest"
