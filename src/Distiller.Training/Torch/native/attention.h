// Causal attention over packed rows, in memory linear in the row's length.
#pragma once
#include <ATen/Parallel.h>

#include <cmath>
#include <limits>

#include "handles.h"
#include "vector_math.h"

namespace dtorch {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// A GPU, and bfloat16 anywhere, takes the library's operations; float32 and float64 on the CPU take the loops here.
inline bool takes_library(const at::Tensor& x) { return x.is_cuda() || x.scalar_type() == at::kBFloat16; }

// What norms, rotations and losses are computed in where the activations are narrower.
inline at::ScalarType wide(const at::Tensor& x) { return x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat; }

// Queries are taken in blocks; a block of queries sees only the keys up to its own diagonal. The G = H / KV query heads
// that share a key head are stacked as rows of one matrix product, so keys and values are never repeated.
// Saved for the backward pass: q, k, v, out and the log-sum-exp [N, H]; the scores are computed again there.
// Formulas: FlashAttention (Dao et al. 2022), algorithms 2 and 4, without its on-chip tiling.
struct BlockAttention : torch::autograd::Function<BlockAttention> {
  static constexpr int64_t query_block = 128;

  struct Shape {
    int64_t N, H, KV, G, D, V;
    double scale;
    Shape(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v)
        : N(q.size(0)), H(q.size(1)), KV(k.size(1)), G(H / KV), D(q.size(2)), V(v.size(2)), scale(1.0 / std::sqrt(double(D))) {}
  };

  // The rows of one block: [t0, t1) of the row that begins at `start`, queries of key head h: [(t1 - t0) G, D].
  static at::Tensor block_of(const at::Tensor& x, const Shape& s, int64_t h, int64_t from, int64_t to) {
    return x.narrow(0, from, to - from).narrow(1, h * s.G, s.G).reshape({(to - from) * s.G, x.size(2)});
  }

  template <class scalar>
  static void softmax_rows(at::Tensor& scores, at::Tensor& lse, const Shape& s, int64_t t0, int64_t first, int64_t h, bool known) {
    const int64_t rows = scores.size(0), width = scores.size(1), G = s.G, H = s.H;
    scalar* p = scores.data_ptr<scalar>();
    scalar* l = lse.data_ptr<scalar>();
    at::parallel_for(0, rows, 16, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        scalar* row = p + i * width;
        const int64_t seen = t0 + i / G + 1;  // keys up to the query's own position
        scalar& log_sum = l[(first + i / G) * H + h * G + i % G];
        if (known) {
          row_exp(row, row, seen, log_sum);
        } else {
          const scalar m = row_max(row, seen);
          const scalar sum = row_exp(row, row, seen, m);
          row_scale(row, seen, 1 / sum);
          log_sum = m + std::log(sum);
        }
        std::fill(row + seen, row + width, scalar(0));
      }
    });
  }

  static at::Tensor forward(AutogradContext* ctx, at::Tensor q, at::Tensor k, at::Tensor v, std::vector<int64_t> rows) {
    const Shape s(q, k, v);
    auto out = at::empty({s.N, s.H, s.V}, q.options());
    auto lse = at::empty({s.N, s.H}, q.options());
    for (size_t r = 0; r + 1 < rows.size(); r++) {
      const int64_t start = rows[r], T = rows[r + 1] - start;
      for (int64_t h = 0; h < s.KV; h++) {
        const auto K = k.narrow(0, start, T).select(1, h), Vh = v.narrow(0, start, T).select(1, h);  // [T, D], [T, V]
        for (int64_t t0 = 0; t0 < T; t0 += query_block) {
          const int64_t t1 = std::min(T, t0 + query_block);
          auto scores = at::mm(block_of(q, s, h, start + t0, start + t1).mul(s.scale), K.narrow(0, 0, t1).t());  // [B G, t1]
          AT_DISPATCH_FLOATING_TYPES(q.scalar_type(), "causal_attention", [&] {
            softmax_rows<scalar_t>(scores, lse, s, t0, start + t0, h, false);
          });
          auto o = at::mm(scores, Vh.narrow(0, 0, t1));  // [B G, V]
          out.narrow(0, start + t0, t1 - t0).narrow(1, h * s.G, s.G).copy_(o.view({t1 - t0, s.G, s.V}));
        }
      }
    }
    ctx->save_for_backward({q, k, v, out, lse});
    ctx->saved_data["rows"] = rows;
    return out;
  }

  template <class scalar>
  static void score_gradient(at::Tensor& p, const at::Tensor& dp, const at::Tensor& o, const at::Tensor& go) {
    const int64_t rows = p.size(0), width = p.size(1), V = o.size(1);
    scalar* pp = p.data_ptr<scalar>();
    const scalar *d = dp.data_ptr<scalar>(), *op = o.data_ptr<scalar>(), *gp = go.data_ptr<scalar>();
    at::parallel_for(0, rows, 16, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++)
        row_softmax_gradient(pp + i * width, d + i * width, width, row_dot(op + i * V, gp + i * V, V));
    });
  }

  static variable_list backward(AutogradContext* ctx, variable_list gradients) {
    const auto saved = ctx->get_saved_variables();
    const auto &q = saved[0], &k = saved[1], &v = saved[2], &out = saved[3];
    auto lse = saved[4];
    const auto rows = ctx->saved_data["rows"].toIntVector();
    const auto go = gradients[0].contiguous();
    const Shape s(q, k, v);
    auto dq = at::empty_like(q), dk = at::zeros_like(k), dv = at::zeros_like(v);
    for (size_t r = 0; r + 1 < rows.size(); r++) {
      const int64_t start = rows[r], T = rows[r + 1] - start;
      for (int64_t h = 0; h < s.KV; h++) {
        const auto K = k.narrow(0, start, T).select(1, h), Vh = v.narrow(0, start, T).select(1, h);
        auto dK = dk.narrow(0, start, T).select(1, h), dV = dv.narrow(0, start, T).select(1, h);
        for (int64_t t0 = 0; t0 < T; t0 += query_block) {
          const int64_t t1 = std::min(T, t0 + query_block);
          const auto Q = block_of(q, s, h, start + t0, start + t1).mul(s.scale);  // [B G, D]
          const auto O = block_of(out, s, h, start + t0, start + t1).contiguous(), dO = block_of(go, s, h, start + t0, start + t1).contiguous();
          auto p = at::mm(Q, K.narrow(0, 0, t1).t());           // [B G, t1]
          const auto dp = at::mm(dO, Vh.narrow(0, 0, t1).t());  // [B G, t1]
          AT_DISPATCH_FLOATING_TYPES(q.scalar_type(), "causal_attention_backward", [&] {
            softmax_rows<scalar_t>(p, lse, s, t0, start + t0, h, true);
          });
          dV.narrow(0, 0, t1).addmm_(p.t(), dO);
          AT_DISPATCH_FLOATING_TYPES(q.scalar_type(), "causal_attention_backward", [&] { score_gradient<scalar_t>(p, dp, O, dO); });
          dK.narrow(0, 0, t1).addmm_(p.t(), Q);
          auto dQ = at::mm(p, K.narrow(0, 0, t1)).mul_(s.scale);  // [B G, D]
          dq.narrow(0, start + t0, t1 - t0).narrow(1, h * s.G, s.G).copy_(dQ.view({t1 - t0, s.G, s.D}));
        }
      }
    }
    return {dq, dk, dv, at::Tensor()};
  }
};

