"""Any pipeline: what it gives is what plain Python gives, resumed anywhere, on any number of workers, epoch after epoch."""

import itertools
import math
import os

import numpy as np
import pytest
from hornbeam.errors import InvalidArgumentError
from hornbeam_datasets.pipeline.dataset import SKIPPED, Dataset, stack
from hypothesis import given
from hypothesis import strategies as st


def double(x):
    return 2 * x


def noisy(x, rng):
    return x + rng.random()


def even(x):
    return int(x) % 2 == 0


def counting(count):
    return Dataset.from_iterable(lambda: iter(np.arange(count)))


SOURCES = {"numbers": lambda n: Dataset.of(np.arange(n)), "stream": counting}
STEPS = {
    "map": lambda d: d.map(double),
    "map ahead": lambda d: d.map(double, workers=2),
    "random map": lambda d: d.map(noisy, seed=3),
    "filter": lambda d: d.filter(even),
    "shuffle": lambda d: d.shuffle(buffer_size=3, seed=5),
    "blocks": lambda d: d.shuffle(block_size=2, buffer_size=5, seed=5) if d.by_number and d.slots is not None else d,
    "take": lambda d: d.take(7),
    "skip": lambda d: d.skip(2),
    "shard": lambda d: d.shard(2, 1),
    "repeat": lambda d: d.repeat(2),
    "concatenate": lambda d: d.concatenate(counting(3)),
    "concatenate numbers": lambda d: d.concatenate(Dataset.of(np.arange(4.0))),
    "interleave": lambda d: d.interleave(Dataset.of(np.arange(4)), block_length=2),
    "mix": lambda d: d.mix(Dataset.of(np.arange(5)), weights=[2, 1], seed=1),
    "cache": lambda d: d.cache(),
    "prefetch": lambda d: d.prefetch(2),
    "prefetch by workers": lambda d: d.prefetch(2, workers=2),
}
ENDS = {
    "samples": lambda d: d,
    "batches": lambda d: d.batch(3),
    "full batches": lambda d: d.batch(4, drop_remainder=True),
    "buckets": lambda d: d.map(lambda x: np.arange(int(x) % 5)).bucket_by_length(len, [2], [3, 2]),
    "padded": lambda d: d.map(lambda x: np.arange(int(x) % 5)).padded_batch(3),
    "unbatched": lambda d: d.batch(3).unbatch(),
    "pairs": lambda d: d.zip(Dataset.of(np.arange(6))),
}


def listed(samples):
    return [
        np.asarray(leaf).tolist() for sample in samples for leaf in (sample if isinstance(sample, tuple) else (sample,))
    ]


@given(
    source=st.sampled_from(sorted(SOURCES)),
    steps=st.lists(st.sampled_from(sorted(STEPS)), max_size=4),
    end=st.sampled_from(sorted(ENDS)),
    count=st.integers(0, 11),
    cut=st.integers(0, 20),
)
def test_resumed_anywhere_and_made_anew_it_goes_on_with_the_same(source, steps, end, count, cut):
    def make():
        dataset = SOURCES[source](count)
        for step in steps:
            dataset = STEPS[step](dataset)
        return ENDS[end](dataset)

    dataset = make()
    epochs = [listed(dataset), listed(dataset)]
    again = make()
    assert [listed(again), listed(again)] == epochs
    running = make().iterate({"epoch": 1, "slot": 0})
    begun = listed(itertools.islice(running, cut))
    state = running.state()
    running.close()
    assert begun + listed(make().iterate(state)) == epochs[1]
    try:
        length = len(dataset)
    except TypeError:
        return
    assert length == len(list(make()))


