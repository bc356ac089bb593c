// Initial values, docs/maths.md (11) and (17): normal, of the stated width, and each parameter's its own.

#include <algorithm>

#include "support/support.hpp"
#include "trainer.hpp"

namespace test_initial {

using namespace induction;
using namespace induction::tests;

namespace {

std::vector<float> initial(const Config& c, const std::string& name) {
  const Program program = record_model(c, {1, 8, 8});
  Cpu<float> cpu(program);
  initialise(c, cpu);
  const TensorId id = program.find(name);
  REQUIRE(id != kNoTensor);
  return cpu.read(id);
}

Config wide() {
  Config c;
  c.d_vocab = 1024, c.d_model = 64, c.init_scale = 1.5;
  return c;
}

double correlation(const std::vector<float>& a, const std::vector<float>& b) {
  double ab = 0, aa = 0, bb = 0;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const double x = static_cast<double>(a[i]), y = static_cast<double>(b[i]);
    ab += x * y, aa += x * x, bb += y * y;
  }
  return ab / std::sqrt(aa * bb);
}

}  // namespace

TEST_CASE("matrices start normal with standard deviation init_scale / √d_model") {
  const std::vector<float> values = initial(wide(), "embed.W_E");
  const double n = static_cast<double>(values.size()), sigma = 1.5 / 8;
  double mean = 0, square = 0, fourth = 0, within = 0;
  for (const float value : values) {
    const double z = static_cast<double>(value) / sigma;
    mean += z / n, square += z * z / n, fourth += z * z * z * z / n, within += std::abs(z) < 1 ? 1 / n : 0;
  }
  // Four standard errors of 65,536 draws: 1/256 for the mean, √2/256 for the square, √96/256 for the fourth power.
  CHECK(std::abs(mean) < 4.0 / 256);
  CHECK(std::abs(square - 1) < 4 * 1.415 / 256);
  CHECK(std::abs(fourth - 3) < 4 * 9.8 / 256);
  CHECK(std::abs(within - 0.6827) < 4 * 0.466 / 256);
}

TEST_CASE("a parameter's initial values depend on its name and the seed, not on the other parameters") {
  Config c = wide(), other = wide();
  other.positions = kind::positions::learned, other.norm = kind::norm::layer, other.smeared_keys = true, other.n_layers = 4;
  for (const char* name : {"embed.W_E", "blocks.1.attn.W_K", "unembed.W_U"}) CHECK(same_bits(initial(c, name), initial(other, name)));
  CHECK(std::abs(correlation(initial(c, "blocks.0.attn.W_Q"), initial(c, "blocks.0.attn.W_K"))) < 4.0 / 64);  // 4096 numbers each
  CHECK(std::abs(correlation(initial(c, "blocks.0.attn.W_Q"), initial(c, "blocks.1.attn.W_Q"))) < 4.0 / 64);
  other = c;
  other.seed = 1;
  CHECK(std::abs(correlation(initial(c, "embed.W_E"), initial(other, "embed.W_E"))) < 4.0 / 256);
}

TEST_CASE("norm weights start at one, norm biases and smearing at zero, and sigmoid(0) mixes keys half and half") {
  Config c = wide();
  c.norm = kind::norm::layer, c.smeared_keys = true;
  const auto all = [](const std::vector<float>& values, float wanted) {
    return std::all_of(values.begin(), values.end(), [&](float x) { return x == wanted; });
  };
  CHECK(all(initial(c, "ln_final.w"), 1.0f));
  CHECK(all(initial(c, "blocks.0.ln1.b"), 0.0f));
  CHECK(all(initial(c, "blocks.1.attn.smear_alpha"), 0.0f));
  c.d_mlp = 8;
  CHECK(all(initial(c, "blocks.0.mlp.b_in"), 0.0f));
  CHECK(all(initial(c, "blocks.0.mlp.b_out"), 0.0f));
  CHECK(all(initial(c, "blocks.0.ln2.w"), 1.0f));
  CHECK_FALSE(all(initial(c, "blocks.0.mlp.W_in"), 0.0f));
  c.init_scale = 0;
  CHECK(all(initial(c, "embed.W_E"), 0.0f));
}

}  // namespace test_initial
