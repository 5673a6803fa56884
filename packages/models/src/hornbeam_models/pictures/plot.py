"""plot_model: a model as a picture, SVG or, with matplotlib, PNG and PDF."""

from __future__ import annotations

import html
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hornbeam import Layer
from hornbeam.errors import InvalidArgumentError, MissingPackageError

from hornbeam_models.diagram import Box, boxes
from hornbeam_models.pictures.frames import frame, nests, with_room
from hornbeam_models.pictures.layout import Place, lay_out

__all__ = ["Dot", "model_to_dot", "plot_model"]

FONT, LINE, CHARACTER, PADDING, MARGIN = 12, 16, 7.1, 9, 16  # pixels
COLORS = (  # of the boxes, by what their class's name begins with or contains
    (("input",), "#e8eaf0"),
    (("conv", "separable", "depthwise"), "#cfe3fb"),
    (("dense", "einsum", "embedding"), "#fde2c4"),
    (("lstm", "gru", "rnn", "bidirectional", "timedistributed"), "#e3d7f7"),
    (("attention",), "#f8d3e0"),
    (("norm",), "#d9f0dc"),
    (("pool", "upsampling", "flatten", "reshape", "padding", "crop", "permute", "repeat"), "#f0ead2"),
    (("add", "concat", "multiply", "average", "maximum", "minimum", "subtract", "dot"), "#fbf3b0"),
    (("functional", "sequential", "model"), "#d3d3d3"),
)


@dataclass
class _Look:
    shapes: bool
    dtype: bool
    names: bool
    activations: bool
    trainable: bool


def _color(kind: str) -> str:
    for words, color in COLORS:
        if any(word in kind.lower() for word in words):
            return color
    return "#ffffff"


def _text(box: Box, look: _Look) -> list[str]:
    """The lines in a box: what it is first."""
    lines = [f"{box.name} · {box.kind}" if look.names and box.name != box.kind else box.kind]
    activation = getattr(box.operation, "activation", None)
    if look.activations and activation is not None:
        lines.append(f"activation: {getattr(activation, '__name__', activation)}")
    if look.shapes:
        inputs, outputs = (", ".join(map(str, shapes)) or "?" for shapes in (box.inputs, box.outputs))
        lines.append(outputs if inputs in (outputs, "?") else f"{inputs} → {outputs}")
    if look.dtype and isinstance(box.operation, Layer):
        lines.append(f"dtype: {box.operation.compute_dtype}")
    if look.trainable and isinstance(box.operation, Layer) and box.operation.weights:
        lines.append("trained" if box.operation.trainable_weights else "not trained")
    return lines


class _Picture:
    """A diagram with everything in its place."""

    def __init__(self, model: Any, look: _Look, rankdir: str, expand_nested: bool) -> None:
        if rankdir not in ("TB", "LR"):
            raise InvalidArgumentError(f"plot_model: rankdir must be 'TB' or 'LR'; got {rankdir!r}")
        self.boxes = boxes(model, expand_nested)
        self.texts = [_text(box, look) for box in self.boxes]
        sizes = [(max(map(len, t)) * CHARACTER + 2 * PADDING, len(t) * LINE + 2 * PADDING - 4) for t in self.texts]
        number = {box.path: i for i, box in enumerate(self.boxes)}
        edges = [(number[feed], i) for i, box in enumerate(self.boxes) for feed in box.feeds]
        beside = rankdir == "LR"
        self.nests = nests(self.boxes)
        roomy = with_room(sizes, self.boxes, edges, self.nests, beside)
        self.places, self.lines, (width, height) = lay_out([(h, w) for w, h in roomy] if beside else roomy, edges)
        self.beside = beside
        if beside:
            width, height = height, width
            for place in self.places:
                place.x, place.y, place.width, place.height = place.y, place.x, place.height, place.width
            self.lines = [[(y, x) for x, y in line] for line in self.lines]
        for place, size in zip(self.places, sizes, strict=True):
            place.width, place.height = size
        self.ends = edges
        self.groups = self._groups()
        self.width, self.height = width + 2 * MARGIN, height + 2 * MARGIN

    def _groups(self) -> list[tuple[str, float, float, float, float]]:
        """The frames of nested models, outer ones first: name, left, top, right, bottom."""
        found: dict[str, list[Place]] = {}
        for box, place in zip(self.boxes, self.places, strict=True):
            for group in box.groups:
                found.setdefault(group, []).append(place)
        frames = []
        for path, inside in sorted(found.items(), key=lambda item: item[0].count("/")):
            left, right = min(p.x - p.width / 2 for p in inside), max(p.x + p.width / 2 for p in inside)
            top, bottom = min(p.y - p.height / 2 for p in inside), max(p.y + p.height / 2 for p in inside)
            side, above, below = frame(self.nests[path])
            frames.append((path.rpartition("/")[2], left - side, top - above, right + side, bottom + below))
        return frames

    def path(self, index: int) -> list[tuple[float, float]]:
        """The points of a line, from the border of the box that it leaves to the border of the one it enters."""
        points = list(self.lines[index])
        first, last = (self.places[i] for i in self.ends[index])
        if self.beside:
            points[0] = (first.x + first.width / 2, first.y)
            points[-1] = (last.x - last.width / 2, last.y)
        else:
            points[0] = (first.x, first.y + first.height / 2)
            points[-1] = (last.x, last.y - last.height / 2)
        return points


