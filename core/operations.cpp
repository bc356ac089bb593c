// The Recorder's operations: each records a forward step and, as a closure, its reverse rule.

#include <algorithm>
#include <cassert>

#include "recorder.hpp"

namespace induction {
namespace {

// Stride of an operand along a letter; 0 when the operand lacks it.
uint32_t stride_along(const Tensor& tensor, std::string_view letters, char letter) {
  const auto at = letters.find(letter);
  return at == std::string_view::npos ? 0 : tensor.stride[at];
}

uint32_t size_along(const Tensor& a, std::string_view a_letters, const Tensor& b, std::string_view b_letters, char letter) {
  const auto at = a_letters.find(letter);
  return at != std::string_view::npos ? a.shape[at] : b.shape[b_letters.find(letter)];
}

}  // namespace

// --- linear operations ---

// One contraction step. Axis 0 is the batch; the output's contiguous axis must belong to the second operand.
Step Recorder::contraction(std::string_view a_letters, std::string_view b_letters, std::string_view c_letters, TensorId a, TensorId b,
                           TensorId c) {
  // The contiguous axis is the last one. (Before a last axis of size 1, as with d_head 1, another has stride 1 too.)
  assert((*this)[c].stride.back() == 1);
  if (b_letters.find(c_letters.back()) == std::string_view::npos) std::swap(a, b), std::swap(a_letters, b_letters);
  std::string order = "b";
  for (const auto letters : {c_letters, a_letters, b_letters})
    for (const char letter : letters)
      if (order.find(letter) == std::string::npos) order += letter;
  assert(order.size() <= kAxes);

  Step made = step(Kernel::contract, {a, b, c}, {});
  uint32_t columns = 1, summed = 1;
  [[maybe_unused]] const uint32_t* last = nullptr;  // the summed axis before
  for (size_t i = 0; i < order.size(); ++i) {
    made.size[i] = size_along((*this)[a], a_letters, (*this)[b], b_letters, order[i]);
    made.stride[0][i] = stride_along((*this)[a], a_letters, order[i]);
    made.stride[1][i] = stride_along((*this)[b], b_letters, order[i]);
    made.stride[2][i] = stride_along((*this)[c], c_letters, order[i]);
    if (!made.stride[0][i]) columns *= made.size[i];
    if (made.stride[2][i] || made.size[i] == 1) continue;
    assert(made.stride[0][i] && made.stride[1][i]);  // a sum over one operand alone is none of the kernel's
    // The kernel runs one summed axis: those recorded must walk memory as one.
    assert(!last || (last[0] == made.size[i] * made.stride[0][i] && last[kAxes] == made.size[i] * made.stride[1][i]));
    last = &made.stride[0][i];
    summed *= made.size[i];
  }
  need_scratch(std::min(columns, kPanelColumns) * summed);
  return made;
}

TensorId Recorder::einsum(std::string name, std::string_view letters, TensorId a, TensorId b, TensorId onto) {
  const auto comma = letters.find(','), arrow = letters.find("->");
  const std::string a_letters(letters.substr(0, comma)), b_letters(letters.substr(comma + 1, arrow - comma - 1)),
      c_letters(letters.substr(arrow + 2));
  Shape shape;
  for (const char letter : c_letters) shape.push_back(size_along((*this)[a], a_letters, (*this)[b], b_letters, letter));
  const TensorId c = place(std::move(name), c_letters, shape);
  Step forward = contraction(a_letters, b_letters, c_letters, a, b, c);
  if (onto != kNoTensor) {
    forward.offset[3] = (*this)[onto].offset;
    forward.batch_stride[3] = (*this)[onto].batch_stride();
    forward.value[0] = 1;
  }
  program_.forward.push_back(forward);
  reverse_.push_back([=, this] {  // c = onto + Σ a b:  da = Σ dc b,  db = Σ a dc,  donto = dc
    const TensorId dc = gradient_of(c);
    const size_t first_step = program_.backward.size();
    for (const bool first : {true, false}) {
      const TensorId target = first ? a : b, d_target = gradient_of(target);
      Step made = first ? contraction(c_letters, b_letters, a_letters, dc, b, d_target)
                        : contraction(a_letters, c_letters, b_letters, a, dc, d_target);
      made.flags = contribute(target);
      program_.backward.push_back(made);
    }
    if (a != b) mark_together(program_.backward, first_step);
    if (onto != kNoTensor) pass_gradient(c, onto);
  });
  return c;
}

TensorId Recorder::add(std::string name, TensorId a, TensorId b) {
  const TensorId out = like(std::move(name), a);
  program_.forward.push_back(step(Kernel::add, {a, b, out}, {(*this)[out].elements() / program_.batch}));
  reverse_.push_back([=, this] {  // out = a + b:  da = dout,  db = dout
    pass_gradient(out, a, false);
    pass_gradient(out, b);
  });
  return out;
}

// --- embeddings and positions ---

TensorId Recorder::embed(std::string name, TensorId tokens, TensorId W_E) {
  const uint32_t length = program_.length, width = (*this)[W_E].shape[1], vocabulary = (*this)[W_E].shape[0];
  const TensorId out = place(std::move(name), "btd", {program_.batch, length, width});
  program_.forward.push_back(step(Kernel::embed, {tokens, W_E, out}, {length, width}));
  reverse_.push_back([=, this] {  // out[t] = W_E[x_t]:  dW_E[x_t] += dout[t]
    const TensorId d_out = gradient_of(out), d_W = gradient_of(W_E);
    program_.backward.push_back(step(Kernel::embed_backward, {tokens, d_W, d_out}, {length, width, vocabulary}, contribute(W_E)));
  });
  return out;
}

TensorId Recorder::add_position(std::string name, TensorId x, TensorId W_pos) {
  const uint32_t length = program_.length, width = (*this)[x].shape[2];
  const TensorId out = like(std::move(name), x);
  program_.forward.push_back(step(Kernel::add_position, {x, W_pos, out}, {length, width}));
  reverse_.push_back([=, this] {  // out[b,t] = x[b,t] + W_pos[t]:  dW_pos[t] = Σ_b dout[b,t],  dx = dout
    const TensorId d_out = gradient_of(out);
    if ((*this)[W_pos].parameter) {
      const TensorId d_W = gradient_of(W_pos);
      const uint32_t rows = (*this)[W_pos].shape[0];
      program_.backward.push_back(step(Kernel::add_position_backward, {d_out, d_W}, {length, width, rows}, contribute(W_pos)));
    }
    pass_gradient(out, x);
  });
  return out;
}

TensorId Recorder::norm(std::string name, TensorId x, TensorId w, TensorId b) {
  const uint32_t length = program_.length, width = (*this)[x].shape[2], flags = b == kNoTensor ? 0u : kLayerNorm;
  const TensorId y = like(std::move(name), x);
  const TensorId moments = place("", "btm", {program_.batch, length, 2});
  Step forward = step(Kernel::norm, {x, w, y, b, moments}, {length, width}, flags);
  forward.value[0] = kNormEpsilon;
  program_.forward.push_back(forward);
  reverse_.push_back([=, this] {  // y = normed(x)·w + b
    const TensorId dy = gradient_of(y), dx = gradient_of(x), dw = gradient_of(w), db = b == kNoTensor ? kNoTensor : gradient_of(b);
    const uint32_t sums = contribute(w) ? kAddToSums : 0u;
    program_.backward.push_back(
        step(Kernel::norm_backward, {x, w, dy, dx, moments, dw, db}, {length, width}, flags | sums | contribute(x)));
  });
  return y;
}

TensorId Recorder::smear(std::string name, TensorId k, TensorId alpha) {
  const Tensor& in = (*this)[k];
  const TensorId out = place(std::move(name), "bthe", in.shape);
  const uint32_t length = program_.length, heads = (*this)[out].shape[2], width = (*this)[out].shape[3];
  const uint32_t in_row = (*this)[k].stride[1], out_row = (*this)[out].stride[1];
  program_.forward.push_back(step(Kernel::smear, {k, alpha, out}, {length, heads, width, in_row, out_row}));
  reverse_.push_back([=, this] {  // k'[t] = σ k[t] + (1 − σ) k[t−1]
    const TensorId d_out = gradient_of(out), dk = gradient_of(k), d_alpha = gradient_of(alpha);
    contribute(alpha), contribute(k);
    program_.backward.push_back(step(Kernel::smear_backward, {k, alpha, d_out, dk, d_alpha}, {length, heads, width, in_row, out_row}));
  });
  return out;
}

TensorId Recorder::rotary(std::string name, TensorId x, TensorId table) {
  const TensorId y = place(std::move(name), "bthe", Shape((*this)[x].shape));
  const uint32_t length = program_.length, heads = (*this)[y].shape[2], width = (*this)[y].shape[3];
  const uint32_t x_row = (*this)[x].stride[1], y_row = (*this)[y].stride[1];
  program_.forward.push_back(step(Kernel::rotary, {x, table, y}, {length, heads, width, x_row, y_row}));
  reverse_.push_back([=, this] {  // y = R x:  dx = Rᵀ dy
    const TensorId dy = gradient_of(y), dx = gradient_of(x);
    contribute(x);
    program_.backward.push_back(step(Kernel::rotary_backward, {dy, table, dx}, {length, heads, width, y_row, x_row}));
  });
  return y;
}

}  // namespace induction
