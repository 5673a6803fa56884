"""Normalisation."""

from case import HOLES, case, nested

CLIP = {"rmax": 1.5, "rmin": 0.6, "dmax": 0.3}
CASES = [
    case("LayerNormalization", {}, [[3, 4]]),
    case("LayerNormalization", {"axis": [1, 2], "epsilon": 1e-5, "center": False}, [[3, 4, 2]]),
    case("RMSNormalization", {}, [[3, 4]]),
    case("RMSNormalization", {"axis": [1, 2], "epsilon": 1e-3}, [[3, 4, 2]]),
    case("GroupNormalization", {"groups": 2}, [[3, 5, 4]]),
    case("GroupNormalization", {"groups": -1, "axis": 1}, [[3, 4, 2]]),
    case("BatchNormalization", {"axis": 1}, [[3, 4, 2]], training=True),
    case("BatchNormalization", {"scale": False, "momentum": 0.9}, [[3, 4]], training=True),
    case("BatchNormalization", {"axis": 1}, [[3, 2, 4, 3]], training=True),
    case("BatchNormalization", {}, [[3, 4, 2]], training=True, masked=HOLES),
    case("BatchNormalization", {}, [[3, 4]]),
    case("BatchNormalization", {"renorm": True, "renorm_momentum": 0.8, "renorm_clipping": CLIP}, [[5, 4]], training=True),
    case("BatchNormalization", {"renorm": True, "scale": False}, [[5, 4]], training=True),
    case("BatchNormalization", {"renorm": True, "center": False}, [[3, 4]]),
    case("UnitNormalization", {}, [[3, 4]]),
    case("UnitNormalization", {"axis": [1, 2]}, [[3, 4, 2]]),
    case("SpectralNormalization", {"layer": nested("Dense", units=3)}, [[2, 4]]),
    case("SpectralNormalization", {"layer": nested("Conv2D", filters=3, kernel_size=2), "power_iterations": 3}, [[2, 3, 3, 2]]),
]  # fmt: skip