@given(count=st.integers(1, 30), size=st.integers(1, 7), drop=st.booleans())
def test_batches_by_number_are_those_of_a_stream(count, size, drop):
    one = Dataset.of({"x": np.arange(2 * count).reshape(count, 2), "y": np.arange(count)}).batch(size, drop)
    other = Dataset.from_iterable(
        lambda: iter(Dataset.of({"x": np.arange(2 * count).reshape(count, 2), "y": np.arange(count)}))
    )
    pairs = zip(one, other.batch(size, drop), strict=True)
    assert all(np.array_equal(a["x"], b["x"]) and np.array_equal(a["y"], b["y"]) for a, b in pairs)
    assert len(one) == (count // size if drop else -(-count // size))


@given(count=st.integers(0, 40), seed=st.integers(0, 5))
def test_a_full_shuffle_is_a_permutation_and_differs_from_epoch_to_epoch(count, seed):
    dataset = Dataset.of(np.arange(count)).shuffle(seed=seed)
    first, second = list(dataset), list(dataset)
    assert sorted(first) == sorted(second) == list(range(count))
    assert count < 8 or first != second
    still = Dataset.of(np.arange(count)).shuffle(seed=seed, reshuffle_each_iteration=False)
    assert list(still) == list(still)


@given(count=st.integers(0, 60), block=st.integers(2, 9), seed=st.integers(0, 3))
def test_blocks_are_shuffled_whole_and_mixed_with_few_others(count, block, seed):
    dataset = Dataset.of(np.arange(count)).shuffle(block_size=block, buffer_size=3 * block, seed=seed)
    first, second = np.array(list(dataset), int), np.array(list(dataset), int)
    assert sorted(first) == sorted(second) == list(range(count))
    assert count < 20 or (first != second).any()
    for start in range(0, count, 3 * block):
        found, sizes = np.unique(first[start : start + 3 * block] // block, return_counts=True)
        short = len(found) * block - sizes.sum()  # the last block, which is shorter, shifts the others once
        assert len(found) <= 4 and (short == 0 or short < 2 * block)


@given(count=st.integers(0, 40), size=st.integers(1, 50))
def test_a_buffer_mixes_no_further_than_it_reaches(count, size):
    found = list(counting(count).shuffle(buffer_size=size, seed=1))
    assert sorted(found) == list(range(count))
    assert all(place > int(value) - size for place, value in enumerate(found))  # none comes before the buffer held it


@given(classes=st.lists(st.integers(0, 3), min_size=8, max_size=60), share=st.floats(0.2, 0.8))
def test_a_stratified_split_keeps_the_shares(classes, share):
    parts = Dataset.of(np.arange(len(classes))).split(share, stratify=np.array(classes), seed=2)
    assert sorted(int(i) for part in parts for i in part) == list(range(len(classes)))
    for name in set(classes):
        inside = sum(classes[int(i)] == name for i in parts[0])
        assert abs(inside - share * classes.count(name)) < 2


@given(groups=st.lists(st.integers(0, 9), min_size=12, max_size=60))
def test_groups_stay_together(groups):
    if len(set(groups)) < 2:
        return
    parts = Dataset.of(np.arange(len(groups))).split(0.7, groups=np.array(groups))
    seen = [{groups[int(i)] for i in part} for part in parts]
    assert not seen[0] & seen[1] and seen[0] | seen[1] == set(groups)


def test_a_split_by_time_leaves_the_latest_for_the_end():
    times = np.array([5, 1, 4, 2, 3])
    early, late = Dataset.of(times).split(3, time=times)
    assert max(early) < min(late) and len(early) == 3


def test_draws_follow_the_weights():
    dataset = Dataset.of(np.arange(4)).sample(4000, weights=[0, 1, 2, 5], seed=4)
    counts = np.bincount([int(i) for i in dataset], minlength=4)
    expected = 4000 * np.array([0, 1, 2, 5]) / 8
    assert (
        counts[0] == 0 and np.sum((counts[1:] - expected[1:]) ** 2 / expected[1:]) < 13.8
    )  # chi-squared, 2 degrees: 0.1 percent


def test_a_mixture_follows_the_weights():
    long = [Dataset.of(np.full(6000, k)) for k in range(3)]
    found = np.array(list(long[0].mix(*long[1:], weights=[1, 2, 3], seed=0).take(3000)))
    assert np.abs(np.bincount(found) / 3000 - np.array([1, 2, 3]) / 6).max() < 0.03


def test_processes_give_what_threads_give():
    def make():
        return Dataset.of(np.arange(30)).shuffle(seed=1).map(np.square).batch(4)

    alone = listed(make())
    workers = make().prefetch(2, workers=2, processes=True)
    assert listed(workers) == alone
    assert len(listed(workers)) == len(alone)
    workers.close()


def test_a_function_that_cannot_be_sent_is_named():
    with pytest.raises(InvalidArgumentError, match=r"cannot be sent to worker processes.*top of a module"):
        list(Dataset.of(np.arange(3)).map(lambda x: x).prefetch(workers=1, processes=True))


def test_a_worker_that_dies_is_an_error_and_not_a_wait():
    from hornbeam_datasets.pipeline.workers import WorkerError

    with pytest.raises(WorkerError, match="ended without an answer"):
        list(Dataset.of(np.arange(8)).map(os._exit).prefetch(workers=2, processes=True))


@pytest.mark.parametrize(
    "wrap", [lambda d: d, lambda d: d.prefetch(2), lambda d: d.prefetch(2, workers=2), lambda d: d.batch(2)]
)
def test_an_error_of_a_function_comes_through(wrap):
    dataset = wrap(Dataset.of(np.arange(5)).map(lambda x: 1 // (3 - int(x))))
    with pytest.raises(ZeroDivisionError):
        list(dataset)


@pytest.mark.parametrize("how", [{}, {"workers": 2}, {"workers": 2, "processes": True}])
def test_samples_that_fail_are_left_out_on_request_and_listed(how):
    dataset = Dataset.of(np.array([4, 9, 16, -1, 25, 36])).map(math.sqrt, errors="skip")  # which other processes know
    assert [b.tolist() for b in dataset.prefetch(2, **how).batch(2)] == [[2, 3], [4, 5], [6]]
    assert dataset.skips.count == 1 and "sample 3: ValueError" in str(dataset.skips)


def test_skips_of_many_threads_are_all_counted():
    dataset = Dataset.of(np.full(3000, -1)).map(math.sqrt, errors="skip")
    assert list(dataset.prefetch(8, workers=8)) == []
    assert dataset.skips.count == 3000 and len(dataset.skips.listed) == 1000


def test_batches_that_a_script_stops_using_end_their_threads():
    import threading

    before = set(threading.enumerate())
    iteration = iter(Dataset.of(np.arange(1000)).prefetch(2))
    next(iteration)
    (thread,) = set(threading.enumerate()) - before
    assert thread.name == "hornbeam-prefetch"
    iteration.close()
    assert not thread.is_alive()


def test_a_pipeline_may_be_thrown_away_in_its_own_thread():
    import threading

    found, ready, done = [], threading.Event(), threading.Event()

    class Last(Dataset):
        slots = 3

        def at(self, slot, epoch):
            if slot == 1:
                ready.wait()
                iterations.clear()  # of what this thread runs for
                found.append(threading.current_thread().name)
                done.set()
            return slot

    iterations = [iter(Last().prefetch(1))]
    next(iterations[0])
    ready.set()
    assert done.wait(60)
    assert found == ["hornbeam-prefetch"]


def test_a_compiled_function():
    dataset = Dataset.of(np.arange(6.0, dtype="float32")).batch(3).map(lambda x: x * x, compiled=True)
    assert [b.tolist() for b in dataset] == [[0, 1, 4], [9, 16, 25]]


def test_to_the_device():
    import hornbeam as hb

    (batch,) = Dataset.of((np.arange(3.0), np.array(["a", "b", "c"]))).batch(3).prefetch(to_device=True)
    assert isinstance(batch[0], hb.Tensor) and batch[1].tolist() == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda d: d.batch(0), r"batch_size must be an integer of at least 1; got 0"),
        (lambda d: d.map(3), "map needs a function"),
        (lambda d: d.filter(None), "filter needs a function"),
        (lambda d: d.shard(2, 2), "index must be less than num_shards=2; got 2"),
        (lambda d: d.select([0, 5]), r"numbers must be from 0 to 4; got 0 to 5"),
        (lambda d: d.filter(even).split(0.5) and None, None),
        (lambda d: d.split(0.7, 0.5), "5 samples cannot be split"),
        (lambda d: d.split(0.01), "would be empty"),
        (lambda d: d.bucket_by_length(len, [3, 2], 1), "boundaries must increase"),
        (lambda d: d.mix(d, weights=[1, 0]), "2 datasets need as many positive weights"),
        (lambda d: d.zip([1]), "expected datasets; got a list"),
        (lambda d: d.map(double, errors="ignore"), 'errors must be "raise" or "skip"'),
        (lambda d: Dataset.from_iterable(iter([1])), "can be gone through only once"),
        (lambda d: Dataset.of(([1, 2], [1])), "arrays of one length"),
        (lambda d: counting(3).shuffle(), "give buffer_size"),
        (lambda d: counting(3).shuffle(4, block_size=2), "not in blocks: leave block_size out"),
        (lambda d: d.shuffle(block_size=0), "block_size must be an integer of at least 1"),
        (
            lambda d: list(Dataset.from_iterable([np.ones(1), np.ones(2)]).batch(2)),
            r"sample 0 has \(1,\), sample 1 has \(2,\).*padded_batch",
        ),
        (lambda d: list(Dataset.from_iterable([[1, 2]]).padded_batch(1, padded_shapes=[1])), "more than padded_shapes"),
    ],
)
def test_what_cannot_be_meant_is_refused(make, message):
    dataset = Dataset.of(np.arange(5))
    if message is None:
        make(dataset)
        return
    with pytest.raises(InvalidArgumentError, match=message):
        make(dataset)


def test_stack_leaves_out_what_is_skipped():
    assert stack([SKIPPED, 1, SKIPPED, 2]).tolist() == [1, 2]
    assert stack([SKIPPED]) is SKIPPED


def test_a_model_is_fitted_to_a_pipeline():
    import hornbeam as hb

    x = np.random.default_rng(0).normal(size=(64, 3)).astype("float32")
    rows = hb.datasets.Dataset.of((x, x @ np.array([[1.0], [2.0], [-1.0]], "float32")))
    train, held = rows.split(0.75)
    model = hb.Sequential([hb.Input((3,)), hb.layers.Dense(1)])
    model.compile(hb.optimizers.Adam(0.1), "mse")
    history = model.fit(train.shuffle().batch(16).prefetch(), epochs=40, validation_data=held.batch(16), verbose=0)
    assert history.history["val_loss"][-1] < 1e-3 * history.history["val_loss"][0]
