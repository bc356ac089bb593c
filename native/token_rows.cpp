#include "token_rows.hpp"

#include "files.hpp"
#include "refusal.hpp"

namespace induction {

std::string value_text(const nlohmann::json& value) {
  if (value.is_structured()) return "a list or an object";
  return value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace).substr(0, 40);
}

uint32_t token_of(const nlohmann::json& value, const std::string& where, const Config& config) {
  if (!value.is_number_unsigned() || value.get<uint64_t>() >= static_cast<uint64_t>(token_count(config)))
    refuse(where + " is " + value_text(value) + "; it must be a whole number from 0 to " + std::to_string(token_count(config) - 1) +
           " (d_vocab " + std::to_string(config.d_vocab) + ")");
  return value.get<uint32_t>();
}

namespace {

constexpr uint64_t kMaxTokensFile = 16 << 20;  // bytes; 1024 of the longest rows have about one million

ProbeRow parse_row(const nlohmann::json& row, const std::string& where, const Config& config) {
  if (!row.is_array()) refuse(where + " is not an array of tokens");
  if (row.size() < 2 || row.size() > static_cast<size_t>(config.n_ctx) + 1)
    refuse(where + " has " + std::to_string(row.size()) + " tokens; it must have 2 to " + std::to_string(config.n_ctx + 1) +
           " (n_ctx + 1)");
  std::vector<uint32_t> tokens;
  for (size_t t = 0; t < row.size(); ++t) {
    tokens.push_back(token_of(row[t], where + ", position " + std::to_string(t), config));
  }
  // A row of n_ctx + 1 tokens has a target at each position; in a shorter one the last position has none.
  std::vector<int32_t> targets(tokens.begin() + 1, tokens.end());
  if (tokens.size() > static_cast<size_t>(config.n_ctx))
    tokens.pop_back();
  else
    targets.push_back(kNoTarget);
  return {std::move(tokens), std::move(targets)};
}

}  // namespace

TokenRows read_rows(const std::string& path, const Config& config) {
  const auto root = nlohmann::json::parse(read_text(path, kMaxTokensFile), nullptr, false);
  if (root.is_discarded()) refuse(in_quotes(path) + " is not valid JSON");
  if (!root.is_array() || root.empty()) refuse(in_quotes(path) + " must be an array of token rows, such as [[1, 2, 3, 1, 2, 3]]");
  if (root.size() > kMostRows)
    refuse(in_quotes(path) + " has " + std::to_string(root.size()) + " rows; it may have " + std::to_string(kMostRows));
  TokenRows rows;
  for (size_t r = 0; r < root.size(); ++r) {
    const std::string where = in_quotes(path) + ": row " + std::to_string(r);
    rows.push_back(parse_row(root[r], where, config));
    if (root[r].size() != root[0].size())
      refuse(where + " has " + std::to_string(root[r].size()) + " tokens and row 0 has " + std::to_string(root[0].size()) +
             "; all rows must be equally long");
  }
  return rows;
}

TokenRows held_out_rows(const Config& config, uint64_t n, const std::shared_ptr<const Corpus>& corpus) {
  TokenRows rows;
  for (const Sequence& sequence : Dataset(config, corpus).held_out(static_cast<uint32_t>(n)))
    rows.push_back({sequence.tokens, sequence.targets});
  return rows;
}

}  // namespace induction
