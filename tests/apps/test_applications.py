"""Keras Applications: arguments, weights, images, and names of classes. Networks and outputs: tests/interop/applications."""

from __future__ import annotations

import hashlib
import http.server
import importlib
import json
import subprocess
import sys
import threading
import types
from pathlib import Path
from typing import Any

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.backends.base import using_backend
from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.plugins import registry
from hornbeam_apps import _manifest
from hornbeam_apps.applications import convnext, imagenet_utils, mobilenet, mobilenet_v3, network, vgg16
from hornbeam_apps.applications.convnext import LayerScale, StochasticDepth
from hornbeam_datasets import DownloadError


def small(**arguments: Any) -> Any:
    given = {"weights": None, "alpha": 0.25, "input_shape": (32, 32, 3), "classes": 3}
    return hb.applications.MobileNet(**{**given, **arguments})


def test_the_facade_and_the_registry_have_every_network() -> None:
    listed = {name for names in _manifest.NETWORKS.values() for name in names}
    assert listed == {name for name in hb.applications.__all__ if name[0].isupper()}
    for name in listed:
        assert registry.lookup("applications", name) is getattr(hb.applications, name)


def test_modules_of_facades_are_imported_from() -> None:
    for facade in (hb.applications, hb.datasets, hb.optimizers):
        below = [name for name in facade.__all__ if isinstance(getattr(facade, name), types.ModuleType)]
        assert below
        for name in below:
            assert importlib.import_module(f"{facade.__name__}.{name}") is getattr(facade, name)
    text = (
        "from hornbeam.applications.resnet50 import ResNet50, decode_predictions, preprocess_input\n"
        "from hornbeam.datasets.mnist import load_data\n"
        "import hornbeam.optimizers.schedules\n"
        "print(ResNet50.__module__)"
    )
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert done.stdout == "hornbeam_apps.applications.resnet\n"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("HORNBEAM_HOME", str(tmp_path / "hornbeam"))
    (tmp_path / "keras" / "models").mkdir(parents=True)
    return tmp_path / "keras" / "models"


