"""Diagrams, their layout, and pictures of models."""

import itertools
import xml.etree.ElementTree as ET

import hornbeam as hb
import numpy as np
import pytest
from hornbeam_layers import Add, BatchNormalization, Conv2D, Dense, Dropout, GlobalAveragePooling2D, Input
from hornbeam_models import Model, Sequential
from hornbeam_models.costs import operations
from hornbeam_models.diagram import boxes
from hornbeam_models.pictures import model_to_dot, plot_model
from hornbeam_models.pictures.layout import GAP, lay_out
from hypothesis import given
from hypothesis import strategies as st


@st.composite
def graphs(draw):
    """Boxes of any size, and edges from earlier to later ones."""
    count = draw(st.integers(1, 9))
    sizes = [(draw(st.integers(20, 200)), draw(st.integers(10, 60))) for _ in range(count)]
    pairs = list(itertools.combinations(range(count), 2))
    return sizes, draw(st.lists(st.sampled_from(pairs), unique=True, max_size=14)) if pairs else []


@given(graphs())
def test_boxes_do_not_overlap_and_lines_go_down_between_them(graph):
    sizes, edges = graph
    places, lines, (width, height) = lay_out(sizes, edges)
    assert [(p.width, p.height) for p in places] == sizes
    for a, b in itertools.combinations(places, 2):
        beside = abs(a.x - b.x) >= (a.width + b.width) / 2 - 1e-6
        above = abs(a.y - b.y) >= (a.height + b.height) / 2 - 1e-6
        assert beside or above
    for p in places:
        assert -1e-6 <= p.x - p.width / 2 <= p.x + p.width / 2 <= width + 1e-6
        assert -1e-6 <= p.y - p.height / 2 <= p.y + p.height / 2 <= height + 1e-6
    for (start, end), line in zip(edges, lines, strict=True):
        assert line[0] == (places[start].x, places[start].y)
        assert line[-1] == (places[end].x, places[end].y)
        assert all(y0 <= y1 for (_, y0), (_, y1) in itertools.pairwise(line))
        for (x0, y0), (x1, y1) in itertools.pairwise(line):
            if x0 == x1:  # the straight parts pass other boxes at a distance
                for i, p in enumerate(places):
                    if i not in (start, end) and p.y - p.height / 2 < (y0 + y1) / 2 < p.y + p.height / 2 and y1 > y0:
                        assert abs(p.x - x0) >= p.width / 2 + GAP / 2 - 1e-6


def test_a_chain_is_a_straight_line_and_a_skip_leaves_it_so():
    places, _, _ = lay_out([(60, 20), (90, 20), (40, 20), (70, 20), (60, 20)], [(0, 1), (1, 2), (2, 3), (3, 4), (0, 4)])
    xs = [p.x for p in places]
    assert max(xs) - min(xs) < 2


def branched():
    x = Input((8, 8, 3), name="x")
    h = BatchNormalization(name="bn")(Conv2D(4, 3, padding="same", name="conv")(x))
    inner = Sequential([Input((8, 8, 4)), Conv2D(4, 1, name="deep"), Dropout(0.5, name="drop")], name="inner")
    out = Dense(2, name="out")(GlobalAveragePooling2D(name="pool")(hb.ops.add(inner(h), h)))
    return Model(x, out)


def test_boxes_of_a_functional_model():
    found = {box.name.rstrip("_0123456789"): box for box in boxes(branched())}
    links = {name: [feed.rstrip("_0123456789") for feed in box.feeds] for name, box in found.items()}
    assert links == {
        **{"x": [], "conv": ["x"], "bn": ["conv"], "inner": ["bn"]},
        **{"add": ["inner", "bn"], "pool": ["add"], "out": ["pool"]},
    }
    assert found["conv"].outputs == [(None, 8, 8, 4)]
    inside = {box.path: box.feeds for box in boxes(branched(), expand_nested=True)}
    assert inside["inner/deep"] == ["bn"]
    assert inside["inner/drop"] == ["inner/deep"]
    assert inside["pool"][0].startswith("add")


def test_a_shared_layer_is_a_box_for_each_call():
    dense, x = Dense(3, name="twice"), Input((3,), name="x")
    found = boxes(Model(x, dense(dense(x))))
    assert [(box.path, box.feeds) for box in found] == [("x", []), ("twice", ["x"]), ("twice_1", ["twice"])]


