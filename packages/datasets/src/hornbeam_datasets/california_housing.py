"""California housing: 20,640 districts of the census of 1990 with 8 attributes (Pace and Barry 1997)."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.download import get_file
from hornbeam_datasets.housing import parted
from hornbeam_datasets.restricted import arrays_of_npz

__all__ = ["load_data"]

ADDRESS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/california_housing.npz"
COLUMNS = "longitude latitude housing_median_age total_rooms total_bedrooms population households median_income median_house_value"


def load_data(
    version: str = "large", path: Any = "california_housing.npz", test_split: float = 0.2, seed: int = 113
) -> Any:
    """The districts.

    Args:
        version: "large": all; "small": the first 600.
        path: Keras's `california_housing.npz`, which is fetched where it is not here; or a `housing.csv` with the columns
            longitude, latitude, housing_median_age, total_rooms, total_bedrooms, population, households, median_income and
            median_house_value; missing numbers are NaN.
        test_split: share that is for testing.
        seed: of the order.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: float32 [districts, 8], and median values of houses in dollars.

    Raises:
        DownloadError: the file is not here and cannot be fetched.
        InvalidArgumentError: the file is another one, or version another word.
    """
    if version not in ("large", "small"):
        raise InvalidArgumentError(f"version must be 'large' or 'small'; got {version!r}")
    x, y = _table(Path(path)) if str(path).endswith(".csv") else arrays_of_npz(get_file(str(path), ADDRESS), "x", "y")
    count = 600 if version == "small" else len(x)
    return parted(x[:count], y[:count], test_split, seed)


def _table(path: Path) -> tuple[Any, Any]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = [[float(row[name] or "nan") for name in COLUMNS.split()] for row in csv.DictReader(file)]
    except (OSError, KeyError, ValueError) as error:
        raise InvalidArgumentError(f"{path} is no table of the districts: {type(error).__name__}: {error}") from error
    table = np.array(rows, np.float32)
    return table[:, :-1], table[:, -1]
