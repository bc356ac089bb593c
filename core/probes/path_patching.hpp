#pragma once
// Composition by its effect: what a head of a later layer does when its queries, keys or values no longer hear one earlier head.
// Walks the model's own Steps, so it holds for every Config: rotary positions, norms, smeared keys, an MLP in between.
// Source: Wang et al. 2022 and Goldowsky-Dill et al. 2023, 'path patching', here with nothing in the message's place; docs/maths.md (97).

#include "../cpu.hpp"
#include "../intervene.hpp"
#include "weights.hpp"

namespace induction {

/// Which message is taken out of a layer's input: what the head wrote, or (the baseline) one as long at each position that says nothing:
/// its coordinates in another order and with other signs, the same for all positions of a row.
enum class Message : uint8_t { own, scrambled };

/// A model run on equally long rows, ready to be asked what a layer would do without a message.
class PathPatching {
 public:
  /// `held`: what is held in the model, measured values included. `parameters`: the parameter region of any Program of the same Config.
  PathPatching(const Config& config, const Interventions& held, const std::vector<std::vector<uint32_t>>& rows,
               std::span<const float> parameters);
  bool ok() const { return cpu_->ok(); }

  /// All heads of one layer: pattern [rows, n_heads, T, T]; z, and q and k as the scores read them, [rows, T, n_heads, d_head].
  struct Attention {
    std::vector<float> pattern, z, q, k;
  };
  const Attention& clean(uint32_t layer) const { return clean_[layer]; }
  /// The layer with the message of `from`, a head of an earlier layer, missing from its queries (q) or keys (k) alone: patterns. And
  /// z with it missing from the values alone.
  struct Without {
    std::vector<float> q, k, v;
  };
  Without without(HeadPlace from, uint32_t layer, Message message = Message::own);
  /// z of the layer with the message of `from` missing from its keys alone: the pattern moves, the values stay.
  std::vector<float> output_without_key(HeadPlace from, uint32_t layer);

  const Config& config() const { return config_; }
  const ModelWeights& weights() const { return weights_; }
  uint32_t rows() const { return program_->batch; }
  uint32_t length() const { return program_->length; }
  /// A named activation of the clean run.
  std::vector<float> read(const std::string& name) const { return cpu_->read(program_->find(name)); }

 private:
  void take_out(HeadPlace from, uint32_t layer, Message message);
  void restore(uint32_t layer);

  // Steps of a layer in program_->forward: [projections, scores) makes q, k, v from the stream, [scores, outputs) the pattern from q
  // and k, [outputs, end) z.
  struct Places {
    TensorId stream, q, k, v, pattern, z;
    size_t projections, scores, outputs, end;
  };
  Places places(uint32_t layer) const;
  void run(size_t from, size_t to);

  Config config_;
  std::unique_ptr<Program> program_;
  std::unique_ptr<Cpu<float>> cpu_;
  ModelWeights weights_;
  std::vector<Attention> clean_;             // per layer
  std::vector<std::vector<float>> streams_;  // per layer: what it reads, [rows, T, d_model]
};

/// How far a later head moves: the mean over queries of ‖y − y'‖ / (‖y‖ + ‖y'‖). q, k: y its attention, 1-norm, which is the total
/// variation; v: y its output z, 2-norm. In [0, 1]: 0 nothing changes, 1 nothing stays. chance: the same without a scrambled message.
struct PathEffect {
  HeadPlace from, to;
  double q = 0, k = 0, v = 0;
  double q_chance = 0, k_chance = 0, v_chance = 0;
};

/// Rows that path_effects takes: two, one where a forward pass is long, 0 where one row alone would hold up training.
uint32_t path_effect_rows(const Config& config);

/// Every head with every head of a later layer.
std::vector<PathEffect> path_effects(PathPatching& model);

}  // namespace induction
