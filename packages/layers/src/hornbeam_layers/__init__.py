"""Layers, activations, initializers, regularizers and constraints for Hornbeam."""

from hornbeam import InputSpec as InputSpec
from hornbeam import Layer as Layer

from hornbeam_layers.attention.attention import AdditiveAttention as AdditiveAttention
from hornbeam_layers.attention.attention import Attention as Attention
from hornbeam_layers.attention.grouped_query_attention import GroupQueryAttention as GroupQueryAttention
from hornbeam_layers.attention.grouped_query_attention import GroupQueryAttention as GroupedQueryAttention
from hornbeam_layers.attention.multi_head_attention import MultiHeadAttention as MultiHeadAttention
from hornbeam_layers.convolutional.conv import Conv1D as Conv1D
from hornbeam_layers.convolutional.conv import Conv1D as Convolution1D
from hornbeam_layers.convolutional.conv import Conv2D as Conv2D
from hornbeam_layers.convolutional.conv import Conv2D as Convolution2D
from hornbeam_layers.convolutional.conv import Conv3D as Conv3D
from hornbeam_layers.convolutional.conv import Conv3D as Convolution3D
from hornbeam_layers.convolutional.conv_transpose import Conv1DTranspose as Conv1DTranspose
from hornbeam_layers.convolutional.conv_transpose import Conv1DTranspose as Convolution1DTranspose
from hornbeam_layers.convolutional.conv_transpose import Conv2DTranspose as Conv2DTranspose
from hornbeam_layers.convolutional.conv_transpose import Conv2DTranspose as Convolution2DTranspose
from hornbeam_layers.convolutional.conv_transpose import Conv3DTranspose as Conv3DTranspose
from hornbeam_layers.convolutional.conv_transpose import Conv3DTranspose as Convolution3DTranspose
from hornbeam_layers.convolutional.depthwise_conv import DepthwiseConv1D as DepthwiseConv1D
from hornbeam_layers.convolutional.depthwise_conv import DepthwiseConv2D as DepthwiseConv2D
from hornbeam_layers.convolutional.locally_connected import LocallyConnected1D as LocallyConnected1D
from hornbeam_layers.convolutional.locally_connected import LocallyConnected2D as LocallyConnected2D
from hornbeam_layers.convolutional.separable_conv import SeparableConv1D as SeparableConv1D
from hornbeam_layers.convolutional.separable_conv import SeparableConv1D as SeparableConvolution1D
from hornbeam_layers.convolutional.separable_conv import SeparableConv2D as SeparableConv2D
from hornbeam_layers.convolutional.separable_conv import SeparableConv2D as SeparableConvolution2D
from hornbeam_layers.core.activation import Activation as Activation
from hornbeam_layers.core.activation import Softmax as Softmax
from hornbeam_layers.core.dense import Dense as Dense
from hornbeam_layers.core.einsum_dense import EinsumDense as EinsumDense
from hornbeam_layers.core.embedding import Embedding as Embedding
from hornbeam_layers.core.identity import Identity as Identity
from hornbeam_layers.core.input_layer import Input as Input
from hornbeam_layers.core.input_layer import InputLayer as InputLayer
from hornbeam_layers.core.lambda_layer import Lambda as Lambda
from hornbeam_layers.core.masking import Masking as Masking
from hornbeam_layers.core.rectifiers import ELU as ELU
from hornbeam_layers.core.rectifiers import LeakyReLU as LeakyReLU
from hornbeam_layers.core.rectifiers import PReLU as PReLU
from hornbeam_layers.core.rectifiers import ReLU as ReLU
from hornbeam_layers.core.rectifiers import ThresholdedReLU as ThresholdedReLU
from hornbeam_layers.core.reversible_embedding import ReversibleEmbedding as ReversibleEmbedding
from hornbeam_layers.core.wrapper import Wrapper as Wrapper
from hornbeam_layers.merging.concatenate import Concatenate as Concatenate
from hornbeam_layers.merging.concatenate import concatenate as concatenate
from hornbeam_layers.merging.dot import Dot as Dot
from hornbeam_layers.merging.dot import dot as dot
from hornbeam_layers.merging.elementwise import Add as Add
from hornbeam_layers.merging.elementwise import Average as Average
from hornbeam_layers.merging.elementwise import Maximum as Maximum
from hornbeam_layers.merging.elementwise import Minimum as Minimum
from hornbeam_layers.merging.elementwise import Multiply as Multiply
from hornbeam_layers.merging.elementwise import Subtract as Subtract
from hornbeam_layers.merging.elementwise import add as add
from hornbeam_layers.merging.elementwise import average as average
from hornbeam_layers.merging.elementwise import maximum as maximum
from hornbeam_layers.merging.elementwise import minimum as minimum
from hornbeam_layers.merging.elementwise import multiply as multiply
from hornbeam_layers.merging.elementwise import subtract as subtract
from hornbeam_layers.normalization.batch_normalization import BatchNormalization as BatchNormalization
from hornbeam_layers.normalization.group_normalization import GroupNormalization as GroupNormalization
from hornbeam_layers.normalization.instance_normalization import InstanceNormalization as InstanceNormalization
from hornbeam_layers.normalization.instance_normalization import UnitNormalization as UnitNormalization
from hornbeam_layers.normalization.layer_normalization import LayerNormalization as LayerNormalization
from hornbeam_layers.normalization.layer_normalization import RMSNormalization as RMSNormalization
from hornbeam_layers.normalization.of_weights import SpectralNormalization as SpectralNormalization
from hornbeam_layers.normalization.of_weights import WeightNormalization as WeightNormalization
from hornbeam_layers.pooling.adaptive_pooling import AdaptiveAveragePooling1D as AdaptiveAveragePooling1D
from hornbeam_layers.pooling.adaptive_pooling import AdaptiveAveragePooling2D as AdaptiveAveragePooling2D
from hornbeam_layers.pooling.adaptive_pooling import AdaptiveAveragePooling3D as AdaptiveAveragePooling3D
from hornbeam_layers.pooling.adaptive_pooling import AdaptiveMaxPooling1D as AdaptiveMaxPooling1D
from hornbeam_layers.pooling.adaptive_pooling import AdaptiveMaxPooling2D as AdaptiveMaxPooling2D
from hornbeam_layers.pooling.adaptive_pooling import AdaptiveMaxPooling3D as AdaptiveMaxPooling3D
from hornbeam_layers.pooling.global_pooling import GlobalAveragePooling1D as GlobalAveragePooling1D
from hornbeam_layers.pooling.global_pooling import GlobalAveragePooling1D as GlobalAvgPool1D
from hornbeam_layers.pooling.global_pooling import GlobalAveragePooling2D as GlobalAveragePooling2D
from hornbeam_layers.pooling.global_pooling import GlobalAveragePooling2D as GlobalAvgPool2D
from hornbeam_layers.pooling.global_pooling import GlobalAveragePooling3D as GlobalAveragePooling3D
from hornbeam_layers.pooling.global_pooling import GlobalAveragePooling3D as GlobalAvgPool3D
from hornbeam_layers.pooling.global_pooling import GlobalMaxPooling1D as GlobalMaxPool1D
from hornbeam_layers.pooling.global_pooling import GlobalMaxPooling1D as GlobalMaxPooling1D
from hornbeam_layers.pooling.global_pooling import GlobalMaxPooling2D as GlobalMaxPool2D
from hornbeam_layers.pooling.global_pooling import GlobalMaxPooling2D as GlobalMaxPooling2D
from hornbeam_layers.pooling.global_pooling import GlobalMaxPooling3D as GlobalMaxPool3D
from hornbeam_layers.pooling.global_pooling import GlobalMaxPooling3D as GlobalMaxPooling3D
from hornbeam_layers.pooling.pooling import AveragePooling1D as AveragePooling1D
from hornbeam_layers.pooling.pooling import AveragePooling1D as AvgPool1D
from hornbeam_layers.pooling.pooling import AveragePooling2D as AveragePooling2D
from hornbeam_layers.pooling.pooling import AveragePooling2D as AvgPool2D
from hornbeam_layers.pooling.pooling import AveragePooling3D as AveragePooling3D
from hornbeam_layers.pooling.pooling import AveragePooling3D as AvgPool3D
from hornbeam_layers.pooling.pooling import MaxPooling1D as MaxPool1D
from hornbeam_layers.pooling.pooling import MaxPooling1D as MaxPooling1D
from hornbeam_layers.pooling.pooling import MaxPooling2D as MaxPool2D
from hornbeam_layers.pooling.pooling import MaxPooling2D as MaxPooling2D
from hornbeam_layers.pooling.pooling import MaxPooling3D as MaxPool3D
from hornbeam_layers.pooling.pooling import MaxPooling3D as MaxPooling3D
from hornbeam_layers.position.encoding import PositionEmbedding as PositionEmbedding
from hornbeam_layers.position.encoding import SinePositionEncoding as SinePositionEncoding
from hornbeam_layers.position.rotary import RotaryEmbedding as RotaryEmbedding
from hornbeam_layers.preprocessing.category_encoding import CategoryEncoding as CategoryEncoding
from hornbeam_layers.preprocessing.discretization import Discretization as Discretization
from hornbeam_layers.preprocessing.feature_space import FeatureSpace as FeatureSpace
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
from hornbeam_layers.recurrent.conv_lstm import ConvLSTM1D as ConvLSTM1D
from hornbeam_layers.recurrent.conv_lstm import ConvLSTM2D as ConvLSTM2D
from hornbeam_layers.recurrent.conv_lstm import ConvLSTM3D as ConvLSTM3D
from hornbeam_layers.recurrent.conv_lstm_cell import ConvLSTMCell as ConvLSTMCell
from hornbeam_layers.recurrent.gru import GRU as CuDNNGRU
from hornbeam_layers.recurrent.gru import GRU as GRU
from hornbeam_layers.recurrent.gru import GRUCell as GRUCell
from hornbeam_layers.recurrent.lstm import LSTM as CuDNNLSTM
from hornbeam_layers.recurrent.lstm import LSTM as LSTM
from hornbeam_layers.recurrent.lstm import LSTMCell as LSTMCell
from hornbeam_layers.recurrent.rnn import RNN as RNN
from hornbeam_layers.recurrent.simple_rnn import SimpleRNN as SimpleRNN
from hornbeam_layers.recurrent.simple_rnn import SimpleRNNCell as SimpleRNNCell
from hornbeam_layers.recurrent.stacked import StackedRNNCells as StackedRNNCells
from hornbeam_layers.recurrent.time_distributed import TimeDistributed as TimeDistributed
from hornbeam_layers.regularization.activity_regularization import ActivityRegularization as ActivityRegularization
from hornbeam_layers.regularization.dropout import Dropout as Dropout
from hornbeam_layers.regularization.noise import AlphaDropout as AlphaDropout
from hornbeam_layers.regularization.noise import GaussianDropout as GaussianDropout
from hornbeam_layers.regularization.noise import GaussianNoise as GaussianNoise
from hornbeam_layers.regularization.noise import SpatialDropout1D as SpatialDropout1D
from hornbeam_layers.regularization.noise import SpatialDropout2D as SpatialDropout2D
from hornbeam_layers.regularization.noise import SpatialDropout3D as SpatialDropout3D
from hornbeam_layers.reshaping.borders import Cropping1D as Cropping1D
from hornbeam_layers.reshaping.borders import Cropping2D as Cropping2D
from hornbeam_layers.reshaping.borders import Cropping3D as Cropping3D
from hornbeam_layers.reshaping.borders import ZeroPadding1D as ZeroPadding1D
from hornbeam_layers.reshaping.borders import ZeroPadding2D as ZeroPadding2D
from hornbeam_layers.reshaping.borders import ZeroPadding3D as ZeroPadding3D
from hornbeam_layers.reshaping.reshape import Flatten as Flatten
from hornbeam_layers.reshaping.reshape import Permute as Permute
from hornbeam_layers.reshaping.reshape import RepeatVector as RepeatVector
from hornbeam_layers.reshaping.reshape import Reshape as Reshape
from hornbeam_layers.reshaping.up_sampling import UpSampling1D as UpSampling1D
from hornbeam_layers.reshaping.up_sampling import UpSampling2D as UpSampling2D
from hornbeam_layers.reshaping.up_sampling import UpSampling3D as UpSampling3D
from hornbeam_layers.saved import deserialize as deserialize
from hornbeam_layers.saved import serialize as serialize
from hornbeam_layers.structured.crf import CRF as CRF

