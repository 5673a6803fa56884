"""Layers, activations, initializers, regularizers and constraints for Hornbeam."""

from hornbeam import Layer as Layer

from hornbeam_layers.convolutional.conv import Conv1D as Conv1D
from hornbeam_layers.convolutional.conv import Conv2D as Conv2D
from hornbeam_layers.convolutional.conv import Conv3D as Conv3D
from hornbeam_layers.core.activation import Activation as Activation
from hornbeam_layers.core.activation import ReLU as ReLU
from hornbeam_layers.core.activation import Softmax as Softmax
from hornbeam_layers.core.dense import Dense as Dense
from hornbeam_layers.core.input_layer import Input as Input
from hornbeam_layers.core.input_layer import InputLayer as InputLayer
from hornbeam_layers.normalization.batch_normalization import BatchNormalization as BatchNormalization
from hornbeam_layers.pooling.pooling import AveragePooling1D as AveragePooling1D
from hornbeam_layers.pooling.pooling import AveragePooling2D as AveragePooling2D
from hornbeam_layers.pooling.pooling import AveragePooling3D as AveragePooling3D
from hornbeam_layers.pooling.pooling import MaxPooling1D as MaxPooling1D
from hornbeam_layers.pooling.pooling import MaxPooling2D as MaxPooling2D
from hornbeam_layers.pooling.pooling import MaxPooling3D as MaxPooling3D
from hornbeam_layers.regularization.dropout import Dropout as Dropout
from hornbeam_layers.reshaping.reshape import Flatten as Flatten
from hornbeam_layers.reshaping.reshape import Reshape as Reshape

__version__ = "0.1.0"
__all__ = [
    "Activation", "AveragePooling1D", "AveragePooling2D", "AveragePooling3D", "BatchNormalization", "Conv1D",
    "Conv2D", "Conv3D", "Dense", "Dropout", "Flatten", "Input", "InputLayer", "Layer", "MaxPooling1D",
    "MaxPooling2D", "MaxPooling3D", "ReLU", "Reshape", "Softmax",
]  # fmt: skip
