"""What fit takes as data, each against the same data as arrays."""

import json
import threading

import hornbeam as hb
import numpy as np
import pytest
from hornbeam_datasets import Dataset
from hornbeam_layers import Dense, Input
from hornbeam_models import Model, Sequential
from hornbeam_models.data import Batches, ClassWeights, Given, PyDataset, pack_x_y_sample_weight

RNG = np.random.default_rng(1)
X, Y = RNG.normal(size=(20, 3)).astype("float32"), RNG.normal(size=(20, 1)).astype("float32")


def losses(*data, **how):
    model = Sequential([Input((3,)), Dense(1, kernel_initializer="ones")])
    model.compile("sgd", "mse")
    return model.fit(*data, **{"epochs": 2, "shuffle": False, "verbose": 0, **how}).history["loss"]


EXPECTED = losses(X, Y, batch_size=5)


class Slices(PyDataset):
    """The batches of X and Y; notes which threads made them."""

    def __init__(self, **how):
        super().__init__(**how)
        self.threads, self.epochs = set(), 0

    def __len__(self):
        return 4

    def __getitem__(self, index):
        self.threads.add(threading.get_ident())
        return X[5 * index : 5 * index + 5], Y[5 * index : 5 * index + 5]

    def on_epoch_end(self):
        self.epochs += 1


class Pipeline:
    """An iterable of batches that knows how many there are."""

    def __len__(self):
        return 4

    def __iter__(self):
        return iter([(X[i : i + 5], Y[i : i + 5]) for i in range(0, 20, 5)])


class Frame:
    """What a data frame has that matters here."""

    def __init__(self, values):
        self.values, self.shape = values, values.shape

    def to_numpy(self):
        return self.values.astype("float64")


@pytest.mark.parametrize(
    "data",
    [
        lambda: (Slices(),),
        lambda: (Slices(workers=3, max_queue_size=2),),
        lambda: (Pipeline(),),
        lambda: (list(Pipeline()) and Pipeline(),),
        lambda: (Frame(X), Frame(Y)),
        lambda: ({"only": X}["only"].tolist(), Y.tolist()),
        lambda: (hb.ops.asarray(X), hb.ops.asarray(Y)),
    ],
    ids=["dataset", "workers", "pipeline", "again", "frame", "lists", "tensors"],
)
def test_the_same_losses_as_from_arrays(data):
    np.testing.assert_allclose(losses(*data(), batch_size=5), EXPECTED, rtol=1e-6)


def test_a_dataset_is_told_of_epochs_and_workers_are_threads():
    meeting = threading.Barrier(2)

    class Meets(Slices):
        def __getitem__(self, index):
            if threading.current_thread() is not threading.main_thread():  # which looks at the first batch
                meeting.wait(60)  # for the other worker
            return super().__getitem__(index)

    source = Meets(workers=2)
    losses(source)
    assert source.epochs == 2
    assert len(source.threads - {threading.main_thread().ident}) >= 2


def test_shuffling_a_dataset_changes_the_order_of_its_batches_only():
    batches = Batches(Given.of(Slices()), 32, shuffle=True)
    seen = [float(x[0, 0]) for x, _, _ in batches.epoch()]
    assert sorted(seen) == sorted(X[::5, 0].tolist())
    state = batches.state()
    assert state["stream"] is None
    first = [x[0, 0] for x, _, _ in batches.epoch()]
    batches.set_state(state)
    assert [x[0, 0] for x, _, _ in batches.epoch(None, 1)] == first[1:]
    assert sum(1 for _ in batches.epoch(7)) == 7  # more steps than batches: it goes round


def test_large_batches_are_put_together_ahead_and_are_the_same():
    x = RNG.normal(size=(64, 100, 200)).astype("float32")
    batches = Batches(Given.of(x, np.arange(64)), 16, shuffle=True)
    state = batches.state()
    found = list(batches.epoch())
    batches.set_state(state)
    order = batches.generator.permutation(64)
    for i, (part, y, _) in enumerate(found):
        np.testing.assert_array_equal(y, order[16 * i : 16 * i + 16])
        np.testing.assert_array_equal(part, x[y])


