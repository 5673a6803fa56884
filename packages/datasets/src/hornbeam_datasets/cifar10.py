"""CIFAR-10: 60,000 pictures of 32x32 pixels in ten classes (Krizhevsky 2009)."""

from __future__ import annotations

from typing import Any

from hornbeam_datasets.cifar import load_batches, place

__all__ = ["load_data"]

DIGEST = "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"


def load_data(path: Any = None) -> Any:
    """The pictures.

    Args:
        path: the folder `cifar-10-batches-py`; None: the archive is fetched where it is not here.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: uint8 [samples, 32, 32, 3] from 0 to 255, and uint8 [samples, 1] from 0 to 9.

    Raises:
        DownloadError: the archive is not here and cannot be fetched, or is another one.
        InvalidArgumentError: a file is damaged.
    """
    folder = place(path, "cifar-10-python.tar.gz", DIGEST, "cifar-10-batches-py")
    return load_batches(folder, [f"data_batch_{i}" for i in range(1, 6)], "labels"), load_batches(
        folder, ["test_batch"], "labels"
    )
