"""pad_sequences, to_categorical, normalize, get_file and IMDB, as scripts for Keras use them."""

import hashlib
import http.server
import io
import tarfile
import threading
from pathlib import Path

import hornbeam as hb
import numpy as np
import pytest
from hornbeam_datasets import DownloadError, get_file, imdb, normalize, pad_sequences, to_categorical
from hypothesis import given
from hypothesis import strategies as st


@given(
    rows=st.lists(st.lists(st.integers(1, 9), max_size=6), max_size=5),
    maxlen=st.none() | st.integers(1, 7),
    padding=st.sampled_from(["pre", "post"]),
    truncating=st.sampled_from(["pre", "post"]),
)
def test_padding_is_what_its_words_say(rows, maxlen, padding, truncating):
    found = pad_sequences(rows, maxlen, padding=padding, truncating=truncating, value=-1)
    length = maxlen or max(map(len, rows), default=0)
    assert found.shape == (len(rows), length)
    assert found.dtype == "int32"
    for row, given_row in zip(found.tolist(), rows, strict=True):
        kept = given_row[:length] if truncating == "post" else given_row[max(0, len(given_row) - length) :]
        fill = [-1] * (length - len(kept))
        assert row == (fill + kept if padding == "pre" else kept + fill)


def test_padding_of_vectors_and_what_is_refused():
    found = pad_sequences([np.ones((1, 2)), np.ones((3, 2))], dtype="float32", padding="post")
    assert found.shape == (2, 3, 2)
    assert found.sum() == 8
    with pytest.raises(hb.DTypeError, match="takes a list of sequences; got 2"):
        pad_sequences([[1], 2])
    with pytest.raises(hb.InvalidArgumentError, match="padding must be 'pre' or 'post'; got 'left'"):
        pad_sequences([[1]], padding="left")


@given(shape=st.lists(st.integers(2, 3), min_size=1, max_size=2), classes=st.integers(1, 5), seed=st.integers(0, 99))
def test_rows_of_a_one(shape, classes, seed):
    x = np.random.default_rng(seed).integers(0, classes, shape)
    for indices in (x, x[..., None]):
        found = to_categorical(indices, classes)
        assert found.shape == (*x.shape, classes)
        assert (found.sum(-1) == 1).all()
        np.testing.assert_array_equal(found.argmax(-1), x)
    with pytest.raises(hb.InvalidArgumentError, match="class indices must be from 0 to 1"):
        to_categorical([2], 2)


def test_normalized_vectors():
    x = np.array([[3.0, 4.0], [0.0, 0.0]])
    np.testing.assert_allclose(normalize(x), [[0.6, 0.8], [0.0, 0.0]])
    np.testing.assert_allclose(normalize(x, axis=0, order=1), [[1.0, 1.0], [0.0, 0.0]])


CONTENT = b"some words"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HORNBEAM_HOME", str(tmp_path / "hornbeam"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return tmp_path


@pytest.fixture
def address():
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(CONTENT)

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/data/words.txt?x=1"
        server.shutdown()
        thread.join()


def test_a_file_is_fetched_once_and_checked(home, address):
    digest = hashlib.sha256(CONTENT).hexdigest()
    path = get_file(origin=address, file_hash=digest)
    assert path == str(home / "hornbeam" / "datasets" / "words.txt")
    assert Path(path).read_bytes() == CONTENT
    assert get_file("words.txt", "http://127.0.0.1:1/words.txt", md5_hash=hashlib.md5(CONTENT).hexdigest()) == path
    with pytest.raises(DownloadError, match="it is damaged, or another file"):
        get_file("words.txt", address, file_hash="0" * 64)
    with pytest.raises(DownloadError, match="another file"):
        get_file("other.txt", address, file_hash="0" * 64)
    assert sorted(p.name for p in (home / "hornbeam" / "datasets").iterdir()) == ["words.txt"]


def test_keras_s_folder_and_given_paths_are_looked_at_first(home):
    (home / "keras" / "datasets").mkdir(parents=True)
    (home / "keras" / "datasets" / "a.txt").write_text("a")
    assert get_file("a.txt", "http://127.0.0.1:1/a.txt") == str(home / "keras" / "datasets" / "a.txt")
    (home / "b.txt").write_text("b")
    assert get_file(str(home / "b.txt")) == str(home / "b.txt")


