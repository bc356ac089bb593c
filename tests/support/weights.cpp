#include "weights.hpp"

namespace induction::tests {

Config bare_config(uint32_t layers, uint32_t heads, uint32_t d_model, uint32_t d_head, uint32_t d_vocab) {
  Config c;
  c.norm = kind::norm::none, c.positions = kind::positions::learned;
  c.n_layers = layers, c.n_heads = heads, c.d_model = d_model, c.d_head = d_head, c.d_vocab = d_vocab, c.n_ctx = 8;
  c.period_min = 2, c.period_max = 4;
  return c;
}

ModelWeights random_weights(const Config& c, uint32_t seed) {
  const auto d = static_cast<uint32_t>(c.d_model), e = static_cast<uint32_t>(head_width(c)), v = static_cast<uint32_t>(c.d_vocab);
  const double scale = std::sqrt(3.0 / d);
  uint32_t next = seed * 1000;
  const auto random = [&](uint32_t rows, uint32_t columns) {
    Matrix m(rows, columns);
    m.values = random_values(m.values.size(), next++, scale);
    return m;
  };
  ModelWeights w;
  w.config = c;
  w.W_E = random(v, d), w.W_U = random(d, v);
  if (c.positions == kind::positions::learned || c.positions == kind::positions::shortformer)
    w.W_pos = random(static_cast<uint32_t>(c.n_ctx), d);
  w.heads.resize(static_cast<size_t>(c.n_layers));
  for (auto& layer : w.heads)
    for (int64_t h = 0; h < c.n_heads; ++h) layer.push_back({random(d, e), random(d, e), random(d, e), random(e, d)});
  return w;
}

Matrix block(uint32_t rows, uint32_t columns, uint32_t first) {
  Matrix m(rows, columns);
  for (uint32_t r = 0; r < rows && first + r < columns; ++r) m(r, first + r) = 1;
  return m;
}

}  // namespace induction::tests
