"""The test kit lets right things pass and names what is wrong with wrong ones."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hornbeam.backends.base import make_backend
from hornbeam.primitive import Primitive, Spec, primitives
from hornbeam.testing import (
    check_backend,
    check_gradients,
    check_layer,
    check_loader,
    check_loss,
    check_metric,
    check_optimizer,
    check_primitive,
)


@pytest.fixture
def make():
    """Makes primitives that are gone after the test."""
    made = []

    def build(kernel, vjp=None, infer=lambda x: Spec(x.shape, x.dtype), **options):
        p = Primitive(f"wrong_{len(made)}", infer, cases=lambda t: t.floats("n d"), **options)
        made.append(p.name)
        p.kernel(kernel)
        if vjp is not None:
            p.vjp("x")(vjp)
        return p

    yield build
    for name in made:
        del primitives()[name]


def test_a_right_primitive_passes(make):
    check_primitive(make(lambda xp, x: xp.sin(x), lambda ct, x: ct * ops.cos(x)))


@pytest.mark.parametrize(
    ("kernel", "vjp", "message"),
    [
        (lambda xp, x: xp.sin(x), lambda ct, x: ct * ops.cos(x) * 1.001, "finite differences give"),
        (lambda xp, x: xp.sin(x)[..., :1], lambda ct, x: ct, "infer and the run disagree"),
        (lambda xp, x: xp.astype(x, xp.float16), lambda ct, x: ct, "infer and the run disagree"),
        (lambda xp, x: np.multiply(x, 2.0, out=x), lambda ct, x: ct * 2.0, "changed its input"),
        (lambda xp, x: x * (2.0 if x.flags.c_contiguous else 3.0), lambda ct, x: ct * 2.0, "contiguously"),
    ],
)
def test_a_wrong_primitive_fails(make, kernel, vjp, message):
    with pytest.raises(AssertionError, match=message):
        check_primitive(make(kernel, vjp))


def test_a_wrong_second_derivative_fails(make):
    right_once = hb.custom_vjp(lambda x: x * x * x)
    right_once.defvjp(lambda x: (x * x * x, x), lambda x, ct: (ct * 3.0 * hb.stop_gradient(x * x),))
    assert check_gradients(right_once, np.array([0.5, 1.0]), order=1) == 2
    with pytest.raises(AssertionError, match="the gradient of the gradient"):
        check_gradients(right_once, np.array([0.5, 1.0]))


def test_a_kink_is_left_out_but_a_primitive_that_is_smooth_nowhere_is_reported(make):
    assert check_gradients(ops.abs, np.array([1e-5])) == 0
    with pytest.raises(AssertionError, match="no case was smooth"):
        check_primitive(make(lambda xp, x: x * xp.nan, lambda ct, x: ct))


def test_a_primitive_without_cases_is_refused(make):
    p = make(lambda xp, x: x)
    p.cases = None
    with pytest.raises(AssertionError, match="has no cases"):
        check_primitive(p)


def test_a_wrong_backend_fails():
    class Wrong(type(make_backend("numpy"))):
        name = "wrong"

        def __init__(self):
            super().__init__()
            self.kernels["exp"] = lambda xp, x: np.exp(x) * 1.01

    with pytest.raises(AssertionError, match="exp on backend wrong"):
        check_backend(Wrong(), primitives()["exp"])


class Scale(hb.Layer):
    def __init__(self, factor=2.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def build(self, input_shape):
        self.w = self.add_weight((input_shape[-1],), name="w")

    def call(self, x):
        return x * self.w * self.factor

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}


def test_a_right_layer_passes():
    check_layer(Scale, {"factor": 3.0}, input_shape=(4,))


def test_wrong_layers_fail():
    class Forgets(Scale):
        def get_config(self):
            return {k: v for k, v in super().get_config().items() if k != "factor"}

    class Lies(Scale):
        def compute_output_shape(self, input_shape):
            return (*input_shape[:-1], 7)

    class Widens(Scale):
        def call(self, x):
            return ops.cast(super().call(x), "float64")

    class Blocks(Scale):
        def call(self, x):
            return hb.stop_gradient(x) * self.w * self.factor

    for wrong, arguments, message in (
        (Forgets, {"factor": 3.0}, "get_config and weights"),
        (Lies, {}, "compute_output_shape says"),
        (Widens, {}, "gives float64"),
        (Blocks, {}, "finite differences"),
    ):
        with pytest.raises(AssertionError, match=message):
            check_layer(wrong, arguments, input_shape=(4,))


def test_wrong_optimizers_fail():
    class Stands(hb.optimizers.SGD):
        def update(self, gradient, parameter, state, learning_rate, step):
            return parameter, state

    class Forgets(hb.optimizers.Adam):
        def get_config(self):
            return {**super().get_config(), "beta_1": 0.5}

    with pytest.raises(AssertionError, match="a quadratic went from"):
        check_optimizer(Stands, {"learning_rate": 0.1})
    with pytest.raises(AssertionError, match="to the bit"):
        check_optimizer(Forgets, {"learning_rate": 0.1})


def test_wrong_losses_and_metrics_fail():
    class Unweighted(hb.losses.MeanSquaredError):
        def __call__(self, y_true, y_pred, sample_weight=None):
            return super().__call__(y_true, y_pred)

    values = lambda rng, n: rng.normal(size=(n, 3))  # noqa: E731
    with pytest.raises(AssertionError, match="weights do not multiply"):
        check_loss(Unweighted, y_true=values, y_pred=values)

    class LastBatch(hb.metrics.Mean):
        def update_state(self, values, sample_weight=None):
            self.reset_state()
            super().update_state(values, sample_weight)

    with pytest.raises(AssertionError, match="batch by batch"):
        check_metric(LastBatch, data=lambda rng, n: (rng.normal(size=n),))


def test_a_loader_that_loses_samples_fails():
    class Loses:
        def __len__(self):
            return 2

        def __iter__(self):
            return iter([np.arange(3.0), np.arange(3.0, 5.0)])

    check_loader(Loses, 5)
    with pytest.raises(AssertionError, match="5 samples of 6"):
        check_loader(Loses, 6)
