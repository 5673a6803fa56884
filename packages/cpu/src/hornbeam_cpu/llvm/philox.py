from hornbeam_cpu.llvm.builder import *


def philox(b, key, places):
    n = lanes(places.type)
    T = vector("i64", n)
    U = vector("i32", n)

    def sp(x):
        x = b.convert("zext", x, "i64")
        return b.splat(x, n) if n else x

    low = b.const(T, 0xFFFFFFFF)
    h = b.const(T, 32)
    k0, k1, w2, w3 = map(sp, key)
    c0 = b.bits("lshr", places, b.const(T, 2))
    c1 = b.const(T, 0)
    c2 = w2
    c3 = w3
    m0, m1, W0, W1 = (b.const(T, c) for c in (0xD2511F53, 0xCD9E8D57, 0x9E3779B9, 0xBB67AE85))
    for _ in range(10):
        p0 = b.mul(m0, c0)
        p1 = b.mul(m1, c2)
        c0, c1, c2, c3 = (
            b.bits("xor", b.bits("xor", b.bits("lshr", p1, h), c1), k0),
            b.bits("and", p1, low),
            b.bits("xor", b.bits("xor", b.bits("lshr", p0, h), c3), k1),
            b.bits("and", p0, low),
        )
        k0 = b.bits("and", b.add(k0, W0), low)
        k1 = b.bits("and", b.add(k1, W1), low)
    w = b.bits("and", places, b.const(T, 3))
    r = c0
    for i, c in enumerate((c1, c2, c3)):
        r = b.select(b.compare("eq", w, b.const(T, i + 1)), c, r)
    return b.convert("trunc", r, "i32")
