"""hb.ops.image by what must hold of it; its numbers are compared with genuine Keras's in tests/interop/preprocessing."""

import colorsys

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.ops import image
from hornbeam.testing import check_gradients
from hypothesis import given
from hypothesis import strategies as st


@given(seed=st.integers(0, 999), first=st.booleans())
def test_hues_are_those_of_the_standard_library(seed, first):
    rgb = np.random.default_rng(seed).uniform(0, 1, (3, 2, 3)) * np.array([1.0, 0.5, 1.0])
    data_format = "channels_first" if first else None
    given_ = np.moveaxis(rgb, -1, 0) if first else rgb
    hsv = image.rgb_to_hsv(given_, data_format)
    found = np.moveaxis(hsv.numpy(), 0, -1) if first else hsv.numpy()
    expected = [[colorsys.rgb_to_hsv(*pixel) for pixel in row] for row in rgb]
    np.testing.assert_allclose(found, expected, atol=1e-6)
    np.testing.assert_allclose(image.hsv_to_rgb(hsv, data_format).numpy(), given_, atol=1e-6)


@given(
    kind=st.sampled_from(["bilinear", "bicubic", "lanczos3", "lanczos5", "nearest"]),
    h=st.integers(1, 9),
    w=st.integers(1, 9),
)
def test_what_is_constant_stays_so_whatever_the_size(kind, h, w):
    out = image.resize(hb.ops.full((1, 5, 4, 2), 3.0), (h, w), kind, antialias=True)
    np.testing.assert_allclose(out.numpy(), np.full((1, h, w, 2), 3.0), rtol=1e-6)


@given(n=st.integers(2, 6), m=st.integers(2, 12))
def test_bilinear_resizing_is_linear_interpolation_between_centres(n, m):
    ramp = np.random.default_rng(n).uniform(0, 1, n).astype("float32")
    places = (np.arange(m) + 0.5) * n / m - 0.5
    out = image.resize(ramp.reshape(1, n, 1), (1, m))
    np.testing.assert_allclose(out.numpy()[0, :, 0], np.interp(places, np.arange(n), ramp), atol=1e-6)


@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
def test_a_quarter_turn(interpolation):
    x = np.random.default_rng(0).uniform(0, 1, (2, 5, 5, 3)).astype("float32")
    turn = [0.0, 1.0, 0.0, -1.0, 0.0, 4.0, 0.0, 0.0]  # pixel (x, y) is read at (y, 4 - x)
    out = image.affine_transform(x, turn, interpolation)
    np.testing.assert_allclose(out.numpy(), np.rot90(x, -1, (1, 2)), atol=1e-6)


def test_points_go_where_they_are_sent():
    x = np.zeros((9, 9, 1), "float32")
    x[2, 3] = 1.0
    start = [[3.0, 2.0], [0.0, 8.0], [8.0, 0.0], [8.0, 8.0]]
    end = [[5.0, 4.0], [0.0, 8.0], [8.0, 0.0], [7.0, 7.0]]
    assert image.perspective_transform(x, start, end).numpy()[4, 5, 0] == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize("mode", ["constant", "nearest", "wrap", "mirror", "reflect"])
def test_outside_is_what_numpys_padding_puts_there(mode):
    row = np.random.default_rng(1).uniform(0, 1, 5)
    wide = np.pad(row, 4, **{"constant": {"mode": "constant", "constant_values": 0.5}, "nearest": {"mode": "edge"},
                             "wrap": {"mode": "wrap"}, "mirror": {"mode": "reflect"}, "reflect": {"mode": "symmetric"}}[mode])  # fmt: skip
    places = np.linspace(-4, 8, 49)
    found = image.map_coordinates(row, places[None], 1, mode, 0.5)
    np.testing.assert_allclose(found.numpy(), np.interp(places + 4, np.arange(13), wide), atol=1e-6)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: image.resize(x, (7, 3), "bicubic"),
        lambda x: image.gaussian_blur(x),
        lambda x: image.rgb_to_hsv(x),
        lambda x: image.map_coordinates(x, hb.ops.stack([x[..., 0], x[..., 1] * 3.0, x[..., 2] + 0.1]), 1, "reflect"),
        lambda x: image.affine_transform(x, x[0, 0, 0] * hb.ops.asarray([1.1, 0.2, 0.3, 0.1, 1.2, 0.4, 0.0, 0.0])),
        lambda x: image.ssim(x, x * x, filter_size=3),
    ],
    ids=["resize", "blur", "hsv", "coordinates", "affine", "ssim"],
)
def test_gradients(call):
    x = np.random.default_rng(3).uniform(0.1, 0.9, (4, 5, 3))
    check_gradients(call, x, order=1)


@given(seed=st.integers(0, 99))
def test_a_field_of_no_strength_bends_nothing(seed):
    x = np.random.default_rng(seed).uniform(0, 1, (2, 6, 5, 3)).astype("float32")
    np.testing.assert_allclose(image.elastic_transform(x, 0.0, 1.0, seed=seed).numpy(), x, atol=1e-6)
    bent, again, other = (image.elastic_transform(x, 3.0, 1.0, seed=s).numpy() for s in (seed, seed, seed + 1))
    assert np.array_equal(bent, again)
    assert not np.allclose(bent, other)
    assert not np.allclose(bent, x)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: image.resize(x, (0, 2)), r"size must be \(height, width\), two positive integers; got size=\(0, 2\)"),
        (lambda x: image.resize(x, (2, 2), "cubic"), "interpolation must be one of 'bilinear', 'nearest'.*got interpolation='cubic'"),
        (lambda x: image.resize(x[0, 0], (2, 2)), r"takes images \(height, width, channels\), or a batch of them; got shape"),
        (lambda x: image.resize(x, (2, 2), data_format="last"), "data_format must be one of"),
        (lambda x: image.affine_transform(x, [1.0, 2.0]), r"shape \(8,\), or \(2, 8\), one for each image; got \(2,\)"),
        (lambda x: image.map_coordinates(x, [[0.0]], 1), r"coordinates must have shape \(4, \*places\)"),
        (lambda x: image.crop_images(x, 1, 1, 1, 1, 1), "give two of top_cropping, bottom_cropping, target_height"),
        (lambda x: image.crop_images(x, 9, 1, 1, 1), "does not fit images of size 5"),
        (lambda x: image.rgb_to_hsv(x[..., :2]), "takes images of 3 channels"),
        (lambda x: image.extract_patches(x, (1, 2, 3, 4)), "size must be an integer, or 2 or 3 of them; got"),
        (lambda x: image.extract_patches(x, 9), "do not fit inputs of shape"),
        (lambda x: image.ssim(x, x[:1]), "must have one shape"),
    ],
)  # fmt: skip
def test_errors(call, message):
    with pytest.raises((hb.InvalidArgumentError, hb.ShapeError), match=message):
        call(hb.ops.zeros((2, 5, 4, 3)))
