// Operations that only some options need: the MLP's biases and GELU, dropout.

#include "recorder.hpp"

namespace induction {

// Another name for the memory of `id`, which nothing reads any more under its own.
TensorId Recorder::renamed(std::string name, TensorId id) {
  Tensor tensor = (*this)[id];
  tensor.name = std::move(name);
  return push(std::move(tensor));
}

TensorId Recorder::add_bias(std::string name, TensorId x, TensorId bias, TensorId onto) {
  const uint32_t length = program_.length, width = (*this)[x].shape[2];
  const bool in_place = mode_ == Mode::training;
  const TensorId out = in_place ? renamed(std::move(name), x) : like(std::move(name), x);
  Step forward = step(Kernel::add_bias, {x, bias, out, onto}, {length, width});
  forward.value[0] = onto == kNoTensor ? 0.0f : 1.0f;
  program_.forward.push_back(forward);
  reverse_.push_back([=, this] {  // out = onto + x + bias:  dbias = Σ dout,  dx = dout,  donto = dout
    const TensorId d_out = gradient_of(out), d_bias = gradient_of(bias);
    program_.backward.push_back(step(Kernel::add_bias_backward, {d_out, d_bias}, {length, width}, contribute(bias)));
    pass_gradient(out, x);
    if (onto != kNoTensor) pass_gradient(out, onto);
  });
  return out;
}

TensorId Recorder::gelu(std::string name, TensorId pre) {
  const TensorId post = like(std::move(name), pre);
  const uint32_t floats = (*this)[pre].elements() / program_.batch;
  program_.forward.push_back(step(Kernel::gelu, {pre, post}, {floats}));
  reverse_.push_back([=, this] {  // post = gelu(pre)
    const TensorId d_post = gradient_of(post);
    if (mode_ == Mode::training) program_.gradient[pre] = d_post;  // in place: nothing else reads it
    const TensorId d_pre = gradient_of(pre);
    contribute(pre);
    program_.backward.push_back(step(Kernel::gelu_backward, {pre, d_post, d_pre}, {floats}));
  });
  return post;
}

TensorId Recorder::dropout(std::string name, TensorId x, const Dropout& drop, TensorId onto) {
  const TensorId out = like(std::move(name), x);
  const uint32_t floats = (*this)[x].elements() / program_.batch;
  const auto threshold = static_cast<uint32_t>(drop.rate * 16777216.0 + 0.5);
  Step forward = step(Kernel::dropout, {x, out, onto}, {floats, threshold, drop.seed, drop.stream});
  forward.value[0] = static_cast<float>(1 / (1 - drop.rate));
  forward.value[1] = onto == kNoTensor ? 0.0f : 1.0f;
  program_.forward.push_back(forward);
  reverse_.push_back([=, this] {  // out = onto + keep·x:  dx = keep·dout,  donto = dout
    const TensorId d_out = gradient_of(out), dx = gradient_of(x);
    Step made = step(Kernel::dropout, {d_out, dx}, {floats, threshold, drop.seed, drop.stream}, contribute(x));
    made.value[0] = forward.value[0];
    program_.backward.push_back(made);
    if (onto != kNoTensor) pass_gradient(out, onto);
  });
  return out;
}

}  // namespace induction
