"""Callbacks: objects that `fit`, `evaluate` and `predict` tell of every step and epoch."""

from hornbeam_models.callbacks.activations import ActivationRecorder as ActivationRecorder
from hornbeam_models.callbacks.averages import SwapEMAWeights as SwapEMAWeights
from hornbeam_models.callbacks.backup import BackupAndRestore as BackupAndRestore
from hornbeam_models.callbacks.base import Callback as Callback
from hornbeam_models.callbacks.base import CallbackList as CallbackList
from hornbeam_models.callbacks.history import History as History
from hornbeam_models.callbacks.monitor import EarlyStopping as EarlyStopping
from hornbeam_models.callbacks.monitor import MonitorCallback as MonitorCallback
from hornbeam_models.callbacks.monitor import ReduceLROnPlateau as ReduceLROnPlateau
from hornbeam_models.callbacks.nan import TerminateOnNaN as TerminateOnNaN
from hornbeam_models.callbacks.outside import CSVLogger as CSVLogger
from hornbeam_models.callbacks.outside import LambdaCallback as LambdaCallback
from hornbeam_models.callbacks.outside import RemoteMonitor as RemoteMonitor
from hornbeam_models.callbacks.progress import ProgbarLogger as ProgbarLogger
from hornbeam_models.callbacks.rates import LearningRateFinder as LearningRateFinder
from hornbeam_models.callbacks.rates import LearningRateScheduler as LearningRateScheduler
from hornbeam_models.callbacks.saving import ModelCheckpoint as ModelCheckpoint
from hornbeam_models.callbacks.tensorboard import TensorBoard as TensorBoard

__all__ = [
    "ActivationRecorder", "BackupAndRestore", "CSVLogger", "Callback", "CallbackList", "EarlyStopping", "History", "LambdaCallback",
    "LearningRateFinder", "LearningRateScheduler", "ModelCheckpoint", "MonitorCallback", "ProgbarLogger", "ReduceLROnPlateau",
    "RemoteMonitor", "SwapEMAWeights", "TensorBoard", "TerminateOnNaN",
]  # fmt: skip
