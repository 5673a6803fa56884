"""Event files, read back by a reader written here from the formats' descriptions; TensorBoard's own reads them in tests/interop."""

import gzip
import json
import struct
import zlib

import hornbeam as hb
import numpy as np
import pytest
from hornbeam_layers import Conv2D, Dense, Flatten, Input
from hornbeam_models import Model, Sequential
from hornbeam_models.callbacks.tensorboard.callback import _picture
from hornbeam_models.callbacks.tensorboard.records import crc32c, png


def fields(data):
    """The fields of a message: lists by number."""
    found, i = {}, 0

    def varint():
        nonlocal i
        value = shift = 0
        while True:
            byte = data[i]
            i += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while i < len(data):
        number, kind = divmod(varint(), 8)
        if kind == 0:
            value = varint()
        else:
            length = {1: 8, 5: 4}.get(kind) or varint()
            value = data[i : i + length]
            i += length
            value = (
                struct.unpack("<d", value)[0] if kind == 1 else struct.unpack("<f", value)[0] if kind == 5 else value
            )
        found.setdefault(number, []).append(value)
    return found


def unmasked(value):
    value = (value - 0xA282EAD8) & 0xFFFFFFFF
    return (value << 15 | value >> 17) & 0xFFFFFFFF


def events(folder):
    """Every event of the files in a folder; checksums are checked."""
    for path in sorted(folder.glob("events.out.tfevents.*")):
        data, i = path.read_bytes(), 0
        while i < len(data):
            length = struct.unpack("<Q", data[i : i + 8])[0]
            body = data[i + 12 : i + 12 + length]
            assert unmasked(struct.unpack("<I", data[i + 8 : i + 12])[0]) == crc32c(data[i : i + 8])
            assert unmasked(struct.unpack("<I", data[i + 12 + length : i + 16 + length])[0]) == crc32c(body)
            i += 16 + length
            yield fields(body)


def values(folder):
    """(step, kind, value) by tag; kinds: 2 scalar, 4 image, 5 histogram, 8 tensor."""
    found = {}
    for event in events(folder):
        for summary in event.get(5, []):
            for value in fields(summary)[1]:
                parts = fields(value)
                kind = next(k for k in (2, 4, 5, 8) if k in parts)
                found.setdefault(parts[1][0].decode(), []).append((event[2][0], kind, parts[kind][0]))
    return found


def test_the_checksum_is_that_of_the_standard():
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(bytes(32)) == 0x8A9136AA  # RFC 3720, B.4


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("logs")
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 5, 5, 1)).astype("float32"), rng.normal(size=(20, 1)).astype("float32")
    start = Input((5, 5, 1), name="start")
    inner = Sequential([Input((18,)), Dense(3, name="deep")], name="inner")
    out = Dense(1, name="last")(inner(Flatten(name="flat")(Conv2D(2, 3, name="conv")(start))))
    model = Model(start, out)
    model.compile("sgd", "mse")
    how = {"histogram_freq": 2, "write_images": True, "update_freq": "batch", "profile_batch": (2, 3)}
    told = hb.callbacks.TensorBoard(folder, write_steps_per_second=True, **how)
    history = model.fit(x, y, batch_size=5, epochs=3, validation_data=(x, y), verbose=0, callbacks=[told])
    return folder, model, history.history


def test_figures(run):
    folder, _, history = run
    found = values(folder / "train")
    assert [(step, kind) for step, kind, _ in found["epoch_loss"]] == [(0, 2), (1, 2), (2, 2)]
    np.testing.assert_allclose([v for _, _, v in found["epoch_loss"]], history["loss"], rtol=1e-6)
    np.testing.assert_allclose([v for _, _, v in found["epoch_learning_rate"]], 0.01, rtol=1e-6)
    assert [step for step, _, _ in found["batch_loss"]] == list(range(1, 13))
    np.testing.assert_allclose(
        [v for _, _, v in values(folder / "validation")["epoch_loss"]], history["val_loss"], rtol=1e-6
    )
    assert all(v > 0 for _, _, v in found["epoch_steps_per_second"])


def test_distributions(run):
    folder, model, _ = run
    step, kind, value = values(folder / "train")["conv/kernel/histogram"][-1]
    assert (step, kind) == (2, 5)
    parts, weights = fields(value), model.get_layer("conv").kernel.numpy().astype(float)
    np.testing.assert_allclose(
        [parts[i][0] for i in (1, 2, 3, 4, 5)], [weights.min(), weights.max(), 18, weights.sum(), (weights**2).sum()]
    )
    counts, edges = np.histogram(weights, 30)
    np.testing.assert_array_equal(np.frombuffer(parts[7][0]), counts)
    np.testing.assert_allclose(np.frombuffer(parts[6][0]), edges[1:])
    assert [s for s, _, _ in values(folder / "train")["conv/kernel/gradient"]] == [0, 2]


def test_the_graph(run):
    folder, _, _ = run
    (graph,) = [event[4][0] for event in events(folder / "train") if 4 in event]
    nodes = [fields(node) for node in fields(graph)[1]]
    links = {node[1][0].decode(): [i.decode() for i in node.get(3, [])] for node in nodes}
    assert links == {"start": [], "conv": ["start"], "flat": ["conv"], "inner/deep": ["flat"], "last": ["inner/deep"]}
    assert [node[2][0].decode() for node in nodes] == ["Input", "Conv2D", "Flatten", "Dense", "Dense"]


def test_pictures_and_profile(run):
    folder, model, _ = run
    _, kind, value = values(folder / "train")["last/kernel/image"][-1]
    parts = fields(value)
    assert kind == 4
    assert (parts[1], parts[2], parts[3]) == ([1], [3], [1])
    assert parts[4][0][:8] == b"\x89PNG\r\n\x1a\n"
    step, kind, value = values(folder / "train")["profile"][0]
    assert (step, kind) == (3, 8)
    assert fields(value)[8][0].startswith(b"kernel | runs | ms")
    (trace,) = folder.glob("plugins/profile/*/*.trace.json.gz")
    assert "traceEvents" in json.loads(gzip.decompress(trace.read_bytes()))


def test_pixels_of_a_png():
    pixels = np.random.default_rng(0).integers(0, 256, (3, 4, 3)).astype(np.uint8)
    data = png(pixels)
    at = data.index(b"IDAT")
    length = struct.unpack(">I", data[at - 4 : at])[0]
    rows = np.frombuffer(zlib.decompress(data[at + 4 : at + 4 + length]), np.uint8).reshape(3, 13)
    assert not rows[:, 0].any()
    np.testing.assert_array_equal(rows[:, 1:].reshape(3, 4, 3), pixels)


def test_filters_lie_beside_one_another():
    picture = _picture(np.arange(3 * 3 * 1 * 4).reshape(3, 3, 1, 4))
    assert picture.shape == (8, 8)
    scaled = np.round(255 * np.arange(36).reshape(3, 3, 4) / 35)
    np.testing.assert_array_equal(picture[:3, 4:7], scaled[..., 1])
    assert _picture(np.float32(1)) is None


@pytest.mark.parametrize(
    ("how", "message"),
    [({"update_freq": "step"}, "update_freq must be"), ({"profile_batch": (3, 2)}, "profile_batch must be")],
)
def test_arguments(how, message):
    with pytest.raises(hb.InvalidArgumentError, match=message):
        hb.callbacks.TensorBoard(**how)
