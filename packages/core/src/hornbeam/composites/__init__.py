"""Composites: operations defined by their decomposition into primitives, for which an engine may have a kernel."""
