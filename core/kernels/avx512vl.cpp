// The kernels compiled for avx512's instructions and its 32 registers, of which each is used for 256 bits only; see table.inc.
#define INDUCTION_ISA avx512vl
#define INDUCTION_WIDTH 8
#include "table.inc"
#include "tables.hpp"

namespace induction {
const KernelTable<float>& kernels_avx512vl() { return avx512vl::kernel_table<float>("avx512vl"); }

}  // namespace induction
