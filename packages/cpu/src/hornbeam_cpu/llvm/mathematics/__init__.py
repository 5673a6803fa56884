from hornbeam_cpu.llvm.builder import *


def _i(name):
    return lambda b, x: b.intrinsic(name, x)


FUNCTIONS = {n: _i(n) for n in ("exp", "log", "sqrt", "floor", "ceil", "trunc", "sin", "cos")}
FUNCTIONS["round_even"] = _i("roundeven")
FUNCTIONS["rsqrt"] = lambda b, x: b.div(b.const(x.type, 1.0), b.intrinsic("sqrt", x))
FUNCTIONS["pow"] = lambda b, x, y: b.intrinsic("pow", x, y)
FUNCTIONS["tanh"] = _i("tanh")
