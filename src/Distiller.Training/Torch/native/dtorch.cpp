// The C interface over libtorch that Distiller.Training calls. Handles are heap-allocated at::Tensor*; every function
// that returns a handle returns null, and every other one -1 (or NaN), when it failed, and dt_last_error tells why.
#include "handles.h"
#include "loss.h"

#include <ATen/Parallel.h>
#include <torch/version.h>

#include <cstdlib>
#include <cstring>
#include <limits>
#include <thread>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

using namespace dtorch;
using Handle = at::Tensor*;

// ---- library

DT_API const char* dt_last_error() { return last_error.c_str(); }
DT_API int64_t dt_live_handles() { return live_handles.load(); }
DT_API const char* dt_version() { return TORCH_VERSION; }
DT_API int32_t dt_cuda_available() { return guarded([] { return int32_t{torch::cuda::is_available()}; }, int32_t{0}); }
DT_API int32_t dt_cuda_devices() { return guarded([] { return static_cast<int32_t>(torch::cuda::device_count()); }, int32_t{0}); }
DT_API int32_t dt_get_threads() { return guarded([] { return static_cast<int32_t>(at::get_num_threads()); }, int32_t{-1}); }

DT_API int32_t dt_set_threads(int32_t n) {
  return status_of([&] {
    if (n < 1 || n > 1024) throw std::invalid_argument("the number of threads is not 1 to 1024");
    at::set_num_threads(n);
  });
}

// Once, before anything else: the same inputs must give the same bytes.
DT_API int32_t dt_start() {
  return status_of([] {
#if defined(__GLIBC__)
    // Activations come and go by the megabyte; without this each is a fresh mapping whose pages fault one by one.
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 512 << 20);
#endif
    setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);  // cuBLAS is deterministic only with a fixed workspace
    at::globalContext().setDeterministicAlgorithms(true, /*warn_only=*/torch::cuda::is_available());
    at::globalContext().setBenchmarkCuDNN(false);
#if TORCH_VERSION_MAJOR >= 2
    // Of the fused attentions only flash has a deterministic backward pass; without it the plain formula stands in.
    at::globalContext().setSDPUseMemEfficient(false);
#endif
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 5)
    at::globalContext().setSDPUseCuDNN(false);
#endif
    // libtorch takes one thread where its processor detection fails, as it does in some virtual machines.
    if (std::getenv("OMP_NUM_THREADS") == nullptr && at::get_num_threads() == 1)
      at::set_num_threads(static_cast<int>(std::max(1u, std::thread::hardware_concurrency())));
  });
}

DT_API int32_t dt_config(char* text, int32_t size) {
  return guarded(
      [&] {
        if (text == nullptr || size < 1) throw std::invalid_argument("no room for the text");
        const auto s = at::show_config() + "\n" + at::get_parallel_info();
        std::snprintf(text, static_cast<size_t>(size), "%s", s.c_str());
        return static_cast<int32_t>(std::min<size_t>(s.size(), static_cast<size_t>(size) - 1));
      },
      int32_t{-1});
}

// Returns what it was before.
DT_API int32_t dt_set_grad_enabled(int32_t on) {
  const bool before = at::GradMode::is_enabled();
  at::GradMode::set_enabled(on != 0);
  return before;
}

// ---- creation and reading

DT_API void dt_free(Handle t) {
  if (t == nullptr) return;
  delete t;
  live_handles.fetch_sub(1, std::memory_order_relaxed);
}

DT_API Handle dt_zeros(const int64_t* sizes, int32_t n, int32_t type, int32_t device) {
  return tensor_of([&] { return at::zeros(checked_shape(sizes, n), at::TensorOptions(dtype_of(type)).device(device_of(device))); });
}

DT_API Handle dt_empty(const int64_t* sizes, int32_t n, int32_t type, int32_t device) {
  return tensor_of([&] { return at::empty(checked_shape(sizes, n), at::TensorOptions(dtype_of(type)).device(device_of(device))); });
}

