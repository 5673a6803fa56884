"""Trainer: compile, fit, evaluate and predict."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from hornbeam.errors import InvalidArgumentError

from hornbeam_models import compiling, loops
from hornbeam_models.callbacks import Callback, CallbackList, History
from hornbeam_models.callbacks.progress import verbosity
from hornbeam_models.data import Batches, ClassWeights, Given, whole
from hornbeam_models.ready import Ready
from hornbeam_models.steps import inside

__all__ = ["Trainer"]


class Trainer(Ready):
    """A layer that can be compiled and trained. Override `train_step`, `test_step` or `predict_step` for steps of your own."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._given: dict[str, Any] = {}
        self.optimizer: Any = None
        self.stop_training = False
        self.steps_per_execution = 1
        self.history: History | None = None
        self.callbacks: CallbackList | None = None  # those of the present, or last, `fit`
        self.last_batch: Any = None  # what the present step of `fit` was given
        self.interrupted = False  # whether `fit` is running, or did not come to its end
        self.data_state: Callable[[int], Any] | None = (
            None  # of `fit`, by the steps done in an epoch: see `Batches.state`
        )
        self._resume: tuple[int, int, Any, Callable[[], None]] | None = None
        self._steps: dict[Any, Callable[..., Any]] = {}
        self._checked: set[Any] = set()  # structures, shapes and dtypes of data that were found to fit
        self._outputs_called: list[str] = []

    # ---- compile

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: Any = "auto",
        auto_scale_loss: bool = True,
    ) -> None:
        """Say how to train.

        Args:
            optimizer: name or object.
            loss: name, object or function `(y_true, y_pred) -> values`; for several outputs a list or a dict of them.
            loss_weights: factor of each output's loss.
            metrics: list of names, objects or functions; for several outputs a list of lists or a dict.
            weighted_metrics: as `metrics`; these take sample weights into account.
            run_eagerly: run step by step in Python instead of compiled, to debug.
            steps_per_execution: steps after which callbacks are told.
            jit_compile: kept for Keras's signature: steps are compiled unless `run_eagerly`.
            auto_scale_loss: whether a model of policy "mixed_float16" has its optimizer wrapped in a LossScaleOptimizer.

        Raises:
            UnknownNameError: a name is not known.
        """
        if run_eagerly and jit_compile is True:
            warnings.warn("run_eagerly=True: the steps are not compiled, whatever jit_compile says", stacklevel=2)
        self.steps_per_execution = whole("steps_per_execution", steps_per_execution, 1)
        policies = {layer.dtype_policy.name for layer in (self, *inside(self))}
        self.optimizer = compiling.optimizer(optimizer, auto_scale_loss and "mixed_float16" in policies)
        names = getattr(self, "output_names", None)
        self._losses_given = compiling.Losses(loss, loss_weights, names)
        self._metrics_given = compiling.Metrics(metrics, weighted_metrics, names)
        self._tracks_loss = False
        self.loss = loss
        self._given = {
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
            "run_eagerly": run_eagerly,
            "steps_per_execution": steps_per_execution,
            "jit_compile": jit_compile,
            "auto_scale_loss": auto_scale_loss,
        }
        self.run_eagerly = run_eagerly
        self._steps, self._checked, self._held = {}, set(), None

    def get_compile_config(self) -> dict[str, Any] | None:
        """What `compile` was given, in a form that can be written down; None before."""
        from hornbeam_models.saving.compiling import compile_config

        return compile_config(self)

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile as `get_compile_config` says."""
        from hornbeam_models.saving.compiling import compile_from_config

        compile_from_config(self, config)

    @property
    def compiled(self) -> bool:
        """Whether `compile` was called."""
        return self.optimizer is not None

    def _require_compiled(self, what: str) -> None:
        if self.optimizer is None:
            raise InvalidArgumentError(f"call compile(optimizer, loss) before {what}()")

    # ---- training

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Any = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: Any = 1,
    ) -> History:
        """Train.

        Args:
            x: arrays or data frames (in lists or dicts for several inputs), or what gives batches (x, y) or (x, y, sample_weight):
                a generator, a pipeline, a PyDataset, a PyTorch DataLoader, a tf.data.Dataset.
            y: labels; None where `x` gives them.
            batch_size: samples per step; default 32.
            epochs: times through the data, counted from `initial_epoch`.
            verbose: 0 silent, 1 progress bar, 2 a line an epoch; "auto": 1 on a terminal and in a notebook, else 2.
            callbacks: objects that are told of every step and epoch.
            validation_split: share of the arrays, at their end, that is kept for validation.
            validation_data: (x, y) or (x, y, sample_weight), or an iterable of batches.
            shuffle: whether arrays, and the batches of a PyDataset, are shuffled anew each epoch.
            class_weight: factor of the loss by class index, as a dict; for several outputs a dict of such dicts by output, or a list.
            sample_weight: factor of the loss by sample; for several outputs one array for all, a list, or a dict by name.
            initial_epoch: number of the first epoch.
            steps_per_epoch: batches an epoch, which goes on behind the one before, round and round; default: all.
            validation_steps: batches a validation, always the first ones (of an iterator: the next); default: all.
            validation_batch_size: samples per step of a validation; default: `batch_size`.
            validation_freq: validate every so many epochs, or after those in a list (counted from 1).

        Returns:
            The History: its dict `history` holds a list of values, one an epoch, for each figure.

        Raises:
            InvalidArgumentError: the data cannot be trained on; the message says which and why.
        """
        self._require_compiled("fit")
        for what, value in (("epochs", epochs), ("initial_epoch", initial_epoch)):
            whole(what, value, 0)
        if not isinstance(validation_freq, (list, tuple, set)):
            whole("validation_freq", validation_freq, 1)
        for what, count in (("steps_per_epoch", steps_per_epoch), ("validation_steps", validation_steps)):
            if count is not None:
                whole(what, count, 1)
        told_too = _callbacks(callbacks)
        given = Given.of(x, y, sample_weight)
        validation = None
        if validation_data is not None:
            validation = Given.of_validation(validation_data)
        elif validation_split:
            given, validation = given.split(validation_split)
        batches = Batches(given, 32 if batch_size is None else batch_size, shuffle)
        held_out = None
        if validation is not None:
            held_out = Batches(validation, validation_batch_size or batches.batch_size, shuffle=False)
        self._make_ready_for(batches)
        if class_weight is not None:
            batches.class_weight = ClassWeights(class_weight, self._outputs_called or [""])
        if held_out is not None:
            self._make_ready_for(held_out)
        params = {"verbose": verbose, "epochs": epochs, "steps": steps_per_epoch or batches.count}
        told = CallbackList(told_too, add_history=True, add_progbar=verbosity(verbose) > 0, model=self, **params)
        self.history = next(c for c in told.callbacks if isinstance(c, History))
        loops.Fitting(
            self, batches, held_out, told, epochs, initial_epoch, steps_per_epoch, validation_steps, validation_freq
        ).run()
        return self.history

    def resume_at(self, epoch: int, step: int, data_state: Any, restore: Callable[[], None]) -> None:
        """Called by a callback when training begins: go on at this epoch and step, with that order of samples.

        `restore` is called once more where the epoch is under way, after the callbacks were told of its beginning a second time.
        """
        self._resume = (epoch, step, data_state, restore)

    def evaluate(
        self, x: Any = None, y: Any = None, batch_size: int | None = None, verbose: Any = "auto", sample_weight: Any = None,
        steps: int | None = None, callbacks: Any = None, return_dict: bool = False,
    ) -> Any:  # fmt: skip
        """The loss and the metrics over data.

        Args:
            x, y, sample_weight: as for `fit`.
            batch_size: samples per step; default 32.
            verbose: 0 silent, 1 progress bar, 2 a line; "auto": a bar on a terminal and in a notebook, if it takes long.
            steps: batches; default: all.
            callbacks: objects that are told.
            return_dict: whether to return a dict.

        Returns:
            A number where there are no metrics; else a list in the order of `metrics_names`, or a dict.
        """
        self._require_compiled("evaluate")
        batches = Batches(Given.of(x, y, sample_weight), 32 if batch_size is None else batch_size, shuffle=False)
        self._make_ready_for(batches)
        told = self._listeners(callbacks, verbose, steps, batches)
        return _listed(loops.evaluate(self, batches, steps, told), return_dict)

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Any:
        """The outputs for data, as NumPy arrays in the structure of the model's output. Arguments as for `evaluate`."""
        batches = Batches(Given.of(x), 32 if batch_size is None else batch_size, shuffle=False)
        self._make_ready(batches.peek()[0])
        return loops.predict(self, batches, steps, self._listeners(callbacks, verbose, steps, batches))

    def _listeners(self, callbacks: Any, verbose: Any, steps: int | None, batches: Batches) -> CallbackList:
        if steps is not None:
            whole("steps", steps, 1)
        if isinstance(callbacks, CallbackList):
            return callbacks
        show = verbose in (1, 2) or (verbose == "auto" and verbosity(verbose) == 1)
        verbosity(verbose)
        return CallbackList(
            _callbacks(callbacks), add_progbar=show, model=self, verbose=verbose, steps=steps or batches.count
        )

    # ---- one batch

    def train_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, class_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """One training step; returns the batch's loss and metrics."""
        return self._on_batch("train", x, y, sample_weight, class_weight, return_dict)

    def test_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False) -> Any:
        """The loss and the metrics of one batch."""
        return self._on_batch("test", x, y, sample_weight, None, return_dict)

    def _on_batch(self, kind: str, x: Any, y: Any, sample_weight: Any, class_weight: Any, return_dict: bool) -> Any:
        self._require_compiled(f"{kind}_on_batch")
        given = Given.of(x, y, sample_weight)
        if given.iterable is not None:
            raise InvalidArgumentError(f"{kind}_on_batch takes the arrays of one batch; got a {type(x).__name__}")
        batches = Batches(given, given.count, shuffle=False)
        self._make_ready_for(batches)
        if class_weight is not None:
            batches.class_weight = ClassWeights(class_weight, self._outputs_called or [""])
        (batch,) = batches.epoch()
        self.reset_metrics()
        return _listed(self.figures(self.step_function(kind)(batch)), return_dict)

    def predict_on_batch(self, x: Any) -> Any:
        """The outputs for one batch, as NumPy arrays."""
        x = Given.of(x).x
        self._make_ready(x)
        return loops.on_host(self.step_function("predict")((x, None, None)))


def _listed(found: dict[str, Any], as_dict: bool) -> Any:
    """Figures as a dict, or a list, or the only one."""
    return found if as_dict else list(found.values()) if len(found) > 1 else next(iter(found.values()))


def _callbacks(given: Any) -> list[Any]:
    """The callbacks of one or a list.

    Raises:
        InvalidArgumentError: something else is among them.
    """
    if isinstance(given, CallbackList):
        return given.callbacks
    found = [] if given is None else list(given) if isinstance(given, (list, tuple)) else [given]
    for callback in found:
        if isinstance(callback, type) or not hasattr(callback, "set_model"):
            raise InvalidArgumentError(
                f"callbacks must be objects of subclasses of {Callback.__name__}, such as EarlyStopping(); got {callback!r}"
            )
    return found
