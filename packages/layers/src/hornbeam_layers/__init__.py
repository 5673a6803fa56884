"""Layers, activations, initializers, regularizers and constraints for Hornbeam."""

from hornbeam import Layer as Layer

from hornbeam_layers.attention.attention import AdditiveAttention as AdditiveAttention
from hornbeam_layers.attention.attention import Attention as Attention
from hornbeam_layers.attention.grouped_query_attention import GroupQueryAttention as GroupQueryAttention
from hornbeam_layers.attention.grouped_query_attention import GroupQueryAttention as GroupedQueryAttention
from hornbeam_layers.attention.multi_head_attention import MultiHeadAttention as MultiHeadAttention
from hornbeam_layers.convolutional.conv import Conv1D as Conv1D
from hornbeam_layers.convolutional.conv import Conv2D as Conv2D
from hornbeam_layers.convolutional.conv import Conv3D as Conv3D
from hornbeam_layers.core.activation import Activation as Activation
from hornbeam_layers.core.activation import ReLU as ReLU
from hornbeam_layers.core.activation import Softmax as Softmax
from hornbeam_layers.core.dense import Dense as Dense
from hornbeam_layers.core.einsum_dense import EinsumDense as EinsumDense
from hornbeam_layers.core.embedding import Embedding as Embedding
from hornbeam_layers.core.input_layer import Input as Input
from hornbeam_layers.core.input_layer import InputLayer as InputLayer
from hornbeam_layers.core.masking import Masking as Masking
from hornbeam_layers.normalization.batch_normalization import BatchNormalization as BatchNormalization
from hornbeam_layers.normalization.group_normalization import GroupNormalization as GroupNormalization
from hornbeam_layers.normalization.layer_normalization import LayerNormalization as LayerNormalization
from hornbeam_layers.normalization.layer_normalization import RMSNormalization as RMSNormalization
from hornbeam_layers.pooling.global_pooling import GlobalAveragePooling1D as GlobalAveragePooling1D
from hornbeam_layers.pooling.global_pooling import GlobalAveragePooling2D as GlobalAveragePooling2D
from hornbeam_layers.pooling.global_pooling import GlobalAveragePooling3D as GlobalAveragePooling3D
from hornbeam_layers.pooling.global_pooling import GlobalMaxPooling1D as GlobalMaxPooling1D
from hornbeam_layers.pooling.global_pooling import GlobalMaxPooling2D as GlobalMaxPooling2D
from hornbeam_layers.pooling.global_pooling import GlobalMaxPooling3D as GlobalMaxPooling3D
from hornbeam_layers.pooling.pooling import AveragePooling1D as AveragePooling1D
from hornbeam_layers.pooling.pooling import AveragePooling2D as AveragePooling2D
from hornbeam_layers.pooling.pooling import AveragePooling3D as AveragePooling3D
from hornbeam_layers.pooling.pooling import MaxPooling1D as MaxPooling1D
from hornbeam_layers.pooling.pooling import MaxPooling2D as MaxPooling2D
from hornbeam_layers.pooling.pooling import MaxPooling3D as MaxPooling3D
from hornbeam_layers.position.encoding import PositionEmbedding as PositionEmbedding
from hornbeam_layers.position.encoding import SinePositionEncoding as SinePositionEncoding
from hornbeam_layers.position.rotary import RotaryEmbedding as RotaryEmbedding
from hornbeam_layers.preprocessing.category_encoding import CategoryEncoding as CategoryEncoding
from hornbeam_layers.preprocessing.discretization import Discretization as Discretization
from hornbeam_layers.preprocessing.hashing import HashedCrossing as HashedCrossing
from hornbeam_layers.preprocessing.hashing import Hashing as Hashing
from hornbeam_layers.preprocessing.image.bending import RandomElasticTransform as RandomElasticTransform
from hornbeam_layers.preprocessing.image.bending import RandomPerspective as RandomPerspective
from hornbeam_layers.preprocessing.image.blur import RandomErasing as RandomErasing
from hornbeam_layers.preprocessing.image.blur import RandomGaussianBlur as RandomGaussianBlur
from hornbeam_layers.preprocessing.image.colour import RandomBrightness as RandomBrightness
from hornbeam_layers.preprocessing.image.colour import RandomColorDegeneration as RandomColorDegeneration
from hornbeam_layers.preprocessing.image.colour import RandomContrast as RandomContrast
from hornbeam_layers.preprocessing.image.colour import RandomHue as RandomHue
from hornbeam_layers.preprocessing.image.colour import RandomSaturation as RandomSaturation
from hornbeam_layers.preprocessing.image.cropping import CenterCrop as CenterCrop
from hornbeam_layers.preprocessing.image.cropping import RandomCrop as RandomCrop
from hornbeam_layers.preprocessing.image.flip import RandomFlip as RandomFlip
from hornbeam_layers.preprocessing.image.histogram import AutoContrast as AutoContrast
from hornbeam_layers.preprocessing.image.histogram import (
    ContrastLimitedAdaptiveHistogramEqualization as ContrastLimitedAdaptiveHistogramEqualization,
)
from hornbeam_layers.preprocessing.image.histogram import Equalization as Equalization
from hornbeam_layers.preprocessing.image.jitter import RandomColorJitter as RandomColorJitter
from hornbeam_layers.preprocessing.image.max_boxes import MaxNumBoundingBoxes as MaxNumBoundingBoxes
from hornbeam_layers.preprocessing.image.mixing import CutMix as CutMix
from hornbeam_layers.preprocessing.image.mixing import MixUp as MixUp
from hornbeam_layers.preprocessing.image.moving import RandomTranslation as RandomTranslation
from hornbeam_layers.preprocessing.image.moving import RandomZoom as RandomZoom
from hornbeam_layers.preprocessing.image.policies import AugMix as AugMix
from hornbeam_layers.preprocessing.image.policies import RandAugment as RandAugment
from hornbeam_layers.preprocessing.image.resizing import Resizing as Resizing
from hornbeam_layers.preprocessing.image.tones import RandomGrayscale as RandomGrayscale
from hornbeam_layers.preprocessing.image.tones import RandomInvert as RandomInvert
from hornbeam_layers.preprocessing.image.tones import RandomPosterization as RandomPosterization
from hornbeam_layers.preprocessing.image.tones import RandomSharpness as RandomSharpness
from hornbeam_layers.preprocessing.image.tones import Solarization as Solarization
from hornbeam_layers.preprocessing.image.turning import RandomRotation as RandomRotation
from hornbeam_layers.preprocessing.image.turning import RandomShear as RandomShear
from hornbeam_layers.preprocessing.integer_lookup import IntegerLookup as IntegerLookup
from hornbeam_layers.preprocessing.mel_spectrogram import MelSpectrogram as MelSpectrogram
from hornbeam_layers.preprocessing.normalization import Normalization as Normalization
from hornbeam_layers.preprocessing.pipeline import Pipeline as Pipeline
from hornbeam_layers.preprocessing.rescaling import Rescaling as Rescaling
from hornbeam_layers.preprocessing.stft_spectrogram import STFTSpectrogram as STFTSpectrogram
from hornbeam_layers.preprocessing.string_lookup import StringLookup as StringLookup
from hornbeam_layers.preprocessing.text_vectorization import TextVectorization as TextVectorization
from hornbeam_layers.recurrent.bidirectional import Bidirectional as Bidirectional
from hornbeam_layers.recurrent.gru import GRU as GRU
from hornbeam_layers.recurrent.gru import GRUCell as GRUCell
from hornbeam_layers.recurrent.lstm import LSTM as LSTM
from hornbeam_layers.recurrent.lstm import LSTMCell as LSTMCell
from hornbeam_layers.recurrent.rnn import RNN as RNN
from hornbeam_layers.recurrent.simple_rnn import SimpleRNN as SimpleRNN
from hornbeam_layers.recurrent.simple_rnn import SimpleRNNCell as SimpleRNNCell
from hornbeam_layers.recurrent.stacked import StackedRNNCells as StackedRNNCells
from hornbeam_layers.regularization.dropout import Dropout as Dropout
from hornbeam_layers.reshaping.reshape import Flatten as Flatten
from hornbeam_layers.reshaping.reshape import Reshape as Reshape

