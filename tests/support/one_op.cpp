#include "one_op.hpp"

namespace induction::tests {

TensorId OpBuilder::note(TensorId id, std::vector<double> numbers, bool smooth) {
  op_.in.push_back(id);
  op_.values.push_back(std::move(numbers));
  op_.smooth.push_back(smooth);
  return id;
}

TensorId OpBuilder::parameter(Shape shape, double scale) {
  const TensorId id = rec.parameter(std::to_string(next_seed_), shape);
  return note(id, random_values(rec[id].elements(), next_seed_++, scale), true);
}

TensorId OpBuilder::input(const std::string& axes, Shape shape, double scale) {
  const TensorId id = rec.input("", axes, std::move(shape));
  return note(id, random_values(rec[id].elements(), next_seed_++, scale), true);
}

TensorId OpBuilder::fixed(const std::string& axes, Shape shape, std::vector<double> numbers) {
  return note(rec.input("", axes, std::move(shape)), std::move(numbers), false);
}

const std::vector<double>& OpBuilder::values(TensorId id) const {
  for (size_t i = 0; i < op_.in.size(); ++i)
    if (op_.in[i] == id) return op_.values[i];
  static const std::vector<double> none;
  return none;
}

OneOp OpBuilder::finish(TensorId out, const std::function<bool(size_t)>& masked) {
  op_.out = out;
  op_.cotangent = random_values(rec[out].elements(), 1000);
  for (size_t i = 0; i < op_.cotangent.size(); ++i)
    if (masked && masked(i)) op_.cotangent[i] = 0;
  op_.program = rec.finish(Kernel::sgd);
  return op_;
}

namespace {

template <class Real>
void load(Cpu<Real>& cpu, const OneOp& op) {
  for (size_t i = 0; i < op.in.size(); ++i) {
    const std::vector<Real> numbers(op.values[i].begin(), op.values[i].end());
    cpu.write(op.in[i], numbers);
  }
}

template <class Real>
std::vector<double> forward(Cpu<Real>& cpu, const OneOp& op) {
  cpu.run(false);
  return as_double(cpu.read(op.out));
}

// The gradient of each smooth operand, one after the other.
template <class Real>
std::vector<std::vector<double>> reverse(Cpu<Real>& cpu, const OneOp& op) {
  load(cpu, op);
  const std::vector<Real> cotangent(op.cotangent.begin(), op.cotangent.end());
  const TensorId d_out = op.program.gradient[op.out];
  if (d_out != kNoTensor) cpu.write(d_out, cotangent);
  cpu.run(true);
  cpu.finish_gradient();
  std::vector<std::vector<double>> gradients;
  for (size_t i = 0; i < op.in.size(); ++i)
    if (op.smooth[i]) gradients.push_back(as_double(cpu.read(op.program.gradient[op.in[i]])));
  return gradients;
}

double projected(Cpu<double>& cpu, const OneOp& op) {
  const std::vector<double> out = forward(cpu, op);
  double sum = 0;
  for (size_t i = 0; i < out.size(); ++i)
    if (op.cotangent[i] != 0) sum += out[i] * op.cotangent[i];
  return sum;
}

std::vector<double> central_differences(Cpu<double>& cpu, const OneOp& op, size_t operand) {
  constexpr double kStep = 1e-5;
  std::vector<double> x = op.values[operand], gradient(x.size());
  for (size_t i = 0; i < x.size(); ++i) {
    const double middle = x[i];
    double value[2];
    for (const int side : {0, 1}) {
      x[i] = middle + (side ? kStep : -kStep);
      cpu.write(op.in[operand], x);
      value[side] = projected(cpu, op);
    }
    x[i] = middle;
    gradient[i] = (value[1] - value[0]) / (2 * kStep);
  }
  cpu.write(op.in[operand], x);
  return gradient;
}

}  // namespace

void check_forward(const OneOp& op, std::span<const double> expected, double tolerance) {
  Cpu<double> reference(op.program);
  load(reference, op);
  CHECK(relative_distance(forward(reference, op), expected) <= 1e-13);
  for (const auto* kernels : available_kernels()) {
    CAPTURE(kernels->name);
    Cpu<float> cpu(op.program, 1, *kernels);
    load(cpu, op);
    CHECK(relative_distance(forward(cpu, op), expected) <= tolerance);
  }
}

void check_reverse(const OneOp& op, double tolerance) {
  Cpu<double> reference(op.program);
  const auto analytic = reverse(reference, op);
  load(reference, op);
  for (size_t i = 0, k = 0; i < op.in.size(); ++i) {
    if (!op.smooth[i]) continue;
    CAPTURE(i);
    CHECK(relative_distance(analytic[k++], central_differences(reference, op, i)) <= 1e-7);
  }
  for (const auto* kernels : available_kernels()) {
    CAPTURE(kernels->name);
    Cpu<float> cpu(op.program, 1, *kernels);
    const auto single = reverse(cpu, op);
    for (size_t k = 0; k < single.size(); ++k) CHECK(relative_distance(single[k], analytic[k]) <= tolerance);
  }
}

}  // namespace induction::tests
