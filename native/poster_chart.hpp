#pragma once
// The lower half of a poster: how the loss came down, and when heads took their roles.

#include <array>

#include "recording.hpp"

namespace induction {

struct RecordedOnset {
  Role role;
  uint64_t step;
  uint32_t layer, head;  // the surest of that role then
};
/// By step.
std::vector<RecordedOnset> onsets_of(const Recording& recording);

struct ChartBox {
  double x, y, width, height;
};
std::string loss_chart(const Recording& recording, const ChartBox& box);

}  // namespace induction
