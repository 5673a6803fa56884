"""How exactly numbers are computed: float32 in full, or rounded to TF32; the same bits each time, or whatever is fastest."""

from __future__ import annotations

import os

__all__ = ["deterministic", "has_epilogues", "precision_of"]


def precision_of(dtype: str) -> str:
    """The precision of products and convolutions of a dtype: "highest", or "tf32" with HORNBEAM_CUDA_TF32=1."""
    return "tf32" if dtype == "float32" and os.environ.get("HORNBEAM_CUDA_TF32") == "1" else "highest"


def deterministic() -> bool:
    """Whether libraries may only take algorithms that give the same bits each time; not with HORNBEAM_CUDA_DETERMINISTIC=0."""
    return os.environ.get("HORNBEAM_CUDA_DETERMINISTIC") != "0"


def has_epilogues() -> bool:
    """Whether products add, and sum up, what they can; not with HORNBEAM_CUDA_EPILOGUES=0."""
    return os.environ.get("HORNBEAM_CUDA_EPILOGUES") != "0"
