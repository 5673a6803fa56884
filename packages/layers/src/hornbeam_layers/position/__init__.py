"""Layers that say at which place of a sequence something stands."""