@pytest.mark.parametrize(
    "how", [{}, {"show_shapes": True, "show_layer_names": True, "expand_nested": True}, {"rankdir": "LR"}]
)
def test_svg_holds_every_box_and_line(tmp_path, how):
    path = tmp_path / "m.svg"
    plot_model(branched(), path, show_dtype=True, show_trainable=True, show_layer_activations=True, **how)
    tree = ET.parse(path).getroot()
    space = "{http://www.w3.org/2000/svg}"
    found = boxes(branched(), how.get("expand_nested", False))
    titles = [t.text for t in tree.iter(f"{space}title")]
    kinds = [box.kind for box in found]
    assert len(titles) == len(found)
    written = " ".join(t.text for t in tree.iter(f"{space}text"))
    assert all(kind in written for kind in kinds)
    assert len([p for p in tree.iter(f"{space}path") if "marker-end" in p.attrib]) == sum(len(b.feeds) for b in found)
    assert ("(None, 8, 8, 3) → (None, 8, 8, 4)" in written) == how.get("show_shapes", False)


def test_other_files(tmp_path):
    plot_model(branched(), tmp_path / "m.png", show_shapes=True, expand_nested=True, dpi=40)
    assert (tmp_path / "m.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    plot_model(branched(), tmp_path / "m.dot")
    assert '"conv" -> "bn";' in (tmp_path / "m.dot").read_text()
    assert model_to_dot(branched()).to_string().startswith("digraph")
    with pytest.raises(hb.InvalidArgumentError, match="must end in .svg"):
        plot_model(branched(), tmp_path / "m.jpeg")
    with pytest.raises(hb.InvalidArgumentError, match="rankdir must be"):
        plot_model(branched(), tmp_path / "m.svg", rankdir="UP")


# ---- counting


def test_operations_are_counted_by_hand():
    counted = {box.name: operations(box) for box in boxes(branched())}
    assert counted["x"] == 0
    assert counted["conv"] == 8 * 8 * 4 * (2 * 3 * 3 * 3 + 1)  # a product and a sum for each weight, and the bias
    assert counted["out"] == 2 * (2 * 4 + 1)
    assert counted["pool"] == pytest.approx(8 * 8 * 4, abs=8)


def test_operations_of_recurrent_layers_and_groups():
    from hornbeam_layers import LSTM

    lstm = boxes(Sequential([Input((5, 3)), LSTM(4)]))[1]
    products = 5 * 2 * (3 + 4) * 16
    assert products < operations(lstm) < products + 5 * 4 * 40
    conv = boxes(Sequential([Input((4, 4, 6)), Conv2D(6, 3, groups=3, use_bias=False)]))[1]
    assert operations(conv) == 2 * 2 * 6 * 2 * 3 * 3 * 2


def text_of(model, **how):
    written = []
    model.summary(print_fn=written.append, **how)
    return written[0]


def test_the_summary_tells_what_there_is():
    model = branched()
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)
    text = text_of(model)
    total = model.count_params()
    trained = sum(w.size for w in model.trainable_weights)
    assert f"parameters: {total:,} ({trained:,} trained, {total - trained:,} not)" in text
    assert f"optimizer: {2 * trained + 2:,} numbers" in text
    (line,) = [line for line in text.splitlines() if "conv (Conv2D)" in line]
    assert [cell.strip() for cell in line.strip("│").split("│")] == [
        *("conv (Conv2D)", "(None, 8, 8, 4)", "112", "14.1 K", "1.00 KiB", "x")
    ]
    assert "deep" not in text
    nested = text_of(model, expand_nested=True, show_trainable=True)
    assert "deep (Conv2D)" in nested
    assert "yes" in nested
    part = text_of(model, layer_range=("bn", "pool"))
    assert "conv (Conv2D)" not in part
    assert "pool" in part
    with pytest.raises(hb.InvalidArgumentError, match="no layer's name begins with 'nowhere'"):
        model.summary(layer_range=("nowhere", "pool"))


def test_a_narrow_summary_leaves_columns_out():
    assert max(map(len, text_of(branched(), line_length=70).splitlines())) <= 70
    assert "operations " not in text_of(branched(), line_length=70).splitlines()[2]


