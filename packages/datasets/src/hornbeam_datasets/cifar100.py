"""CIFAR-100: 60,000 pictures of 32x32 pixels in a hundred classes (Krizhevsky 2009)."""

from __future__ import annotations

from typing import Any

from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.cifar import load_batches, place

__all__ = ["load_data"]

DIGEST = "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7"


def load_data(label_mode: str = "fine", path: Any = None) -> Any:
    """The pictures.

    Args:
        label_mode: "fine": 100 classes; "coarse": 20.
        path: the folder `cifar-100-python`; None: the archive is fetched where it is not here.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: uint8 [samples, 32, 32, 3] from 0 to 255, and uint8 [samples, 1].

    Raises:
        DownloadError: the archive is not here and cannot be fetched, or is another one.
        InvalidArgumentError: a file is damaged, or label_mode is another word.
    """
    if label_mode not in ("fine", "coarse"):
        raise InvalidArgumentError(f"label_mode must be 'fine' or 'coarse'; got {label_mode!r}")
    folder = place(path, "cifar-100-python.tar.gz", DIGEST, "cifar-100-python")
    return load_batches(folder, ["train"], f"{label_mode}_labels"), load_batches(
        folder, ["test"], f"{label_mode}_labels"
    )
