#pragma once
// What happens at a measured run's end, and when that comes before its `steps`. The rules are part of a run's identity in a sweep: they
// change its result.

#include <optional>
#include <string>

#include "config.hpp"

namespace induction {

struct StopRules {
  std::optional<uint64_t> after_onset;  // steps that still follow the first induction onset
  bool diverged = false;                // ends when the held-out loss leaves what training can mend
  bool ablations = false;               // at its end the model is measured once more without its heads
  bool operator==(const StopRules&) const = default;
};

/// "after-onset:100 diverged ablations", the rules in this order; empty without rules.
std::string stop_text(const StopRules& rules);
/// One rule, `after-onset`, `after-onset:STEPS`, `diverged` or `ablations`, added to the rules. Else a sentence that begins with `where`.
std::string read_stop_rule(StopRules& rules, const std::string& word, const std::string& where);
/// The rules of a text as stop_text gives it; a sentence as above.
std::string read_stop_text(StopRules& rules, const std::string& text, const std::string& where);

/// Nats. A run has diverged when its held-out loss is this far above both its value at step 0 and that of even guessing,
/// ln d_vocab: a good run never gets there, as its loss starts near one of the two and falls.
inline constexpr double kDivergedMargin = 1;
/// `loss` and `first_loss`: held-out loss now and at step 0, nats.
bool has_diverged(double loss, double first_loss, const Config& config);

}  // namespace induction
