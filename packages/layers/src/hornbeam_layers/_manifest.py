"""What this package offers to the registry. Reading it imports no layer."""

from hornbeam.plugins import Component, hookimpl

HORNBEAM_PLUGIN_API = 1
ALIASES = {
    **{
        f"{how}Pooling{n}D": [f"{short}Pool{n}D"]
        for how, short in (("Max", "Max"), ("Average", "Avg"))
        for n in (1, 2, 3)
    },
    **{
        f"Global{how}Pooling{n}D": [f"Global{short}Pool{n}D"]
        for how, short in (("Max", "Max"), ("Average", "Avg"))
        for n in (1, 2, 3)
    },
    **{f"Conv{n}D{more}": [f"Convolution{n}D{more}"] for n in (1, 2, 3) for more in ("", "Transpose")},
    "SeparableConv1D": ["SeparableConvolution1D"],
    "SeparableConv2D": ["SeparableConvolution2D"],
}


@hookimpl
def provide_layers() -> list[Component]:
    """Every layer, by its Keras name."""
    homes = {
        "core.dense": ["Dense"],
        "core.einsum_dense": ["EinsumDense"],
        "core.activation": ["Activation", "Softmax"],
        "core.rectifiers": ["ELU", "LeakyReLU", "PReLU", "ReLU", "ThresholdedReLU"],
        "core.identity": ["Identity"],
        "core.reversible_embedding": ["ReversibleEmbedding"],
        "core.wrapper": ["Wrapper"],
        "core.input_layer": ["InputLayer"],
        "convolutional.conv": ["Conv1D", "Conv2D", "Conv3D"],
        "convolutional.conv_transpose": ["Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"],
        "convolutional.depthwise_conv": ["DepthwiseConv1D", "DepthwiseConv2D"],
        "convolutional.separable_conv": ["SeparableConv1D", "SeparableConv2D"],
        "convolutional.locally_connected": ["LocallyConnected1D", "LocallyConnected2D"],
        "pooling.adaptive_pooling": [f"Adaptive{how}Pooling{n}D" for how in ("Max", "Average") for n in (1, 2, 3)],
        "reshaping.borders": [f"{what}{n}D" for what in ("Cropping", "ZeroPadding") for n in (1, 2, 3)],
        "reshaping.up_sampling": ["UpSampling1D", "UpSampling2D", "UpSampling3D"],
        "merging.elementwise": ["Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"],
        "merging.concatenate": ["Concatenate"],
        "merging.dot": ["Dot"],
        "normalization.instance_normalization": ["InstanceNormalization", "UnitNormalization"],
        "normalization.of_weights": ["SpectralNormalization", "WeightNormalization"],
        "regularization.noise": [
            "AlphaDropout",
            "GaussianDropout",
            "GaussianNoise",
            "SpatialDropout1D",
            "SpatialDropout2D",
            "SpatialDropout3D",
        ],
        "regularization.activity_regularization": ["ActivityRegularization"],
        "pooling.pooling": [f"{how}Pooling{n}D" for how in ("Max", "Average") for n in (1, 2, 3)],
        "normalization.batch_normalization": ["BatchNormalization"],
        "reshaping.reshape": ["Flatten", "Permute", "RepeatVector", "Reshape"],
        "regularization.dropout": ["Dropout"],
        "recurrent.rnn": ["RNN"],
        "recurrent.stacked": ["StackedRNNCells"],
        "recurrent.lstm": ["LSTM", "LSTMCell"],
        "recurrent.gru": ["GRU", "GRUCell"],
        "recurrent.simple_rnn": ["SimpleRNN", "SimpleRNNCell"],
        "recurrent.bidirectional": ["Bidirectional"],
        "recurrent.conv_lstm": ["ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"],
        "recurrent.conv_lstm_cell": ["ConvLSTMCell"],
        "recurrent.time_distributed": ["TimeDistributed"],
        "core.embedding": ["Embedding"],
        "core.masking": ["Masking"],
        "attention.multi_head_attention": ["MultiHeadAttention"],
        "attention.grouped_query_attention": ["GroupQueryAttention"],
        "attention.attention": ["AdditiveAttention", "Attention"],
        "position.rotary": ["RotaryEmbedding"],
        "position.encoding": ["PositionEmbedding", "SinePositionEncoding"],
        "normalization.layer_normalization": ["LayerNormalization", "RMSNormalization"],
        "normalization.group_normalization": ["GroupNormalization"],
        "pooling.global_pooling": [f"Global{how}Pooling{n}D" for how in ("Max", "Average") for n in (1, 2, 3)],
        "preprocessing.image.flip": ["RandomFlip"],
        "preprocessing.image.colour": [
            "RandomBrightness",
            "RandomColorDegeneration",
            "RandomContrast",
            "RandomHue",
            "RandomSaturation",
        ],
        "preprocessing.image.jitter": ["RandomColorJitter"],
        "preprocessing.image.tones": [
            "RandomGrayscale",
            "RandomInvert",
            "RandomPosterization",
            "RandomSharpness",
            "Solarization",
        ],
        "preprocessing.image.blur": ["RandomErasing", "RandomGaussianBlur"],
        "preprocessing.image.turning": ["RandomRotation", "RandomShear"],
        "preprocessing.image.moving": ["RandomTranslation", "RandomZoom"],
        "preprocessing.image.bending": ["RandomElasticTransform", "RandomPerspective"],
        "preprocessing.image.cropping": ["CenterCrop", "RandomCrop"],
        "preprocessing.image.resizing": ["Resizing"],
        "preprocessing.image.mixing": ["CutMix", "MixUp"],
        "preprocessing.image.histogram": [
            "AutoContrast",
            "ContrastLimitedAdaptiveHistogramEqualization",
            "Equalization",
        ],
        "preprocessing.image.policies": ["AugMix", "RandAugment"],
        "preprocessing.image.max_boxes": ["MaxNumBoundingBoxes"],
        "preprocessing.rescaling": ["Rescaling"],
        "preprocessing.normalization": ["Normalization"],
        "preprocessing.discretization": ["Discretization"],
        "preprocessing.category_encoding": ["CategoryEncoding"],
        "preprocessing.pipeline": ["Pipeline"],
        "preprocessing.hashing": ["HashedCrossing", "Hashing"],
        "preprocessing.string_lookup": ["StringLookup"],
        "preprocessing.integer_lookup": ["IntegerLookup"],
        "preprocessing.text_vectorization": ["TextVectorization"],
        "preprocessing.mel_spectrogram": ["MelSpectrogram"],
        "preprocessing.stft_spectrogram": ["STFTSpectrogram"],
    }
    return [
        Component(name, f"hornbeam_layers.{home}:{name}", aliases=ALIASES.get(name, ()))
        for home, names in homes.items()
        for name in names
    ]


