"""What every architecture has in common: the input, the top, and where the weights are from."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from hornbeam import KerasTensor
from hornbeam.errors import InvalidArgumentError, ShapeError
from hornbeam.symbolic import sources
from hornbeam_datasets import get_file
from hornbeam_layers import Dense, Dropout, GlobalAveragePooling2D, GlobalMaxPooling2D, Input, activations
from hornbeam_models import Functional

__all__ = ["HOME", "File", "Wanted", "halved", "kernels_file", "one_of", "rounded"]

HOME = "https://storage.googleapis.com/tensorflow/keras-applications/"


class File(NamedTuple):
    """Published weights: their address, what the file hashes to, and its name where that is another than the address's."""

    address: str
    digest: str | None = None
    name: str | None = None


def kernels_file(folder: str, network: str, digests: tuple[str, str]) -> tuple[File, File]:
    """The two files of a network, with and without its top, as most are named."""
    stem = f"{HOME}{folder}/{network}_weights_tf_dim_ordering_tf_kernels"
    return File(f"{stem}.h5", digests[0]), File(f"{stem}_notop.h5", digests[1])


@dataclass(frozen=True)
class Wanted:
    """The arguments that every architecture takes.

    Args:
        include_top: whether the network ends in the layers that tell classes.
        weights: None (random), "imagenet" (published ones), or the path of a file of weights.
        input_tensor: a KerasTensor that the network starts from; default: an Input of its own.
        input_shape: (rows, columns, channels); rows and columns may be None without the top.
        pooling: what follows the last feature maps without the top: None, "avg" or "max".
        classes: how many, with the top.
        classifier_activation: of the last layer, with the top; None for logits.
        name: of the model.
    """

    include_top: bool
    weights: Any
    input_tensor: Any
    input_shape: Any
    pooling: str | None
    classes: int
    classifier_activation: Any
    name: str | None

    def start(self, size: int, least: int = 32, flattens: bool | None = None) -> Any:
        """What the network starts from.

        Args:
            size: rows and columns of images, where they are not given.
            least: rows and columns that the network needs.
            flattens: whether the top needs to know the size; default: where there is a top.

        Raises:
            InvalidArgumentError: arguments that do not go together, or weights that are not there.
            ShapeError: a shape that is none, or too small.
        """
        published = isinstance(self.weights, str) and self.weights == "imagenet"
        if self.weights is not None and not published and not os.path.exists(self.weights):
            raise InvalidArgumentError(
                f"weights is None, 'imagenet', or the path of a file of weights; there is no file {self.weights!r}"
            )
        if published and self.include_top and self.classes != 1000:
            raise InvalidArgumentError(
                f"the published weights tell 1000 classes, not {self.classes}. Use include_top=False and put layers of your own "
                "on the features, or weights=None."
            )
        if self.include_top and self.weights is not None:
            allowed = activations.get("softmax"), activations.get(None)
            if activations.get(self.classifier_activation) not in allowed:
                raise InvalidArgumentError(
                    f"with weights, classifier_activation is 'softmax' or None; got {self.classifier_activation!r}"
                )
        shape = self._shape(published, size, least, self.include_top if flattens is None else flattens)
        if self.input_tensor is None:
            return Input(shape)
        if not isinstance(self.input_tensor, KerasTensor):
            raise InvalidArgumentError(
                f"input_tensor is a KerasTensor, which Input makes; got {type(self.input_tensor).__name__}"
            )
        return self.input_tensor

    def _shape(self, published: bool, size: int, least: int, flattens: bool) -> tuple[int | None, ...]:
        given = None if self.input_shape is None else tuple(self.input_shape)
        if given is not None and len(given) != 3:
            raise ShapeError(f"input_shape is (rows, columns, channels); got {given}")
        if given is not None and published and given[2] != 3:
            raise ShapeError(f"the published weights are for images of 3 channels; got input_shape={given}")
        if published and flattens and given not in (None, (size, size, 3)):
            raise ShapeError(
                f"with its top and the published weights, the network takes images of {(size, size, 3)}; got "
                f"input_shape={given}. Use include_top=False for another size."
            )
        if given is None:
            return (size, size, 3) if flattens else (None, None, 3)
        if any(s is not None and s < least for s in given[:2]):
            raise ShapeError(f"the network takes images of at least {least} by {least}; got input_shape={given}")
        if flattens and None in given:
            raise ShapeError(f"the top needs to know the size of the images; got input_shape={given}")
        return given

    def end(
        self,
        x: Any,
        averages: str | None = "avg_pool",
        bare: tuple[str | None, str | None] = (None, None),
        dropout: float = 0,
        **dense: Any,
    ) -> Any:
        """The usual top (means of the feature maps, and a dense layer), or what stands in its place.

        Args:
            x: the last feature maps.
            averages: name of the pooling layer of the top.
            bare: names of the layers of `pooling`.
            dropout: its rate before the dense layer.
            dense: further arguments of that layer.
        """
        if not self.include_top:
            return self.pooled(x, *bare)
        x = GlobalAveragePooling2D(name=averages)(x)
        if dropout > 0:
            x = Dropout(dropout, name="top_dropout")(x)
        return self.classified(x, **dense)

    def pooled(self, x: Any, average: str | None = None, maximum: str | None = None) -> Any:
        """What `pooling` asks for, by layers of these names."""
        if self.pooling == "avg":
            return GlobalAveragePooling2D(name=average)(x)
        return GlobalMaxPooling2D(name=maximum)(x) if self.pooling == "max" else x

    def classified(self, x: Any, name: str = "predictions", **dense: Any) -> Any:
        """The dense layer that tells classes."""
        return Dense(self.classes, activation=self.classifier_activation, name=name, **dense)(x)

    def model(self, start: Any, end: Any, files: tuple[File, File], name: str | None = None) -> Functional:
        """The model from the images to what was made of them, with its weights.

        Args:
            start: what `start` gave.
            end: the output.
            files: the published weights, with the top and without.
            name: where the caller gave none.

        Raises:
            DownloadError: the published weights are not here, and cannot be fetched; the message says where to put them.
            SerializationError: the file does not fit.
        """
        inputs = [start] if self.input_tensor is None else sources(start)
        model = Functional(inputs[0] if len(inputs) == 1 else inputs, end, name=self.name or name)
        if isinstance(self.weights, str) and self.weights == "imagenet":
            file = files[0] if self.include_top else files[1]
            model.load_weights(get_file(file.name, file.address, cache_subdir="models", file_hash=file.digest))
        elif self.weights is not None:
            model.load_weights(self.weights)
        return model


def one_of(what: str, value: Any, known: Iterable[Any]) -> None:
    """Refuse an argument for which there are no published weights.

    Raises:
        InvalidArgumentError: it is another.
    """
    if value not in list(known):
        raise InvalidArgumentError(f"there are published weights for {what} in {list(known)}; got {what}={value}")


def rounded(channels: float, least: float = 0.9) -> int:
    """The nearest multiple of 8, but at least `least` of the number itself, as in the MobileNets.

    Example:
        >>> rounded(19.2), rounded(19.2, least=0)
        (24, 16)
    """
    found = max(8, int(channels + 4) // 8 * 8)
    return found + 8 if found < least * channels else found


def halved(x: Any, kernel: int) -> Iterable[tuple[int, int]]:
    """The padding before a "valid" convolution of stride 2 that gives what "same" gives in other frameworks."""
    return [(kernel // 2 - (1 if size is None else 1 - size % 2), kernel // 2) for size in x.shape[1:3]]
