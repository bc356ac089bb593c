#include "cpu.hpp"

#include <algorithm>
#include <cstdlib>

namespace induction {

namespace {

#if defined(__x86_64__) && !defined(__EMSCRIPTEN__)
bool has_avx512() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512bw");
}
// A register of 512 bits goes through Zen 4 (the only one of AMD's family 19h to have them) in two halves. There, without fused
// multiply-add, registers of 256 bits reach four tenths more of a product's peak; docs/performance.md has the measurement.
bool takes_avx512_in_halves() { return __builtin_cpu_is("amdfam19h"); }
#endif

}  // namespace

const KernelTable<float>* choose_kernels(std::string_view forced, Numerics numerics) {
  const bool fast = numerics == Numerics::fast;
#if defined(__x86_64__) && !defined(__EMSCRIPTEN__)
  const auto may_be = [&](std::string_view name) { return forced.empty() || forced == name; };
  const bool avx512 = has_avx512(), avx2 = __builtin_cpu_supports("avx2");
  if (avx512 && !fast && (forced == "avx512vl" || (forced.empty() && takes_avx512_in_halves()))) return &kernels_avx512vl();
  if (avx512 && may_be("avx512")) return fast ? &kernels_fast_avx512() : &kernels_avx512();
  if (avx2 && (!fast || __builtin_cpu_supports("fma")) && may_be("avx2")) return fast ? &kernels_fast_avx2() : &kernels_avx2();
  if (fast) return nullptr;
#elif defined(INDUCTION_FAST_GENERIC)
  if (fast) return forced.empty() || forced == "generic" ? &kernels_fast_generic() : nullptr;
#else
  if (fast) return nullptr;
#endif
  return forced.empty() || forced == "generic" ? &kernels_generic() : nullptr;
}

template <>
const KernelTable<float>& default_kernels<float>() {
  return *choose_kernels();
}
template <>
const KernelTable<double>& default_kernels<double>() {
  return kernels_double();
}

template <class Real>
void Cpu<Real>::Release::operator()(void* p) const {
  std::free(p);
}

namespace {

// Bits of the operands that no Step of a chunk makes anew, of which each sequence has its own: inputs and constants (rows of another
// model's values, say); and of the losses, which are read afterwards.
uint8_t own_operands(const Program& program, const Step& step) {
  std::vector<TensorId> tensors{program.tokens, program.targets, program.weights, program.patched, program.loss};
  for (const Constant& constant : program.constants) tensors.push_back(constant.tensor);
  uint8_t bits = 0;
  for (const TensorId id : tensors) {
    if (id == kNoTensor) continue;
    const Tensor& tensor = program.tensors[id];
    for (uint32_t i = 0; i < kOperands; ++i)
      if (step.offset[i] >= tensor.offset && step.offset[i] < tensor.offset + tensor.elements()) bits |= static_cast<uint8_t>(1u << i);
  }
  return bits;
}

}  // namespace

template <class Real>
Cpu<Real>::Cpu(const Program& program, uint32_t threads, const KernelTable<Real>& kernels) : program_(program), kernels_(kernels) {
  constexpr size_t kLine = 64;  // bytes: a cache line
  // Offsets are 32-bit; and calloc must not see a product that wrapped around where size_t is 32-bit too.
  const uint64_t bytes = program.memory_floats(threads) * sizeof(Real) + kLine;
  if (program.arena_floats > UINT32_MAX || bytes > SIZE_MAX / 2) return;
  memory_.reset(std::calloc(static_cast<size_t>(bytes), 1));
  if (!memory_) return;
  void* start = memory_.get();
  size_t space = static_cast<size_t>(bytes);
  arena_ = static_cast<Real*>(std::align(kLine, static_cast<size_t>(bytes) - kLine, start, space));
  scratch_ = arena_ + program.arena_floats;
  for (const Constant& constant : program.constants) {
    const std::vector<Real> values(constant.values.begin(), constant.values.end());
    write(constant.tensor, values);
  }
  places_ = uint64_t{threads} * program.chunk_sequences <= program.batch;
  for (const auto* steps : {&program.forward, &program.backward})
    for (const Step& step : *steps) own_.push_back(own_operands(program, step));
}

