"""The batches of an ImageDataGenerator: by number, and without end by `next`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.keras_style.image_files import save_img
from hornbeam_datasets.pipeline.dataset import whole_number

__all__ = ["ImageBatches"]


class ImageBatches:
    """Batches of images, for `fit`; `len` is their number in an epoch, `next` goes on without end, as in Keras 2.

    What an image looks like depends on the seed, the epoch and its place alone.

    Attributes:
        samples, n: images in an epoch.
        classes, class_indices, filenames: of those that come from files.
    """

    def __init__(
        self, generator: Any, read: Callable[[int], Any], rows: Any, labels: Any, weights: Any, batch_size: int, shuffle: bool,
        seed: int | None, saving: Any, itself: bool = False,
    ) -> None:  # fmt: skip
        self.generator, self.read, self.rows = generator, read, np.asarray(rows, np.int64)
        self.labels, self.weights, self.itself = labels, weights, itself
        self.batch_size, self.shuffle = whole_number("batch_size", batch_size, 1), shuffle
        self.seed = int(np.random.randint(2**31)) if seed is None else whole_number("seed", seed, 0)
        self.folder, self.prefix, self.format = saving
        self.samples = self.n = len(self.rows)
        if not self.n:
            raise InvalidArgumentError("ImageDataGenerator: there are no images in this subset")
        self.classes: Any = None
        self.class_indices: dict[str, int] = {}
        self.filenames: list[str] = []
        self.epoch = self.batch_index = 0

    def __len__(self) -> int:
        """Batches of an epoch."""
        return -(-self.n // self.batch_size)

    @property
    def num_batches(self) -> int:
        """Batches of an epoch, as a PyDataset says it."""
        return len(self)

    def __getitem__(self, index: int) -> Any:
        """Batch number `index` of the present epoch: images, and labels and weights where there are some.

        Raises:
            IndexError: there is none of that number.
        """
        if not 0 <= index < len(self):
            raise IndexError(f"batch {index} of {len(self)}")
        order = (
            np.random.default_rng((self.seed, self.epoch)).permutation(self.n) if self.shuffle else np.arange(self.n)
        )
        places = order[index * self.batch_size : (index + 1) * self.batch_size]
        chosen = self.rows[places]
        images = np.stack([self._image(int(i), int(p)) for i, p in zip(chosen, places, strict=True)])
        if self.itself:
            return images, images.copy()
        if self.labels is None:
            return images
        labels = [a[chosen] for a in self.labels] if isinstance(self.labels, list) else self.labels[chosen]
        return (images, labels) if self.weights is None else (images, labels, self.weights[chosen])

    def _image(self, row: int, place: int) -> Any:
        image = self.generator.random_transform(self.read(row), np.random.default_rng((self.seed, self.epoch, place)))
        if self.folder is not None:
            name = f"{self.prefix}_{row}_{self.epoch}.{self.format}"
            save_img(Path(self.folder) / name, image, self.generator.data_format)
        return self.generator.standardize(image)

    def on_epoch_end(self) -> None:
        """The next epoch begins: another order, other changes."""
        self.epoch += 1

    def reset(self) -> None:
        """`next` begins at the first batch."""
        self.batch_index = 0

    def __iter__(self) -> Iterator[Any]:
        """Itself."""
        return self

    def __next__(self) -> Any:
        """The next batch; after the last one the next epoch's first."""
        batch = self[self.batch_index]
        self.batch_index += 1
        if self.batch_index == len(self):
            self.batch_index = 0
            self.on_epoch_end()
        return batch

    next = __next__
