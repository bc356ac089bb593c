// The same targets for libFuzzer: clang++ -fsanitize=fuzzer -DINDUCTION_FUZZ_TARGET='"config"' …; tests/fuzz/run does it.
// The slowest input is kept in the file that INDUCTION_SLOWEST names: without sanitizers it must not take 100 ms.
// One that takes five seconds of a processor's time hangs: libFuzzer's own limit is the clock's, which a busy machine uses up.
#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>

#include "targets.hpp"

namespace {

using namespace induction::fuzz;

const Target* target() {
  for (const auto* list : {&core_targets(), &native_targets()})
    for (const Target& one : *list)
      if (std::strcmp(one.name, INDUCTION_FUZZ_TARGET) == 0) return &one;
  return nullptr;
}

void hangs(int) {
  constexpr char kSaid[] = "does not hold: an input takes less than five seconds of processor time\n";
  (void)!::write(STDERR_FILENO, kSaid, sizeof kSaid - 1);
  std::abort();
}

// Begins anew with each input.
void limit_time() {
  static const auto handler = std::signal(SIGPROF, hangs);
  (void)handler;
  const itimerval limit = {{0, 0}, {5, 0}};
  ::setitimer(ITIMER_PROF, &limit, nullptr);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  static const Target* const run = target();
  static const char* const slowest = std::getenv("INDUCTION_SLOWEST");
  static std::clock_t most = CLOCKS_PER_SEC / 20;
  limit_time();
  const std::clock_t begun = std::clock();
  run->run({bytes, size});
  if (const std::clock_t took = std::clock() - begun; slowest && took > most) {
    most = took;
    std::ofstream(slowest, std::ios::binary).write(reinterpret_cast<const char*>(bytes), static_cast<std::streamsize>(size));
  }
  return 0;
}
