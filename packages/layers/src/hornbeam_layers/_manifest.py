"""What this package offers to the registry. Reading it imports no layer."""

from hornbeam.plugins import Component, hookimpl

HORNBEAM_PLUGIN_API = 1


@hookimpl
def provide_layers() -> list[Component]:
    """Every layer, by its Keras name."""
    homes = {
        "core.dense": ["Dense"],
        "core.einsum_dense": ["EinsumDense"],
        "core.activation": ["Activation", "ReLU", "Softmax"],
        "core.input_layer": ["InputLayer"],
        "convolutional.conv": ["Conv1D", "Conv2D", "Conv3D"],
        "pooling.pooling": [f"{how}Pooling{n}D" for how in ("Max", "Average") for n in (1, 2, 3)],
        "normalization.batch_normalization": ["BatchNormalization"],
        "reshaping.reshape": ["Flatten", "Reshape"],
        "regularization.dropout": ["Dropout"],
        "recurrent.rnn": ["RNN"],
        "recurrent.stacked": ["StackedRNNCells"],
        "recurrent.lstm": ["LSTM", "LSTMCell"],
        "recurrent.gru": ["GRU", "GRUCell"],
        "recurrent.simple_rnn": ["SimpleRNN", "SimpleRNNCell"],
        "recurrent.bidirectional": ["Bidirectional"],
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
    return [Component(name, f"hornbeam_layers.{home}:{name}") for home, names in homes.items() for name in names]


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
