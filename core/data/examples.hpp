#pragma once
// What tasks that are learned from examples in the context share: rows that ask one thing, draws by weight, shuffles.

#include "task.hpp"

namespace induction {

/// n_ctx tokens from the front of `tokens`, the rest filled with its last one; nothing is asked yet.
Sequence silent_sequence(std::vector<uint32_t> tokens, const Config& config);
/// Makes position `query` of a row ask for `target`.
void ask(Sequence& sequence, uint32_t query, uint32_t target, bool inducible);

/// The numbers 0 .. n−1 in random order (Fisher–Yates), the first `take` of them.
std::vector<uint32_t> shuffled(Draws& draws, uint32_t n, uint32_t take);

/// A gamma variate of shape α > 0 and scale 1, from about two counters of `draws`. α = 1: an exponential; above 1: Marsaglia & Tsang 2000;
/// below: their boost, Gamma(α + 1)·U^{1/α}, not less than 2^−1000 of it. Source: docs/maths.md (81).
double gamma_variate(Draws& draws, double alpha);

/// Visits rows of a stream of their own: for lines that have no closed form.
void for_line_rows(const Config& config, uint32_t rows, const std::function<void(Draws& draws)>& visit);

}  // namespace induction
