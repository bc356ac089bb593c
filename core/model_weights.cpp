#include "model_weights.hpp"

#include "exact.hpp"

namespace induction {
namespace {

constexpr double kRotaryBase = 10000;  // Su et al. 2021

struct Sizes {
  uint32_t layers, heads, d, e, v, ctx;
  explicit Sizes(const Config& c)
      : layers(static_cast<uint32_t>(c.n_layers)),
        heads(static_cast<uint32_t>(c.n_heads)),
        d(static_cast<uint32_t>(c.d_model)),
        e(static_cast<uint32_t>(head_width(c))),
        v(static_cast<uint32_t>(token_count(c))),
        ctx(static_cast<uint32_t>(c.n_ctx)) {}
};

NormWeights norm_weights(Recorder& rec, const Config& c, const std::string& name) {
  NormWeights n;
  const auto d = static_cast<uint32_t>(c.d_model);
  if (c.norm != kind::norm::none) n.w = rec.parameter(name + ".w", {d});
  if (c.norm == kind::norm::layer) n.b = rec.parameter(name + ".b", {d});
  return n;
}

// Projections stored side by side as [d_model, count, n_heads, d_head], seen from outside as [n_heads, d_model, d_head] each.
TensorId projection_block(Recorder& rec, const Sizes& s, const std::string& layer, std::initializer_list<const char*> names) {
  const auto count = static_cast<uint32_t>(names.size());
  const TensorId block = rec.parameter("", {s.d, count, s.heads, s.e});
  uint32_t index = 0;
  for (const char* name : names)
    rec.name_part(layer + ".attn." + name, block, index++ * s.heads * s.e, {s.heads, s.d, s.e}, {s.e, count * s.heads * s.e, 1});
  return block;
}

void declare_mlp(Recorder& rec, const Config& c, const std::string& layer, MlpWeights& w) {
  const auto d = static_cast<uint32_t>(c.d_model), width = static_cast<uint32_t>(c.d_mlp);
  w.ln2 = norm_weights(rec, c, layer + ".ln2");
  w.W_in = rec.parameter(layer + ".mlp.W_in", {d, width});
  w.b_in = rec.parameter(layer + ".mlp.b_in", {width});
  w.W_out = rec.parameter(layer + ".mlp.W_out", {width, d});
  w.b_out = rec.parameter(layer + ".mlp.b_out", {d});
}

}  // namespace

DeclaredWeights declare_weights(Recorder& rec, const Config& c) {
  const Sizes s(c);
  DeclaredWeights w;
  w.W_E = rec.parameter("embed.W_E", {s.v, s.d});
  const bool shortformer = c.positions == kind::positions::shortformer;
  if (c.positions == kind::positions::learned || shortformer) w.W_pos = rec.parameter("pos_embed.W_pos", {s.ctx, s.d});
  for (uint32_t l = 0; l < s.layers; ++l) {
    const std::string layer = "blocks." + std::to_string(l);
    LayerWeights lw;
    lw.ln1 = norm_weights(rec, c, layer + ".ln1");
    if (shortformer) {
      lw.W_QK = projection_block(rec, s, layer, {"W_Q", "W_K"});
      lw.W_V = projection_block(rec, s, layer, {"W_V"});
    } else {
      lw.W_QKV = projection_block(rec, s, layer, {"W_Q", "W_K", "W_V"});
    }
    lw.W_O = rec.parameter(layer + ".attn.W_O", {s.heads, s.e, s.d});
    if (c.smeared_keys) lw.smear_alpha = rec.parameter(layer + ".attn.smear_alpha", {s.heads});
    if (c.positions == kind::positions::t5)
      lw.rel_pos_bias = rec.parameter(layer + ".attn.rel_pos_bias.weight", {kRelativeBuckets, s.heads});
    if (c.d_mlp > 0) declare_mlp(rec, c, layer, lw.mlp);
    w.layers.push_back(lw);
  }
  w.ln_final = norm_weights(rec, c, "ln_final");
  if (!c.tied_embedding) w.W_U = rec.parameter("unembed.W_U", {s.d, s.v});
  return w;
}

Tables declare_tables(Recorder& rec, const Config& c, uint32_t length) {
  const Sizes s(c);
  Tables tables;
  if (c.positions == kind::positions::alibi) tables.slopes = rec.constant("alibi_slopes", {s.heads}, alibi_slopes(s.heads));
  if (c.positions == kind::positions::rotary)
    tables.rotation = rec.constant("rotary_table", {length, s.e}, rotary_table(length, s.e, kRotaryBase));
  if (c.positions == kind::positions::t5)
    tables.buckets = rec.constant("rel_pos_buckets", {2 * length - 1}, relative_buckets(length, c.bidirectional));
  return tables;
}

std::vector<FrozenPart> frozen_parts(const Config& c) {
  std::vector<FrozenPart> parts;
  const auto freeze = [&](bool frozen, std::initializer_list<const char*> names) {
    for (const char* name : names)
      if (frozen) parts.push_back({name});
  };
  freeze(c.frozen_embedding, {"embed", "pos_embed"});
  freeze(c.frozen_unembedding, {"unembed"});
  freeze(c.frozen_norm, {"ln_final"});
  for (int64_t l = 0; l < c.n_layers; ++l) {
    const std::string layer = "blocks." + std::to_string(l);
    const auto freeze_in_layer = [&](bool frozen, std::initializer_list<const char*> names) {
      for (const char* name : names)
        if (frozen) parts.push_back({layer + name});
    };
    freeze_in_layer(c.frozen_embedding, {".attn.rel_pos_bias"});
    freeze_in_layer(c.frozen_q, {".attn.W_Q"});
    freeze_in_layer(c.frozen_k, {".attn.W_K", ".attn.smear_alpha"});
    freeze_in_layer(c.frozen_v, {".attn.W_V"});
    freeze_in_layer(c.frozen_o, {".attn.W_O"});
    freeze_in_layer(c.frozen_norm, {".ln1", ".ln2"});
    freeze_in_layer(c.frozen_mlp, {".mlp"});
  }
  return parts;
}

}  // namespace induction
