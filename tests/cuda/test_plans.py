"""Plans of the models by which speed is measured, in their full sizes: what they need, and what they leave to eager kernels."""

from __future__ import annotations

import pytest
from hornbeam.errors import OutOfMemoryError
from hornbeam_cuda.library import Recurrent
from hornbeam_cuda.lower.stage import Fallback, Library, Loop
from hornbeam_cuda.needs import explained, fitting_batch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cuda.models import WORKLOADS, Planned, plan

some = settings(max_examples=max(2, settings().max_examples // 12))


@pytest.mark.parametrize("name", WORKLOADS)
def test_nothing_is_left_to_eager_kernels(name: str) -> None:
    assert [step.name for step in plan(name).steps if isinstance(step, Fallback)] == []


@pytest.mark.parametrize("name", WORKLOADS)
def test_no_two_values_that_live_at_once_share_memory(name: str) -> None:
    """Value by value where they are few; by the most that lives at once everywhere."""
    made = plan(name)
    assert made.places.least <= made.places.size <= 1.1 * made.places.least
    values = sorted(made.places.offsets, key=lambda v: made.places.offsets[v])
    taken = set(made.places.over.items())
    for i, a in enumerate(values):
        for b in values[i + 1 :]:
            if made.places.offsets[b] >= made.places.offsets[a] + a.nbytes:
                break
            (first, last), (begin, end) = made.lives[a], made.lives[b]
            chained = (a, b) in taken or (b, a) in taken
            assert last < begin or end < first or chained and (last == begin or end == first)


@pytest.mark.parametrize("name", WORKLOADS)
def test_every_value_is_written_before_it_is_read(name: str) -> None:
    made = plan(name)
    known = {*made.graph.inputs}
    for step in made.steps:
        assert all(v in known or v.data is not None or not v.size for v in step.reads), step.name
        known.update(step.writes)
    assert all(v in known or v.data is not None for v in made.results)


def test_state_is_updated_in_place() -> None:
    made = plan("gpt2")
    assert len(made.direct) >= 0.95 * len(made.home)


def test_products_of_a_transformer_are_of_half_floats_and_attention_is_one_call() -> None:
    calls = [step.call for step in plan("gpt2").steps if isinstance(step, Library)]
    assert sum(type(c).__name__ == "Attention" for c in calls) == 24  # 12 blocks, forward and backward
    assert {c.dtype for c in calls} == {"bfloat16"}
    flops = sum(c.flops for c in calls if type(c).__name__ == "Product")
    tokens, parameters = 16 * 1024, 12 * 12 * 768**2 + 50304 * 768  # those that a product reads
    assert flops == 6 * tokens * parameters


def test_what_does_not_fit_says_what_it_needs_and_what_would_fit() -> None:
    made = plan("convnet")
    memory = 48 * 2**20
    error = explained(made, Planned(memory))
    assert isinstance(error, OutOfMemoryError) and isinstance(error, MemoryError)
    assert "does not fit into the memory of cuda:0 (48.00 MiB)" in str(error)
    assert f"A batch of {fitting_batch(made, memory)} would fit the whole device (now 128)" in str(error)


@pytest.mark.parametrize(
    "name", ["mlp", "convnet", "imdb", "characters", "transformer"]
)  # of weights, or of activations most
@some
@given(part=st.floats(0, 1))
def test_the_batch_that_is_named_fits_and_a_larger_one_does_not(name: str, part: float) -> None:
    """Held against plans for those very batches."""
    made = plan(name)
    least = made.resized(1).needs
    memory = int(least + part * (made.needs - least))
    batch = fitting_batch(made, memory)
    assert 1 <= batch <= made.batch and made.resized(batch).needs <= memory
    above = batch + 1 + batch // 50
    assert above > made.batch or made.resized(above).needs > memory


def test_no_batch_is_named_where_one_sample_is_too_much() -> None:
    made = plan("mlp")
    assert fitting_batch(made, made.resized(1).needs - 1) == 0
    assert "Use a smaller batch (now 128) or a smaller model" in str(explained(made, Planned(2**20)))


def test_a_bias_is_added_by_the_product_that_it_belongs_to() -> None:
    calls = [step.call for step in plan("gpt2").steps if isinstance(step, Library)]
    assert sum(getattr(c, "epilogue", "") == "bias" for c in calls) >= 36  # queries, keys and values of 12 blocks


def test_a_residual_network_moves_few_bytes() -> None:
    """Without values that are computed anew it was 173 GB a step; each array read and written once by each layer would be 68."""
    moved = sum(v.nbytes for step in plan("resnet50").steps for v in dict.fromkeys((*step.reads, *step.writes)))
    assert moved < 105e9


def test_a_recurrent_network_is_three_calls_of_cudnn() -> None:
    calls = [step.call for step in plan("characters").steps if isinstance(step, Library)]
    found = [(c.direction, c.training) for c in calls if isinstance(c, Recurrent)]
    assert found == [("forward", True), ("data", True), ("weights", True)]
    assert sum(type(c).__name__ == "Product" for c in calls) == 3  # of the dense layer


def test_without_cudnn_a_step_of_a_recurrent_network_is_a_product_and_one_loop() -> None:
    loops = [step for step in plan("characters", (Recurrent,)).steps if isinstance(step, Loop)]
    assert [sorted(type(s).__name__ for s in loop.steps) for loop in loops] == [["Call", "Library"]] * 2
    assert [loop.rounds for loop in loops] == [40, 40]