def test_without_network_the_message_says_where_to_put_the_file(home):
    with pytest.raises(DownloadError, match=r"cannot be reached .* Put the file at .*hornbeam/datasets/c.txt"):
        get_file("c.txt", "http://127.0.0.1:1/c.txt")
    with pytest.raises(DownloadError, match="no address to fetch it from"):
        get_file("c.txt")
    with pytest.raises(hb.InvalidArgumentError, match="files are fetched from http"):
        get_file("c.txt", "file:///etc/passwd")


def test_archives_are_unpacked_beside_themselves_and_nowhere_else(home):
    with tarfile.open(home / "set.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("inside/words.txt")
        info.size = len(CONTENT)
        archive.addfile(info, io.BytesIO(CONTENT))
    folder = get_file(str(home / "set.tar.gz"), untar=True)
    assert folder == str(home / "set")
    assert (home / "set" / "inside" / "words.txt").read_bytes() == CONTENT
    with tarfile.open(home / "evil.tar", "w") as archive:
        archive.addfile(tarfile.TarInfo("../outside.txt"), io.BytesIO())
    with pytest.raises(tarfile.FilterError):
        get_file(str(home / "evil.tar"), extract=True)
    assert not (home / "outside.txt").exists()


REVIEWS = {"train": [("A good, good film!", 1), ("a bad film<br />", 0)], "test": [("good unknown film", 1)]}


@pytest.fixture(params=["tables", "texts"])
def reviews(request, tmp_path):
    for part, rows in REVIEWS.items():
        if request.param == "tables":
            lines = "".join(f'{label},"{text}"\n' for text, label in rows)
            (tmp_path / f"imdb_{part}.csv").write_text("label,text\n" + lines)
            continue
        for i, (text, label) in enumerate(rows):
            folder = tmp_path / part / ("neg", "pos")[label]
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{i}.txt").write_text(text)
            (tmp_path / part / "neg").mkdir(exist_ok=True)
    return tmp_path


def test_reviews_are_numbered_by_how_frequent_their_words_are(reviews):
    index = imdb.get_word_index(reviews)
    assert {index[w] for w in ("a", "good", "film")} == {1, 2, 3}
    assert index["bad"] == 4
    (x, y), (x_test, y_test) = imdb.load_data(reviews)
    expected = [1, *(index[w] + 3 for w in ("a", "good", "good", "film"))]
    assert list(x[list(y).index(1)]) == expected
    assert y.dtype == "int64"
    assert (x_test.tolist(), y_test.tolist()) == ([[1, index["good"] + 3, index["film"] + 3]], [1])
    (x, y), _ = imdb.load_data(reviews, num_words=7, start_char=None, index_from=3)
    assert 2 in x[list(y).index(0)]  # "bad", the least frequent
    (x, y), _ = imdb.load_data(reviews, num_words=7, start_char=None, oov_char=None, skip_top=1)
    assert len(x[list(y).index(0)]) == 2
    (x, _), _ = imdb.load_data(reviews, maxlen=5)
    assert len(x) == 1
    with pytest.raises(hb.InvalidArgumentError, match="no text is shorter than maxlen=1"):
        imdb.load_data(reviews, maxlen=1)


def test_keras_s_file_is_read_and_what_else_it_could_hold_is_not(tmp_path):
    x = np.empty(2, object)
    x[:] = [[3, 1], [2]]
    np.savez(tmp_path / "imdb.npz", x_train=x, y_train=[0, 1], x_test=x, y_test=[1, 0])
    (found, y), _ = imdb.load_data(str(tmp_path / "imdb.npz"), start_char=None, index_from=0)
    assert {int(label): list(r) for r, label in zip(found, y, strict=True)} == {0: [3, 1], 1: [2]}

    class Evil:
        def __reduce__(self):
            return print, ("ran",)

    x[0] = Evil()
    np.savez(tmp_path / "evil.npz", x_train=x, y_train=[0, 1], x_test=x, y_test=[1, 0])
    with pytest.raises(hb.DTypeError, match="builtins.print, not lists of numbers"):
        imdb.load_data(str(tmp_path / "evil.npz"))
