"""What `compile()` takes: optimizers, schedules, losses and metrics for Hornbeam."""

from hornbeam_optimizers import schedules as schedules
from hornbeam_optimizers.optimizers.adafactor import Adafactor as Adafactor
from hornbeam_optimizers.optimizers.adagrad import Adadelta as Adadelta
from hornbeam_optimizers.optimizers.adagrad import Adagrad as Adagrad
from hornbeam_optimizers.optimizers.adam import Adam as Adam
from hornbeam_optimizers.optimizers.adam import AdamW as AdamW
from hornbeam_optimizers.optimizers.adamax import Adamax as Adamax
from hornbeam_optimizers.optimizers.adamax import Nadam as Nadam
from hornbeam_optimizers.optimizers.base import Optimizer as Optimizer
from hornbeam_optimizers.optimizers.ftrl import Ftrl as Ftrl
from hornbeam_optimizers.optimizers.layerwise import LARS as LARS
from hornbeam_optimizers.optimizers.layerwise import Lamb as Lamb
from hornbeam_optimizers.optimizers.lion import Lion as Lion
from hornbeam_optimizers.optimizers.multi import MultiOptimizer as MultiOptimizer
from hornbeam_optimizers.optimizers.multi import OptimizerMap as OptimizerMap
from hornbeam_optimizers.optimizers.muon import Muon as Muon
from hornbeam_optimizers.optimizers.radam import RAdam as RAdam
from hornbeam_optimizers.optimizers.registered import deserialize as deserialize
from hornbeam_optimizers.optimizers.registered import get as get
from hornbeam_optimizers.optimizers.registered import serialize as serialize
from hornbeam_optimizers.optimizers.rmsprop import RMSprop as RMSprop
from hornbeam_optimizers.optimizers.schedule_free import ScheduleFreeAdamW as ScheduleFreeAdamW
from hornbeam_optimizers.optimizers.sgd import SGD as SGD
from hornbeam_optimizers.optimizers.wrapper import Lookahead as Lookahead
from hornbeam_optimizers.optimizers.wrapper import LossScaleOptimizer as LossScaleOptimizer

__version__ = "0.1.0"
__all__ = [
    "LARS", "SGD", "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "Ftrl", "Lamb", "Lion", "Lookahead",
    "LossScaleOptimizer", "MultiOptimizer", "Muon", "Nadam", "Optimizer", "OptimizerMap", "RAdam", "RMSprop",
    "ScheduleFreeAdamW", "deserialize", "get", "schedules", "serialize",
]  # fmt: skip
