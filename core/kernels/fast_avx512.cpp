// The kernels compiled for avx512 with fused multiply-add, for fast mode; see table.inc.
#define INDUCTION_ISA fast_avx512
#define INDUCTION_WIDTH 16
#define INDUCTION_NUMERICS Numerics::fast
#include "table.inc"
#include "tables.hpp"

namespace induction {
const KernelTable<float>& kernels_fast_avx512() { return fast_avx512::kernel_table<float>("avx512"); }

}  // namespace induction
