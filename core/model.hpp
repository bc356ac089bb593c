#pragma once
// The architecture. model.cpp is the only file that knows it.

#include "config.hpp"
#include "freeze.hpp"
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
};

/// The model of a valid Config as a Program. Same parameter layout for every Rows and Mode.
/// Recording takes no memory for the arena, so Program::memory_floats can be asked before anything is allocated.
Program record_model(const Config& config, const Rows& rows, Mode mode = Mode::training, const Extras& extras = {});

}  // namespace induction
