#pragma once

#include <cstdint>

namespace induction {

/// Cores that this process may use: of the machine, of a scheduler's binding, of a container's quota.
uint32_t usable_cores();

}  // namespace induction
