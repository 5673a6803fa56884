"""The other layers, in small models that both libraries can build; see zoo.py."""

from zoo import model, of


@model
def convolutions(k):
    lay = k.layers
    x = of(k, (6, 7, 2))
    y = lay.Conv2DTranspose(3, 3, strides=2, padding="same", output_padding=1)(x)
    z = lay.SeparableConv2D(3, 3, depth_multiplier=2, padding="same", activation="relu")(x)
    return k.Model(x, [y, lay.DepthwiseConv2D(2, depth_multiplier=2, strides=2)(z)])


@model
def convolutions_1d(k):
    lay = k.layers
    x = of(k, (8, 3))
    y = lay.Conv1DTranspose(2, 3, strides=2)(x)
    return k.Model(x, [y, lay.SeparableConv1D(4, 3)(x), lay.DepthwiseConv1D(3, padding="same", use_bias=False)(x)])


@model
def convolutions_3d(k):
    x = of(k, (3, 4, 3, 2))
    return k.Model(x, k.layers.Conv3DTranspose(2, 2, strides=2)(x))


@model
def merging(k):
    lay = k.layers
    a, b = of(k, (4, 3), (4, 3))
    found = [getattr(lay, n)()([a, b]) for n in ("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract")]
    return k.Model([a, b], [*found, lay.Concatenate(axis=1)([a, b, a]), lay.Dot(axes=2, normalize=True)([a, b])])


@model
def cropping(k):
    lay = k.layers
    a, b, c = of(k, (6, 2), (6, 7, 2), (4, 5, 6, 2))
    found = [lay.Cropping1D((1, 2))(a), lay.Cropping2D(((1, 2), (0, 1)))(b), lay.Cropping3D(1)(c)]
    found += [lay.ZeroPadding1D(2)(a), lay.ZeroPadding2D((1, 2))(b), lay.ZeroPadding3D(1)(c)]
    found += [lay.UpSampling1D(2)(a), lay.UpSampling2D((2, 1), interpolation="bilinear")(b), lay.UpSampling3D(2)(c)]
    return k.Model([a, b, c], found)


@model
def permuted(k):
    lay = k.layers
    x = of(k, (4, 3))
    return k.Model(x, [lay.Permute((2, 1))(x), lay.RepeatVector(3)(lay.Flatten()(x)), lay.Identity()(x)])


@model
def noise(k):
    lay = k.layers
    x, y = of(k, (4, 3), (4, 4, 2))
    z = lay.GaussianDropout(0.2)(lay.GaussianNoise(0.1, seed=2)(lay.AlphaDropout(0.1)(x)))
    z = lay.ActivityRegularization(l1=0.1, l2=0.2)(lay.SpatialDropout1D(0.2)(z))
    return k.Model([x, y], [z, lay.SpatialDropout2D(0.3)(y)])


@model
def activations(k):
    lay = k.layers
    x = of(k, (4, 3))
    y = [lay.ELU(0.5)(x), lay.LeakyReLU(0.2)(x), lay.PReLU(shared_axes=[1])(x), lay.Softmax(axis=[1, 2])(x)]
    names = (
        "celu",
        "hard_sigmoid",
        "hard_silu",
        "mish",
        "relu6",
        "selu",
        "silu",
        "softplus",
        "softsign",
        "swish",
        "exponential",
    )
    return k.Model(x, [*y, *(lay.Activation(name)(x) for name in names)])


@model
def layers_as_activations(k):
    lay = k.layers
    steps = [lay.LSTM(3, recurrent_activation=lay.ReLU(max_value=1.0)), lay.Dense(2, activation=lay.LeakyReLU(0.2))]
    return k.Sequential([k.Input((4, 3)), *steps])


@model
def spectral(k):
    lay = k.layers
    x = of(k, (5,))
    return k.Model(x, lay.UnitNormalization()(lay.SpectralNormalization(lay.Dense(3), power_iterations=2)(x)))


@model
def attentions(k):
    lay = k.layers
    q, v = of(k, (4, 6), (5, 6))
    y = [lay.Attention(use_scale=True, score_mode="concat")([q, v]), lay.AdditiveAttention()([q, v])]
    return k.Model([q, v], [*y, lay.GroupQueryAttention(2, 4, 2)(q, v)])


@model
def einsum(k):
    lay = k.layers
    x = of(k, (4, 6))
    return k.Model(x, lay.EinsumDense("abc,cde->abde", (None, 2, 3), bias_axes="de", activation="tanh")(x))


@model
def reversible(k):
    lay = k.layers
    x = of(k, ((4,), "int32"))
    table = lay.ReversibleEmbedding(6, 3)
    return k.Model(x, table(table(x), reverse=True))


@model
def adaptive(k):
    lay = k.layers
    x, y = of(k, (7, 3), (6, 5, 2))
    one = [lay.AdaptiveAveragePooling1D(3)(x), lay.AdaptiveMaxPooling1D(2)(x)]
    return k.Model([x, y], [*one, lay.AdaptiveAveragePooling2D((2, 3))(y), lay.AdaptiveMaxPooling2D(2)(y)])


@model
def locally_global(k):
    lay = k.layers
    x, y = of(k, (6, 5, 3), (3, 4, 4, 2))
    return k.Model([x, y], [lay.GlobalMaxPooling2D()(x), lay.GlobalMaxPooling3D()(y), lay.GlobalAveragePooling2D()(x)])


@model
def distributed(k):
    lay = k.layers
    x = of(k, (4, 5))
    return k.Model(x, lay.TimeDistributed(lay.Dense(3, activation="relu"))(x))


@model
def conv_lstm(k):
    lay = k.layers
    x = of(k, (3, 5, 5, 2))
    return k.Model(x, lay.ConvLSTM2D(3, 3, return_sequences=True, padding="same")(x))


@model
def pixels(k):
    lay = k.layers
    x = of(k, (8, 8, 3))
    y = lay.CenterCrop(6, 6)(lay.Rescaling(2.0, offset=-1.0)(x))
    return k.Model(x, [lay.Resizing(5, 4)(y), lay.RandomFlip()(y), lay.RandomRotation(0.1)(y), lay.RandomZoom(0.1)(y)])


@model
def normalized(k):
    return k.Sequential(
        [k.Input((3,)), k.layers.Normalization(mean=[1.0, 2.0, 3.0], variance=[1.0, 4.0, 9.0]), k.layers.Dense(2)]
    )


@model
def categories(k):
    lay = k.layers
    x = of(k, ((4,), "int32"))
    y = lay.CategoryEncoding(num_tokens=6, output_mode="count")(x)
    return k.Model(
        x,
        [
            y,
            lay.IntegerLookup(vocabulary=[1, 4, 2])(x),
            lay.Discretization(bin_boundaries=[1.0, 3.0])(k.ops.cast(x, "float32")),
        ],
    )
