#pragma once
// A model's parameters by role, in double: what every weight probe starts from. And the sentences for where one does not hold.

#include <optional>
#include <string>

#include "../config.hpp"
#include "../program.hpp"
#include "matrix.hpp"

namespace induction {

struct HeadPlace {
  uint32_t layer = 0, head = 0;
  bool operator==(const HeadPlace&) const = default;
};

struct HeadWeights {
  Matrix W_Q, W_K, W_V;  // [d_model, d_head]
  Matrix W_O;            // [d_head, d_model]
};

struct ModelWeights {
  Config config;
  Matrix W_E;                                   // [token_count, d_model]
  Matrix W_pos;                                 // [n_ctx, d_model]: learned, sinusoidal or shortformer; empty otherwise
  Matrix W_U;                                   // [d_model, token_count]; W_Eᵀ where it is tied
  std::vector<std::vector<HeadWeights>> heads;  // [layer][head]

  const HeadWeights& at(HeadPlace place) const { return heads[place.layer][place.head]; }
  /// Rows of W_E and columns of W_U of the ordinary tokens, without the start and mask tokens behind them: what probes about tokens use.
  Matrix token_rows() const;
  Matrix token_columns() const;
  /// Are positions added to the residual stream (and not only to queries and keys)?
  bool positions_in_stream() const;
};

/// `parameters`: the parameter region of `program`, which was recorded from `config`.
template <class Real>
ModelWeights read_weights(const Config& config, const Program& program, std::span<const Real> parameters);

/// A value, or one sentence why there is none.
template <class T>
struct Measured {
  std::optional<T> value;
  std::string reason;

  static Measured of(T x) { return {std::move(x), {}}; }
  static Measured not_defined(std::string sentence) { return {std::nullopt, std::move(sentence)}; }
};

// Why a probe is not defined for a Config: one sentence, or nothing where it holds.
/// A norm divides each position by a number of its own, which weights do not tell.
std::string norm_hides(const Config& config);
/// An MLP makes of the stream what no sum over paths through the heads tells.
std::string mlp_hides(const Config& config);
/// Rotary positions and smeared keys: scores are no longer x_q W_QK x_kᵀ of the two positions alone.
std::string scores_not_bilinear(const Config& config);
/// Composition needs an earlier layer.
std::string no_earlier_layer(uint32_t layer);
/// The first sentence that is not empty.
std::string first_reason(std::initializer_list<std::string> reasons);

}  // namespace induction
