"""Where the batches of an ImageDataGenerator come from: arrays, folders, data frames."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.keras_style.image_batches import ImageBatches
from hornbeam_datasets.keras_style.image_files import img_to_array, load_img
from hornbeam_datasets.loaders.files import in_folders, listed
from hornbeam_datasets.loaders.images import ENDINGS

__all__ = ["Flows"]

MODES = ("categorical", "binary", "sparse", "input", "other", "raw", "multi_output", None)


class Flows:
    """The methods of `ImageDataGenerator` that give batches."""

    data_format: str
    dtype: Any
    validation_split: float

    def flow(
        self, x: Any, y: Any = None, batch_size: int = 32, shuffle: bool = True, sample_weight: Any = None, seed: int | None = None,
        save_to_dir: Any = None, save_prefix: str = "", save_format: str = "png", ignore_class_split: bool = False,
        subset: str | None = None,
    ) -> ImageBatches:  # fmt: skip
        """Batches of images in an array.

        Args:
            x: images, [samples, height, width, channels] or channels first.
            y, sample_weight: labels and weights, or None.
            batch_size, shuffle, seed: of the batches.
            save_to_dir, save_prefix, save_format: a folder into which every image is written as it comes; names; "png" or "jpeg".
            ignore_class_split: for Keras's signature.
            subset: "training" or "validation": the part by `validation_split`, of which validation comes first.

        Raises:
            InvalidArgumentError: lengths differ, or the subset is another word.
        """
        images = np.asarray(x, self.dtype)
        if images.ndim != 4:
            raise InvalidArgumentError(
                f"ImageDataGenerator.flow needs images in an array of four axes; got shape {images.shape}"
            )
        parts: list[Any] = [None if a is None else np.asarray(a) for a in (y, sample_weight)]
        if any(a is not None and len(a) != len(images) for a in parts):
            raise InvalidArgumentError(
                f"ImageDataGenerator.flow: {len(images)} images, and {[None if a is None else len(a) for a in parts]} labels and weights"
            )
        rows = self._rows(np.arange(len(images)), subset)
        saving = (save_to_dir, save_prefix, save_format)
        labels, weights = parts
        return ImageBatches(self, lambda i: images[i], rows, labels, weights, batch_size, shuffle, seed, saving)

    def flow_from_directory(
        self, directory: Any, target_size: tuple[int, int] = (256, 256), color_mode: str = "rgb", classes: Sequence[str] | None = None,
        class_mode: str | None = "categorical", batch_size: int = 32, shuffle: bool = True, seed: int | None = None,
        save_to_dir: Any = None, save_prefix: str = "", save_format: str = "png", follow_links: bool = False,
        subset: str | None = None, interpolation: str = "nearest", keep_aspect_ratio: bool = False,
    ) -> ImageBatches:  # fmt: skip
        """Batches of the images in the folders of a folder.

        Args:
            directory: the folder.
            target_size, color_mode, interpolation, keep_aspect_ratio: as for `load_img`.
            classes: folders that are the classes, in the order of their numbers; None: all, by name.
            class_mode: "categorical", "binary", "sparse", "input" (the image itself) or None (no labels).
            batch_size, shuffle, seed, save_to_dir, save_prefix, save_format, subset: as for `flow`.
            follow_links: for Keras's signature.

        Raises:
            InvalidArgumentError: there are no images, or an argument is another word.
        """
        if classes is None:
            paths, numbers, names = in_folders(directory, ENDINGS, None)
        else:
            found = [(p, i) for i, name in enumerate(classes) for p in listed(Path(directory) / name, ENDINGS)]
            paths, numbers, names = [p for p, _ in found], np.array([i for _, i in found], np.int32), list(classes)
        print(f"Found {len(paths)} images belonging to {len(names)} classes.")
        how = {
            "color_mode": color_mode,
            "target_size": target_size,
            "interpolation": interpolation,
            "keep_aspect_ratio": keep_aspect_ratio,
        }
        rows = np.concatenate([self._rows(np.flatnonzero(numbers == i), subset) for i in range(len(names))]).astype(
            np.int64
        )
        labels = self._labels(class_mode, numbers, len(names))
        saving = (save_to_dir, save_prefix, save_format)
        batches = self._of_files(paths, rows, labels, None, how, batch_size, shuffle, seed, saving, class_mode)
        batches.class_indices = {name: i for i, name in enumerate(names)}
        batches.classes = numbers[rows]
        batches.filenames = [os.path.relpath(paths[i], directory) for i in rows]
        return batches

    def flow_from_dataframe(
        self, dataframe: Any, directory: Any = None, x_col: str = "filename", y_col: Any = "class", weight_col: str | None = None,
        target_size: tuple[int, int] = (256, 256), color_mode: str = "rgb", classes: Sequence[str] | None = None,
        class_mode: str | None = "categorical", batch_size: int = 32, shuffle: bool = True, seed: int | None = None,
        save_to_dir: Any = None, save_prefix: str = "", save_format: str = "png", subset: str | None = None,
        interpolation: str = "nearest", validate_filenames: bool = True,
    ) -> ImageBatches:  # fmt: skip
        """Batches of the images that a data frame names.

        Args:
            dataframe: of pandas or polars.
            directory: of the files; None: the column has whole paths.
            x_col, y_col, weight_col: columns of file names, labels and weights.
            class_mode: "categorical", "binary" or "sparse" (classes by name), "raw" (numbers, of several columns too),
                "multi_output" (a list of columns), "input" or None.
            classes: the classes in the order of their numbers; None: by name.
            target_size, color_mode, batch_size, shuffle, seed, save_to_dir, save_prefix, save_format, subset, interpolation: as for
                `flow_from_directory`.
            validate_filenames: leave out rows whose file is not there.

        Raises:
            InvalidArgumentError: a column is not there, no file is, or a class is not among `classes`.
        """
        if class_mode not in MODES:
            raise InvalidArgumentError(f"class_mode must be one of {MODES}; got {class_mode!r}")
        columns = [
            x_col,
            *([] if class_mode in (None, "input") else [y_col] if isinstance(y_col, str) else list(y_col)),
        ]
        missing = [c for c in (*columns, *([weight_col] if weight_col else [])) if c not in list(dataframe.columns)]
        if missing:
            raise InvalidArgumentError(f"the data frame has no column {missing[0]!r}; it has {list(dataframe.columns)}")
        paths = [
            os.path.join(directory, str(p)) if directory is not None else str(p) for p in np.asarray(dataframe[x_col])
        ]
        there = np.array([not validate_filenames or os.path.isfile(p) for p in paths], bool)
        print(f"Found {int(there.sum())} validated image filenames.")
        names: list[str] = []
        labels: Any = None
        if class_mode in ("categorical", "binary", "sparse"):
            given = np.asarray(dataframe[y_col]).astype(str)
            names = sorted(set(given)) if classes is None else list(classes)
            there &= np.isin(given, names)
            numbers = np.array([names.index(g) if g in names else 0 for g in given], np.int32)
            labels = self._labels(class_mode, numbers, len(names))
        elif class_mode in ("raw", "other"):
            labels = np.asarray(dataframe[y_col])
        elif class_mode == "multi_output":
            labels = [np.asarray(dataframe[c]) for c in y_col]
        weights = None if weight_col is None else np.asarray(dataframe[weight_col])
        if not there.any():
            raise InvalidArgumentError(
                "none of the files that the data frame names is there, with a class that is wanted"
            )
        how = {"color_mode": color_mode, "target_size": target_size, "interpolation": interpolation}
        rows = self._rows(np.flatnonzero(there), subset)
        saving = (save_to_dir, save_prefix, save_format)
        batches = self._of_files(paths, rows, labels, weights, how, batch_size, shuffle, seed, saving, class_mode)
        batches.class_indices = {name: i for i, name in enumerate(names)}
        batches.filenames = [paths[i] for i in rows]
        return batches

    # ---- what they share

    def _labels(self, mode: str | None, numbers: Any, count: int) -> Any:
        if mode not in MODES:
            raise InvalidArgumentError(f"class_mode must be one of {MODES}; got {mode!r}")
        if mode == "binary" and count != 2:
            raise InvalidArgumentError(f"class_mode='binary' needs two classes; there are {count}")
        if mode == "categorical":
            return np.eye(count, dtype=self.dtype)[numbers]
        return numbers.astype(self.dtype) if mode in ("binary", "sparse") else None

    def _rows(self, rows: Any, subset: str | None) -> Any:
        if subset not in (None, "training", "validation"):
            raise InvalidArgumentError(f"subset must be 'training' or 'validation'; got {subset!r}")
        cut = int(len(rows) * self.validation_split)
        return rows if subset is None else rows[:cut] if subset == "validation" else rows[cut:]

    def _of_files(
        self, paths: Sequence[str], rows: Any, labels: Any, weights: Any, how: dict[str, Any], batch_size: int, shuffle: bool,
        seed: int | None, saving: Any, class_mode: str | None,
    ) -> ImageBatches:  # fmt: skip
        def read(i: int) -> Any:
            try:
                return img_to_array(load_img(paths[i], **how), self.data_format, self.dtype)
            except OSError as error:
                raise InvalidArgumentError(f"{paths[i]} cannot be read as an image: {error}") from error

        return ImageBatches(
            self, read, rows, labels, weights, batch_size, shuffle, seed, saving, itself=class_mode == "input"
        )
