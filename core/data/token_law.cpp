#include "token_law.hpp"

#include <algorithm>
#include <cmath>

#include "../exact.hpp"

namespace induction {
namespace {

constexpr double kLn2 = 0.69314718055994530942;

// x^−a without the C library; exactly 1 for a = 0.
double falling_power(double x, double a) { return a == 0 || x == 1 ? 1.0 : exact_exp2(-a * exact_ln(x) / kLn2); }

}  // namespace

void add_thresholds(const std::vector<double>& weight, std::vector<uint32_t>& table) {
  double total = 0, sum = 0;
  for (const double w : weight) total += w;
  for (const double w : weight) {
    sum += w;
    table.push_back(static_cast<uint32_t>(std::min(sum / total * 4294967296.0, 4294967295.0)));
  }
  table.back() = UINT32_MAX;
}

uint32_t outcome(const uint32_t* thresholds, uint32_t n, uint32_t word) {
  return static_cast<uint32_t>(std::upper_bound(thresholds, thresholds + n - 1, word) - thresholds);
}

TokenLaw::TokenLaw(const Config& c, uint32_t first)
    : first_(first),
      n_(static_cast<uint32_t>(c.d_vocab) - first),
      uniform_(c.zipf == 0),
      corruption_(c.corruption),
      burstiness_(c.burstiness) {
  for (uint32_t v = 0; v < n_; ++v) weight_.push_back(falling_power(v + 1, c.zipf));
  for (const double w : weight_) total_ += w;
  add_thresholds(weight_, thresholds_);
}

uint32_t TokenLaw::draw(Draws& draws) const {
  return first_ + (uniform_ ? draws.below(n_) : outcome(thresholds_.data(), n_, draws.word()));
}

std::vector<uint32_t> TokenLaw::distinct(Draws& draws, uint32_t n) const {
  std::vector<uint32_t> tokens(n_);
  for (uint32_t v = 0; v < n_; ++v) tokens[v] = first_ + v;
  if (uniform_) {
    // The first n of a Fisher–Yates shuffle.
    for (uint32_t i = 0; i < n; ++i) std::swap(tokens[i], tokens[i + draws.below(n_ - i)]);
  } else {
    // Efraimidis & Spirakis 2006: in the order of Exp(1) / weight.
    std::vector<double> time(n_);
    for (uint32_t v = 0; v < n_; ++v) time[v] = -exact_ln(draws.uniform()) / weight_[v];
    const auto before = [&](uint32_t a, uint32_t b) {
      const double x = time[a - first_], y = time[b - first_];
      return x != y ? x < y : a < b;
    };
    std::partial_sort(tokens.begin(), tokens.begin() + n, tokens.end(), before);
  }
  tokens.resize(n);
  return tokens;
}

uint32_t TokenLaw::copy_of(Draws& draws, uint32_t token) const {
  return corruption_ > 0 && draws.uniform() < corruption_ ? draw(draws) : token;
}

double TokenLaw::copy_loss(const std::vector<double>& copied) const {
  double loss = 0, intact = 0;
  for (uint32_t v = 0; v < n_; ++v) {
    const double right = 1 - corruption_ + corruption_ * weight_[v] / total_;
    loss -= copied[v] * right * std::log(right), intact += copied[v] * right;
  }
  return loss / intact;
}

double TokenLaw::entropy() const {
  double sum = 0;
  for (const double w : weight_) sum -= w / total_ * std::log(w / total_);
  return sum;
}

std::vector<double> TokenLaw::noise_cost(uint32_t places) const {
  if (burstiness_ == 0) return std::vector<double>(places, entropy());
  constexpr uint32_t kRows = 2048;
  std::vector<double> cost(places, 0.0);
  for (uint32_t row = 0; row < kRows; ++row) {
    Draws draws(0, Stream::example, 2, row * kDrawsPerRow);
    Noise noise(*this);
    std::vector<double> count(n_, 0.0);
    for (uint32_t i = 0; i < places; ++i) {
      const uint32_t v = noise.next(draws) - first_;
      const double fresh = weight_[v] / total_;
      cost[i] -= std::log(i == 0 ? fresh : burstiness_ * count[v] / i + (1 - burstiness_) * fresh) / kRows;
      ++count[v];
    }
  }
  return cost;
}

uint32_t Noise::next(Draws& draws) {
  // Without burstiness no number is drawn for it: the rows are those of the plain law.
  const bool again = law_.burstiness() > 0 && !drawn_.empty() && draws.uniform() < law_.burstiness();
  drawn_.push_back(again ? drawn_[draws.below(static_cast<uint32_t>(drawn_.size()))] : law_.draw(draws));
  return drawn_.back();
}

std::vector<double> markov_rows(uint32_t seed, const std::vector<double>& weight) {
  const auto n = static_cast<uint32_t>(weight.size());
  std::vector<double> rows(static_cast<size_t>(n) * n);
  for (uint32_t from = 0; from < n; ++from)
    for (uint32_t to = 0; to < n; ++to) {
      const double u = ((random2(seed, Stream::markov, from, to).a >> 8) + 0.5) / 16777216.0;
      rows[static_cast<size_t>(from) * n + to] = -exact_ln(u) * weight[to];
    }
  return rows;
}

void renumber(Sequence& sequence, uint32_t by, uint32_t all) {
  for (uint32_t& token : sequence.tokens) token = renumbered(token, by, all);
  for (int32_t& target : sequence.targets)
    if (target != kNoTarget) target = static_cast<int32_t>(renumbered(static_cast<uint32_t>(target), by, all));
}

}  // namespace induction
