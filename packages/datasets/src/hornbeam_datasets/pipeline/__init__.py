"""The input pipeline: sources of samples, and what is done to them on the way to the model."""
