"""What simplification knows, by subject."""
