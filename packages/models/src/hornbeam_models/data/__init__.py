"""What `fit` takes: arrays in nested containers, data frames, iterables of batches; checked, and cut into batches."""

from hornbeam_models.data.batches import Batches as Batches
from hornbeam_models.data.given import Given as Given
from hornbeam_models.data.given import pack_x_y_sample_weight as pack_x_y_sample_weight
from hornbeam_models.data.given import unpack_x_y_sample_weight as unpack_x_y_sample_weight
from hornbeam_models.data.given import whole as whole
from hornbeam_models.data.pydataset import PyDataset as PyDataset
from hornbeam_models.data.weights import ClassWeights as ClassWeights

__all__ = [
    "Batches",
    "ClassWeights",
    "Given",
    "PyDataset",
    "pack_x_y_sample_weight",
    "unpack_x_y_sample_weight",
    "whole",
]
