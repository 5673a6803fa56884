"""What every optimizer takes: clipping, averages, accumulation, multipliers, exclusions; wrappers; names and saved forms."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import ops
from hornbeam import optimizers as make
from hypothesis import given
from hypothesis import strategies as st


def pair(names=("encoder/kernel", "head/bias")):
    variables = [
        hb.Variable([1.0, -2.0], name=names[0].split("/")[-1]),
        hb.Variable([3.0], name=names[1].split("/")[-1]),
    ]
    for variable, path in zip(variables, names, strict=True):
        variable.path = path
    return variables


GRADS = [np.array([3.0, 4.0], "float32"), np.array([12.0], "float32")]


@pytest.mark.parametrize(
    ("how", "moved"),
    [
        ({"clipnorm": 1.0}, ([0.6, 0.8], [1.0])),
        ({"clipvalue": 3.5}, ([3.0, 3.5], [3.5])),
        ({"global_clipnorm": 6.5}, ([1.5, 2.0], [6.0])),
        ({"loss_scale_factor": 4.0}, ([0.75, 1.0], [3.0])),
        ({"learning_rate_multipliers": {"^encoder/": 0.5, "bias": 0.0}}, ([1.5, 2.0], [0.0])),
    ],
)
def test_gradients_are_changed_as_asked(how, moved):
    variables = pair()
    make.SGD(1.0, **how).apply(GRADS, variables)
    for variable, start, move in zip(variables, ([1.0, -2.0], [3.0]), moved, strict=True):
        np.testing.assert_allclose(variable.numpy(), np.array(start) - move, rtol=1e-6)


@given(steps=st.integers(2, 4), rounds=st.integers(1, 3), seed=st.integers(0, 99))
def test_accumulated_gradients_are_one_step_of_their_mean(steps, rounds, seed):
    rng = np.random.default_rng(seed)
    grads = rng.normal(size=(rounds, steps, 2)).astype("float32")
    (one, _), (other, _) = pair(), pair()
    often = make.Adam(0.1, gradient_accumulation_steps=steps, weight_decay=0.1, clipnorm=0.5)
    seldom = make.Adam(0.1, weight_decay=0.1, clipnorm=0.5)
    for some in grads:
        before = one.numpy()
        for g in some:
            assert np.array_equal(one.numpy(), before)  # nothing moves in between
            often.apply([g], [one])
        seldom.apply([some.mean(0)], [other])
    np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-5, atol=1e-6)
    assert int(often.iterations) == rounds == int(seldom.iterations)


def test_averages_take_the_variables_places():
    (v, _), seen = pair(), []
    optimizer = make.SGD(1.0, use_ema=True, ema_momentum=0.75)
    for _ in range(4):
        optimizer.apply([np.ones(2, "float32")], [v])
        seen.append(v.numpy().copy())
    mean = seen[0]
    for values in seen[1:]:
        mean = 0.75 * mean + 0.25 * values
    np.testing.assert_allclose(optimizer.averages[v].numpy(), mean)
    optimizer.finalize_variable_values([v])
    np.testing.assert_allclose(v.numpy(), mean)
    (w, _), plain = pair(), make.SGD(1.0)
    plain.apply([np.ones(2, "float32")], [w])
    plain.finalize_variable_values([w])
    assert w.numpy().tolist() == [0.0, -3.0] and plain.averages == {}


@pytest.mark.parametrize("kind", ["AdamW", "LARS", "Muon"])
@pytest.mark.parametrize("by", ["names", "variables"])
def test_excluded_variables_do_not_decay(kind, by):
    def run(decay, excluded):
        variables = pair()
        optimizer = getattr(make, kind)(0.5, weight_decay=decay)
        if kind == "Muon":
            optimizer.adam_weight_decay = decay
        if excluded:
            given = {"var_names": ["bias"]} if by == "names" else {"var_list": [variables[1]]}
            optimizer.exclude_from_weight_decay(**given)
        optimizer.apply(GRADS, variables)
        return [v.numpy().tolist() for v in variables]

    (all_, _), (kernel, bias), (_, undecayed) = run(0.5, False), run(0.5, True), run(0.0, False)
    assert kernel == all_ and bias == undecayed


def test_decay_of_keras_2_is_ignored_aloud():
    with pytest.warns(UserWarning, match="SGD: decay is ignored.*InverseTimeDecay"):
        assert make.SGD(0.5, decay=1e-6, momentum=0.5).momentum == 0.5


def test_variables_are_added_by_name_of_their_first_values():
    optimizer = make.SGD()
    assert optimizer.add_variable((2,), "ones").numpy().tolist() == [1.0, 1.0]
    assert optimizer.add_variable((), name="count", dtype="int32").dtype == "int32"
    assert [v.path for v in optimizer.variables[-2:]] == ["sgd/variable", "sgd/count"]


def test_exclusion_comes_first():
    optimizer, variables = make.AdamW(), pair()
    optimizer.build(variables)
    with pytest.raises(hb.InvalidArgumentError, match="before the optimizer is built"):
        optimizer.exclude_from_weight_decay(var_names=["bias"])


def test_learning_rates_are_assigned_scheduled_and_computed():
    (v, _) = pair()
    optimizer = make.SGD(1.0)
    apply = hb.jit(lambda: optimizer.apply([np.ones(2, "float32")], [v]))
    optimizer.build([v])
    apply()
    optimizer.learning_rate = 0.5  # compiled steps read it
    apply()
    assert v.numpy().tolist() == [-0.5, -3.5]
    before = optimizer.settings
    optimizer.learning_rate = make.schedules.PiecewiseConstantDecay([2], [8.0, 0.25])
    assert optimizer.settings != before
    optimizer.apply([np.ones(2, "float32")], [v])  # two steps were taken: 8.0
    assert v.numpy().tolist() == [-8.5, -11.5] and [x.name for x in optimizer.variables] == ["iteration"]
    with pytest.raises(hb.InvalidArgumentError, match="follows a schedule and cannot be assigned a number"):
        optimizer.learning_rate = 0.1
    assert float(make.SGD(lambda: 0.125).learning_rate) == 0.125 == float(make.SGD(np.float32(0.125)).learning_rate)


def test_infinite_gradients_halve_the_scale_and_leave_everything_alone():
    variables = pair()
    optimizer = make.LossScaleOptimizer(make.Adam(0.1), initial_scale=8.0, dynamic_growth_steps=2)
    optimizer.build(variables)
    apply = hb.jit(lambda *grads: optimizer.apply(grads, variables))
    scales = []
    for bad in (False, True, False, False, False, False):
        grads = [8.0 * g for g in GRADS]
        grads[1][0] = np.nan if bad else grads[1][0]
        before = [v.numpy().tolist() for v in optimizer.inner_optimizer.variables] + [
            v.numpy().tolist() for v in variables
        ]
        apply(*grads)
        after = [v.numpy().tolist() for v in optimizer.inner_optimizer.variables] + [
            v.numpy().tolist() for v in variables
        ]
        assert (before == after) == bad
        scales.append(float(optimizer.dynamic_scale))
    assert scales == [8.0, 4.0, 4.0, 8.0, 8.0, 16.0]
    assert float(optimizer.scale_loss(ops.asarray(2.0))) == 32.0
    optimizer.learning_rate = 0.5
    assert float(optimizer.inner_optimizer.learning_rate) == 0.5 and int(optimizer.iterations) == 5


def test_several_optimizers_each_for_its_variables():
    variables = pair()
    choice = make.OptimizerMap(make.SGD(0.5), {"encoder/.*": make.Adam(0.25)})
    optimizer = make.MultiOptimizer(choice)
    optimizer.apply(GRADS, variables)
    np.testing.assert_allclose(variables[0].numpy(), [0.75, -2.25], rtol=1e-5)
    assert variables[1].numpy().tolist() == [-3.0]
    optimizer.apply([None, GRADS[1]], variables)
    np.testing.assert_allclose(variables[0].numpy(), [0.75, -2.25], rtol=1e-5)
    again = make.get(make.serialize(optimizer))
    assert [type(o).__name__ for o in again.optimizers] == [
        "Adam",
        "SGD",
    ] and again.get_config() == optimizer.get_config()
    with pytest.raises(AttributeError, match="each has|`optimizers`"):
        optimizer.learning_rate  # noqa: B018
    with pytest.raises(hb.InvalidArgumentError, match="several patterns of the OptimizerMap fit variable 'a/b'"):
        make.OptimizerMap("sgd", {"a/.*": make.SGD(), ".*/b": make.SGD()})["a/b"]
    with pytest.raises(hb.DTypeError, match="no LossScaleOptimizer or MultiOptimizer"):
        make.OptimizerMap(make.LossScaleOptimizer("sgd"))


def test_a_stateless_step_leaves_variables_alone():
    variables, others = pair(), pair()
    optimizer, other = make.Nadam(0.1), make.Nadam(0.1)
    optimizer.build(variables)
    values, state = [v.value for v in variables], [v.value for v in optimizer.variables]
    for _ in range(3):
        values, state = hb.jit(optimizer.stateless_apply)(state, GRADS, values)
        other.apply(GRADS, others)
    for value, theirs, mine, start in zip(values, others, variables, ([1.0, -2.0], [3.0]), strict=True):
        np.testing.assert_allclose(value.numpy(), theirs.numpy(), rtol=1e-6)
        assert mine.numpy().tolist() == start
    assert int(state[0]) == 3 and int(optimizer.iterations) == 0
    with pytest.raises(hb.InvalidArgumentError, match="built for 2 variables and has 7 of its own; got 1 and 7 values"):
        optimizer.stateless_apply(state, GRADS[:1], values[:1])


@pytest.mark.parametrize(
    "new",
    [
        lambda: make.Nadam(0.1),
        lambda: make.LossScaleOptimizer(make.Adam(0.1)),
        lambda: make.Lookahead(make.SGD(0.1, momentum=0.5)),
        lambda: make.MultiOptimizer(make.OptimizerMap("adam", {"head/.*": make.SGD(0.1)})),
    ],
)
@pytest.mark.parametrize("built", [False, True])
def test_state_is_saved_and_loaded(new, built):
    one, other, variables = new(), new(), pair()
    if built:
        one.apply(GRADS, variables)
    store = {}
    one.save_own_variables(store)
    other.build(pair())
    other.load_own_variables(store)
    again = {}
    other.save_own_variables(again)
    assert set(store) <= set(again)
    if built:
        for number, value in store.items():
            assert np.array_equal(again[number], value)
    with pytest.raises(hb.SerializationError, match="variables; the file has 0 of its optimizer"):
        other.load_own_variables({})


class Heavy(make.Optimizer):
    """As one would write it for Keras."""

    def __init__(self, learning_rate=0.1, beta=0.5, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.beta = beta

    def build(self, var_list):
        if self.built:
            return
        super().build(var_list)
        self.speeds = self.add_optimizer_variables(
            var_list, "speed", initializer=lambda shape, dtype: ops.zeros(shape, dtype)
        )

    def update_step(self, gradient, variable, learning_rate):
        speed = self.speeds[self._get_variable_index(variable)]
        self.assign(speed, ops.add(ops.multiply(self.beta, speed), gradient))
        self.assign_sub(variable, ops.multiply(learning_rate, speed))


@pytest.mark.parametrize("wrap", [lambda f: f, hb.jit], ids=["eager", "captured"])
@pytest.mark.parametrize("how", [{}, {"gradient_accumulation_steps": 2}, {"use_ema": True, "weight_decay": 0.5}])
def test_optimizers_written_for_keras(wrap, how):
    variables, others = pair(), pair()
    ours, same = Heavy(0.25, **how), make.SGD(0.25, momentum=0.5, **how)  # the same, but for the sign of what is kept
    ours.build(variables)
    same.build(others)
    assert [v.name for v in ours.variables[-2:]] == ["encoder_kernel_speed", "head_bias_speed"]
    for optimizer, targets in ((ours, variables), (same, others)):
        apply = wrap(lambda *grads, optimizer=optimizer, targets=targets: optimizer.apply(grads, targets))
        for _ in range(4):
            apply(*GRADS)
    for mine, theirs in zip(variables, others, strict=True):
        np.testing.assert_allclose(mine.numpy(), theirs.numpy(), rtol=1e-6)


def test_names_saved_forms_and_settings():
    for name in (
        "adam",
        "Adam",
        "rmsprop",
        "RMSprop",
        "adamw",
        "Nadam",
        "lars",
        "radam",
        "muon",
        "ftrl",
        "lamb",
        "lion",
    ):
        assert isinstance(make.get(name), make.Optimizer)
    own = make.Adam(make.schedules.CosineDecay(0.1, 10, warmup_target=0.2, warmup_steps=3), beta_1=0.8, clipnorm=1.0)
    form = make.serialize(make.Lookahead(own, 3))
    assert form["module"] == "keras.optimizers" and form["config"]["inner_optimizer"]["class_name"] == "Adam"
    again = make.deserialize(form)
    assert again.get_config() == make.Lookahead(own, 3).get_config()
    assert make.get(None) is None and make.get(own) is own
    before = own.settings
    own.beta_1 = 0.7
    assert own.settings != before and own.get_config()["beta_1"] == 0.7
    with pytest.raises(hb.InvalidArgumentError, match="an optimizer is a name such as 'adam'"):
        make.get(lambda: None)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: make.Adam(gradient_accumulation_steps=1), "_steps must be a whole number of at least 2, or None; got 1"),
        (lambda: make.Adam(use_ema=True, ema_momentum=2.0), "Adam: ema_momentum must be between 0 and 1; got 2.0"),
        (lambda: make.AdamW(weight_decay=None), "AdamW: weight_decay must be a number"),
        (lambda: make.Lion(beta_1=0.0), "Lion: beta_1 must be above 0"),
        (lambda: make.Ftrl(learning_rate_power=0.5), "Ftrl: learning_rate_power must be at most 0; got 0.5"),
        (lambda: make.Ftrl(beta=-1.0), "Ftrl: beta must be a number of at least 0; got -1.0"),
        (lambda: make.RAdam(sma_threshold=3), "RAdam: sma_threshold must be a number of at least 4; got 3"),
        (lambda: make.Lookahead("sgd", 0), "Lookahead: sync_period must be a whole number from 1 on"),
        (lambda: make.LossScaleOptimizer("sgd", 0.0), "LossScaleOptimizer: initial_scale and dynamic_growth_steps must be positive"),
        (lambda: make.schedules.ExponentialDecay(0.1, 0, 0.5), "ExponentialDecay: decay_steps must be positive; got 0"),
        (lambda: make.schedules.PiecewiseConstantDecay([3, 2], [1.0, 2.0, 3.0]), "boundaries must rise and be one less than values"),
        (lambda: make.schedules.OneCycle(1.0, 10, anneal_strategy="steps"), "anneal_strategy must be 'cos' or 'linear'; got 'steps'"),
    ],
)  # fmt: skip
def test_arguments_that_cannot_be_meant(wrong, message):
    with pytest.raises(hb.InvalidArgumentError, match=message):
        wrong()
