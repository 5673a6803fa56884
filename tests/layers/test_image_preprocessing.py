"""What image layers draw, what they leave alone, and what they refuse; their numbers are compared with Keras's in tests/interop."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam_layers.preprocessing.image.boxes import convert
from hypothesis import given
from hypothesis import strategies as st

L = hb.layers
IMAGES = np.random.default_rng(0).integers(0, 256, (4, 8, 6, 3)).astype("float32")


def far_from_uniform(values, low, high):
    """Kolmogorov's distance between values and the even distribution on [low, high)."""
    values = np.sort(np.ravel(values))
    assert low - 1e-5 <= values[0]
    assert values[-1] <= high + 1e-5
    return np.abs((values - low) / (high - low) - (np.arange(values.size) + 0.5) / values.size).max()


DRAWN = [
    (lambda: L.RandomBrightness(0.2, (0, 10), seed=1), "rgb_delta", -2.0, 2.0),
    (lambda: L.RandomBrightness((0.1, 0.4), seed=1), "rgb_delta", 25.5, 102.0),
    (lambda: L.RandomContrast(0.3, seed=1), "contrast_factor", 0.7, 1.3),
    (lambda: L.RandomContrast((0.5, 0.1), seed=1), "contrast_factor", 0.9, 1.5),
    (lambda: L.RandomColorDegeneration(0.6, seed=1), "factor", 0.0, 0.6),
    (lambda: L.RandomHue(0.6, seed=1), "factor", -0.3, 0.3),
    (lambda: L.RandomSharpness((0.2, 0.6), seed=1), "factor", 0.2, 0.6),
    (lambda: L.RandomRotation(0.1, seed=1), "angle", -36.0, 36.0),
    (lambda: L.RandomZoom((-0.2, 0.4), seed=1), "height_zoom", 0.8, 1.4),
    (lambda: L.RandomZoom(0.1, 0.3, seed=1), "width_zoom", 0.7, 1.3),
    (lambda: L.Solarization(0.4, 0.0, seed=1), "additions", 0.0, 102.0),
    (lambda: L.Solarization(0.0, (0.2, 0.6), seed=1), "thresholds", 51.0, 153.0),
]


@pytest.mark.parametrize(("make", "key", "low", "high"), DRAWN, ids=range(len(DRAWN)))
def test_what_is_drawn_is_spread_evenly(make, key, low, high):
    many = hb.ops.zeros((3000, 4, 4, 3))
    drawn = make().get_random_transformation(many)[key].numpy()
    assert far_from_uniform(drawn, low, high) < 0.03  # 99.9 % of fair draws of 3000 are nearer
    assert np.array_equal(drawn, make().get_random_transformation(many)[key].numpy())


def test_pairs_that_are_drawn():
    many = hb.ops.zeros((3000, 10, 20, 3))
    moves = L.RandomTranslation(0.1, (0.2, 0.5), seed=2).get_random_transformation(many)["translations"].numpy()
    assert far_from_uniform(moves[:, 0], 4.0, 10.0) < 0.03
    assert far_from_uniform(moves[:, 1], -1.0, 1.0) < 0.03
    shears = L.RandomShear(0.4, (0.1, 0.2), seed=2).get_random_transformation(many)["shear_factor"].numpy()
    assert far_from_uniform(shears[:, 0], -0.4, 0.4) < 0.03
    assert far_from_uniform(np.abs(shears[:, 1]), 0.1, 0.2) < 0.03
    bits = 8 - L.RandomPosterization((2, 5), seed=2).get_random_transformation(many)["shift_factor"].numpy()
    assert np.allclose(np.bincount(bits, minlength=8)[2:5] / 3000, 1 / 3, atol=0.04)
    share = L.RandomSaturation((0.1, 0.6), seed=2).get_random_transformation(many)["factor"].numpy()
    assert far_from_uniform(share / (1 + share), 0.1, 0.6) < 0.03


