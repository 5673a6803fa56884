"""A convolutional network on MNIST: `python mnist_convnet.py FOLDER`, where the four .gz files of MNIST lie.

The network and the settings are those of Keras's own example (two convolutions, dropout, Adam, batches of 128, 12 epochs with a
tenth held out); it reaches 99 percent of the test images.
"""

import argparse
import gzip
from pathlib import Path

import hornbeam as hb
import numpy as np
from hornbeam.layers import Conv2D, Dense, Dropout, Flatten, Input, MaxPooling2D


def idx(path):
    """The array of an IDX file."""
    data = gzip.decompress(Path(path).read_bytes())
    axes = data[3]
    shape = np.frombuffer(data, ">i4", axes, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * axes).reshape(shape)


def load(folder, part):
    """Images in [0, 1] and labels: part is "train" or "t10k"."""
    images = idx(Path(folder) / f"{part}-images-idx3-ubyte.gz")[..., None] / np.float32(255)
    return images, idx(Path(folder) / f"{part}-labels-idx1-ubyte.gz")


def train(folder, epochs=12, verbose="auto"):
    """The trained model, and what it reaches on the test images: (loss, accuracy)."""
    hb.set_random_seed(0)
    model = hb.Sequential(
        [
            Input((28, 28, 1)),
            Conv2D(32, 3, activation="relu"),
            MaxPooling2D(),
            Conv2D(64, 3, activation="relu"),
            MaxPooling2D(),
            Flatten(),
            Dropout(0.5),
            Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(*load(folder, "train"), batch_size=128, epochs=epochs, validation_split=0.1, verbose=verbose)
    return model, model.evaluate(*load(folder, "t10k"), batch_size=1000, verbose=0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--epochs", type=int, default=12)
    options = parser.parse_args()
    _, (loss, accuracy) = train(options.folder, options.epochs)
    print(f"test images: loss {loss:.4f}, accuracy {accuracy:.4f}")
