"""FeatureSpace beyond what Keras's numbers show: a model on it, layers of one's own, and what it says of wrong data."""

import pickle

import hornbeam as hb
import numpy as np
import pandas as pd
import pytest
from hornbeam.errors import InvalidArgumentError
from hypothesis import given
from hypothesis import strategies as st

FeatureSpace = hb.layers.FeatureSpace
PEOPLE = pd.DataFrame(
    {
        "age": [20.0, 40.0, 60.0, 30.0],
        "job": pd.Categorical(["smith", "miller", "smith", "baker"]),
        "children": pd.array([0, 2, 1, 0], dtype="Int64"),
        "member": [True, False, True, True],
    }
)
KINDS = {"age": "float_normalized", "job": "string_categorical", "children": "integer_categorical", "member": "float"}


def adapted(kinds=KINDS, data=PEOPLE, **how):
    space = FeatureSpace(kinds, **how)
    space.adapt(data)
    return space


@given(
    ages=st.lists(st.floats(-50, 50, width=32), min_size=1, max_size=80),
    words=st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=80, max_size=80),
)
def test_each_row_is_what_its_values_say(ages, words):
    words = words[: len(ages)]
    out = adapted({"x": "float", "w": "string_categorical"}, {"x": ages, "w": words})
    rows = out({"x": ages, "w": words}).numpy()
    vocabulary = out.preprocessors["w"].get_vocabulary()
    expected = np.array([[word == v for v in vocabulary] for word in words], "float32")
    np.testing.assert_array_equal(rows, np.column_stack([expected, np.float32(ages)]))


def test_a_data_frame_into_fit():
    space = adapted(crosses=[("job", "children")], crossing_dim=4)
    model = hb.Sequential([hb.layers.Dense(1)])
    model.compile("sgd", "mse")
    losses = model.fit(space(PEOPLE), PEOPLE["age"].to_numpy() / 60, epochs=20, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    target = np.zeros(4)
    rows = hb.datasets.Dataset.of(({n: PEOPLE[n].to_numpy() for n in KINDS}, target)).batch(2)
    (x, _), _ = rows.map(lambda x, y: (space(x), y))
    np.testing.assert_array_equal(x, space(PEOPLE[:2]).numpy())


def test_at_the_beginning_of_a_model():
    space = adapted(
        {"age": "float_normalized", "bin": FeatureSpace.float_discretized(None, [5.0])}, {"age": [1, 3], "bin": [0, 9]}
    )
    inputs = space.get_inputs()
    assert {n: t.shape for n, t in space.get_preprocessed_features().items()} == {"age": (None, 1), "bin": (None, 1)}
    model = hb.models.Model(inputs, space.get_encoded_features())
    data = {"age": np.array([[1.0], [3.0]], "float32"), "bin": np.array([[0.0], [9.0]], "float32")}
    np.testing.assert_array_equal(model.predict(data, verbose=0), space(data).numpy())
    np.testing.assert_array_equal(space(data).numpy(), [[-1, 1, 0], [1, 0, 1]])


def test_a_model_takes_raw_columns_or_encoded_rows():
    space = adapted(crosses=[("job", "children")], crossing_dim=4)
    inputs, encoded = space.get_inputs(), space.get_encoded_features()
    assert {n: str(t.dtype) for n, t in inputs.items()} == {
        "age": "float32", "job": "string", "children": "int32", "member": "float32",
    }  # fmt: skip
    outputs = hb.layers.Dense(1)(encoded)
    trained, whole = hb.models.Model(encoded, outputs), hb.models.Model(inputs, outputs)
    trained.compile("sgd", "mse")
    trained.fit(space(PEOPLE), np.ones(4), verbose=0)
    columns = {n: PEOPLE[n].to_numpy().reshape(-1, 1) for n in KINDS}
    expected = trained.predict(space(PEOPLE), verbose=0)
    np.testing.assert_allclose(whole.predict(columns, verbose=0), expected, rtol=1e-6)
    assert space(inputs).shape == (None, *encoded.shape[1:])


def test_it_is_sent_to_other_processes():
    space = adapted(crosses=[("job", "children")])
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(space))(PEOPLE).numpy(), space(PEOPLE).numpy())


def test_edges_that_are_given_and_a_layer_of_ones_own():
    text = hb.layers.TextVectorization(output_mode="tf_idf")
    kinds = {
        "x": FeatureSpace.float_discretized(None, [0.0, 1.0]),
        "said": FeatureSpace.feature("string", text, "float"),
    }
    data = {"x": [-1.0, 0.5, 7.0], "said": ["a tree", "the tree", "the old tree"]}
    space = adapted(kinds, data)
    alone = hb.layers.TextVectorization(output_mode="tf_idf")
    alone.adapt(data["said"])
    out = space(data).numpy()
    np.testing.assert_array_equal(out[:, -3:], np.eye(3))
    np.testing.assert_allclose(out[:, :-3], alone(data["said"]).numpy(), rtol=1e-6)


def test_nothing_to_learn_needs_no_adapt():
    space = FeatureSpace({"id": FeatureSpace.string_hashed(4), "x": "float_rescaled"}, output_mode="dict")
    out = space({"id": "a7", "x": 2.0})
    assert {n: v.shape for n, v in out.items()} == {"id": (4,), "x": (1,)}


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: FeatureSpace({}), "name one column at least"),
        (lambda: FeatureSpace({"x": "floaty"}), "the kind of feature 'x' must be one of float, .*; got 'floaty'"),
        (lambda: FeatureSpace({"x": "float"}, output_mode="list"), '"concat" or "dict"; got \'list\''),
        (lambda: FeatureSpace({"x": "float"}, crosses=[("x", "y")]), "names 'y', which is not among the features, 'x'"),
        (lambda: FeatureSpace.cross(("x", "y"), 8, "float"), "one of int, one_hot; got 'float'"),
        (lambda: FeatureSpace(KINDS)(PEOPLE), "call adapt\\(data\\) first, for 'age', 'job', 'children'"),
        (lambda: adapted()([1, 2]), "takes a dict of columns or a data frame; got list"),
        (lambda: adapted()(PEOPLE.rename(columns={"age": "agee"})), "no feature 'age'. Did you mean 'agee'"),
        (lambda: adapted(data=PEOPLE.assign(age=["x"] * 4)), "feature 'age' takes numbers; got 'x'.*Convert"),
        (lambda: adapted(data=PEOPLE.assign(job=["x", None, "y", "z"])), "feature 'job' takes strings; got \\w+ in the data.*Fill in"),
        (lambda: adapted(data=PEOPLE.assign(children=[0.0, np.nan, 1, 1])), "'children' takes integers; got nan.*Fill in"),
        (lambda: adapted(data=PEOPLE.assign(age=pd.to_datetime(["2020-01-01"] * 4))), "'age' takes numbers; got"),
        (lambda: adapted(data={**PEOPLE, "age": [1.0]}), "the same number of rows"),
        (lambda: adapted(data=[]), "adapt got no data"),
        (lambda: adapted(data=[np.zeros(3)]), "an iterable of dicts.*; got ndarray"),
        (lambda: adapted({"x": FeatureSpace.float_discretized(2, None, "int")}, {"x": [1.0, 2.0]})({"x": [1.0]}), "'x' gives int32"),
        (
            lambda: adapted({"x": FeatureSpace.feature("float32", hb.layers.Rescaling(2.0), "one_hot")})({"x": [1.0]}),
            "Rescaling does not give numbers of categories",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(make, said):
    with pytest.raises(InvalidArgumentError, match=said):
        make()
