"""Descriptions of what NVIDIA's libraries compute; a device runs them by their addresses."""

from hornbeam_cuda.library.attention import Attention
from hornbeam_cuda.library.convolution import Convolution
from hornbeam_cuda.library.product import Product
from hornbeam_cuda.library.recurrent import Recurrent, Spaces

__all__ = ["Attention", "Call", "Convolution", "Product", "Recurrent", "Spaces"]

Call = Product | Convolution | Attention | Recurrent
