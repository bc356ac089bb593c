// Weights that were trained elsewhere: snapshot.hpp, infer_config and load_weights.

#include <algorithm>

#include "snapshot.hpp"
#include "snapshot_parts.hpp"

namespace induction {
namespace {

// The sizes of a tensor with `axes` axes; a sentence when there is none such.
std::string read_shape(const TensorFile& file, const std::string& name, size_t axes, std::vector<int64_t>& shape) {
  const NamedArray* array = file.find(name);
  if (!array) return "the file has no tensor '" + name + "'";
  if (array->shape.size() != axes)
    return "tensor '" + name + "' has shape " + shape_text(array->shape) + "; it must have " + std::to_string(axes) + " axes";
  shape.assign(array->shape.begin(), array->shape.end());
  return {};
}

// TransformerLens always has biases; a model without them has zeros there.
bool is_bias(const std::string& name) {
  const char* const biases[] = {".attn.b_Q", ".attn.b_K", ".attn.b_V", ".attn.b_O"};
  return name == "unembed.b_U" || (name.rfind("blocks.", 0) == 0 &&
                                   std::any_of(std::begin(biases), std::end(biases), [&](const char* end) { return name.ends_with(end); }));
}

// Tensors that the model has no parameter for.
std::string check_rest(const TensorFile& file, const Program& program) {
  for (const NamedArray& array : file.arrays) {
    const TensorId id = program.find(array.name);
    if (id != kNoTensor && program.tensors[id].parameter) continue;
    if (array.name.rfind(kOptimiser, 0) == 0 || array.name.rfind(kHeld, 0) == 0) continue;
    if (!is_bias(array.name)) return "the file has a tensor '" + array.name.substr(0, 60) + "' that this model has no place for";
    for (const float x : array.values)
      if (x != 0) return "tensor '" + array.name.substr(0, 60) + "' is not all 0, and this model has no biases";
  }
  return {};
}

}  // namespace

std::string infer_config(const TensorFile& file, Inferred& inferred) {
  std::vector<int64_t> W_E, W_Q;
  if (std::string wrong = read_shape(file, "embed.W_E", 2, W_E); !wrong.empty()) return wrong;
  if (std::string wrong = read_shape(file, "blocks.0.attn.W_Q", 3, W_Q); !wrong.empty()) return wrong;
  Inferred made;
  Config& c = made.config;
  c.d_vocab = W_E[0], c.d_model = W_E[1], c.n_heads = W_Q[0], c.d_head = W_Q[2];
  c.n_layers = 1;
  while (file.find("blocks." + std::to_string(c.n_layers) + ".attn.W_Q")) ++c.n_layers;
  made.norm_weights = file.find("blocks.0.ln1.w") != nullptr;
  if (made.norm_weights) c.norm = file.find("blocks.0.ln1.b") ? kind::norm::layer : kind::norm::rms;
  c.smeared_keys = file.find("blocks.0.attn.smear_alpha") != nullptr;
  if (const NamedArray* W_in = file.find("blocks.0.mlp.W_in"); W_in && W_in->shape.size() == 2)
    c.d_mlp = static_cast<int64_t>(W_in->shape[1]);
  if (file.find("blocks.0.attn.rel_pos_bias.weight")) c.positions = kind::positions::t5;
  c.tied_embedding = file.find("unembed.W_U") == nullptr;
  if (const NamedArray* W_pos = file.find("pos_embed.W_pos"); W_pos && !W_pos->shape.empty()) {
    made.position_table = true;
    c.positions = kind::positions::learned;
    c.n_ctx = static_cast<int64_t>(W_pos->shape[0]);
  }
  inferred = made;
  return {};
}

std::string load_weights(const TensorFile& file, Run& run) {
  const Program& program = run.trainer().program;
  for (const TensorId id : program.parameters) {
    const Tensor& tensor = program.tensors[id];
    if (std::string wrong = check_array(file.find(tensor.name), tensor.name, tensor.shape); !wrong.empty()) return wrong;
  }
  if (std::string wrong = check_rest(file, program); !wrong.empty()) return wrong;
  for (const TensorId id : program.parameters) run.cpu().write(program.tensors[id], file.find(program.tensors[id].name)->values);
  // Moments are 0 in a run that has not begun; going through the state renews the last good copy too.
  State state = run.state();
  std::fill(state.moment1.begin(), state.moment1.end(), 0.0f);
  std::fill(state.moment2.begin(), state.moment2.end(), 0.0f);
  state.step = 0, state.onset = {}, state.held.clear();
  return run.restore(state) ? "" : "there is not enough memory for the run's first phase";
}

}  // namespace induction
