"""Images, sounds, texts and shards are read as they were written; what cannot be read is named, or left out on request."""

import io
import json
import tarfile

import hornbeam as hb
import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.signal
import soundfile
from hornbeam.errors import InvalidArgumentError
from hornbeam_datasets.loaders.images import read_image
from hornbeam_datasets.loaders.records import crc32c
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

RNG = np.random.default_rng(0)
PICTURES = {
    f"{kind}/{i}.png": RNG.integers(0, 256, (6 + i, 5, 3), dtype=np.uint8) for kind in ("cat", "dog") for i in range(3)
}


@pytest.fixture
def pictures(tmp_path):
    for name, array in PICTURES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.fromarray(array).save(tmp_path / name)
    return tmp_path


def test_images_in_folders(pictures):
    dataset = hb.datasets.load(pictures)
    assert dataset.class_names == ["cat", "dog"] and dataset.labels.tolist() == [0, 0, 0, 1, 1, 1]
    for (image, label), (name, array) in zip(dataset, PICTURES.items(), strict=True):
        np.testing.assert_array_equal(image, array)
        assert label == name.startswith("dog")
    turned = hb.datasets.load(pictures, class_names=["dog", "cat"])
    assert turned.labels.tolist() == [0, 0, 0, 1, 1, 1] and "dog" in turned.paths[0]
    small, _ = next(iter(hb.datasets.load(pictures, size=(4, 3), color_mode="grayscale").batch(6)))
    assert small.shape == (6, 4, 3, 1)
    plain = hb.datasets.load(sorted((pictures / "cat").iterdir()), labels=[5, 6, 7])
    assert [label for _, label in plain] == [5, 6, 7]
    with pytest.raises(
        InvalidArgumentError, match=r"class_names are \['cow', 'dog'\], but the folders are \['cat', 'dog'\]"
    ):
        hb.datasets.load(pictures, class_names=["cow", "dog"])


def test_scaled_images_are_pillows(pictures):
    path = pictures / "cat/2.png"
    with Image.open(path) as image:
        expected = np.asarray(image.resize((7, 9), Image.Resampling.BICUBIC))
        np.testing.assert_array_equal(read_image(path, (9, 7), interpolation="bicubic"), expected)
        middle = np.asarray(image.resize((4, 4), Image.Resampling.BILINEAR, (0, 1.5, 5, 6.5)))
    np.testing.assert_array_equal(read_image(path, (4, 4), keep_aspect_ratio=True), middle)


def test_large_jpegs_are_halved_while_they_are_decoded(tmp_path):
    smooth = 127 + 80 * np.sin(np.add.outer(np.arange(64), np.arange(48)) / 9)[..., None] * np.ones(3)
    Image.fromarray(smooth.astype(np.uint8)).save(tmp_path / "x.jpg", quality=95)
    halved = smooth.reshape(32, 2, 24, 2, 3).mean((1, 3))
    np.testing.assert_allclose(
        read_image(tmp_path / "x.jpg", (32, 24)).astype(float), halved, atol=4
    )  # JPEG's own loss


def test_images_that_cannot_be_read(pictures):
    (pictures / "cat/1.png").write_bytes(b"no picture")
    (pictures / "dog/2.png").write_bytes((pictures / "dog/1.png").read_bytes()[:60])
    dataset = hb.datasets.load(pictures)
    with pytest.raises(InvalidArgumentError, match=r'cat/1.png cannot be read: UnidentifiedImageError.*errors="skip"'):
        list(dataset)
    left = hb.datasets.load(pictures, errors="skip", size=(4, 4))
    assert [len(labels) for _, labels in left.batch(3)] == [3, 1] and left.skips.count == 2
    assert left.skips.listed[0].startswith(f"{pictures}/cat/1.png cannot be read: UnidentifiedImageError: ")
    assert (
        left.skips.listed[1].startswith(f"{pictures}/dog/2.png cannot be read: ")
        and left.skips.listed[1].count("2.png") == 1
    )


