#pragma once
// When a run of a sweep ends before its `steps`: core/stop_rules.hpp, read with refusals.

#include <string>

#include "stop_rules.hpp"

namespace induction {

/// One rule added to the rules. `where` begins the sentence of a refusal.
void add_stop_rule(StopRules& rules, const std::string& word, const std::string& where);

}  // namespace induction
