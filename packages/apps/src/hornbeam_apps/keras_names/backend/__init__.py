"""`keras.backend` (K) of Keras 2, beside the names that `hornbeam.ops` has: what losses, metrics and layers of that era call."""
