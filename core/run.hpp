#pragma once
// A running model on this machine's processor: Trainer, executor, probes, onset and the last good checkpoint together.
// The command line and the WebAssembly module are both thin layers over this.

#include <memory>

#include "probes/prober.hpp"
#include "trainer.hpp"

namespace induction {

/// Parameters and optimiser state at a step: all that is needed to go on bit-equally.
struct State {
  uint64_t step = 0;
  std::vector<float> parameters, moment1, moment2;
  Onset onset;
};

/// Memory that a run of this Config needs, in bytes.
uint64_t memory_needed(const Config& config);

class Run {
 public:
  /// The Config must have no problems(), nor corpus_problems() with `corpus`. nullptr when there is not enough memory. `parallel` may
  /// be empty (one thread).
  static std::unique_ptr<Run> create(const Config& config, uint32_t threads = 1, Parallel parallel = {},
                                     const KernelTable<float>& kernels = default_kernels<float>(),
                                     std::shared_ptr<const Corpus> corpus = nullptr);

  struct Report {
    uint64_t step = 0;
    double loss = 0;      // mean training loss of the last step, nats
    std::string stopped;  // a sentence when the numbers ran away; the model is back at the last good checkpoint
  };
  /// Up to n steps.
  Report advance(uint64_t n);

  /// Losses, head scores, roles and onsets at the present step.
  ProbeRecord probe();

  /// Applies knobs of the running model. Problems (nothing applied) when a changed knob is not live or not allowed.
  Problems set(const Config& wanted);

  /// The sentence for numbers that ran away in training step `at`.
  std::string runaway_message(uint64_t at) const;

  State state();
  /// The state must come from a Config with the same parameters.
  void restore(const State& state);
  std::string signature() { return signature_of(cpu_, trainer_.step); }

  const Config& config() const { return trainer_.config; }
  uint64_t step() const { return trainer_.step; }
  Trainer& trainer() { return trainer_; }
  Cpu<float>& cpu() { return cpu_; }

 private:
  Run(const Config& config, uint32_t threads, Parallel parallel, const KernelTable<float>& kernels, std::shared_ptr<const Corpus> corpus);

  Trainer trainer_;
  Cpu<float> cpu_;
  Prober prober_;
  Parallel parallel_;
  Onset onset_;
  State good_;
};

}  // namespace induction