@pytest.mark.parametrize("width", [50, 60, 66, 70])
def test_a_very_narrow_summary_cuts_no_number_off(width):
    x = Input((224, 224, 30), name="x")
    parts = [Conv2D(f, 3, padding="same", name=f"conv2_block1_{f}_conv")(x) for f in (64, 1000)]
    lines = text_of(Model(x, hb.ops.concatenate(parts, axis=-1)), line_length=width).splitlines()
    table = [line for line in lines if line.startswith("│")]
    assert {len(line) for line in table} == {len(lines[1])} and len(lines[1]) <= width
    numbers = [line.split("│")[3].strip() for line in table]
    assert [n for n in numbers if n] == ["0", "17,344", "271,000", "0"]


def test_a_narrow_summary_breaks_no_name_of_a_layer_and_tells_of_branches_only():
    x = Input((224, 224, 30), name="x")
    one = BatchNormalization(name="a_long_name_of_a_layer")(x)
    other = Conv2D(64, 3, padding="same", name="conv2_block1_0_conv")(x)
    joined = Add(name="conv2_block1_add")([one, Conv2D(30, 1, name="conv2_block1_1_conv")(other)])
    lines = text_of(Model(x, joined), line_length=80).splitlines()
    assert max(map(len, lines)) <= 80
    assert all(len(line) == len(lines[1]) for line in lines[1:-2])
    names = [line.split("│")[1].strip() for line in lines if line.startswith("│")]
    assert [n for n in names if n] == [
        *("x (Input)", "a_long_name_of_a_layer", "(BatchNormalization)", "conv2_block1_0_conv", "(Conv2D)"),
        *("conv2_block1_1_conv", "(Conv2D)", "conv2_block1_add (Add)"),
    ]
    told = "".join(line.split("│")[4].strip() for line in lines if line.startswith("│"))
    assert told == "xa_long_name_of_a_layer,conv2_block1_1_conv"


def test_the_summary_of_what_is_not_built():
    class Net(Model):
        def __init__(self):
            super().__init__()
            self.first, self.second = Dense(3, name="first"), Dense(4, name="second")

        def call(self, x):
            return self.second(self.first(x))

    model = Net()
    assert "not built" in text_of(model)
    model(np.ones((7, 5), np.float32))
    assert "(None, 3)" in text_of(model)
    assert "parameters: 34 (34 trained, 0 not)" in text_of(model)
    late = Sequential([Dense(3)])
    late(np.ones((7, 5), np.float32))
    assert [operations(box) for box in boxes(late)] == [3 * (2 * 5 + 1)]


@pytest.mark.parametrize("rankdir", ["TB", "LR"])
def test_frames_of_nested_models_hold_their_boxes_and_meet_nothing_else(tmp_path, rankdir):
    x = Input((6,), name="x")
    deep = Sequential([Input((6,)), Dense(6, name="a"), BatchNormalization(name="quite_a_long_name")], name="deep")
    middle = Sequential([Input((6,)), deep, Dense(6, name="b")], name="middle")
    outer = Sequential([Input((6,)), middle, Dense(6, name="c")], name="outer")
    model = Model(x, [Dense(6, name="beside")(x), outer(x), Dense(2, name="also_beside")(x)])
    plot_model(model, tmp_path / "m.svg", show_layer_names=True, expand_nested=True, rankdir=rankdir)
    root = ET.parse(tmp_path / "m.svg").getroot()
    shapes = list(root.iter("{http://www.w3.org/2000/svg}rect"))
    found = {}
    for shape, title in [(s, s.find("{http://www.w3.org/2000/svg}title")) for s in shapes]:
        left, top, width, height = (float(shape.get(key)) for key in ("x", "y", "width", "height"))
        found.setdefault(title.text if title is not None else "frames", []).append(
            (left, top, left + width, top + height)
        )
    canvas, *frames = found.pop("frames")
    assert len(frames) == 3
    for inner, around in itertools.pairwise([*frames[::-1], canvas]):  # with room for a name between the tops
        assert around[0] < inner[0] and around[1] <= inner[1] - 12 and inner[2] < around[2] and inner[3] < around[3]
    for (box,) in [places for name, places in found.items() if "outer" not in name]:
        a = frames[0]
        assert box[2] < a[0] or a[2] < box[0] or box[3] < a[1] - 12 or a[3] < box[1]
    assert sum("outer" in name for name in found) == 4
