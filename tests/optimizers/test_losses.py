"""Losses: formulas, slow references, degenerate input, weights and masks, and labels that cannot be meant."""

import itertools

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import losses, ops
from hornbeam.plugins import registry
from hornbeam.testing import check_gradients
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

RNG = np.random.default_rng(0)
numbers = arrays(np.float64, (3, 4), elements=st.floats(-50, 50))


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


@given(true=numbers, pred=numbers, size=st.floats(0.1, 5))
def test_robust_and_quantile_losses_are_their_formulas(true, pred, size):
    error = true - pred
    q = size / 5.1
    for loss, each in (
        (losses.Quantile(q), np.where(error >= 0, q * error, (q - 1) * error)),
        (losses.SmoothL1(size), np.where(abs(error) < size, error**2 / (2 * size), abs(error) - size / 2)),
        (losses.LogCosh(), np.log1p(np.exp(-2 * abs(error))) + abs(error) - np.log(2)),
    ):
        np.testing.assert_allclose(loss(true, pred), each.mean(), rtol=1e-9, atol=1e-9)


@given(logits=numbers, labels=arrays(np.int64, (3,), elements=st.integers(0, 3)))
def test_losses_from_logits_are_those_from_probabilities_where_those_are_exact(logits, labels):
    hot, p = np.eye(4)[labels], softmax(logits)
    exact = -np.log(np.maximum(p[np.arange(3), labels], 1e-300))
    focal = (1 - p[np.arange(3), labels]) ** 2 * 0.25 * exact
    np.testing.assert_allclose(
        losses.CategoricalFocalCrossentropy(from_logits=True, reduction=None)(hot, logits), focal, rtol=1e-6, atol=1e-12
    )
    z = logits[0]
    q = 1 / (1 + np.exp(-z))
    t = hot[0]
    bce = np.maximum(z, 0) - z * t + np.log1p(np.exp(-abs(z)))
    expected = ((t * (1 - q) + (1 - t) * q) ** 2 * bce).mean()
    np.testing.assert_allclose(
        losses.BinaryFocalCrossentropy(from_logits=True)(t[None], z[None]), expected, rtol=1e-6, atol=1e-12
    )


def slow_triplets(labels, x, margin, mining):
    far = np.linalg.norm(x[:, None] - x[None], axis=-1)
    found = []
    for i, label in enumerate(labels):
        same = [j for j in range(len(labels)) if labels[j] == label and j != i]
        other = [j for j in range(len(labels)) if labels[j] != label]
        if not same or not other:
            continue
        if mining == "hard":
            found.append(max(0.0, max(far[i, same]) - min(far[i, other]) + margin))
            continue
        of_sample = []
        for j in same:
            if mining == "all":
                of_sample += [max(0.0, far[i, j] - far[i, k] + margin) for k in other]
            else:
                outside = [far[i, k] for k in other if far[i, k] > far[i, j]]
                of_sample.append(max(0.0, far[i, j] - (min(outside) if outside else max(far[i, other])) + margin))
        found.append(np.mean(of_sample))
    return np.mean(found) if found else 0.0


@pytest.mark.parametrize("mining", ["all", "hard", "semi-hard"])
@given(labels=arrays(np.int64, (6,), elements=st.integers(0, 3)), seed=st.integers(0, 99))
def test_triplets_are_those_of_loops(mining, labels, seed):
    x = np.random.default_rng(seed).normal(size=(6, 2))
    found = losses.Triplet(0.7, mining)(labels, x)
    np.testing.assert_allclose(found, slow_triplets(labels, x, 0.7, mining), rtol=1e-9, atol=1e-12)


def turned_by(angle, margin):
    return np.where(angle < np.pi - margin, np.cos(angle + margin), np.cos(angle) - margin * np.sin(margin))


@given(labels=arrays(np.int64, (3,), elements=st.integers(0, 3)), seed=st.integers(0, 99), margin=st.floats(0, 0.8))
def test_margins_are_on_angles_and_cosines(labels, seed, margin):
    cosines = np.random.default_rng(seed).uniform(-0.95, 0.95, (3, 4))
    rows = np.arange(3)
    for loss, turned in (
        (losses.CosFace(margin, 8.0), lambda c: c - margin),
        (losses.ArcFace(margin, 8.0), lambda c: turned_by(np.arccos(c), margin)),
    ):  # fmt: skip
        logits = cosines.copy()
        logits[rows, labels] = turned(cosines[rows, labels])
        np.testing.assert_allclose(
            loss(labels, cosines), -np.log(softmax(8.0 * logits)[rows, labels]).mean(), rtol=1e-7, atol=1e-9
        )


def pixels(box, size=12):
    """The cells of a grid that a box of whole numbers covers."""
    grid = np.zeros((size, size), bool)
    left, top, right, bottom = box
    grid[top:bottom, left:right] = True
    return grid


boxes = st.tuples(*[st.integers(0, 8)] * 2, *[st.integers(1, 4)] * 2).map(
    lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])
)


