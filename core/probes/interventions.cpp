#include "interventions.hpp"

#include <algorithm>
#include <array>

#include "xtensor.hpp"

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

// z of one head as a view, [rows, T, d_head], of outputs [rows, T, heads, d_head].
template <class Real>
auto head_of(std::vector<Real>& z, const Tensor& tensor, uint32_t head) {
  const std::array<size_t, 4> shape = {tensor.shape[0], tensor.shape[1], tensor.shape[2], tensor.shape[3]};
  return xt::view(xt::adapt(z.data(), z.size(), xt::no_ownership(), shape), xt::all(), xt::all(), head, xt::all());
}

// The sum in double, rows in ascending order.
template <class Real>
void average(std::vector<Real>& z, const Tensor& tensor, uint32_t head) {
  auto own = head_of(z, tensor, head);
  const size_t rows = tensor.shape[0];
  xt::xtensor<double, 2> sum = xt::zeros<double>({size_t{tensor.shape[1]}, size_t{tensor.shape[3]}});
  for (size_t row = 0; row < rows; ++row) sum += xt::view(own, row, xt::all(), xt::all());
  own = xt::cast<Real>(sum / static_cast<double>(rows));
}

// Row b gets row b + 1's, the last one the first one's.
template <class Real>
void resample(std::vector<Real>& z, const Tensor& tensor, uint32_t head) {
  auto own = head_of(z, tensor, head);
  const xt::xtensor<Real, 3> before = own;
  const size_t rows = tensor.shape[0];
  for (size_t row = 0; row < rows; ++row)
    xt::view(own, row, xt::all(), xt::all()) = xt::view(before, (row + 1) % rows, xt::all(), xt::all());
}

template <class Real>
void replace_head(std::vector<Real>& z, const Tensor& tensor, uint32_t head, Ablation kind) {
  if (kind == Ablation::mean) return average(z, tensor, head);
  if (kind == Ablation::resample) return resample(z, tensor, head);
  head_of(z, tensor, head) = Real(0);
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
                       replace_head(values, tensor, head, kind);
                     }});
  }
  run_edited<Real>(cpu, edits);
}
template void run_ablated(Cpu<float>&, std::span<const HeadPlace>, Ablation);
template void run_ablated(Cpu<double>&, std::span<const HeadPlace>, Ablation);

}  // namespace induction
