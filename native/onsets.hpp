#pragma once
// The onsets in a run's metrics.jsonl, for circuits.json.

#include <nlohmann/json.hpp>
#include <string>

namespace induction {

/// {"loss_rep", "previous_token", "induction"} (logistic fits; null with a sentence where there is none) and "order".
nlohmann::ordered_json onsets_object(const std::string& metrics);

}  // namespace induction
