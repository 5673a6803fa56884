"""The numbers behind the drawings, against scikit-learn and finite differences; and that each drawing shows them."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import plots
from hornbeam_layers import Conv2D, Dense, Flatten, Input, MaxPooling2D
from hornbeam_models import Model, Sequential
from hornbeam_models.plots.classes import area, confusion, roc_points
from sklearn import metrics as sk

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def network():
    hb.set_random_seed(0)
    layers = [Conv2D(3, 3, activation="tanh", name="conv"), MaxPooling2D(name="pool"), Flatten(), Dense(4, name="out")]
    return Sequential([Input((8, 8, 2)), *layers])


X = RNG.normal(size=(2, 8, 8, 2)).astype("float32")


def test_saliency_is_the_gradient(network):
    found = plots.saliency_map(network, X, 1)
    assert found.shape == (2, 8, 8)
    step = 1e-2
    for place in [(0, 3, 4), (1, 0, 7)]:
        slopes = []
        for channel in range(2):
            up, down = X.copy(), X.copy()
            up[(*place, channel)] += step
            down[(*place, channel)] -= step
            slopes.append((network.predict(up)[place[0], 1] - network.predict(down)[place[0], 1]) / (2 * step))
        assert found[place] == pytest.approx(np.abs(slopes).max(), rel=0.02, abs=1e-4)


def test_grad_cam_by_its_formula(network):
    head = Model(network.layers[1].input, network.layers[-1].output)
    maps = network.layers[0](X).numpy()
    grads = hb.grad(lambda a: hb.ops.sum(head(a)[:, 2]))(hb.ops.asarray(maps)).numpy()
    expected = np.maximum((maps * grads.mean((1, 2), keepdims=True)).sum(-1), 0)
    np.testing.assert_allclose(plots.grad_cam_map(network, X, "conv", 2), expected, rtol=1e-4, atol=1e-6)
    assert plots.grad_cam_map(network, X).shape == (2, 3, 3)  # the last maps are those of the pooling
    with pytest.raises(hb.InvalidArgumentError, match="those that do: .'conv', 'pool'."):
        plots.grad_cam_map(network, X, "out")
    with pytest.raises(hb.InvalidArgumentError, match="4 outputs; there is no output 9"):
        plots.saliency_map(network, X, 9)


def test_confusion_is_scikit_learns():
    true, pred = RNG.integers(0, 4, 60), RNG.integers(0, 4, 60)
    expected = sk.confusion_matrix(true, pred)
    np.testing.assert_array_equal(confusion(true, pred), expected)
    np.testing.assert_array_equal(confusion(np.eye(4)[true], np.eye(4)[pred] + 0.1), expected)
    with pytest.raises(hb.ShapeError, match="60 labels and 59 predictions"):
        confusion(true, pred[:-1])


@pytest.mark.parametrize("decimals", [8, 1])
def test_roc_is_scikit_learns(decimals):
    true = RNG.integers(0, 2, 80)
    score = np.round(RNG.normal(size=80) + true, decimals)
    found, expected = roc_points(true, score), sk.roc_curve(true, score, drop_intermediate=False)
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b)
    assert area(found[0], found[1]) == pytest.approx(sk.roc_auc_score(true, score))
    with pytest.raises(hb.InvalidArgumentError, match="labels 0 and 1, both"):
        roc_points(np.ones(3), np.arange(3))


def texts(figure):
    return " ".join(t.get_text() for t in figure.findobj(lambda a: hasattr(a, "get_text")))


def test_learning_curves_hold_the_figures():
    figure = plots.learning_curves({"loss": [3.0, 2.0], "val_loss": [4.0, 2.5], "accuracy": [0.1, 0.2]})
    lines = [line.get_ydata().tolist() for ax in figure.axes for line in ax.lines]
    assert lines == [[3.0, 2.0], [4.0, 2.5], [0.1, 0.2]]
    with pytest.raises(hb.InvalidArgumentError, match="the history is empty"):
        plots.learning_curves({})


def test_histograms_count_every_number(network):
    figure = plots.weight_histograms(network, layers=["conv"])
    counts = [sum(patch.get_height() for patch in ax.patches) for ax in figure.axes if ax.patches]
    assert counts == [3 * 3 * 2 * 3, 3]
    figure = plots.activation_histograms(network, X, ["pool", "out"])
    assert [sum(p.get_height() for p in ax.patches) for ax in figure.axes if ax.patches] == [2 * 27, 8]


def test_pictures_of_maps(network):
    figure = plots.feature_maps(network, X, "conv", sample=1)
    shown = [image.get_array() for ax in figure.axes for image in ax.images]
    np.testing.assert_allclose(np.stack(shown, -1), network.layers[0](X).numpy()[1])
    with pytest.raises(hb.InvalidArgumentError, match="not .batch, height, width, channels."):
        plots.feature_maps(network, X, "out")
    assert len([i for ax in plots.saliency(network, X).axes for i in ax.images]) == 4
    assert len([i for ax in plots.grad_cam(network, X).axes for i in ax.images]) == 6


def test_tables_and_curves_of_classifiers(tmp_path):
    figure = plots.confusion_matrix([0, 1, 1, 2], [0, 1, 2, 2], labels=["ant", "bee", "cat"])
    assert "3 of 4 right (75.0%)" in texts(figure)
    assert all(word in texts(figure) for word in ("ant", "bee", "cat"))
    score = np.array([[0.9, 0.1, 0], [0.2, 0.7, 0.1], [0.1, 0.2, 0.7], [0, 0.4, 0.6]])
    figure = plots.roc_curve([0, 1, 1, 2], score)
    expected = [sk.roc_auc_score(np.array([0, 1, 1, 2]) == k, score[:, k]) for k in range(3)]
    assert all(f"area {a:.3f}" in texts(figure) for a in expected)
    figure.savefig(tmp_path / "roc.png", dpi=30)
    assert (tmp_path / "roc.png").stat().st_size > 1000


def test_utilities():
    before = np.random.get_state()[1].copy()
    hb.utils.enable_determinism()
    np.testing.assert_array_equal(np.random.get_state()[1], before)
    hb.utils.set_random_seed(3)
    first = hb.random.uniform((3,)).numpy()
    hb.utils.set_random_seed(3)
    np.testing.assert_array_equal(hb.random.uniform((3,)).numpy(), first)
    assert hb.utils.Sequence is hb.utils.PyDataset
    assert hb.utils.to_categorical([1], 2).tolist() == [[0.0, 1.0]]
    assert all(hasattr(hb.utils, name) for name in hb.utils.__all__)
    with pytest.raises(AttributeError, match="no attribute 'to_categoric'"):
        _ = hb.utils.to_categoric
