"""Hornbeam: a Transformer block that classifies texts of 200 words, Adam."""

from typing import Any

import hornbeam as hb
from hornbeam.layers import (
    Dense,
    Dropout,
    Embedding,
    GlobalAveragePooling1D,
    Input,
    LayerNormalization,
    MultiHeadAttention,
)


class Places(hb.Layer):
    """Adds what is learned of each position in the text: (n, t, d) -> the same."""

    def build(self, input_shape: Any) -> None:
        """One row for each position."""
        self.embeddings = self.add_weight(input_shape[1:], "random_uniform", name="embeddings")

    def call(self, x: Any) -> Any:
        """Every text has the same positions."""
        return x + self.embeddings


def model() -> Any:
    """The compiled model."""
    words = Input((200,), dtype="int32")
    x = Places()(Embedding(20000, 32)(words))
    attended = Dropout(0.1)(MultiHeadAttention(num_heads=2, key_dim=32)(x, x))
    x = LayerNormalization(epsilon=1e-6)(x + attended)
    hidden = Dropout(0.1)(Dense(32)(Dense(32, activation="relu")(x)))
    x = LayerNormalization(epsilon=1e-6)(x + hidden)
    x = Dropout(0.1)(GlobalAveragePooling1D()(x))
    x = Dropout(0.1)(Dense(20, activation="relu")(x))
    made = hb.Model(words, Dense(2, activation="softmax")(x))
    made.compile("adam", "sparse_categorical_crossentropy")
    return made
