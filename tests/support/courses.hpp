#pragma once
// What the suites about courses share: small runs, courses from text, and runs from saved files.

#include "course_json.hpp"
#include "snapshot.hpp"
#include "support/support.hpp"

namespace induction::tests::courses {

inline Config small() {
  Config c = tiny_config();
  c.positions = kind::positions::learned;
  c.batch = 5, c.steps = 12, c.warmup_steps = 0;
  return c;
}

inline Course read(const std::string& text) {
  Course course;
  const Problems found = course_from_json(text, course);
  CAPTURE(found.empty() ? "" : found[0].message);
  REQUIRE(found.empty());
  return course;
}

// A course over small().
inline Course phases(const std::string& list) {
  Course course;
  const Problems found = course_from_parts({"", list, ""}, small(), course);
  CAPTURE(found.empty() ? "" : found[0].message);
  REQUIRE(found.empty());
  const Problems wrong = problems(course);
  CAPTURE(wrong.empty() ? "" : wrong[0].message);
  REQUIRE(wrong.empty());
  return course;
}

inline std::string refusal(const std::string& list) {
  Course course;
  Problems found = course_from_parts({"", list, ""}, small(), course);
  if (found.empty()) found = problems(course);
  return found.empty() ? "" : found[0].message;
}

inline std::unique_ptr<Run> run_of(const Course& course) {
  REQUIRE(problems(course).empty());
  auto run = Run::create(course);
  REQUIRE(run != nullptr);
  return run;
}

inline TensorFile saved(Run& run) {
  TensorFile file;
  REQUIRE(read_tensors(save_run(run, Contents::checkpoint), file) == "");
  return file;
}

inline std::unique_ptr<Run> resumed(const TensorFile& file) {
  Course course;
  REQUIRE(course_of(file, course) == "");
  auto run = run_of(course);
  REQUIRE(load_run(file, *run) == "");
  return run;
}

inline Interventions lines(std::initializer_list<const char*> texts) {
  Interventions list;
  for (const char* text : texts) {
    list.emplace_back();
    REQUIRE(read_intervention(text, list.back()) == "");
  }
  return list;
}

inline constexpr const char* kCurriculum =
    R"([{"steps": 6, "task": "bigram"}, {"steps": 8, "lr": 0.02, "batch": 3, "interventions": ["ablate 0.1 resample", "clamp 1.0 previous", "ablate 0.0 pattern_preserving", "patch 1.1 all 1-2-3"]}])";

}  // namespace induction::tests::courses