__version__ = "0.1.0"
__all__ = [
    "Activation", "ActivityRegularization", "AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D",
    "AdaptiveAveragePooling3D", "AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D", "Add",
    "AdditiveAttention", "AlphaDropout", "Attention", "AugMix", "AutoContrast", "Average", "AveragePooling1D",
    "AveragePooling2D", "AveragePooling3D", "AvgPool1D", "AvgPool2D", "AvgPool3D", "BatchNormalization",
    "Bidirectional", "CRF", "CategoryEncoding", "CenterCrop", "Concatenate",
    "ContrastLimitedAdaptiveHistogramEqualization", "Conv1D", "Conv1DTranspose", "Conv2D", "Conv2DTranspose",
    "Conv3D", "Conv3DTranspose", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "ConvLSTMCell", "Convolution1D",
    "Convolution1DTranspose", "Convolution2D", "Convolution2DTranspose", "Convolution3D", "Convolution3DTranspose",
    "Cropping1D", "Cropping2D", "Cropping3D", "CuDNNGRU", "CuDNNLSTM", "CutMix", "Dense", "DepthwiseConv1D",
    "DepthwiseConv2D", "Discretization", "Dot", "Dropout", "ELU", "EinsumDense", "Embedding", "Equalization",
    "FeatureSpace", "Flatten", "GRU", "GRUCell", "GaussianDropout", "GaussianNoise", "GlobalAveragePooling1D",
    "GlobalAveragePooling2D", "GlobalAveragePooling3D", "GlobalAvgPool1D", "GlobalAvgPool2D", "GlobalAvgPool3D",
    "GlobalMaxPool1D", "GlobalMaxPool2D", "GlobalMaxPool3D", "GlobalMaxPooling1D", "GlobalMaxPooling2D",
    "GlobalMaxPooling3D", "GroupNormalization", "GroupQueryAttention", "GroupedQueryAttention", "HashedCrossing",
    "Hashing", "Identity", "Input", "InputLayer", "InputSpec", "InstanceNormalization", "IntegerLookup", "LSTM",
    "LSTMCell", "Lambda", "Layer", "LayerNormalization", "LeakyReLU", "LocallyConnected1D", "LocallyConnected2D",
    "Masking", "MaxNumBoundingBoxes", "MaxPool1D", "MaxPool2D", "MaxPool3D", "MaxPooling1D", "MaxPooling2D",
    "MaxPooling3D", "Maximum", "MelSpectrogram", "Minimum", "MixUp", "MultiHeadAttention", "Multiply",
    "Normalization", "PReLU", "Permute", "Pipeline", "PositionEmbedding", "RMSNormalization", "RNN", "RandAugment",
    "RandomBrightness", "RandomColorDegeneration", "RandomColorJitter", "RandomContrast", "RandomCrop",
    "RandomElasticTransform", "RandomErasing", "RandomFlip", "RandomGaussianBlur", "RandomGrayscale", "RandomHue",
    "RandomInvert", "RandomPerspective", "RandomPosterization", "RandomRotation", "RandomSaturation",
    "RandomSharpness", "RandomShear", "RandomTranslation", "RandomZoom", "ReLU", "RepeatVector", "Rescaling",
    "Reshape", "Resizing", "ReversibleEmbedding", "RotaryEmbedding", "STFTSpectrogram", "SeparableConv1D",
    "SeparableConv2D", "SeparableConvolution1D", "SeparableConvolution2D", "SimpleRNN", "SimpleRNNCell",
    "SinePositionEncoding", "Softmax", "Solarization", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D",
    "SpectralNormalization", "StackedRNNCells", "StringLookup", "Subtract", "TextVectorization", "ThresholdedReLU",
    "TimeDistributed", "UnitNormalization", "UpSampling1D", "UpSampling2D", "UpSampling3D", "WeightNormalization",
    "Wrapper", "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D", "add", "average", "concatenate", "deserialize",
    "dot", "maximum", "minimum", "multiply", "serialize", "subtract",
]  # fmt: skip
