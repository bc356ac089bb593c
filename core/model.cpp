#include "model.hpp"

#include <cmath>

#include "exact.hpp"

namespace induction {
namespace {

constexpr double kRotaryBase = 10000;  // Su et al. 2021

struct NormWeights {
  TensorId w = kNoTensor, b = kNoTensor;
};

struct LayerWeights {
  NormWeights ln1;
  TensorId W_QKV = kNoTensor;                  // [d_model, 3, n_heads, d_head]: q, k and v side by side, one contraction
  TensorId W_QK = kNoTensor, W_V = kNoTensor;  // shortformer: [d_model, 2, …] and [d_model, 1, …], for their inputs differ
  TensorId W_O = kNoTensor;                    // [n_heads, d_head, d_model]
  TensorId smear_alpha = kNoTensor;            // [n_heads]
};

struct Weights {
  TensorId W_E, W_pos = kNoTensor, W_U = kNoTensor;
  std::vector<LayerWeights> layers;
  NormWeights ln_final;
};

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

Weights declare_weights(Recorder& rec, const Config& c) {
  const Sizes s(c);
  Weights w;
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
    w.layers.push_back(lw);
  }
  w.ln_final = norm_weights(rec, c, "ln_final");
  if (!c.tied_embedding) w.W_U = rec.parameter("unembed.W_U", {s.d, s.v});
  return w;
}

// Constants that positions need: ALiBi slopes or rotary tables.
struct Tables {
  TensorId slopes = kNoTensor, rotation = kNoTensor;
};

Tables declare_tables(Recorder& rec, const Config& c, uint32_t length) {
  const Sizes s(c);
  Tables tables;
  if (c.positions == kind::positions::alibi) tables.slopes = rec.constant("alibi_slopes", {s.heads}, alibi_slopes(s.heads));
  if (c.positions == kind::positions::rotary)
    tables.rotation = rec.constant("rotary_table", {length, s.e}, rotary_table(length, s.e, kRotaryBase));
  return tables;
}

TensorId apply_norm(Recorder& rec, const std::string& name, TensorId x, const NormWeights& n) {
  return n.w == kNoTensor ? x : rec.norm(name + ".hook_normalized", x, n.w, n.b);
}

// q, k and v of one layer: docs/maths.md (4)–(6).
Recorder::Attention project(Recorder& rec, const Config& c, const LayerWeights& w, const Weights& model, const Tables& tables, TensorId x,
                            const std::string& hook) {
  TensorId q, k, v;
  if (c.positions == kind::positions::shortformer) {
    const TensorId moved = rec.add_position("", x, model.W_pos);
    TensorId qk = kNoTensor, only_v = kNoTensor;
    rec.together([&] {
      qk = rec.einsum("", "btd,dche->btche", moved, w.W_QK);
      only_v = rec.einsum("", "btd,dche->btche", x, w.W_V);
    });
    q = rec.select(hook + "hook_q", qk, 'c', 0), k = rec.select(hook + "hook_k", qk, 'c', 1);
    v = rec.select(hook + "hook_v", only_v, 'c', 0);
  } else {
    const TensorId qkv = rec.einsum("", "btd,dche->btche", x, w.W_QKV);
    q = rec.select(hook + "hook_q", qkv, 'c', 0), k = rec.select(hook + "hook_k", qkv, 'c', 1),
    v = rec.select(hook + "hook_v", qkv, 'c', 2);
  }
  if (c.smeared_keys) k = rec.smear(hook + "hook_smeared_k", k, w.smear_alpha);
  if (c.positions == kind::positions::rotary) {
    rec.together([&] {
      q = rec.rotary(hook + "hook_rot_q", q, tables.rotation);
      k = rec.rotary(hook + "hook_rot_k", k, tables.rotation);
    });
  }
  const float scale = 1.0f / std::sqrt(static_cast<float>(head_width(c)));
  return {q, k, v, tables.slopes, scale};
}

// One attention block: resid_pre -> resid_post. Plain mode keeps every hook; training mode fuses: docs/maths.md (7)–(9).
TensorId record_layer(Recorder& rec, const Config& c, const Weights& model, uint32_t l, const Tables& tables, TensorId resid_pre) {
  const std::string block = "blocks." + std::to_string(l), hook = block + ".attn.";
  const LayerWeights& w = model.layers[l];
  const TensorId x = apply_norm(rec, block + ".ln1", resid_pre, w.ln1);
  const Recorder::Attention in = project(rec, c, w, model, tables, x, hook);
  const std::string resid_post = block + ".hook_resid_post";
  if (rec.mode() == Mode::training) {
    const TensorId z = rec.attention(hook + "hook_pattern", hook + "hook_z", in);
    return rec.einsum(resid_post, "bthe,hed->btd", z, w.W_O, resid_pre);
  }
  const TensorId products = rec.einsum("", "bqhe,bkhe->bhqk", in.q, in.k);
  const TensorId scores = rec.mask_scores(hook + "hook_attn_scores", products, in.slopes, in.scale);
  const TensorId pattern = rec.softmax(hook + "hook_pattern", scores);
  const TensorId z = rec.einsum(hook + "hook_z", "bhqk,bkhe->bqhe", pattern, in.v);
  return rec.add(resid_post, resid_pre, rec.einsum(block + ".hook_attn_out", "bthe,hed->btd", z, w.W_O));
}

Kernel optimiser_kernel(const Config& c) {
  return c.optimizer == kind::optimizer::sgd ? Kernel::sgd : c.optimizer == kind::optimizer::adam ? Kernel::adam : Kernel::adamw;
}

}  // namespace

Program record_model(const Config& c, const Rows& rows, Mode mode, const Extras& extras) {
  Recorder rec(rows.batch, rows.length, mode);
  const Weights w = declare_weights(rec, c);
  if (extras.freezable || !extras.frozen.empty()) rec.trainable(trainable_values(rec.program(), extras.frozen));
  const Tables tables = declare_tables(rec, c, rows.length);
  const TensorId tokens = rec.input("tokens", "bt", {rows.batch, rows.length});
  const TensorId targets = rec.input("targets", "bt", {rows.batch, rows.length});
  const TensorId weights = rows.weighted ? rec.input("weights", "bt", {rows.batch, rows.length}) : kNoTensor;

  const bool learned = c.positions == kind::positions::learned, sinusoidal = c.positions == kind::positions::sinusoidal;
  const std::string first = "blocks.0.hook_resid_pre";
  TensorId resid = rec.embed(learned || sinusoidal ? "hook_embed" : first, tokens, w.W_E);
  if (learned) resid = rec.add_position(first, resid, w.W_pos);
  if (sinusoidal) {
    const auto d = static_cast<uint32_t>(c.d_model);
    resid = rec.add_position(first, resid, rec.constant("hook_pos_embed", {rows.length, d}, sinusoids(rows.length, d)));
  }
  for (uint32_t l = 0; l < w.layers.size(); ++l) resid = record_layer(rec, c, w, l, tables, resid);
  const TensorId y = apply_norm(rec, "ln_final", resid, w.ln_final);
  const TensorId logits = c.tied_embedding ? rec.einsum("logits", "btd,vd->btv", y, w.W_E) : rec.einsum("logits", "btd,dv->btv", y, w.W_U);
  rec.loss("loss", logits, {targets, rows.counted, weights, static_cast<float>(c.label_smoothing), c.loss_kind == kind::loss_kind::brier});
  Program program = rec.finish(optimiser_kernel(c));
  program.tokens = tokens;
  return program;
}

}  // namespace induction
