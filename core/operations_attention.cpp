// The Recorder's operations of attention, and the loss: forward steps and reverse rules.

#include "recorder.hpp"

namespace induction {

TensorId Recorder::mask_scores(std::string name, TensorId products, TensorId slopes, float scale, const Masking& masking) {
  const TensorId scores = like(std::move(name), products);
  const uint32_t length = program_.length, heads = (*this)[products].shape[1];
  const TensorId bias = masking.bias, buckets = masking.buckets;
  const uint32_t mask = masking.bidirectional ? kBidirectional : 0u;
  const uint32_t flags = mask | (slopes == kNoTensor ? 0u : kAlibi) | (bias == kNoTensor ? 0u : kRelative);
  Step forward = step(Kernel::mask_scores, {products, slopes, scores, bias, buckets}, {length, heads}, flags);
  forward.value[0] = scale;
  program_.forward.push_back(forward);
  reverse_.push_back([=, this] {  // scores = scale·products + bias, masked:  dbias = Σ dscores
    const TensorId d_scores = gradient_of(scores), d_products = gradient_of(products);
    contribute(products);
    if (bias != kNoTensor) {
      const TensorId d_bias = gradient_of(bias);
      contribute(bias);
      const uint32_t count = (*this)[bias].shape[0];
      program_.backward.push_back(step(Kernel::relative_bias_backward, {d_scores, buckets, d_bias}, {length, heads, count}, mask));
    }
    Step made = step(Kernel::mask_scores_backward, {d_scores, d_products}, {length, heads});
    made.value[0] = scale;
    program_.backward.push_back(made);
  });
  return scores;
}

TensorId Recorder::softmax(std::string name, TensorId scores, bool bidirectional) {
  const TensorId pattern = like(std::move(name), scores);
  const uint32_t length = program_.length, heads = (*this)[scores].shape[1], flags = bidirectional ? kBidirectional : 0u;
  program_.forward.push_back(step(Kernel::softmax, {scores, pattern}, {length, heads}, flags));
  reverse_.push_back([=, this] {  // pattern = softmax(scores)
    const TensorId d_pattern = gradient_of(pattern), d_scores = gradient_of(scores);
    contribute(scores);
    program_.backward.push_back(step(Kernel::softmax_backward, {pattern, d_pattern, d_scores}, {length, heads}, flags));
  });
  return pattern;
}

TensorId Recorder::attention(std::string pattern_name, std::string z_name, const Attention& input) {
  const TensorId q = input.q, k = input.k, v = input.v, slopes = input.slopes;
  const float scale = input.scale;
  const Shape shape = (*this)[q].shape;
  const uint32_t length = program_.length, heads = shape[2], width = shape[3];
  const TensorId pattern = place(std::move(pattern_name), "bhqk", {program_.batch, heads, length, length});
  const TensorId z = place(std::move(z_name), "bthe", shape);
  const uint32_t q_row = (*this)[q].stride[1], k_row = (*this)[k].stride[1], v_row = (*this)[v].stride[1], z_row = (*this)[z].stride[1];
  const uint32_t row = (length + kQueriesTogether - 1) / kQueriesTogether * kQueriesTogether;
  need_scratch((width + length) * kQueriesTogether + length * row);  // of the reverse; see kernels/attention.hpp
  Step forward = step(Kernel::attention, {q, k, v, pattern, z, slopes}, {length, heads, width, q_row, k_row, v_row, z_row},
                      slopes == kNoTensor ? 0u : kAlibi);
  forward.value[0] = scale;
  program_.forward.push_back(forward);
  reverse_.push_back([=, this] {  // z = softmax(q kᵀ scale) v
    const TensorId dz = gradient_of(z), dq = gradient_of(q), dk = gradient_of(k), dv = gradient_of(v);
    contribute(q), contribute(k), contribute(v);
    Step made = step(Kernel::attention_backward, {q, k, v, pattern, dz, dq, dk, dv}, {length, heads, width, q_row, k_row, v_row, z_row});
    made.value[0] = scale;
    program_.backward.push_back(made);
  });
  return z;
}

TensorId Recorder::loss(std::string name, TensorId logits, const Goal& goal) {
  const uint32_t length = program_.length, width = (*this)[logits].shape[2];
  const uint32_t flags = goal.weights == kNoTensor ? 0u : kWeighted;
  need_scratch(width);
  const TensorId loss = place(std::move(name), "bt", {program_.batch, length});
  Step forward = step(goal.brier ? Kernel::brier : Kernel::cross_entropy, {logits, goal.targets, loss}, {length, width});
  forward.value[0] = goal.smoothing;
  program_.forward.push_back(forward);
  program_.targets = goal.targets;
  program_.weights = goal.weights;
  program_.logits = logits;
  program_.loss = loss;
  counted_ = program_.batch * goal.counted;
  reverse_.push_back([=, this] {  // weighted sum of losses of softmax(logits):  dlogits = weight · dloss/dlogits
    const TensorId d_logits = gradient_of(logits);
    contribute(logits);
    Step made = step(goal.brier ? Kernel::brier_backward : Kernel::cross_entropy_backward, {logits, goal.targets, d_logits, goal.weights},
                     {length, width, counted_}, flags);
    made.value[0] = goal.smoothing;
    program_.backward.push_back(made);
  });
  return loss;
}

}  // namespace induction
