// Probe records and summaries as JSON: the keys that readers rely on, and null where a number is not defined.

#include <limits>
#include <nlohmann/json.hpp>

#include "record.hpp"
#include "support/support.hpp"

namespace test_record {

using namespace induction;
using namespace induction::tests;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

nlohmann::json parsed(const std::string& text) { return nlohmann::json::parse(text, nullptr, false); }

ProbeRecord record() {
  ProbeRecord r;
  r.step = 75;
  r.seen = {1.5, 2.5, 0.5, 0.875};
  r.loss_by_position = {2.75, kNaN};
  r.heads = {{0, 1, {0.9, kNaN, 0.1, 0.2, 1.25}, {Role::previous_token, 0.8}}, {1, 0, {}, {}}};
  r.onset.previous_token = 50;
  return r;
}

}  // namespace

TEST_CASE("a probe record is one line of JSON with every number, and null where there is none") {
  const std::string line = probe_json(record());
  CHECK(line.find('\n') == std::string::npos);
  const auto json = parsed(line);
  REQUIRE(json.is_object());
  CHECK(json["step"] == 75);
  CHECK(json["loss"] == 1.5);
  CHECK(json["loss_new"] == 2.5);
  CHECK(json["loss_rep"] == 0.5);
  CHECK(json["accuracy_rep"] == 0.875);
  CHECK(json["loss_by_position"][0] == 2.75);
  CHECK(json["loss_by_position"][1].is_null());
  CHECK(json["unseen"].is_null());
  CHECK(json["onset"]["previous_token"] == 50);
  CHECK(json["onset"]["induction"].is_null());
  const auto& head = json["heads"][0];
  CHECK(head["layer"] == 0);
  CHECK(head["head"] == 1);
  CHECK(head["previous_token"] == 0.9);
  CHECK(head["induction"].is_null());
  CHECK(head["role"] == "previous token");
  CHECK(head["confidence"] == 0.8);
  CHECK(json["heads"][1]["role"] == "none yet");
}

TEST_CASE("a summary holds what the command line promises") {
  Summary summary;
  summary.record = record();
  summary.record.unseen = Losses{1, 2, 3, 0.25};
  summary.signature = "0123456789abcdef";
  summary.steps_per_second = std::numeric_limits<double>::infinity();
  auto json = parsed(summary_json(summary));
  REQUIRE(json.is_object());
  CHECK(json["signature"] == "0123456789abcdef");
  CHECK(json["steps"] == 75);
  CHECK(json["steps_per_second"].is_null());
  CHECK(json["final"]["loss_rep"] == 0.5);
  CHECK(json["unseen"]["accuracy_rep"] == 0.25);
  CHECK(json["heads"].size() == 2);
  CHECK(json["stopped"].is_null());
  summary.stopped = "Training stopped at step 3: \"why\"";
  CHECK(parsed(summary_json(summary))["stopped"] == summary.stopped);
}

}  // namespace test_record
