"""hb.ops: the Python array API standard (2024.12), NumPy's names and Keras's, over Hornbeam's tensors."""

import math as _math

from hornbeam.dtypes import bfloat16 as bfloat16
from hornbeam.dtypes import bool as bool  # noqa: A004 - the array API's name
from hornbeam.dtypes import complex64 as complex64
from hornbeam.dtypes import complex128 as complex128
from hornbeam.dtypes import float16 as float16
from hornbeam.dtypes import float32 as float32
from hornbeam.dtypes import float64 as float64
from hornbeam.dtypes import int8 as int8
from hornbeam.dtypes import int16 as int16
from hornbeam.dtypes import int32 as int32
from hornbeam.dtypes import int64 as int64
from hornbeam.dtypes import uint8 as uint8
from hornbeam.dtypes import uint16 as uint16
from hornbeam.dtypes import uint32 as uint32
from hornbeam.dtypes import uint64 as uint64
from hornbeam.ops.convert import *
from hornbeam.ops.elementwise.arithmetic import *
from hornbeam.ops.elementwise.bitwise import *
from hornbeam.ops.elementwise.cast import *
from hornbeam.ops.elementwise.comparison import *
from hornbeam.ops.elementwise.complex import *
from hornbeam.ops.elementwise.exponential import *
from hornbeam.ops.elementwise.trigonometric import *
from hornbeam.ops.movement import *
from hornbeam.ops.joining import *
from hornbeam.ops.creation import *
from hornbeam.ops.reduction import *
from hornbeam.ops.contraction import *
from hornbeam.ops.indexing import *
from hornbeam.ops.slicing import *
from hornbeam.ops.keys import *
from hornbeam.ops.scattering import *
from hornbeam.ops.info import *
from hornbeam.ops.cumulative import *
from hornbeam.ops.sorting import *
from hornbeam.ops.sets import *
from hornbeam.ops.convolution import *
from hornbeam.ops.window import *
from hornbeam.ops.nn import *
from hornbeam.ops.attention import *
from hornbeam.ops.normalization import *
from hornbeam.ops.control import *
from hornbeam.ops.diagonals import *
from hornbeam.ops.kronecker import *
from hornbeam.ops.einstein import *
from hornbeam.ops.fourier import *
from hornbeam.composites import losses as _losses
from hornbeam.composites import recurrent as _recurrent
from hornbeam.ops import image as image
from hornbeam.ops import linalg as linalg
from hornbeam.ops.drawing import draw_all as _draw
from hornbeam.ops.drawing import draw_members as _draw_members
from hornbeam.ops.linalg import cholesky as cholesky
from hornbeam.ops.linalg import cholesky_inverse as cholesky_inverse
from hornbeam.ops.linalg import cross as cross
from hornbeam.ops.linalg import det as det
from hornbeam.ops.linalg import eig as eig
from hornbeam.ops.linalg import eigh as eigh
from hornbeam.ops.linalg import inv as inv
from hornbeam.ops.linalg import logdet as logdet
from hornbeam.ops.linalg import lstsq as lstsq
from hornbeam.ops.linalg import lu_factor as lu_factor
from hornbeam.ops.linalg import matrix_rank as matrix_rank
from hornbeam.ops.linalg import norm as norm
from hornbeam.ops.linalg import pinv as pinv
from hornbeam.ops.linalg import qr as qr
from hornbeam.ops.linalg import slogdet as slogdet
from hornbeam.ops.linalg import solve as solve
from hornbeam.ops.linalg import solve_triangular as solve_triangular
from hornbeam.ops.linalg import svd as svd
from hornbeam.ops.elementwise.checks import *
from hornbeam.ops.elementwise.numbers import *
from hornbeam.ops.elementwise.special import *
from hornbeam.ops.activations import *
from hornbeam.ops.arranging import *
from hornbeam.ops.nans import *
from hornbeam.ops.quantiles import *
from hornbeam.ops.tapers import *
from hornbeam.ops.segments import *
from hornbeam.ops.series import *
from hornbeam.ops.histograms import *
from hornbeam.ops.selection import *
from hornbeam.ops.similarity import *
from hornbeam.ops.sampled import *
from hornbeam.ops.views import *
from hornbeam.interpret import broadcast_shapes as broadcast_shapes
from hornbeam.ops.patches import *
from hornbeam.ops.adaptive import *
from hornbeam.ops.vectorizing import *
from hornbeam.ops.gradients import *
from hornbeam.ops.scaling import *
from hornbeam.ops.crossentropy import *
from hornbeam.ops.ctc import *
from hornbeam.ops.ctc_decoding import *

e, pi, inf, nan, newaxis = _math.e, _math.pi, _math.inf, _math.nan, None
__array_api_version__ = "2024.12"

_draw(globals())
_draw(vars(linalg), "linalg.")
_draw(vars(image), "image.")
_draw_members(type(fft), "fft.")
