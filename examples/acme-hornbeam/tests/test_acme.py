"""The package is found by name, and does what it says."""

from __future__ import annotations

import subprocess
import sys

import hornbeam as hb
import numpy as np
import pytest
from acme_hornbeam import ScaleShift, SignMomentum
from hornbeam.errors import InvalidArgumentError
from hornbeam.plugins import registry
from hornbeam.testing import check_layer, check_optimizer


def test_found_by_every_name() -> None:
    for name in ("ScaleShift", "scale_shift", "acme/ScaleShift", "acme/ScaleShift@1"):
        assert registry.lookup("layers", name) is ScaleShift
    for name in ("SignMomentum", "sign_momentum", "signum", "acme/SignMomentum"):
        assert registry.lookup("optimizers", name) is SignMomentum


def test_identities_for_saved_files() -> None:
    assert str(registry.identity(ScaleShift())) == "acme/ScaleShift@1"
    assert registry.identity(SignMomentum()).distribution == "acme-hornbeam"


def test_listing_the_names_imports_nothing_of_this_package() -> None:
    program = (
        "import sys\n"
        "from hornbeam.plugins import registry\n"
        "assert 'ScaleShift' in registry.names('layers')\n"
        "assert sorted(m for m in sys.modules if m.startswith('acme')) == ['acme_hornbeam._manifest']\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_doctor_has_no_complaint() -> None:
    (plugin,) = (plugin for plugin in registry.plugins() if plugin.name == "acme")
    assert plugin.usable
    assert plugin.complaints == ()


def test_the_contracts() -> None:
    check_layer(ScaleShift, {"start": 2.0}, input_shape=(3,))
    check_layer(ScaleShift, input_shape=(2, 4))
    check_optimizer(SignMomentum, {"learning_rate": 0.02})


def test_layer() -> None:
    layer = ScaleShift(start=2.0)
    x = np.array([[1.0, -2.0, 0.5], [0.0, 4.0, -1.0]], np.float32)
    assert layer(x).shape == (2, 3)
    layer.scale.assign([1.0, 2.0, 3.0])
    layer.shift.assign([0.5, 0.0, -0.5])
    np.testing.assert_array_equal(layer(x).numpy(), x * [1.0, 2.0, 3.0] + [0.5, 0.0, -0.5])
    again = ScaleShift.from_config(layer.get_config())
    assert (again.start, again.name) == (2.0, layer.name)


def test_layer_learns_an_affine_function() -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=(64, 2)).astype(np.float32)
    wanted = x * np.float32([3.0, -1.0]) + np.float32([0.5, 2.0])
    layer, optimizer = ScaleShift(), SignMomentum(learning_rate=0.02)
    layer(x)

    def loss(scale: hb.Tensor, shift: hb.Tensor) -> hb.Tensor:
        return hb.ops.mean((x * scale + shift - wanted) ** 2)

    for _ in range(300):
        gradients = hb.grad(loss, argnums=(0, 1))(layer.scale.value, layer.shift.value)
        optimizer.apply(gradients, [layer.scale, layer.shift])
    np.testing.assert_allclose(layer(x).numpy(), wanted, atol=0.25)


def test_optimizer_follows_its_formula() -> None:
    random = np.random.default_rng(1)
    gradients = random.normal(size=(20, 4)).astype(np.float32)
    parameter, momentum = np.ones(4), np.zeros(4)
    variable = hb.Variable(np.ones(4, np.float32))
    optimizer = SignMomentum(learning_rate=0.1, momentum=0.8)
    for gradient in gradients:
        optimizer.apply([gradient], [variable])
        momentum = 0.8 * momentum + 0.2 * gradient
        parameter = parameter - 0.1 * np.sign(momentum)
    np.testing.assert_allclose(variable.numpy(), parameter, rtol=1e-5)


def test_optimizer_refuses() -> None:
    with pytest.raises(InvalidArgumentError, match="momentum must be at least 0 and below 1; got 1"):
        SignMomentum(momentum=1)
