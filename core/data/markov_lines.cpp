// closed_forms.hpp: what uniform, unigram and Bayes predictors lose on chains that are drawn anew for each context.

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "closed_forms.hpp"

namespace induction {
namespace {

using Rows = std::vector<std::vector<double>>;

Rows random_chain(std::mt19937_64& random, uint32_t states, double alpha) {
  std::gamma_distribution<double> gamma(alpha, 1.0);
  Rows rows(states, std::vector<double>(states));
  for (auto& row : rows) {
    double sum = 0;
    for (double& x : row) sum += x = std::max(gamma(random), 1e-300);
    for (double& x : row) x /= sum;
  }
  return rows;
}

// Grassmann, Taksar & Heyman 1985: states are taken out one by one, without a subtraction.
std::vector<double> stationary(Rows p) {
  const size_t n = p.size();
  for (size_t out = n; out-- > 1;) {
    double leave = 0;
    for (size_t j = 0; j < out; ++j) leave += p[out][j];
    for (size_t i = 0; i < out; ++i) p[i][out] /= leave;
    for (size_t i = 0; i < out; ++i)
      for (size_t j = 0; j < out; ++j) p[i][j] += p[i][out] * p[out][j];
  }
  std::vector<double> share = {1.0};
  double sum = 1;
  for (size_t j = 1; j < n; ++j) {
    share.push_back(0.0);
    for (size_t i = 0; i < j; ++i) share[j] += share[i] * p[i][j];
    sum += share[j];
  }
  for (double& x : share) x /= sum;
  return share;
}

uint32_t draw(std::mt19937_64& random, const std::vector<double>& p) {
  double u = std::uniform_real_distribution<double>(0, 1)(random);
  for (uint32_t j = 0; j + 1 < p.size(); ++j) {
    if (u < p[j]) return j;
    u -= p[j];
  }
  return static_cast<uint32_t>(p.size() - 1);
}

struct RowLoss {
  double unigram = 0, bayes = 0;
};

// Expected over the next token given the chain, which leaves less noise than the token that came.
RowLoss row_loss(std::mt19937_64& random, const Rows& chain, double alpha, uint32_t length) {
  const auto states = static_cast<uint32_t>(chain.size());
  std::vector<double> count(states, 0.0), from(states, 0.0);
  Rows pairs(states, std::vector<double>(states, 0.0));
  uint32_t now = draw(random, stationary(chain));
  count[now] = 1;
  RowLoss loss;
  for (uint32_t t = 1; t < length; ++t) {
    for (uint32_t j = 0; j < states; ++j) {
      loss.unigram -= chain[now][j] * std::log((count[j] + 1) / (t + states));
      loss.bayes -= chain[now][j] * std::log((pairs[now][j] + alpha) / (from[now] + states * alpha));
    }
    const uint32_t next = draw(random, chain[now]);
    ++pairs[now][next], ++from[now], ++count[next];
    now = next;
  }
  return {loss.unigram / (length - 1), loss.bayes / (length - 1)};
}

Estimate estimate(double sum, double squares, double n) {
  const double mean = sum / n;
  return {mean, std::sqrt(std::max(0.0, squares / n - mean * mean) / n)};
}

}  // namespace

MarkovLines markov_lines(uint32_t states, double alpha, uint32_t length, uint32_t chains, uint32_t seed) {
  std::mt19937_64 random(seed);
  double unigram = 0, unigram_squares = 0, bayes = 0, bayes_squares = 0;
  for (uint32_t i = 0; i < chains; ++i) {
    const RowLoss loss = row_loss(random, random_chain(random, states, alpha), alpha, length);
    unigram += loss.unigram, unigram_squares += loss.unigram * loss.unigram;
    bayes += loss.bayes, bayes_squares += loss.bayes * loss.bayes;
  }
  return {std::log(static_cast<double>(states)), estimate(unigram, unigram_squares, chains), estimate(bayes, bayes_squares, chains)};
}

}  // namespace induction
