#pragma once
// A running model on this machine's processor: Trainer, executor, probes, onset and the last good checkpoint together.
// The command line and the WebAssembly module are both thin layers over this.

#include <memory>

#include "course.hpp"
#include "probes/held_values.hpp"
#include "probes/prober.hpp"
#include "trainer.hpp"

namespace induction {

/// Parameters and optimiser state at a step: all that is needed to go on bit-equally.
struct State {
  uint64_t step = 0;
  std::vector<float> parameters, moment1, moment2;
  Onset onset;
  HeldValues held;  // of the interventions in force whose values were measured when they began
};

/// Memory that a run of this Config needs, in bytes. Of a Course: what its largest phase needs.
uint64_t memory_needed(const Config& config);
uint64_t memory_needed(const Course& course);

class Run {
 public:
  /// The Course must have no problems(), nor one of its Configs corpus_problems() with `corpus`. nullptr when there is not enough memory.
  /// `parallel` may be empty (one thread).
  static std::unique_ptr<Run> create(const Course& course, uint32_t threads = 1, Parallel parallel = {},
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

  /// Applies knobs of the running model from the present step on, which its Course keeps. Problems (nothing applied) when a changed knob
  /// is not live or not allowed.
  Problems set(const Config& wanted);
  /// Holds just these interventions from the present step on, which the Course keeps too.
  Problems intervene(const Interventions& held);
  /// Goes by another Course of the same model from the present step on. Problems: nothing is changed.
  Problems follow(const Course& course);

  /// The sentence for numbers that ran away in training step `at`.
  std::string runaway_message(uint64_t at) const;

  /// What the update needs at a training step, whichever phase is in force there.
  Hyper hyper(uint64_t step) const;

  State state();
  /// The state must come from a Config with the same parameters. Where its step begins a phase with another optimiser, the moments are
  /// left behind. false, and nothing is changed: the phase that the step lies in does not fit into memory.
  bool restore(const State& state);
  std::string signature() { return signature_of(cpu(), step()); }

  const Course& course() const { return course_; }
  /// Config and interventions in force; the latter with their measured values.
  const Config& config() const { return machine_->trainer.config; }
  const Interventions& held() const { return machine_->held; }
  uint64_t step() const { return machine_->trainer.step; }
  Numerics numerics() const { return kernels_.numerics; }
  /// Counts how often the Program was recorded anew: a second executor that finds another number must take the new one.
  uint64_t generation() const { return generation_; }
  Trainer& trainer() { return machine_->trainer; }
  Cpu<float>& cpu() { return machine_->cpu; }

 private:
  // Everything that a phase's Config and interventions decide.
  struct Machine {
    Trainer trainer;
    Cpu<float> cpu;
    Prober prober;
    Interventions held;
    Machine(const Config& config, const Interventions& list, uint32_t threads, const KernelTable<float>& kernels,
            std::shared_ptr<const Corpus> corpus);
    bool ok() const { return cpu.ok() && prober.ok(); }
  };
  Run(const Course& course, uint32_t threads, Parallel parallel, const KernelTable<float>& kernels, std::shared_ptr<const Corpus> corpus);
  bool place(const State& state);
  bool turn(Report& report);
  Problems change(const Config& wanted, const Interventions& held);

  Course course_;
  uint32_t threads_;
  const KernelTable<float>& kernels_;
  std::shared_ptr<const Corpus> corpus_;
  std::unique_ptr<Machine> machine_;
  Parallel parallel_;
  Onset onset_;
  State good_;
  uint64_t generation_ = 0;
  size_t placed_ = 0;  // the phase that machine_ was made for
};

}  // namespace induction
