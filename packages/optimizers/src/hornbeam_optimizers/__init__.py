"""What `compile()` takes: optimizers, schedules, losses and metrics for Hornbeam."""

from hornbeam_optimizers import schedules as schedules
from hornbeam_optimizers.optimizers.adam import Adam as Adam
from hornbeam_optimizers.optimizers.adam import AdamW as AdamW
from hornbeam_optimizers.optimizers.base import Optimizer as Optimizer
from hornbeam_optimizers.optimizers.rmsprop import RMSprop as RMSprop
from hornbeam_optimizers.optimizers.sgd import SGD as SGD

__version__ = "0.1.0"
__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "RMSprop", "schedules"]
