#pragma once
// Random valid Configs for property tests, drawn from the list of knobs itself: a new knob is drawn as soon as it is there.

#include "config.hpp"

namespace induction::tests {

/// The largest values of what a model and its batch cost; other knobs are drawn over their sliders.
struct DrawnSizes {
  int64_t n_layers, n_heads, d_model, d_head, d_mlp, d_vocab, n_ctx, batch;
};
/// Small enough to differentiate numerically.
constexpr DrawnSizes kDrawnTiny{2, 3, 10, 6, 7, 7, 16, 3};
/// Ragged tiles, lanes and chunks, and still thousands of steps per second.
constexpr DrawnSizes kDrawnSmall{4, 5, 40, 20, 40, 48, 40, 12};

/// The same Config for the same number, without problems(). Each knob has its default, an end of its range or anything between; those
/// that problems() names are drawn anew. Tasks that need a reader's own data are left out.
Config drawn_config(uint32_t number, const DrawnSizes& sizes);

}  // namespace induction::tests