// Copies `bytes` bytes of elements of `type`.
DT_API Handle dt_from_memory(const void* data, int64_t bytes, const int64_t* sizes, int32_t n, int32_t type, int32_t device) {
  return tensor_of([&] {
    auto t = at::empty(checked_shape(sizes, n), at::TensorOptions(dtype_of(type)));
    if (static_cast<int64_t>(t.nbytes()) != bytes) throw std::invalid_argument("the data's length is not the shape's");
    if (bytes > 0) std::memcpy(t.data_ptr(), data, static_cast<size_t>(bytes));
    return device == -1 ? t : t.to(device_of(device));
  });
}

// Copies the elements, in row-major order and as `type`, into `data`, which must be exactly as long.
DT_API int32_t dt_to_memory(Handle t, void* data, int64_t bytes, int32_t type) {
  return status_of([&] {
    const auto c = get(t).detach().to(at::kCPU).to(dtype_of(type)).contiguous();
    if (static_cast<int64_t>(c.nbytes()) != bytes) throw std::invalid_argument("the buffer's length is not the tensor's");
    if (bytes > 0) std::memcpy(data, c.data_ptr(), static_cast<size_t>(bytes));
  });
}

// The elements' own memory, for filling a fresh CPU tensor without a copy; valid while the handle lives.
DT_API void* dt_data(Handle t, int64_t* bytes) {
  return guarded(
      [&]() -> void* {
        auto& x = get(t);
        if (x.is_cuda() || !x.is_contiguous()) throw std::invalid_argument("only a contiguous CPU tensor has memory to write to");
        *bytes = static_cast<int64_t>(x.nbytes());
        return x.data_ptr();
      },
      static_cast<void*>(nullptr));
}

// sizes has room for 8; returns the number of dimensions.
DT_API int32_t dt_shape(Handle t, int64_t* sizes) {
  return guarded(
      [&] {
        const auto s = get(t).sizes();
        if (s.size() > static_cast<size_t>(max_dimensions)) throw std::invalid_argument("more than 8 dimensions");
        std::copy(s.begin(), s.end(), sizes);
        return static_cast<int32_t>(s.size());
      },
      int32_t{-1});
}

DT_API int32_t dt_dtype(Handle t) { return guarded([&] { return code_of(get(t).scalar_type()); }, int32_t{-1}); }
DT_API int32_t dt_device(Handle t) {
  return guarded([&] { return get(t).is_cuda() ? static_cast<int32_t>(get(t).get_device()) : int32_t{-1}; }, int32_t{-2});
}
DT_API double dt_item(Handle t) {
  return guarded([&] { return get(t).item().toDouble(); }, std::numeric_limits<double>::quiet_NaN());
}

// ---- arithmetic

DT_API Handle dt_matmul(Handle a, Handle b) { return tensor_of([&] { return at::matmul(get(a), get(b)); }); }
DT_API Handle dt_addmm(Handle c, Handle a, Handle b, double alpha) {
  return tensor_of([&] { return at::addmm(get(c), get(a), get(b), 1, alpha); });
}
DT_API Handle dt_linear(Handle x, Handle w, Handle b) { return tensor_of([&] { return at::linear(get(x), get(w), get_or_none(b)); }); }
DT_API Handle dt_add(Handle a, Handle b) { return tensor_of([&] { return at::add(get(a), get(b)); }); }
DT_API Handle dt_sub(Handle a, Handle b) { return tensor_of([&] { return at::sub(get(a), get(b)); }); }
DT_API Handle dt_mul(Handle a, Handle b) { return tensor_of([&] { return at::mul(get(a), get(b)); }); }
DT_API Handle dt_mul_scalar(Handle a, double b) { return tensor_of([&] { return at::mul(get(a), b); }); }
DT_API Handle dt_sum(Handle a) { return tensor_of([&] { return at::sum(get(a)); }); }
DT_API Handle dt_exp(Handle a) { return tensor_of([&] { return at::exp(get(a)); }); }
DT_API Handle dt_softmax(Handle a, int64_t dim) { return tensor_of([&] { return at::softmax(get(a), dim); }); }
DT_API Handle dt_argmax(Handle a, int64_t dim) { return tensor_of([&] { return at::argmax(get(a), dim); }); }
DT_API Handle dt_tril(Handle a) { return tensor_of([&] { return at::tril(get(a)); }); }

