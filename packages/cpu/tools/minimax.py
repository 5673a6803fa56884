"""Derives the polynomials of hornbeam_cpu.llvm.mathematics and writes them to its coefficients.py.

    python packages/cpu/tools/minimax.py        (needs mpmath)

Each is the polynomial of its degree whose largest weighted error is least (Remez 1934; exchange on a fine grid), in 40 digits,
then rounded to the format in which it is used.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mpmath import mp, mpf

mp.dps = 45
Function = Callable[[Any], Any]
GRID = 900
HEAD = '''"""Polynomials, lowest power first, as tools/minimax.py derives them: do not edit.

Beside each: what it approximates, where, and its largest weighted error, in units of 2**-digits of its format.
"""

'''


def minimax(f: Function, low: Any, high: Any, degree: int, weight: Function) -> tuple[list[Any], Any]:
    """The coefficients of the best polynomial, and its largest |weight * error|."""
    low, high = mpf(low), mpf(high)
    middle, half = (low + high) / 2, (high - low) / 2
    grid = [middle - half * mp.cos(mp.pi * (k + mpf(1) / 2) / GRID) for k in range(GRID)]
    values, weights = [f(x) for x in grid], [weight(x) for x in grid]
    chosen = [round(k * (GRID - 1) / (degree + 1)) for k in range(degree + 2)]
    for _ in range(30):
        rows = [
            [((grid[i] - middle) / half) ** p for p in range(degree + 1)] + [(-1) ** n / weights[i]]
            for n, i in enumerate(chosen)
        ]
        solved = mp.lu_solve(mp.matrix(rows), mp.matrix([values[i] for i in chosen]))
        scaled, level = list(solved)[:-1], abs(solved[degree + 1])
        errors = [
            w * (v - mp.polyval(scaled[::-1], (x - middle) / half))
            for x, v, w in zip(grid, values, weights, strict=True)
        ]
        worst = max(abs(e) for e in errors)
        if worst <= level * mpf("1.02"):
            break
        chosen = _exchange(errors, chosen, degree + 2)
    return _expand(scaled, middle, half), worst


def _exchange(errors: list[Any], chosen: list[int], count: int) -> list[int]:
    """The places of the largest errors of alternating sign."""
    runs: list[int] = []
    for i, e in enumerate(errors):
        if runs and (errors[runs[-1]] > 0) == (e > 0):
            if abs(e) > abs(errors[runs[-1]]):
                runs[-1] = i
        else:
            runs.append(i)
    while len(runs) > count:
        if len(runs) - count == 1:
            runs.pop(0 if abs(errors[runs[0]]) < abs(errors[runs[-1]]) else -1)
        else:
            k = min(range(len(runs) - 1), key=lambda j: max(abs(errors[runs[j]]), abs(errors[runs[j + 1]])))
            del runs[k : k + 2]
    return runs if len(runs) == count else chosen


def _expand(scaled: list[Any], middle: Any, half: Any) -> list[Any]:
    """Coefficients in x of those in (x - middle) / half."""
    found = [mpf(0)]
    for c in reversed(scaled):
        shifted = [mpf(0), *found]
        found = [a / half - middle / half * b for a, b in zip(shifted, [*found, mpf(0)], strict=True)]
        found[0] += c
    return found[: len(scaled)]


def exp_rest(r: Any) -> Any:
    """(e**r - 1 - r) / r**2"""
    return mpf(1) / 2 + r / 6 + r * r / 24 if abs(r) < 1e-12 else (mp.expm1(r) - r) / r**2


def log_rest(z: Any) -> Any:
    """(2 atanh(s) / s - 2) / z with z = s**2"""
    return mpf(2) / 3 + z * 2 / 5 if z < 1e-20 else (2 * mp.atanh(mp.sqrt(z)) / mp.sqrt(z) - 2) / z


def log_tail(z: Any) -> Any:
    """(2 atanh(s) / s - 2 - 2/3 z) / z**2"""
    return mpf(2) / 5 + z * 2 / 7 if z < 1e-15 else (2 * mp.atanh(mp.sqrt(z)) / mp.sqrt(z) - 2 - z * 2 / 3) / z**2


def sin_rest(z: Any) -> Any:
    """(sin(x) / x - 1) / z with z = x**2"""
    x = mp.sqrt(z)
    return -mpf(1) / 6 + z / 120 if z < 1e-18 else (mp.sin(x) / x - 1) / z


def cos_rest(z: Any) -> Any:
    """(cos(x) - 1 + z / 2) / z**2"""
    x = mp.sqrt(z)
    return mpf(1) / 24 - z / 720 if z < 1e-10 else (mp.cos(x) - 1 + z / 2) / z**2


def atan_rest(z: Any) -> Any:
    """(atan(x) / x - 1) / z"""
    x = mp.sqrt(z)
    return -mpf(1) / 3 + z / 5 if z < 1e-18 else (mp.atan(x) / x - 1) / z


def asin_rest(z: Any) -> Any:
    """(asin(x) / x - 1) / z"""
    x = mp.sqrt(z)
    return mpf(1) / 6 + z * 3 / 40 if z < 1e-18 else (mp.asin(x) / x - 1) / z


def erf_near(z: Any) -> Any:
    """erf(x) / x - 1"""
    x = mp.sqrt(z)
    return 2 / mp.sqrt(mp.pi) * (1 - z / 3) - 1 if z < 1e-20 else mp.erf(x) / x - 1


def erf_far(x: Any) -> Any:
    """-log(erfc(x)) / x"""
    return -mp.log(mp.erfc(x)) / x


def erfinv_of(w: Any) -> Any:
    """erfinv(x) / x with w = -log(1 - x**2)"""
    if w < 1e-20:
        return mp.sqrt(mp.pi) / 2
    rest = mp.exp(-w)  # 1 - x**2
    x = mp.sqrt(-mp.expm1(-w))
    small = rest / (1 + x)  # 1 - x = erfc(y)
    y = mp.sqrt(w) if w > 2 else mp.erfinv(x)
    for _ in range(60):
        step = (mp.erfc(y) - small) * mp.sqrt(mp.pi) / 2 * mp.exp(y * y)
        y += step
        if abs(step) < mpf(10) ** -38:
            break
    return y / x


LN2 = mp.log(2)
R = LN2 / 2 * mpf("1.0005")  # half of ln 2, and what rounding may add
S = (mp.sqrt(2) - 1) / (mp.sqrt(2) + 1) * mpf("1.0001")
Q = mp.pi / 4 * mpf("1.0001")
T = mp.tan(mp.pi / 8) * mpf("1.0001")
ONE: Function = lambda x: mpf(1)  # noqa: E731

# name: function, interval, weight, degree in single and in double precision, comment
TABLE: dict[str, tuple[Function, Any, Any, Function, int, int, str]] = {
    "EXP": (exp_rest, -R, R, lambda r: r * r / mp.exp(r), 4, 9, "(e**r - 1 - r) / r**2, |r| <= ln(2) / 2"),
    "LOG": (log_rest, 0, S**2, lambda z: z, 2, 6, "(2 atanh(s) / s - 2) / s**2 in s**2, s <= 0.172"),
    "LOG_TAIL": (
        log_tail,
        0,
        S**2,
        lambda z: z * z,
        0,
        6,
        "(2 atanh(s) / s - 2 - 2/3 s**2) / s**4 in s**2, s <= 0.172",
    ),
    "SIN": (sin_rest, 0, Q**2, lambda z: z, 2, 5, "(sin(x) / x - 1) / x**2 in x**2, |x| <= pi / 4"),
    "COS": (cos_rest, 0, Q**2, lambda z: z * z, 2, 5, "(cos(x) - 1 + x**2 / 2) / x**4 in x**2, |x| <= pi / 4"),
    "ATAN": (atan_rest, 0, T**2, lambda z: z, 4, 10, "(atan(x) / x - 1) / x**2 in x**2, |x| <= tan(pi / 8)"),
    "ASIN": (asin_rest, 0, mpf("0.25"), lambda z: z, 4, 11, "(asin(x) / x - 1) / x**2 in x**2, |x| <= 1 / 2"),
    "ERF_NEAR": (erf_near, 0, 1, lambda z: 1 / (1 + erf_near(z)), 6, 11, "erf(x) / x - 1 in x**2, |x| <= 1"),
    "ERF_FAR": (erf_far, 1, 6, lambda x: x * mp.erfc(x), 7, 18, "-log(erfc(x)) / x, 1 <= x <= 6"),
    "ERFINV_NEAR": (
        lambda v: erfinv_of(v + mpf("3.125")),
        mpf("-3.125"),
        mpf("3.125"),
        ONE,
        10,
        24,
        "erfinv(x) / x in w - 3.125, w = -log(1 - x**2) <= 6.25",
    ),
    "ERFINV_FAR": (
        lambda v: erfinv_of((v + mpf("3.25")) ** 2),
        mpf("2.5") - mpf("3.25"),
        mpf(4) - mpf("3.25"),
        ONE,
        9,
        20,
        "erfinv(x) / x in sqrt(w) - 3.25, 6.25 <= w <= 16",
    ),
    "ERFINV_LAST": (
        lambda v: erfinv_of((v + 5) ** 2),
        mpf(-1),
        mpf("1.1"),
        ONE,
        0,
        19,
        "erfinv(x) / x in sqrt(w) - 5, 16 <= w <= 37",
    ),
}


def main() -> None:
    """Write the file."""
    lines = []
    for name, (f, low, high, weight, *degrees, comment) in TABLE.items():
        lines.append(f"# {comment}")
        for suffix, digits, degree in (("F", 24, degrees[0]), ("D", 53, degrees[1])):
            if not degree:
                continue
            top = min(high, mpf(4)) if name == "ERF_FAR" and suffix == "F" else high
            found, error = minimax(f, low, top, degree, weight)
            said = ", ".join(_spell(c, suffix) for c in found)
            lines.append(f"{name}_{suffix} = ({said})  # {mp.nstr(error * 2**digits, 2)}")
            print(name, suffix, degree, mp.nstr(error * 2**digits, 3), flush=True)
    place = Path(__file__).parent.parent / "src/hornbeam_cpu/llvm/mathematics/coefficients.py"
    place.write_text(HEAD + "\n".join(lines) + "\n")


def _spell(c: Any, suffix: str) -> str:
    return repr(float(c)) if suffix == "D" else f"{struct.unpack('f', struct.pack('f', float(c)))[0]:.9g}"


if __name__ == "__main__":
    main()
