#pragma once
// The distribution that a task's noise is drawn from, and what copying it with errors does. docs/maths.md (70), (71).

#include "task.hpp"

namespace induction {

/// Thresholds of a distribution in units of 2^-32, added to `table`: weight.size() words, of which the last is not looked at.
void add_thresholds(const std::vector<double>& weight, std::vector<uint32_t>& table);
/// The first of n outcomes whose threshold lies above the word; the last one takes the rest.
uint32_t outcome(const uint32_t* thresholds, uint32_t n, uint32_t word);

/// Tokens first .. d_vocab − 1 with p(v) ∝ (v − first + 1)^−zipf.
class TokenLaw {
 public:
  explicit TokenLaw(const Config& config, uint32_t first = 0);
  uint32_t draw(Draws& draws) const;
  /// `n` different tokens, one after the other from those that are left. n ≤ number of tokens.
  std::vector<uint32_t> distinct(Draws& draws, uint32_t n) const;
  /// The token, or with probability `corruption` another draw.
  uint32_t copy_of(Draws& draws, uint32_t token) const;
  /// Weights of the tokens, the first one's is 1.
  const std::vector<double>& weight() const { return weight_; }
  double burstiness() const { return burstiness_; }
  /// −E ln(1 − corruption + corruption p(v)) over the copies that came out right: the least that they can cost. nats.
  double copy_loss() const { return copy_loss(weight_); }
  /// The same where the copied tokens have other weights.
  double copy_loss(const std::vector<double>& copied) const;
  /// −Σ p ln p: what a new token costs where burstiness is 0. nats.
  double entropy() const;
  /// What the first `places` tokens of Noise cost who knows how they are drawn, one mean for each place. nats. Monte Carlo with a fixed
  /// seed; standard error below 0.02 at 32 tokens. Source: docs/maths.md (70b).
  std::vector<double> noise_cost(uint32_t places) const;

 private:
  uint32_t first_, n_;
  bool uniform_;
  double corruption_, burstiness_, total_ = 0;
  std::vector<double> weight_;
  std::vector<uint32_t> thresholds_;
};

/// The new tokens of one row, one after the other: with probability `burstiness` one of those before, each of which is as likely, else a
/// draw of the law. At every place the tokens are distributed by the law. Source: docs/maths.md (70b), a Pólya urn.
class Noise {
 public:
  explicit Noise(const TokenLaw& law) : law_(law) {}
  uint32_t next(Draws& draws);

 private:
  const TokenLaw& law_;
  std::vector<uint32_t> drawn_;
};

/// One fixed Markov chain of the seed: P_ij ∝ E_ij weight_j, E_ij ~ Exp(1), so that rows are Dirichlet(1) when all weights are 1.
/// weight.size()² numbers, row by row, not normalised.
std::vector<double> markov_rows(uint32_t seed, const std::vector<double>& weight);

}  // namespace induction
