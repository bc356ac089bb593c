#pragma once
// What ideal predictors lose on the tasks: the floor and plateau lines beside a run. Nats per token. docs/maths.md (41)–(47).

#include <cstdint>

namespace induction {

/// A number from random draws, with its standard error.
struct Estimate {
  double value = 0, error = 0;
};

/// Task `repeat`: P ~ U{period_min..period_max}, rows of `length` tokens, losses over the inducible positions t ≥ P that have a
/// target, pooled over rows.
struct RepeatTask {
  uint32_t d_vocab = 0, period_min = 0, period_max = 0, length = 0;
};

/// ln V: new tokens, for whoever knows the vocabulary only.
double uniform_loss(uint32_t d_vocab);
/// mean_i ln(V − i), i < P: new tokens of a block without replacement. P ≤ V.
double without_replacement_loss(uint32_t d_vocab, uint32_t period);

/// The best that position alone can do (one layer): even weight on x_{t+1−P'} for every period P' ≤ t + 1 of the range. Exact.
double offset_mixture_loss(const RepeatTask& task);
/// Next token in proportion to its count among x_0..x_t. Exact.
double context_unigram_loss(const RepeatTask& task);
/// The Bayes predictor that knows the task but not P. Monte Carlo, the same number of rows for each period.
Estimate unknown_period_loss(const RepeatTask& task, uint32_t rows_per_period, uint32_t seed);

/// Induction that matches one token only, on two copies of a random block: an even vote over all positions that followed the
/// current token. Exact binomial expectations over the second copy's P − 1 predictions, but for accuracy, where the followers
/// of colliding tokens are taken to differ from one another.
struct OneMatch {
  double loss = 0;      // E ln((1 + 2A + B) / (1 + 2A' + B')): A', B' collisions that happen to agree
  double accuracy = 0;  // the most voted token, ties shared
  double stripe = 0;    // E 1/(1 + 2A + B): the ceiling of the induction stripe
};
OneMatch one_match_induction(uint32_t d_vocab, uint32_t period);

/// The hand-built circuit on two copies of a block without repeated tokens. Layer 0 scores c0 on t − 1, layer 1 c1 on a match,
/// the output is beta times the attended token. Without a start token key 0 holds its own token as 'the one before', so that
/// the second copy's first query splits evenly.
struct Circuit {
  double c0 = 0, c1 = 0, beta = 0;
  uint32_t d_vocab = 0, period = 0;
  bool start_token = true;
};
struct CircuitScores {
  double previous_token = 0;   // mean over t ≥ 1 of e^c0/(e^c0 + t)
  double prefix_matching = 0;  // mean over the second copy of e^c1/(e^c1 + t)
  double loss_rep = 0;         // mean of ln(1 + (V−1) e^(−β a_t)), a_t: attention on the match
};
CircuitScores circuit_scores(const Circuit& circuit);

/// In-context Markov chains: k states, rows ~ Dirichlet(alpha), x_0 from the chain's stationary distribution, `length` tokens,
/// losses over the length − 1 predictions. uniform: ln k. unigram: (n_j + 1)/(n + k). bayes: (n_ij + α)/(n_i + kα).
struct MarkovLines {
  double uniform = 0;
  Estimate unigram, bayes;
};
MarkovLines markov_lines(uint32_t states, double alpha, uint32_t length, uint32_t chains, uint32_t seed);

}  // namespace induction
