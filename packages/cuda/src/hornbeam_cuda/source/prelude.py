"""The head of every translation unit: number formats, vectors of memory, reductions over threads, and random words.

No header of CUDA's is included, so a kernel compiles in some 40 ms. All global memory is reached through the functions here: each
names the bytes that it touches (`HORNBEAM_TOUCH`, nothing on a device), by which the tests count and check them.
"""

from __future__ import annotations

__all__ = ["PRELUDE"]

_TYPES = r"""
#ifndef HORNBEAM_TOUCH
#define HORNBEAM_TOUCH(address, bytes, writes)
#define HORNBEAM_DYNAMIC(name) extern __shared__ __align__(16) unsigned char name[]
#endif
#define NEW __device__ __forceinline__
#define INFINITE __longlong_as_double(0x7FF0000000000000ll)
#define NOT_A_NUMBER __longlong_as_double(0x7FF8000000000000ll)
#define EVERY_LANE 0xFFFFFFFFu

struct Bool { unsigned char bits; };
struct Half { unsigned short bits; };
struct Bfloat { unsigned short bits; };

// Source of the two conversions by integers: Giesen 2012 "Half to float done quick", and 2016 "float_to_half_fast3_rtne".
NEW float widened(Half x) {
#ifdef __CUDA_ARCH__
  float y;
  asm("cvt.f32.f16 %0, %1;" : "=f"(y) : "h"(x.bits));
  return y;
#else
  unsigned rest = (x.bits & 0x7FFFu) << 13;
  unsigned scaled = __float_as_uint(__uint_as_float(rest) * 5.192296858534828e+33f);
  if (rest >= 0x0F800000u) scaled = rest | 0x7F800000u;
  return __uint_as_float(scaled | (x.bits & 0x8000u) << 16);
#endif
}
NEW float widened(Bfloat x) { return __uint_as_float((unsigned)x.bits << 16); }
NEW Half as_half(float x) {
  Half y;
#ifdef __CUDA_ARCH__
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(y.bits) : "f"(x));
#else
  unsigned bits = __float_as_uint(x), size = bits & 0x7FFFFFFFu, found;
  if (size >= 0x47800000u) found = x != x ? 0x7E00u : 0x7C00u;
  else if (size < 0x38800000u) found = __float_as_uint(__uint_as_float(size) + 0.5f) - 0x3F000000u;
  else found = (size + 0xC8000FFFu + (size >> 13 & 1u)) >> 13;
  y.bits = (unsigned short)(found | (bits >> 16 & 0x8000u));
#endif
  return y;
}
NEW Bfloat as_bfloat(float x) {
  Bfloat y;
#ifdef __CUDA_ARCH__
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(y.bits) : "f"(x));
#else
  unsigned bits = __float_as_uint(x);
  y.bits = (unsigned short)(x != x ? bits >> 16 | 0x40u : (bits + 0x7FFFu + (bits >> 16 & 1u)) >> 16);
#endif
  return y;
}
// A double cut off to single precision, with a last bit that says whether anything was: rounding again is then exact.
// Source: Boldo & Melquiond 2008, "Emulation of FMA and correctly rounded sums: proved algorithms using rounding to odd".
NEW float to_odd(double x) {
  float near = (float)x;
  if (x != x || (double)near == x) return near;
  unsigned bits = __float_as_uint(near);
  if (fabs((double)near) > fabs(x)) bits -= 1;
  return __uint_as_float(bits | 1u);
}

template <class T> struct Memory {
  typedef T Number;
  static NEW T out(T x) { return x; }
  static NEW T in(T x) { return x; }
};
template <> struct Memory<Bool> {
  typedef bool Number;
  static NEW bool out(Bool x) { return x.bits != 0; }
  static NEW Bool in(bool x) { Bool y; y.bits = x; return y; }
};
template <> struct Memory<Half> {
  typedef float Number;
  static NEW float out(Half x) { return widened(x); }
  static NEW Half in(float x) { return as_half(x); }
};
template <> struct Memory<Bfloat> {
  typedef float Number;
  static NEW float out(Bfloat x) { return widened(x); }
  static NEW Bfloat in(float x) { return as_bfloat(x); }
};
"""