CHOICES = [
    (lambda f: L.RandomInvert(f, seed=3), "apply_inversion"),
    (lambda f: L.RandomGaussianBlur(f, seed=3), "should_apply_blur"),
    (lambda f: L.RandomErasing(f, seed=3), "apply_erasing"),
    (lambda f: L.RandomPerspective(f, seed=3), "apply_perspective"),
]


@pytest.mark.parametrize(("make", "key"), CHOICES)
def test_how_often_images_are_changed(make, key):
    many = hb.ops.zeros((3000, 2, 2, 3))
    for factor, share in ((0.3, 0.3), ((0.2, 0.6), 0.4), (1.0, 1.0), (0.0, 0.0)):
        assert make(factor).get_random_transformation(many)[key].numpy().mean() == pytest.approx(share, abs=0.035)
    flips = L.RandomFlip(seed=3).get_random_transformation(many)["flips"].numpy()
    assert flips.mean() == pytest.approx(0.5, abs=0.035)
    grey = L.RandomGrayscale(0.2, seed=3).get_random_transformation(many).numpy()
    assert grey.mean() == pytest.approx(0.2, abs=0.03)


def test_crops_begin_anywhere():
    layer, image = L.RandomCrop(3, 4, seed=1), hb.ops.reshape(hb.ops.arange(5 * 6), (1, 5, 6, 1))
    found = np.array([np.ravel(layer(image))[0] for _ in range(400)]).astype(int)
    places = {r * 6 + c for r in range(3) for c in range(3)}
    assert set(found.tolist()) == places
    assert np.bincount(found)[sorted(places)].min() > 20  # 44 are expected
    out = layer(hb.ops.asarray(IMAGES), training=False)
    np.testing.assert_allclose(out.numpy(), hb.ops.image.resize(IMAGES, (3, 4), crop_to_aspect_ratio=True).numpy())


def test_cut_out_areas_and_mixed_labels_agree():
    layer = L.CutMix(1.0, seed=4)
    images = hb.ops.stack([hb.ops.full((20, 20, 1), float(i)) for i in range(4)])
    out = layer({"images": images, "labels": hb.ops.eye(4)})
    mixed = out["images"].numpy()
    for image, label in zip(mixed, out["labels"].numpy(), strict=True):
        share = np.array([(image == k).mean() for k in range(4)])
        assert label.sum() == pytest.approx(1.0)
        np.testing.assert_allclose(share, label, atol=0.13)  # areas in whole pixels
    drawn = layer.get_random_transformation(images)
    assert sorted(drawn["permutation_order"].numpy().tolist()) == [0, 1, 2, 3]


def test_mixed_images_and_labels_have_the_same_proportions():
    layer = L.MixUp(1.0, seed=5, bounding_box_format="xyxy")
    boxes = {"boxes": np.zeros((4, 2, 4)), "labels": np.arange(8).reshape(4, 2)}
    eye = hb.ops.eye(4)
    out = layer({"images": hb.ops.reshape(eye, (4, 2, 2, 1)), "labels": eye, "bounding_boxes": boxes})
    np.testing.assert_allclose(out["images"].numpy().reshape(4, 4), out["labels"].numpy())
    assert out["bounding_boxes"]["boxes"].shape == (4, 4, 4)
    assert out["bounding_boxes"]["labels"].numpy()[:, :2].tolist() == np.arange(8).reshape(4, 2).tolist()
    weights = L.MixUp(0.5, seed=5).get_random_transformation(hb.ops.zeros((3000, 2, 2, 1)))["mix_weight"].numpy()
    assert (weights.mean(), weights.var()) == (pytest.approx(0.5, abs=0.02), pytest.approx(1 / 8, abs=0.01))


def test_policies_draw_fairly():
    layer = L.RandAugment(num_ops=3000, seed=6)
    counts = np.bincount(layer.get_random_transformation(hb.ops.asarray(IMAGES))["layer_idxes"].numpy())
    assert counts.size == 11
    assert np.allclose(counts / 3000, 1 / 11, atol=0.02)
    drawn = L.AugMix(num_chains=40, chain_depth=5, seed=6, all_ops=False).get_random_transformation(
        hb.ops.asarray(IMAGES)
    )
    assert float(drawn["chain_mixing_weights"].sum()) == pytest.approx(1.0, abs=1e-5)
    assert set(np.ravel(drawn["layer_idxes"].numpy()).tolist()) == set(range(8))  # seven changes, and none


