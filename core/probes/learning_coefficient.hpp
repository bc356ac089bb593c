#pragma once
// The local learning coefficient of a trained model: langevin.hpp on its own loss.

#include <memory>
#include <optional>

#include "../config.hpp"
#include "../data/corpus.hpp"
#include "../parallel.hpp"
#include "langevin.hpp"

namespace induction {

/// Most rows that the loss is a mean over: as many as a batch may have.
inline constexpr uint32_t kMostSampleRows = 1024;

/// Memory for it, in bytes. rows: n.
uint64_t learning_coefficient_memory(const Config& config, uint32_t rows);

/// λ̂ at `parameters` (the parameter region of any Program of the same Config) of the loss that was trained, without dropout, on
/// settings.samples rows as in training that no step of a run draws. One sample is a row, its loss the mean over the positions that count.
/// Every parameter moves, frozen or not. nullopt: there is not enough memory.
std::optional<LangevinEstimate> learning_coefficient(const Config& config, std::span<const float> parameters,
                                                     const LangevinSettings& settings, std::shared_ptr<const Corpus> corpus = nullptr,
                                                     const Parallel& parallel = {});

}  // namespace induction
