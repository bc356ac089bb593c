#pragma once
// What a run is, apart from who does the arithmetic: the Program, the data, the step counter and the schedule.

#include <functional>
#include <string>

#include "cpu.hpp"
#include "data/dataset.hpp"
#include "model.hpp"

namespace induction {

/// Learning rate at a step (from 0). Source: docs/maths.md (16).
double learning_rate(const Config& config, uint64_t step);
/// Everything the update kernels need at a step. Source: docs/maths.md (13)–(16).
Hyper hyper_at(const Config& config, uint64_t step);
/// Draws every parameter's initial value into an arena that holds `program`. Source: docs/maths.md (11), (17).
template <class Real>
void initialise(const Config& config, Cpu<Real>& cpu);
/// 16 hexadecimal digits: FNV-1a over parameters, both moments and the step.
template <class Real>
std::string signature_of(Cpu<Real>& cpu, uint64_t step);

/// Runs `work(index, thread)` for index 0..n−1, on threads if it likes.
using Work = std::function<void(uint32_t index, uint32_t thread)>;
using Parallel = std::function<void(uint32_t n, const Work& work)>;

struct Trainer {
  Config config;
  Dataset dataset;
  Program program;
  uint64_t step = 0;

  explicit Trainer(const Config& c)
      : config(c),
        dataset(c),
        program(record_model(
            c, {static_cast<uint32_t>(c.batch), static_cast<uint32_t>(c.n_ctx), static_cast<uint32_t>(c.n_ctx), dataset.weighted()})) {}
  /// Puts the batch of a training step into an arena that holds `program`.
  void fill(uint64_t at, Cpu<float>& cpu) const;
  /// The counted positions' weighted mean loss of one step, done by `cpu`. The update is left out when loss or gradient are not finite.
  double train_step(Cpu<float>& cpu, const Parallel& parallel);
};

}  // namespace induction
