#pragma once
// Direct logit attribution at one position of one sequence: what each part of the model adds to a token's logit. docs/maths.md (98).

#include "path_patching.hpp"

namespace induction {

/// embedding: of the token (and its position) at this very place, straight to the logits. head: a head on its own, or (not by path) all
/// that it writes (and, with a held copy, copies). pair: a virtual head, the later one moving what the earlier one wrote. longer: all paths
/// through three heads or more. mlp: all that the layer's MLP writes. norm_bias: the final norm's bias.
enum class LogitSource : uint8_t { embedding, head, pair, longer, mlp, norm_bias };

/// What a part adds to each asked token's logit over the mean logit of the vocabulary, in nats.
struct LogitPart {
  LogitSource source = LogitSource::embedding;
  std::vector<HeadPlace> heads;  // one or two; mlp: only the layer counts
  std::vector<double> logits;
};

struct LogitAttribution {
  /// Why heads are given as wholes rather than by path: a norm, an MLP, or something held in the model. Empty: by path.
  std::string not_by_path;
  std::vector<LogitPart> parts;
  /// The model's own logits of the asked tokens over the mean: the sum of the parts, but for rounding.
  std::vector<double> totals;
};

/// `model`: run on the one sequence. `held`: what is held in it. By path where paths are products of weights (maths.md (37)), else as
/// wholes, with the scale of the final norm at its value, so that the sum is exact there too.
LogitAttribution attribute_logits(const PathPatching& model, const Interventions& held, uint32_t position,
                                  std::span<const uint32_t> tokens);

/// What head `to` adds in all to the tokens' logits over the mean, as it is and with its keys deaf to the earlier head `from`.
struct ComposedHead {
  std::vector<double> logits, without;
};
ComposedHead attribute_composition(PathPatching& model, HeadPlace from, HeadPlace to, uint32_t position, std::span<const uint32_t> tokens);

}  // namespace induction
