#include "stop_rules.hpp"

#include <algorithm>
#include <cmath>

#include "text.hpp"

namespace induction {
namespace {

constexpr uint64_t kMostSteps = 100'000'000;  // the largest `steps`
const std::string kAfterOnset = "after-onset", kDiverged = "diverged", kAblations = "ablations";

std::string read_after_onset(StopRules& rules, const std::string& digits, const std::string& where) {
  const bool whole = !digits.empty() && digits.size() <= 9 && digits.find_first_not_of("0123456789") == std::string::npos;
  const uint64_t steps = whole ? std::stoull(digits) : kMostSteps + 1;
  if (steps > kMostSteps)
    return where + " " + kAfterOnset + " is " + in_quotes(digits) + "; it must be a whole number from 0 to " + std::to_string(kMostSteps);
  rules.after_onset = steps;
  return {};
}

}  // namespace

std::string stop_text(const StopRules& rules) {
  std::string text;
  const auto add = [&](const std::string& word) { text += (text.empty() ? "" : " ") + word; };
  if (rules.after_onset) add(kAfterOnset + ":" + std::to_string(*rules.after_onset));
  if (rules.diverged) add(kDiverged);
  if (rules.ablations) add(kAblations);
  return text;
}

std::string read_stop_rule(StopRules& rules, const std::string& word, const std::string& where) {
  const size_t colon = word.find(':');
  if (word == kDiverged)
    rules.diverged = true;
  else if (word == kAblations)
    rules.ablations = true;
  else if (word.substr(0, colon) == kAfterOnset)
    return read_after_onset(rules, colon == std::string::npos ? "0" : word.substr(colon + 1), where);
  else
    return where + " is " + in_quotes(word) + "; it must be after-onset, after-onset:STEPS, diverged or ablations";
  return {};
}

std::string read_stop_text(StopRules& rules, const std::string& text, const std::string& where) {
  for (size_t at = 0, end = 0; at < text.size(); at = end + 1) {
    end = std::min(text.find(' ', at), text.size());
    if (std::string wrong = read_stop_rule(rules, text.substr(at, end - at), where); !wrong.empty()) return wrong;
  }
  return {};
}

bool has_diverged(double loss, double first_loss, const Config& config) {
  return loss > std::max(first_loss, std::log(static_cast<double>(config.d_vocab))) + kDivergedMargin;
}

}  // namespace induction
