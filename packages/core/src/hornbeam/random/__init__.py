"""hb.random: draws from a counter-based generator, the same on every backend, eager or captured."""

from hornbeam.random.gamma import *
from hornbeam.random.generator import *
from hornbeam.random.order import *
