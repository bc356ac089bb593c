// Activation patching between two prompts: every place at once. docs/maths.md (39).

#include <cmath>
#include <nlohmann/json.hpp>

#include "model.hpp"
#include "probes/interventions.hpp"
#include "probes/patching.hpp"
#include "record.hpp"
#include "support/held.hpp"
#include "support/support.hpp"
#include "trainer.hpp"

namespace test_patching {

using namespace induction;
using namespace induction::tests;

namespace {

constexpr uint32_t kLength = 8, kChanged = 2;

std::vector<float> parameters_of(const Config& c) {
  const Program program = record_model(c, {1, kLength, kLength});
  Cpu<float> cpu(program);
  initialise(c, cpu);
  perturb_parameters(cpu, 3);
  return copy_of(cpu, program.parameter_region);
}

PatchPair pair() { return {{1, 2, 3, 4, 1, 2, 0, 1}, {1, 2, 0, 4, 1, 2, 0, 1}, {}, 3u, 0u}; }

// Learned positions, no norm, no MLP: everything by definition, for one prompt at a time.
class NaivePatch {
 public:
  struct Place {
    bool head;
    uint32_t layer, which, t;
  };
  // What can be patched: resid [layer][t][d], z [layer][h][t][e]; and the last position's logits.
  struct Flow {
    std::vector<std::vector<std::vector<double>>> resid;
    std::vector<std::vector<std::vector<std::vector<double>>>> z;
    std::vector<double> logits;
  };
  explicit NaivePatch(const ModelWeights& weights) : w(weights) {}
  Flow run(const std::vector<int32_t>& x, const Flow* clean = nullptr, Place place = {}) const;