@pytest.mark.parametrize(
    ("labels", "given", "expected"),
    [
        ([0, 1, 2], {0: 1.0, 1: 3.0}, [1, 3, 1]),
        ([[0], [1], [1]], {1: 0.5}, [1, 0.5, 0.5]),
        ([[1, 0, 0], [0, 0, 1]], {0: 2.0, 2: 4.0}, [2, 4]),
        ([0.0, 1.0], {0: 5.0}, [5, 1]),
    ],
)
def test_class_weights_are_sample_weights(labels, given, expected):
    _, _, weight = ClassWeights(given, ["out"]).applied((None, np.array(labels), None))
    np.testing.assert_array_equal(weight, expected)
    _, _, weight = ClassWeights(given, ["out"]).applied((None, np.array(labels), np.arange(len(expected))))
    np.testing.assert_array_equal(weight, np.multiply(expected, np.arange(len(expected))))


def test_class_weights_of_several_outputs_go_to_theirs():
    kinds, sizes = np.array([0, 1, 1, 2] * 5), Y
    x = Input((3,))
    model = Model(x, {"kind": Dense(3, activation="softmax")(x), "size": Dense(1)(x)})
    model.compile("sgd", {"kind": "sparse_categorical_crossentropy", "size": "mse"})
    y = {"kind": kinds, "size": sizes}
    plain = model.evaluate(X, y, return_dict=True, batch_size=20)
    pred = model.predict(X)["kind"]
    weights = np.choose(kinds, [1.0, 3.0, 0.5])
    expected = (-np.log(pred[np.arange(20), kinds]) * weights).mean()
    for given in ({"kind": {1: 3.0, 2: 0.5}}, [{1: 3.0, 2: 0.5}, None]):
        history = model.fit(X, y, class_weight=given, batch_size=20, verbose=0).history
        assert history["kind_loss"][0] == pytest.approx(expected, rel=1e-5)
        assert history["size_loss"][0] == pytest.approx(plain["size_loss"], rel=1e-5)
        model.set_weights([w * 1.0 for w in model.get_weights()])
        plain = model.evaluate(X, y, return_dict=True, batch_size=20)
        pred = model.predict(X)["kind"]
        expected = (-np.log(pred[np.arange(20), kinds]) * weights).mean()
    with pytest.raises(hb.InvalidArgumentError, match="give class_weight as a dict by output"):
        model.fit(X, y, class_weight={0: 1.0}, verbose=0)
    with pytest.raises(hb.InvalidArgumentError, match="names the outputs .'color'."):
        model.fit(X, y, class_weight={"color": {0: 1.0}}, verbose=0)


def test_class_weights_of_batches_that_come_one_by_one():
    expected = losses(X, (Y > 0).astype(int), batch_size=5, class_weight={1: 2.0})
    stream = [(X[i : i + 5], (Y[i : i + 5] > 0).astype(int)) for i in range(0, 20, 5)]

    class Again:
        def __iter__(self):
            return iter(stream)

    np.testing.assert_allclose(losses(Again(), class_weight={1: 2.0}), expected, rtol=1e-6)


def test_packing():
    assert pack_x_y_sample_weight(1) == 1
    assert pack_x_y_sample_weight([1]) == ([1],)
    assert pack_x_y_sample_weight(1, 2) == (1, 2)
    assert pack_x_y_sample_weight(1, None, 3) == (1, None, 3)


def test_validation_data_in_a_list():
    model = Sequential([Input((3,)), Dense(1)])
    model.compile("sgd", "mse")
    history = model.fit(X, Y, batch_size=20, verbose=0, validation_data=[X, Y]).history
    assert history["val_loss"][0] == pytest.approx(model.evaluate(X, Y), rel=1e-5)


def test_validation_after_given_epochs():
    model = Sequential([Input((3,)), Dense(1)])
    model.compile("sgd", "mse")
    history = model.fit(X, Y, epochs=4, verbose=0, validation_data=(X, Y), validation_freq=[1, 4]).history
    assert len(history["val_loss"]) == 2


