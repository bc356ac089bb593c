#include "machine.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "refusal.hpp"

namespace induction {
namespace {

// The first whole number after `label` in a small text file of the system; `fallback` when there is none.
uint64_t number_in(const char* path, const std::string& label, uint64_t fallback) {
  std::ifstream file(path);
  std::string word;
  uint64_t value = 0;
  while (!label.empty() && file >> word && word != label) {
  }
  return file >> value ? value : fallback;
}

// A Program's places are 32-bit: 2^32 floats.
constexpr uint64_t kMostBytes = sizeof(float) << 32;

std::string size_text(uint64_t bytes) {
  char text[32];
  if (bytes >> 30)
    std::snprintf(text, sizeof text, "%.1f GiB", static_cast<double>(bytes) / (1 << 30));
  else
    std::snprintf(text, sizeof text, "%.0f MiB", static_cast<double>(bytes) / (1 << 20));
  return text;
}

}  // namespace

uint64_t available_memory() {
  const auto physical = static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  const uint64_t left = number_in("/proc/meminfo", "MemAvailable:", physical >> 10) << 10;
  return std::min(left, number_in("/sys/fs/cgroup/memory.max", "", UINT64_MAX));
}

void check_memory(uint64_t bytes, const std::string& what, const std::string& advice) {
  const uint64_t available = available_memory();
  if (bytes > available)
    refuse(what + " needs about " + size_text(bytes) + " of memory and " + size_text(available) + " are available; " + advice);
  if (bytes > kMostBytes)
    refuse(what + " needs about " + size_text(bytes) + " of memory; a run may take " + size_text(kMostBytes) + "; " + advice);
}

void check_memory(const Config& c) {
  const auto named = [](const char* name, int64_t value) { return std::string(name) + " " + std::to_string(value); };
  const std::string what = "a model with " + named("batch", c.batch) + ", " + named("n_ctx", c.n_ctx) + ", " + named("n_heads", c.n_heads) +
                           ", " + named("n_layers", c.n_layers) + " and " + named("d_vocab", c.d_vocab);
  check_memory(memory_needed(c), what, "make one of them smaller");
}

uint64_t whole_number(const std::string& flag, const std::string& text, uint64_t least, uint64_t most) {
  const bool digits = !text.empty() && text.size() <= 18 && text.find_first_not_of("0123456789") == std::string::npos;
  const uint64_t value = digits ? std::stoull(text) : 0;
  if (!digits || value < least || value > most)
    refuse(flag + " is " + in_quotes(text) + "; it must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return value;
}

void add_machine_flags(CLI::App& app, MachineFlags& flags) {
  app.add_option("--threads", flags.threads, "Threads that share a step; the numbers do not depend on it (default 1)")
      ->type_name("N")
      ->take_last();
  add_kernels_flag(app, flags);
}

void add_kernels_flag(CLI::App& app, MachineFlags& flags) {
  app.add_option(
         "--kernels", flags.kernels,
         "Instruction set: generic, avx2, avx512vl or avx512; the numbers do not depend on it (default: the fastest of this processor)")
      ->type_name("generic|avx2|avx512vl|avx512")
      ->envname("INDUCTION_KERNELS")
      ->take_last();
}

void add_numerics_flag(CLI::App& app, MachineFlags& flags) {
  app.add_option("--numerics", flags.numerics,
                 "exact: the same bits on every machine. fast: with fused multiply-add; its bits are those of this instruction set only "
                 "(default exact)")
      ->type_name("exact|fast")
      ->take_last();
}

uint32_t threads_of(const MachineFlags& flags) {
  constexpr uint64_t kMostThreads = 1024;
  // More threads than gradient chunks would only wait.
  return static_cast<uint32_t>(std::min<uint64_t>(whole_number("--threads", flags.threads, 1, kMostThreads), kMaxChunks));
}

const KernelTable<float>& kernels_of(const MachineFlags& flags) {
  if (flags.numerics != "exact" && flags.numerics != "fast")
    refuse("--numerics is " + in_quotes(flags.numerics) + "; it must be exact or fast");
  if (flags.numerics == "fast") {
    if (const KernelTable<float>* fast = choose_kernels(flags.kernels, Numerics::fast)) return *fast;
    if (choose_kernels(flags.kernels))
      std::fprintf(stderr, "induction: %s no fused multiply-add, so --numerics fast is exact\n",
                   flags.kernels.empty() ? "this processor has" : ("--kernels " + flags.kernels + " has").c_str());
  }
  const KernelTable<float>* table = choose_kernels(flags.kernels);
  if (table) return *table;
  std::string names;
  for (const char* name : kKernelNames)
    if (choose_kernels(name)) names += (names.empty() ? "" : ", ") + std::string(name);
  refuse("--kernels is " + in_quotes(flags.kernels) + "; this processor can run " + names);
}

}  // namespace induction
