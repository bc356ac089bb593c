// The Recorder's operations on a part of an activation's rows, for interventions: forward steps and reverse rules.

#include <cassert>

#include "recorder.hpp"

namespace induction {
namespace {

// Where a head's share of an activation lies: [b, h, q, k] (a pattern), [b, t, h, e] or [b, t, c, h, e].
struct Place {
  uint32_t first, rows, width, row, columns;  // floats before it in a row (or, of a pattern, in the sequence); rows; floats
};

Place place_of(const Tensor& whole, uint32_t head, uint32_t projection) {
  const auto at = whole.axes.find('h');
  assert(whole.stride.back() == 1 && at != std::string::npos);
  const bool square = at == 1;
  const uint32_t rows_axis = square ? 2 : 1;
  const uint32_t first = head * whole.stride[at] + (whole.axes[2] == 'c' ? projection * whole.stride[2] : 0);
  const uint32_t row = whole.stride[rows_axis];
  return {first, whole.shape[rows_axis], whole.shape.back(), row, square ? whole.shape.back() : row};
}

}  // namespace

TensorId Recorder::constant_rows(const Shape& shape, std::vector<double> values) {
  const TensorId id = place("", "bte", shape);
  program_.constants.push_back({id, std::move(values)});
  return id;
}

void Recorder::hold(const Part& part, TensorId source) {
  Place at = place_of((*this)[part.whole], part.head, part.projection);
  at.first += part.first_row * at.row;
  if (part.rows > 0) at.rows = part.rows;
  // put: source, target. With the factor 0 there is nothing to read.
  const auto replace = [this, at](TensorId from, TensorId to) {
    Step made = step(Kernel::put, {from == kNoTensor ? to : from, to}, {at.rows, at.width, 0, at.width, at.width, at.row});
    made.offset[1] += at.first;
    made.value[0] = from == kNoTensor ? 0.0f : 1.0f;
    return made;
  };
  program_.forward.push_back(replace(source, part.whole));
  reverse_.push_back([=, this] {  // whole(part) = source:  dwhole(part) = 0
    program_.backward.push_back(replace(kNoTensor, gradient_of(part.whole)));
  });
}

void Recorder::hold_match(const Part& part, TensorId tokens) {
  const Place at = place_of((*this)[part.whole], part.head, 0);
  Step made = step(Kernel::match_pattern, {tokens, part.whole}, {at.rows});
  made.offset[1] += at.first;
  program_.forward.push_back(made);
  reverse_.push_back([=, this] {  // as in hold
    const TensorId d_whole = gradient_of(part.whole);
    Step none = step(Kernel::put, {d_whole, d_whole}, {at.rows, at.width, 0, at.width, at.width, at.row});
    none.offset[1] += at.first;
    program_.backward.push_back(none);
  });
}

void Recorder::patch(TensorId x, TensorId patched, uint32_t first) {
  const Shape& shape = (*this)[x].shape;
  const uint32_t parts = shape.size() == 4 ? shape[2] : 1, width = shape.back(), length = shape[1];
  assert((*this)[x].stride[1] == parts * width && "patched activations are not interleaved with others");
  program_.forward.push_back(step(Kernel::patch_rows, {patched, x}, {length, parts, width, first}));
  reverse_.push_back([=, this] {  // x(part) = x(part of the clean row):  dx(clean) += dx, dx = 0
    program_.backward.push_back(step(Kernel::patch_rows_backward, {patched, gradient_of(x)}, {length, parts, width, first}));
  });
}

void Recorder::copy_tokens(TensorId logits, TensorId tokens, const Part& pattern, float factor) {
  const Shape& shape = (*this)[pattern.whole].shape;  // [b, h, q, k]
  const uint32_t length = shape[2], vocabulary = (*this)[logits].shape[2], heads = shape[1], head = pattern.head;
  Step made = step(Kernel::copy_tokens, {tokens, pattern.whole, logits}, {length, vocabulary, heads, head});
  made.value[0] = factor;
  program_.forward.push_back(made);
  reverse_.push_back([=, this] {  // dpattern[q, k] += factor · dlogits[q, x_k], and 0 for the other heads
    const TensorId d_logits = gradient_of(logits), d_pattern = gradient_of(pattern.whole);
    Step back =
        step(Kernel::copy_tokens_backward, {tokens, d_logits, d_pattern}, {length, vocabulary, heads, head}, contribute(pattern.whole));
    back.value[0] = factor;
    program_.backward.push_back(back);
  });
}

TensorId Recorder::keep(const Part& part) {
  const TensorId out = like("", part.whole);
  const Place at = place_of((*this)[part.whole], part.head, part.projection);
  Step forward = step(Kernel::put, {part.whole, out}, {at.rows, at.columns, at.first, at.width, at.row, at.row});
  forward.offset[0] += at.first;
  forward.value[0] = 1;
  program_.forward.push_back(forward);
  reverse_.push_back([=, this] {  // out = whole at the part, else 0:  dwhole(part) += dout(part)
    const TensorId d_out = gradient_of(out), d_whole = gradient_of(part.whole);
    const uint32_t flags = contribute(part.whole);
    Step made = step(Kernel::put, {d_out, d_whole}, {at.rows, at.columns, at.first, at.width, at.row, at.row}, flags);
    made.offset[0] += at.first;
    made.value[0] = 1;
    program_.backward.push_back(made);
  });
  return out;
}

void Recorder::add_part(const Part& part, TensorId source, float factor) {
  const Place at = place_of((*this)[part.whole], part.head, part.projection);
  Step forward = step(Kernel::put, {source, part.whole}, {at.rows, at.width, 0, at.width, at.row, at.row}, kAccumulate);
  forward.offset[0] += at.first, forward.offset[1] += at.first;
  forward.value[0] = factor;
  program_.forward.push_back(forward);
  reverse_.push_back([=, this] {  // whole(part) += factor·source(part):  dsource(part) = factor·dwhole(part), else 0
    const TensorId d_whole = gradient_of(part.whole), d_source = gradient_of(source);
    contribute(source);
    Step made = step(Kernel::put, {d_whole, d_source}, {at.rows, at.columns, at.first, at.width, at.row, at.row});
    made.offset[0] += at.first;
    made.value[0] = factor;
    program_.backward.push_back(made);
  });
}

}  // namespace induction
