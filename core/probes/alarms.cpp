#include "alarms.hpp"

#include <algorithm>
#include <cmath>

#include "../text.hpp"

namespace induction {
namespace {

constexpr double kHalf = 0.5;
constexpr double kAccuracyGap = 0.3, kFadingGap = 0.1;  // shares of the repeated tokens
constexpr double kHarmlessShare = 0.02;                 // of what was learned

std::string two_digits(double x) { return fixed_text(x, 2); }
std::string percent(double x) { return std::to_string(std::lround(100 * x)) + " %"; }
std::string name_of(uint32_t layer, uint32_t head) { return "L" + std::to_string(layer) + "H" + std::to_string(head); }

struct Claim {
  Role role;
  double PatternScores::*score;
  const char* target;  // where the attention goes
};
constexpr Claim kClaims[] = {
    {Role::previous_token, &PatternScores::previous_token, "the previous token"},
    {Role::induction, &PatternScores::induction, "tokens after earlier copies of the present one"},
    {Role::duplicate_token, &PatternScores::duplicate_token, "earlier copies of the present token"},
    {Role::first_token, &PatternScores::first_token, "the first token"},
};

double strength(const HeadEvidence& head, const Claim& claim) {
  const double value = above_chance(head.seen.*claim.score, head.seen_chance.*claim.score);
  return value == value ? value : 0.0;
}

}  // namespace

const char* alarm_name(AlarmKind kind) {
  switch (kind) {
    case AlarmKind::position_only: return "position_only";
    case AlarmKind::first_token_sink: return "first_token_sink";
    case AlarmKind::harmless: return "harmless";
    case AlarmKind::fading: break;
  }
  return "fading";
}

std::optional<Alarm> position_alarm(const HeadEvidence& head) {
  if (!head.has_unseen) return {};
  const double seen = above_chance(head.seen.induction, head.seen_chance.induction);
  const double unseen = above_chance(head.unseen.induction, head.unseen_chance.induction);
  if (!(seen >= kRoleThreshold && unseen < kHalf * seen)) return {};
  return Alarm{AlarmKind::position_only, head.layer, head.head,
               name_of(head.layer, head.head) + " finds the token to copy at distances that training shows (score " +
                   two_digits(head.seen.induction) + ") but not at others (" + two_digits(head.unseen.induction) +
                   "): it goes by position."};
}

std::optional<Alarm> position_alarm(double accuracy_seen, double accuracy_unseen) {
  if (!(accuracy_seen >= kHalf && accuracy_unseen <= accuracy_seen - kAccuracyGap)) return {};
  return Alarm{AlarmKind::position_only,
               {},
               {},
               "The model predicts " + percent(accuracy_seen) + " of the repeated tokens at distances that training shows and " +
                   percent(accuracy_unseen) + " at others: it goes, at least in part, by position."};
}

std::optional<Alarm> sink_alarm(const HeadEvidence& head) {
  if (!(above_chance(head.seen.first_token, head.seen_chance.first_token) >= kHalf)) return {};
  return Alarm{AlarmKind::first_token_sink, head.layer, head.head,
               name_of(head.layer, head.head) + " rests on the first token (" + two_digits(head.seen.first_token) + " of its attention, " +
                   two_digits(head.seen_chance.first_token) + " by chance): its sharpness says little."};
}

std::optional<Alarm> harmless_alarm(uint32_t layer, uint32_t head, double loss_rep, double loss_rep_without, double uniform_loss) {
  const double learned = uniform_loss - loss_rep;
  if (!(learned > 0 && loss_rep_without - loss_rep < kHarmlessShare * learned)) return {};
  return Alarm{AlarmKind::harmless, layer, head,
               name_of(layer, head) + " looks like an induction head, but without it the loss on repeated tokens goes from " +
                   two_digits(loss_rep) + " to " + two_digits(loss_rep_without) + " only: other heads do the work, or can."};
}

std::optional<Alarm> fading_alarm(const Peak& best, double accuracy) {
  if (!(best.accuracy >= kHalf && accuracy <= best.accuracy - kFadingGap)) return {};
  return Alarm{AlarmKind::fading,
               {},
               {},
               "Accuracy on repeated tokens was " + percent(best.accuracy) + " at step " + std::to_string(best.step) + " and is " +
                   percent(accuracy) + " now: what was learned fades."};
}

std::string evidence_of(const HeadEvidence& head, const RoleVerdict& verdict) {
  const Claim* claim = std::find_if(std::begin(kClaims), std::end(kClaims), [&](const Claim& c) { return c.role == verdict.role; });
  const bool none = claim == std::end(kClaims);
  if (none)
    claim = std::max_element(std::begin(kClaims), std::end(kClaims),
                             [&](const Claim& a, const Claim& b) { return strength(head, a) < strength(head, b); });
  std::string text = two_digits(head.seen.*claim->score) + " of its attention goes to " + claim->target + ", " +
                     two_digits(head.seen_chance.*claim->score) + " by chance";
  if (claim->role == Role::induction && head.has_unseen) text += "; " + two_digits(head.unseen.induction) + " at unseen distances";
  return none ? "nearest to a role: " + text : text;
}

}  // namespace induction
