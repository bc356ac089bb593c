#pragma once
// What a run is, apart from who does the arithmetic: the Program, the data, the step counter and the schedule.

#include <string>

#include "cpu.hpp"
#include "data/dataset.hpp"
#include "model.hpp"
#include "parallel.hpp"

namespace induction {

/// Learning rate at a step (from 0). Source: docs/maths.md (16).
double learning_rate(const Config& config, uint64_t step);
/// Everything the update kernels need at a step of the schedule, of which `moment_step` have been counted in the optimiser's moments; in a
/// run of one phase both are the training step. Source: docs/maths.md (13)–(16).
Hyper hyper_at(const Config& config, uint64_t step, uint64_t moment_step);
inline Hyper hyper_at(const Config& config, uint64_t step) { return hyper_at(config, step, step); }
/// Draws every parameter's initial value into an arena that holds `program`. Source: docs/maths.md (11), (17).
template <class Real>
void initialise(const Config& config, Cpu<Real>& cpu);
/// 16 hexadecimal digits: FNV-1a over parameters, both moments and the step.
template <class Real>
std::string signature_of(Cpu<Real>& cpu, uint64_t step);

struct Trainer {
  Config config;
  Dataset dataset;
  Program program;
  uint64_t step = 0;
  uint64_t clock = 0, moments = 0;  // steps at which the schedule and the optimiser's moments began

  explicit Trainer(const Config& c, const Interventions& held = {}, std::shared_ptr<const Corpus> corpus = nullptr)
      : config(c),
        dataset(c, std::move(corpus)),
        program(record_model(
            c, {static_cast<uint32_t>(c.batch), static_cast<uint32_t>(c.n_ctx), static_cast<uint32_t>(c.n_ctx), dataset.weighted()},
            Mode::training, {frozen_parts(held), false, held})) {}
  /// Puts the batch of a training step into an arena that holds `program`.
  void fill(uint64_t at, Cpu<float>& cpu) const;
  /// The counted positions' weighted mean loss of one step, done by `cpu`. The update is left out when loss or gradient are not finite.
  double train_step(Cpu<float>& cpu, const Parallel& parallel);
};

}  // namespace induction