// ---- shape

DT_API Handle dt_reshape(Handle a, const int64_t* sizes, int32_t n) {
  return tensor_of([&] { return get(a).reshape(checked_shape(sizes, n)); });
}
DT_API Handle dt_transpose(Handle a, int64_t i, int64_t j) { return tensor_of([&] { return get(a).transpose(i, j); }); }
DT_API Handle dt_narrow(Handle a, int64_t dim, int64_t start, int64_t length) {
  return tensor_of([&] { return get(a).narrow(dim, start, length); });
}
DT_API Handle dt_index_select(Handle a, int64_t dim, Handle index) { return tensor_of([&] { return at::index_select(get(a), dim, get(index)); }); }
DT_API Handle dt_embedding(Handle w, Handle ids) { return tensor_of([&] { return at::embedding(get(w), get(ids)); }); }
DT_API Handle dt_cat(Handle* parts, int32_t n, int64_t dim) {
  return tensor_of([&] {
    if (n < 1 || parts == nullptr) throw std::invalid_argument("nothing to concatenate");
    std::vector<at::Tensor> list;
    for (int32_t i = 0; i < n; i++) list.push_back(get(parts[i]));
    return at::cat(list, dim);
  });
}
DT_API Handle dt_to(Handle a, int32_t type, int32_t device) { return tensor_of([&] { return get(a).to(device_of(device), dtype_of(type)); }); }
DT_API Handle dt_clone(Handle a) { return tensor_of([&] { return get(a).clone(); }); }
DT_API Handle dt_detach(Handle a) { return tensor_of([&] { return get(a).detach(); }); }

// ---- gradients

DT_API int32_t dt_requires_grad(Handle t) { return guarded([&] { return int32_t{get(t).requires_grad()}; }, int32_t{-1}); }
DT_API int32_t dt_set_requires_grad(Handle t, int32_t on) { return status_of([&] { get(t).set_requires_grad(on != 0); }); }
DT_API int32_t dt_has_grad(Handle t) { return guarded([&] { return int32_t{get(t).grad().defined()}; }, int32_t{-1}); }
DT_API Handle dt_grad(Handle t) {
  return tensor_of([&] {
    auto g = get(t).grad();
    if (!g.defined()) throw std::runtime_error("the tensor has no gradient");
    return g;
  });
}
DT_API int32_t dt_clear_grad(Handle t) { return status_of([&] { get(t).mutable_grad() = at::Tensor(); }); }
DT_API int32_t dt_backward(Handle t) { return status_of([&] { get(t).backward(); }); }

// ---- fused blocks

DT_API Handle dt_rms_norm(Handle x, Handle w, double eps) { return tensor_of([&] { return rms_norm(get(x), get(w), eps); }); }
DT_API Handle dt_rope(Handle x, Handle cos, Handle sin, int32_t neox) {
  return tensor_of([&] { return rope(get(x), get(cos), get(sin), neox != 0); });
}
DT_API Handle dt_swiglu(Handle gate, Handle up) { return tensor_of([&] { return swiglu(get(gate), get(up)); }); }
DT_API Handle dt_causal_attention(Handle q, Handle k, Handle v, const int64_t* offsets, int32_t n) {
  return tensor_of([&] {
    if (n < 2 || offsets == nullptr) throw std::invalid_argument("attention wants at least one row");
    return causal_attention(get(q), get(k), get(v), std::vector<int64_t>(offsets, offsets + n));
  });
}

