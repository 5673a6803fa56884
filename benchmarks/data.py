"""Loaders beside PyTorch's, TensorFlow's and Keras's on the same files: python benchmarks/data.py [quick].

Each framework runs in a process of its own with `--inside`; they take turns, and the fastest pass counts. CPU seconds are those of
the process and its workers.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

BATCH = 32
WORKERS = 2


# ---- the files


def make_files(folder: Path, quick: bool) -> None:
    """Photographs of 256 x 256 as JPEG and as rows of an HDF5 file, numbers as Parquet, sounds as WAV."""
    import h5py
    import pyarrow as pa
    import pyarrow.parquet
    import soundfile
    from PIL import Image

    rng = np.random.default_rng(0)
    count = 400 if quick else 1600
    with h5py.File(folder / "images.h5", "w") as file:
        x = file.create_dataset("x", (count, 128, 128, 3), "u1", chunks=(1, 128, 128, 3))
        file["y"] = rng.integers(0, 10, count)
        for i in range(count):
            waves = sum(
                np.sin(np.add.outer(np.arange(256) * rng.normal(), np.arange(256) * rng.normal()) / 20)
                for _ in range(4)
            )
            picture = np.clip(127 + 30 * waves[..., None] + rng.normal(0, 8, (256, 256, 3)), 0, 255).astype(np.uint8)
            place = folder / "images" / str(i % 10)
            place.mkdir(parents=True, exist_ok=True)
            Image.fromarray(picture).save(place / f"{i}.jpg", quality=90)
            x[i] = picture[::2, ::2]
    rows = 200_000 if quick else 1_000_000
    columns = {f"c{i}": rng.normal(size=rows).astype(np.float32) for i in range(16)} | {"y": rng.integers(0, 2, rows)}
    pa.parquet.write_table(pa.table(columns), folder / "rows.parquet", row_group_size=50_000)
    for i in range(count):
        place = folder / "sounds" / str(i % 10)
        place.mkdir(parents=True, exist_ok=True)
        soundfile.write(place / f"{i}.wav", rng.normal(0, 0.1, 16000).astype(np.float32), 16000, subtype="PCM_16")


# ---- the loaders: each gives batches, and says how many samples are in them


def hornbeam_passes(folder: Path) -> dict[str, Callable[[], Iterator[int]]]:
    """Ours."""
    import hornbeam as hb

    def counted(dataset: Any) -> Callable[[], Iterator[int]]:
        return lambda: (len(batch[1]) for batch in dataset)

    load, ahead = hb.datasets.load, {"buffer_size": 2, "workers": WORKERS}
    table = load(folder / "rows.parquet", label="y", shuffle_groups=0)
    return {
        "JPEG folder": counted(load(folder / "images", size=(128, 128)).shuffle().batch(BATCH).prefetch(**ahead)),
        "HDF5, random": counted(load(folder / "images.h5", keys=("x", "y")).shuffle().batch(BATCH).prefetch(**ahead)),
        "Parquet": counted(table.batch(1024).prefetch()),
        "WAV folder": counted(load(folder / "sounds").shuffle().batch(BATCH).prefetch(**ahead)),
    }


def torch_passes(folder: Path) -> dict[str, Callable[[], Iterator[int]]]:
    """PyTorch's DataLoader, with datasets as its users write them."""
    import h5py
    import pyarrow.parquet
    import soundfile
    import torch
    from PIL import Image
    from torch.utils.data import DataLoader, Dataset, IterableDataset

    class Pictures(Dataset):
        def __init__(self) -> None:
            self.paths = sorted((folder / "images").rglob("*.jpg"))

        def __len__(self) -> int:
            return len(self.paths)

        def __getitem__(self, i: int) -> Any:
            with Image.open(self.paths[i]) as image:
                image.draft("RGB", (256, 256))
                array = np.asarray(image.convert("RGB").resize((128, 128), Image.Resampling.BILINEAR))
            return torch.from_numpy(array.copy()), int(self.paths[i].parent.name)

    class Rows(Dataset):
        file: Any = None

        def __len__(self) -> int:
            with h5py.File(folder / "images.h5") as file:
                return len(file["y"])

        def __getitem__(self, i: int) -> Any:
            if self.file is None:
                self.file = h5py.File(folder / "images.h5")
            return torch.from_numpy(self.file["x"][i]), int(self.file["y"][i])

    class Table(IterableDataset):
        def __iter__(self) -> Iterator[Any]:
            with pyarrow.parquet.ParquetFile(folder / "rows.parquet") as file:
                for batch in file.iter_batches(1024, use_threads=False):
                    columns = [torch.from_numpy(c.to_numpy(zero_copy_only=False).copy()) for c in batch.columns]
                    yield columns[:-1], columns[-1]

    class Sounds(Dataset):
        def __init__(self) -> None:
            self.paths = sorted((folder / "sounds").rglob("*.wav"))

        def __len__(self) -> int:
            return len(self.paths)

        def __getitem__(self, i: int) -> Any:
            sound, _ = soundfile.read(self.paths[i], dtype="float32", always_2d=True)
            return torch.from_numpy(sound), int(self.paths[i].parent.name)

    def counted(loader: Any) -> Callable[[], Iterator[int]]:
        return lambda: (len(y) for _, y in loader)

    how = {"batch_size": BATCH, "shuffle": True, "num_workers": WORKERS, "persistent_workers": True}
    return {
        "JPEG folder": counted(DataLoader(Pictures(), **how)),
        "HDF5, random": counted(DataLoader(Rows(), **how)),
        "Parquet": counted(DataLoader(Table(), batch_size=None, num_workers=1, persistent_workers=True)),
        "WAV folder": counted(DataLoader(Sounds(), **how)),
    }


