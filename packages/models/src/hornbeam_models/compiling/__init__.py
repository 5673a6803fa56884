"""What `compile()` was given, made ready: the optimizer, the losses, the metrics. Names are looked up in the registry."""

from hornbeam_models.compiling.losses import Losses as Losses
from hornbeam_models.compiling.metrics import Metrics as Metrics
from hornbeam_models.compiling.optimizer import optimizer as optimizer
from hornbeam_models.compiling.outputs import output_names as output_names

__all__ = ["Losses", "Metrics", "optimizer", "output_names"]
