// The kernels compiled for the baseline of a target that has fused multiply-add there (NEON), for fast mode; see table.inc.
#define INDUCTION_ISA fast_generic
#define INDUCTION_WIDTH 4
#define INDUCTION_NUMERICS Numerics::fast
#include "table.inc"
#include "tables.hpp"

namespace induction {
const KernelTable<float>& kernels_fast_generic() { return fast_generic::kernel_table<float>("generic"); }
}  // namespace induction