@hookimpl
def provide_initializers() -> list[Component]:
    """Every initializer."""
    names = (
        *(
            "Constant",
            "GlorotNormal",
            "GlorotUniform",
            "HeNormal",
            "HeUniform",
            "Identity",
            "LecunNormal",
            "LecunUniform",
        ),
        *("Ones", "Orthogonal", "RandomNormal", "RandomUniform", "TruncatedNormal", "VarianceScaling", "Zeros"),
    )
    return [Component(name, f"hornbeam_layers.initializers:{name}") for name in names]


@hookimpl
def provide_regularizers() -> list[Component]:
    """Every regularizer."""
    return [Component(name, f"hornbeam_layers.regularizers:{name}") for name in ("L1", "L1L2", "L2")]


@hookimpl
def provide_constraints() -> list[Component]:
    """Every constraint."""
    return [Component(name, f"hornbeam_layers.constraints:{name}") for name in ("MaxNorm", "NonNeg", "UnitNorm")]


@hookimpl
def provide_activations() -> list[Component]:
    """Every activation function."""
    names = (
        *(
            "elu",
            "exponential",
            "gelu",
            "hard_sigmoid",
            "hard_silu",
            "leaky_relu",
            "linear",
            "log_sigmoid",
            "log_softmax",
        ),
        *("mish", "relu", "relu6", "selu", "sigmoid", "silu", "softmax", "softplus", "softsign", "tanh"),
    )
    return [Component(name, f"hornbeam_layers.activations:{name}") for name in names]
