#pragma once
// The architecture. model.cpp is the only file that knows it.

#include "intervene.hpp"
#include "recorder.hpp"

namespace induction {

/// Rows the Program is recorded for.
struct Rows {
  uint32_t batch, length;
  uint32_t counted;  // positions per row that have a target: length, or length − 1 when the last has none
};

/// The model of a valid Config as a Program, with what is held in its flow (measured ones with their values). Same parameter layout for
/// every Rows, Mode and intervention; without interventions exactly the same Steps as ever.
/// Recording takes no memory for the arena, so Program::memory_floats can be asked before anything is allocated.
Program record_model(const Config& config, const Rows& rows, Mode mode = Mode::training, const Interventions& held = {});

}  // namespace induction
