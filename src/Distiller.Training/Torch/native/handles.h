// Handles, errors and size checks: what every function of the C interface uses.
#pragma once
#include <torch/torch.h>

#include <atomic>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#define DT_API extern "C" __attribute__((visibility("default")))

namespace dtorch {

inline thread_local std::string last_error;
inline std::atomic<int64_t> live_handles{0};

inline at::Tensor* give(at::Tensor t) {
  auto* handle = new at::Tensor(std::move(t));
  live_handles.fetch_add(1, std::memory_order_relaxed);
  return handle;
}

inline at::Tensor& get(at::Tensor* handle) {
  if (handle == nullptr || !handle->defined()) throw std::invalid_argument("the tensor handle is null or undefined");
  return *handle;
}

// An optional argument: null stands for "none".
inline at::Tensor get_or_none(at::Tensor* handle) { return handle == nullptr ? at::Tensor() : *handle; }

// No C++ exception may cross into C#: each call ends in a value or in a text that dt_last_error tells.
template <class F, class R>
R guarded(F body, R failure) noexcept {
  try {
    return body();
  } catch (const c10::Error& e) {
    last_error = e.what_without_backtrace();
  } catch (const std::exception& e) {
    last_error = e.what();
  } catch (...) {
    last_error = "a C++ exception of unknown type";
  }
  return failure;
}

template <class F>
at::Tensor* tensor_of(F body) noexcept {
  return guarded([&] { return give(body()); }, static_cast<at::Tensor*>(nullptr));
}

template <class F>
int32_t status_of(F body) noexcept {
  return guarded([&] { body(); return int32_t{0}; }, int32_t{-1});
}

constexpr int32_t max_dimensions = 8;
constexpr int64_t max_elements = int64_t{1} << 40;

inline std::vector<int64_t> checked_shape(const int64_t* sizes, int32_t n) {
  if (n < 0 || n > max_dimensions || (n > 0 && sizes == nullptr)) throw std::invalid_argument("a shape has 0 to 8 dimensions");
  int64_t elements = 1;
  for (int32_t i = 0; i < n; i++) {
    if (sizes[i] < 0 || sizes[i] > max_elements) throw std::invalid_argument("a dimension is negative or too large");
    if (__builtin_mul_overflow(elements, sizes[i], &elements) || elements > max_elements)
      throw std::invalid_argument("the shape holds too many elements");
  }
  return std::vector<int64_t>(sizes, sizes + n);
}

inline at::ScalarType dtype_of(int32_t code) {
  switch (code) {
    case 0: return at::kFloat;
    case 1: return at::kDouble;
    case 2: return at::kBFloat16;
    case 3: return at::kLong;
    default: throw std::invalid_argument("the element type is not one of float32, float64, bfloat16, int64");
  }
}

inline int32_t code_of(at::ScalarType type) {
  switch (type) {
    case at::kFloat: return 0;
    case at::kDouble: return 1;
    case at::kBFloat16: return 2;
    case at::kLong: return 3;
    default: throw std::invalid_argument("the tensor's element type has no code in this interface");
  }
}

// -1 is the CPU, n >= 0 is cuda:n.
inline at::Device device_of(int32_t code) {
  if (code == -1) return at::Device(at::kCPU);
  if (code < 0 || code > 127) throw std::invalid_argument("the device is neither cpu nor cuda:n");
  if (!torch::cuda::is_available()) throw std::runtime_error("this libtorch sees no CUDA device");
  if (code >= static_cast<int32_t>(torch::cuda::device_count())) throw std::runtime_error("there is no such CUDA device");
  return at::Device(at::kCUDA, static_cast<at::DeviceIndex>(code));
}

}  // namespace dtorch
