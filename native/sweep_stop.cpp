#include "sweep_stop.hpp"

#include <algorithm>
#include <cmath>

#include "machine.hpp"
#include "refusal.hpp"

namespace induction {
namespace {

constexpr uint64_t kMostSteps = 100'000'000;  // the largest `steps`
const std::string kAfterOnset = "after-onset", kDiverged = "diverged";

}  // namespace

std::string stop_text(const StopRules& rules) {
  std::string text;
  if (rules.after_onset) text = kAfterOnset + ":" + std::to_string(*rules.after_onset);
  if (rules.diverged) text += (text.empty() ? "" : " ") + kDiverged;
  return text;
}

void add_stop_rule(StopRules& rules, const std::string& word, const std::string& where) {
  const size_t colon = word.find(':');
  if (word == kDiverged)
    rules.diverged = true;
  else if (word.substr(0, colon) == kAfterOnset)
    rules.after_onset = colon == std::string::npos ? 0 : whole_number(where + " " + kAfterOnset, word.substr(colon + 1), 0, kMostSteps);
  else
    refuse(where + " is " + quoted(word) + "; it must be after-onset, after-onset:STEPS or diverged");
}

bool has_diverged(double loss, double first_loss, const Config& config) {
  return loss > std::max(first_loss, std::log(static_cast<double>(config.d_vocab))) + kDivergedMargin;
}

}  // namespace induction
