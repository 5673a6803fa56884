"""Transformations of one image, by given numbers: affine ones, channels, brightness."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam_datasets.keras_style.image_files import array_to_img, img_to_array
from hornbeam_datasets.loaders.optional import require

__all__ = ["affine", "brighter", "shifted_channels"]


def affine(
    x: Any,
    theta: float,
    tx: float,
    ty: float,
    shear: float,
    zx: float,
    zy: float,
    fill_mode: str,
    cval: float,
    order: int,
) -> Any:
    """An image [rows, columns, channels] turned, shifted, sheared and zoomed about its middle, as Keras does it.

    Args:
        x: the image.
        theta, shear: degrees.
        tx, ty: pixels along rows and columns.
        zx, zy: factors by which what is seen grows along rows and columns.
        fill_mode, cval, order: "nearest", "constant", "reflect" or "wrap"; the constant; the order of the interpolating splines.

    Raises:
        MissingPackageError: SciPy is not installed.
    """
    if (theta, tx, ty, shear) == (0, 0, 0, 0) and (zx, zy) == (1, 1):
        return x
    turn, slope = np.deg2rad(theta), np.deg2rad(shear)
    matrix = (
        np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
        @ np.array([[1, 0, tx], [0, 1, ty], [0, 0, 1]])
        @ np.array([[1, -np.sin(slope), 0], [0, np.cos(slope), 0], [0, 0, 1]])
        @ np.diag([zx, zy, 1.0])
    )
    middle = np.array([x.shape[0] / 2 - 0.5, x.shape[1] / 2 - 0.5])
    offset = matrix[:2, 2] + middle - matrix[:2, :2] @ middle
    # Keras builds the matrix for coordinates (x, y) about the middle of (rows, columns), then exchanges the two.
    turned, moved = matrix[1::-1, 1::-1], offset[::-1]
    transform = require("scipy.ndimage", "turning and shifting images", "augmentation").affine_transform
    return np.stack(
        [transform(x[..., c], turned, moved, order=order, mode=fill_mode, cval=cval) for c in range(x.shape[2])], axis=2
    )


def shifted_channels(x: Any, intensity: float) -> Any:
    """All values moved by so much, within the image's own range."""
    return np.clip(x + intensity, x.min(), x.max())


def brighter(x: Any, factor: float) -> Any:
    """Pillow's brightness: all values times a factor, within 0 and 255; a wider range is brought into it and back."""
    enhance = require("PIL.ImageEnhance", "changing the brightness of images", "images")
    low, high = float(x.min()), float(x.max())
    wide = low < 0 or high > 255
    found = img_to_array(enhance.Brightness(array_to_img(x, scale=wide)).enhance(factor))
    return found / 255 * (high - low) + low if wide else found
