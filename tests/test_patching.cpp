// Activation patching between two prompts: every place at once. docs/maths.md (39).

#include <nlohmann/json.hpp>

#include "model.hpp"
#include "probes/patching.hpp"
#include "record.hpp"
#include "support/support.hpp"
#include "trainer.hpp"

using namespace induction;
using namespace induction::tests;

namespace {

constexpr uint32_t kLength = 8, kChanged = 2;

Config small() {
  Config c = tiny_config();
  c.positions = kind::positions::learned;
  return c;
}

std::vector<float> parameters_of(const Config& c) {
  const Program program = record_model(c, {1, kLength, kLength});
  Cpu<float> cpu(program);
  initialise(c, cpu);
  perturb_parameters(cpu, 3);
  return copy_of(cpu, program.parameter_region);
}

PatchPair pair() { return {{1, 2, 3, 4, 1, 2, 0, 1}, {1, 2, 0, 4, 1, 2, 0, 1}, {}, 3u, 0u}; }

}  // namespace

TEST_CASE("every head's patch equals patching that head alone in a batch of three") {
  for (const auto norm : {kind::norm::none, kind::norm::layer}) {
    Config c = small();
    c.norm = norm, c.d_mlp = norm == kind::norm::none ? 0 : 5;
    const std::vector<float> parameters = parameters_of(c);
    const auto found = measure_patches(c, parameters, pair());
    REQUIRE(found);
    REQUIRE(found->value);
    const PatchReport& report = *found->value;
    CHECK(report.read_position == kLength - 1);
    const Program program = record_model(for_evaluation(c), {3, kLength, kLength}, Mode::plain);
    Cpu<float> cpu(program);
    std::copy(parameters.begin(), parameters.end(), cpu.region(program.parameter_region).begin());
    for (uint32_t b = 0; b < 3; ++b)
      for (uint32_t t = 0; t < kLength; ++t)
        cpu.data(program.tokens)[b * kLength + t] = static_cast<float>((b == 0 ? pair().clean : pair().corrupted)[t]);
    for (uint32_t l = 0; l < 2; ++l)
      for (uint32_t h = 0; h < 2; ++h)
        for (uint32_t t = 0; t < kLength; ++t) {
          const auto alone = patching_ratio(cpu, Patch{{l, h}, t, kLength - 1, 3, 0});
          REQUIRE(alone.value);
          CHECK(report.head[l][h][t] == *alone.value);
        }
  }
}

TEST_CASE("the residual stream brings all of the answer back where the prompts differ, and after the last layer only where it is read") {
  const Config c = small();
  const PatchReport report = *measure_patches(c, parameters_of(c), pair())->value;
  REQUIRE(report.resid.size() == 3);
  for (uint32_t t = 0; t < kLength; ++t) {
    // The same numbers in the same kernels: exactly 0 or 1.
    CHECK(report.resid[0][t] == (t == kChanged ? 1.0 : 0.0));
    CHECK(report.resid[2][t] == (t == kLength - 1 ? 1.0 : 0.0));
    // No head of layer 0 sees the change before it is there.
    if (t < kChanged)
      for (uint32_t h = 0; h < 2; ++h) CHECK(report.head[0][h][t] == 0);
  }
}

TEST_CASE("a prompt longer than one batch of patches, and a model with something held, are patched alike") {
  Config c = small();
  c.n_ctx = 40, c.period_max = 6;
  PatchPair long_pair{std::vector<int32_t>(40, 1), std::vector<int32_t>(40, 1), {}, {}, {}};
  for (int32_t t = 0; t < 40; ++t) long_pair.clean[static_cast<size_t>(t)] = long_pair.corrupted[static_cast<size_t>(t)] = t % 5;
  long_pair.corrupted[39] = 0, long_pair.right = 1, long_pair.wrong = 2;
  const Program program = record_model(c, {1, 40, 40});
  Cpu<float> cpu(program);
  initialise(c, cpu);
  perturb_parameters(cpu, 3);
  const std::vector<float> parameters = copy_of(cpu, program.parameter_region);
  const PatchReport report = *measure_patches(c, parameters, long_pair)->value;
  CHECK(report.resid[0].size() == 40);
  CHECK(report.resid[0][39] == 1);
  CHECK(std::count(report.resid[0].begin(), report.resid[0].end(), 0.0) == 39);
  Intervention zero;
  REQUIRE(read_intervention("ablate 1.0 zero", zero).empty());
  const PatchReport held = *measure_patches(c, parameters, long_pair, {zero})->value;
  for (const double x : held.head[1][0]) CHECK(x == 0);  // what is held stays held
  CHECK(held.head[1][1] != report.head[1][1]);
}

TEST_CASE("without an answer to compare, patches are not defined; JSON says so, or has every place") {
  const Config c = small();
  const std::vector<float> parameters = parameters_of(c);
  PatchPair same = pair();
  same.corrupted = same.clean;
  CHECK(measure_patches(c, parameters, same)->reason == "the clean and the corrupted prompt have the same logit difference");
  same = pair(), same.wrong = same.right;
  CHECK(measure_patches(c, parameters, same)->reason == "the right and the wrong answer are both token 3");
  CHECK(patch_json(*measure_patches(c, parameters, same)) == R"({"not_defined":"the right and the wrong answer are both token 3"})");
  const auto json = nlohmann::json::parse(patch_json(*measure_patches(c, parameters, pair())), nullptr, false);
  CHECK(json["head"][1][1].size() == kLength);
  CHECK(json["resid"].size() == 3);
  // Without being told, the answers are what the model holds likeliest.
  PatchPair open = pair();
  open.right.reset(), open.wrong.reset();
  const auto own = measure_patches(c, parameters, open);
  if (own->value) CHECK(own->value->clean >= 0);
}

TEST_CASE("prompts that a model cannot read, or that differ in length, get a sentence") {
  const Config c = small();
  const auto says_so = [&](auto change, const char* words) {
    PatchPair bad = pair();
    change(bad);
    const std::string sentence = patch_problem(c, bad);
    CAPTURE(sentence);
    CHECK(sentence.find(words) != std::string::npos);
  };
  CHECK(patch_problem(c, pair()).empty());
  says_so([](PatchPair& p) { p.clean = {1}; }, "the clean prompt has 1 tokens; it must have 2 to 8");
  says_so([](PatchPair& p) { p.clean.resize(9); }, "has 9 tokens");
  says_so([](PatchPair& p) { p.corrupted.pop_back(); }, "both must be equally long");
  says_so([](PatchPair& p) { p.corrupted[3] = 5; }, "token 5 at position 3 of the corrupted prompt");
  says_so([](PatchPair& p) { p.clean[0] = -1; }, "token -1 at position 0 of the clean prompt");
  says_so([](PatchPair& p) { p.read_position = 8; }, "the position to read is 8");
  says_so([](PatchPair& p) { p.right = 5; }, "the right token is 5");
  says_so([](PatchPair& p) { p.wrong = 99; }, "the wrong token is 99");
}
