// The kernels compiled for avx2 with fused multiply-add, for fast mode; see table.inc.
#define INDUCTION_ISA fast_avx2
#define INDUCTION_WIDTH 8
#define INDUCTION_NUMERICS Numerics::fast
#include "table.inc"
#include "tables.hpp"

namespace induction {
const KernelTable<float>& kernels_fast_avx2() { return fast_avx2::kernel_table<float>("avx2"); }

}  // namespace induction