// The same with the library's own fused kernel where there is one (PyTorch 2), else from plain operations.
inline at::Tensor library_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const std::vector<int64_t>& rows) {
  const int64_t G = q.size(1) / k.size(1);
  std::vector<at::Tensor> parts;
  for (size_t r = 0; r + 1 < rows.size(); r++) {
    const int64_t start = rows[r], T = rows[r + 1] - start;
    auto heads = [&](const at::Tensor& x, int64_t repeat) {  // [1, H, T, D]
      auto y = x.narrow(0, start, T);
      if (repeat > 1) y = y.repeat_interleave(repeat, 1);
      return y.transpose(0, 1).unsqueeze(0);
    };
    const auto Q = heads(q, 1), K = heads(k, G), V = heads(v, G);
#if TORCH_VERSION_MAJOR >= 2
    auto o = at::scaled_dot_product_attention(Q, K, V, {}, 0.0, /*is_causal=*/true);
#else
    auto later = at::ones({T, T}, q.options().dtype(at::kBool)).triu(1);
    auto scores = at::matmul(Q, K.transpose(-2, -1)).div(std::sqrt(double(q.size(2)))).masked_fill(later, -std::numeric_limits<double>::infinity());
    auto o = at::matmul(scores.softmax(-1), V);
#endif
    parts.push_back(o.squeeze(0).transpose(0, 1));  // [T, H, V]
  }
  return at::cat(parts, 0);
}

// q [N, H, D], k [N, KV, D], v [N, KV, V] -> [N, H, V]; rows: 0 = offsets[0] < offsets[1] < ... = N.
inline at::Tensor causal_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const std::vector<int64_t>& rows) {
  TORCH_CHECK(q.dim() == 3 && k.dim() == 3 && v.dim() == 3, "attention wants q [N, H, D], k [N, KV, D], v [N, KV, V]");
  TORCH_CHECK(k.size(0) == q.size(0) && v.size(0) == q.size(0) && k.size(1) == v.size(1) && k.size(2) == q.size(2),
              "attention: q ", q.sizes(), ", k ", k.sizes(), " and v ", v.sizes(), " do not belong together");
  TORCH_CHECK(k.size(1) > 0 && q.size(2) > 0 && v.size(2) > 0 && q.size(1) % k.size(1) == 0, "attention: ", q.size(1), " heads over ", k.size(1), " key heads");
  TORCH_CHECK(q.scalar_type() == k.scalar_type() && q.scalar_type() == v.scalar_type(), "attention: q, k and v differ in element type");
  TORCH_CHECK(rows.size() >= 2 && rows.front() == 0 && rows.back() == q.size(0), "attention: the row offsets do not span the tokens");
  for (size_t r = 0; r + 1 < rows.size(); r++) TORCH_CHECK(rows[r] < rows[r + 1], "attention: the row offsets do not ascend");
  return takes_library(q) ? library_attention(q, k, v, rows) : BlockAttention::apply(q.contiguous(), k.contiguous(), v.contiguous(), rows);
}

}  // namespace dtorch