def tensorflow_passes(folder: Path) -> dict[str, Callable[[], Iterator[int]]]:
    """tf.data, with its own decoders; what it does not read comes from a generator."""
    import h5py
    import pyarrow.parquet
    import tensorflow as tf

    tf.config.threading.set_inter_op_parallelism_threads(WORKERS)
    tf.config.threading.set_intra_op_parallelism_threads(WORKERS)

    def files(pattern: str, decode: Any) -> Any:
        paths = sorted(str(p) for p in folder.glob(pattern))
        labels = [int(Path(p).parent.name) for p in paths]
        found = tf.data.Dataset.from_tensor_slices((paths, labels)).shuffle(len(paths))
        return (
            found.map(lambda p, y: (decode(tf.io.read_file(p)), y), num_parallel_calls=WORKERS).batch(BATCH).prefetch(2)
        )

    def picture(content: Any) -> Any:
        return tf.cast(tf.image.resize(tf.io.decode_jpeg(content, 3), (128, 128)), tf.uint8)

    def rows() -> Iterator[Any]:
        with h5py.File(folder / "images.h5") as file:
            for i in np.random.permutation(len(file["y"])):
                yield file["x"][i], file["y"][i]

    def table() -> Iterator[Any]:
        with pyarrow.parquet.ParquetFile(folder / "rows.parquet") as file:
            for batch in file.iter_batches(1024, use_threads=False):
                columns = [c.to_numpy(zero_copy_only=False) for c in batch.columns]
                yield tuple(columns[:-1]), columns[-1]

    spec = tf.TensorSpec
    numbers = tuple(spec((None,), tf.float32) for _ in range(16))
    made = {
        "JPEG folder": files("images/*/*.jpg", picture),
        "HDF5, random": tf.data.Dataset.from_generator(
            rows, output_signature=(spec((128, 128, 3), tf.uint8), spec((), tf.int64))
        ).batch(BATCH).prefetch(2),
        "Parquet": tf.data.Dataset.from_generator(table, output_signature=(numbers, spec((None,), tf.int64))).prefetch(2),
        "WAV folder": files("sounds/*/*.wav", lambda c: tf.audio.decode_wav(c)[0]),
    }  # fmt: skip
    return {name: (lambda dataset=dataset: (len(y) for _, y in dataset)) for name, dataset in made.items()}  # type: ignore[misc]


