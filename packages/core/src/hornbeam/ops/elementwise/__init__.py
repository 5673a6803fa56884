"""Element-wise primitives, by family."""
