#pragma once
// A run is a list of phases. Each has a Config and the interventions held in it, and begins at a step; what has been changed in a
// running model is one more phase. One Course replays the whole run.

#include "intervene.hpp"

namespace induction {

struct Phase {
  uint64_t at = 0;     // first training step of the phase
  uint64_t clock = 0;  // step at which its schedule began: `at`, or before it where the phase is a change in the middle of another one
  Config config;       // `steps`: length of its schedule, and of the phase unless it is changed
  Interventions held;

  bool planned() const { return at == clock; }
  uint64_t end() const { return clock + static_cast<uint64_t>(config.steps); }
};

struct Course {
  std::vector<Phase> phases;  // never empty; `at` ascends from 0

  /// A run of one phase.
  Course(const Config& config = {}) : phases{{0, 0, config, {}}} {}  // NOLINT: a Config is a Course

  /// The phase in force before training step `step`: the last one that has begun.
  const Phase& at(uint64_t step) const { return phases[index_at(step)]; }
  size_t index_at(uint64_t step) const;
  /// The step after `step` at which the next phase begins; UINT64_MAX: none does.
  uint64_t next_change(uint64_t step) const;
  /// Steps of the whole run.
  uint64_t length() const { return phases.back().end(); }
  /// The step from which the optimiser's moments have been kept at `step`: they begin anew where `optimizer` changes.
  uint64_t moments_since(uint64_t step) const;
  /// One phase and no intervention: all that a flat Config can say.
  bool plain() const { return phases.size() == 1 && phases[0].held.empty(); }

  /// From `step` on another Config and other interventions, until the next planned phase; changes made after `step` are forgotten, and
  /// so is a change at `step` itself. Its schedule goes on.
  void change(uint64_t step, const Config& config, const Interventions& held);
};

/// The phases' own problems (with the phase's number where there are several), and knobs that may not differ between phases: those on
/// which the shapes of the parameters depend, and seed, d_vocab and n_ctx.
Problems problems(const Course& course);

/// Do two Configs of one model train alike? What is only measured may differ, and so may `steps` while the schedule ignores it.
bool same_course(const Config& a, const Config& b);

}  // namespace induction
