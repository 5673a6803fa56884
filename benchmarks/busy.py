"""How busy files keep the engine: python benchmarks/busy.py [quick].

The convnet is trained by `fit` on the same 28 x 28 images from memory, HDF5, Parquet and PNG files; the epochs take turns, and of
each source the fastest counts. `busy` is the share of the epoch that the steps take; `step` grows where reading takes the
processor from them; `to memory` compares whole epochs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from ours.convnet import model as convnet

BATCH = 128
CLASSES = 10


def make_files(folder: Path, count: int) -> tuple[Any, Any]:
    """The images in each format, and as arrays."""
    import h5py
    import pyarrow as pa
    import pyarrow.parquet
    from PIL import Image

    rng = np.random.default_rng(0)
    y = rng.integers(0, CLASSES, count)
    strokes = np.add.outer(np.arange(28.0) * 0.9, np.arange(28.0))
    x = np.clip(255 * np.sin(strokes[None] * (y[:, None, None] + 1) / 12) + rng.normal(0, 20, (count, 28, 28)), 0, 255)
    x = x.astype(np.uint8)[..., None]
    with h5py.File(folder / "images.h5", "w") as file:
        file["x"], file["y"] = x, y
    with h5py.File(folder / "chunked.h5", "w") as file:
        file.create_dataset("x", data=x, chunks=(BATCH, 28, 28, 1), compression="gzip", compression_opts=1)
        file["y"] = y
    rows = pa.FixedSizeListArray.from_arrays(pa.array(x.ravel()), 784)
    pyarrow.parquet.write_table(pa.table({"x": rows, "y": y}), folder / "rows.parquet", row_group_size=2048)
    for i, image in enumerate(x):
        place = folder / "images" / str(y[i])
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image[..., 0]).save(place / f"{i}.png")
    return x, y


def scaled(x: Any, y: Any) -> Any:
    """A batch of bytes as the model takes them."""
    return np.multiply(x, np.float32(1 / 255), dtype=np.float32).reshape(-1, 28, 28, 1), y


def columns(features: Any, y: Any) -> Any:
    """The same for a batch of a table."""
    return scaled(features["x"], y)


def sources(folder: Path, x: Any, y: Any) -> dict[str, Any]:
    """What `fit` is given: shuffled, in batches, and, from files, read ahead."""
    import hornbeam as hb

    load = hb.datasets.load
    h5, chunked = (load(folder / name, keys=("x", "y")) for name in ("images.h5", "chunked.h5"))
    table = load(folder / "rows.parquet", label="y", shuffle_groups=0)
    images = load(folder / "images", color_mode="grayscale").shuffle()
    return {
        "memory": hb.datasets.Dataset.of(scaled(x, y)).shuffle().batch(BATCH),
        "memory, ahead": hb.datasets.Dataset.of(scaled(x, y)).shuffle().batch(BATCH).prefetch(),
        "HDF5": h5.shuffle().batch(BATCH).map(scaled).prefetch(),
        "HDF5, gzip": chunked.shuffle(block_size=BATCH).batch(BATCH).map(scaled).prefetch(),
        "Parquet": table.batch(BATCH).map(columns).prefetch(),
        "PNG folder": images.batch(BATCH).map(scaled).prefetch(workers=2),
    }


class Steps:
    """A step that adds up how long it takes."""

    def __init__(self, step: Any) -> None:
        self.step, self.seconds, self.count = step, 0.0, 0

    def __call__(self, batch: Any) -> Any:
        """One step."""
        start = time.perf_counter()
        out = self.step(batch)
        self.seconds += time.perf_counter() - start
        self.count += 1
        return out


def epoch(model: Any, data: Any) -> tuple[float, float]:
    """Seconds a step of an epoch, and those of them within the steps."""
    steps = Steps(type(model).step_function(model, "train"))
    model.step_function = lambda kind: steps
    start = time.perf_counter()
    model.fit(data, epochs=1, verbose=0)
    return (time.perf_counter() - start) / steps.count, steps.seconds / steps.count


def main() -> None:
    """Make the files, let the sources take turns, print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("quick", nargs="?", choices=["quick"])
    quick = arguments.parse_args().quick
    with tempfile.TemporaryDirectory() as folder:
        given = sources(Path(folder), *make_files(Path(folder), 6_400 if quick else 25_600))
        model = convnet()
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in given}
        for _ in range(8 if quick else 24):
            for name, data in given.items():
                found[name].append(epoch(model, data))
    best = {name: min(times[1:]) for name, times in found.items()}
    print(f"{'':<15}{'ms a step of the epoch':>24}{'step':>8}{'busy':>8}{'to memory':>12}")
    for name, (whole, within) in best.items():
        share, ratio = f"{within / whole:.1%}", f"{best['memory'][0] / whole:.2f}"
        print(f"{name:<15}{1000 * whole:>24.2f}{1000 * within:>8.2f}{share:>8}{ratio:>12}")


if __name__ == "__main__":
    main()
