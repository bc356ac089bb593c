#pragma once
// Probe records as JSON: the same text in metrics.jsonl, in summary.json and in the page.

#include <string>

#include "probes/patching.hpp"
#include "run.hpp"

namespace induction {

/// One line: {"step", "loss", "loss_new", …, "unseen", "held_out", "strategies", "heads", "onset"}; null where a number is not defined.
std::string probe_json(const ProbeRecord& record);

/// {"loss", "loss_new", "loss_rep", "accuracy_rep", "accuracy_query"}; null where a number is not defined.
std::string losses_json(const Losses& losses);

/// Pretty-printed: signature, steps, steps_per_second, final, unseen, held_out, strategies, heads, onset, stopped.
struct Summary {
  ProbeRecord record;
  std::string signature, stopped;
  double steps_per_second = 0;
  Numerics numerics = Numerics::exact;
};
std::string summary_json(const Summary& summary);

/// {"position", "right", "wrong", "clean", "corrupted", "head": [layer][head][position], "resid": [layer][position]}: a PatchReport; or
/// {"not_defined": sentence}.
std::string patch_json(const Measured<PatchReport>& patches);

}  // namespace induction
