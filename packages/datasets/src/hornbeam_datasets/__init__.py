"""Data loaders for Hornbeam."""

from hornbeam_datasets import boston_housing as boston_housing
from hornbeam_datasets import breast_cancer as breast_cancer
from hornbeam_datasets import california_housing as california_housing
from hornbeam_datasets import cifar10 as cifar10
from hornbeam_datasets import cifar100 as cifar100
from hornbeam_datasets import diabetes as diabetes
from hornbeam_datasets import digits as digits
from hornbeam_datasets import fashion_mnist as fashion_mnist
from hornbeam_datasets import imdb as imdb
from hornbeam_datasets import iris as iris
from hornbeam_datasets import mnist as mnist
from hornbeam_datasets import reuters as reuters
from hornbeam_datasets import wine as wine
from hornbeam_datasets.arrays import ArrayLoader as ArrayLoader
from hornbeam_datasets.download import DownloadError as DownloadError
from hornbeam_datasets.download import get_file as get_file
from hornbeam_datasets.keras_style.from_directory import audio_dataset_from_directory as audio_dataset_from_directory
from hornbeam_datasets.keras_style.from_directory import image_dataset_from_directory as image_dataset_from_directory
from hornbeam_datasets.keras_style.from_directory import text_dataset_from_directory as text_dataset_from_directory
from hornbeam_datasets.keras_style.hdf5_matrix import HDF5Matrix as HDF5Matrix
from hornbeam_datasets.keras_style.image_files import array_to_img as array_to_img
from hornbeam_datasets.keras_style.image_files import img_to_array as img_to_array
from hornbeam_datasets.keras_style.image_files import load_img as load_img
from hornbeam_datasets.keras_style.image_files import save_img as save_img
from hornbeam_datasets.keras_style.image_generator import ImageDataGenerator as ImageDataGenerator
from hornbeam_datasets.keras_style.timeseries import TimeseriesGenerator as TimeseriesGenerator
from hornbeam_datasets.keras_style.timeseries import timeseries_dataset_from_array as timeseries_dataset_from_array
from hornbeam_datasets.keras_style.words import Tokenizer as Tokenizer
from hornbeam_datasets.keras_style.words import hashing_trick as hashing_trick
from hornbeam_datasets.keras_style.words import make_sampling_table as make_sampling_table
from hornbeam_datasets.keras_style.words import one_hot as one_hot
from hornbeam_datasets.keras_style.words import skipgrams as skipgrams
from hornbeam_datasets.keras_style.words import text_to_word_sequence as text_to_word_sequence
from hornbeam_datasets.keras_style.words import tokenizer_from_json as tokenizer_from_json
from hornbeam_datasets.labels import normalize as normalize
from hornbeam_datasets.labels import to_categorical as to_categorical
from hornbeam_datasets.loaders.audio import read_audio as read_audio
from hornbeam_datasets.loaders.images import read_image as read_image
from hornbeam_datasets.loaders.load import load as load
from hornbeam_datasets.loaders.windows import Windows as Windows
from hornbeam_datasets.pipeline.dataset import Dataset as Dataset
from hornbeam_datasets.preparation.scaling import Scaler as Scaler
from hornbeam_datasets.preparation.statistics import Statistics as Statistics
from hornbeam_datasets.preparation.tables import find_outliers as find_outliers
from hornbeam_datasets.preparation.tables import impute as impute
from hornbeam_datasets.preparation.tables import select_features as select_features
from hornbeam_datasets.sequences import pad_sequences as pad_sequences

__version__ = "0.1.0"
__all__ = [
    "ArrayLoader",
    "Dataset",
    "DownloadError",
    "HDF5Matrix",
    "ImageDataGenerator",
    "Scaler",
    "Statistics",
    "TimeseriesGenerator",
    "Tokenizer",
    "Windows",
    "array_to_img",
    "audio_dataset_from_directory",
    "boston_housing",
    "breast_cancer",
    "california_housing",
    "cifar10",
    "cifar100",
    "diabetes",
    "digits",
    "fashion_mnist",
    "find_outliers",
    "get_file",
    "hashing_trick",
    "image_dataset_from_directory",
    "imdb",
    "img_to_array",
    "impute",
    "iris",
    "load",
    "load_img",
    "make_sampling_table",
    "mnist",
    "normalize",
    "one_hot",
    "pad_sequences",
    "read_audio",
    "read_image",
    "reuters",
    "save_img",
    "select_features",
    "skipgrams",
    "text_dataset_from_directory",
    "text_to_word_sequence",
    "timeseries_dataset_from_array",
    "to_categorical",
    "tokenizer_from_json",
    "wine",
]
