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
    "GRU": ["CuDNNGRU"],
    "GroupQueryAttention": ["GroupedQueryAttention"],
    "LSTM": ["CuDNNLSTM"],
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
        "structured.crf": ["CRF"],
        "recurrent.conv_lstm": ["ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"],
        "recurrent.conv_lstm_cell": ["ConvLSTMCell"],
        "recurrent.time_distributed": ["TimeDistributed"],
        "core.embedding": ["Embedding"],
        "core.lambda_layer": ["Lambda"],
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
        "preprocessing.feature_space": ["FeatureSpace"],
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
    homes = {
        "constant": ["Constant", "Identity", "Ones", "STFT", "Zeros"],
        "random": [
            "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "LecunNormal", "LecunUniform", "Orthogonal",
            "RandomNormal", "RandomUniform", "TruncatedNormal", "VarianceScaling",
        ],
    }  # fmt: skip
    aliases = {
        "Identity": ["IdentityInitializer"], "Orthogonal": ["OrthogonalInitializer"], "STFT": ["STFTInitializer"],
        "RandomNormal": ["normal"], "RandomUniform": ["uniform"], "Ones": ["one"], "Zeros": ["zero"],
    }  # fmt: skip
    return [
        Component(name, f"hornbeam_layers.initializers.{home}:{name}", aliases=aliases.get(name, ()))
        for home, names in homes.items()
        for name in names
    ]


@hookimpl
def provide_regularizers() -> list[Component]:
    """Every regularizer."""
    aliases = {"L1L2": ["l1_l2"]}
    names = ("L1", "L1L2", "L2", "OrthogonalRegularizer")
    return [Component(n, f"hornbeam_layers.regularizers:{n}", aliases=aliases.get(n, ())) for n in names]


@hookimpl
def provide_constraints() -> list[Component]:
    """Every constraint."""
    names = ("MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm")
    return [Component(name, f"hornbeam_layers.constraints:{name}") for name in names]


@hookimpl
def provide_activations() -> list[Component]:
    """Every activation function."""
    names = [
        "celu", "elu", "exponential", "gelu", "glu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_tanh", "leaky_relu",
        "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6", "selu", "sigmoid", "silu", "soft_shrink", "softmax",
        "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "sparsemax", "squareplus", "tanh", "tanh_shrink", "threshold",
    ]  # fmt: skip
    aliases = {"silu": ["swish"], "hard_silu": ["hard_swish"]}
    return [Component(name, f"hornbeam_layers.activations:{name}", aliases=aliases.get(name, ())) for name in names]
