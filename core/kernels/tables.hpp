#pragma once
// The kernel tables that were compiled, and the choice among them.

#include "slice.hpp"

namespace induction {

const KernelTable<float>& kernels_generic();
const KernelTable<float>& kernels_avx2();
const KernelTable<float>& kernels_avx512();
const KernelTable<double>& kernels_double();

}  // namespace induction
