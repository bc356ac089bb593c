#pragma once
// Activation patching between two prompts: which place of a corrupted run, given its clean value, brings the answer back?

#include <optional>
#include <span>

#include "../cpu.hpp"
#include "../intervene.hpp"
#include "weights.hpp"

namespace induction {

/// Two equally long prompts, and the answers that are compared.
struct PatchPair {
  std::vector<int32_t> clean, corrupted;
  std::optional<uint32_t> read_position;  // where the logits are compared; default: the last position
  std::optional<uint32_t> right, wrong;   // default: what the model holds likeliest there after the clean and the corrupted prompt
};

/// (39) for every place: 0 nothing changes, 1 the clean difference of logits is back; it may be below 0 or above 1.
struct PatchReport {
  uint32_t read_position = 0, right = 0, wrong = 0;
  double clean = 0, corrupted = 0;                     // logit[right] − logit[wrong] of the two prompts
  std::vector<std::vector<std::vector<double>>> head;  // [layer][head][position]: the head's output z there
  std::vector<std::vector<double>> resid;              // [n_layers + 1][position]: the stream before each layer, and after the last
};

/// What is wrong with a pair, in a sentence; empty when nothing is.
std::string patch_problem(const Config& config, const PatchPair& pair);

/// A pair in a Program that patches (`patch_rows` Steps, Extras::patches), of which each row but the clean ones tries another place: record
/// once, run for any parameters. The clean and the corrupted prompt are rows of the same batch, so that any executor can run it.
class PatchRun {
 public:
  /// As measure_patches.
  PatchRun(const Config& config, PatchPair pair, const Interventions& held = {});
  bool ok() const { return cpu_.ok(); }
  Measured<PatchReport> measure(std::span<const float> parameters);
  /// What ran last: the rows of the last places.
  Cpu<float>& cpu() { return cpu_; }

  /// Where a corrupted row takes the clean row's value: a place of Extras::patches; −1: nowhere.
  struct Where {
    int32_t place;
    uint32_t position;
  };

 private:
  uint32_t length() const { return static_cast<uint32_t>(pair_.clean.size()); }
  bool is_clean(uint32_t row) const;
  void load(std::span<const float> parameters);
  template <class Take>
  void run(std::span<const Where> list, uint32_t position, Take take);

  Config config_;
  PatchPair pair_;
  Program program_;
  Cpu<float> cpu_;
};

/// The pair must have no problem. `parameters`: the parameter region of any Program of the same Config; `held`: what is held in the model
/// (measured ones with their values). Not defined where both prompts have the same difference, or right and wrong are the same token.
/// nullopt: there is not enough memory. Costs 4/3 · (n_layers · n_heads + n_layers + 1) · length rows.
/// Source: Meng et al. 2022, Wang et al. 2022; docs/maths.md (39).
std::optional<Measured<PatchReport>> measure_patches(const Config& config, std::span<const float> parameters, const PatchPair& pair,
                                                     const Interventions& held = {});

}  // namespace induction
