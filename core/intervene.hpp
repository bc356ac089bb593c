#pragma once
// Interventions: what is held in a model's flow while it trains or is measured. One line of text each; docs/maths.md (90)–(94), (99).
//
//   ablate L.H zero|mean|resample             the head's output z is replaced
//   ablate L.H pattern_preserving             z becomes 0, and every pattern stays what it is without that
//   clamp  L.H previous|match|uniform|given   the head's attention pattern is replaced
//   copy   L.H FACTOR                         the head's z is 0, and what it attends to is added to the logits, times FACTOR
//   path   L.H q|k|v M.H FACTOR               what head L.H adds to that input of the later head M.H is multiplied by FACTOR
//   patch  L.H all|POSITION TOKENS            the head's z at every position, or at one, is what it was of the prompt TOKENS (3-7-1-3)
//   freeze NAME | NAME H | L.H                no update of these parameters: NAME is one, or what several names begin with (freeze.hpp); of
//                                             attention's, H names one head's share; L.H is blocks.L.attn H

#include <string>
#include <string_view>
#include <vector>

#include "config.hpp"
#include "freeze.hpp"

namespace induction {

struct Intervention {
  /// zero: nothing. mean: z's mean per position over the held-out rows when the intervention began. resample: z of another of those
  /// rows, as it was then. pattern_preserving: nothing, but later layers make their patterns from a stream in which the head is whole.
  /// previous: the token before (position 0: itself). match: the keys after earlier copies of the query's token,
  /// evenly; all keys, evenly, where there is none. uniform: all keys, evenly. given: the numbers of `values`. patch: z of one prompt
  /// as it was when the intervention began; positions beyond that prompt stay. copy: its values and output matrix are those of a perfect
  /// copy, token v to logit v.
  enum class Kind : uint8_t {
    ablate_zero,
    ablate_mean,
    ablate_resample,
    ablate_pattern_preserving,
    clamp_previous,
    clamp_match,
    clamp_uniform,
    clamp_given,
    path,
    freeze,
    patch,
    copy
  };

  Kind kind = Kind::ablate_zero;
  uint32_t layer = 0, head = 0;
  uint32_t to_layer = 0, to_head = 0;  // path
  char input = 0;                      // path: q, k or v
  double factor = 0;                   // path, copy
  FrozenPart frozen;                   // freeze
  int32_t position = -1;               // patch; −1: all
  std::vector<int32_t> prompt;         // patch
  /// clamp_given: [n_ctx, n_ctx], row q for query q. ablate_mean: [n_ctx, d_head]; ablate_resample: [kReservoir, n_ctx, d_head];
  /// patch: [prompt's length, d_head]: these are measured when the intervention begins.
  std::vector<float> values;

  bool ablates() const { return kind <= Kind::ablate_pattern_preserving; }
  bool clamps() const { return kind >= Kind::clamp_previous && kind <= Kind::clamp_given; }
  /// Does it hold numbers that are measured when it begins?
  bool measured() const { return kind == Kind::ablate_mean || kind == Kind::ablate_resample || kind == Kind::patch; }
  /// Is it about what a head puts out?
  bool replaces_output() const { return ablates() || kind == Kind::patch || kind == Kind::copy; }
  bool operator==(const Intervention&) const = default;
};
using Interventions = std::vector<Intervention>;

/// What the `freeze` among them name.
std::vector<FrozenPart> frozen_parts(const Interventions& list);

/// Is a copy held on this head? Its values and output matrix then do nothing.
bool copies(const Interventions& list, uint32_t layer, uint32_t head);

/// Held-out rows that `resample` takes z from; row b of a batch gets z of row (b + 1) mod kReservoir.
inline constexpr uint32_t kReservoir = 32;
/// More at once are surely a mistake.
inline constexpr size_t kMostInterventions = 64;

/// The line of text that reads back as the same intervention, but for its values.
std::string text_of(const Intervention& intervention);
/// Reads one line; a sentence when it is none, else empty.
std::string read_intervention(std::string_view text, Intervention& intervention);
/// What is wrong with a list of interventions on a model of this (valid) Config: heads that are not there, two on one head, a path without
/// a meaning, a given pattern of another size, parameters that are not there.
Problems problems(const Interventions& list, const Config& config);

}  // namespace induction
