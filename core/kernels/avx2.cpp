// The kernels compiled for avx2; see table.inc.
#define INDUCTION_ISA avx2
#define INDUCTION_WIDTH 8
#include "table.inc"
#include "tables.hpp"

namespace induction {
const KernelTable<float>& kernels_avx2() { return avx2::kernel_table<float>("avx2"); }

}  // namespace induction
