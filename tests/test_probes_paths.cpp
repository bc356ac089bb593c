// Path expansion against the model itself, and interventions against paths and against models with zeroed weights.

#include <algorithm>
#include <cmath>

#include "model.hpp"
#include "probes/interventions.hpp"
#include "probes/paths.hpp"
#include "support/support.hpp"
#include "trainer.hpp"

namespace test_probes_paths {

using namespace induction;
using namespace induction::tests;

namespace {

// Weights large enough that no pattern is even.
Config path_config(uint32_t layers) {
  Config c = tiny_config();
  c.n_layers = layers, c.positions = kind::positions::learned, c.norm = kind::norm::none, c.init_scale = 2.5;
  return c;
}

template <class Real>
struct Model {
  Config config;
  Program program;
  Cpu<Real> cpu;
  Model(const Config& c, uint32_t batch)
      : config(c),
        program(record_model(c, {batch, static_cast<uint32_t>(c.n_ctx), static_cast<uint32_t>(c.n_ctx)}, Mode::plain)),
        cpu(program) {
    initialise(c, cpu);
    perturb_parameters(cpu, 4);
    random_tokens(cpu, static_cast<uint32_t>(c.d_vocab), 9);
    cpu.run(false);
  }
  ModelWeights weights() { return read_weights<Real>(config, program, std::span<const Real>(cpu.region(program.parameter_region))); }
  std::vector<uint32_t> tokens(uint32_t row) {
    const Real* x = cpu.data(program.tokens) + row * program.length;
    return {x, x + program.length};
  }
  Patterns patterns(uint32_t row) {
    Patterns list;
    const uint32_t t = program.length, heads = static_cast<uint32_t>(config.n_heads);
    for (int64_t l = 0; l < config.n_layers; ++l) {
      const auto all = as_double(cpu.read(program.find("blocks." + std::to_string(l) + ".attn.hook_pattern")));
      list.emplace_back();
      for (uint32_t h = 0; h < heads; ++h) {
        Matrix m(t, t);
        std::copy_n(all.begin() + static_cast<std::ptrdiff_t>((row * heads + h) * t * t), t * t, m.values.begin());
        list.back().push_back(m);
      }
    }
    return list;
  }
  std::vector<double> logits(uint32_t row) {
    const auto all = as_double(cpu.read(program.logits));
    const size_t n = all.size() / program.batch;
    return {all.begin() + static_cast<std::ptrdiff_t>(row * n), all.begin() + static_cast<std::ptrdiff_t>((row + 1) * n)};
  }
  void zero_output(HeadPlace place) {
    const TensorId id = program.find("blocks." + std::to_string(place.layer) + ".attn.W_O");
    auto values = cpu.read(id);
    const size_t n = values.size() / static_cast<size_t>(config.n_heads);
    std::fill_n(values.begin() + static_cast<std::ptrdiff_t>(place.head * n), n, Real(0));
    cpu.write(id, values);
  }
};

constexpr double kDouble = 1e-10, kFloat = 1e-5;  // relative; float logits are sums of some hundred rounded terms

// Every kind of position and smeared keys, which all act through the patterns alone.
std::vector<Config> all_positions(uint32_t layers) {
  std::vector<Config> list;
  for (const auto p : {kind::positions::learned, kind::positions::rotary, kind::positions::sinusoidal, kind::positions::shortformer,
                       kind::positions::alibi, kind::positions::none}) {
    list.push_back(path_config(layers));
    list.back().positions = p, list.back().smeared_keys = p == kind::positions::alibi;
    list.back().tied_embedding = p == kind::positions::sinusoidal;
  }
  return list;
}

}  // namespace

TEST_CASE("the sum over all paths is the logits: 1e-10 in double, 1e-5 in float, for every kind of positions and depth") {
  for (const uint32_t layers : {1u, 2u, 4u})
    for (const Config& c : all_positions(layers)) {
      CAPTURE(config_label(c));
      Model<double> exact(c, 3);
      Model<float> rounded(c, 3);
      for (const uint32_t row : {0u, 2u}) {
        const auto paths = expand_paths(exact.weights(), exact.tokens(row), exact.patterns(row));
        CHECK(relative_distance(sum_of_paths(*paths.value).values, exact.logits(row)) < kDouble);
        const auto single = expand_paths(rounded.weights(), rounded.tokens(row), rounded.patterns(row));
        CHECK(relative_distance(sum_of_paths(*single.value).values, rounded.logits(row)) < kFloat);
      }
    }
}

TEST_CASE("there is a term for each head and each pair of heads in different layers, and longer paths from three layers on") {
  Model<double> two(path_config(2), 1), three(path_config(3), 1);
  const PathExpansion small = *expand_paths(two.weights(), two.tokens(0), two.patterns(0)).value;
  CHECK(small.single.size() == 4);
  CHECK(small.pairs.size() == 4);
  CHECK(std::all_of(small.longer.values.begin(), small.longer.values.end(), [](double x) { return x == 0; }));
  const PathExpansion large = *expand_paths(three.weights(), three.tokens(0), three.patterns(0)).value;
  CHECK(large.single.size() == 6);
  CHECK(large.pairs.size() == 12);
  CHECK(std::any_of(large.longer.values.begin(), large.longer.values.end(), [](double x) { return std::abs(x) > 1e-3; }));
}

TEST_CASE("under a norm there is no path expansion, and it says so") {
  Config c = path_config(2);
  c.norm = kind::norm::layer;
  Model<double> model(c, 1);
  CHECK(expand_paths(model.weights(), model.tokens(0), model.patterns(0)).reason ==
        "the norm (layer) divides each position by a number of its own, which the weights do not tell");
}

TEST_CASE("pattern-preserving ablation takes every logit term that contains the head, and no other") {
  const std::vector<std::vector<HeadPlace>> sets = {{{0, 0}}, {{0, 1}}, {{1, 0}}, {{1, 1}}, {{0, 0}, {0, 1}}, {{0, 1}, {1, 0}}};
  for (const Config& c : all_positions(2)) {
    CAPTURE(config_label(c));
    Model<double> model(c, 2);
    const PathExpansion paths = *expand_paths(model.weights(), model.tokens(1), model.patterns(1)).value;
    const std::vector<double> whole = model.logits(1);
    for (const auto& heads : sets) {
      run_ablated(model.cpu, heads, Ablation::pattern_preserving);
      CHECK(relative_distance(model.logits(1), sum_of_paths(paths, heads).values) < kDouble);
      CHECK(relative_distance(model.logits(1), whole) > 1e-3);
    }
  }
}

TEST_CASE("zero ablation equals a model whose W_O of that head is zero, with and without a norm") {
  for (const auto norm : {kind::norm::none, kind::norm::layer})
    for (const HeadPlace place : {HeadPlace{0, 1}, HeadPlace{1, 0}}) {
      Config c = path_config(2);
      c.norm = norm;
      Model<double> ablated(c, 3), zeroed(c, 3);
      run_ablated(ablated.cpu, {&place, 1}, Ablation::zero);
      zeroed.zero_output(place);
      zeroed.cpu.run(false);
      CHECK(relative_distance(as_double(ablated.cpu.read(ablated.program.logits)), as_double(zeroed.cpu.read(zeroed.program.logits))) <
            kDouble);
    }
}

TEST_CASE("zero and pattern-preserving ablation differ below a later layer and agree in the last one") {
  Model<double> a(path_config(2), 2), b(path_config(2), 2);
  for (const HeadPlace place : {HeadPlace{0, 0}, HeadPlace{1, 1}}) {
    run_ablated(a.cpu, {&place, 1}, Ablation::zero);
    run_ablated(b.cpu, {&place, 1}, Ablation::pattern_preserving);
    const double apart = relative_distance(a.logits(1), b.logits(1));
    CHECK((place.layer == 1 ? apart < kDouble : apart > 1e-3));
  }
}

TEST_CASE("mean ablation changes nothing where all rows are alike, and gives all rows the same output of that head elsewhere") {
  const HeadPlace place{0, 0};
  Model<double> model(path_config(2), 3);
  run_ablated(model.cpu, {&place, 1}, Ablation::mean);
  const auto z = model.cpu.read(model.program.find("blocks.0.attn.hook_z"));
  const size_t row = z.size() / 3, width = 4, heads = 2;
  for (size_t i = 0; i < row; ++i)
    if (i / width % heads == 0) CHECK(z[i] == doctest::Approx(z[2 * row + i]).epsilon(1e-12));
  // All rows alike: the mean is each row's own.
  double* tokens = model.cpu.data(model.program.tokens);
  for (uint32_t b = 1; b < 3; ++b) std::copy_n(tokens, model.program.length, tokens + b * model.program.length);
  model.cpu.run(false);
  const std::vector<double> whole = model.logits(2);
  run_ablated(model.cpu, {&place, 1}, Ablation::mean);
  CHECK(relative_distance(model.logits(2), whole) < kDouble);
  run_ablated(model.cpu, {&place, 1}, Ablation::resample);
  CHECK(relative_distance(model.logits(2), whole) < kDouble);
}

TEST_CASE("resample ablation puts the next row's output in place") {
  const HeadPlace place{0, 1};
  Model<double> model(path_config(2), 3);
  const auto clean = model.cpu.read(model.program.find("blocks.0.attn.hook_z"));
  run_ablated(model.cpu, {&place, 1}, Ablation::resample);
  const auto z = model.cpu.read(model.program.find("blocks.0.attn.hook_z"));
  const size_t row = z.size() / 3, width = 4, heads = 2;
  for (size_t i = 0; i < z.size(); ++i) CHECK(z[i] == (i / width % heads == 1 ? clean[(i + row) % z.size()] : clean[i]));
}

TEST_CASE("patching every head of layer 0 at the only position that differs, one at a time, restores a part; the clean run is 1") {
  // Row 0 clean, rows 1 and 2 corrupted, row 2 patched. They differ at position 2 only; in a one-layer model the logits at position 5 see
  // it through z at position 5 alone.
  Config c = path_config(1);
  c.n_heads = 1, c.d_head = 8;
  Model<double> model(c, 3);
  double* tokens = model.cpu.data(model.program.tokens);
  for (uint32_t b = 1; b < 3; ++b) std::copy_n(tokens, model.program.length, tokens + b * model.program.length);
  for (uint32_t b = 1; b < 3; ++b) tokens[b * model.program.length + 2] = tokens[2] == 0 ? 1 : 0;
  const auto at = [&](uint32_t position) {
    const Edit<double> edit{model.program.find("blocks.0.attn.hook_z"), [&](std::vector<double>& z) {
                              for (size_t e = 0; e < 8; ++e) z[(2 * model.program.length + position) * 8 + e] = z[position * 8 + e];
                            }};
    run_edited<double>(model.cpu, {&edit, 1});
    const auto difference = [&](uint32_t row) { return model.logits(row)[5 * 5 + 1] - model.logits(row)[5 * 5 + 2]; };
    return (difference(2) - difference(1)) / (difference(0) - difference(1));
  };
  CHECK(at(5) == doctest::Approx(1.0).epsilon(kDouble));  // all that reaches position 5 comes by its own z
  CHECK(at(4) == 0.0);                                    // z of another position does not reach it in one layer
}

TEST_CASE("the logit of a token over the mean is the sum of its paths' parts") {
  Model<double> model(path_config(3), 1);
  const PathExpansion paths = *expand_paths(model.weights(), model.tokens(0), model.patterns(0)).value;
  const std::vector<Attribution> parts = attribute_logit(paths, 6, 3);
  CHECK(parts.size() == 1 + 6 + 12 + 1);
  double sum = 0, mean = 0;
  for (const Attribution& part : parts) sum += part.logit;
  const std::vector<double> logits = model.logits(0);
  for (size_t v = 0; v < 5; ++v) mean += logits[6 * 5 + v] / 5;
  CHECK(sum == doctest::Approx(logits[6 * 5 + 3] - mean).epsilon(kDouble));
}

TEST_CASE("losses from logits are those of the model") {
  Model<double> model(path_config(2), 1);
  const PathExpansion paths = *expand_paths(model.weights(), model.tokens(0), model.patterns(0)).value;
  const double* t = model.cpu.data(model.program.targets);
  const std::vector<int32_t> targets(t, t + model.program.length);
  CHECK(relative_distance(losses_of(sum_of_paths(paths), targets), as_double(model.cpu.read(model.program.loss))) < kDouble);
}

}  // namespace test_probes_paths