__version__ = "0.1.0"
__all__ = [
    "Activation", "AdditiveAttention", "Attention", "AugMix", "AutoContrast", "AveragePooling1D", "AveragePooling2D",
    "AveragePooling3D", "BatchNormalization", "Bidirectional", "CategoryEncoding", "CenterCrop",
    "ContrastLimitedAdaptiveHistogramEqualization", "Conv1D", "Conv2D", "Conv3D", "CutMix", "Dense", "Discretization",
    "Dropout", "EinsumDense", "Embedding", "Equalization", "Flatten", "GRU", "GRUCell", "GlobalAveragePooling1D",
    "GlobalAveragePooling2D", "GlobalAveragePooling3D", "GlobalMaxPooling1D", "GlobalMaxPooling2D",
    "GlobalMaxPooling3D", "GroupNormalization", "GroupQueryAttention", "GroupedQueryAttention", "HashedCrossing",
    "Hashing", "Input", "InputLayer", "IntegerLookup", "LSTM", "LSTMCell", "Layer", "LayerNormalization", "Masking",
    "MaxNumBoundingBoxes", "MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "MelSpectrogram", "MixUp",
    "MultiHeadAttention", "Normalization", "Pipeline", "PositionEmbedding", "RMSNormalization", "RNN", "RandAugment",
    "RandomBrightness", "RandomColorDegeneration", "RandomColorJitter", "RandomContrast", "RandomCrop",
    "RandomElasticTransform", "RandomErasing", "RandomFlip", "RandomGaussianBlur", "RandomGrayscale", "RandomHue",
    "RandomInvert", "RandomPerspective", "RandomPosterization", "RandomRotation", "RandomSaturation",
    "RandomSharpness", "RandomShear", "RandomTranslation", "RandomZoom", "ReLU", "Rescaling", "Reshape", "Resizing",
    "RotaryEmbedding", "STFTSpectrogram", "SimpleRNN", "SimpleRNNCell", "SinePositionEncoding", "Softmax",
    "Solarization", "StackedRNNCells", "StringLookup", "TextVectorization",
]  # fmt: skip