def test_published_weights_of_the_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Keras put the file already, it is taken, after a look at its checksum."""
    how: dict[str, Any] = {"include_top": False, "input_shape": (224, 224, 3)}
    own = hb.applications.MobileNetV3Small(weights=None, **how)
    path = cache / "weights_mobilenet_v3_small_224_1.0_float_no_top_v2.h5"
    own.save_weights(path)
    with pytest.raises(DownloadError, match="damaged, or another file"):
        hb.applications.MobileNetV3Small(**how)
    digest = hashlib.md5(path.read_bytes()).hexdigest()
    monkeypatch.setitem(mobilenet_v3.DIGESTS, "small_224_1.0_float", ("", digest))
    loaded = hb.applications.MobileNetV3Small(**how)
    for a, b in zip(own.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_published_weights_are_fetched_once(cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    served, asked = tmp_path / "served", []
    (served / "mobilenet").mkdir(parents=True)
    own = small(include_top=False)
    own.save_weights(served / "mobilenet" / "mobilenet_2_5_128_tf_no_top.h5")

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args, directory=str(served))

        def log_message(self, *args: Any) -> None:
            asked.append(self.path)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setattr(mobilenet, "HOME", f"http://127.0.0.1:{server.server_port}/")
        try:
            for _ in range(2):
                loaded = small(include_top=False, weights="imagenet", input_shape=(128, 128, 3))
        finally:
            server.shutdown()
            thread.join()
    assert asked == ["/mobilenet/mobilenet_2_5_128_tf_no_top.h5"]
    np.testing.assert_array_equal(own.get_weights()[0], loaded.get_weights()[0])


def test_without_a_network_it_is_said_where_to_put_the_file(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = "http://127.0.0.1:9/vgg16_notop.h5"  # nobody listens there
    monkeypatch.setattr(vgg16, "kernels_file", lambda *_: (network.File(address), network.File(address)))
    with using_backend("shapes"), pytest.raises(DownloadError) as error:
        hb.applications.VGG16(include_top=False)
    assert address in str(error.value)
    assert str(cache.parents[1] / "hornbeam" / "models" / "vgg16_notop.h5") in str(error.value)


@pytest.mark.parametrize("suffix", [".weights.h5", ".h5", ".keras", ".safetensors"])
def test_weights_from_a_file(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"it{suffix}"
    own = small(classifier_activation=None)
    own.save(path) if suffix == ".keras" else own.save_weights(path)
    x = np.random.default_rng(0).uniform(-1, 1, (2, 32, 32, 3)).astype("float32")
    again = small(weights=path, classifier_activation=None)
    np.testing.assert_array_equal(own(x).numpy(), again(x).numpy())
    assert not np.array_equal(small(classifier_activation=None)(x).numpy(), own(x).numpy())


def test_features_are_taken_from_a_file_of_the_whole_network_by_name(tmp_path: Path) -> None:
    own, features = small(), small(include_top=False)
    own.save_weights(tmp_path / "it.h5")
    features.load_weights(tmp_path / "it.h5", by_name=True)
    np.testing.assert_array_equal(features.get_weights()[-1], own.get_weights()[-3])


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"weights": "imagenett"}, InvalidArgumentError, "there is no file 'imagenett'"),
        ({"weights": "imagenet"}, InvalidArgumentError, "tell 1000 classes, not 3"),
        ({"weights": "imagenet", "classes": 1000, "input_shape": (64, 64, 3)}, ShapeError, "images of (224, 224, 3)"),
        ({"weights": "imagenet", "classes": 1000, "classifier_activation": "tanh"}, InvalidArgumentError, "got 'tanh'"),
        ({"weights": "imagenet", "include_top": False, "alpha": 0.3}, InvalidArgumentError, "got alpha=0.3"),
        ({"weights": "imagenet", "include_top": False, "input_shape": (64, 64, 1)}, ShapeError, "of 3 channels"),
        ({"input_shape": (31, 32, 3)}, ShapeError, "at least 32 by 32"),
        ({"input_shape": (32, 32)}, ShapeError, "(rows, columns, channels)"),
        ({"input_shape": (None, 32, 3)}, ShapeError, "needs to know the size"),
        ({"input_tensor": np.zeros((1, 32, 32, 3))}, InvalidArgumentError, "got ndarray"),
    ],
)
def test_wrong_arguments(arguments: dict[str, Any], error: type[Exception], said: str) -> None:
    with pytest.raises(error) as caught:
        small(**arguments)
    assert said in str(caught.value)


def test_weights_for_another_size_are_told_of(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mobilenet, "HOME", "http://127.0.0.1:9/")  # nobody listens there
    with pytest.warns(UserWarning, match="got images of 32 by 32"), pytest.raises(DownloadError, match="_2_5_224_"):
        small(weights="imagenet", include_top=False)


def test_a_network_starts_in_the_middle_of_another_model() -> None:
    given = hb.Input((16, 16, 3), name="pixels")
    larger = hb.layers.UpSampling2D(2)(given)
    model = small(input_tensor=larger, input_shape=None, include_top=False)
    assert model.input is given
    assert model.output_shape == (None, 1, 1, 256)
    assert model(np.zeros((1, 16, 16, 3), "float32")).shape == (1, 1, 1, 256)


COLOURS = np.array([[[10.0, 20.0, 30.0]]])


def test_images_as_the_networks_take_them() -> None:
    """Against the definitions, for whole numbers, tensors and models."""
    before = COLOURS.copy()
    caffe = [30 - 103.939, 20 - 116.779, 10 - 123.68]
    torch = [(10 / 255 - 0.485) / 0.229, (20 / 255 - 0.456) / 0.224, (30 / 255 - 0.406) / 0.225]
    tf = [10 / 127.5 - 1, 20 / 127.5 - 1, 30 / 127.5 - 1]
    for mode, expected in {"caffe": caffe, "torch": torch, "tf": tf}.items():
        np.testing.assert_allclose(imagenet_utils.preprocess_input(COLOURS, mode=mode)[0, 0], expected, rtol=1e-12)
        first = COLOURS.reshape(3, 1, 1).astype("uint8")
        found = imagenet_utils.preprocess_input(first, "channels_first", mode=mode)
        np.testing.assert_allclose(found.ravel(), expected, rtol=1e-5)
        tensor = imagenet_utils.preprocess_input(hb.ops.asarray(COLOURS.astype("uint8")), mode=mode)
        np.testing.assert_allclose(tensor.numpy()[0, 0], expected, rtol=1e-5)
        pixels = hb.Input((1, 1, 3))
        model = hb.Model(pixels, imagenet_utils.preprocess_input(pixels, mode=mode))
        np.testing.assert_allclose(model(COLOURS[None]).numpy()[0, 0, 0], expected, rtol=1e-5)
    np.testing.assert_array_equal(COLOURS, before)
    assert convnext.preprocess_input(COLOURS) is COLOURS
    with pytest.raises(InvalidArgumentError, match="'caffe', 'tf' or 'torch'"):
        imagenet_utils.preprocess_input(COLOURS, mode="keras")


def test_names_of_classes(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = json.dumps({str(i): [f"n{i:08}", f"thing {i}"] for i in range(1000)})
    (cache / "imagenet_class_index.json").write_text(names)
    monkeypatch.setattr(imagenet_utils, "NAMES_DIGEST", hashlib.md5(names.encode()).hexdigest())
    p = np.zeros((2, 1000), "float32")
    p[0, [7, 300]], p[1, 999] = [0.25, 0.75], 1
    found = hb.applications.resnet50.decode_predictions(p, top=2)
    assert found[0] == [("n00000300", "thing 300", 0.75), ("n00000007", "thing 7", 0.25)]
    assert found[1][0] == ("n00000999", "thing 999", 1.0)
    with pytest.raises(ShapeError, match=r"got \(2, 10\)"):
        imagenet_utils.decode_predictions(p[:, :10])


def test_stochastic_depth_drops_whole_samples() -> None:
    x = np.ones((600, 2, 3), "float32")
    out = StochasticDepth(0.25)(x, training=True).numpy()
    assert (out == out[:, :1, :1]).all()
    assert set(np.unique(out)) == {0.0, np.float32(1 / 0.75)}
    assert 0.16 < (out[:, 0, 0] == 0).mean() < 0.34  # 600 draws: 5 standard deviations
    np.testing.assert_array_equal(StochasticDepth(0.25)(x).numpy(), x)


def test_layer_scale() -> None:
    layer = LayerScale(0.5, 3)
    np.testing.assert_array_equal(layer(np.ones((2, 3), "float32")).numpy(), np.full((2, 3), 0.5))
    assert [w.shape for w in layer.trainable_weights] == [(3,)]
