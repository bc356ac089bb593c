#pragma once
// Which parameters an update leaves alone. docs/architecture.md, 'Frozen parameters'.

#include <string>
#include <vector>

#include "program.hpp"

namespace induction {

/// Parameters by name, all of them or one head's share. `name` is a parameter ("blocks.0.attn.W_Q") or what a name begins with
/// before a dot ("blocks.0", "blocks.0.attn", "embed"). With `head` only that head's share of those that have heads.
struct FrozenPart {
  std::string name;
  int32_t head = -1;  // −1: all
  bool operator==(const FrozenPart&) const = default;
};

/// One sentence when a part names nothing that the Program has; else empty.
std::string frozen_problem(const Program& program, const FrozenPart& part);

/// Per float of the parameter region: 0 where some part freezes it, else 1. What Program::trainable holds.
std::vector<double> trainable_values(const Program& program, const std::vector<FrozenPart>& frozen);

}  // namespace induction
