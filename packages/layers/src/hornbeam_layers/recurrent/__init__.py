"""Recurrent layers: cells that make one step, layers that walk over time, and wrappers of those."""
