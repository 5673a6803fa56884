"""Data loaders for Hornbeam."""

from hornbeam_datasets import digits as digits
from hornbeam_datasets import imdb as imdb
from hornbeam_datasets.arrays import ArrayLoader as ArrayLoader
from hornbeam_datasets.download import DownloadError as DownloadError
from hornbeam_datasets.download import get_file as get_file
from hornbeam_datasets.labels import normalize as normalize
from hornbeam_datasets.labels import to_categorical as to_categorical
from hornbeam_datasets.loaders.load import load as load
from hornbeam_datasets.pipeline.dataset import Dataset as Dataset
from hornbeam_datasets.sequences import pad_sequences as pad_sequences

__version__ = "0.1.0"
__all__ = [
    "ArrayLoader", "Dataset", "DownloadError", "digits", "get_file", "imdb", "load", "normalize", "pad_sequences",
    "to_categorical",
]  # fmt: skip
