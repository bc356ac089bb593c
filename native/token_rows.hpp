#pragma once
// Token rows that `induction probe` reads: from a file, or held out from training.

#include <memory>
#include <nlohmann/json.hpp>

#include "data/dataset.hpp"

namespace induction {

inline constexpr size_t kMostRows = 1024;  // as the knob batch: with more, a tensor's size could pass 32 bits

// What the model reads and what it shall predict (kNoTarget: nothing).
struct ProbeRow {
  std::vector<uint32_t> tokens;
  std::vector<int32_t> targets;
};
using TokenRows = std::vector<ProbeRow>;

/// A JSON value in a sentence. Lists are not spelt out: a hostile one may be nested too deeply for that.
std::string value_text(const nlohmann::json& value);
/// A token of the Config's vocabulary; refuses anything else, `where` says where it stands.
uint32_t token_of(const nlohmann::json& value, const std::string& where, const Config& config);
/// A file: a JSON array of equally long rows of 2 to n_ctx + 1 tokens.
TokenRows read_rows(const std::string& path, const Config& config);
/// The first n held-out rows.
TokenRows held_out_rows(const Config& config, uint64_t n, const std::shared_ptr<const Corpus>& corpus);

}  // namespace induction
