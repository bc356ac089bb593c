#pragma once
// Shortcut alarms: what looks like induction and may be something else. Each says its evidence in one sentence.

#include <optional>
#include <string>
#include <vector>

#include "roles.hpp"

namespace induction {

/// position_only: the score, or the accuracy, holds for distances seen in training and not for others.
/// first_token_sink: a head rests on the first token, which makes it look sharp.
/// harmless: a head with the induction role whose removal changes almost nothing.
/// fading: accuracy on repeated tokens has fallen since its best.
enum class AlarmKind : uint8_t { position_only, first_token_sink, harmless, fading };
/// "position_only", …
const char* alarm_name(AlarmKind kind);

struct Alarm {
  AlarmKind kind = AlarmKind::position_only;
  std::optional<uint32_t> layer, head;  // none: about the whole model
  std::string evidence;                 // a sentence with the numbers
};

/// A head's scores and what even attention gets, on the rows as in training and on those whose distances are unseen.
struct HeadEvidence {
  uint32_t layer = 0, head = 0;
  PatternScores seen, seen_chance, unseen, unseen_chance;
  bool has_unseen = false;
};

/// Above kRoleThreshold on seen distances, and less than half of that on unseen ones (scores above chance).
std::optional<Alarm> position_alarm(const HeadEvidence& head);
/// The same for the model: right on at least half of the repeated tokens of seen rows, and by 0.3 less often on unseen ones.
std::optional<Alarm> position_alarm(double accuracy_seen, double accuracy_unseen);
/// The first token's share of attention, chance removed, is at least one half.
std::optional<Alarm> sink_alarm(const HeadEvidence& head);
/// Removing the head (zero ablation) raises loss_rep by less than 2 % of what the model has learned there (uniform_loss − loss_rep;
/// uniform_loss: ln of the number of answers that the task's question can have). Other heads may do the same work, so it is no proof that
/// the head does nothing.
std::optional<Alarm> harmless_alarm(uint32_t layer, uint32_t head, double loss_rep, double loss_rep_without, double uniform_loss);

/// The best accuracy on repeated tokens so far: on unseen distances where there are such rows.
struct Peak {
  double accuracy = 0;
  uint64_t step = 0;
  bool operator==(const Peak&) const = default;
};
/// At least 0.1 below a best of one half or more.
std::optional<Alarm> fading_alarm(const Peak& best, double accuracy);

/// What speaks for a head's role: its score and what even attention gets, "0.83 of its attention goes to …, 0.13 by chance".
/// For Role::none, which role is nearest.
std::string evidence_of(const HeadEvidence& head, const RoleVerdict& verdict);

}  // namespace induction
