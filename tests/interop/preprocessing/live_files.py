"""Models whose layers prepare data: saved here and loaded by genuine Keras, and the other way."""

import os

os.environ |= {"KERAS_BACKEND": os.environ.get("KERAS_BACKEND", "jax")}

import hornbeam as hb
import keras
import numpy as np
import pytest

pytestmark = pytest.mark.filterwarnings("ignore")  # Keras and JAX warn of their own doings

RNG = np.random.default_rng(0)
NUMBERS = RNG.normal(3.0, 2.0, (40, 2)).astype("float32")
IDS = RNG.integers(0, 9, (40, 3))
IMAGES = RNG.integers(0, 256, (3, 16, 16, 3)).astype("float32")


def numbers(k):
    scale, bins = k.layers.Normalization(), k.layers.Discretization(num_bins=4, output_mode="one_hot")
    scale.adapt(NUMBERS)
    bins.adapt((NUMBERS - NUMBERS.mean(0)) / NUMBERS.std(0))
    return k.Sequential([k.Input((2,)), scale, bins, k.layers.Flatten(), k.layers.Dense(2)]), NUMBERS + 0.01


def lookups(k):
    lookup = k.layers.IntegerLookup(output_mode="multi_hot", mask_token=0)
    lookup.adapt(IDS)
    return k.Sequential([k.Input((3,), dtype="int64"), lookup]), IDS


def encodings(k):
    encode = k.layers.CategoryEncoding(9, output_mode="count")
    return k.Sequential([k.Input((3,), dtype="int32"), encode]), IDS.astype("int32")


def images(k):
    lay = k.layers
    chain = [
        lay.RandomFlip("horizontal", seed=1), lay.RandomRotation(0.1, fill_mode="constant"), lay.RandomZoom(0.1, 0.2),
        lay.RandomTranslation((-0.1, 0.2), 0.1), lay.RandomShear(0.1 if k is hb else (0.0, 0.1), (0.1, 0.2)), lay.RandomContrast(0.1),
        lay.RandomBrightness(0.1), lay.CenterCrop(10, 12), lay.Resizing(8, 8, "bicubic"), lay.RandomErasing(fill_value=3.0),
        lay.RandAugment(seed=2), lay.AugMix(num_chains=2), lay.CutMix(), lay.MixUp(alpha=0.3), lay.AutoContrast(),
        lay.Solarization(0.1, (0.1, 0.2)), lay.RandomHue(0.1), lay.RandomSaturation(0.5), lay.RandomSharpness(0.4),
        lay.RandomPosterization(4), lay.RandomColorJitter(hue_factor=0.1), lay.RandomGrayscale(0.3), lay.RandomInvert(0.2),
        lay.RandomGaussianBlur(kernel_size=5), lay.RandomPerspective(scale=0.2), lay.RandomElasticTransform(scale=0.2),
        lay.RandomColorDegeneration(0.4), lay.Rescaling(1 / 255.0, offset=-0.5),
    ]  # fmt: skip
    return k.Sequential([k.Input((16, 16, 3)), *chain]), IMAGES


def pipelines(k):
    lay = k.layers
    return k.Sequential([k.Input((16, 16, 3)), lay.Pipeline([lay.Resizing(8, 8), lay.Rescaling(0.5)])]), IMAGES


def sounds(k):
    mel = k.layers.MelSpectrogram(fft_length=64, sequence_stride=32, num_mel_bins=8, sampling_rate=2000)
    return k.Sequential([k.Input((200,)), mel]), RNG.normal(size=(2, 200)).astype("float32")


def spectrograms(k):
    stft = k.layers.STFTSpectrogram("magnitude", frame_length=16, expand_dims=True)
    return k.Sequential([k.Input((64, 1)), stft]), RNG.normal(size=(2, 64, 1)).astype("float32")


MODELS = (numbers, lookups, encodings, images, pipelines, sounds, spectrograms)


@pytest.mark.parametrize("build", MODELS)
def test_ours_is_loaded_by_keras(build, tmp_path):
    ours, x = build(hb)
    ours.save(tmp_path / "model.keras")
    theirs = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(theirs.predict(x, verbose=0), ours.predict(x, verbose=0), rtol=1e-4, atol=2e-4)


@pytest.mark.parametrize("build", MODELS)
def test_keras_s_is_loaded_by_us(build, tmp_path):
    theirs, x = build(keras)
    theirs.save(tmp_path / "model.keras")
    ours = hb.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(ours.predict(x, verbose=0), theirs.predict(x, verbose=0), rtol=1e-4, atol=2e-4)
