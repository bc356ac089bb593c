#include "roles.hpp"

#include <algorithm>
#include <cmath>

#include "../sort_few.hpp"

namespace induction {

const char* role_name(Role role) {
  switch (role) {
    case Role::previous_token: return "previous token";
    case Role::induction: return "induction";
    case Role::duplicate_token: return "duplicate token";
    case Role::first_token: return "first token";
    case Role::none: break;
  }
  return "none yet";
}

double above_chance(double score, double chance) { return (score - chance) / std::max(1 - chance, 0.5); }

RoleVerdict judge(const PatternScores& seen, const PatternScores& seen_chance, const PatternScores* unseen,
                  const PatternScores* unseen_chance) {
  const auto strength = [&](double PatternScores::*field, bool both) {
    double value = above_chance(seen.*field, seen_chance.*field);
    if (both && unseen) value = std::min(value, above_chance(unseen->*field, unseen_chance->*field));
    return value == value ? std::max(0.0, value) : 0.0;
  };
  struct Candidate {
    Role role;
    double strength;
  };
  Candidate list[] = {{Role::previous_token, strength(&PatternScores::previous_token, false)},
                      {Role::induction, strength(&PatternScores::induction, true)},
                      {Role::duplicate_token, strength(&PatternScores::duplicate_token, true)},
                      {Role::first_token, strength(&PatternScores::first_token, false)}};
  sort_few(std::begin(list), std::end(list), [](const Candidate& a, const Candidate& b) { return a.strength > b.strength; });
  const double best = list[0].strength, second = list[1].strength;
  if (best < kRoleThreshold) return {Role::none, 1 - best / kRoleThreshold};
  const double reach = std::clamp((best - kRoleThreshold / 2) / (1.5 * kRoleThreshold), 0.0, 1.0);
  return {list[0].role, reach * (1 - 0.5 * second / best)};
}

}  // namespace induction