def _curve(points: list[tuple[float, float]], beside: bool) -> str:
    """An SVG path through points that leaves and enters each along the main direction."""
    found = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
        a, b = (((x0 + x1) / 2, y0), ((x0 + x1) / 2, y1)) if beside else ((x0, (y0 + y1) / 2), (x1, (y0 + y1) / 2))
        found.append(f"C{a[0]:.1f} {a[1]:.1f} {b[0]:.1f} {b[1]:.1f} {x1:.1f} {y1:.1f}")
    return " ".join(found)


def _svg(picture: _Picture) -> str:
    width, height = picture.width, picture.height
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="{-MARGIN} {-MARGIN} {width:.0f} {height:.0f}" font-family="DejaVu Sans Mono, Menlo, monospace" font-size="{FONT}">',
        '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#555"/></marker></defs>',
        f'<rect x="{-MARGIN}" y="{-MARGIN}" width="{width:.0f}" height="{height:.0f}" fill="white"/>',
    ]
    for name, left, top, right, bottom in picture.groups:
        out.append(
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{bottom - top:.1f}" rx="8" fill="#f6f6f6" '
            f'stroke="#999" stroke-dasharray="4 3"/><text x="{left + 6:.1f}" y="{top - 3:.1f}" fill="#777" '
            f'font-size="{FONT - 2}">{html.escape(name)}</text>'
        )
    for index in range(len(picture.lines)):
        out.append(
            f'<path d="{_curve(picture.path(index), picture.beside)}" fill="none" stroke="#555" marker-end="url(#a)"/>'
        )
    for box, place, text in zip(picture.boxes, picture.places, picture.texts, strict=True):
        x, y = place.x - place.width / 2, place.y - place.height / 2
        out.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{place.width:.1f}" height="{place.height:.1f}" rx="5" '
            f'fill="{_color(box.kind)}" stroke="#666"><title>{html.escape(box.path)}</title></rect>'
        )
        for i, line in enumerate(text):
            weight, color = (' font-weight="bold"', "#111") if i == 0 else ("", "#444")
            out.append(
                f'<text x="{place.x:.1f}" y="{y + PADDING + LINE * i + 10:.1f}" text-anchor="middle" fill="{color}"{weight}>'
                f"{html.escape(line)}</text>"
            )
    return "\n".join([*out, "</svg>\n"])