def test_images_of_16_bits_keep_their_upper_eight(tmp_path):
    values = RNG.integers(0, 1 << 16, (5, 4), dtype=np.uint16)
    Image.fromarray(values).save(tmp_path / "x.png")
    grey = read_image(tmp_path / "x.png", color_mode="grayscale")
    np.testing.assert_array_equal(grey[..., 0], values // 256)
    np.testing.assert_array_equal(read_image(tmp_path / "x.png"), np.repeat(grey, 3, -1))


@pytest.mark.parametrize("library", [pd, pl])
def test_paths_and_labels_in_a_data_frame(pictures, library):
    paths = [str(pictures / "dog/1.png"), str(pictures / "cat/1.png"), str(pictures / "dog/2.png")]
    frame = library.DataFrame({"Image": paths, "kind": ["dog", "cat", "dog"], "weight": [1.5, 2.5, 0.5]})
    dataset = hb.datasets.load(frame, loader="images", labels="kind")
    assert dataset.paths == paths and dataset.labels.tolist() == [1, 0, 1] and dataset.class_names == ["cat", "dog"]
    np.testing.assert_array_equal(dataset[1][0], read_image(paths[1]))
    assert hb.datasets.load(frame, loader="images", labels="weight").labels.tolist() == [1.5, 2.5, 0.5]
    assert hb.datasets.load(frame, loader="images", column="Image")[0].shape == read_image(paths[0]).shape
    for how, said in (
        ({"column": "path"}, "which column has the paths"),
        ({"labels": "sort"}, "no column 'sort'"),
        ({"labels": "kind", "class_names": ["dog"]}, "has 'cat', which is not among class_names"),
    ):
        with pytest.raises(InvalidArgumentError, match=said):
            hb.datasets.load(frame, loader="images", **how)
    with pytest.raises(InvalidArgumentError, match=r'labels must be "inferred", None'):
        hb.datasets.load(pictures, labels="kind")


def test_masks(pictures, tmp_path):
    (tmp_path / "masks").mkdir()
    for i in range(3):
        mask = np.zeros((6 + i, 5), np.uint8)
        mask[i:, 2:] = i + 1
        Image.fromarray(mask).save(tmp_path / f"masks/{i}.png")
    dataset = hb.datasets.load(pictures / "cat", masks=tmp_path / "masks")
    image, mask = dataset[2]
    assert image.shape == (8, 5, 3) and mask.shape == (8, 5) and mask[2:, 2:].min() == mask.max() == 3
    assert len(dataset.map(lambda i, m: m.sum()).batch(2)) == 2
    scaled = hb.datasets.load(pictures / "cat", masks=tmp_path / "masks", size=(16, 10))
    assert set(np.unique(scaled[2][1])) == {0, 3}
    (tmp_path / "masks/0.png").unlink()
    with pytest.raises(InvalidArgumentError, match=r"no mask in .*masks for .*cat/0.png \(1 of 3"):
        hb.datasets.load(pictures / "cat", masks=tmp_path / "masks")


COCO = {
    "images": [{"id": 7, "file_name": "0.png"}, {"id": 3, "file_name": "1.png"}],
    "categories": [{"id": 9, "name": "ear"}, {"id": 2, "name": "paw"}],
    "annotations": [
        {"image_id": 3, "category_id": 9, "bbox": [1, 2, 3, 4]},
        {"image_id": 3, "category_id": 2, "bbox": [0, 0, 5, 1]},
    ],
}


def test_coco(pictures):
    path = pictures / "boxes.json"
    path.write_text(json.dumps(COCO))
    dataset = hb.datasets.load(path, loader="coco", images=pictures / "cat")
    assert dataset.class_names == ["paw", "ear"]
    assert dataset[0][1]["boxes"].shape == (0, 4)
    image, found = dataset[1]
    np.testing.assert_array_equal(image, PICTURES["cat/1.png"])
    assert found["boxes"].tolist() == [[1, 2, 4, 6], [0, 0, 5, 1]] and found["labels"].tolist() == [1, 0]
    scaled = hb.datasets.load(path, loader="coco", images=pictures / "cat", size=(14, 5))
    assert scaled[1][1]["boxes"].tolist() == [[1, 4, 4, 12], [0, 0, 5, 2]]
    path.write_text(json.dumps({**COCO, "images": [{"id": 3, "file_name": "../secret.png"}]}))
    with pytest.raises(InvalidArgumentError, match="outside of the folder"):
        hb.datasets.load(path, loader="coco")
    path.write_text("[]")
    with pytest.raises(InvalidArgumentError, match="no annotation file in COCO's format"):
        hb.datasets.load(path, loader="coco")


VOC = """<annotation><filename>{0}.png</filename><object><name>{1}</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax>
<ymax>4</ymax></bndbox></object></annotation>"""


def test_voc(pictures):
    (pictures / "Annotations").mkdir()
    for i, kind in enumerate(("paw", "ear")):
        (pictures / f"Annotations/{i}.xml").write_text(VOC.format(i, kind))
    dataset = hb.datasets.load(pictures / "Annotations", loader="voc", images=pictures / "cat")
    assert dataset.class_names == ["ear", "paw"] and [s["labels"].tolist() for _, s in dataset] == [[1], [0]]
    assert dataset[1][1]["boxes"].tolist() == [[1, 2, 3, 4]]
    (pictures / "Annotations/1.xml").write_text('<!DOCTYPE x [<!ENTITY a "b">]>' + VOC.format(1, "&a;"))
    with pytest.raises(InvalidArgumentError, match="declares entities"):
        hb.datasets.load(pictures / "Annotations", loader="voc", images=pictures / "cat")


@pytest.mark.parametrize("ending", ["wav", "flac", "ogg"])
def test_sounds(ending, tmp_path):
    wave = np.sin(np.arange(4000) * 0.1).astype("float32")[:, None] * np.array([0.5, -0.25], "float32")
    for kind in ("high", "low"):
        (tmp_path / kind).mkdir()
        soundfile.write(tmp_path / kind / f"x.{ending}", wave, 8000)
    dataset = hb.datasets.load(tmp_path, channels=2)
    sound, label = dataset[1]
    tolerance = 0.04 if ending == "ogg" else 1e-4  # Vorbis leaves out what is not heard; 16 bits round to 3e-5
    np.testing.assert_allclose(sound, wave, atol=tolerance)
    assert sound.dtype == np.float32 and label == 1 and dataset.class_names == ["high", "low"]
    (batch, _) = next(iter(hb.datasets.load(tmp_path, sampling_rate=6000, length=5000).batch(2)))
    expected = scipy.signal.resample_poly(wave.mean(1), 3, 4)
    np.testing.assert_allclose(batch[0, : len(expected), 0], expected, atol=tolerance)
    assert batch.shape == (2, 5000, 1) and not batch[:, len(expected) :].any()
    (tmp_path / "low" / f"x.{ending}").write_bytes(b"silence")
    with pytest.raises(InvalidArgumentError, match=rf"low/x.{ending} cannot be read"):
        list(hb.datasets.load(tmp_path))


def test_texts(tmp_path):
    for kind, text in (("bad", "no\nway"), ("good", "yes ö")):
        (tmp_path / kind).mkdir()
        (tmp_path / kind / "a.txt").write_text(text, encoding="utf-8")
    dataset = hb.datasets.load(tmp_path)
    assert (
        list(dataset) == [("no\nway", 0), ("yes ö", 1)]
        and list(hb.datasets.load(tmp_path, max_length=3))[1][0] == "yes"
    )
    import gzip

    with gzip.open(tmp_path / "lines.txt.gz", "wt", encoding="utf-8") as file:
        file.write("one\ntwo\n\nfour")
    assert list(hb.datasets.load(tmp_path / "lines.txt.gz")) == ["one", "two", "", "four"]
    (tmp_path / "latin.txt").write_bytes("gut\nschön".encode("latin-1"))
    with pytest.raises(InvalidArgumentError, match=r"latin.txt, line \d: .*utf-8"):
        list(hb.datasets.load(tmp_path / "latin.txt"))
    assert list(hb.datasets.load(tmp_path / "latin.txt", encoding="latin-1")) == ["gut", "schön"]


def test_lines_of_json(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"x": [1, 2], "y": 0}\n\n{"x": [3\n{"y": 1}\n{"x": [], "y": 2}\n')
    with pytest.raises(InvalidArgumentError, match="rows.jsonl, line 3: "):
        list(hb.datasets.load(path))
    dataset = hb.datasets.load(path, keys=("x", "y"), errors="skip")
    assert [(x.tolist(), y) for x, y in dataset] == [([1, 2], 0), ([], 2)]
    assert dataset.skips.count == 2 and "line 4: there is no 'x'" in dataset.skips.listed[1]
    path.write_text('{"x": [[1, 2], [3, 4]], "ragged": [[1], [2, 3]], "words": ["a"], "deep": {"z": [0.5]}}\n')
    (row,) = hb.datasets.load(path)
    assert row["x"].shape == (2, 2) and row["deep"]["z"].tolist() == [0.5] and row["words"] == ["a"]
    assert [part.tolist() for part in row["ragged"]] == [[1], [2, 3]]


def shard(path, members):
    with tarfile.open(path, "w") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


def png(array):
    file = io.BytesIO()
    Image.fromarray(array).save(file, "PNG")
    return file.getvalue()


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def test_webdataset(tmp_path):
    for number in range(2):
        members = []
        for i in range(3):
            key = f"part/{number}{i}"
            members += [
                (f"{key}.png", png(PICTURES["cat/0.png"] + np.uint8(i))), (f"{key}.cls", b"%d" % i), (f"{key}.json", b'{"a": [1]}'),
                (f"{key}.seg.npy", npy(np.arange(i))), (f"{key}.txt", "ö".encode()), (f"{key}.pickle", b"cos\nsystem\n."),
            ]  # fmt: skip
        shard(tmp_path / f"{number}.tar", members)
    found = list(hb.datasets.load(tmp_path))
    assert [s["__key__"] for s in found] == [f"part/{n}{i}" for n in range(2) for i in range(3)]
    np.testing.assert_array_equal(found[4]["png"], PICTURES["cat/0.png"] + np.uint8(1))
    assert found[2]["cls"] == 2 and found[2]["seg.npy"].tolist() == [0, 1] and found[0]["json"] == {"a": [1]}
    assert found[0]["txt"] == "ö" and found[0]["pickle"] == b"cos\nsystem\n."
    pairs = hb.datasets.load(tmp_path, keys=("png", "cls"), shuffle_shards=1)
    batches = [labels.tolist() for _, labels in pairs.batch(4)]
    assert batches == [[0, 1, 2, 0], [1, 2]]
    with pytest.raises(InvalidArgumentError, match=r"0.tar: the sample part/00 has no 'jpg'; it has cls, json"):
        list(hb.datasets.load(tmp_path, keys=("jpg",)))
    data = (tmp_path / "1.tar").read_bytes()
    (tmp_path / "1.tar").write_bytes(data[: len(data) // 2 - 100])
    with pytest.raises(InvalidArgumentError, match=r"1.tar cannot be read to its end"):
        list(hb.datasets.load(tmp_path))


@given(data=st.binary(max_size=200), times=st.integers(1, 200))
def test_checksums(data, times):
    """CRC-32C by long division of polynomials over GF(2)."""
    data = data * times
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 255] ^ crc >> 8
    assert crc32c(data) == crc ^ 0xFFFFFFFF
    assert crc32c(b"123456789") == 0xE3069283  # RFC 3720, B.4


def test_masks_are_cut_as_their_images_are(tmp_path):
    for folder in ("images", "masks"):
        (tmp_path / folder).mkdir()
    picture = np.arange(12 * 30, dtype=np.uint8).reshape(12, 30) // 3
    for size in ((12, 12), (6, 5), (4, 9)):
        for folder in ("images", "masks"):
            Image.fromarray(picture).save(tmp_path / folder / "a.png")
        how = {"size": size, "keep_aspect_ratio": True, "interpolation": "nearest", "color_mode": "grayscale"}
        image, mask = hb.datasets.load(tmp_path / "images", masks=tmp_path / "masks", **how)[0]
        np.testing.assert_array_equal(image[..., 0], mask)
    np.testing.assert_array_equal(
        hb.datasets.load(tmp_path / "images", masks=tmp_path / "masks", size=(12, 12), keep_aspect_ratio=True)[0][1],
        picture[:, 9:21],
    )


def test_masks_that_do_not_fit_or_cannot_be_read_are_named(tmp_path):
    paths = [str(tmp_path / name) for name in ("a.png", "b.png")]
    for path in paths:
        Image.fromarray(np.zeros((6, 5), np.uint8)).save(path)
    Image.fromarray(np.zeros((6, 7), np.uint8)).save(tmp_path / "wide.png")
    (tmp_path / "broken.png").write_bytes((tmp_path / "a.png").read_bytes()[:40])
    masks = [str(tmp_path / name) for name in ("wide.png", "broken.png")]
    dataset = hb.datasets.load(paths, loader="images", masks=masks)
    with pytest.raises(InvalidArgumentError, match=r"a.png is 6 x 5 pixels and its mask .*wide.png 6 x 7.*size="):
        dataset[0]
    with pytest.raises(InvalidArgumentError, match=r"broken.png cannot be read: .*errors=\"skip\""):
        dataset[1]
    skipping = hb.datasets.load(paths, loader="images", masks=masks, errors="skip")
    assert list(skipping) == [] and skipping.skips.count == 2
    same = hb.datasets.load([paths[0]] * 2, loader="images", masks=[paths[0], masks[0]], size=(6, 5))
    assert [m.shape for _, m in same] == [(6, 5)] * 2


def test_an_unknown_option_is_answered_by_those_there_are(tmp_path):
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(InvalidArgumentError, match=r"the loader 'txt' has no option 'lable'; it has .*labels"):
        hb.datasets.load(tmp_path, lable=None)
    with pytest.raises(InvalidArgumentError, match=r"'arrays' has no option 'size'; it has none"):
        hb.datasets.load([1, 2], size=3)
