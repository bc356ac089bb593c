// Shortcut alarms on constructed numbers: each rings on its shortcut, and on nothing that only looks like it.

#include "probes/alarms.hpp"
#include "support/support.hpp"

namespace test_probes_alarms {

using namespace induction;
using namespace induction::tests;

namespace {

HeadEvidence head(double seen, double unseen, double first = 0.1) {
  HeadEvidence h;
  h.layer = 1, h.head = 2;
  h.seen.induction = seen, h.unseen.induction = unseen;
  h.seen_chance.induction = 0.10, h.unseen_chance.induction = 0.12;
  h.seen.first_token = first, h.seen_chance.first_token = 0.1;
  h.has_unseen = true;
  return h;
}

bool says(const std::optional<Alarm>& alarm, const char* words) { return alarm && alarm->evidence.find(words) != std::string::npos; }

}  // namespace

TEST_CASE("a head that copies at seen distances only is called positional, one that copies everywhere or nowhere is not") {
  const auto alarm = position_alarm(head(0.9, 0.2));
  REQUIRE(alarm);
  CHECK(alarm->kind == AlarmKind::position_only);
  CHECK(alarm->layer == 1);
  CHECK(alarm->head == 2);
  CHECK(says(alarm, "score 0.90"));
  CHECK(says(alarm, "(0.20)"));
  CHECK_FALSE(position_alarm(head(0.9, 0.8)));
  CHECK_FALSE(position_alarm(head(0.3, 0.1)));  // no induction score to speak of
  HeadEvidence without = head(0.9, 0.0);
  without.has_unseen = false;  // nothing to compare with
  CHECK_FALSE(position_alarm(without));
}

TEST_CASE("a model that is right at seen distances only is called positional") {
  CHECK(says(position_alarm(0.97, 0.31), "97 % of the repeated tokens"));
  CHECK(says(position_alarm(0.97, 0.31), "31 % at others"));
  CHECK_FALSE(position_alarm(0.97, 0.90));
  CHECK_FALSE(position_alarm(0.40, 0.05));  // has not learned the task at all
  CHECK_FALSE(position_alarm(0.97, std::numeric_limits<double>::quiet_NaN()));
}

TEST_CASE("a head that rests on the first token is called a sink") {
  CHECK(says(sink_alarm(head(0.1, 0.1, 0.7)), "0.70 of its attention, 0.10 by chance"));
  CHECK_FALSE(sink_alarm(head(0.1, 0.1, 0.5)));  // 0.44 above chance
}

TEST_CASE("an induction head is called harmless when its removal costs less than 2 % of what was learned") {
  const double uniform = 2.77;
  CHECK(says(harmless_alarm(1, 0, 0.30, 0.34, uniform), "from 0.30 to 0.34 only"));
  CHECK(says(harmless_alarm(1, 0, 0.30, 0.25, uniform), "from 0.30 to 0.25"));  // better without it
  CHECK_FALSE(harmless_alarm(1, 0, 0.30, 0.36, uniform));
  CHECK_FALSE(harmless_alarm(1, 0, 2.80, 2.80, uniform));  // nothing was learned yet
}

TEST_CASE("accuracy that falls by a tenth from a good best is called fading") {
  CHECK(says(fading_alarm({0.95, 1200}, 0.70), "95 % at step 1200 and is 70 % now"));
  CHECK_FALSE(fading_alarm({0.95, 1200}, 0.86));
  CHECK_FALSE(fading_alarm({0.30, 1200}, 0.10));  // was never good
}

TEST_CASE("the evidence of a role is its own score, of no role the nearest one") {
  CHECK(evidence_of(head(0.83, 0.75), {Role::induction, 1}) ==
        "0.83 of its attention goes to tokens after earlier copies of the present one, 0.10 by chance; 0.75 at unseen distances");
  CHECK(evidence_of(head(0.2, 0.2, 0.4), {Role::none, 0.5}) ==
        "nearest to a role: 0.40 of its attention goes to the first token, 0.10 by chance");
}

}  // namespace test_probes_alarms
