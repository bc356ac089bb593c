// A run as a list of phases: what may change, and what it says as JSON.

#include "support/courses.hpp"

namespace test_course {

using namespace induction;
using namespace induction::tests;
using namespace induction::tests::courses;

TEST_CASE("a flat Config is a course of one phase, written as ever") {
  const Course course = read(config_to_json(small()));
  CHECK(course.plain());
  CHECK(course.phases[0].config == small());
  CHECK(course_to_json(course) == config_to_json(small()));
  CHECK(course.length() == 12);
}

TEST_CASE("a phase is the whole's knobs with its own over them, and begins where the one before ends") {
  const Course course = phases(kCurriculum);
  REQUIRE(course.phases.size() == 2);
  CHECK(course.length() == 14);
  CHECK(course.phases[1].at == 6);
  CHECK(course.at(5).config.task == kind::task::bigram);
  CHECK(course.at(6).config.task == kind::task::repeat);
  CHECK(course.at(6).config.lr == 0.02);
  CHECK(course.at(5).held.empty());
  CHECK(course.at(100).held ==
        lines({"ablate 0.1 resample", "clamp 1.0 previous", "ablate 0.0 pattern_preserving", "patch 1.1 all 1-2-3"}));
  CHECK(course.next_change(0) == 6);
  CHECK(course.next_change(6) == UINT64_MAX);
}

TEST_CASE("a course written as JSON reads back as the same course, given patterns and changes in mid-phase included") {
  Course course = phases(kCurriculum);
  CHECK(read(course_to_json(course)).phases[1].config == course.phases[1].config);
  Interventions given = lines({"clamp 0.0 given"});
  for (int i = 0; i < 64; ++i) given[0].values.push_back(i % 8 > i / 8 ? 0.0f : 0.1f * static_cast<float>(i));
  Config hot = course.phases[1].config;
  hot.lr = 0.5;
  course.change(9, hot, given);
  const Course back = read(course_to_json(course));
  REQUIRE(back.phases.size() == 3);
  for (size_t i = 0; i < 3; ++i) {
    CHECK(back.phases[i].at == course.phases[i].at);
    CHECK(back.phases[i].clock == course.phases[i].clock);
    CHECK(back.phases[i].config == course.phases[i].config);
    CHECK(back.phases[i].held == course.phases[i].held);
  }
  CHECK(back.phases[2].clock == 6);
  const Course one = read(R"({"interventions": ["ablate 1.0 zero"]})");
  CHECK_FALSE(one.plain());
  CHECK(read(course_to_json(one)).phases[0].held == one.phases[0].held);
}

TEST_CASE("what a course may not say is refused with one sentence that names knob and phase") {
  const auto has = [](const std::string& list, const std::string& words) {
    const std::string sentence = refusal(list);
    CAPTURE(list);
    CAPTURE(sentence);
    CHECK(sentence.find(words) != std::string::npos);
  };
  for (const char* knob :
       {"\"d_model\": 16", "\"d_vocab\": 4", "\"n_ctx\": 16", "\"n_layers\": 1", "\"seed\": 1", "\"tied_embedding\": true",
        "\"norm\": \"rms\"", "\"positions\": \"rotary\"", "\"smeared_keys\": true", "\"d_head\": 6"}) {
    const std::string text = knob, name = text.substr(1, text.find('"', 1) - 1);
    has("[{\"steps\": 5}, {\"steps\": 5, " + text + "}]", "phase 2: " + name + " is ");
    has("[{\"steps\": 5}, {\"steps\": 5, " + text + "}]", "it must be the same in all phases of a run");
  }
  has(R"([{"steps": 5}, {"steps": 5, "lr": -1}])", "phase 2: lr is");
  has(R"([{"steps": 5}, {"steps": 5, "period_max": 50}])", "phase 2: period_max is 50");
  has(R"([{"steps": 5}, {"steps": 5, "interventions": ["ablate 7.0 zero"]}])", "phase 2: intervention 'ablate 7.0 zero': there is no head");
  has(R"([{"steps": 5, "at": 3}, {"steps": 5}])", "phase 1 begins at step 3");
  has(R"([{"steps": 5}, {"steps": 5, "at": 0}])", "phase 2 begins at step 0");
  has(R"([{"steps": 5}, {"steps": 5, "at": 5, "schedule_from": 9}])", "no schedule after its phase");
  has(R"([{"steps": 5}, {"lr": 5}])", "phase 2: it must be an object that says its steps");
  has(R"([{"steps": 5}, 3])", "phase 2: it must be an object");
  has(R"([{"steps": 5, "at": -1}])", "at must be a step");
  has(R"([{"steps": 5, "speed": 1}])", "there is no knob 'speed'");
  has("[]", "phases must be a list");
  has("{}", "phases must be a list");
  has(std::string(100, '['), "phases must be a list");
  has(R"([{"steps": 5, "interventions": "ablate 0.0 zero"}])", "interventions must be a list");
  has(R"([{"steps": 5, "interventions": [7]}])", "must be a line such as");
  has(R"([{"steps": 5, "interventions": [{"text": "ablate 0.0 zero", "pattern": [[1]]}]}])", "a pattern is a square of numbers");
  has(R"([{"steps": 5, "interventions": [{"text": "clamp 0.0 given", "pattern": [[1, 0], [1]]}]}])", "a pattern is a square of numbers");
  has(R"([{"steps": 5, "interventions": [{"text": "clamp 0.0 given", "mood": 1}]}])", "not 'mood'");
}

TEST_CASE("a knob that leaves the parameters alone may change from phase to phase") {
  for (const char* knob : {"\"task\": \"bigram\"", "\"batch\": 2", "\"lr\": 0.5", "\"optimizer\": \"sgd\"", "\"schedule\": \"cosine\"",
                           "\"period_max\": 3", "\"grad_clip\": 1", "\"probe_every\": 3", "\"without_replacement\": true"})
    CHECK(refusal(std::string("[{\"steps\": 5}, {\"steps\": 5, ") + knob + "}]") == "");
}

}  // namespace test_course
