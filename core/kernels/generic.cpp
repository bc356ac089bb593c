// The kernels compiled for the baseline of the target (SSE2, NEON, SIMD128); see table.inc.
#define INDUCTION_ISA generic
#define INDUCTION_WIDTH 4
#include "table.inc"
#include "tables.hpp"

namespace induction {
const KernelTable<float>& kernels_generic() { return generic::kernel_table<float>("generic"); }
const KernelTable<double>& kernels_double() { return generic::kernel_table<double>("double"); }
}  // namespace induction
