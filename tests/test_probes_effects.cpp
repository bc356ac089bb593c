// Composition by its effect, a head's circuits over the vocabulary, and what adds up to a logit: against the model itself, against
// interventions, and against full matrices.

#include <Eigen/Dense>
#include <algorithm>

#include "model.hpp"
#include "probes/attribution.hpp"
#include "probes/composition.hpp"
#include "probes/head_circuit.hpp"
#include "support/weights.hpp"

namespace test_probes_effects {

using namespace induction;
using namespace induction::tests;

namespace {

const std::vector<std::vector<uint32_t>> kRows = {{0, 1, 2, 3, 0, 1, 2, 4}, {4, 3, 4, 3, 1, 1, 0, 2}};

// Parameters large enough that attention is far from even.
std::vector<float> some_parameters(const Config& config, uint32_t seed, double scale = 0.9) {
  const Program program = record_model(for_evaluation(config), {1, 8, 8});
  std::vector<float> values;
  for (const double x : random_values(program.parameter_region.size, seed, scale)) values.push_back(static_cast<float>(x));
  return values;
}

std::vector<float> pattern_with(const Config& config, const std::string& line, std::span<const float> parameters, uint32_t layer) {
  Intervention one;
  REQUIRE(read_intervention(line, one) == "");
  PathPatching model(config, {one}, kRows, parameters);
  return model.clean(layer).pattern;
}

Config of(kind::positions positions, bool smeared = false) {
  Config c = tiny_config();
  c.positions = positions, c.smeared_keys = smeared, c.norm = kind::norm::none;
  return c;
}

// Largest difference of one head's patterns over both rows.
double apart(const std::vector<float>& a, const std::vector<float>& b, uint32_t head) {
  double most = 0;
  for (size_t row = 0; row < 2; ++row)
    for (size_t i = 0; i < 64; ++i) {
      const size_t at = (row * 2 + head) * 64 + i;
      most = std::max(most, std::abs(double{a[at]} - b[at]));
    }
  return most;
}

using Dense = Eigen::MatrixXd;
Dense dense(const Matrix& m) {
  Dense d(m.rows, m.columns);
  for (uint32_t r = 0; r < m.rows; ++r)
    for (uint32_t c = 0; c < m.columns; ++c) d(r, c) = m(r, c);
  return d;
}
double largest_difference(const Matrix& a, const Dense& b) { return (dense(a) - b).cwiseAbs().maxCoeff(); }

constexpr double kFloat = 2e-6;  // patterns in [0, 1] from two orders of float sums

}  // namespace

TEST_CASE("a message taken out of queries or keys gives the pattern of the intervention `path`, which cuts the same") {
  for (const Config& c : {of(kind::positions::learned), of(kind::positions::rotary), of(kind::positions::alibi),
                          of(kind::positions::shortformer), of(kind::positions::rotary, true)}) {
    const std::vector<float> parameters = some_parameters(c, 3);
    PathPatching model(c, {}, kRows, parameters);
    const PathPatching::Without found = model.without({0, 1}, 1);
    for (uint32_t h = 0; h < 2; ++h) {
      const std::string to = " 1." + std::to_string(h) + " 0";
      CHECK(apart(found.q, pattern_with(c, "path 0.1 q" + to, parameters, 1), h) < kFloat);
      CHECK(apart(found.k, pattern_with(c, "path 0.1 k" + to, parameters, 1), h) < kFloat);
      CHECK(apart(found.k, model.clean(1).pattern, h) > 1e-3);  // so it could have failed
    }
  }
}

TEST_CASE("what was taken out is back afterwards: the second answer is the first one, also beside a path that is held") {
  const Config c = of(kind::positions::rotary);
  const std::vector<float> parameters = some_parameters(c, 4);
  Intervention held;
  REQUIRE(read_intervention("path 0.0 v 1.0 0.5", held) == "");
  PathPatching model(c, {held}, kRows, parameters);
  const PathPatching::Without first = model.without({0, 0}, 1);
  model.without({0, 1}, 1, Message::scrambled), model.output_without_key({0, 1}, 1);
  const PathPatching::Without again = model.without({0, 0}, 1);
  CHECK(first.q == again.q);
  CHECK(first.k == again.k);
  CHECK(first.v == again.v);
}

TEST_CASE("effects lie in [0, 1], a head of zeros has none, and a clamped pattern does not move") {
  Config c = tiny_config();
  c.norm = kind::norm::layer, c.positions = kind::positions::rotary, c.n_layers = 3, c.d_mlp = 8;
  std::vector<float> parameters = some_parameters(c, 5);
  const Program program = record_model(for_evaluation(c), {1, 8, 8});
  const Tensor& W_O = program.tensors[program.find("blocks.0.attn.W_O")];
  std::fill_n(parameters.begin() + (W_O.offset - program.parameter_region.offset), W_O.stride[0], 0.0f);  // head 0.0
  Intervention clamp;
  REQUIRE(read_intervention("clamp 2.1 previous", clamp) == "");
  PathPatching model(c, {clamp}, kRows, parameters);
  const std::vector<PathEffect> list = path_effects(model);
  REQUIRE(list.size() == 4 + 4 + 4);
  for (const PathEffect& e : list) {
    const bool silent = e.from == HeadPlace{0, 0}, clamped = e.to == HeadPlace{2, 1};
    for (const double x : {e.q, e.k, e.q_chance, e.k_chance}) CHECK((silent || clamped ? x == 0 : x > 0 && x <= 1));
    for (const double x : {e.v, e.v_chance}) CHECK((silent ? x == 0 : x > 0 && x <= 1));
  }
}

TEST_CASE("a scrambled message moves random heads about as far as their own does: chance is chance") {
  Config c = bare_config(2, 4, 32, 8, 5);
  c.n_ctx = 8;
  PathPatching model(c, {}, kRows, some_parameters(c, 9, 0.3));  // ±0.3: the initial standard deviation of 1/√d_model
  double own = 0, scrambled = 0;
  for (const PathEffect& e : path_effects(model)) own += e.q + e.k, scrambled += e.q_chance + e.k_chance;
  CHECK(own / scrambled > 0.7);  // 16 pairs, each of which differs by some 50 %
  CHECK(own / scrambled < 1.5);
}

TEST_CASE("the parts of a logit add up to the model's own, by path and as wholes, at every position") {
  const auto with = [](auto change) {
    Config c = tiny_config();
    c.norm = kind::norm::none, c.positions = kind::positions::rotary;
    change(c);
    return c;
  };
  const Config by_path[] = {with([](Config&) {}), with([](Config& c) { c.n_layers = 4, c.positions = kind::positions::learned; }),
                            with([](Config& c) { c.smeared_keys = true, c.tied_embedding = true; })};
  const Config whole[] = {with([](Config& c) { c.norm = kind::norm::layer; }),
                          with([](Config& c) { c.norm = kind::norm::rms, c.d_mlp = 8; }), with([](Config& c) { c.d_mlp = 8; })};
  const uint32_t tokens[] = {1, 4};
  for (const auto& [list, reason] : {std::pair{std::span(by_path), false}, {std::span(whole), true}})
    for (const Config& c : list) {
      PathPatching model(c, {}, {kRows[0]}, some_parameters(c, 6));
      for (const uint32_t position : {0u, 3u, 7u}) {
        const LogitAttribution found = attribute_logits(model, {}, position, tokens);
        CHECK(found.not_by_path.empty() != reason);
        for (size_t i = 0; i < 2; ++i) {
          double sum = 0, size = 0;
          for (const LogitPart& part : found.parts) sum += part.logits[i], size += std::abs(part.logits[i]);
          CHECK(std::abs(sum - found.totals[i]) < 1e-5 * size);  // the model is float
        }
      }
    }
}

TEST_CASE("with an ablation held the parts are wholes, the ablated head adds nothing, and the sum is still exact") {
  Config c = of(kind::positions::learned);
  Intervention held;
  REQUIRE(read_intervention("ablate 0.1 zero", held) == "");
  PathPatching model(c, {held}, {kRows[0]}, some_parameters(c, 7));
  const uint32_t token = 2;
  const LogitAttribution found = attribute_logits(model, {held}, 5, {&token, 1});
  CHECK(found.not_by_path == "what is held in the model (ablate 0.1 zero) changes what a head writes");
  double sum = 0;
  for (const LogitPart& part : found.parts) sum += part.logits[0];
  CHECK(sum == doctest::Approx(found.totals[0]).epsilon(1e-4));
  CHECK(found.parts[2].heads[0] == HeadPlace{0, 1});
  CHECK(found.parts[2].logits[0] == 0);
}

TEST_CASE("a head's QK, QK through an earlier head and OV circuits and its eigenvalues are those of the full matrices") {
  const ModelWeights w = random_weights(bare_config(2, 2, 16, 5, 13), 12);
  const HeadWeights &head = w.heads[1][1], &from = w.heads[0][1];
  const HeadCircuit found = head_circuit(w, {1, 1}, HeadPlace{0, 1});
  const Dense E = dense(w.W_E), QK = dense(head.W_Q) * dense(head.W_K).transpose() / std::sqrt(5.0);
  const Dense OV = dense(head.W_V) * dense(head.W_O), earlier = dense(from.W_V) * dense(from.W_O);
  CHECK(largest_difference(found.qk.value->values, E * QK * E.transpose()) < 1e-12);
  CHECK(largest_difference(found.qk_through.value->values, E * QK * earlier.transpose() * E.transpose()) < 1e-12);
  const Dense full = E * OV * dense(w.W_U);
  CHECK(largest_difference(found.ov.value->values, full) < 1e-12);
  CHECK(found.ov.value->diagonal.margin == doctest::Approx(copying_diagonal(w, {1, 1}).value->margin));
  REQUIRE(found.eigenvalues.value->size() == 5);
  std::complex<double> sum = 0;
  for (const std::complex<double>& value : *found.eigenvalues.value) sum += value;
  CHECK(std::abs(sum - full.trace()) < 1e-10);
  CHECK(*found.copying.value == *copying_eigenvalue(w, {1, 1}).value);
}

TEST_CASE("a circuit that is not defined says why: rotary positions, a norm, layer 0, too many tokens") {
  const auto with = [](auto change) {
    Config c = bare_config(2, 1, 8, 4, 5);
    change(c);
    return head_circuit(random_weights(c, 1), {1, 0}, HeadPlace{0, 0});
  };
  const HeadCircuit rotary = with([](Config& c) { c.positions = kind::positions::rotary; });
  CHECK(rotary.qk.reason.find("rotary") == 0);
  CHECK(rotary.ov.value.has_value());
  CHECK(with([](Config& c) { c.norm = kind::norm::rms; }).ov.reason.find("the norm") == 0);
  const HeadCircuit wide = with([](Config& c) { c.d_vocab = 257; });
  CHECK(wide.ov.reason == "maps of token pairs are made for vocabularies of up to 256 tokens; this one has 257");
  CHECK(wide.copying.value.has_value());
  const ModelWeights plain = random_weights(bare_config(2, 1, 8, 4, 5), 1);
  CHECK(head_circuit(plain, {0, 0}, std::nullopt).qk_through.reason == "a head of layer 0 has no earlier head to compose with");
}

TEST_CASE("the composition of all pairs is that of each, later layers included") {
  const ModelWeights w = random_weights(bare_config(3, 2, 16, 4, 5), 2);
  const std::vector<ComposedPair> all = all_compositions(w);
  REQUIRE(all.size() == 12);
  for (const auto& [from, to, scores] : all) {
    CHECK(from.layer < to.layer);
    CHECK(*scores.q.value == *composition(w, from, to).q.value);
    CHECK(*scores.k.value == *composition(w, from, to).k.value);
    CHECK(*scores.v.value == *composition(w, from, to).v.value);
  }
}

TEST_CASE("a pass that goes on where a head's output matrix is first read ends with the bits of a whole pass") {
  Config three = tiny_config();
  three.n_layers = 3;
  std::vector<std::pair<Config, std::string>> cases;
  for (const Preset& preset : presets()) cases.push_back({preset.config, ""});
  for (const char* line :
       {"path 0.1 k 1.0 0.5", "path 0.0 v 2.1 0", "copy 1.0 12", "clamp 1.1 match", "ablate 0.1 pattern_preserving", "ablate 1.0 zero"})
    cases.push_back({three, line});
  for (const auto& one : cases) {
    const auto& [config, line] = one;
    CAPTURE(one.second);
    Interventions held;
    if (!line.empty()) REQUIRE(read_intervention(line, held.emplace_back()) == "");
    const uint32_t length = std::min(16u, static_cast<uint32_t>(config.n_ctx));
    const Program program = record_model(for_evaluation(config), {2, length, length}, Mode::training, {{}, false, held});
    Cpu<float> cpu(program);
    REQUIRE(cpu.ok());
    const std::vector<double> values = random_values(program.parameter_region.size, 5, 0.3);
    std::copy(values.begin(), values.end(), cpu.region(program.parameter_region).begin());
    for (uint32_t i = 0; i < 2 * length; ++i) cpu.data(program.tokens)[i] = cpu.data(program.targets)[i] = static_cast<float>(i % 5);
    cpu.run(false);
    const std::vector<float> whole = cpu.read(program.logits);
    for (int64_t layer = config.n_layers; layer-- > 0;) {
      const Tensor& W_O = program.tensors[program.find("blocks." + std::to_string(layer) + ".attn.W_O")];
      const size_t first = program.first_reader(W_O);
      CHECK(first > 0);
      const std::vector<float> kept = cpu.read(W_O);
      cpu.write(W_O, std::vector<float>(kept.size(), 0.0f));
      cpu.run_forward_from(first);
      const std::vector<float> without = cpu.read(program.logits);
      cpu.run(false);
      CHECK(without == cpu.read(program.logits));
      CHECK(without != whole);
      cpu.write(W_O, kept);
      cpu.run_forward_from(first);
      CHECK(whole == cpu.read(program.logits));
    }
  }
}

TEST_CASE("a large model is measured on fewer rows, one that would hold up training on none") {
  Config c;
  CHECK(path_effect_rows(c) == 2);
  c.n_layers = 4, c.n_heads = 16, c.d_model = 256, c.n_ctx = 256;
  CHECK(path_effect_rows(c) == 0);
}

}  // namespace test_probes_effects
