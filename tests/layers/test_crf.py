"""CRF against every labelling there is."""

import itertools

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.testing import check_gradients
from hypothesis import given
from hypothesis import strategies as st

LABELS = 3


def built(seed, **how):
    rng = np.random.default_rng(seed)
    layer = hb.layers.CRF(LABELS, **how)
    layer.build((None, None, LABELS))
    layer.set_weights([rng.normal(size=w.shape) for w in layer.weights])
    return layer, rng


def scores(layer, x, mask):
    """The score of every labelling of the steps that count, of one sequence."""
    weights = {w.name: w.numpy() for w in layer.weights}
    x = x[mask] @ weights["kernel"] + weights["bias"]
    found = {}
    for labels in itertools.product(range(LABELS), repeat=len(x)):
        found[labels] = x[range(len(x)), labels].sum() + sum(
            weights["chain_kernel"][a, b] for a, b in itertools.pairwise(labels)
        )
        if labels:
            found[labels] += weights["left_boundary"][labels[0]] + weights["right_boundary"][labels[-1]]
    return found


@given(
    seed=st.integers(0, 2**32 - 1),
    masks=st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=2, max_size=2),
)
def test_loss_and_labelling_are_those_of_all_labellings(seed, masks):
    layer, rng = built(seed)
    mask, x = np.array(masks), rng.normal(size=(len(masks), 4, LABELS)).astype("float32")
    truth = np.where(mask, rng.integers(0, LABELS, mask.shape), -1)
    potentials = layer(x, mask=mask)
    losses = hb.jit(lambda p: layer.loss(truth, p))(potentials).numpy()
    labels, best = hb.jit(lambda p: layer.decode(p, mask))(potentials)
    for i, m in enumerate(mask):
        found = scores(layer, x[i], m)
        total = np.log(sum(np.exp(s) for s in found.values()))
        assert losses[i] == pytest.approx(total - found[tuple(truth[i][m])], rel=1e-4, abs=1e-4)
        assert found[tuple(labels.numpy()[i][m])] == pytest.approx(max(found.values()), rel=1e-4, abs=1e-5)
        assert best.numpy()[i] == pytest.approx(max(found.values()), rel=1e-4, abs=1e-5)
        assert (labels.numpy()[i][~m] == -1).all()


def test_the_mask_of_the_inputs_reaches_the_loss():
    words, truth = np.array([[1, 2, 0, 0], [3, 4, 1, 0]]), np.array([[0, 1, 2, 2], [2, 1, 0, 2]])
    embedding, (layer, _) = hb.layers.Embedding(5, LABELS, mask_zero=True), built(0)
    masked = layer.loss(truth, layer(embedding(words)))
    plain = layer.loss(truth[:1, :2], layer(embedding(words[:1, :2]).numpy()))
    np.testing.assert_allclose(masked.numpy()[0], plain.numpy()[0], rtol=1e-5)
    assert layer.decode(layer(embedding(words)))[0].numpy()[:, 3].tolist() == [-1, -1]


def test_gradients_are_differences_of_the_loss():
    layer, rng = built(1, dtype="float64")
    x, truth = rng.normal(size=(2, 4, LABELS)), np.array([[0, 1, 1, -1], [2, 0, 1, 2]])

    def loss(chain):
        layer.chain_kernel.assign(chain)
        return hb.ops.sum(layer.loss(truth, layer(x)))

    check_gradients(lambda x: layer.loss(truth, layer(x)), x, order=1)
    chain, direction = layer.chain_kernel.numpy().copy(), rng.normal(size=(LABELS, LABELS))
    (found,) = hb.grad(lambda: hb.ops.sum(layer.loss(truth, layer(x))), variables=[layer.chain_kernel])()
    slope = (float(loss(chain + 1e-5 * direction)) - float(loss(chain - 1e-5 * direction))) / 2e-5
    assert float(np.sum(found.numpy() * direction)) == pytest.approx(slope, rel=1e-6)


def test_it_learns_that_labels_alternate():
    x = np.random.default_rng(0).normal(size=(64, 6, 2)).astype("float32")
    truth = (x[:, :1, 0] > 0).astype(int) + np.arange(6) & 1  # by the first step alone; then in turn
    crf = hb.layers.CRF(2)
    model = hb.Sequential([hb.Input((6, 2)), crf])
    model.compile(hb.optimizers.Adam(0.1), crf.loss)
    model.fit(x, truth, epochs=30, batch_size=64, verbose=0)
    labels = crf.decode(model.predict(x, verbose=0))[0].numpy()
    assert (labels[:, 1:] != labels[:, :-1]).mean() > 0.99


def test_arguments_that_cannot_be_meant():
    with pytest.raises(hb.InvalidArgumentError, match="units must be a positive integer; got units=0"):
        hb.layers.CRF(0)
    with pytest.raises(hb.ShapeError, match=r"expected inputs \(batch, time, 3\); got shape \(2, 4, 5\)"):
        hb.layers.CRF(3, use_kernel=False)(np.zeros((2, 4, 5), "float32"))
    layer, _ = built(0)
    with pytest.raises(hb.ShapeError, match=r"expected labels \(batch, time\) .* got \(2, 3\) and \(2, 4, 3\)"):
        layer.loss(np.zeros((2, 3), int), np.zeros((2, 4, 3), "float32"))
    with pytest.raises(hb.ShapeError, match=r"expected potentials \(batch, time, 3\)"):
        layer.decode(np.zeros((2, 4, 2), "float32"))
