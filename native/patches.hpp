#pragma once
// `induction probe --patch`: activation patching between two prompts.

#include <span>
#include <string>

#include "config.hpp"

namespace induction {

/// What patches between the prompts of a file bring back, as JSON (core/record.hpp). The file: {"clean": [tokens], "corrupted": [tokens]},
/// and if wanted "position", "right" and "wrong" (PatchPair). Refuses what is wrong with it.
std::string patches_json(const Config& config, std::span<const float> parameters, const std::string& path);

}  // namespace induction