@given(true=boxes, pred=boxes)
def test_boxes_overlap_by_counting_cells(true, pred):
    a, b = pixels(true), pixels(pred)
    iou = (a & b).sum() / (a | b).sum()
    around = pixels((min(true[0], pred[0]), min(true[1], pred[1]), max(true[2], pred[2]), max(true[3], pred[3])))
    found = {
        n: float(getattr(losses, n)()([true], np.array([pred], np.float64))) for n in ("IoU", "GIoU", "DIoU", "CIoU")
    }
    assert found["IoU"] == pytest.approx(1 - iou, abs=1e-6)
    assert found["GIoU"] == pytest.approx(1 - iou + (around & ~(a | b)).sum() / around.sum(), abs=1e-6)
    centres = [np.array([(t[0] + t[2]) / 2, (t[1] + t[3]) / 2]) for t in (true, pred)]
    diagonal = around.any(0).sum() ** 2 + around.any(1).sum() ** 2
    apart = ((centres[0] - centres[1]) ** 2).sum() / diagonal
    assert found["DIoU"] == pytest.approx(1 - iou + apart, abs=1e-6)
    angles = [np.arctan((t[2] - t[0]) / (t[3] - t[1])) for t in (true, pred)]
    v = 4 / np.pi**2 * (angles[0] - angles[1]) ** 2
    assert found["CIoU"] == pytest.approx(1 - iou + apart + v * v / max(1 - iou + v, 1e-7), abs=1e-6)
    x, y, r, c = pred
    for form, box in (("xywh", (x, y, r - x, c - y)), ("center_xywh", ((x + r) / 2, (y + c) / 2, r - x, c - y))):
        w, t, s, d = true
        same = (w, t, s - w, d - t) if form == "xywh" else ((w + s) / 2, (t + d) / 2, s - w, d - t)
        assert float(losses.giou([same], np.array([box], np.float64), form)[0]) == pytest.approx(
            found["GIoU"], abs=1e-9
        )


def test_boxes_that_do_not_meet_are_pulled_together():
    far = ops.asarray([[5.0, 5.0, 6.0, 6.0]], dtype="float64")
    for name, moves in (("IoU", False), ("GIoU", True), ("DIoU", True), ("CIoU", True)):
        gradient = hb.grad(lambda b, name=name: getattr(losses, name)()([[0.0, 0.0, 1.0, 1.0]], b))(far).numpy()
        assert (abs(gradient).max() > 1e-3) == moves, name


@pytest.mark.parametrize(
    "loss",
    [losses.Circle(gamma=2.0), losses.Triplet(2.0, "all"), losses.Triplet(2.0)],
    ids=["circle", "all", "semi-hard"],
)
def test_gradients_of_embeddings(loss):
    assert check_gradients(lambda x: loss([0, 1, 0, 1, 2], x), RNG.normal(size=(5, 3)), order=2)


def test_gradients_of_degenerate_input_are_finite():
    zeros = np.zeros((4, 3))
    for loss, true, pred in (
        (losses.CosineSimilarity(), zeros, zeros),
        (losses.Triplet(), [0, 0, 1, 1], zeros),
        (losses.Circle(), [0, 1, 2, 3], zeros),  # no two of a class
        (losses.Circle(), [0, 0, 0, 0], zeros),  # no others
        (losses.ArcFace(), [0, 1, 2, 0], np.ones((4, 3))),
        (losses.CategoricalGeneralizedCrossEntropy(), [0, 1, 2, 0], zeros),
        (losses.CIoU(), np.zeros((2, 4)), np.zeros((2, 4))),
        (losses.Dice(), zeros, zeros),
        (losses.KLDivergence(), zeros, zeros),
        (losses.MeanAbsolutePercentageError(), zeros, zeros + 1),
        (losses.BinaryFocalCrossentropy(from_logits=True), zeros, zeros + 1000.0),
        (losses.CategoricalFocalCrossentropy(from_logits=True), np.eye(3), np.eye(3) * -1000.0),
    ):
        run = hb.value_and_grad(lambda p, loss=loss, true=true: loss(np.asarray(true), p))
        value, gradient = run(ops.asarray(pred, dtype="float64"))
        assert np.isfinite(float(value)) and np.isfinite(gradient.numpy()).all(), loss.name


def test_reductions_of_nothing_are_nothing():
    for reduction in ("sum_over_batch_size", "sum", "mean_with_sample_weight"):
        assert float(losses.MeanSquaredError(reduction)(np.zeros((0, 3)), np.zeros((0, 3)))) == 0.0
    assert float(losses.MeanSquaredError("mean_with_sample_weight")([[1.0]], [[2.0]], [0.0])) == 0.0


