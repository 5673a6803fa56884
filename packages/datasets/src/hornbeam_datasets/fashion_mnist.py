"""Fashion-MNIST: 70,000 pictures of clothes of 28x28 pixels in ten classes (Xiao, Rasul, Vollgraf 2017)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hornbeam_datasets.download import get_file
from hornbeam_datasets.idx import digits_of_folder

__all__ = ["load_data"]

ADDRESS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
FILES = [f"{part}-{what}.gz" for part in ("train", "t10k") for what in ("images-idx3-ubyte", "labels-idx1-ubyte")]


def load_data(path: Any = None) -> Any:
    """The pictures.

    Args:
        path: a folder of the four files; None: they are fetched where they are not here.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: uint8 [samples, 28, 28] from 0 to 255, and uint8 [samples] from 0 to 9.

    Raises:
        DownloadError: a file is not here and cannot be fetched.
        InvalidArgumentError: a file is damaged.
    """
    if path is not None:
        return digits_of_folder(Path(path))
    places = [get_file(name, ADDRESS + name, cache_subdir="datasets/fashion-mnist") for name in FILES]
    return digits_of_folder(Path(places[0]).parent)
