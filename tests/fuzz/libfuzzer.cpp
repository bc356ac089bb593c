// The same targets for libFuzzer: clang++ -fsanitize=fuzzer -DINDUCTION_FUZZ_TARGET='"config"' …; tests/fuzz/run does it.
#include <cstddef>
#include <cstring>

#include "targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace induction::fuzz;
  for (const auto* list : {&core_targets(), &native_targets()})
    for (const Target& target : *list)
      if (std::strcmp(target.name, INDUCTION_FUZZ_TARGET) == 0) target.run({bytes, size});
  return 0;
}