@given(number=st.integers(0, 10))
def test_rand_augment_does_what_the_chosen_layer_does(number):
    layer = L.RandAugment(num_ops=1, seed=7, bounding_box_format="xyxy")
    images, boxes = (
        hb.ops.asarray(IMAGES),
        {"boxes": hb.ops.asarray([[[1.0, 1.0, 4.0, 4.0]]] * 4), "labels": hb.ops.ones((4, 1))},
    )
    drawn = {**layer.get_random_transformation(images), "layer_idxes": hb.ops.asarray([number])}
    name, own = list(layer.choices.items())[number]
    out = layer.transform_images(images, drawn).numpy()
    assert np.array_equal(out, own.transform_images(images, drawn["transforms"][name]).numpy())
    assert not np.array_equal(out, IMAGES)
    expected = own.transform_bounding_boxes(boxes, drawn["transforms"][name])
    assert np.array_equal(layer.transform_bounding_boxes(boxes, drawn)["boxes"].numpy(), expected["boxes"].numpy())


def test_jitter_is_its_four_layers():
    seed = hb.random.SeedGenerator(8)
    layer = L.RandomColorJitter((0, 255), 0.1, 0.2, 0.3, 0.4, seed=8)
    steps = [L.RandomBrightness(0.1), L.RandomContrast(0.2), L.RandomSaturation(0.3), L.RandomHue(0.4)]
    drawn = [step.get_random_transformation(hb.ops.asarray(IMAGES), seed=seed) for step in steps]
    expected = hb.ops.asarray(IMAGES)
    for step, of in zip(steps, drawn, strict=True):
        expected = step.transform_images(expected, of)
    assert np.array_equal(layer(IMAGES).numpy(), expected.numpy())


UNCHANGED = [
    *(lambda c=c: c(seed=1) for c in (L.RandomFlip, L.RandomGrayscale, L.RandomInvert, L.RandomErasing, L.CutMix, L.MixUp)),
    *(lambda c=c: c(seed=1) for c in (L.RandomGaussianBlur, L.RandomPerspective, L.RandomElasticTransform, L.RandAugment)),
    *(lambda c=c: c(0.3, seed=1) for c in (L.RandomBrightness, L.RandomContrast, L.RandomHue, L.RandomSaturation)),
    *(lambda c=c: c(0.3, seed=1) for c in (L.RandomColorDegeneration, L.RandomSharpness, L.RandomRotation, L.RandomZoom)),
    lambda: L.RandomTranslation(0.3, 0.3, seed=1), lambda: L.RandomShear(0.3, 0.3, seed=1),
    lambda: L.AugMix(num_chains=1, chain_depth=1, seed=1),
    lambda: L.RandomPosterization(3, seed=1), lambda: L.Solarization(0.3, 0.3, seed=1), L.Equalization,
]  # fmt: skip


@pytest.mark.parametrize("make", UNCHANGED, ids=range(len(UNCHANGED)))
def test_out_of_training_nothing_changes(make):
    layer, masks = make(), (IMAGES[..., :1] > 99).astype("float32")
    out = layer({"images": IMAGES, "labels": np.eye(4), "segmentation_masks": masks}, training=False)
    assert np.array_equal(out["images"].numpy(), IMAGES)
    assert np.array_equal(out["labels"].numpy(), np.eye(4))
    assert np.array_equal(out["segmentation_masks"].numpy(), masks)
    calls = [layer(IMAGES).numpy() for _ in range(6)]  # training is the default, as in Keras
    assert not all(np.array_equal(found, IMAGES) for found in calls)
    one = layer(IMAGES[0].astype("uint8"))
    assert (one.shape, one.dtype) == (IMAGES[0].shape, "float32")


