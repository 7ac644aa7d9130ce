// Loops over float rows that the compiler vectorises, chosen at load time for the processor at hand.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 12
#define DT_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define DT_CLONES
#endif

namespace dtorch {

// e^x within 2 units in the last place, as in Cephes: 2^n * p(r), r = x - n ln 2 in two parts.
static inline __attribute__((always_inline)) float exp_fast(float x) {
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  const float n = std::floor(x * 1.44269504088896341f + 0.5f);
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const int32_t bits = (static_cast<int32_t>(n) + 127) << 23;
  float power;
  std::memcpy(&power, &bits, 4);
  return p * power;
}

static inline __attribute__((always_inline)) double exp_fast(double x) { return std::exp(x); }

// Each kernel exists for float (cloned per instruction set) and for double (gradient checks), from one body.
#define DT_KERNEL(signature_float, signature_double, ...) \
  DT_CLONES static signature_float __VA_ARGS__               \
  static signature_double __VA_ARGS__

// max of x[0..n)
DT_KERNEL(float row_max(const float* x, int64_t n), double row_max(const double* x, int64_t n), {
  auto m = x[0];
  _Pragma("omp simd reduction(max : m)") for (int64_t i = 0; i < n; i++) m = x[i] > m ? x[i] : m;
  return m;
})

// y = exp(x - shift); returns the sum of y. y may be x.
DT_KERNEL(float row_exp(const float* x, float* y, int64_t n, float shift),
          double row_exp(const double* x, double* y, int64_t n, double shift), {
  auto sum = shift - shift;
  _Pragma("omp simd reduction(+ : sum)") for (int64_t i = 0; i < n; i++) {
    const auto e = exp_fast(x[i] - shift);
    y[i] = e;
    sum += e;
  }
  return sum;
})

// sum of x * y
DT_KERNEL(float row_dot(const float* x, const float* y, int64_t n),
          double row_dot(const double* x, const double* y, int64_t n), {
  auto sum = x[0] - x[0];
  _Pragma("omp simd reduction(+ : sum)") for (int64_t i = 0; i < n; i++) sum += x[i] * y[i];
  return sum;
})

// x *= factor
DT_KERNEL(void row_scale(float* x, int64_t n, float factor), void row_scale(double* x, int64_t n, double factor), {
  _Pragma("omp simd") for (int64_t i = 0; i < n; i++) x[i] *= factor;
})

// p *= d - delta: the softmax's gradient
DT_KERNEL(void row_softmax_gradient(float* p, const float* d, int64_t n, float delta),
          void row_softmax_gradient(double* p, const double* d, int64_t n, double delta), {
  _Pragma("omp simd") for (int64_t i = 0; i < n; i++) p[i] *= d[i] - delta;
})

// y = x * scale * w
DT_KERNEL(void row_norm(const float* x, const float* w, float* y, int64_t n, float scale),
          void row_norm(const double* x, const double* w, double* y, int64_t n, double scale), {
  _Pragma("omp simd") for (int64_t i = 0; i < n; i++) y[i] = x[i] * scale * w[i];
})

// dx = scale * (w dy) - x * factor
DT_KERNEL(void row_norm_gradient(const float* x, const float* w, const float* dy, float* dx, int64_t n, float scale, float factor),
          void row_norm_gradient(const double* x, const double* w, const double* dy, double* dx, int64_t n, double scale, double factor), {
  _Pragma("omp simd") for (int64_t i = 0; i < n; i++) dx[i] = scale * w[i] * dy[i] - x[i] * factor;
})

// sum of x * w * d
DT_KERNEL(float row_dot3(const float* x, const float* w, const float* d, int64_t n),
          double row_dot3(const double* x, const double* w, const double* d, int64_t n), {
  auto sum = x[0] - x[0];
  _Pragma("omp simd reduction(+ : sum)") for (int64_t i = 0; i < n; i++) sum += x[i] * w[i] * d[i];
  return sum;
})

// y = silu(g) * u
DT_KERNEL(void row_swiglu(const float* g, const float* u, float* y, int64_t n),
          void row_swiglu(const double* g, const double* u, double* y, int64_t n), {
  _Pragma("omp simd") for (int64_t i = 0; i < n; i++) y[i] = g[i] / (1 + exp_fast(-g[i])) * u[i];
})

// du = dy silu(g); dg = dy u silu'(g), silu'(g) = s (1 + g (1 - s)), s = 1 / (1 + e^-g)
DT_KERNEL(void row_swiglu_gradient(const float* g, const float* u, const float* dy, float* dg, float* du, int64_t n),
          void row_swiglu_gradient(const double* g, const double* u, const double* dy, double* dg, double* du, int64_t n), {
  _Pragma("omp simd") for (int64_t i = 0; i < n; i++) {
    const auto s = 1 / (1 + exp_fast(-g[i]));
    du[i] = dy[i] * g[i] * s;
    dg[i] = dy[i] * u[i] * s * (1 + g[i] * (1 - s));
  }
})

}  // namespace dtorch
