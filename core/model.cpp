#include "model.hpp"

#include <cmath>

#include "exact.hpp"
#include "hold.hpp"
#include "model_weights.hpp"
#include "rng.hpp"

namespace induction {
namespace {

TensorId apply_norm(Recorder& rec, const std::string& name, TensorId x, const NormWeights& n) {
  return n.w == kNoTensor ? x : rec.norm(name.empty() ? name : name + ".hook_normalized", x, n.w, n.b);
}

// What the operations of one layer need.
struct Layer {
  const Config& c;
  const DeclaredWeights& model;
  const Tables& tables;
  Hold& hold;
  uint32_t index;
};

// q, k and v of one layer: docs/maths.md (4)–(6).
Recorder::Attention project(Recorder& rec, const Layer& layer, TensorId x, const std::string& hook) {
  const Config& c = layer.c;
  const DeclaredWeights& model = layer.model;
  const Tables& tables = layer.tables;
  const uint32_t index = layer.index;
  const LayerWeights& w = model.layers[index];
  TensorId q, k, v;
  if (c.positions == kind::positions::shortformer) {
    const TensorId moved = rec.add_position("", x, model.W_pos);
    TensorId qk = kNoTensor, only_v = kNoTensor;
    rec.together([&] {
      qk = rec.einsum("", "btd,dche->btche", moved, w.W_QK);
      only_v = rec.einsum("", "btd,dche->btche", x, w.W_V);
    });
    layer.hold.paths(index, {qk, w.W_QK, "qk"});
    layer.hold.paths(index, {only_v, w.W_V, "v"});
    q = rec.select(hook + "hook_q", qk, 'c', 0), k = rec.select(hook + "hook_k", qk, 'c', 1);
    v = rec.select(hook + "hook_v", only_v, 'c', 0);
  } else {
    const TensorId qkv = rec.einsum("", "btd,dche->btche", x, w.W_QKV);
    layer.hold.paths(index, {qkv, w.W_QKV, "qkv"});
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

// Places of dropout, each with a stream of its own: the embedding, then three per layer.
enum DropoutPlace : uint32_t { kEmbedding, kPattern, kAttention, kMlp };

TensorId dropped(Recorder& rec, const Config& c, const std::string& name, TensorId x, uint32_t layer, DropoutPlace place,
                 TensorId onto = kNoTensor) {
  const double rate = place == kPattern ? c.attention_dropout : c.dropout;
  const uint32_t stream = static_cast<uint32_t>(Stream::dropout) + 3 * layer + place;
  return rate == 0 ? x : rec.dropout(name, x, {rate, static_cast<uint32_t>(c.seed), stream}, onto);
}

// resid + what a block made, dropped out: docs/maths.md (50).
TensorId add_to_stream(Recorder& rec, const Config& c, const std::string& name, TensorId resid, TensorId made, uint32_t layer,
                       DropoutPlace place) {
  if (rec.mode() == Mode::training && c.dropout > 0) return dropped(rec, c, name, made, layer, place, resid);
  return rec.add(name, resid, dropped(rec, c, "", made, layer, place));
}

// The pattern that weighs the values of one layer: docs/maths.md (7), (8), (50).
TensorId record_pattern(Recorder& rec, const Layer& layer, const Recorder::Attention& in, const std::string& hook) {
  const Config& c = layer.c;
  const uint32_t l = layer.index;
  const LayerWeights& w = layer.model.layers[l];
  const TensorId products = rec.einsum("", "bqhe,bkhe->bhqk", in.q, in.k);
  const TensorId scores =
      rec.mask_scores(hook + "hook_attn_scores", products, in.slopes, in.scale, {w.rel_pos_bias, layer.tables.buckets, c.bidirectional});
  const TensorId pattern = rec.softmax(hook + "hook_pattern", scores, c.bidirectional);
  layer.hold.patterns(l, pattern);
  const TensorId weighing = dropped(rec, c, "", pattern, l, kPattern);
  layer.hold.weighs(l, weighing);
  return weighing;
}

// z of one layer. Plain mode, and what the fused kernel does not know, records the composition: docs/maths.md (7)–(9).
TensorId attend(Recorder& rec, const Layer& layer, const Recorder::Attention& in, const std::string& hook) {
  const Config& c = layer.c;
  const LayerWeights& w = layer.model.layers[layer.index];
  const bool fused = !c.bidirectional && c.attention_dropout == 0 && w.rel_pos_bias == kNoTensor && !layer.hold.needs_pattern(layer.index);
  if (fused && rec.mode() == Mode::training) return rec.attention(hook + "hook_pattern", hook + "hook_z", in);
  return rec.einsum(hook + "hook_z", "bhqk,bkhe->bqhe", record_pattern(rec, layer, in, hook), in.v);
}

// Which of the residual streams, where there are two: `named` has the names of the activations. docs/maths.md (94).
enum class Which : uint8_t { named, unnamed };

// resid_pre + what a layer's heads write.
TensorId write_attention(Recorder& rec, const Layer& layer, TensorId resid_pre, TensorId z, Which which = Which::named) {
  const Config& c = layer.c;
  const uint32_t l = layer.index;
  const std::string block = "blocks." + std::to_string(l), after = block + (c.d_mlp > 0 ? ".hook_resid_mid" : ".hook_resid_post");
  const std::string resid = which == Which::named ? after : "", out = which == Which::named ? block + ".hook_attn_out" : "";
  const TensorId W_O = layer.model.layers[l].W_O;
  if (rec.mode() == Mode::training && c.dropout == 0) return rec.einsum(resid, "bthe,hed->btd", z, W_O, resid_pre);
  return add_to_stream(rec, c, resid, resid_pre, rec.einsum(out, "bthe,hed->btd", z, W_O), l, kAttention);
}

// resid_pre -> the residual stream after attention.
TensorId record_attention(Recorder& rec, const Layer& layer, TensorId resid_pre) {
  const std::string block = "blocks." + std::to_string(layer.index), hook = block + ".attn.";
  const LayerWeights& w = layer.model.layers[layer.index];
  const TensorId x = apply_norm(rec, block + ".ln1", resid_pre, w.ln1);
  const TensorId z = attend(rec, layer, project(rec, layer, x, hook), hook);
  layer.hold.outputs(layer.index, z);
  layer.hold.remember(z, w.W_O);
  return write_attention(rec, layer, resid_pre, z);
}

// resid_mid -> resid_post: docs/maths.md (48), (49).
TensorId record_mlp(Recorder& rec, const Layer& layer, TensorId resid_mid, Which which = Which::named) {
  const Config& c = layer.c;
  const uint32_t l = layer.index;
  const MlpWeights& w = layer.model.layers[l].mlp;
  const std::string block = "blocks." + std::to_string(l);
  const auto name = [&](const char* end) { return which == Which::named ? block + end : std::string(); };
  const TensorId x = apply_norm(rec, name(".ln2"), resid_mid, w.ln2);
  const TensorId pre = rec.add_bias(name(".mlp.hook_pre"), rec.einsum("", "btd,dm->btm", x, w.W_in), w.b_in);
  const TensorId sums = rec.einsum("", "btm,md->btd", rec.gelu(name(".mlp.hook_post"), pre), w.W_out);
  const std::string resid_post = name(".hook_resid_post");
  if (rec.mode() == Mode::training && c.dropout == 0) return rec.add_bias(resid_post, sums, w.b_out, resid_mid);
  return add_to_stream(rec, c, resid_post, resid_mid, rec.add_bias(name(".hook_mlp_out"), sums, w.b_out), l, kMlp);
}

// `resid` leads to the logits. From the first layer with a head whose ablation keeps the patterns there is the untouched one too, in which
// the patterns are made.
struct Streams {
  TensorId resid, untouched = kNoTensor;
};

// A layer of two streams: one pattern, weighing each stream's own values. docs/maths.md (94).
Streams record_attention_apart(Recorder& rec, const Layer& layer, const Streams& in) {
  const uint32_t l = layer.index;
  const LayerWeights& w = layer.model.layers[l];
  const std::string block = "blocks." + std::to_string(l), hook = block + ".attn.";
  const bool apart = in.untouched != kNoTensor, last = l + 1 == layer.model.layers.size();
  // W_V before the block that it is part of: Recorder::name_part.
  TensorId v = kNoTensor;
  if (apart) v = rec.einsum("", "btd,hde->bthe", apply_norm(rec, block + ".ln1", in.resid, w.ln1), rec.program().find(hook + "W_V"));
  const TensorId untouched = apart ? in.untouched : in.resid;
  const Recorder::Attention made = project(rec, layer, apply_norm(rec, apart ? "" : block + ".ln1", untouched, w.ln1), hook);
  const TensorId pattern = record_pattern(rec, layer, made, hook);
  Streams out{kNoTensor};
  if (!last) {
    const TensorId whole_z = rec.einsum("", "bhqk,bkhe->bqhe", pattern, made.v);
    layer.hold.outputs(l, whole_z, true);
    layer.hold.remember(whole_z, w.W_O);
    out.untouched = write_attention(rec, layer, untouched, whole_z, Which::unnamed);
  } else {
    layer.hold.unread(made.v);  // the last layer is always apart
  }
  const TensorId z = rec.einsum(hook + "hook_z", "bhqk,bkhe->bqhe", pattern, apart ? v : made.v);
  layer.hold.outputs(l, z);
  out.resid = write_attention(rec, layer, in.resid, z);
  return out;
}

Streams record_layer(Recorder& rec, const Layer& layer, Streams in) {
  const bool two = in.untouched != kNoTensor || layer.hold.keeps_patterns(layer.index, layer.model.layers.size());
  Streams out = two ? record_attention_apart(rec, layer, in) : Streams{record_attention(rec, layer, in.resid)};
  if (layer.c.d_mlp == 0) return out;
  if (out.untouched != kNoTensor) out.untouched = record_mlp(rec, layer, out.untouched, Which::unnamed);
  out.resid = record_mlp(rec, layer, out.resid);
  return out;
}

// The stream that the first layer reads: docs/maths.md (1), (2).
TensorId record_embedding(Recorder& rec, const Config& c, const DeclaredWeights& w, TensorId tokens) {
  const bool learned = c.positions == kind::positions::learned, sinusoidal = c.positions == kind::positions::sinusoidal;
  const std::string first = "blocks.0.hook_resid_pre", summed = c.dropout > 0 ? "" : first;
  TensorId resid = rec.embed(learned || sinusoidal ? "hook_embed" : summed, tokens, w.W_E);
  if (learned) resid = rec.add_position(summed, resid, w.W_pos);
  if (sinusoidal) {
    const auto d = static_cast<uint32_t>(c.d_model);
    const uint32_t length = rec.program().length;
    resid = rec.add_position(summed, resid, rec.constant("hook_pos_embed", {length, d}, sinusoids(length, d)));
  }
  return dropped(rec, c, first, resid, 0, kEmbedding);
}

// Muon leaves what is no matrix between activations to AdamW.
Kernel optimiser_kernel(const Config& c) {
  switch (c.optimizer) {
    case kind::optimizer::sgd: return Kernel::sgd;
    case kind::optimizer::adam: return Kernel::adam;
    case kind::optimizer::lion: return Kernel::lion;
    case kind::optimizer::adamw:
    case kind::optimizer::muon: break;
  }
  return Kernel::adamw;
}

// What Muon trains: the matrices inside the layers, W_Q to W_O of each head and those of an MLP.
std::vector<TensorId> muon_matrices(const Recorder& rec, const Config& c) {
  std::vector<TensorId> list;
  if (c.optimizer != kind::optimizer::muon) return list;
  for (const TensorId id : rec.program().parameters)
    if (rec[id].name.starts_with("blocks.") && rec[id].name.find(".W_") != std::string::npos) list.push_back(id);
  return list;
}

}  // namespace

Program record_model(const Config& c, const Rows& rows, Mode mode, const Extras& extras) {
  Recorder rec(rows.batch, rows.length, mode);
  const DeclaredWeights w = declare_weights(rec, c);
  std::vector<FrozenPart> frozen = frozen_parts(c);
  frozen.insert(frozen.end(), extras.frozen.begin(), extras.frozen.end());
  if (extras.freezable || !frozen.empty()) rec.trainable(trainable_values(rec.program(), frozen));
  const Tables tables = declare_tables(rec, c, rows.length);
  const TensorId tokens = rec.input("tokens", "bt", {rows.batch, rows.length});
  const TensorId targets = rec.input("targets", "bt", {rows.batch, rows.length});
  const TensorId weights = rows.weighted ? rec.input("weights", "bt", {rows.batch, rows.length}) : kNoTensor;

  const TensorId patched = extras.patches ? rec.input("patched", "bi", {rows.batch, 2}) : kNoTensor;

  Hold hold(rec, extras.held, tokens, patched);
  Streams streams{record_embedding(rec, c, w, tokens)};
  const auto heads = static_cast<uint32_t>(c.n_layers * c.n_heads);
  hold.stream(streams.resid, heads);
  for (uint32_t l = 0; l < w.layers.size(); ++l) {
    streams = record_layer(rec, {c, w, tables, hold, l}, streams);
    hold.stream(streams.resid, heads + l + 1);
  }
  const TensorId y = apply_norm(rec, "ln_final", streams.resid, w.ln_final);
  const TensorId logits = c.tied_embedding ? rec.einsum("logits", "btd,vd->btv", y, w.W_E) : rec.einsum("logits", "btd,dv->btv", y, w.W_U);
  hold.copies(logits);
  rec.loss("loss", logits, {targets, rows.counted, weights, static_cast<float>(c.label_smoothing), c.loss_kind == kind::loss_kind::brier});
  Program program = rec.finish(optimiser_kernel(c), muon_matrices(rec, c));
  program.tokens = tokens;
  program.patched = patched;
  return program;
}

}  // namespace induction
