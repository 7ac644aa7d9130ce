// The transformer's element-wise blocks and its loss, each one pass over memory with a hand-written gradient on the CPU.
// Elsewhere the same formulas are spelled in the library's operations, in float32 inside.
#pragma once
#include <ATen/Parallel.h>

#include "attention.h"

namespace dtorch {

inline int64_t grain(int64_t width) { return std::max<int64_t>(1, 16384 / std::max<int64_t>(1, width)); }

// y = x / sqrt(mean(x^2) + eps) * w over the last dimension.
struct RmsNorm : torch::autograd::Function<RmsNorm> {
  static at::Tensor forward(AutogradContext* ctx, at::Tensor x, at::Tensor w, double eps) {
    const int64_t D = x.size(-1), rows = x.numel() / D;
    auto y = at::empty_like(x);
    auto rstd = at::empty({rows}, x.options());
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "rms_norm", [&] {
      const scalar_t *xp = x.data_ptr<scalar_t>(), *wp = w.data_ptr<scalar_t>();
      scalar_t *yp = y.data_ptr<scalar_t>(), *rp = rstd.data_ptr<scalar_t>();
      at::parallel_for(0, rows, grain(D), [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; i++) {
          const scalar_t* row = xp + i * D;
          rp[i] = static_cast<scalar_t>(1.0 / std::sqrt(double(row_dot(row, row, D)) / double(D) + eps));
          row_norm(row, wp, yp + i * D, D, rp[i]);
        }
      });
    });
    ctx->save_for_backward({x, w, rstd});
    ctx->saved_data["weight"] = w.requires_grad();
    return y;
  }

  static variable_list backward(AutogradContext* ctx, variable_list gradients) {
    const auto saved = ctx->get_saved_variables();
    const auto &x = saved[0], &w = saved[1], &rstd = saved[2];
    const auto dy = gradients[0].contiguous();
    const int64_t D = x.size(-1), rows = x.numel() / D;
    auto dx = at::empty_like(x);
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "rms_norm_backward", [&] {
      const scalar_t *xp = x.data_ptr<scalar_t>(), *wp = w.data_ptr<scalar_t>(), *gp = dy.data_ptr<scalar_t>(), *rp = rstd.data_ptr<scalar_t>();
      scalar_t* dp = dx.data_ptr<scalar_t>();
      at::parallel_for(0, rows, grain(D), [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; i++) {
          const scalar_t r = rp[i], dot = row_dot3(xp + i * D, wp, gp + i * D, D);
          row_norm_gradient(xp + i * D, wp, gp + i * D, dp + i * D, D, r, r * r * r * dot / static_cast<scalar_t>(D));
        }
      });
    });
    at::Tensor dw;
    if (ctx->saved_data["weight"].toBool()) dw = (dy.view({rows, D}) * x.view({rows, D}) * rstd.unsqueeze(1)).sum(0);
    return {dx, dw, at::Tensor()};
  }
};

inline at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& w, double eps) {
  TORCH_CHECK(x.dim() >= 1 && w.dim() == 1 && x.size(-1) == w.size(0) && w.size(0) > 0, "rms_norm: x ", x.sizes(), " with weight ", w.sizes());
  TORCH_CHECK(x.scalar_type() == w.scalar_type(), "rms_norm: x and weight differ in element type");
  if (!takes_library(x)) return RmsNorm::apply(x.contiguous(), w.contiguous(), eps);
  const auto f = x.to(wide(x));
  return (f * at::rsqrt(f.square().mean(-1, true) + eps) * w.to(wide(x))).to(x.scalar_type());
}

