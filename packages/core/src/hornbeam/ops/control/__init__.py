"""Branches and loops on values: `cond`, `switch`, `while_loop`, `fori_loop`, `scan`, `map`, `associative_scan`."""

from hornbeam.ops.control.branches import *
from hornbeam.ops.control.loops import *
from hornbeam.ops.control.scan import *
