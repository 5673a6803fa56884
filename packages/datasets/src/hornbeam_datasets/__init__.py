"""Data loaders for Hornbeam."""

from hornbeam_datasets import digits as digits
from hornbeam_datasets.arrays import ArrayLoader as ArrayLoader
from hornbeam_datasets.pipeline.dataset import Dataset as Dataset

__version__ = "0.1.0"
__all__ = ["ArrayLoader", "Dataset", "digits"]