def test_masks_go_where_images_go():
    x = np.zeros((2, 24, 24, 1), "float32")
    x[:, 6:18, 4:12] = 255.0
    for layer in (L.RandomRotation(0.2, seed=1), L.RandomElasticTransform(scale=0.4, seed=1), L.RandomZoom(0.3, seed=1),
                  L.RandomPerspective(scale=0.5, seed=1), L.RandomCrop(14, 15, seed=1)):  # fmt: skip
        out = layer({"images": x, "segmentation_masks": (x / 255.0).astype("int32")})
        masks = out["segmentation_masks"]
        assert masks.dtype == "int32"
        assert (np.abs(out["images"].numpy() / 255.0 - masks.numpy()) > 0.75).mean() < 0.01


@given(angle=st.floats(-1, 1))
def test_boxes_hold_what_they_held(angle):
    x = np.zeros((1, 30, 30, 1), "float32")
    x[0, 8:16, 10:20] = 1.0
    layer = L.RandomRotation((angle, angle), "constant", bounding_box_format="xyxy")
    out = layer({"images": x, "bounding_boxes": {"boxes": [[[10.0, 8.0, 20.0, 16.0]]], "labels": [[1]]}})
    left, top, right, bottom = out["bounding_boxes"]["boxes"].numpy()[0, 0]
    rows, columns = np.nonzero(out["images"].numpy()[0, :, :, 0] > 0.5)
    assert left - 1.5 <= columns.min()
    assert columns.max() <= right + 1.5
    assert top - 1.5 <= rows.min()
    assert rows.max() <= bottom + 1.5


def test_boxes_of_different_numbers():
    layer = L.MaxNumBoundingBoxes(2, bounding_box_format="xyxy")
    boxes = {"boxes": [[[0, 0, 1, 1], [1, 1, 2, 2], [2, 2, 3, 3]], [[4, 4, 5, 5]]], "labels": [[1, 2, 3], [4]]}
    out = layer({"images": IMAGES[:2], "bounding_boxes": boxes})["bounding_boxes"]
    assert out["boxes"].numpy().tolist() == [[[0, 0, 1, 1], [1, 1, 2, 2]], [[4, 4, 5, 5], [0, 0, 0, 0]]]
    assert out["labels"].numpy().tolist() == [[1, 2], [4, -1]]
    alone = layer({"images": IMAGES[0], "bounding_boxes": {"boxes": [[1.0, 1.0, 2.0, 2.0]], "labels": [7]}})[
        "bounding_boxes"
    ]
    assert alone["labels"].numpy().tolist() == [7, -1]


NO_BOXES = {"boxes": np.zeros((4, 1, 4)), "labels": np.zeros((4, 1))}
ERRORS = [
    (lambda: L.RandomBrightness(2.0, name="b"), r"RandomBrightness 'b': factor must be a number, or two numbers, in \[-1, 1\]; got"),
    (lambda: L.RandomContrast((0.1, 0.2, 0.3)), "factor must be a number, or two"),
    (lambda: L.RandomHue("much"), "factor must be a number.*got factor='much'"),
    (lambda: L.RandomRotation(0.1, fill_mode="black"), "fill_mode must be one of 'reflect', .*; got fill_mode='black'"),
    (lambda: L.RandomZoom(0.1, interpolation="bicubic"), "interpolation must be one of 'bilinear', 'nearest'"),
    (lambda: L.RandomZoom((-1.0, 0.0)), r"in \(-1, 1\]"),
    (lambda: L.RandomFlip("diagonal"), "mode must be one of 'horizontal', 'vertical'"),
    (lambda: L.Resizing(0, 3), "height must be a positive integer; got height=0"),
    (lambda: L.Resizing(3, 3, crop_to_aspect_ratio=True, pad_to_aspect_ratio=True), "pad_to_aspect_ratio must be False where"),
    (lambda: L.RandomInvert(value_range=(1, 1)), "value_range must be two different numbers"),
    (lambda: L.RandomFlip(data_format="last"), "data_format must be one of"),
    (lambda: L.RandomFlip(bounding_box_format="xy"), "bounding_box_format must be one of"),
    (lambda: L.RandomGaussianBlur(kernel_size=4), "kernel_size must be a positive odd integer"),
    (lambda: L.MixUp(0), "alpha must be a positive number"),
    (lambda: L.RandomShear(-0.1), r"x_factor must be a number, or two numbers, in \[0, 1\]"),
    (lambda: L.RandomFlip()(np.zeros((3, 3))), "expected an image of rank 3, or a batch of rank 4; got shape"),
    (lambda: L.RandomFlip()({"images": IMAGES, "bounding_boxes": NO_BOXES}),
     "was not told their format"),
    (lambda: L.RandomFlip()({"images": IMAGES, "bounding_boxes": np.zeros((4, 1, 4))}), "a dict with 'boxes' and 'labels'"),
    (lambda: L.CutMix(bounding_box_format="xyxy")({"images": IMAGES, "bounding_boxes": NO_BOXES}),
     "does not change bounding boxes"),
    (lambda: L.RandomBrightness(0.1, factr=1), "does not take 'factr'. Did you mean"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "message"), ERRORS, ids=range(len(ERRORS)))