class Counted:
    """Batches that are others in each epoch, as those of a shuffled pipeline."""

    epoch = 0

    def __init__(self, length=3):
        self.length = length

    def __iter__(self):
        self.epoch += 1
        first = 100 * (self.epoch - 1)
        return iter([np.full((2, 1), first + i, np.float32) for i in range(self.length)])


def numbers(batches, *how):
    return [int(x[0, 0]) for x, _, _ in batches.epoch(*how)]


@pytest.mark.parametrize("steps", [None, 2, 4])
def test_a_stream_goes_on_where_it_was(steps):
    whole = Batches(Given.of(Counted()), 32, shuffle=False)
    whole.peek()
    seen, states = [], []
    for _ in range(4):
        states.append(whole.state())
        seen.append(numbers(whole, steps))
    assert seen[0][:2] == [0, 1]
    assert len(set(sum(seen, []))) == sum(map(len, seen))  # nothing comes twice
    for epoch in range(4):
        again = Batches(Given.of(Counted()), 32, shuffle=False)
        again.peek()
        again.set_state(states[epoch])
        assert numbers(again, steps) == seen[epoch]
        again.set_state(states[epoch])
        assert numbers(again, steps, 1) == seen[epoch][1:]


def test_a_generator_goes_on_where_it_was():
    def make():
        return (np.full((2, 1), i, np.float32) for i in range(100))

    whole = Batches(Given.of(make()), 32, shuffle=False)
    whole.peek()
    assert numbers(whole, 3) == [0, 1, 2]
    state = whole.state()
    assert numbers(whole, 3) == [3, 4, 5]
    again = Batches(Given.of(make()), 32, shuffle=False)
    again.peek()
    again.set_state(state)
    assert numbers(again, 3) == [3, 4, 5]


@pytest.mark.parametrize("labels", [np.arange(5, dtype="int32"), [0, 1, 2, 3, 4]])
def test_single_samples_are_told_from_batches(labels):
    model = hb.Sequential([hb.layers.Dense(5, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    samples = hb.datasets.Dataset.from_iterable(list(zip(np.ones((5, 3)), labels, strict=True)))
    with pytest.raises(hb.InvalidArgumentError, match=r"gives single samples, not batches.*\.batch\(32\)"):
        model.fit(samples, verbose=0)
    model.fit(samples.batch(2), verbose=0)


def test_an_empty_iterable_is_not_asked_for_ever():
    batches = Batches(Given.of(Counted(length=0)), 32, shuffle=False)
    assert numbers(batches, 5) == []
    with pytest.raises(hb.InvalidArgumentError, match="gives no batch"):
        batches.peek()


@pytest.mark.parametrize("steps", [None, 3, 7])
def test_a_pipeline_goes_on_within_an_epoch_and_computes_nothing_twice(steps):
    """From every place, against the numbers of a run that was not interrupted; five batches a pass."""
    computed = []

    def count(x):
        computed.append(float(x[0]))
        return x

    def make():
        rows = np.arange(20, dtype=np.float32)[:, None]
        return Batches(Given.of(Dataset.of(rows).shuffle(seed=3).map(count).batch(4).prefetch(1)), 32, shuffle=False)

    whole, seen, states = make(), [], []
    whole.peek()
    for _ in range(3):
        states.append((len(seen), 0, whole.state()))
        for step, (x, _, _) in enumerate(whole.epoch(steps), 1):
            seen.append(x.ravel().tolist())
            states.append((len(seen), step, whole.state(step)))
    for before, step, state in states:
        again = make()
        again.peek()
        again.set_state(json.loads(json.dumps(state)))
        computed.clear()
        rest = [x.ravel().tolist() for x, _, _ in again.epoch(steps, step)]
        assert len(rest) == (steps or 5) - step
        assert rest == seen[before : before + len(rest)]
        assert len(computed) <= 4 * (len(rest) + 4)  # what is left, and what a prefetch is ahead
