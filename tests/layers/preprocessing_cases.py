"""The preprocessing layers in the contract of layers; see test_contract.py."""

import hornbeam as hb

SHAPE = (6, 5, 3)
UNIT = {"value_range": (-2, 2)}  # what the contract draws
DRAWS = {"deterministic": False}

CASES = [
    ("RandomFlip", {"mode": "horizontal", "seed": 1}, SHAPE, DRAWS),
    ("RandomBrightness", {"factor": 0.2, "seed": 1, **UNIT}, SHAPE, DRAWS),
    ("RandomContrast", {"factor": 0.2, "seed": 1, **UNIT}, SHAPE, DRAWS),
    ("RandomColorDegeneration", {"factor": 0.5, "seed": 1, **UNIT}, SHAPE, DRAWS),
    ("RandomHue", {"factor": (0.1, 0.5), "seed": 1, **UNIT}, SHAPE, DRAWS),
    ("RandomSaturation", {"factor": 0.5, "seed": 1, **UNIT}, SHAPE, DRAWS),
    ("RandomColorJitter", {"brightness_factor": 0.1, "hue_factor": 0.1, "seed": 1, **UNIT}, SHAPE, DRAWS),
    ("RandomGrayscale", {"factor": 0.3, "seed": 1}, SHAPE, DRAWS),
    ("RandomInvert", {"factor": 0.3, "seed": 1, **UNIT}, SHAPE, DRAWS),
    ("RandomPosterization", {"factor": (2, 6), "seed": 1, **UNIT}, SHAPE, DRAWS),
    ("RandomSharpness", {"factor": 0.5, "seed": 1, **UNIT}, SHAPE, DRAWS),
    ("Solarization", {"addition_factor": 0.2, "threshold_factor": 0.4, "seed": 1, **UNIT}, SHAPE, DRAWS),
    ("RandomErasing", {"factor": 0.5, "seed": 1, **UNIT}, SHAPE, DRAWS),
    ("RandomGaussianBlur", {"kernel_size": (3, 1), "seed": 1, **UNIT}, SHAPE, DRAWS),
    ("RandomRotation", {"factor": 0.2, "seed": 1}, SHAPE, DRAWS),
    ("RandomShear", {"x_factor": 0.2, "y_factor": (0.1, 0.3), "seed": 1}, SHAPE, DRAWS),
    ("RandomTranslation", {"height_factor": 0.2, "width_factor": (0.1, 0.3), "seed": 1}, SHAPE, DRAWS),
    ("RandomZoom", {"height_factor": 0.2, "fill_mode": "constant", "seed": 1}, SHAPE, DRAWS),
    ("RandomPerspective", {"factor": 0.5, "scale": 0.3, "seed": 1}, SHAPE, DRAWS),
    ("RandomElasticTransform", {"factor": 0.5, "seed": 1, **UNIT}, SHAPE, DRAWS),
    ("RandomCrop", {"height": 4, "width": 3, "seed": 1}, SHAPE, DRAWS),
    ("CenterCrop", {"height": 4, "width": 3}, SHAPE, {}),
    ("CenterCrop", {"height": 4, "width": 8, "data_format": "channels_first"}, (3, 6, 5), {}),
    ("Resizing", {"height": 4, "width": 7, "interpolation": "bicubic"}, SHAPE, {}),
    ("CutMix", {"seed": 1}, SHAPE, DRAWS),
    ("MixUp", {"alpha": 0.4, "seed": 1}, SHAPE, DRAWS),
    ("AutoContrast", UNIT, (3, 2, 1), {}),
    ("Equalization", {**UNIT, "bins": 16}, SHAPE, {"differentiable": False}),
    ("MaxNumBoundingBoxes", {"max_number": 3}, SHAPE, {}),
    ("Rescaling", {"scale": 0.5, "offset": [1.0, 2.0, 3.0]}, (4, 3), {}),
    ("Normalization", {"mean": [1.0, 2.0], "variance": [4.0, 0.5]}, (3, 2), {}),
    ("Normalization", {"axis": (1, 2), "invert": True}, (3, 2), {}),
    ("Discretization", {"bin_boundaries": [-1.0, 0.5]}, (4,), {"differentiable": False}),
    ("Discretization", {"bin_boundaries": [-1.0, 0.5], "output_mode": "count"}, (4,), {"differentiable": False}),
    ("CategoryEncoding", {"num_tokens": 5, "output_mode": "one_hot"}, (1,), {"input_dtype": "int32", "high": 5}),
    ("CategoryEncoding", {"num_tokens": 5, "output_mode": "count"}, (3,), {"input_dtype": "int32", "high": 5}),
    (
        "IntegerLookup",
        {"vocabulary": [7, 3, 5], "mask_token": 0},
        (3,),
        {"input_dtype": "int64", "differentiable": False},
    ),
    (
        "IntegerLookup",
        {"vocabulary": [7, 3], "output_mode": "multi_hot", "num_oov_indices": 2},
        (3,),
        {"input_dtype": "int64", "differentiable": False},
    ),
    (
        "MelSpectrogram",
        {"fft_length": 4, "sequence_stride": 2, "num_mel_bins": 2, "sampling_rate": 400, "power_to_db": False},
        (20,),
        {},
    ),
    ("STFTSpectrogram", {"mode": "psd", "frame_length": 4, "expand_dims": True}, (9, 2), {}),
    (
        "Pipeline",
        lambda p: {"layers": [hb.layers.Rescaling(0.5, dtype=p), hb.layers.RandomFlip(seed=1, dtype=p)]},
        SHAPE,
        DRAWS,
    ),
]
ELSEWHERE = {
    *("Hashing", "HashedCrossing", "StringLookup", "TextVectorization"),  # take strings: test_data_preprocessing.py
    "FeatureSpace",  # takes tables: test_feature_space.py
    *(
        "AugMix",
        "RandAugment",
        "ContrastLimitedAdaptiveHistogramEqualization",
    ),  # large graphs: test_image_preprocessing.py
}
"""Layers that have their contract in their own tests."""
