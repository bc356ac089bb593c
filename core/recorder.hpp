#pragma once
// Records operations into a Program, each together with its reverse rule. Running the model on a Recorder *is* recording.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "program.hpp"

namespace induction {

/// Chunks that the batch's gradient sums are cut into at most: fixed, so that the bits do not depend on the threads.
inline constexpr uint32_t kMaxChunks = 8;

/// plain: every activation and gradient keeps a place of its own, for looking at. Otherwise residual gradients share one.
enum class Mode : uint8_t { training, plain };

using Shape = std::vector<uint32_t>;

/// bias [buckets, heads] and buckets [2T − 1]: learned biases of relative positions. bidirectional: no causal mask.
struct Masking {
  TensorId bias = kNoTensor, buckets = kNoTensor;
  bool bidirectional = false;
};

class Recorder {
 public:
  Recorder(uint32_t batch, uint32_t length, Mode mode);

  // All parameters come before the first other tensor, so that they lie together at the start of the arena.
  TensorId parameter(std::string name, const Shape& shape);
  /// A named view of part of a parameter: what the outside sees of several matrices stored side by side. An operation may read it, if it
  /// is recorded before the one that reads the whole block: the reverse rules then come in the order that their sums need.
  void name_part(std::string name, TensorId block, uint32_t offset, Shape shape, Shape stride);
  TensorId input(std::string name, std::string axes, const Shape& shape);
  TensorId constant(std::string name, const Shape& shape, std::vector<double> values);
  /// The view of an activation at one index of `axis`, which it loses. Its gradient is the same view of the gradient.
  TensorId select(std::string name, TensorId whole, char axis, uint32_t index);

  // Operations. Each records its forward step and its reverse rule, and returns its output.
  /// Einstein sum over named axes, for instance einsum("z", "btd,dhe->bthe", x, W). With `onto`: onto + the sum.
  TensorId einsum(std::string name, std::string_view letters, TensorId a, TensorId b, TensorId onto = kNoTensor);
  TensorId add(std::string name, TensorId a, TensorId b);
  TensorId embed(std::string name, TensorId tokens, TensorId W_E);
  TensorId add_position(std::string name, TensorId x, TensorId W_pos);
  /// RMS norm, or layer norm when there is a bias b.
  TensorId norm(std::string name, TensorId x, TensorId w, TensorId b);
  TensorId smear(std::string name, TensorId k, TensorId alpha);
  TensorId rotary(std::string name, TensorId x, TensorId table);
  TensorId mask_scores(std::string name, TensorId products, TensorId slopes, float scale, const Masking& masking = {});
  TensorId softmax(std::string name, TensorId scores, bool bidirectional = false);
  /// x + bias, along the last axis; with `onto`: onto + that. While training it takes x's place.
  TensorId add_bias(std::string name, TensorId x, TensorId bias, TensorId onto = kNoTensor);
  TensorId gelu(std::string name, TensorId pre);
  struct Dropout {
    double rate;
    uint32_t seed, stream;
  };
  /// With `onto`: onto + the sum that is left of x.
  TensorId dropout(std::string name, TensorId x, const Dropout& drop, TensorId onto = kNoTensor);
  struct Attention {
    TensorId q, k, v, slopes;
    float scale;
  };
  /// Fused attention: returns z and keeps the pattern under its own name.
  TensorId attention(std::string pattern_name, std::string z_name, const Attention& input);
  /// What a loss compares the logits with. Without weights every position that has a target counts the same.
  struct Goal {
    TensorId targets;
    uint32_t counted = 1;  // positions per sequence that have a target
    TensorId weights = kNoTensor;
    float smoothing = 0;
    bool brier = false;
  };
  /// The loss at each position; what is trained is its weighted mean. docs/maths.md (12), (60)–(63).
  TensorId loss(std::string name, TensorId logits, const Goal& goal);

  /// Makes the update leave parameters alone whose float in `values` (one per float of the parameter region) is 0; else 1.
  void trainable(std::vector<double> values);

