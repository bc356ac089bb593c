#pragma once
// What stands in for a head's output while it is ablated by mean or resample, or patched: numbers measured once, when the intervention
// begins.

#include <map>

#include "../cpu.hpp"
#include "../data/corpus.hpp"
#include "../intervene.hpp"

namespace induction {

/// By text_of the intervention.
using HeldValues = std::map<std::string, std::vector<float>>;

/// How many values an intervention has once it has begun.
size_t values_needed(const Intervention& intervention, const Config& config);

/// z of the untouched model on the first kReservoir held-out rows of the Config: mean gives its mean over rows, [n_ctx, d_head]; resample
/// all of it; patch that of its prompt. Fills in every measured intervention of `list` that has no values yet, first from `known`. Exact,
/// so replay finds the same bits. false: there is not enough memory. Source: docs/maths.md (92).
bool measure_held(Interventions& list, const Config& config, std::span<const float> parameters, const HeldValues& known,
                  std::shared_ptr<const Corpus> corpus = nullptr);

}  // namespace induction
