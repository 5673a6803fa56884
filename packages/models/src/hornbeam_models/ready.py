"""Ready: before the first step a model is built, and data that cannot be learned from are found."""

from __future__ import annotations

from typing import Any

import hornbeam as hb
from hornbeam.jit import compiling as compiling_alone
from hornbeam.layer import training_phase
from hornbeam.tree import flatten, map_structure, unflatten

from hornbeam_models import compiling
from hornbeam_models.costs import graph_operations, graph_steps
from hornbeam_models.data import Batches
from hornbeam_models.inputs import batch_size_of
from hornbeam_models.steps import Steps

__all__ = ["Ready"]

LARGE = 10**6  # parameters
LONG = 1000  # operations, those of each round of a loop


class Ready(Steps):
    """A layer with steps that is made ready for data: one sample goes through it."""

    _checked: set[Any]  # structures, shapes and dtypes of data that were found to fit
    _outputs_called: list[str]

    def _match(self, inputs: Any) -> Any:
        """The inputs as `call` needs them; models that know their inputs' shapes check them here."""
        return inputs

    def _make_ready_for(self, batches: Batches) -> None:
        """Find data that cannot be learned from, before the first step."""
        batches.given.check_labels()
        x, y, _ = batches.peek()
        self._make_ready(x, y, labelled=True)
        batches.check = self._check_values if batches.streamed else None
        self._check_values(y if batches.streamed else batches.given.y)

    def _check_values(self, y: Any) -> None:
        assert self._losses_given is not None
        self._losses_given.check_values(y, self._outputs_called)

    def _make_ready(self, x: Any, y: Any = None, labelled: bool = False) -> None:
        """Build the model, and what depends on its outputs, before the first step: errors show before any training."""
        kind = (_described(x), _described(y), labelled)
        if not self.built or kind not in self._checked:
            try:
                with compiling_alone:  # a callback may ask while the step is compiled in the background
                    self._look_at(x, y, labelled)
            except hb.HornbeamError:
                if not self._has_own_steps(labelled):
                    raise  # steps of one's own may do something else with the data
            self._checked.add(kind)
        if labelled:
            self.optimizer.build(self.trainable_variables)

    def _has_own_steps(self, labelled: bool) -> bool:
        own = (type(self).train_step, type(self).test_step) if labelled else (type(self).predict_step,)
        return any(step not in (Steps.train_step, Steps.test_step, Steps.predict_step) for step in own)

    def _look_at(self, x: Any, y: Any, labelled: bool) -> None:
        self._held = None  # building may make metrics
        self._match(x)
        size = batch_size_of(self)
        pred = self._outputs_like(map_structure(lambda a: a[: size or 1], x), shapes_only=size is not None)
        if size is not None:
            pred = map_structure(lambda t: t[:1], pred)
        if labelled:
            assert self._losses_given is not None
            assert self._metrics_given is not None
            self._losses_given.check(y, pred)
            if not self._metrics_given.ready:
                self._metrics_given.build(y, pred, self._losses_given)
            self._outputs_called = compiling.output_names(pred, getattr(self, "output_names", None))

    def _outputs_like(self, one: Any, shapes_only: bool) -> Any:
        """The outputs for one sample; zeros like them where running a network operation by operation is felt.

        Args:
            one: inputs of one sample, or of as many as the model takes at once.
            shapes_only: zeros in any case: running a stateful layer would move its state.
        """
        structure: Any = None
        count = 0
        numbers = True

        def forward(inputs: Any) -> Any:
            nonlocal structure, count, numbers
            with training_phase(False), hb.no_grad():
                pred = self(inputs)
            self.clear_losses()
            flat, structure = flatten(pred)
            count = len(flat)
            numbers = all(isinstance(leaf, hb.Tensor) for leaf in flat)
            return pred

        if self.built and not self.run_eagerly:
            graph = hb.capture(forward, one)
            large = self.count_params() > LARGE and graph_operations(graph) > 100 * LARGE
            if numbers and (large or shapes_only or graph_steps(graph) > LONG):
                outputs = graph.outputs[:count]  # behind them stand the states of stateful layers
                return unflatten(structure, [hb.ops.zeros(v.shape, v.dtype) for v in outputs])
        return forward(one)


def _described(tree: Any) -> Any:
    """Structure, shapes of a sample and dtypes of data."""
    arrays, structure = flatten(tree)
    return structure, tuple((a.shape[1:], a.dtype) for a in arrays)
