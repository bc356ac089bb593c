#pragma once
// circuits.json: every circuit probe of a saved model, written by `induction probe --circuits`.

#include <optional>
#include <string>

#include "probes/circuits.hpp"

namespace induction {

/// Pretty-printed. A probe that is not defined is null, with its sentence under "not_defined" of the same object.
/// metrics: the text of the run's metrics.jsonl, for the onsets; nothing when there is none.
std::string circuits_json(const CircuitReport& report, const Config& config, uint64_t step, const std::optional<std::string>& metrics);

}  // namespace induction
