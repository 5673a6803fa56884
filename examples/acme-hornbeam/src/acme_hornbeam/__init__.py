"""An example of a Hornbeam plugin. Importing a class from here and looking it up by name give the same class."""

from acme_hornbeam.layers import ScaleShift as ScaleShift
from acme_hornbeam.optimizers import SignMomentum as SignMomentum

__all__ = ["ScaleShift", "SignMomentum"]