def keras_passes(folder: Path) -> dict[str, Callable[[], Iterator[int]]]:
    """Keras's own loaders, which it has for folders of images and sounds."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras
    import tensorflow as tf

    tf.config.threading.set_inter_op_parallelism_threads(WORKERS)
    tf.config.threading.set_intra_op_parallelism_threads(WORKERS)
    how = {"batch_size": BATCH, "verbose": False}
    images = keras.utils.image_dataset_from_directory(folder / "images", image_size=(128, 128), **how)
    sounds = keras.utils.audio_dataset_from_directory(folder / "sounds", **how)
    found = {"JPEG folder": images, "WAV folder": sounds}
    return {name: (lambda dataset=dataset: (len(y) for _, y in dataset)) for name, dataset in found.items()}  # type: ignore[misc]


PASSES = {"Hornbeam": hornbeam_passes, "PyTorch": torch_passes, "tf.data": tensorflow_passes, "Keras": keras_passes}


# ---- measuring


def inside(framework: str, folder: Path) -> None:
    """Answer each line of input, the name of a pass, with samples, seconds and CPU seconds."""
    passes = PASSES[framework](folder)
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        before, start = _cpu(), time.perf_counter()
        name = line.strip()
        count = sum(passes[name]()) if name in passes else 0
        print(json.dumps([count, time.perf_counter() - start, _cpu() - before]), flush=True)


def _cpu() -> float:
    """CPU seconds of this process and of its children that run now or are gone."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = used.ru_utime + used.ru_stime
    tick = os.sysconf("SC_CLK_TCK")
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            seconds += (int(fields[11]) + int(fields[12])) / tick
    return seconds


def main() -> None:
    """Make the files, let the frameworks take turns, print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("quick", nargs="?", choices=["quick"])
    arguments.add_argument("--inside", nargs=2, metavar=("FRAMEWORK", "FOLDER"))
    arguments.add_argument(
        "--peers",
        help="the interpreter of an environment with torch, tensorflow, keras, h5py, pyarrow, pillow, soundfile",
    )
    given = arguments.parse_args()
    if given.inside:
        inside(given.inside[0], Path(given.inside[1]))
        return
    rounds = 3 if given.quick else 7
    with tempfile.TemporaryDirectory() as folder:
        make_files(Path(folder), bool(given.quick))
        running = {}
        for framework in PASSES:
            python = sys.executable if framework == "Hornbeam" else given.peers
            if python is None:
                continue
            command = [python, __file__, "--inside", framework, folder]
            variables = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "OMP_NUM_THREADS": str(WORKERS)}
            running[framework] = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env=variables,
            )
            assert json.loads(_line(running[framework])) == "ready"
        print(f"{'':<14}{'':<10}{'samples/s':>12}{'median':>12}{'CPU s / 1000':>14}{'to the best peer':>18}")
        for name in ("JPEG folder", "HDF5, random", "Parquet", "WAV folder"):
            found: dict[str, list[Any]] = {framework: [] for framework in running}
            for _ in range(rounds + 1):
                for framework, process in running.items():
                    assert process.stdin
                    process.stdin.write(name + "\n")
                    process.stdin.flush()
                    found[framework].append(json.loads(_line(process)))
            _table(name, {f: turns[1:] for f, turns in found.items() if turns[0][0]})
        for process in running.values():
            assert process.stdin
            process.stdin.close()
            process.wait()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    line = process.stdout.readline()
    if not line:
        raise SystemExit(f"{process.args} ended with {process.wait()}")
    return line


def _table(name: str, found: dict[str, list[Any]]) -> None:
    rates = {f: max(count / seconds for count, seconds, _ in turns) for f, turns in found.items()}
    best = max((r for f, r in rates.items() if f != "Hornbeam"), default=None)
    for framework, turns in found.items():
        median = statistics.median(count / seconds for count, seconds, _ in turns)
        cpu = min(1000 * used / count for count, _, used in turns)
        ratio = "" if best is None or framework != "Hornbeam" else f"{rates[framework] / best:.2f}"
        print(f"{name:<14}{framework:<10}{rates[framework]:>12,.0f}{median:>12,.0f}{cpu:>14.3f}{ratio:>18}")
        name = ""


if __name__ == "__main__":
    main()
