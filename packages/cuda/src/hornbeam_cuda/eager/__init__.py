"""Single operations on a GPU: CuPy as the namespace that generic kernels are written against, and kernels where those are slow."""
