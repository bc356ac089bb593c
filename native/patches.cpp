#include "patches.hpp"

#include "files.hpp"
#include "record.hpp"
#include "refusal.hpp"
#include "token_rows.hpp"

namespace induction {
namespace {

constexpr uint64_t kMaxFile = 1 << 20;  // bytes; two of the longest prompts have about 3,000

std::vector<int32_t> prompt_of(const nlohmann::json& root, const char* key, const std::string& path, const Config& c) {
  const std::string where = in_quotes(path) + ": " + key;
  const auto found = root.find(key);
  if (found == root.end() || !found->is_array()) refuse(where + " must be an array of tokens");
  if (found->size() > static_cast<size_t>(c.n_ctx))
    refuse(where + " has " + std::to_string(found->size()) + " tokens; at most n_ctx (" + std::to_string(c.n_ctx) + ") are allowed");
  std::vector<int32_t> tokens;
  for (size_t t = 0; t < found->size(); ++t)
    tokens.push_back(static_cast<int32_t>(token_of((*found)[t], where + ", position " + std::to_string(t), c)));
  return tokens;
}

std::optional<uint32_t> number_of(const nlohmann::json& root, const char* key, const std::string& path) {
  const auto found = root.find(key);
  if (found == root.end()) return {};
  constexpr uint64_t kLargest = 1 << 20;  // no position or token is as large
  if (!found->is_number_unsigned() || found->get<uint64_t>() > kLargest)
    refuse(in_quotes(path) + ": " + key + " is " + value_text(*found) + "; it must be a whole number");
  return found->get<uint32_t>();
}

PatchPair read_pair(const std::string& path, const Config& c) {
  const auto root = nlohmann::json::parse(read_text(path, kMaxFile), nullptr, false);
  if (!root.is_object())
    refuse(in_quotes(path) + " must be a JSON object such as {\"clean\": [1, 2, 3, 1, 2], \"corrupted\": [4, 2, 3, 1, 2]}");
  for (const auto& [key, value] : root.items())
    if (key != "clean" && key != "corrupted" && key != "position" && key != "right" && key != "wrong")
      refuse(in_quotes(path) + " has an entry " + in_quotes(key) + "; it may have clean, corrupted, position, right and wrong");
  PatchPair pair{prompt_of(root, "clean", path, c), prompt_of(root, "corrupted", path, c), number_of(root, "position", path),
                 number_of(root, "right", path), number_of(root, "wrong", path)};
  if (const std::string wrong = patch_problem(c, pair); !wrong.empty()) refuse(in_quotes(path) + ": " + wrong);
  return pair;
}

}  // namespace

std::string patches_json(const Config& config, std::span<const float> parameters, const std::string& path) {
  const PatchPair pair = read_pair(path, config);
  const auto found = measure_patches(config, parameters, pair);
  if (!found) refuse("there is not enough memory to patch this model");
  return patch_json(*found) + "\n";
}

}  // namespace induction
