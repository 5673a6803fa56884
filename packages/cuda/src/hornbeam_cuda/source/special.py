"""Special functions that CUDA C lacks, in double precision: of any order, told as a template's parameter."""

from __future__ import annotations

__all__ = ["ORDERED", "SPECIAL"]

ORDERED = ("bessel_i", "polygamma")
"""Primitives with an order; in a loop each is an operation of its own, such as polygamma_2."""

SPECIAL = r"""
// The asymptotic series (DLMF 5.11.2 and 5.15.8) after the recurrence; not a number for x <= 0.
template <int order> NEW double polygamma(double x) {
  const double bernoulli[10] = {1. / 6, -1. / 30, 1. / 42, -1. / 30, 5. / 66, -691. / 2730, 7. / 6, -3617. / 510, 43867. / 798,
                                -174611. / 330};
  if (!(x > 0)) return x != x ? x : NOT_A_NUMBER;
  double z = x, below = 0, factorial = 1;  // of order - 1
#pragma unroll
  for (int k = 2; k < order; ++k) factorial *= k;
  for (int k = 0; k < 12 && z < 12; z = x + ++k) {
    double power = z;
#pragma unroll
    for (int i = 0; i < order; ++i) power *= z;
    below += 1 / power;
  }
  double power = 1, total;
#pragma unroll
  for (int i = 0; i < order; ++i) power /= z;
  total = order ? factorial * power + 0.5 * (order * factorial) * power / z : log(z) - 0.5 / z;
  double scale = order ? 0.5 * (order * factorial) * (order + 1) : -0.5;
#pragma unroll
  for (int k = 1; k <= 10; ++k) {
    power = power / z / z;
    total += bernoulli[k - 1] * scale * power;
    scale *= order ? (2. * k + order) * (2. * k + order + 1) / ((2. * k + 1) * (2. * k + 2)) : (double)k / (k + 1);
  }
  if (!order) return total - below;
  total += order * factorial * below;
  return order % 2 ? total : -total;
}
// The power series (DLMF 10.25.2: positive terms only) for |x| < 20, the asymptotic one (DLMF 10.40.1) beyond.
template <int order> NEW double bessel_i(double x) {
  double size = fabs(x), value = size, term = 1;
  if (size < 20) {
#pragma unroll
    for (int k = 1; k <= order; ++k) term *= size * (0.5 / k);
    value = term;
    for (int k = 1; k < 55; ++k) value += term *= size * size * 0.25 / (k * (k + order));
  } else if (size < INFINITE) {
    double tail = 1, half = exp(0.5 * size);  // e**size may overflow where the result does not
    for (int k = 1; k < 25; ++k) tail += term *= ((2. * k - 1) * (2 * k - 1) - 4. * order * order) / (8. * k) / size;
    value = half * (tail / sqrt(6.283185307179586 * size)) * half;
  }
  return order % 2 && x < 0 ? -value : value;
}
"""
