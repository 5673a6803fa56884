// CUDA C as C++ of the host: what kernels find instead of the device. Blocks run one after another; the threads of a block are
// fibers, which take turns where they wait for one another.
#pragma once
typedef unsigned long size_t;
extern "C" {
#define BOTH(name) float name##f(float); double name(double);
BOTH(exp) BOTH(expm1) BOTH(log) BOTH(log1p) BOTH(log2) BOTH(log10) BOTH(erf) BOTH(erfc) BOTH(sqrt) BOTH(tanh) BOTH(sin) BOTH(cos)
BOTH(tan) BOTH(sinh) BOTH(cosh) BOTH(asinh) BOTH(acosh) BOTH(atanh) BOTH(asin) BOTH(acos) BOTH(atan) BOTH(floor) BOTH(ceil)
BOTH(trunc) BOTH(rint) BOTH(fabs) BOTH(lgamma)
#undef BOTH
#define BOTH(name) float name##f(float, float); double name(double, double);
BOTH(fmod) BOTH(copysign) BOTH(atan2) BOTH(hypot) BOTH(nextafter) BOTH(pow)
#undef BOTH
float fmaf(float, float, float);
double fma(double, double, double);
}
#ifndef _GLIBCXX_VECTOR
inline float fabs(float x) { return fabsf(x); }
#endif
double erfinv(double);
inline float erfinvf(float x) { return (float)erfinv(x); }

struct alignas(8) uint2 { unsigned x, y; };
struct alignas(16) uint4 { unsigned x, y, z, w; };
struct Dim3 { unsigned x, y, z; };
struct Fiber { int warp, lane, parity; };
extern Dim3 threadIdx, blockIdx, blockDim, gridDim;
extern Fiber* fiber;
extern unsigned char dynamic_shared[];
extern long long exchanged[32][2][32];  // of each warp: what its lanes show one another, by turns in one of two rows
void touched(const void* address, size_t bytes, bool writes);
void wait_for_block();
void wait_for_warp();

#define HORNBEAM_TOUCH(address, bytes, writes) touched(address, bytes, writes)
#define HORNBEAM_DYNAMIC(name) unsigned char* const name = dynamic_shared
#define __device__
#define __global__
#define __shared__ static
#define __forceinline__ inline
#define __launch_bounds__(threads)
#define __align__(bytes) alignas(bytes)
#define __syncthreads wait_for_block
inline void __syncwarp(unsigned = 0) { wait_for_warp(); }

template <class To, class From> inline To same_bits(From x) { To y; __builtin_memcpy(&y, &x, sizeof y); return y; }
inline unsigned __float_as_uint(float x) { return same_bits<unsigned>(x); }
inline float __uint_as_float(unsigned x) { return same_bits<float>(x); }
inline long long __double_as_longlong(double x) { return same_bits<long long>(x); }
inline double __longlong_as_double(long long x) { return same_bits<double>(x); }
inline unsigned __umulhi(unsigned x, unsigned y) { return (unsigned)((unsigned long long)x * y >> 32); }
inline int __popc(unsigned x) { return __builtin_popcount(x); }
inline int __ffs(unsigned x) { return __builtin_ffs(x); }
inline int __clz(unsigned x) { return x ? __builtin_clz(x) : 32; }

template <class T> inline T of_lane(T x, int lane) {
  long long(*row)[32] = &exchanged[fiber->warp][fiber->parity ^= 1];
  __builtin_memcpy(&(*row)[fiber->lane], &x, sizeof x);
  wait_for_warp();
  T y;
  __builtin_memcpy(&y, &(*row)[lane & 31], sizeof y);
  return y;
}
template <class T> inline T __shfl_sync(unsigned, T x, int lane, int width = 32) { return of_lane(x, (fiber->lane & -width) + (lane & (width - 1))); }
template <class T> inline T __shfl_xor_sync(unsigned, T x, int by, int = 32) { return of_lane(x, fiber->lane ^ by); }
template <class T> inline T __shfl_up_sync(unsigned, T x, int by, int width = 32) {
  return of_lane(x, (fiber->lane & (width - 1)) < by ? fiber->lane : fiber->lane - by);
}
template <class T> inline T __shfl_down_sync(unsigned, T x, int by, int width = 32) {
  return of_lane(x, (fiber->lane & (width - 1)) + by >= width ? fiber->lane : fiber->lane + by);
}
inline unsigned __ballot_sync(unsigned, bool x) {
  unsigned found = 0;
  for (int lane = 0; lane < 32; ++lane) found |= (unsigned)(of_lane((int)x, lane) != 0) << lane;
  return found;
}
template <class T> inline T atomicAdd(T* p, T x) { touched(p, sizeof x, true); T y = *p; *p = y + x; return y; }
template <class T> inline T atomicMax(T* p, T x) { touched(p, sizeof x, true); T y = *p; if (x > y) *p = x; return y; }
template <class T> inline T atomicMin(T* p, T x) { touched(p, sizeof x, true); T y = *p; if (x < y) *p = x; return y; }
template <class T> inline T atomicExch(T* p, T x) { touched(p, sizeof x, true); T y = *p; *p = x; return y; }
template <class T> inline T atomicCAS(T* p, T old, T x) { touched(p, sizeof x, true); T y = *p; if (y == old) *p = x; return y; }

// A kernel called with the places of its arguments.
template <int... I> struct Ints {};
template <int N> struct Count { typedef Ints<__integer_pack(N)...> type; };
template <class... A, int... I> inline void given(void (*kernel)(A...), void** arguments, Ints<I...>) {
  kernel(*(A*)arguments[I]...);
}
template <class... A> inline void given(void (*kernel)(A...), void** arguments) {
  given(kernel, arguments, typename Count<sizeof...(A)>::type());
}
