"""As many bounding boxes in each image."""

from __future__ import annotations

from typing import Any

from hornbeam import ops

from hornbeam_layers.preprocessing.arguments import check_size
from hornbeam_layers.preprocessing.image.base import ImageLayer

__all__ = ["MaxNumBoundingBoxes"]


class MaxNumBoundingBoxes(ImageLayer):
    """Gives each image the same number of boxes: those beyond are dropped, missing ones are filled up.

    Args:
        max_number: of boxes.
        fill_value: an integer for the numbers and labels of boxes that are missing.
        **kwargs: `bounding_box_format`, `data_format`, `name`, ...
    """

    arguments = ("max_number", "fill_value")

    def __init__(self, max_number: int, fill_value: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_number, self.fill_value = check_size(self, "max_number", max_number), int(fill_value)

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """The first boxes, and filling."""
        boxes, labels = (bounding_boxes[k][:, : self.max_number] for k in ("boxes", "labels"))
        missing = self.max_number - boxes.shape[1]
        boxes = ops.pad(boxes, ((0, 0), (0, missing), (0, 0)), constant_values=self.fill_value)
        return {
            **bounding_boxes,
            "boxes": boxes,
            "labels": ops.pad(labels, ((0, 0), (0, missing)), constant_values=self.fill_value),
        }
