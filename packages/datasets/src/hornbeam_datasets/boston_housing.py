"""Boston housing: 506 houses of 1978 with 13 attributes.

One attribute, B, was made on the assumption that racial self-segregation raises the price of houses (Harrison and Rubinfeld 1978):
use it to study that, or to run old scripts, and `california_housing` for anything else.
"""

from __future__ import annotations

from typing import Any

from hornbeam_datasets.download import get_file
from hornbeam_datasets.housing import parted
from hornbeam_datasets.restricted import arrays_of_npz

__all__ = ["load_data"]

ADDRESS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/boston_housing.npz"


def load_data(path: Any = "boston_housing.npz", test_split: float = 0.2, seed: int = 113) -> Any:
    """The houses.

    Args:
        path: Keras's `boston_housing.npz`, which is fetched where it is not here.
        test_split: share that is for testing.
        seed: of the order.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: float64 [houses, 13], and prices in thousands of dollars.

    Raises:
        DownloadError: the file is not here and cannot be fetched.
        InvalidArgumentError: the file is another one.
    """
    x, y = arrays_of_npz(get_file(str(path), ADDRESS), "x", "y")
    return parted(x, y, test_split, seed)
