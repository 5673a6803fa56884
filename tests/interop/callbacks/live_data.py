"""fit on what pandas, PyTorch and tf.data give, beside the same data as arrays."""

import numpy as np
import pytest
from hornbeam_layers import Dense, Input
from hornbeam_models import Sequential

RNG = np.random.default_rng(1)
X, Y = RNG.normal(size=(20, 3)).astype("float32"), RNG.normal(size=(20, 1)).astype("float32")


def losses(*data, **how):
    model = Sequential([Input((3,)), Dense(1, kernel_initializer="ones")])
    model.compile("sgd", "mse")
    return model.fit(*data, **{"epochs": 2, "shuffle": False, "verbose": 0, **how}).history["loss"]


def frames():
    import pandas as pd

    return pd.DataFrame(X.astype(float), columns=list("abc")), pd.Series(Y[:, 0].astype(float))


def loader():
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    return (DataLoader(TensorDataset(torch.tensor(X), torch.tensor(Y)), batch_size=5),)


def tensors():
    import torch

    return torch.tensor(X), torch.tensor(Y, requires_grad=True)


def dataset():
    import tensorflow as tf

    return (tf.data.Dataset.from_tensor_slices((X, Y)).batch(5),)


def keras_dataset():
    import keras

    class Slices(keras.utils.PyDataset):
        def __len__(self):
            return 4

        def __getitem__(self, index):
            return X[5 * index : 5 * index + 5], Y[5 * index : 5 * index + 5]

    return (Slices(workers=2),)


@pytest.mark.parametrize("data", [frames, loader, tensors, dataset, keras_dataset])
def test_the_same_losses_as_from_arrays(data):
    np.testing.assert_allclose(losses(*data(), batch_size=5), losses(X, Y, batch_size=5), rtol=1e-5)


def test_validation_and_prediction_from_them():
    found = losses(*loader(), validation_data=dataset()[0])
    np.testing.assert_allclose(found, losses(X, Y, batch_size=5), rtol=1e-5)
    model = Sequential([Input((3,)), Dense(1)])
    np.testing.assert_allclose(model.predict(frames()[0]), model.predict(X), rtol=1e-6)
