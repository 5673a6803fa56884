"""Plain WAV files are read as libsndfile reads them; what is not plain, or is damaged, is left to it."""

import io
import wave

import numpy as np
import pytest
import soundfile
from hornbeam.errors import InvalidArgumentError
from hornbeam_datasets import load, read_audio
from hornbeam_datasets.loaders.wav import read_wav
from hypothesis import given
from hypothesis import strategies as st

PLAIN = ("PCM_U8", "PCM_16", "PCM_32", "FLOAT")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("wav")


@given(
    subtype=st.sampled_from(PLAIN), form=st.sampled_from(["WAV", "WAVEX"]), channels=st.integers(1, 3),
    frames=st.sampled_from([0, 1, 5, 1000, 20_000]), rate=st.sampled_from([8000, 44_100]), seed=st.integers(0, 99), data=st.data(),
)  # fmt: skip
def test_the_numbers_of_libsndfile(folder, subtype, form, channels, frames, rate, seed, data):
    path = folder / "one.wav"
    sound = np.random.default_rng(seed).uniform(-1.2, 1.2, (frames, channels))
    soundfile.write(path, sound, rate, subtype=subtype, format=form)
    start, length = data.draw(st.integers(0, frames + 2)), data.draw(st.none() | st.integers(0, frames + 2))
    with soundfile.SoundFile(path) as file:
        file.seek(min(start, frames))
        expected = file.read(frames if length is None else length, dtype="float32", always_2d=True)
    found = read_wav(path, start, length)
    assert found is not None and found.rate == rate and found.sound.dtype == np.float32
    np.testing.assert_array_equal(found.sound, expected)


def test_one_that_python_writes_with_a_chunk_before_the_numbers(tmp_path):
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setnchannels(1), file.setsampwidth(2), file.setframerate(16_000)
        file.writeframes(np.arange(-4, 4, dtype="<i2").tobytes())
    content = (tmp_path / "a.wav").read_bytes()
    chunk = b"LIST\x03\x00\x00\x00abc\x00"  # of an odd length, and so with a byte behind it
    (tmp_path / "b.wav").write_bytes(content[:12] + chunk + content[12:])
    for name in ("a.wav", "b.wav"):
        np.testing.assert_array_equal(read_wav(tmp_path / name).sound[:, 0], np.arange(-4, 4) / 2**15)


@pytest.mark.parametrize("subtype", ["PCM_24", "DOUBLE", "ULAW", "IMA_ADPCM"])
def test_others_are_left_to_libsndfile(tmp_path, subtype):
    path = tmp_path / "other.wav"
    soundfile.write(path, np.linspace(-1, 1, 600), 8000, subtype=subtype)
    assert read_wav(path) is None
    np.testing.assert_array_equal(read_audio(path), soundfile.read(path, dtype="float32", always_2d=True)[0])


@pytest.mark.parametrize("cut", [0, 3, 20, 40, 44, 60])
def test_damaged_ones(tmp_path, cut):
    content = io.BytesIO()
    soundfile.write(content, np.zeros(100), 8000, subtype="PCM_16", format="WAV")
    path = tmp_path / "cut.wav"
    path.write_bytes(content.getvalue()[:cut])
    assert read_wav(path) is None
    try:
        expected = soundfile.read(path, dtype="float32", always_2d=True)[0]
    except soundfile.LibsndfileError:
        with pytest.raises(InvalidArgumentError, match=r"cut\.wav cannot be read"):
            load(path)[0]
    else:
        np.testing.assert_array_equal(load(path)[0], expected)


def test_more_than_memory_is_refused(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.zeros(100), 8000)
    assert read_wav(tmp_path / "a.wav", most=99) is None
    assert len(read_wav(tmp_path / "a.wav", 10, 5, most=99).sound) == 5