// Rotates pairs of each head's first R values by the angle of the token's position: pairs (2i, 2i + 1) as llama's GGUF
// rows are laid out, or (i, i + R/2) ("neox") for qwen2 and qwen3. x [N, H, D], cos and sin [N, R/2].
struct Rope : torch::autograd::Function<Rope> {
  static at::Tensor rotate(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin, bool neox, int sign) {
    const int64_t N = x.size(0), H = x.size(1), D = x.size(2), half = cos.size(1);
    auto y = at::empty_like(x);
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "rope", [&] {
      const scalar_t *xp = x.data_ptr<scalar_t>(), *cp = cos.data_ptr<scalar_t>(), *sp = sin.data_ptr<scalar_t>();
      scalar_t* yp = y.data_ptr<scalar_t>();
      const scalar_t direction = static_cast<scalar_t>(sign);
      const int64_t step = neox ? 1 : 2, other = neox ? half : 1;
      at::parallel_for(0, N, grain(H * D), [&](int64_t begin, int64_t end) {
        for (int64_t n = begin; n < end; n++) {
          const scalar_t *c = cp + n * half, *s = sp + n * half;
          for (int64_t h = 0; h < H; h++) {
            const scalar_t* in = xp + (n * H + h) * D;
            scalar_t* out = yp + (n * H + h) * D;
            for (int64_t i = 0; i < half; i++) {
              const scalar_t a = in[i * step], b = in[i * step + other];
              out[i * step] = a * c[i] - b * s[i] * direction;
              out[i * step + other] = b * c[i] + a * s[i] * direction;
            }
            std::copy(in + 2 * half, in + D, out + 2 * half);
          }
        }
      });
    });
    return y;
  }

  static at::Tensor forward(AutogradContext* ctx, at::Tensor x, at::Tensor cos, at::Tensor sin, bool neox) {
    ctx->save_for_backward({cos, sin});
    ctx->saved_data["neox"] = neox;
    return rotate(x, cos, sin, neox, 1);
  }

  static variable_list backward(AutogradContext* ctx, variable_list gradients) {
    const auto saved = ctx->get_saved_variables();
    auto dx = rotate(gradients[0].contiguous(), saved[0], saved[1], ctx->saved_data["neox"].toBool(), -1);
    return {dx, at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

inline at::Tensor rope(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin, bool neox) {
  TORCH_CHECK(x.dim() == 3 && cos.dim() == 2 && cos.sizes() == sin.sizes() && cos.size(0) == x.size(0) && cos.size(1) * 2 <= x.size(2),
              "rope: x ", x.sizes(), " with cos ", cos.sizes(), " and sin ", sin.sizes());
  if (!takes_library(x)) {
    TORCH_CHECK(x.scalar_type() == cos.scalar_type() && x.scalar_type() == sin.scalar_type(), "rope: x, cos and sin differ in element type");
    return Rope::apply(x.contiguous(), cos.contiguous(), sin.contiguous(), neox);
  }
  const int64_t half = cos.size(1), R = 2 * half;
  const auto f = x.narrow(2, 0, R).to(wide(x)), c = cos.unsqueeze(1), s = sin.unsqueeze(1);
  at::Tensor turned;
  if (neox) {
    const auto a = f.narrow(2, 0, half), b = f.narrow(2, half, half);
    turned = at::cat({a * c - b * s, b * c + a * s}, 2);
  } else {
    const auto pairs = f.reshape({x.size(0), x.size(1), half, 2});
    const auto a = pairs.select(3, 0), b = pairs.select(3, 1);
    turned = at::stack({a * c - b * s, b * c + a * s}, 3).flatten(2);
  }
  turned = turned.to(x.scalar_type());
  return R == x.size(2) ? turned : at::cat({turned, x.narrow(2, R, x.size(2) - R)}, 2);
}

// silu(gate) * up
struct SwiGlu : torch::autograd::Function<SwiGlu> {
  static at::Tensor forward(AutogradContext* ctx, at::Tensor gate, at::Tensor up) {
    auto y = at::empty_like(gate);
    AT_DISPATCH_FLOATING_TYPES(gate.scalar_type(), "swiglu", [&] {
      const scalar_t *g = gate.data_ptr<scalar_t>(), *u = up.data_ptr<scalar_t>();
      scalar_t* p = y.data_ptr<scalar_t>();
      at::parallel_for(0, y.numel(), 16384, [&](int64_t b, int64_t e) { row_swiglu(g + b, u + b, p + b, e - b); });
    });
    ctx->save_for_backward({gate, up});
    return y;
  }

  static variable_list backward(AutogradContext* ctx, variable_list gradients) {
    const auto saved = ctx->get_saved_variables();
    const auto dy = gradients[0].contiguous();
    auto dg = at::empty_like(dy), du = at::empty_like(dy);
    AT_DISPATCH_FLOATING_TYPES(dy.scalar_type(), "swiglu_backward", [&] {
      const scalar_t *g = saved[0].data_ptr<scalar_t>(), *u = saved[1].data_ptr<scalar_t>(), *d = dy.data_ptr<scalar_t>();
      scalar_t *pg = dg.data_ptr<scalar_t>(), *pu = du.data_ptr<scalar_t>();
      at::parallel_for(0, dy.numel(), 16384, [&](int64_t b, int64_t e) { row_swiglu_gradient(g + b, u + b, d + b, pg + b, pu + b, e - b); });
    });
    return {dg, du};
  }
};

inline at::Tensor swiglu(const at::Tensor& gate, const at::Tensor& up) {
  TORCH_CHECK(gate.sizes() == up.sizes() && gate.scalar_type() == up.scalar_type(), "swiglu: gate ", gate.sizes(), " and up ", up.sizes());
  if (takes_library(gate)) return at::silu(gate) * up;
  return SwiGlu::apply(gate.contiguous(), up.contiguous());
}

}  // namespace dtorch
