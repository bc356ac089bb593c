#pragma once
// The parameters and constant tables of a model, declared on a Recorder. Only model.cpp uses it.

#include "config.hpp"
#include "freeze.hpp"
#include "recorder.hpp"

namespace induction {

struct NormWeights {
  TensorId w = kNoTensor, b = kNoTensor;
};

struct MlpWeights {
  NormWeights ln2;
  TensorId W_in = kNoTensor, b_in = kNoTensor;    // [d_model, d_mlp], [d_mlp]
  TensorId W_out = kNoTensor, b_out = kNoTensor;  // [d_mlp, d_model], [d_model]
};

struct LayerWeights {
  NormWeights ln1;
  TensorId W_QKV = kNoTensor;                  // [d_model, 3, n_heads, d_head]: q, k and v side by side, one contraction
  TensorId W_QK = kNoTensor, W_V = kNoTensor;  // shortformer: [d_model, 2, …] and [d_model, 1, …], for their inputs differ
  TensorId W_O = kNoTensor;                    // [n_heads, d_head, d_model]
  TensorId smear_alpha = kNoTensor;            // [n_heads]
  TensorId rel_pos_bias = kNoTensor;           // [buckets, n_heads]
  MlpWeights mlp;
};

struct DeclaredWeights {
  TensorId W_E, W_pos = kNoTensor, W_U = kNoTensor;
  std::vector<LayerWeights> layers;
  NormWeights ln_final;
};

/// Constants that positions need: ALiBi slopes, rotary tables, buckets of distances.
struct Tables {
  TensorId slopes = kNoTensor, rotation = kNoTensor, buckets = kNoTensor;
};

DeclaredWeights declare_weights(Recorder& rec, const Config& config);
Tables declare_tables(Recorder& rec, const Config& config, uint32_t length);

/// What the Config's frozen_ knobs freeze.
std::vector<FrozenPart> frozen_parts(const Config& config);

}  // namespace induction
