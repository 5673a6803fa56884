"""A device that runs CUDA C on the host, so that the whole engine is tested where there is no GPU."""

from tests.cuda.emulator.compiled import COMPILER
from tests.cuda.emulator.device import Counts, EmulatedDevice

__all__ = ["COMPILER", "Counts", "EmulatedDevice"]