_MEMORY = r"""
template <int bytes> struct Bits;
template <> struct Bits<1> { typedef unsigned char Type; };
template <> struct Bits<2> { typedef unsigned short Type; };
template <> struct Bits<4> { typedef unsigned Type; };
template <> struct Bits<8> { typedef uint2 Type; };
template <> struct Bits<16> { typedef uint4 Type; };
template <class T, int N> union Pack { typename Bits<sizeof(T) * N>::Type bits; T at[N]; };
template <class B> NEW void store_word(B* p, B bits) { *p = bits; }
NEW void store_word(uint4* p, uint4 bits) {  // said in words, for the compiler would make four stores of it now and then
#ifdef __CUDA_ARCH__
  asm volatile("st.v4.u32 [%0], {%1, %2, %3, %4};" : : "l"(p), "r"(bits.x), "r"(bits.y), "r"(bits.z), "r"(bits.w) : "memory");
#else
  *p = bits;
#endif
}
template <class T, int N> struct Widest { static const int count = sizeof(T) * N > 16 ? 16 / sizeof(T) : N; };

template <class T> NEW typename Memory<T>::Number get(const T* p) {
  HORNBEAM_TOUCH(p, sizeof(T), false);
  return Memory<T>::out(*p);
}
template <class T> NEW void put(T* p, typename Memory<T>::Number x) {
  HORNBEAM_TOUCH(p, sizeof(T), true);
  *p = Memory<T>::in(x);
}
// N neighbours, of which the first `left` are there; where all are, in words of 16 bytes.
template <class T, int N> NEW void get_pack(typename Memory<T>::Number (&x)[N], const T* p, int left) {
  const int W = Widest<T, N>::count;
  if (left >= N) {
#pragma unroll
    for (int n = 0; n < N; n += W) {
      HORNBEAM_TOUCH(p + n, sizeof(T) * W, false);
      Pack<T, W> word;
      word.bits = *(const typename Bits<sizeof(T) * W>::Type*)(p + n);
#pragma unroll
      for (int m = 0; m < W; ++m) x[n + m] = Memory<T>::out(word.at[m]);
    }
  } else {
#pragma unroll
    for (int n = 0; n < N; ++n) x[n] = n < left ? get(p + n) : (typename Memory<T>::Number)0;
  }
}
template <class T, int N> NEW void put_pack(const typename Memory<T>::Number (&x)[N], T* p, int left) {
  const int W = Widest<T, N>::count;
  if (left >= N) {
#pragma unroll
    for (int n = 0; n < N; n += W) {
      Pack<T, W> word;
#pragma unroll
      for (int m = 0; m < W; ++m) word.at[m] = Memory<T>::in(x[n + m]);
      HORNBEAM_TOUCH(p + n, sizeof(T) * W, true);
      store_word((typename Bits<sizeof(T) * W>::Type*)(p + n), word.bits);
    }
  } else {
#pragma unroll
    for (int n = 0; n < N; ++n) if (n < left) put(p + n, x[n]);
  }
}
// N elements that are `step` apart.
template <class T, class I, int N> NEW void get_apart(typename Memory<T>::Number (&x)[N], const T* p, I step, int left) {
#pragma unroll
  for (int n = 0; n < N; ++n) x[n] = n < left ? get(p + n * step) : (typename Memory<T>::Number)0;
}
template <class T, class I, int N> NEW void put_apart(const typename Memory<T>::Number (&x)[N], T* p, I step, int left) {
#pragma unroll
  for (int n = 0; n < N; ++n) if (n < left) put(p + n * step, x[n]);
}
// n / size, by a multiplication. Source: Granlund & Montgomery 1994, "Division by invariant integers using multiplication".
NEW unsigned divided(unsigned n, unsigned multiplier, unsigned shift) { return (__umulhi(n, multiplier) + n) >> shift; }
"""