def _drawn(picture: _Picture, path: Path, dpi: int) -> None:
    """The same with matplotlib, for the kinds of files that it writes."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingPackageError(f"plot_model to a {path.suffix} file", "matplotlib") from None
    from hornbeam.fonts import legible
    from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
    from matplotlib.path import Path as Curve

    scale = 100  # pixels of the layout per inch
    figure = Figure((picture.width / scale, picture.height / scale))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-MARGIN, picture.width - MARGIN), ylim=(picture.height - MARGIN, -MARGIN))
    axes.axis("off")
    points = 72 / scale
    for name, left, top, right, bottom in picture.groups:
        axes.add_patch(
            FancyBboxPatch(
                (left, top), right - left, bottom - top, "round,pad=0,rounding_size=8", fc="#f6f6f6", ec="#999", ls="--"
            )
        )
        axes.text(left + 6, top - 3, name, fontsize=(FONT - 2) * points, color="#777", family="monospace")
    for index in range(len(picture.lines)):
        line = picture.path(index)
        vertices, codes = [line[0]], [Curve.MOVETO]
        for (x0, y0), (x1, y1) in zip(line, line[1:], strict=False):
            middle = (
                [((x0 + x1) / 2, y0), ((x0 + x1) / 2, y1)]
                if picture.beside
                else [(x0, (y0 + y1) / 2), (x1, (y0 + y1) / 2)]
            )
            vertices += [*middle, (x1, y1)]
            codes += [Curve.CURVE4] * 3
        axes.add_patch(
            FancyArrowPatch(path=Curve(vertices, codes), arrowstyle="-|>", mutation_scale=6, lw=0.7, color="#555")
        )
    for box, place, text in zip(picture.boxes, picture.places, picture.texts, strict=True):
        x, y = place.x - place.width / 2, place.y - place.height / 2
        shape = "round,pad=0,rounding_size=5"
        axes.add_patch(FancyBboxPatch((x, y), place.width, place.height, shape, fc=_color(box.kind), ec="#666", lw=0.7))
        for i, written in enumerate(text):
            weight, color = ("bold", "#111") if i == 0 else ("normal", "#444")
            how: dict[str, Any] = {"ha": "center", "family": "monospace", "weight": weight, "color": color}
            axes.text(place.x, y + PADDING + LINE * i + 10, written, fontsize=FONT * points, **how)
    legible(figure).savefig(path, dpi=dpi)


def plot_model(
    model: Any,
    to_file: Any = "model.png",
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = False,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
) -> None:
    """Draw a model's layers and what feeds what.

    Args:
        model: any model; one written as a class shows its layers without lines.
        to_file: .svg, or .dot (for Graphviz), or, with matplotlib, .png or .pdf.
        show_shapes: of inputs and outputs.
        show_dtype: of the computation.
        show_layer_names: besides the classes.
        rankdir: "TB" from top to bottom, "LR" from left to right.
        expand_nested: show what is inside nested models.
        dpi: of a .png file.
        show_layer_activations: names of activation functions.
        show_trainable: whether weights are trained.

    Raises:
        InvalidArgumentError: another kind of file, or another direction.
        MissingPackageError: a .png or .pdf file without matplotlib.
    """
    path = Path(to_file)
    if path.suffix not in (".svg", ".dot", ".png", ".pdf"):
        raise InvalidArgumentError(f"plot_model: to_file must end in .svg, .dot, .png or .pdf; got {str(to_file)!r}")
    look = _Look(show_shapes, show_dtype, show_layer_names, show_layer_activations, show_trainable)
    picture = _Picture(model, look, rankdir, expand_nested)
    if path.suffix == ".svg":
        path.write_text(_svg(picture), encoding="utf-8")
    elif path.suffix == ".dot":
        path.write_text(_dot(picture, rankdir), encoding="utf-8")
    else:
        _drawn(picture, path, dpi)


class Dot:
    """A graph in Graphviz's language."""

    def __init__(self, text: str) -> None:
        self.text = text

    def to_string(self) -> str:
        """The text."""
        return self.text

    def write(self, path: Any) -> None:
        """Write the text to a file."""
        Path(path).write_text(self.text, encoding="utf-8")


def model_to_dot(
    model: Any,
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    subgraph: bool = False,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
) -> Dot:
    """The picture of `plot_model` in Graphviz's language; arguments as there (`dpi` and `subgraph` are kept for Keras's signature)."""
    look = _Look(show_shapes, show_dtype, show_layer_names, show_layer_activations, show_trainable)
    return Dot(_dot(_Picture(model, look, rankdir, expand_nested), rankdir))


def _dot(picture: _Picture, rankdir: str) -> str:
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'

    lines = [f"digraph model {{ rankdir={rankdir}; node [shape=box, style=filled, fontname=monospace];"]
    for box, text in zip(picture.boxes, picture.texts, strict=True):
        lines.append(
            f"  {quoted(box.path)} [label={quoted(chr(10).join(text))}, fillcolor={quoted(_color(box.kind))}];"
        )
    lines += [f"  {quoted(feed)} -> {quoted(box.path)};" for box in picture.boxes for feed in box.feeds]
    return "\n".join([*lines, "}\n"])
