"""What this package offers to the registry. Reading it imports no loader."""

from hornbeam.plugins import Component, hookimpl

HORNBEAM_PLUGIN_API = 1
HERE, PIPELINE, LOADERS = "hornbeam_datasets", "hornbeam_datasets.pipeline", "hornbeam_datasets.loaders"
# Aliases are the endings of files' names, and types as "package.Type": by them hb.datasets.load finds a loader.
FRAMES = ("pandas.DataFrame", "polars.DataFrame", "polars.LazyFrame")
IMAGES = ("png", "jpg", "jpeg", "bmp", "gif", "webp", "tif", "tiff", "ppm", "pgm")
AUDIO = ("wav", "flac", "ogg", "oga", "opus", "aiff", "aif", "mp3")
ARROW = ("parquet", "pq", "feather", "ipc")


@hookimpl
def provide_loaders() -> list[Component]:
    """Every loader."""
    return [
        Component("ArrayLoader", "hornbeam_datasets.arrays:ArrayLoader", summary="batches of arrays in memory"),
        Component("arrays", f"{PIPELINE}.sources:Arrays", summary="arrays in memory, in nested containers"),
        Component("iterable", f"{PIPELINE}.sources:Iterable", summary="whatever can be iterated over again and again"),
        Component("numpy", f"{LOADERS}.numpy_files:load_numpy", summary="NumPy's files", aliases=("npy", "npz")),
        Component("frames", f"{LOADERS}.frames:load_frame", summary="data frames of pandas and polars", aliases=FRAMES),
        Component("csv", f"{LOADERS}.csv:CSVTable", summary="CSV and TSV files, as a stream", aliases=("tsv",)),
        Component("arrow", f"{LOADERS}.arrow:ArrowTable", summary="Parquet, Arrow and Feather files", aliases=ARROW),
        Component("hdf5", f"{LOADERS}.hdf5:load_hdf5", summary="HDF5 files, by number", aliases=("h5", "he5")),
        Component(
            "sql", f"{LOADERS}.sql:SQLTable", summary="rows of a database, by key", aliases=("sqlite", "sqlite3", "db")
        ),
        Component(
            "images", f"{LOADERS}.images:load_images", summary="image files, in folders or listed", aliases=IMAGES
        ),
        Component("coco", f"{LOADERS}.annotations:load_coco", summary="images with boxes, annotated as COCO"),
        Component("voc", f"{LOADERS}.annotations:load_voc", summary="images with boxes, annotated as Pascal VOC"),
        Component("audio", f"{LOADERS}.audio:load_audio", summary="audio files, in folders or listed", aliases=AUDIO),
        Component("text", f"{LOADERS}.text:load_text", summary="text files, or their lines", aliases=("txt",)),
        Component("jsonl", f"{LOADERS}.text:load_json_lines", summary="lines of JSON", aliases=("ndjson",)),
        Component(
            "webdataset", f"{LOADERS}.shards:load_webdataset", summary="tar files of samples", aliases=("tar", "tgz")
        ),
        Component("tfrecord", f"{LOADERS}.shards:load_tfrecord", summary="TFRecord files", aliases=("tfrecords",)),
        Component("windows", f"{LOADERS}.windows:Windows", summary="windows of time series"),
        Component("digits", "hornbeam_datasets.digits:load_data", summary="1,797 real handwritten digits, 8x8"),
        Component("iris", f"{HERE}.iris:load_data", summary="150 flowers of three kinds"),
        Component("wine", f"{HERE}.wine:load_data", summary="178 wines of three growers"),
        Component("breast_cancer", f"{HERE}.breast_cancer:load_data", summary="569 tumours, malignant or benign"),
        Component("diabetes", f"{HERE}.diabetes:load_data", summary="442 patients, progress of the disease"),
        Component("imdb", "hornbeam_datasets.imdb:load_data", summary="50,000 reviews of films, good or bad"),
        Component("mnist", f"{HERE}.mnist:load_data", summary="70,000 handwritten digits, 28x28"),
        Component("fashion_mnist", f"{HERE}.fashion_mnist:load_data", summary="70,000 pictures of clothes, 28x28"),
        Component("cifar10", f"{HERE}.cifar10:load_data", summary="60,000 pictures in ten classes, 32x32"),
        Component("cifar100", f"{HERE}.cifar100:load_data", summary="60,000 pictures in a hundred classes, 32x32"),
        Component("reuters", f"{HERE}.reuters:load_data", summary="11,228 newswires in 46 topics"),
        Component(
            "california_housing", f"{HERE}.california_housing:load_data", summary="20,640 districts, value of houses"
        ),
        Component("boston_housing", f"{HERE}.boston_housing:load_data", summary="506 houses of 1978"),
    ]
