#pragma once
// The executor: walks a Program's steps over one arena. It knows kernels, not transformers.

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "kernels/tables.hpp"
#include "program.hpp"

namespace induction {

/// Names of the instruction sets that kernels are compiled for.
inline constexpr const char* kKernelNames[] = {"generic", "avx2", "avx512vl", "avx512"};

/// The table that is fastest on this processor; `forced` names one of kKernelNames (null when it cannot run here).
/// Numerics::fast: null too where there is no fused multiply-add, and for avx512vl, of which there is no fast copy.
const KernelTable<float>* choose_kernels(std::string_view forced = {}, Numerics numerics = Numerics::exact);

template <class Real>
const KernelTable<Real>& default_kernels();

template <class Real>
class Cpu {
 public:
  /// Takes the memory; `ok()` is false when there is not enough. `threads`: how many chunks may run at once.
  explicit Cpu(const Program& program, uint32_t threads = 1, const KernelTable<Real>& kernels = default_kernels<Real>());

  bool ok() const { return memory_ != nullptr; }

  /// The training step that the next passes belong to: what dropout is drawn from. 0 at the beginning.
  void at_step(uint64_t step) { training_step_ = static_cast<uint32_t>(step); }
  /// Forward, or forward and backward, of one gradient chunk. Different chunks may run at the same time, on different threads.
  void run_chunk(uint32_t chunk, bool backward, uint32_t thread = 0);
  /// Forward and backward where afterwards nobody reads more than losses and gradients: a thread puts the activations of all its chunks
  /// into the same places, which then stay in its caches. The same bits.
  void train_chunk(uint32_t chunk, uint32_t thread = 0);
  /// Every chunk, one after the other.
  void run(bool backward);
  /// The forward pass from its Step `first` on: what earlier Steps wrote is as they left it.
  void run_forward_from(size_t first);
  /// One Step by itself, for comparing executors: `chunked` (forward, backward) over every chunk, else once.
  void run_alone(const Step& step, bool chunked, const Hyper& hyper);
  /// Sums the gradient chunks and measures the gradient's norm.
  void finish_gradient();
  /// Applies the optimiser to the finished gradient.
  void apply(const Hyper& hyper);

  Real* data(TensorId id) { return arena_ + program_.tensors[id].offset; }
  std::span<Real> region(const Region& r) { return {arena_ + r.offset, r.size}; }
  /// A tensor's elements in row-major order of its shape, whatever its strides.
  std::vector<Real> read(const Tensor& tensor) const;
  std::vector<Real> read(TensorId id) const { return read(program_.tensors[id]); }
  void write(const Tensor& tensor, std::span<const Real> values);
  void write(TensorId id, std::span<const Real> values) { write(program_.tensors[id], values); }
  const Program& program() const { return program_; }

 private:
  // What a Step is done for: n sequences from the first, in the places of n sequences from `place`; operands whose bit is in `own` stay
  // where they belong.
  struct Part {
    uint32_t first, n, chunk, thread, place;
    uint32_t own = 0;
  };
  static constexpr Part kWhole{0, 1, 0, 0, 0, 0};  // what is done once
  Part part_of(uint32_t chunk, uint32_t thread) const;
  void run_step(const Step& step, const Part& part, const Hyper* hyper);

  struct Release {
    void operator()(void* p) const;
  };
  const Program& program_;
  const KernelTable<Real>& kernels_;
  std::unique_ptr<void, Release> memory_;
  Real* arena_ = nullptr;
  Real* scratch_ = nullptr;
  std::vector<uint8_t> own_;  // of the forward Steps, then of the backward ones: operands that are not activations
  bool places_ = false;       // is there a place for each thread?
  uint32_t training_step_ = 0;
};

}  // namespace induction
