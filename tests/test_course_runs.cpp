// Runs that go by a course: every way to the same course gives the same bits.

#include <cstring>

#include "support/courses.hpp"

namespace test_course_runs {

using namespace induction;
using namespace induction::tests;
using namespace induction::tests::courses;

TEST_CASE("a run of two phases is the two runs stitched by hand, to the bit") {
  const Course course = phases(R"([{"steps": 6, "task": "bigram"}, {"steps": 8, "lr": 0.02, "batch": 3}])");
  auto whole = run_of(course);
  whole->advance(14);
  auto first = run_of(course.phases[0].config), second = run_of(course.phases[1].config);
  first->advance(6);
  second->restore(first->state());
  CHECK(second->step() == 6);
  second->advance(8);
  CHECK(whole->signature() == second->signature());
  CHECK(whole->config() == course.phases[1].config);
}

TEST_CASE("each phase has a schedule of its own, and an optimiser that changes begins with empty moments") {
  const auto run = run_of(phases(R"([{"steps": 6, "schedule": "linear"}, {"steps": 4, "schedule": "linear", "optimizer": "sgd"},
                                    {"steps": 5, "optimizer": "adam", "warmup_steps": 2}])"));
  const Course& course = run->course();
  const auto same = [](const Hyper& a, const Hyper& b) { return std::memcmp(&a, &b, sizeof a) == 0; };
  CHECK(same(run->hyper(5), hyper_at(course.phases[0].config, 5)));
  CHECK(same(run->hyper(6), hyper_at(course.phases[1].config, 0)));
  CHECK(same(run->hyper(11), hyper_at(course.phases[2].config, 1)));
  CHECK_FALSE(same(run->hyper(11), hyper_at(course.phases[2].config, 11)));
  run->advance(6);
  CHECK(run->state().moment1 == std::vector<float>(run->state().moment1.size(), 0.0f));
  // A second executor hands over a state whose moments it has not emptied.
  State state = run->state();
  state.moment1[0] = 1;
  run->restore(state);
  CHECK(run->state().moment1[0] == 0);
}

TEST_CASE("a run resumed from a file in any phase is bit-equal to the uninterrupted one, whatever its interventions measured") {
  auto whole = run_of(phases(kCurriculum));
  std::vector<TensorFile> files;
  for (int step = 0; step < 14; ++step) {
    if (step == 3 || step == 6 || step == 9) files.push_back(saved(*whole));
    whole->advance(1);
  }
  for (const TensorFile& file : files) {
    auto run = resumed(file);
    run->advance(14 - run->step());
    CHECK(run->signature() == whole->signature());
  }
  CHECK(files[2].find("intervention.ablate 0.1 resample") != nullptr);
  CHECK(files[0].find("intervention.ablate 0.1 resample") == nullptr);
  CHECK(files[2].find("intervention.patch 1.1 all 1-2-3") != nullptr);
  // The values are those from when it began, not those of the parameters at step 9.
  auto later = run_of(phases(kCurriculum));
  State state = whole->state();
  state.held.clear();
  later->restore(state);
  CHECK_FALSE(later->state().held == whole->state().held);
}

TEST_CASE("a file whose interventions have values of a wrong size or name is refused") {
  auto run = run_of(phases(kCurriculum));
  run->advance(8);
  TensorFile file = saved(*run);
  for (NamedArray& array : file.arrays)
    if (array.name.rfind("intervention.", 0) == 0) array.values.pop_back(), array.shape[0] -= 1;
  CHECK(load_run(file, *run).find("has shape") != std::string::npos);
  for (NamedArray& array : file.arrays)
    if (array.name.rfind("intervention.", 0) == 0) array.name = "intervention.what";
  CHECK(load_run(file, *run).find("must begin with") != std::string::npos);
}

TEST_CASE("live interventions and knobs are part of the course: the same run comes out of what the course says") {
  auto live = run_of(small());
  live->advance(4);
  const uint64_t generation = live->generation();
  REQUIRE(live->intervene(lines({"ablate 1.1 mean"})).empty());
  CHECK(live->generation() == generation + 1);
  live->advance(3);
  Config hot = live->config();
  hot.lr = 0.03;
  REQUIRE(live->set(hot).empty());
  CHECK(live->generation() == generation + 1);  // the Program is the same
  live->advance(2);
  REQUIRE(live->intervene({}).empty());
  live->advance(3);
  CHECK(live->course().phases.size() == 4);
  auto replayed = run_of(read(course_to_json(live->course())));
  replayed->advance(12);
  CHECK(replayed->signature() == live->signature());
  auto untouched = run_of(small());
  untouched->advance(12);
  CHECK(untouched->signature() != live->signature());
  CHECK(says(live->intervene(lines({"ablate 9.0 zero"})), "", "there is no head 9.0"));
  CHECK(live->held().empty());
}

TEST_CASE("a change that training does not feel leaves the course plain; one at the step of another one takes its place") {
  auto run = run_of(small());
  run->advance(2);
  Config c = run->config();
  c.probe_every = 7, c.steps = 99;
  REQUIRE(run->set(c).empty());
  CHECK(run->course().plain());
  CHECK(run->course().length() == 99);
  for (const double lr : {0.1, 0.2}) {
    c.lr = lr;
    REQUIRE(run->set(c).empty());
  }
  CHECK(run->course().phases.size() == 2);
  CHECK(run->config().lr == 0.2);
  auto planned = run_of(phases(kCurriculum));
  Config longer = planned->config();
  longer.steps = 50;
  CHECK(says(planned->set(longer), "steps", "another phase follows"));
}

TEST_CASE("going back before a change keeps it for its step, and a new change before it puts another one in its place") {
  auto run = run_of(small());
  const State start = run->state();
  run->advance(4);
  REQUIRE(run->intervene(lines({"clamp 0.0 uniform"})).empty());
  run->advance(2);
  const std::string signature = run->signature();
  REQUIRE(run->restore(start));
  CHECK(run->held().empty());
  run->advance(6);
  CHECK(run->signature() == signature);
  REQUIRE(run->restore(start));
  REQUIRE(run->intervene(lines({"clamp 0.0 previous"})).empty());
  run->advance(6);
  CHECK(text_of(run->held()[0]) == "clamp 0.0 previous");
}

TEST_CASE("a run follows another course of the same model, and refuses one of another model") {
  auto run = run_of(small());
  run->advance(3);
  REQUIRE(run->follow(phases(kCurriculum)).empty());
  CHECK(run->config().task == kind::task::bigram);
  CHECK(run->step() == 3);
  Config other = small();
  other.d_model = 16;
  CHECK(says(run->follow(other), "d_model", "must be the same"));
  CHECK(run->config().task == kind::task::bigram);
}

TEST_CASE("probes see the model with what is held in it") {
  auto run = run_of(small());
  const double clean = run->probe().heads[0].scores.previous_token;
  REQUIRE(run->intervene(lines({"clamp 0.0 previous"})).empty());
  CHECK(run->probe().heads[0].scores.previous_token == 1);
  CHECK(clean < 0.9);
  CHECK(run->probe().heads[0].verdict.role == Role::previous_token);
}

TEST_CASE("frozen parameters stay as they are from the step on, the others move, and a file goes on with them frozen") {
  auto run = run_of(small());
  run->advance(3);
  REQUIRE(run->intervene(lines({"freeze embed", "freeze 0.1"})).empty());
  const auto read = [](Run& one, const char* name) { return one.cpu().read(one.trainer().program.find(name)); };
  const auto W_E = read(*run, "embed.W_E"), W_Q = read(*run, "blocks.0.attn.W_Q"), W_U = read(*run, "unembed.W_U");
  run->advance(2);
  auto other = resumed(saved(*run));
  run->advance(2), other->advance(2);
  CHECK(run->signature() == other->signature());
  CHECK(same_bits(read(*run, "embed.W_E"), W_E));
  CHECK_FALSE(same_bits(read(*run, "unembed.W_U"), W_U));
  const std::vector<float> after = read(*run, "blocks.0.attn.W_Q");  // [head, d_model, d_head]
  const size_t half = after.size() / 2;
  CHECK(same_bits({after.data() + half, half}, {W_Q.data() + half, half}));
  CHECK_FALSE(same_bits({after.data(), half}, {W_Q.data(), half}));
  REQUIRE(run->intervene({}).empty());
  run->advance(1);
  CHECK_FALSE(same_bits(read(*run, "embed.W_E"), W_E));
}

}  // namespace test_course_runs
