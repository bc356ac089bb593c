#include "examples.hpp"

#include <algorithm>
#include <cmath>

#include "../exact.hpp"

namespace induction {
namespace {

constexpr double kPi = 3.14159265358979323846, kLn2 = 0.69314718055994530942;
constexpr auto kLineStream = static_cast<Stream>(0x4c494e45);

// Box & Muller 1958.
double normal_variate(Draws& draws) {
  const double radius = std::sqrt(-2 * exact_ln(draws.uniform()));
  return radius * exact_cos(2 * kPi * draws.uniform());
}

}  // namespace

Sequence silent_sequence(std::vector<uint32_t> tokens, const Config& c) {
  const auto length = static_cast<size_t>(c.n_ctx);
  tokens.resize(length, tokens.back());
  Sequence s;
  s.tokens = std::move(tokens);
  s.targets.assign(length, kNoTarget);
  s.inducible.assign(length, 0);
  s.query = static_cast<uint32_t>(length) - 1;
  return s;
}

void ask(Sequence& s, uint32_t query, uint32_t target, bool inducible) {
  s.query = query;
  s.targets[query] = static_cast<int32_t>(target);
  s.inducible[query] = inducible;
}

std::vector<uint32_t> shuffled(Draws& draws, uint32_t n, uint32_t take) {
  std::vector<uint32_t> list(n);
  for (uint32_t i = 0; i < n; ++i) list[i] = i;
  for (uint32_t i = 0; i < take && i + 1 < n; ++i) std::swap(list[i], list[i + draws.below(n - i)]);
  list.resize(take);
  return list;
}

double gamma_variate(Draws& draws, double alpha) {
  if (alpha == 1) return -exact_ln(draws.uniform());
  if (alpha < 1) {
    const double power = exact_ln(draws.uniform()) / kLn2 / alpha;
    return gamma_variate(draws, alpha + 1) * exact_exp2(std::max(power, -1000.0));
  }
  const double d = alpha - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = normal_variate(draws), root = 1 + c * x, v = root * root * root;
    const double u = draws.uniform();
    if (root > 0 && exact_ln(u) < 0.5 * x * x + d - d * v + d * exact_ln(v)) return d * v;
  }
}

void for_line_rows(const Config& c, uint32_t rows, const std::function<void(Draws&)>& visit) {
  for (uint32_t row = 0; row < rows; ++row) {
    Draws draws(static_cast<uint32_t>(c.seed), kLineStream, row, 0);
    visit(draws);
  }
}

}  // namespace induction
