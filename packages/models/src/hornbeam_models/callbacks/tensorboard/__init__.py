"""TensorBoard: figures, distributions, the graph, pictures and times in files that TensorBoard shows."""

from hornbeam_models.callbacks.tensorboard.callback import TensorBoard as TensorBoard

__all__ = ["TensorBoard"]
