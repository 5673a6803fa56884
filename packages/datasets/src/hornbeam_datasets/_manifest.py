"""What this package offers to the registry. Reading it imports no loader."""

from hornbeam.plugins import Component, hookimpl

HORNBEAM_PLUGIN_API = 1
PIPELINE, LOADERS = "hornbeam_datasets.pipeline", "hornbeam_datasets.loaders"
# Aliases are the endings of files' names, and types as "package.Type": by them hb.datasets.load finds a loader.
FRAMES = ("pandas.DataFrame", "polars.DataFrame", "polars.LazyFrame")
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
        Component("digits", "hornbeam_datasets.digits:load_data", summary="1,797 real handwritten digits, 8x8"),
        Component("imdb", "hornbeam_datasets.imdb:load_data", summary="50,000 reviews of films, good or bad"),
    ]
