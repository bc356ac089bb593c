#include "hold.hpp"

#include <algorithm>
#include <cmath>

namespace induction {

using Kind = Intervention::Kind;

bool Hold::needs_pattern(uint32_t layer) const {
  return std::any_of(list_.begin(), list_.end(),
                     [&](const Intervention& one) { return (one.clamps() || one.kind == Kind::copy) && one.layer == layer; });
}

// A pattern that is the same for all sequences, [length, length]. A shorter sequence gets the first rows and keys of a given one.
TensorId Hold::square(const Intervention& one, uint32_t length) {
  const auto given = static_cast<size_t>(std::lround(std::sqrt(static_cast<double>(one.values.size()))));
  std::vector<double> values(static_cast<size_t>(length) * length, 0.0);
  for (size_t q = 0; q < length; ++q)
    for (size_t k = 0; k < length; ++k) {
      if (k > q && one.kind != Kind::clamp_given) continue;
      double& x = values[q * length + k];
      if (one.kind == Kind::clamp_given) x = one.values[q * given + k];
      if (one.kind == Kind::clamp_previous) x = k + 1 == q || q == 0;
      if (one.kind == Kind::clamp_uniform) x = 1.0 / static_cast<double>(q + 1);
    }
  return rec_.constant("", {length, length}, std::move(values));
}

void Hold::patterns(uint32_t layer, TensorId pattern) {
  for (const Intervention& one : list_) {
    if (!one.clamps() || one.layer != layer) continue;
    if (one.kind == Kind::clamp_match)
      rec_.hold_match({pattern, one.head}, tokens_);
    else
      rec_.hold({pattern, one.head}, square(one, rec_[pattern].shape[2]));
  }
}

// What stands in for a head's z: the measured mean, [T, d_head], or for each sequence another row of the reservoir.
TensorId Hold::rows(const Intervention& one, const Tensor& z) {
  const uint32_t batch = z.shape[0], length = z.shape[1], width = z.shape[3];
  const size_t floats = static_cast<size_t>(length) * width;
  if (one.kind == Kind::ablate_zero || one.kind == Kind::ablate_pattern_preserving || one.kind == Kind::copy) return kNoTensor;
  if (one.kind == Kind::ablate_mean)
    return rec_.constant("", {length, width}, {one.values.begin(), one.values.begin() + static_cast<long>(floats)});
  const size_t row_floats = one.values.size() / kReservoir;  // of n_ctx positions, of which a prompt may have fewer
  std::vector<double> values;
  for (uint32_t b = 0; b < batch; ++b) {
    const uint32_t taken = patched_ == kNoTensor ? (b + 1) % kReservoir : 1;  // rows that are compared take the same
    const auto row = one.values.begin() + static_cast<long>(taken * row_floats);
    values.insert(values.end(), row, row + static_cast<long>(floats));
  }
  return rec_.constant_rows({batch, length, width}, std::move(values));
}

bool Hold::keeps_patterns(uint32_t layer, size_t layers) const {
  return layer + 1 < layers && std::any_of(list_.begin(), list_.end(), [&](const Intervention& one) {
           return one.kind == Kind::ablate_pattern_preserving && one.layer == layer;
         });
}

void Hold::unread(TensorId values) {
  for (uint32_t head = 0; head < rec_[values].shape[2]; ++head) rec_.hold({values, head}, kNoTensor);
}

void Hold::outputs(uint32_t layer, TensorId z, bool untouched) {
  if (patched_ != kNoTensor && !untouched) rec_.patch(z, patched_, layer * rec_[z].shape[2]);  // first: what is held stays held
  for (const Intervention& one : list_) {
    if (!one.replaces_output() || one.layer != layer || (untouched && one.kind == Kind::ablate_pattern_preserving)) continue;
    if (one.kind == Kind::patch)
      put_prompt(one, z);
    else
      rec_.hold({z, one.head}, rows(one, Tensor(rec_[z])));
  }
}

void Hold::weighs(uint32_t layer, TensorId pattern) {
  for (const Intervention& one : list_)
    if (one.kind == Kind::copy && one.layer == layer) copies_.push_back({&one, pattern});
}

void Hold::copies(TensorId logits) {
  for (const Copy& copy : copies_)
    rec_.copy_tokens(logits, tokens_, {copy.pattern, copy.held->head}, static_cast<float>(copy.held->factor));
}

// What a head put out of another prompt, at all positions that both sequences have, or at one.
void Hold::put_prompt(const Intervention& one, TensorId z) {
  const uint32_t width = rec_[z].shape[3], shared = std::min(rec_[z].shape[1], static_cast<uint32_t>(one.prompt.size()));
  const uint32_t first = one.position < 0 ? 0 : static_cast<uint32_t>(one.position), count = one.position < 0 ? shared : 1;
  if (first + count > shared) return;  // of a sequence that ends before it
  const auto from = one.values.begin() + static_cast<long>(first * width);
  rec_.hold({z, one.head, 0, first, count}, rec_.constant("", {count, width}, {from, from + static_cast<long>(count * width)}));
}

void Hold::paths(uint32_t layer, const Projections& made) {
  for (const Intervention& one : list_) {
    const size_t projection = one.kind == Kind::path && one.to_layer == layer ? made.inputs.find(one.input) : std::string_view::npos;
    if (projection == std::string_view::npos) continue;
    const Output& from = outputs_[one.layer];
    const TensorId added = rec_.einsum("", "bthe,hed->btd", rec_.keep({from.z, one.head}), from.W_O);
    const TensorId share = rec_.einsum("", "btd,dche->btche", added, made.W);
    rec_.add_part({made.block, one.to_head, static_cast<uint32_t>(projection)}, share, static_cast<float>(one.factor - 1));
  }
}

}  // namespace induction