template <class Real>
void Cpu<Real>::run_step(const Step& step, const Part& part, const Hyper* hyper) {
  Slice<Real> slice;
  for (uint32_t i = 0; i < kOperands; ++i) {
    const uint32_t sequence = part.own >> i & 1 ? part.first : part.place;
    slice.p[i] = arena_ + step.offset[i] + static_cast<size_t>(sequence) * step.batch_stride[i] +
                 static_cast<size_t>(part.chunk) * step.chunk_stride[i];
  }
  slice.n = part.n;
  slice.first = part.first;
  slice.training_step = training_step_;
  slice.scratch = scratch_ + static_cast<size_t>(part.thread) * program_.scratch_floats;
  slice.hyper = hyper;
  kernels_.run[static_cast<int>(step.kernel)](step, slice);
}

template <class Real>
typename Cpu<Real>::Part Cpu<Real>::part_of(uint32_t chunk, uint32_t thread) const {
  const uint32_t first = chunk * program_.chunk_sequences;
  return {first, std::min(program_.chunk_sequences, program_.batch - first), chunk, thread, first};
}

template <class Real>
void Cpu<Real>::run_chunk(uint32_t chunk, bool backward, uint32_t thread) {
  const Part part = part_of(chunk, thread);
  for (const Step& step : program_.forward) run_step(step, part, nullptr);
  if (!backward) return;
  for (const Step& step : program_.backward) run_step(step, part, nullptr);
}

template <class Real>
void Cpu<Real>::train_chunk(uint32_t chunk, uint32_t thread) {
  Part part = part_of(chunk, thread);
  if (places_) part.place = thread * program_.chunk_sequences;
  auto own = own_.begin();
  for (const auto* steps : {&program_.forward, &program_.backward})
    for (const Step& step : *steps) {
      part.own = *own++;
      run_step(step, part, nullptr);
    }
}

template <class Real>
void Cpu<Real>::run(bool backward) {
  for (uint32_t chunk = 0; chunk < program_.chunks; ++chunk) run_chunk(chunk, backward);
}

template <class Real>
void Cpu<Real>::run_forward_from(size_t first) {
  for (uint32_t chunk = 0; chunk < program_.chunks; ++chunk)
    for (size_t i = first; i < program_.forward.size(); ++i) run_step(program_.forward[i], part_of(chunk, 0), nullptr);
}

template <class Real>
void Cpu<Real>::run_alone(const Step& step, bool chunked, const Hyper& hyper) {
  if (!chunked) return run_step(step, kWhole, &hyper);
  for (uint32_t chunk = 0; chunk < program_.chunks; ++chunk) run_step(step, part_of(chunk, 0), &hyper);
}

template <class Real>
void Cpu<Real>::finish_gradient() {
  for (const Step& step : program_.finish) run_step(step, kWhole, nullptr);
}

template <class Real>
void Cpu<Real>::apply(const Hyper& hyper) {
  for (const Step& step : program_.update) run_step(step, kWhole, &hyper);
}

namespace {

// Calls f(arena offset, running index, n) for each run of n elements that lie side by side, in row-major order of a view.
template <class F>
void walk(const Tensor& tensor, F f) {
  size_t axes = tensor.shape.size();
  uint32_t run = 1;
  for (; axes > 0 && tensor.stride[axes - 1] == run; --axes) run *= tensor.shape[axes - 1];
  const uint32_t n = tensor.elements();
  std::vector<uint32_t> index(axes, 0);
  for (uint32_t i = 0; i < n; i += run) {
    size_t at = tensor.offset;
    for (size_t axis = 0; axis < axes; ++axis) at += static_cast<size_t>(index[axis]) * tensor.stride[axis];
    f(at, i, run);
    for (size_t axis = axes; axis-- > 0;) {
      if (++index[axis] < tensor.shape[axis]) break;
      index[axis] = 0;
    }
  }
}

}  // namespace

template <class Real>
std::vector<Real> Cpu<Real>::read(const Tensor& tensor) const {
  std::vector<Real> values(tensor.elements());
  walk(tensor, [&](size_t at, uint32_t i, uint32_t n) { std::copy_n(arena_ + at, n, values.begin() + i); });
  return values;
}

template <class Real>
void Cpu<Real>::write(const Tensor& tensor, std::span<const Real> values) {
  walk(tensor, [&](size_t at, uint32_t i, uint32_t n) { std::copy_n(values.begin() + i, n, arena_ + at); });
}

template class Cpu<float>;
template class Cpu<double>;

}  // namespace induction
