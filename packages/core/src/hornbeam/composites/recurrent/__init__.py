"""Recurrent layers whole: all steps of an LSTM, GRU or simple RNN as one operation, and their gradients.

The product of the inputs with the kernel stands outside, one large product over all steps, and so does the gradient of the
recurrent weights. What remains inside is the walk over time, which an engine replaces by one kernel.
"""

from hornbeam.composites.recurrent.common import SUPPORTED as SUPPORTED
from hornbeam.composites.recurrent.gru import gru as gru
from hornbeam.composites.recurrent.lstm import lstm as lstm
from hornbeam.composites.recurrent.simple_rnn import simple_rnn as simple_rnn
