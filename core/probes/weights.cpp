#include "weights.hpp"

#include <algorithm>

#include "../exact.hpp"

namespace induction {
namespace {

// Reads views of the parameter region by name.
template <class Real>
struct Reader {
  const Program& program;
  std::span<const Real> parameters;

  const Tensor* find(const std::string& name) const {
    const TensorId id = program.find(name);
    return id == kNoTensor ? nullptr : &program.tensors[id];
  }
  // The last two axes of a tensor as a matrix; `head` indexes the axis before them where there are three.
  Matrix matrix(const Tensor& tensor, uint32_t head = 0) const {
    const size_t n = tensor.shape.size(), first = tensor.offset - program.parameter_region.offset;
    const size_t base = first + (n == 3 ? static_cast<size_t>(head) * tensor.stride[0] : 0);
    Matrix m(tensor.shape[n - 2], tensor.shape[n - 1]);
    for (uint32_t r = 0; r < m.rows; ++r)
      for (uint32_t c = 0; c < m.columns; ++c)
        m(r, c) = static_cast<double>(
            parameters[base + static_cast<size_t>(r) * tensor.stride[n - 2] + static_cast<size_t>(c) * tensor.stride[n - 1]]);
    return m;
  }
};

template <class Real>
Matrix positions_of(const Config& c, const Reader<Real>& read) {
  if (const Tensor* learned = read.find("pos_embed.W_pos")) return read.matrix(*learned);
  if (c.positions != kind::positions::sinusoidal) return {};
  Matrix W_pos(static_cast<uint32_t>(c.n_ctx), static_cast<uint32_t>(c.d_model));
  W_pos.values = sinusoids(W_pos.rows, W_pos.columns);
  return W_pos;
}

}  // namespace

bool ModelWeights::positions_in_stream() const {
  return config.positions == kind::positions::learned || config.positions == kind::positions::sinusoidal;
}

Matrix ModelWeights::token_rows() const {
  Matrix rows(static_cast<uint32_t>(config.d_vocab), W_E.columns);
  std::copy_n(W_E.values.begin(), rows.values.size(), rows.values.begin());
  return rows;
}

Matrix ModelWeights::token_columns() const {
  Matrix columns(W_U.rows, static_cast<uint32_t>(config.d_vocab));
  for (uint32_t r = 0; r < columns.rows; ++r)
    for (uint32_t c = 0; c < columns.columns; ++c) columns(r, c) = W_U(r, c);
  return columns;
}

template <class Real>
ModelWeights read_weights(const Config& config, const Program& program, std::span<const Real> parameters) {
  const Reader<Real> read{program, parameters};
  ModelWeights w;
  w.config = config;
  w.W_E = read.matrix(*read.find("embed.W_E"));
  w.W_pos = positions_of(config, read);
  const Tensor* unembed = read.find("unembed.W_U");
  w.W_U = unembed ? read.matrix(*unembed) : transposed(w.W_E);
  for (int64_t l = 0; l < config.n_layers; ++l) {
    const std::string attn = "blocks." + std::to_string(l) + ".attn.";
    std::vector<HeadWeights> layer;
    for (uint32_t h = 0; h < static_cast<uint32_t>(config.n_heads); ++h)
      layer.push_back({read.matrix(*read.find(attn + "W_Q"), h), read.matrix(*read.find(attn + "W_K"), h),
                       read.matrix(*read.find(attn + "W_V"), h), read.matrix(*read.find(attn + "W_O"), h)});
    w.heads.push_back(std::move(layer));
  }
  return w;
}
template ModelWeights read_weights(const Config&, const Program&, std::span<const float>);
template ModelWeights read_weights(const Config&, const Program&, std::span<const double>);

std::string norm_hides(const Config& c) {
  if (c.norm == kind::norm::none) return {};
  return "the norm (" + value_text(*find_knob("norm"), c) + ") divides each position by a number of its own, which the weights do not tell";
}

std::string mlp_hides(const Config& c) {
  if (c.d_mlp == 0) return {};
  return "the MLP (d_mlp " + std::to_string(c.d_mlp) + ") is not linear, so the logits are no sum over paths through the heads";
}

std::string scores_not_bilinear(const Config& c) {
  if (c.positions == kind::positions::rotary)
    return "rotary positions turn queries and keys by their distance, so that no single matrix holds the scores";
  if (c.smeared_keys) return "smeared keys see the token before without any earlier head, so composition is not what they need";
  return {};
}

std::string no_earlier_layer(uint32_t layer) { return layer > 0 ? std::string() : "a head of layer 0 has no earlier head to compose with"; }

std::string first_reason(std::initializer_list<std::string> reasons) {
  for (const std::string& reason : reasons)
    if (!reason.empty()) return reason;
  return {};
}

}  // namespace induction
