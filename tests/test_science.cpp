// What the whole is for: two layers find the induction circuit, one layer does not, one layer with smeared keys does.
// Exact mode makes these runs the same bits everywhere, so they cannot flicker. Optimised builds only: in others they take half a minute.

#include <algorithm>

#include "run.hpp"
#include "support/support.hpp"

namespace test_science {

#ifdef NDEBUG

using namespace induction;
using namespace induction::tests;

namespace {

ProbeRecord after(const Config& c, uint64_t steps) {
  auto run = Run::create(c);
  REQUIRE(run != nullptr);
  ProbeRecord record;
  for (uint64_t done = 0; done < steps; done += 25) {
    REQUIRE(run->advance(25).stopped == "");
    record = run->probe();
  }
  return record;
}

bool has_role(const ProbeRecord& record, Role role, uint32_t from_layer, uint32_t to_layer) {
  for (const HeadRecord& head : record.heads)
    if (head.verdict.role == role && head.layer >= from_layer && head.layer <= to_layer) return true;
  return false;
}

const double kFloor = std::log(16.0);  // first-time tokens are uniform over 16

}  // namespace

TEST_CASE("two layers find induction: repeated tokens below 0.7 nats, by a previous-token head and an induction head") {
  const ProbeRecord record = after(Config{}, 450);
  CHECK(record.seen.loss_rep < 0.7);
  CHECK(record.seen.loss_new > kFloor);
  REQUIRE(record.unseen.has_value());
  CHECK(record.unseen->loss_rep < record.seen.loss_new - 1);  // the circuit copies by content, so new periods work too
  CHECK(has_role(record, Role::previous_token, 0, 0));
  CHECK(has_role(record, Role::induction, 1, 1));
  CHECK(record.onset.previous_token.has_value());
  CHECK(record.onset.induction.has_value());
  CHECK(record.alarms.empty());
}

TEST_CASE("one layer finds no induction") {
  Config c;
  c.n_layers = 1;
  const ProbeRecord record = after(c, 450);
  CHECK(record.seen.loss_rep > 1.5);
  CHECK_FALSE(record.onset.induction.has_value());
}

TEST_CASE("one layer learns one fixed period by heart, and the alarm says that it goes by position") {
  Config c;
  c.n_layers = 1, c.task = kind::task::repeat_fixed, c.positions = kind::positions::learned;
  const ProbeRecord record = after(c, 450);
  CHECK(record.seen.accuracy_rep > 0.9);
  CHECK(record.unseen->accuracy_rep < 0.5);
  CHECK(std::any_of(record.alarms.begin(), record.alarms.end(),
                    [](const Alarm& a) { return a.kind == AlarmKind::position_only && !a.layer; }));
  CHECK_FALSE(record.onset.induction.has_value());
}

TEST_CASE("one layer with smeared keys finds induction by step 175") {
  const ProbeRecord record = after(find_preset("smeared")->config, 175);
  CHECK(record.seen.loss_rep < 0.7);
  CHECK(has_role(record, Role::induction, 0, 0));
}

#endif

}  // namespace test_science
