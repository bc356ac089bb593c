#pragma once
// From scores to words: which role a head plays, and how sure that is.

#include "heads.hpp"

namespace induction {

enum class Role : uint8_t { none, previous_token, induction, duplicate_token, first_token };

/// "previous token", "induction", …, "none yet".
const char* role_name(Role role);

struct RoleVerdict {
  Role role = Role::none;
  double confidence = 0;  // 0 to 1
};

/// Score with chance removed, (score − chance) / max(1 − chance, ½): 0 for even attention, 1 for a perfect head; NaN stays NaN. Where
/// chance alone gives more than half, as among few or equal tokens, even a perfect score tells little, and is less than 1.
double above_chance(double score, double chance);

/// A role is given when its score above chance reaches this.
inline constexpr double kRoleThreshold = 0.4;  // the usual threshold of the literature for previous-token heads

/// The role with the highest score above chance. Where rows with unseen periods exist, the lower of both scores counts for
/// the roles that repetition can fake (induction, duplicate token), so a head that only knows a fixed distance gets no role.
/// confidence: for a role, how far its score lies between ½ threshold (0) and 2 × threshold (1), less when another role comes
/// close; for none, how far the best score is below the threshold.
RoleVerdict judge(const PatternScores& seen, const PatternScores& seen_chance, const PatternScores* unseen,
                  const PatternScores* unseen_chance);

}  // namespace induction
