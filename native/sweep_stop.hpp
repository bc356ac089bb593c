#pragma once
// When a run of a sweep ends before its `steps`. The rules are part of a run's identity: they change its result.

#include <optional>
#include <string>

#include "run.hpp"

namespace induction {

struct StopRules {
  std::optional<uint64_t> after_onset;  // steps that still follow the first induction onset
  bool diverged = false;                // ends when the held-out loss leaves what training can mend
  bool operator==(const StopRules&) const = default;
};

/// "after-onset:100 diverged", the rules in this order; empty without rules.
std::string stop_text(const StopRules& rules);
/// One rule, `after-onset`, `after-onset:STEPS` or `diverged`, added to the rules. `where` begins the sentence of a refusal.
void add_stop_rule(StopRules& rules, const std::string& word, const std::string& where);

/// Nats. A run has diverged when its held-out loss is this far above both its value at step 0 and that of even guessing,
/// ln d_vocab: a good run never gets there, as its loss starts near one of the two and falls.
inline constexpr double kDivergedMargin = 1;
/// `loss` and `first_loss`: held-out loss now and at step 0, nats.
bool has_diverged(double loss, double first_loss, const Config& config);

}  // namespace induction
