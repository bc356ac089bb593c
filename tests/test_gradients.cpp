// Every reverse rule at once: each element of each parameter of tiny whole models against central differences in double.

#include "model.hpp"
#include "support/support.hpp"
#include "trainer.hpp"

namespace test_gradients {

using namespace induction;
using namespace induction::tests;

namespace {

// Central differences: truncation is about step² · f‴/6, rounding 1e-16 / step; both about 1e-10 of a typical gradient here.
constexpr double kStep = 1e-5;
constexpr double kTolerance = 1e-6;

double mean_loss(Cpu<double>& cpu) {
  cpu.run(false);
  double sum = 0;
  for (const double x : cpu.read(cpu.program().loss)) sum += x;
  return sum / (cpu.program().batch * cpu.program().length);
}

void prepare(Cpu<double>& cpu, const Config& c) {
  initialise(c, cpu);
  perturb_parameters(cpu, 11);
  random_tokens(cpu, static_cast<uint32_t>(c.d_vocab), 12);
}

// One vector per parameter, in the Program's order.
std::vector<std::vector<double>> central_differences(Cpu<double>& cpu) {
  std::vector<std::vector<double>> gradients;
  for (const TensorId id : cpu.program().parameters) {
    std::vector<double> values = cpu.read(id), gradient(values.size());
    for (size_t i = 0; i < values.size(); ++i) {
      const double middle = values[i];
      double loss[2];
      for (const int side : {0, 1}) {
        values[i] = middle + (side ? kStep : -kStep);
        cpu.write(id, values);
        loss[side] = mean_loss(cpu);
      }
      values[i] = middle;
      gradient[i] = (loss[1] - loss[0]) / (2 * kStep);
    }
    cpu.write(id, values);
    gradients.push_back(gradient);
  }
  return gradients;
}

void check_model(const Config& c) {
  CAPTURE(config_label(c));
  REQUIRE(problems(c).empty());
  const auto batch = static_cast<uint32_t>(c.batch), length = static_cast<uint32_t>(c.n_ctx);
  const Program plain = record_model(c, {batch, length, length}, Mode::plain);
  Cpu<double> numeric(plain);
  prepare(numeric, c);
  const auto expected = central_differences(numeric);
  bool ever_different = false;
  for (const Mode mode : {Mode::plain, Mode::training}) {
    const Program program = record_model(c, {batch, length, length}, mode);
    Cpu<double> cpu(program);
    prepare(cpu, c);
    cpu.run(true);
    cpu.finish_gradient();
    for (size_t p = 0; p < program.parameters.size(); ++p) {
      const TensorId id = program.parameters[p];
      CAPTURE(program.tensors[id].name);
      CAPTURE(static_cast<int>(mode));
      const std::vector<double> analytic = cpu.read(program.gradient[id]);
      CHECK(relative_distance(analytic, expected[p]) <= kTolerance);
      ever_different = ever_different || analytic != expected[p];
    }
  }
  CHECK(ever_different);  // else one side was compared with itself
}

constexpr kind::positions kAllPositions[] = {kind::positions::rotary,      kind::positions::learned, kind::positions::sinusoidal,
                                             kind::positions::shortformer, kind::positions::alibi,   kind::positions::none};

// Every norm × smeared_keys × tied_embedding.
void check_positions(kind::positions positions) {
  for (const bool smeared : {false, true})
    for (const bool tied : {false, true})
      for (const kind::norm norm : {kind::norm::none, kind::norm::rms, kind::norm::layer}) {
        Config c = tiny_config();
        c.positions = positions, c.norm = norm, c.smeared_keys = smeared, c.tied_embedding = tied;
        check_model(c);
      }
}

}  // namespace

TEST_CASE("gradients equal central differences for every norm and option with rotary positions") { check_positions(kAllPositions[0]); }
TEST_CASE("gradients equal central differences for every norm and option with learned positions") { check_positions(kAllPositions[1]); }
TEST_CASE("gradients equal central differences for every norm and option with sinusoidal positions") { check_positions(kAllPositions[2]); }
TEST_CASE("gradients equal central differences for every norm and option with shortformer positions") { check_positions(kAllPositions[3]); }
TEST_CASE("gradients equal central differences for every norm and option with ALiBi") { check_positions(kAllPositions[4]); }
TEST_CASE("gradients equal central differences for every norm and option without positions") { check_positions(kAllPositions[5]); }

TEST_CASE("gradients equal central differences at odd widths: heads of 5 and of 1, three heads, one layer, four layers, batch 1") {
  Config c = tiny_config();
  c.positions = kind::positions::learned, c.norm = kind::norm::rms, c.smeared_keys = true;
  c.d_head = 5, c.n_ctx = 9, c.batch = 2;
  check_model(c);
  c.d_head = 1, c.n_heads = 3;
  check_model(c);
  c.n_heads = 1, c.n_layers = 1, c.batch = 1, c.d_vocab = 2, c.period_max = 2;
  check_model(c);
  c.positions = kind::positions::rotary, c.d_head = 2, c.n_layers = 4, c.d_model = 9;
  check_model(c);
}

TEST_CASE("gradients equal central differences when the batch is cut into ragged chunks") {
  Config c = tiny_config();
  c.batch = 11, c.n_layers = 1;  // six chunks: five of two sequences and one of one
  c.positions = kind::positions::learned, c.norm = kind::norm::layer, c.tied_embedding = true;
  check_model(c);
}

TEST_CASE("gradients equal central differences with an MLP, for every norm, and with everything dropped out at a later step too") {
  for (const kind::norm norm : {kind::norm::none, kind::norm::rms, kind::norm::layer})
    for (const double rate : {0.0, 0.3}) {
      Config c = tiny_config();
      c.d_mlp = 11, c.norm = norm, c.dropout = rate, c.attention_dropout = rate / 2, c.positions = kind::positions::learned;
      c.batch = 9, c.n_layers = norm == kind::norm::layer ? 2 : 1;  // chunks of two sequences
      check_model(c);
    }
  Config c = tiny_config();
  c.dropout = 0.4, c.positions = kind::positions::sinusoidal, c.smeared_keys = true;  // no MLP
  check_model(c);
}

TEST_CASE("gradients equal central differences with T5's biases, without the causal mask, with a start token and frozen knobs left alone") {
  for (const bool bidirectional : {false, true}) {
    Config c = tiny_config();
    c.positions = kind::positions::t5, c.bidirectional = bidirectional, c.start_token = true, c.n_ctx = 11, c.n_layers = 1;
    if (bidirectional) c.objective = kind::objective::query;  // else a position sees its answer, which problems() refuses
    check_model(c);
    c.attention_dropout = 0.3, c.norm = kind::norm::rms, c.smeared_keys = true, c.n_layers = 2;
    check_model(c);
    c.positions = kind::positions::alibi, c.tied_embedding = true;
    check_model(c);
  }
}

}  // namespace test_gradients