// Returns the summed loss; *nll becomes a handle to the loss of each position.
DT_API Handle dt_linear_cross_entropy(Handle h, Handle w, Handle target, Handle weight, Handle* nll) {
  return guarded(
      [&] {
        auto both = linear_cross_entropy(get(h), get(w), get(target), get(weight));
        Handle sum = give(both[0]);
        *nll = give(both[1]);
        return sum;
      },
      Handle{nullptr});
}

// ---- optimizer

// The gradients' joint 2-norm; scales them by min(1, max_norm / (norm + 1e-6)) as torch.nn.utils.clip_grad_norm_ does.
DT_API double dt_clip_grad_norm(Handle* parameters, int32_t n, double max_norm) {
  return guarded(
      [&] {
        at::NoGradGuard off;
        double squares = 0;
        for (int32_t i = 0; i < n; i++) {
          const auto& g = get(parameters[i]).grad();
          if (!g.defined()) continue;
          const double norm = g.norm().item().toDouble();
          squares += norm * norm;
        }
        const double norm = std::sqrt(squares), factor = max_norm / (norm + 1e-6);
        if (factor < 1)
          for (int32_t i = 0; i < n; i++)
            if (get(parameters[i]).grad().defined()) get(parameters[i]).mutable_grad().mul_(factor);
        return norm;
      },
      std::numeric_limits<double>::quiet_NaN());
}

// One AdamW step (Loshchilov and Hutter 2019) in the order of operations of torch.optim.AdamW; step counts from 1.
DT_API int32_t dt_adamw(Handle* parameters, Handle* m, Handle* v, int32_t n, int64_t step, double rate, double beta1, double beta2, double eps,
                        double decay) {
  return status_of([&] {
    if (step < 1) throw std::invalid_argument("steps count from 1");
    at::NoGradGuard off;
    const double correction1 = 1 - std::pow(beta1, double(step)), correction2 = std::sqrt(1 - std::pow(beta2, double(step)));
    for (int32_t i = 0; i < n; i++) {
      auto &p = get(parameters[i]), &m1 = get(m[i]), &m2 = get(v[i]);
      const auto& g = p.grad();
      if (!g.defined()) continue;
      p.mul_(1 - rate * decay);
      m1.mul_(beta1).add_(g, 1 - beta1);
      m2.mul_(beta2).addcmul_(g, g, 1 - beta2);
      p.addcdiv_(m1, m2.sqrt().div_(correction2).add_(eps), -rate / correction1);
    }
  });
}

// One Muon step (Jordan et al. 2024): the Nesterov momentum of each matrix, brought near to the closest semi-orthogonal
// matrix by five Newton-Schulz iterations, whose polynomial sends singular values of (0, 1] to about [0.7, 1.2].
DT_API int32_t dt_muon(Handle* parameters, Handle* momenta, int32_t n, double rate, double momentum, double decay) {
  return status_of([&] {
    at::NoGradGuard off;
    for (int32_t i = 0; i < n; i++) {
      auto &p = get(parameters[i]), &b = get(momenta[i]);
      const auto& g = p.grad();
      if (!g.defined()) continue;
      if (p.dim() != 2) throw std::invalid_argument("Muon is for matrices");
      b.mul_(momentum).add_(g);
      auto x = g.add(b, momentum);
      const int64_t rows = p.size(0), columns = p.size(1);
      const bool tall = rows > columns;
      if (tall) x = x.t().contiguous();  // the products below are of the shorter side
      x.div_(x.norm().add_(1e-7));
      for (int32_t k = 0; k < 5; k++) {
        const auto a = at::mm(x, x.t());
        x = at::addmm(x, at::addmm(a, a, a, -4.7750, 2.0315), x, 3.4445);  // 3.4445 x + (-4.775 a + 2.0315 a a) x
      }
      p.mul_(1 - rate * decay).add_(tall ? x.t() : x, -rate * std::sqrt(std::max(1.0, double(rows) / double(columns))));
    }
  });
}
