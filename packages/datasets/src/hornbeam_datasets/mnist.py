"""MNIST: 70,000 handwritten digits of 28x28 pixels (LeCun, Cortes, Burges)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hornbeam_datasets.download import get_file
from hornbeam_datasets.idx import digits_of_folder
from hornbeam_datasets.restricted import arrays_of_npz

__all__ = ["load_data"]

ADDRESS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
DIGEST = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"


def load_data(path: Any = "mnist.npz") -> Any:
    """The digits.

    Args:
        path: Keras's `mnist.npz`, which is fetched where it is not here; or a folder of the four original files
            (`train-images-idx3-ubyte` and so on, also .gz).

    Returns:
        `(x_train, y_train), (x_test, y_test)`: uint8 [samples, 28, 28] from 0 to 255, and uint8 [samples] from 0 to 9.

    Raises:
        DownloadError: the file is not here and cannot be fetched, or is another one.
        InvalidArgumentError: a file is damaged.
    """
    if Path(path).is_dir():
        return digits_of_folder(Path(path))
    known = DIGEST if Path(path).name == path else None  # a file of one's own may be another
    x_train, y_train, x_test, y_test = arrays_of_npz(
        get_file(str(path), ADDRESS, file_hash=known), "x_train", "y_train", "x_test", "y_test"
    )
    return (x_train, y_train), (x_test, y_test)
