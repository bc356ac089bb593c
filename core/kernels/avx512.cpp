// The kernels compiled for avx512; see table.inc.
#define INDUCTION_ISA avx512
#define INDUCTION_WIDTH 16
#include "table.inc"
#include "tables.hpp"

namespace induction {
const KernelTable<float>& kernels_avx512() { return avx512::kernel_table<float>("avx512"); }

}  // namespace induction
