"""Arguments of layers that cannot be meant."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam_layers import BatchNormalization, Conv2D, Dense, Flatten, MaxPooling2D, Reshape
from hypothesis import given
from hypothesis import strategies as st

NO_SIZE = st.one_of(
    st.integers(max_value=0), st.floats(), st.text(max_size=3), st.none(), st.booleans(), st.just((1, 2, 3)), st.just((2, 0))
)  # fmt: skip


@given(value=NO_SIZE)
def test_sizes_are_positive_integers(value):
    with pytest.raises(hb.InvalidArgumentError, match="units must be a positive integer; got units="):
        Dense(value)
    with pytest.raises(hb.InvalidArgumentError, match="filters must be a positive integer; got filters="):
        Conv2D(value, 3)
    for argument in ("kernel_size", "strides", "dilation_rate"):
        with pytest.raises(hb.InvalidArgumentError, match=f"{argument} must be a positive integer or 2 of them; got"):
            Conv2D(2, **{"kernel_size": 3, argument: value})
    with pytest.raises(hb.InvalidArgumentError, match="pool_size must be a positive integer or 2 of them; got"):
        MaxPooling2D(value)


@pytest.mark.parametrize("value", [-1, None, "sane", 1.5])
def test_padding(value):
    with pytest.raises(hb.InvalidArgumentError, match="padding must be one of"):
        Conv2D(2, 3, padding=value)
    with pytest.raises(hb.InvalidArgumentError, match="MaxPooling2D 'pool': padding must be one of .*; got padding="):
        MaxPooling2D(padding=value, name="pool")


def test_the_rest():
    with pytest.raises(hb.InvalidArgumentError, match="Dense does not take 'activaton'. Did you mean 'activation'?"):
        Dense(2, activaton="relu")
    with pytest.raises(hb.ShapeError, match="Flatten .*: the input needs at least a batch axis"):
        Flatten()(np.float32(3))
    with pytest.raises(hb.InvalidArgumentError, match="data_format must be .*; got 'NCHW'"):
        MaxPooling2D(data_format="NCHW")
    with pytest.raises(hb.InvalidArgumentError, match="target_shape must be a tuple of sizes"):
        Reshape(3)
    with pytest.raises(hb.InvalidArgumentError, match="momentum must be between 0 and 1; got momentum=-1"):
        BatchNormalization(momentum=-1)
    with pytest.raises(hb.ShapeError, match=r"inputs of shape \(2, 3\) have no axis 7"):
        BatchNormalization(axis=7)(np.ones((2, 3), np.float32))


ONE, PICTURES = np.ones((2, 4), np.float32), np.ones((2, 4, 5, 3), np.float32)
ARGUMENTS = {  # layer, arguments, what the error says
    "groups": ("Conv2D", {"filters": 4, "kernel_size": 2, "groups": 3}, "groups must divide filters=4; got groups=3"),
    "both": ("Conv1D", {"filters": 4, "kernel_size": 2, "strides": 2, "dilation_rate": 2}, "cannot both be above 1"),
    "output_padding": ("Conv2DTranspose", {"filters": 1, "kernel_size": 3, "output_padding": 1}, "less than strides=.1, 1.; got 1"),
    "multiplier": ("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 0}, "depth_multiplier must be a positive integer; got"),
    "causal": ("SeparableConv1D", {"filters": 1, "kernel_size": 3, "padding": "causal"}, "padding must be one of .*; got padding='causal'"),
    "same": ("LocallyConnected1D", {"filters": 1, "kernel_size": 3, "padding": "same"}, "padding must be one of .'valid',.; got"),
    "windows": ("AdaptiveMaxPooling2D", {"output_size": (2, 0)}, r"output_size must be a positive integer or 2 of them; got \(2, 0\)"),
    "dims": ("Permute", {"dims": (0, 1)}, r"dims must be the numbers from 1 on in some order; got \(0, 1\)"),
    "n": ("RepeatVector", {"n": 2.0}, "n must be a positive integer; got n=2.0"),
    "cropping": ("Cropping2D", {"cropping": -1}, "cropping must be an integer, 2 integers, or 2 pairs of them.*; got -1"),
    "padding": ("ZeroPadding1D", {"padding": (1, 2, 3)}, "padding must be an integer or a pair of them.*; got"),
    "interpolation": ("UpSampling2D", {"interpolation": "cubic"}, "interpolation must be one of .*; got interpolation='cubic'"),
    "axis": ("Concatenate", {"axis": 0.5}, "axis must be an integer; got axis=0.5"),
    "axes": ("Dot", {"axes": (0, 1)}, r"axes must be an integer or two of them, none of them 0; got axes=\(0, 1\)"),
    "iterations": ("SpectralNormalization", {"layer": Dense(2), "power_iterations": 0}, "power_iterations must be a positive"),
    "wrapped": ("Wrapper", {"layer": 3}, "layer must be a layer; got 3"),
    "limits": ("BatchNormalization", {"renorm_clipping": {"max": 3}}, "renorm_clipping must be a dictionary of .*; got .'max': 3"),
    "order": ("BatchNormalization", {"renorm_clipping": {"rmin": 3, "rmax": 1}}, "rmin of at most rmax"),
    "unit": ("UnitNormalization", {"axis": "last"}, "axis must be an integer or several; got axis='last'"),
    "rate": ("AlphaDropout", {"rate": 1.0}, "rate must be less than 1; got rate=1.0"),
    "rates": ("SpatialDropout2D", {"rate": 2}, "rate must be between 0 and 1; got rate=2"),
    "stddev": ("GaussianNoise", {"stddev": -0.1}, "stddev must be a number of at least 0; got stddev=-0.1"),
    "slope": ("ReLU", {"negative_slope": -1}, "negative_slope must be a number of at least 0; got negative_slope=-1"),
    "alpha": ("ELU", {"alpha": None}, "alpha must be a number; got alpha=None"),
    "shared": ("PReLU", {"shared_axes": (0,)}, r"shared_axes must be axes other than the batch's, 0; got \(0,\)"),
}  # fmt: skip
CALLS = {  # layer, arguments, inputs, what the error says
    "rank": ("Conv2D", {"filters": 1, "kernel_size": 2}, ONE, r"expected inputs of 4 axes.*; got shape \(2, 4\)"),
    "channels": ("Conv2D", {"filters": 4, "kernel_size": 2, "groups": 2}, PICTURES, "3 channels do not divide by groups=2"),
    "window": ("LocallyConnected2D", {"filters": 1, "kernel_size": 5}, PICTURES, r"at least kernel_size=\(5, 5\); got \(4, 5\)"),
    "pooling": ("AdaptiveMaxPooling1D", {"output_size": 2}, ONE, "expected inputs of 3 axes"),
    "cropped": ("Cropping2D", {"cropping": 2}, PICTURES, "leaves nothing of inputs of shape"),
    "repeated": ("RepeatVector", {"n": 2}, PICTURES, "expected inputs of 2 axes"),
    "no list": ("Add", {}, ONE, "expected a list of inputs; got one of shape"),
    "fit": ("Multiply", {}, [ONE, ONE[:, :3]], "the inputs do not fit together"),
    "batch": ("Average", {}, [ONE, ONE[:1]], "the inputs differ in batch size"),
    "two": ("Subtract", {}, [ONE, ONE, ONE], "expected 2 inputs; got 3"),
    "ends": ("Concatenate", {"axis": 1}, [PICTURES, PICTURES[:, :, :2]], "the sizes may differ along axis 1 only"),
    "products": ("Dot", {"axes": 1}, [ONE, ONE[:, :3]], "axes=1 of the inputs differ in size"),
    "no kernel": ("SpectralNormalization", {"layer": Flatten()}, ONE, "has neither a kernel nor embeddings"),
    "unknown": ("InstanceNormalization", {"axis": 5}, ONE, "have no axis 5"),
}  # fmt: skip


@pytest.mark.parametrize("case", ARGUMENTS)
def test_arguments(case):
    name, arguments, said = ARGUMENTS[case]
    with pytest.raises(hb.InvalidArgumentError, match=f"^{name} 'mine': .*{said}"):
        getattr(hb.layers, name)(**arguments, name="mine")


@pytest.mark.parametrize("case", CALLS)
def test_calls(case):
    name, arguments, inputs, said = CALLS[case]
    with pytest.raises((hb.ShapeError, hb.InvalidArgumentError), match=f"^{name} 'mine': .*{said}"):
        getattr(hb.layers, name)(**arguments, name="mine")(inputs)


SPECS = {
    "shape": ({"shape": (None, 3)}, "shape .None, 3.; got shape"),
    "rank": ({"ndim": 3}, "3 axes; got shape"),
    "most": ({"max_ndim": 1}, "at most 1 axes; got shape"),
    "least": ({"min_ndim": 3}, "at least 3 axes; got shape"),
    "axes": ({"axes": {-1: 5}}, "size 5 along axis -1; got shape"),
    "dtype": ({"dtype": "int32"}, "dtype int32; got float32"),
}


@pytest.mark.parametrize("case", SPECS)
def test_input_spec(case):
    """A layer's input_spec is looked at before each call, symbolic ones too."""
    arguments, said = SPECS[case]
    layer = Flatten(name="mine")
    layer.input_spec = hb.InputSpec(**arguments)
    again = hb.InputSpec.from_config(layer.input_spec.get_config())
    assert repr(again) == repr(layer.input_spec)
    for inputs in (ONE, hb.Input((4,))):
        with pytest.raises(hb.ShapeError, match=f"^Flatten 'mine': expected input 0 to have {said}"):
            layer(inputs)


def test_an_input_that_is_as_specified():
    layer = Flatten()
    layer.input_spec = hb.InputSpec(shape=(None, 4, 1), axes={1: 4}, allow_last_axis_squeeze=True)
    assert layer(ONE).shape == layer(ONE[..., None]).shape == (2, 4)
    add = hb.layers.Add()
    add.input_spec = [hb.InputSpec(ndim=2), hb.InputSpec(ndim=2, name="second")]
    assert add([ONE, ONE]).shape == (2, 4)
    with pytest.raises(hb.ShapeError, match="expected 2 inputs; got 3"):
        add([ONE, ONE, ONE])
    with pytest.raises(hb.ShapeError, match="expected input 'second' to have 2 axes"):
        add([ONE, PICTURES])
