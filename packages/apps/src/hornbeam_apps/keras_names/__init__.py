"""The modules `keras` and `tensorflow` as scripts import them, on Hornbeam: active under `hornbeam run` only."""

from hornbeam_apps.keras_names.finder import keras_names as keras_names

__all__ = ["keras_names"]
