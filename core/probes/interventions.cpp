#include "interventions.hpp"

#include <algorithm>
#include <cmath>

namespace induction {
namespace {

TensorId activation(const Program& program, uint32_t layer, const char* name) {
  return program.find("blocks." + std::to_string(layer) + ".attn." + name);
}

// In plain mode an activation's writer is the first forward step that names its place: nothing reads what is not yet written.
std::vector<size_t> writers(const Program& program, std::span<const TensorId> tensors) {
  std::vector<size_t> steps;
  for (const TensorId id : tensors) {
    const uint32_t place = program.tensors[id].offset;
    const auto names = [&](const Step& step) {
      return std::find(std::begin(step.offset), std::end(step.offset), place) != std::end(step.offset);
    };
    steps.push_back(static_cast<size_t>(std::find_if(program.forward.begin(), program.forward.end(), names) - program.forward.begin()));
  }
  return steps;
}

// z is [batch, T, n_heads, d_head].
struct Shape4 {
  size_t batch, length, heads, width;
  explicit Shape4(const Tensor& z) : batch(z.shape[0]), length(z.shape[1]), heads(z.shape[2]), width(z.shape[3]) {}
  size_t at(size_t b, size_t t, size_t h) const { return ((b * length + t) * heads + h) * width; }
};

template <class Real>
void mean_over_batch(std::vector<Real>& z, const Shape4& s, uint32_t head) {
  for (size_t t = 0; t < s.length; ++t)
    for (size_t e = 0; e < s.width; ++e) {
      double sum = 0;
      for (size_t b = 0; b < s.batch; ++b) sum += static_cast<double>(z[s.at(b, t, head) + e]);
      for (size_t b = 0; b < s.batch; ++b) z[s.at(b, t, head) + e] = static_cast<Real>(sum / static_cast<double>(s.batch));
    }
}

template <class Real>
void replace_head(std::vector<Real>& z, const Shape4& s, uint32_t head, Ablation kind) {
  if (kind == Ablation::mean) return mean_over_batch(z, s, head);
  const std::vector<Real> before = z;
  for (size_t b = 0; b < s.batch; ++b)
    for (size_t t = 0; t < s.length; ++t)
      for (size_t e = 0; e < s.width; ++e)
        z[s.at(b, t, head) + e] = kind == Ablation::resample ? before[s.at((b + 1) % s.batch, t, head) + e] : Real(0);
}

}  // namespace

const char* ablation_name(Ablation kind) {
  const char* const names[] = {"zero", "mean", "resample", "pattern_preserving"};
  return names[static_cast<size_t>(kind)];
}

template <class Real>
void run_edited(Cpu<Real>& cpu, std::span<const Edit<Real>> edits) {
  const Program& program = cpu.program();
  std::vector<TensorId> tensors;
  for (const Edit<Real>& edit : edits) tensors.push_back(edit.tensor);
  const std::vector<size_t> after = writers(program, tensors);
  for (size_t i = 0; i < program.forward.size(); ++i) {
    cpu.run_alone(program.forward[i], true, Hyper{});
    for (size_t e = 0; e < edits.size(); ++e) {
      if (after[e] != i) continue;
      std::vector<Real> values = cpu.read(edits[e].tensor);
      edits[e].change(values);
      cpu.write(edits[e].tensor, values);
    }
  }
}
template void run_edited(Cpu<float>&, std::span<const Edit<float>>);
template void run_edited(Cpu<double>&, std::span<const Edit<double>>);

template <class Real>
void run_ablated(Cpu<Real>& cpu, std::span<const HeadPlace> heads, Ablation kind) {
  const Program& program = cpu.program();
  std::vector<Edit<Real>> edits;
  if (kind == Ablation::pattern_preserving) {
    cpu.run(false);
    TensorId id = kNoTensor;
    for (uint32_t l = 0; (id = activation(program, l, "hook_pattern")) != kNoTensor; ++l)
      edits.push_back({id, [clean = cpu.read(id)](std::vector<Real>& values) { values = clean; }});
  }
  for (const HeadPlace& place : heads) {
    const TensorId z = activation(program, place.layer, "hook_z");
    edits.push_back({z, [&tensor = program.tensors[z], head = place.head, kind](std::vector<Real>& values) {
                       replace_head(values, Shape4(tensor), head, kind);
                     }});
  }
  run_edited<Real>(cpu, edits);
}
template void run_ablated(Cpu<float>&, std::span<const HeadPlace>, Ablation);
template void run_ablated(Cpu<double>&, std::span<const HeadPlace>, Ablation);

}  // namespace induction
