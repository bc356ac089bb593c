#pragma once
// Config and its schema as JSON text.

#include <string>
#include <string_view>

#include "config.hpp"

namespace induction {

/// Every knob by name.
std::string config_to_json(const Config& config);
/// Reads knobs over `config`. An optional member "preset" names the starting point. Problems: `config` is unchanged.
/// Checks syntax, names, types and ranges; call problems() for combinations.
Problems config_from_json(std::string_view text, Config& config);
/// {"knobs": [...], "presets": [...]}: all that a page or a tool needs to draw controls.
std::string schema_json();
/// {"problems": [{"knob", "message"}]}.
std::string problems_json(const Problems& problems);

}  // namespace induction
