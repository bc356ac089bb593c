#pragma once
// One recorded operation with its reverse rule, checked forward against a naive reference and backward against central
// differences, in double and, per instruction set, in float.

#include <functional>

#include "recorder.hpp"
#include "support.hpp"

namespace induction::tests {

struct OneOp {
  Program program;
  std::vector<TensorId> in;  // every operand that has values
  std::vector<std::vector<double>> values;
  std::vector<bool> smooth;  // per operand: does it have a derivative?
  TensorId out = kNoTensor;
  std::vector<double> cotangent;  // dLoss/d(out); empty: the operation makes its own (the loss)
};

/// Collects operands and values while recording; parameters first, as the Recorder wants.
class OpBuilder {
 public:
  OpBuilder(uint32_t batch, uint32_t length, Mode mode = Mode::plain) : rec(batch, length, mode) {}
  TensorId parameter(Shape shape, double scale = 1.0);
  TensorId input(const std::string& axes, Shape shape, double scale = 1.0);
  TensorId fixed(const std::string& axes, Shape shape, std::vector<double> values);
  /// Ends the recording; the cotangent is random, 0 where `masked` says so.
  OneOp finish(TensorId out, const std::function<bool(size_t)>& masked = {});
  const std::vector<double>& values(TensorId id) const;

  Recorder rec;

 private:
  TensorId note(TensorId id, std::vector<double> numbers, bool smooth);
  OneOp op_;
  uint32_t next_seed_ = 1;
};

/// Forward in double within 1e-13 of `expected` (sums of a few dozen terms), in float within `tolerance`.
void check_forward(const OneOp& op, std::span<const double> expected, double tolerance);
/// Reverse in double within 1e-7 of central differences (step 1e-5: truncation and rounding are each about 1e-9), in float
/// within `tolerance` of double.
void check_reverse(const OneOp& op, double tolerance);

}  // namespace induction::tests
