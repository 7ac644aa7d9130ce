// Output projection and cross entropy in one, a chunk of positions at a time: the logits [n, vocabulary] of a whole
// batch never exist together.
#pragma once
#include "fused.h"

namespace dtorch {

struct LinearCrossEntropy : torch::autograd::Function<LinearCrossEntropy> {
  static constexpr int64_t chunk_elements = int64_t{1} << 24;  // 64 MiB of float32 logits

  // Turns logits into (softmax - onehot) * weight in place where a gradient is wanted, and tells each row's loss.
  template <class scalar>
  static void rows(at::Tensor& logits, const int64_t* target, const scalar* weight, scalar* nll, bool gradient) {
    const int64_t n = logits.size(0), V = logits.size(1);
    scalar* p = logits.data_ptr<scalar>();
    at::parallel_for(0, n, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        scalar* row = p + i * V;
        const scalar wanted = row[target[i]], m = row_max(row, V), sum = row_exp(row, row, V, m);
        nll[i] = std::log(sum) + m - wanted;
        if (gradient) {
          row_scale(row, V, weight[i] / sum);
          row[target[i]] -= weight[i];
        }
      }
    });
  }

  // h [n, D], W [V, D], target [n], weight [n] -> (sum of weight * nll, nll [n])
  static variable_list forward(AutogradContext* ctx, at::Tensor h, at::Tensor W, at::Tensor target, at::Tensor weight) {
    const int64_t n = h.size(0), V = W.size(0), chunk = std::max<int64_t>(16, chunk_elements / V);
    const bool wants_h = h.requires_grad(), wants_w = W.requires_grad(), wants = wants_h || wants_w;
    auto nll = at::empty({n}, weight.options());
    at::Tensor dh = wants_h ? at::empty_like(h) : at::Tensor(), dW = wants_w ? at::zeros_like(W) : at::Tensor();
    for (int64_t from = 0; from < n; from += chunk) {
      const int64_t c = std::min(chunk, n - from);
      const auto part = h.narrow(0, from, c), goal = target.narrow(0, from, c), w = weight.narrow(0, from, c);
      auto logits = at::mm(part, W.t());  // [c, V]
      if (takes_library(h)) {
        auto f = logits.to(wide(h));
        const auto lse = f.logsumexp(1);
        nll.narrow(0, from, c).copy_(lse - f.gather(1, goal.unsqueeze(1)).squeeze(1));
        if (wants) {
          f = (f - lse.unsqueeze(1)).exp_();
          f.scatter_add_(1, goal.unsqueeze(1), at::full({c, 1}, -1.0, f.options()));
          logits = f.mul_(w.unsqueeze(1)).to(h.scalar_type());
        }
      } else {
        AT_DISPATCH_FLOATING_TYPES(h.scalar_type(), "linear_cross_entropy", [&] {
          rows<scalar_t>(logits, goal.data_ptr<int64_t>(), w.data_ptr<scalar_t>(), nll.data_ptr<scalar_t>() + from, wants);
        });
      }
      if (wants_h) dh.narrow(0, from, c).copy_(at::mm(logits, W));
      if (wants_w) dW.addmm_(logits.t(), part);
    }
    ctx->save_for_backward({dh, dW});
    ctx->mark_non_differentiable({nll});
    return {(nll * weight).sum(), nll};
  }

  static variable_list backward(AutogradContext* ctx, variable_list gradients) {
    const auto saved = ctx->get_saved_variables();
    const auto& g = gradients[0];
    at::Tensor dh, dW;
    if (saved[0].defined()) dh = saved[0] * g.to(saved[0].scalar_type());
    if (saved[1].defined()) dW = saved[1] * g.to(saved[1].scalar_type());
    return {dh, dW, at::Tensor(), at::Tensor()};
  }
};

inline variable_list linear_cross_entropy(const at::Tensor& h, const at::Tensor& W, const at::Tensor& target, const at::Tensor& weight) {
  TORCH_CHECK(h.dim() == 2 && W.dim() == 2 && h.size(1) == W.size(1) && h.size(0) > 0 && W.size(0) > 0,
              "linear_cross_entropy: h ", h.sizes(), " with W ", W.sizes());
  TORCH_CHECK(target.dim() == 1 && weight.dim() == 1 && target.size(0) == h.size(0) && weight.size(0) == h.size(0) && target.scalar_type() == at::kLong,
              "linear_cross_entropy: ", h.size(0), " positions with targets ", target.sizes(), " and weights ", weight.sizes());
  TORCH_CHECK(h.scalar_type() == W.scalar_type(), "linear_cross_entropy: h and W differ in element type");
  TORCH_CHECK(takes_library(h) || weight.scalar_type() == h.scalar_type(), "linear_cross_entropy: the weights' element type is not h's");
  TORCH_CHECK(target.min().item<int64_t>() >= 0 && target.max().item<int64_t>() < W.size(0), "linear_cross_entropy: a target lies outside the vocabulary");
  return LinearCrossEntropy::apply(h.contiguous(), W.contiguous(), target.contiguous(), weight.contiguous());
}

}  // namespace dtorch
