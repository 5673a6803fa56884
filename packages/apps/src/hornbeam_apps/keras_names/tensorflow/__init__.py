"""Names of tensorflow itself that scripts for Keras use, with TensorFlow's arguments, on `hornbeam.ops`."""
