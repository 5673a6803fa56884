"""What this package offers to the registry. Reading it imports no loader."""

from hornbeam.plugins import Component, hookimpl

HORNBEAM_PLUGIN_API = 1


@hookimpl
def provide_loaders() -> list[Component]:
    """Every loader."""
    return [
        Component("ArrayLoader", "hornbeam_datasets.arrays:ArrayLoader", summary="batches of arrays in memory"),
        Component("digits", "hornbeam_datasets.digits:load_data", summary="1,797 real handwritten digits, 8x8"),
        Component("imdb", "hornbeam_datasets.imdb:load_data", summary="50,000 reviews of films, good or bad"),
    ]
