#pragma once
// The kernel tables that were compiled, and the choice among them.

#include "slice.hpp"

namespace induction {

const KernelTable<float>& kernels_generic();
const KernelTable<float>& kernels_avx2();
const KernelTable<float>& kernels_avx512vl();
const KernelTable<float>& kernels_avx512();
const KernelTable<double>& kernels_double();
// Fast mode: each is compiled where its target is; see core/CMakeLists.txt.
const KernelTable<float>& kernels_fast_generic();
const KernelTable<float>& kernels_fast_avx2();
const KernelTable<float>& kernels_fast_avx512();

}  // namespace induction