  // Interventions on one head: a part of each row of an activation with an axis 'h' (and, among projections, 'c').
  struct Part {
    TensorId whole;
    uint32_t head, projection = 0;
    uint32_t first_row = 0, rows = 0;  // hold: of each sequence's rows; 0: all
  };
  /// The part becomes `source`, of the same rows and width, per sequence or shared by all; kNoTensor: 0. No gradient passes. To be
  /// recorded right after the operation that makes `whole`.
  void hold(const Part& part, TensorId source);
  /// A head's pattern becomes even attention to the keys after earlier copies of the query's token. No gradient passes.
  void hold_match(const Part& part, TensorId tokens);
  /// logits[b, q, x_k] += factor · pattern[b, head, q, k], x the tokens. In place, as add_part. docs/maths.md (99).
  void copy_tokens(TensorId logits, TensorId tokens, const Part& pattern, float factor);
  /// The part, with 0 everywhere else.
  TensorId keep(const Part& part);
  /// whole(part) += factor · source at the same part, which nothing else uses. To be recorded right after what makes `whole`.
  void add_part(const Part& part, TensorId source, float factor);
  /// Activation patching of x, [b, t, d] or [b, t, h, e]: rows of a chunk take parts of its first row's x, as `patched` [b, 2] says. Its
  /// place `first` is x, or the first of its heads. In place: to be recorded right after the operation that makes x.
  void patch(TensorId x, TensorId patched, uint32_t first);
  /// Values of its own for each sequence of the batch.
  TensorId constant_rows(const Shape& shape, std::vector<double> values);

  /// Records `operations`, of which none reads what another one makes, and none shares an input that has a gradient: the caller's
  /// promise. Their Steps of one kernel that follow each other go together, in reverse too.
  void together(const std::function<void()>& operations);

  /// Records the reverse pass and the update with `optimiser`, and gives the finished Program away. `matrices`: parameters, of two axes or
  /// with a third one in front, that Muon updates instead. docs/maths.md (66)–(68).
  Program finish(Kernel optimiser, const std::vector<TensorId>& matrices = {});

  /// What was recorded so far.
  const Program& program() const { return program_; }
  const Tensor& operator[](TensorId id) const { return program_.tensors[id]; }
  Mode mode() const { return mode_; }

 private:
  struct View {
    TensorId whole = kNoTensor;
    char axis = 0;
    uint32_t index = 0;
  };
  TensorId place(std::string name, std::string axes, const Shape& shape);
  TensorId push(Tensor tensor) { return push(std::move(tensor), View{}); }
  TensorId push(Tensor tensor, View view);
  TensorId like(std::string name, TensorId id);
  TensorId renamed(std::string name, TensorId id);
  Step step(Kernel kernel, std::initializer_list<TensorId> operands, std::initializer_list<uint32_t> sizes, uint32_t flags = 0) const;
  Step contraction(std::string_view a_letters, std::string_view b_letters, std::string_view c_letters, TensorId a, TensorId b, TensorId c);
  TensorId gradient_of(TensorId id);
  uint32_t contribute(TensorId id);
  static void mark_together(std::vector<Step>& list, size_t first);
  void pass_gradient(TensorId from, TensorId to, bool last_use = true);
  void need_scratch(uint32_t floats);
  void record_update(Kernel optimiser, const std::vector<TensorId>& matrices);
  struct Matrices;
  Matrices matrices_of(TensorId id);
  void record_optimiser(const Step& flat, const std::vector<TensorId>& matrices);
  void record_muon(const std::vector<TensorId>& parameters);
  std::vector<Region> regions_without(const std::vector<TensorId>& without) const;
  void record_frozen(std::initializer_list<TensorId> parts, TensorId held, Kernel kernel);
  void name_parameter_gradients();

  Program program_;
  uint32_t counted_ = 1;  // positions of the batch that have a target
  Mode mode_;
  std::vector<std::function<void()>> reverse_;  // one rule per operation, run last to first by finish()
  std::vector<bool> written_;                   // has this tensor's gradient got its first contribution?
  std::vector<View> views_;                     // per tensor; whole = kNoTensor when it is none
};

}  // namespace induction
