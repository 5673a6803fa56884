"""Backends: arrays, one kernel per primitive, and a way to run or compile graphs."""

from hornbeam.backends.base import Backend as Backend
from hornbeam.backends.base import Executable as Executable
from hornbeam.backends.base import backend as backend
from hornbeam.backends.base import set_backend as set_backend
