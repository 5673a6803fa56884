"""The interpreters: evaluate (run now), tape (record for the backward pass), capture (build a graph), check (verify)."""
