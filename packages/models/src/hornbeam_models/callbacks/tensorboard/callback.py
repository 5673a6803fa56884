"""The callback TensorBoard."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import hornbeam as hb
import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_models.callbacks.base import Callback
from hornbeam_models.callbacks.tensorboard import records
from hornbeam_models.callbacks.tensorboard.graph import graph_def
from hornbeam_models.data import unpack_x_y_sample_weight

__all__ = ["TensorBoard"]


class TensorBoard(Callback):
    """Writes what TensorBoard shows: `tensorboard --logdir logs`. TensorBoard itself is not needed for writing.

    Figures of epochs are scalars "epoch_loss" and so on, those of the validation in the run "validation"; distributions of weights
    and gradients, the graph of the model, pictures of weights, and a profile of some batches come besides.

    Args:
        log_dir: folder; each run should have one of its own.
        histogram_freq: epochs between two sets of distributions of weights and, of the epoch's last batch, gradients; 0: none.
        write_graph: whether the graph is written.
        write_images: whether weights are shown as pictures, with the distributions.
        write_steps_per_second: whether the speed is a scalar.
        update_freq: "epoch", "batch", or batches between two values of the figures so far.
        profile_batch: number of the batch to profile, counted from 1, or (first, last); 0: none. The times of the kernels are a
            table under Text, and a file of `plugins/profile` for trace viewers.
        embeddings_freq: kept for Keras's signature.
        embeddings_metadata: kept for Keras's signature.

    Raises:
        InvalidArgumentError: `update_freq` or `profile_batch` is none of these.
    """

    def __init__(
        self,
        log_dir: Any = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: Any = "epoch",
        profile_batch: Any = 0,
        embeddings_freq: int = 0,
        embeddings_metadata: Any = None,
    ) -> None:
        if update_freq not in ("epoch", "batch") and not (isinstance(update_freq, int) and update_freq > 0):
            raise InvalidArgumentError(
                f"TensorBoard: update_freq must be 'epoch', 'batch' or a number; got {update_freq!r}"
            )
        first_last = (profile_batch, profile_batch) if isinstance(profile_batch, int) else tuple(profile_batch)
        if len(first_last) != 2 or not all(isinstance(b, int) for b in first_last) or first_last[0] > first_last[1]:
            raise InvalidArgumentError(
                f"TensorBoard: profile_batch must be a number or (first, last); got {profile_batch!r}"
            )
        self.log_dir, self.histogram_freq, self.write_graph = Path(log_dir), histogram_freq, write_graph
        self.write_images, self.write_steps_per_second = write_images, write_steps_per_second
        self.update_freq = 1 if update_freq == "batch" else update_freq
        self._profiled: tuple[int, int] = first_last
        self._files: dict[str, records.EventFile] = {}
        self._profile: AbstractContextManager[Any] | None = None
        self._gradients: Callable[[Any], Any] | None = None
        self._step = self._tests = 0

    def get_state(self) -> dict[str, Any]:
        """The step."""
        return {"step": self._step}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from there."""
        self._step = state["step"]

    def _file(self, run: str) -> records.EventFile:
        if run not in self._files:
            self._files[run] = records.EventFile(self.log_dir / run, ".v2")
        return self._files[run]

    def _scalars(self, run: str, prefix: str, figures: dict[str, Any], step: int) -> None:
        numbers = {name: value for name, value in figures.items() if np.ndim(value) == 0}
        self._file(run).add((records.scalar(f"{prefix}{name}", float(v)) for name, v in numbers.items()), step)

    # ---- events

    def on_train_begin(self, logs: Any = None) -> None:
        """The graph."""
        self._step, self._gradients = 0, None
        if self.write_graph:
            self._file("train").add_graph(graph_def(self.model))
            self._file("train").flush()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start the clock."""
        self._since, self._before = time.perf_counter(), self._step

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Start the profile, if it is time."""
        if self._step + 1 == self._profiled[0]:
            self._profile = hb.profile()
            self._taken = self._profile.__enter__()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """The figures so far, if it is time."""
        self._step += 1
        if self._profile is not None and self._step >= self._profiled[1]:
            self._end_profile()
        if self.update_freq != "epoch" and self._step % self.update_freq == 0:
            self._scalars("train", "batch_", logs, self._step)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """The epoch's figures, and what comes with them."""
        figures = dict(logs or {})
        held_out = {name: figures.pop(name) for name in list(figures) if name.startswith("val_")}
        if self.write_steps_per_second:
            seconds = time.perf_counter() - self._since
            figures["steps_per_second"] = (self._step - self._before) / max(seconds, 1e-9)
        figures.setdefault("learning_rate", float(self.model.optimizer.learning_rate))
        self._scalars("train", "epoch_", figures, epoch)
        if held_out:
            values = {name.removeprefix("val_"): v for name, v in held_out.items()}
            self._scalars("validation", "epoch_", values, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._distributions(epoch)
        for file in self._files.values():
            file.flush()

    def on_test_end(self, logs: Any = None) -> None:
        """The figures of an evaluation by itself, against the number of training steps."""
        if "epochs" not in self.params and logs:
            self._scalars("validation", "evaluation_", logs, int(self.model.optimizer.iterations))
            self._file("validation").flush()

    def on_train_end(self, logs: Any = None) -> None:
        """Close the files."""
        if self._profile is not None:
            self._end_profile()
        for file in self._files.values():
            file.close()
        self._files = {}

    # ---- distributions and pictures

    def _distributions(self, epoch: int) -> None:
        file = self._file("train")
        for variable in self.model.weights:
            values = variable.numpy()
            file.add([records.histogram(f"{variable.path}/histogram", values)], epoch)
            picture = _picture(values) if self.write_images else None
            if picture is not None:
                file.add([records.image(f"{variable.path}/image", picture)], epoch)
        if self.model.last_batch is not None and self.model.loss is not None:
            for variable, gradient in zip(self.model.trainable_variables, self._gradient(), strict=True):
                if gradient is not None:
                    file.add([records.histogram(f"{variable.path}/gradient", gradient.numpy())], epoch)

    def _gradient(self) -> Any:
        """The gradients of the last batch's loss, in inference mode, so that nothing in the model moves."""
        model = self.model

        def gradients(data: Any) -> Any:
            x, y, weight = unpack_x_y_sample_weight(data)

            def loss() -> Any:
                model.clear_losses()
                pred = model(x, training=False)
                total, _ = model._losses_given(y, pred, weight)
                return sum(model.losses, total)

            _, grads = hb.value_and_grad(loss, variables=model.trainable_variables)()
            model.clear_losses()
            return grads

        if self._gradients is None:
            self._gradients = gradients if model.run_eagerly else hb.jit(gradients)
        return self._gradients(self.model.last_batch)

    # ---- profile

    def _end_profile(self) -> None:
        assert self._profile is not None
        self._profile.__exit__(None, None, None)
        self._profile = None
        rows = sorted(self._taken.records.items(), key=lambda item: -item[1].seconds)
        lines = ["kernel | runs | ms", "--- | --- | ---"]
        lines += [f"`{name}` | {r.count} | {r.seconds * 1e3:.3f}" for name, r in rows] or [
            "no kernels told of themselves | |"
        ]
        self._file("train").add([records.text("profile", "\n".join(lines))], self._step)
        folder = self.log_dir / "plugins" / "profile" / time.strftime("%Y_%m_%d_%H_%M_%S")
        folder.mkdir(parents=True, exist_ok=True)
        start, events = 0.0, []
        for name, r in rows:
            events.append({"name": name, "ph": "X", "pid": 1, "tid": 1, "ts": start, "dur": r.seconds * 1e6})
            start += r.seconds * 1e6
        with gzip.open(folder / "hornbeam.trace.json.gz", "wt") as file:
            json.dump({"displayTimeUnit": "ns", "traceEvents": events}, file)


def _picture(values: Any) -> Any:
    """Weights as grey pixels: matrices as they are, vectors as a line, filters of convolutions beside one another; None for numbers."""
    array = np.asarray(values, np.float64).squeeze()
    if array.ndim == 0 or not np.isfinite(array).all():
        return None
    if array.ndim == 1:
        array = array[None]
    if array.ndim == 3:
        array = array[..., None]
    if array.ndim > 3:
        array = array.reshape(*array.shape[:2], -1)
        columns = int(np.ceil(np.sqrt(array.shape[2])))
        tiles = np.zeros((array.shape[0] + 1, array.shape[1] + 1, columns * -(-array.shape[2] // columns)))
        tiles[:-1, :-1, : array.shape[2]] = array
        rows = tiles.shape[2] // columns
        tiles = tiles.reshape(*tiles.shape[:2], rows, columns)
        array = tiles.transpose(2, 0, 3, 1).reshape(rows * tiles.shape[0], columns * tiles.shape[1])
    low, high = array.min(), array.max()
    return np.round(255 * (array - low) / max(high - low, 1e-12)).astype(np.uint8)