@pytest.mark.parametrize(
    ("loss", "true", "pred", "message"),
    [
        (losses.SparseCategoricalCrossentropy(), [0, 3, 1], np.full((3, 3), 0.3), r"class indices from 0 to 2.*; sample 1 has 3 \(1 such"),
        (losses.SparseCategoricalCrossentropy(ignore_class=-1), [-1, -2], np.full((2, 2), 0.5), "sample 1 has -2"),
        (losses.ArcFace(), [0, 0.5], np.zeros((2, 3)), "sample 1 has 0.5"),
        (losses.BinaryCrossentropy(), [[0.0], [2.0]], [[0.5], [0.5]], "between 0 and 1 for binary_crossentropy; sample 1 has 2.0"),
        (losses.MeanSquaredError(), [[0.0], [np.nan]], [[0.5], [0.5]], "labels must be numbers; sample 1 has nan"),
        (losses.Hinge(), [[0.5]], [[0.5]], "-1 and 1, or 0 and 1, for hinge; sample 0 has 0.5"),
        (losses.Poisson(), [[1.0], [-1.0]], [[0.5], [0.5]], "at least 0 for poisson; sample 1 has -1.0"),
        (losses.BinaryCrossentropy(), [[0.0], [1.0]], [[0.5], [-3.0]], "probabilities.*; sample 1 has -3.0.*from_logits=True"),
        (losses.CategoricalCrossentropy(), np.eye(2), [[0.5, 0.5], [7.0, 2.0]], "sample 1 has 7.0"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_named_with_its_sample(loss, true, pred, message):
    with pytest.raises(hb.InvalidArgumentError, match=message):
        loss(true, np.asarray(pred))


def test_wrong_ranks_and_shapes():
    for loss, true, pred, message in (
        (losses.MeanSquaredError(), np.zeros(3), np.zeros((3, 2)), "y_true has shape .3,. and y_pred .3, 2."),
        (losses.GIoU(), np.zeros((2, 3)), np.zeros((2, 3)), "last axis of size 4; got shape .2, 3."),
        (losses.Triplet(), np.zeros((2, 2)), np.zeros((2, 3)), r"expected .batch, size. and .batch,."),
        (losses.MeanSquaredError(), np.zeros((2, 2)), np.zeros((2, 2)), "sample_weight of shape .3,. does not fit"),
    ):
        with pytest.raises(hb.ShapeError, match=message):
            loss(true, pred, np.ones(3)) if "weight" in message else loss(true, pred)


def test_logits_that_are_probabilities_already():
    with pytest.warns(UserWarning, match="expect logits .from_logits=True., but the predictions are what softmax made"):
        losses.SparseCategoricalCrossentropy(from_logits=True)([0], hb.activations.softmax(ops.zeros((1, 2))))


def test_names_classes_functions_and_saved_forms():
    for name in ("mse", "MSE", "mean_squared_error"):
        assert losses.get(name) is losses.mean_squared_error
    assert losses.get("KLD") is losses.kl_divergence
    assert losses.get("bce") is losses.binary_crossentropy
    assert losses.get(None) is None
    assert isinstance(losses.get("Huber"), losses.Huber) and isinstance(losses.get(losses.Huber), losses.Huber)
    own = losses.Huber(0.5, name="mine", reduction="sum")
    assert losses.get(own) is own
    again = losses.get(losses.serialize(own))
    assert again.get_config() == own.get_config() and again.delta == 0.5
    assert losses.deserialize(losses.serialize(losses.hinge)) is losses.hinge
    assert losses.deserialize({"class_name": "Own", "config": {}}, {"Own": losses.Dice}).name == "dice"
    with pytest.raises(hb.UnknownNameError, match="'mean_squred_error'. Did you mean 'mean_squared_error'"):
        losses.get("mean_squred_error")
    with pytest.raises(hb.InvalidArgumentError, match="a loss is a name such as 'mse'|expected the name"):
        losses.get(5)
    assert {"kl_divergence", "KLD", "logcosh", "giou", "triplet"} <= set(registry.names("losses"))


def test_attributes_of_a_loss_can_be_changed():
    loss = losses.Huber(1.0)
    first = float(loss([[0.0]], [[3.0]]))
    loss.delta = 2.0
    assert (first, float(loss([[0.0]], [[3.0]]))) == (2.5, 4.0)
    assert loss.get_config()["delta"] == 2.0


def test_ctc_sums_over_all_readings():
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(size=(2, 4, 3)), np.array([[1, 2], [2, 0]])
    expected = []
    for row, wanted in zip(softmax(logits), ([1, 2], [2]), strict=True):
        total = 0.0
        for path in itertools.product(range(3), repeat=4):
            read = [k for k, _ in itertools.groupby(path) if k]
            total += np.prod([row[t, k] for t, k in enumerate(path)]) * (read == wanted)
        expected.append(-np.log(total))
    np.testing.assert_allclose(losses.CTC(reduction=None)(labels, logits), expected, rtol=1e-6)
    with pytest.raises(hb.ShapeError, match="expected .batch, labels. and .batch, steps, classes."):
        losses.ctc(labels[0], logits)


def test_functions_get_labels_of_the_predictions_rank():
    gap = losses.LossFunctionWrapper(lambda t, p: ops.mean(ops.square(t - p), axis=-1))
    assert float(gap([1.0, 2.0], np.array([[1.0], [4.0]]))) == 2.0
    again = losses.deserialize(losses.serialize(losses.LossFunctionWrapper(losses.quantile, q=0.25)))
    assert again.fn is losses.quantile and again.q == 0.25
    assert losses.LossFunctionWrapper.from_config(gap.get_config()).fn is gap.fn
