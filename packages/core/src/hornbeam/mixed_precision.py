"""Keras's names for the dtypes in which layers compute: `set_global_policy("mixed_float16")`, or "mixed_bfloat16".

With "mixed_float16", `compile` scales the loss, so that small gradients do not become zero.
"""

from hornbeam.policy import DTypePolicy as DTypePolicy
from hornbeam.policy import dtype_policy as dtype_policy
from hornbeam.policy import set_dtype_policy as set_dtype_policy

__all__ = ["DTypePolicy", "Policy", "dtype_policy", "global_policy", "set_dtype_policy", "set_global_policy"]

Policy = DTypePolicy
global_policy = dtype_policy
set_global_policy = set_dtype_policy
