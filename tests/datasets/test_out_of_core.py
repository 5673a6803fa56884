"""Training on files larger than the memory that the process may take: peak memory is bounded by what the pipeline holds."""

import os
import subprocess
import sys

import numpy as np
import pytest

SIZE = 64 << 20  # bytes of a file
ALLOWED = 40 << 20  # bytes that the process may allocate beyond what it has before training
# The memory of a thread's stack counts, so their number must not follow the machine's.
FEW_THREADS = {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2", "ARROW_IO_THREADS": "2", "MALLOC_ARENA_MAX": "2"}

SCRIPT = """
import resource, sys
import numpy as np
import hornbeam as hb

kind, path = sys.argv[1:]
if kind == "hdf5":
    dataset = hb.datasets.load(path, keys=("x", "y")).shuffle(seed=1).batch(32)
elif kind == "parquet":
    table = hb.datasets.load(path, label="y", shuffle_groups=1)
    dataset = table.batch(32).map(lambda features, y: (features["x"], y))
else:
    dataset = hb.datasets.load(path, size=(32, 32)).shuffle(seed=1).batch(8).map(lambda x, y: (x.reshape(len(x), -1) / 255, y))
dataset = dataset.map(lambda x, y: (x.astype("float32"), y)).prefetch(2, workers=2)
x, y = next(iter(dataset))
model = hb.Sequential([hb.Input(x.shape[1:]), hb.layers.Dense(2)])
model.compile("sgd", hb.losses.SparseCategoricalCrossentropy(from_logits=True))
model.train_on_batch(x, y)

def allocated():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) << 10 for line in file if line.startswith("VmData"))

limit = allocated() + int(%d)
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
try:
    np.ones(int(%d), np.uint8)
except MemoryError:
    pass
else:
    raise SystemExit("the limit does not hold here")
seen = []
class Seen(hb.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        seen.append(batch)
model.fit(dataset, epochs=1, verbose=0, callbacks=[Seen()])
assert np.isfinite(model.evaluate(dataset, verbose=0))
print(len(seen))
""" % (ALLOWED, SIZE)  # noqa: UP031 - braces are the script's


def hdf5(folder):
    import h5py

    rng = np.random.default_rng(0)
    with h5py.File(folder / "large.h5", "w") as file:
        rows = SIZE // 4096 // 4
        x = file.create_dataset("x", (rows, 4096), "f4", chunks=(16, 4096))
        for start in range(0, rows, 512):
            x[start : start + 512] = rng.random((min(512, rows - start), 4096), np.float32)
        file["y"] = rng.integers(0, 2, rows)
    return folder / "large.h5", -(-rows // 32)


def parquet(folder):
    import pyarrow as pa
    import pyarrow.parquet

    rng = np.random.default_rng(0)
    path, rows = folder / "large.parquet", 0
    schema = pa.schema([("x", pa.list_(pa.float32(), 1024)), ("y", pa.int64())])
    with pa.parquet.ParquetWriter(path, schema, compression="none", use_dictionary=False) as writer:
        while rows * 4096 < SIZE:
            x = pa.FixedSizeListArray.from_arrays(rng.random(512 * 1024, np.float32), 1024)
            writer.write_table(pa.table({"x": x, "y": rng.integers(0, 2, 512)}, schema), row_group_size=512)
            rows += 512
    return path, -(-rows // 32)


def images(folder):
    from PIL import Image

    rng = np.random.default_rng(0)
    count = SIZE // (1024 * 1024)
    for kind in range(2):
        (folder / f"images/{kind}").mkdir(parents=True)
    noise = rng.integers(0, 256, (1024, 1024), dtype=np.uint8)  # cannot be packed: a file is as large as its pixels
    for i in range(count):
        Image.fromarray(np.roll(noise, i, 0)).save(folder / f"images/{i % 2}/{i}.png", compress_level=0)
    return folder / "images", -(-count // 8)


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_DATA bounds all allocations on Linux alone")
@pytest.mark.parametrize("make", [hdf5, parquet, images])
def test_peak_memory_is_what_the_pipeline_holds(make, tmp_path):
    path, batches = make(tmp_path)
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    assert sum(p.stat().st_size for p in files) >= SIZE
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, make.__name__, str(path)],
        env=os.environ | FEW_THREADS,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, str(batches)), done.stderr[-2000:]
