#pragma once
// The architecture. model.cpp is the only file that knows it.

#include "freeze.hpp"
#include "intervene.hpp"
#include "recorder.hpp"

namespace induction {

/// Rows the Program is recorded for.
struct Rows {
  uint32_t batch, length;
  uint32_t counted;       // positions per row that have a target: length, or length − 1 when the last has none
  bool weighted = false;  // each position has a weight of its own in the loss: another input
};

/// What a Program does beside what its Config says: for interventions on a run.
struct Extras {
  std::vector<FrozenPart> frozen;  // each without a frozen_problem()
  bool freezable = false;          // records what freezing needs even where nothing is frozen yet, to be written into Program::trainable
  Interventions held;              // without problems(), measured ones with their values
  bool patches = false;  // activation patching, docs/maths.md (39): the first row of each chunk is clean, and `Program::patched` says
                         // which place each other row takes from it. Places: head h of layer l is l·n_heads + h, and then come the
                         // n_layers + 1 residual streams. Measured interventions are held alike in all rows.
};

/// The model of a valid Config as a Program, with what is frozen and held. Same parameter layout for every Rows, Mode and Extras; without
/// Extras exactly the same Steps as ever.
/// Recording takes no memory for the arena, so Program::memory_floats can be asked before anything is allocated.
Program record_model(const Config& config, const Rows& rows, Mode mode = Mode::training, const Extras& extras = {});

}  // namespace induction