_REDUCTIONS = r"""
struct Sum { template <class T> static NEW T join(T a, T b) { return a + b; } static NEW bool join(bool a, bool b) { return a || b; } };
struct Prod { template <class T> static NEW T join(T a, T b) { return a * b; } static NEW bool join(bool a, bool b) { return a && b; } };
struct Max { template <class T> static NEW T join(T a, T b) { return a > b || a != a ? a : b; } };
struct Min { template <class T> static NEW T join(T a, T b) { return a < b || a != a ? a : b; } };

template <class T> struct Lane { static NEW T other(T x, int by) { return __shfl_xor_sync(EVERY_LANE, x, by); } };
template <> struct Lane<bool> { static NEW bool other(bool x, int by) { return __shfl_xor_sync(EVERY_LANE, (int)x, by) != 0; } };
#define SMALL(T) template <> struct Lane<T> { static NEW T other(T x, int by) { return (T)__shfl_xor_sync(EVERY_LANE, (int)x, by); } };
SMALL(signed char) SMALL(unsigned char) SMALL(short) SMALL(unsigned short)
#undef SMALL

// One value of `width` neighbouring threads (a power of two), the same in each; all threads of the block take part.
// Within a warp by shuffles; then each thread joins what the warps of its group left in shared memory, in one order.
template <class R, int width, class T> NEW T joined(T x, T* shared) {
#pragma unroll
  for (int by = (width < 32 ? width : 32) / 2; by; by /= 2) x = R::join(x, Lane<T>::other(x, by));
  if (width > 32) {
    const int warps = width / 32;
    int warp = threadIdx.x / 32;
    __syncthreads();
    if (threadIdx.x % 32 == 0) shared[warp] = x;
    __syncthreads();
    const T* group = shared + warp / warps * warps;
    x = group[0];
#pragma unroll
    for (int w = 1; w < warps; ++w) x = R::join(x, group[w]);
  }
  return x;
}
// One value of the threads that have the same place modulo `width` in a block of `threads`; the first `width` threads have it.
template <class R, int width, int threads, class T> NEW T piled(T x, T* shared) {
  if (threads == width) return x;
  __syncthreads();
  shared[threadIdx.x] = x;
#pragma unroll
  for (int half = threads / 2; half >= width; half /= 2) {
    __syncthreads();
    if (threadIdx.x < half) shared[threadIdx.x] = x = R::join(x, shared[threadIdx.x + half]);
  }
  return x;
}
"""

_RANDOM = r"""
// Philox 4x32-10: the words of block `number` under a key of four words.
// Source: Salmon, Moraes, Dror & Shaw 2011, "Parallel Random Numbers: As Easy as 1, 2, 3".
struct Words { unsigned at[4]; };
NEW Words philox(const unsigned* key, unsigned number) {
  unsigned k0 = get(key), k1 = get(key + 1), c0 = number, c1 = 0, c2 = get(key + 2), c3 = get(key + 3);
#pragma unroll
  for (int round = 0; round < 10; ++round) {
    unsigned h0 = __umulhi(0xD2511F53u, c0), l0 = 0xD2511F53u * c0, h1 = __umulhi(0xCD9E8D57u, c2), l1 = 0xCD9E8D57u * c2;
    c0 = h1 ^ c1 ^ k0; c1 = l1; c2 = h0 ^ c3 ^ k1; c3 = l0;
    k0 += 0x9E3779B9u; k1 += 0xBB67AE85u;
  }
  Words found = {{c0, c1, c2, c3}};
  return found;
}
NEW unsigned random_word(const unsigned* key, long long place) {
  Words words = philox(key, (unsigned)(place >> 2));
  unsigned low = place & 1 ? words.at[1] : words.at[0], high = place & 1 ? words.at[3] : words.at[2];
  return place & 2 ? high : low;
}
// N neighbours from a place that is a multiple of 4 on: a block of words at a time.
template <int N> NEW void random_words(unsigned (&x)[N], const unsigned* key, long long place) {
#pragma unroll
  for (int n = 0; n < N; n += 4) {
    Words words = philox(key, (unsigned)((place + n) >> 2));
#pragma unroll
    for (int m = 0; m < 4 && n + m < N; ++m) x[n + m] = words.at[m];
  }
}
"""
PRELUDE = _TYPES + _MEMORY + _REDUCTIONS + _RANDOM