 private:
  const ModelWeights& w;
};

// q . k / sqrt(d_head), softmax over k <= q, sum of values.
std::vector<std::vector<double>> naive_z(const HeadWeights& head, const std::vector<std::vector<double>>& x) {
  const size_t width = head.W_Q.columns;
  const auto times = [&](const std::vector<double>& row, const Matrix& m) {
    std::vector<double> out(m.columns, 0.0);
    for (uint32_t i = 0; i < m.rows; ++i)
      for (uint32_t j = 0; j < m.columns; ++j) out[j] += row[i] * m(i, j);
    return out;
  };
  std::vector<std::vector<double>> z;
  for (size_t q = 0; q < x.size(); ++q) {
    const std::vector<double> query = times(x[q], head.W_Q);
    std::vector<double> share, sum(width, 0.0);
    double total = 0;
    for (size_t k = 0; k <= q; ++k) {
      const std::vector<double> key = times(x[k], head.W_K);
      double score = 0;
      for (size_t e = 0; e < width; ++e) score += query[e] * key[e];
      share.push_back(std::exp(score / std::sqrt(static_cast<double>(width))));
      total += share.back();
    }
    for (size_t k = 0; k <= q; ++k) {
      const std::vector<double> value = times(x[k], head.W_V);
      for (size_t e = 0; e < width; ++e) sum[e] += share[k] / total * value[e];
    }
    z.push_back(sum);
  }
  return z;
}

NaivePatch::Flow NaivePatch::run(const std::vector<int32_t>& x, const Flow* clean, Place place) const {
  Flow flow;
  const size_t length = x.size(), d = w.W_E.columns;
  std::vector<std::vector<double>> resid(length, std::vector<double>(d));
  const auto stream = [&](uint32_t layer) {
    if (clean && !place.head && place.layer == layer) resid[place.t] = clean->resid[layer][place.t];
    flow.resid.push_back(resid);
  };
  for (uint32_t t = 0; t < length; ++t)
    for (uint32_t i = 0; i < d; ++i) resid[t][i] = w.W_E(static_cast<uint32_t>(x[t]), i) + w.W_pos(t, i);
  stream(0);
  for (uint32_t l = 0; l < w.heads.size(); ++l) {
    flow.z.emplace_back();
    for (uint32_t h = 0; h < w.heads[l].size(); ++h) {
      flow.z[l].push_back(naive_z(w.heads[l][h], flow.resid[l]));
      if (clean && place.head && place.layer == l && place.which == h) flow.z[l][h][place.t] = clean->z[l][h][place.t];
      for (size_t t = 0; t < length; ++t)
        for (uint32_t e = 0; e < w.heads[l][h].W_O.rows; ++e)
          for (uint32_t i = 0; i < d; ++i) resid[t][i] += flow.z[l][h][t][e] * w.heads[l][h].W_O(e, i);
    }
    stream(l + 1);
  }
  for (uint32_t v = 0; v < w.W_U.columns; ++v) {
    flow.logits.push_back(0);
    for (uint32_t i = 0; i < d; ++i) flow.logits[v] += resid[length - 1][i] * w.W_U(i, v);
  }
  return flow;
}
// A pair's parameters and tokens in a batch of three: clean, corrupted, patched. The Program is a plain one, edited between its Steps.
struct Three {
  Program program;
  Cpu<float> cpu;
  Three(const Config& c, const std::vector<float>& parameters)
      : program(record_model(for_evaluation(c), {3, kLength, kLength}, Mode::plain)), cpu(program) {
    std::copy(parameters.begin(), parameters.end(), cpu.region(program.parameter_region).begin());
    for (uint32_t b = 0; b < 3; ++b)
      for (uint32_t t = 0; t < kLength; ++t)
        cpu.data(program.tokens)[b * kLength + t] = static_cast<float>((b == 0 ? pair().clean : pair().corrupted)[t]);
  }
  // The ratio when `width` floats from `first` on, of the `stride` at position t, come from the clean row.
  double ratio(const std::string& name, size_t t, size_t stride, size_t first, size_t width) {
    const Edit<float> edit{program.find(name), [&](std::vector<float>& x) {
                             const auto from = x.begin() + static_cast<std::ptrdiff_t>(t * stride + first);
                             std::copy_n(from, width, from + static_cast<std::ptrdiff_t>(2 * kLength * stride));
                           }};
    run_edited<float>(cpu, {&edit, 1});
    const auto difference = [&](uint32_t row) {
      const float* at = cpu.data(program.logits) + (row * kLength + kLength - 1) * program.tensors[program.logits].shape[2];
      return static_cast<double>(at[3]) - static_cast<double>(at[0]);
    };
    return (difference(2) - difference(1)) / (difference(0) - difference(1));
  }
};

}  // namespace

TEST_CASE("patches as Steps equal editing the tensor between the Steps in a batch of three, to the bit: heads and streams") {
  for (const auto norm : {kind::norm::none, kind::norm::layer}) {
    Config c = held_config();
    c.norm = norm, c.d_mlp = norm == kind::norm::none ? 0 : 5;
    const std::vector<float> parameters = parameters_of(c);
    const auto found = measure_patches(c, parameters, pair());
    REQUIRE(found);
    REQUIRE(found->value);
    const PatchReport& report = *found->value;
    CHECK(report.read_position == kLength - 1);
    Three alone(c, parameters);
    const auto d = static_cast<size_t>(c.d_model), width = static_cast<size_t>(head_width(c));
    for (uint32_t t = 0; t < kLength; ++t) {
      for (uint32_t l = 0; l < 2; ++l) {
        const std::string block = "blocks." + std::to_string(l);
        for (uint32_t h = 0; h < 2; ++h) CHECK(report.head[l][h][t] == alone.ratio(block + ".attn.hook_z", t, 2 * width, h * width, width));
        CHECK(report.resid[l + 1][t] == alone.ratio(block + ".hook_resid_post", t, d, 0, d));
      }
      CHECK(report.resid[0][t] == alone.ratio("blocks.0.hook_resid_pre", t, d, 0, d));
    }
  }
}

TEST_CASE("patches equal a model written out as loops over double") {
  const Config c = held_config();
  const std::vector<float> parameters = parameters_of(c);
  const PatchReport report = *measure_patches(c, parameters, pair())->value;
  const Program program = record_model(c, {1, kLength, kLength});
  const ModelWeights w = read_weights<float>(c, program, parameters);
  const NaivePatch naive(w);
  const auto clean = naive.run(pair().clean), corrupted = naive.run(pair().corrupted);
  const auto difference = [](const NaivePatch::Flow& flow) { return flow.logits[3] - flow.logits[0]; };
  CHECK(report.clean == doctest::Approx(difference(clean)).epsilon(1e-5));
  CHECK(report.corrupted == doctest::Approx(difference(corrupted)).epsilon(1e-5));
  const auto ratio = [&](NaivePatch::Place place) {
    const auto patched = naive.run(pair().corrupted, &clean, place);
    return (difference(patched) - difference(corrupted)) / (difference(clean) - difference(corrupted));
  };
  for (uint32_t t = 0; t < kLength; ++t) {
    for (uint32_t l = 0; l < 2; ++l)
      for (uint32_t h = 0; h < 2; ++h) CHECK(report.head[l][h][t] == doctest::Approx(ratio({true, l, h, t})).epsilon(1e-4));
    for (uint32_t l = 0; l < 3; ++l) CHECK(report.resid[l][t] == doctest::Approx(ratio({false, l, 0, t})).epsilon(1e-4));
  }
}

TEST_CASE("gradients of a Program that patches equal central differences: through the row, and to the clean row") {
  Config c = held_config();
  c.batch = 24, c.d_model = 6, c.d_head = 3, c.d_vocab = 4;  // chunks of three rows: two take from the first
  // Heads are the places 0 to 3, streams 4 to 6. Clean rows take nothing, whatever is written there.
  std::vector<double> patched;
  for (uint32_t b = 0; b < 24; ++b) patched.insert(patched.end(), {b % 3 == 2 && b < 6 ? -1.0 : double(b % 7), double(b % 5)});
  check_extra_gradients(c, {{}, false, {}, true}, patched);
  c.norm = kind::norm::layer, c.d_mlp = 4;
  check_extra_gradients(c, {{}, false, {}, true}, patched);
}

TEST_CASE("a Program that patches nowhere computes what one without patches does, and training knows no patches") {
  const Config c = held_config();
  const auto logits = [&](bool patches) {
    const Program program = record_model(c, {12, kLength, kLength}, Mode::training, {{}, false, {}, patches});
    Cpu<float> cpu(program);
    initialise(c, cpu);
    random_tokens(cpu, 5, 12);
    if (patches) cpu.write(program.patched, std::vector<float>(24, -1.0f));
    cpu.run(false);
    return cpu.read(program.logits);
  };
  CHECK(same_bits(logits(true), logits(false)));
  for (const Step& step : record_model(c, {12, kLength, kLength}).forward) CHECK(step.kernel != Kernel::patch_rows);
}

TEST_CASE("the residual stream brings all of the answer back where the prompts differ, and after the last layer only where it is read") {
  const Config c = held_config();
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
  Config c = held_config();
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

TEST_CASE("what is held of measured rows is the same in all rows, so it does not look like an effect of patching") {
  const Config c = held_config();
  const std::vector<float> parameters = parameters_of(c);
  Interventions held = {line("ablate 0.1 resample")};
  REQUIRE(measure_held(held, c, parameters, {}));
  const PatchReport report = *measure_patches(c, parameters, pair(), held)->value;
  for (uint32_t t = 0; t < kLength; ++t) {
    CHECK(report.resid[0][t] == (t == kChanged ? 1.0 : 0.0));
    CHECK(report.head[0][1][t] == 0);
  }
}

TEST_CASE("without an answer to compare, patches are not defined; JSON says so, or has every place") {
  const Config c = held_config();
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
  const Config c = held_config();
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

}  // namespace test_patching
