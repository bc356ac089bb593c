#pragma once
// What this machine can give a run: memory, threads, instruction sets.

#include "command.hpp"
#include "run.hpp"

namespace induction {

/// Bytes that can be taken without pushing something else out: of the machine, and of this process's control group.
uint64_t available_memory();
/// Refuses, naming the knobs, when a run of the Config needs more memory than the machine has left.
void check_memory(const Config& config);
/// The same for `bytes` of something else; `what` begins the sentence.
void check_memory(uint64_t bytes, const std::string& what, const std::string& advice);

/// --threads, --kernels and --numerics as they were typed.
struct MachineFlags {
  std::string threads = "1", kernels, numerics = "exact";
};
void add_machine_flags(CLI::App& app, MachineFlags& flags);
/// --kernels alone, for commands that share no step.
void add_kernels_flag(CLI::App& app, MachineFlags& flags);
/// --numerics, for commands whose results are nobody's promise.
void add_numerics_flag(CLI::App& app, MachineFlags& flags);
/// The thread count asked for, at most as many as can share a step.
uint32_t threads_of(const MachineFlags& flags);
/// The table asked for. Fast mode on a processor without fused multiply-add is exact mode, and says so.
const KernelTable<float>& kernels_of(const MachineFlags& flags);

/// A whole number from a flag, refused outside its range.
uint64_t whole_number(const std::string& flag, const std::string& text, uint64_t least, uint64_t most);

}  // namespace induction
