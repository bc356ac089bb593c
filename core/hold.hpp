#pragma once
// Records interventions into a model that is being recorded: model.cpp calls it where patterns, outputs and projections have been made.

#include "intervene.hpp"
#include "recorder.hpp"

namespace induction {

class Hold {
 public:
  /// `list` must have no problems() and stay alive. `patched`: kNoTensor, or what Program::patched will be.
  Hold(Recorder& recorder, const Interventions& list, TensorId tokens, TensorId patched)
      : rec_(recorder), list_(list), tokens_(tokens), patched_(patched) {}

  /// Is a pattern of the layer replaced, or read by a copy? Then the fused attention, which never lets go of it, does not do.
  bool needs_pattern(uint32_t layer) const;
  /// Replaces patterns of the layer's heads. pattern: [b, h, q, k].
  void patterns(uint32_t layer, TensorId pattern);
  /// Is a head of the layer ablated with all patterns kept, and are there later patterns? In the last layer that is zero ablation.
  bool keeps_patterns(uint32_t layer, size_t layers) const;
  /// Replaces outputs of the layer's heads, in the untouched stream but those whose ablation keeps the patterns. z: [b, t, h, e].
  void outputs(uint32_t layer, TensorId z, bool untouched = false);
  /// Remembers what weighs the layer's values, [b, h, q, k], for the copies that read it.
  void weighs(uint32_t layer, TensorId pattern);
  /// Adds what such heads copy. logits: [b, t, v].
  void copies(TensorId logits);
  /// The residual stream of a patching Program: place `place` of model.hpp.
  void stream(TensorId resid, uint32_t place) {
    if (patched_ != kNoTensor) rec_.patch(resid, patched_, place);
  }
  /// Values that nothing reads, [b, t, h, e]: without a gradient.
  void unread(TensorId values);
  /// Remembers the outputs of the next layer for the paths that begin there.
  void remember(TensorId z, TensorId W_O) { outputs_.push_back({z, W_O}); }

  /// Projections side by side, of which `inputs` names each: block = x · W, [b, t, c, h, e].
  struct Projections {
    TensorId block, W;
    std::string_view inputs;
  };
  /// Adds (factor − 1) times what an earlier head contributes to inputs of the layer's heads: docs/maths.md (93).
  void paths(uint32_t layer, const Projections& made);

 private:
  TensorId square(const Intervention& one, uint32_t length);
  TensorId rows(const Intervention& one, const Tensor& z);
  void put_prompt(const Intervention& one, TensorId z);

  struct Output {
    TensorId z, W_O;
  };
  Recorder& rec_;
  const Interventions& list_;
  TensorId tokens_, patched_;
  struct Copy {
    const Intervention* held;
    TensorId pattern;
  };
  std::vector<Output> outputs_;  // per layer
  std::vector<Copy> copies_;
};

}  // namespace induction
