"""The event files beside TensorBoard's own reader (tensorboard 2.21): scalars, distributions, pictures, text, the graph."""

import io

import hornbeam as hb
import numpy as np
from hornbeam_layers import Dense, Dropout, Input
from hornbeam_models import Model, Sequential
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def read(folder):
    found = EventAccumulator(str(folder), size_guidance={"tensors": 0, "scalars": 0, "histograms": 0, "images": 0})
    found.Reload()
    return found


def test_tensorboard_reads_what_was_written(tmp_path):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(40, 3)).astype("float32"), rng.normal(size=(40, 1)).astype("float32")
    start = Input((3,), name="start")
    inner = Sequential([Input((4,)), Dense(2, name="deep"), Dropout(0.5, name="drop")], name="inner")
    model = Model(start, Dense(1, name="last")(inner(Dense(4, name="first")(start))))
    model.compile("adam", "mse", metrics=["mae"])
    told = hb.callbacks.TensorBoard(tmp_path, histogram_freq=1, write_images=True, update_freq=2, profile_batch=2)
    history = model.fit(x, y, batch_size=10, epochs=3, validation_split=0.25, verbose=0, callbacks=[told]).history
    train, validation = read(tmp_path / "train"), read(tmp_path / "validation")
    for name in ("loss", "mae"):
        np.testing.assert_allclose([e.value for e in train.Scalars(f"epoch_{name}")], history[name], rtol=1e-6)
        np.testing.assert_allclose(
            [e.value for e in validation.Scalars(f"epoch_{name}")], history[f"val_{name}"], rtol=1e-6
        )
    assert [e.step for e in train.Scalars("batch_loss")] == [2, 4, 6, 8]
    kernel = model.get_layer("first").kernel.numpy()
    last = train.Histograms("first/kernel/histogram")[-1]
    assert last.step == 2
    value = last.histogram_value
    np.testing.assert_allclose(
        [value.min, value.max, value.num, value.sum], [kernel.min(), kernel.max(), 12, kernel.sum()], rtol=1e-5
    )
    np.testing.assert_array_equal(value.bucket, np.histogram(kernel.astype(float), 30)[0])
    assert len(train.Histograms("first/kernel/gradient")) == 3
    picture = train.Images("first/kernel/image")[-1]
    assert (picture.height, picture.width) == kernel.shape
    from PIL import Image

    pixels = np.asarray(Image.open(io.BytesIO(picture.encoded_image_string)))
    assert pixels[np.unravel_index(kernel.argmax(), kernel.shape)] == 255
    assert [n.name for n in train.Graph().node] == ["start", "first", "inner/deep", "inner/drop", "last"]
    assert [list(n.input) for n in train.Graph().node] == [[], ["start"], ["first"], ["inner/deep"], ["inner/drop"]]
    assert "kernel | runs | ms" in train.Tensors("profile")[0].tensor_proto.string_val[0].decode()