def test_errors(call, message):
    with pytest.raises((hb.InvalidArgumentError, hb.ShapeError), match=message):
        call()


def test_a_seed_repeats_all_of_a_chain():
    def run():
        chain = [L.RandomFlip(seed=1), L.RandomRotation(0.2, seed=2), L.RandomErasing(seed=3), L.AugMix(seed=4)]
        x = hb.ops.asarray(IMAGES)
        for _ in range(2):
            for layer in chain:
                x = layer(x)
        return x.numpy()

    assert np.array_equal(run(), run())


REPEATABLE = [
    *UNCHANGED, L.ContrastLimitedAdaptiveHistogramEqualization, lambda: L.RandomCrop(5, 4, seed=1),
    lambda: L.RandomColorJitter(hue_factor=0.3, seed=1),
]  # fmt: skip


@pytest.mark.parametrize("make", REPEATABLE, ids=range(len(REPEATABLE)))
def test_captured_draws_are_those_of_an_eager_call(make):
    """And those of a layer made from the configuration; and their shape is the one announced."""
    eager, captured, images = make(), make(), hb.ops.asarray(IMAGES)
    again = type(eager).from_config(eager.get_config())
    step = hb.jit(lambda x: captured(x, training=True))
    for _ in range(2):
        expected = eager(images)
        np.testing.assert_allclose(step(images).numpy(), expected.numpy(), rtol=1e-5, atol=2e-2)
        assert np.array_equal(again(images).numpy(), expected.numpy())
    assert again.get_config() == eager.get_config()
    assert eager.compute_output_shape((None, *IMAGES.shape[1:])) == (None, *expected.shape[1:])


FORMATS = ["xyxy", "yxyx", "xywh", "center_xywh", "center_yxhw", "rel_xyxy", "rel_yxyx", "rel_xywh", "rel_center_xywh"]


@given(source=st.sampled_from(FORMATS), target=st.sampled_from(FORMATS), seed=st.integers(0, 99))
def test_formats_of_boxes_lead_back(source, target, seed):
    boxes = hb.ops.asarray(np.random.default_rng(seed).uniform(0.1, 9, (3, 2, 4)), dtype="float32")
    there = convert(boxes, source, target, 7, 11)
    np.testing.assert_allclose(convert(there, target, source, 7, 11).numpy(), boxes.numpy(), rtol=1e-4, atol=1e-5)


def test_half_precision_does_not_overflow():
    bright = hb.ops.full((1, 64, 64, 3), 250.0)
    for layer in (
        L.RandomContrast(0.2, seed=1, dtype="mixed_float16"),
        L.RandomSharpness(0.4, seed=1, dtype="mixed_float16"),
    ):
        np.testing.assert_allclose(layer(bright).numpy()[:, 1:-1, 1:-1], 250.0, rtol=2e-3)
