#include "doctor_checks.hpp"

#include <sched.h>

#include <cfenv>
#include <cfloat>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "machine.hpp"
#include "pool.hpp"
#include "refusal.hpp"

namespace induction {
namespace {

using Grade = CheckResult::Grade;

constexpr const char* kGolden = INDUCTION_GOLDEN_SIGNATURE;  // tests/golden/signature.txt: `demo` after this many steps
constexpr uint64_t kGoldenSteps = 200;

CheckResult judged(const std::string& name, bool fine, const std::string& when_fine, const std::string& when_wrong) {
  return {name, fine ? Grade::fine : Grade::wrong, fine ? when_fine : when_wrong};
}

// Compiled with the flags of the whole program: fused, the low bits of a·a survive.
__attribute__((noinline)) float product_minus(float a, float c) { return a * a - c; }

std::string signature_with(const KernelTable<float>& kernels, uint32_t threads) {
  Config config = find_preset("demo")->config;
  config.steps = kGoldenSteps;
  Pool pool(threads);
  const std::unique_ptr<Run> run = Run::create(config, pool.threads(), pool.parallel(), kernels);
  if (!run) return "nothing, for there is not enough memory";
  const Run::Report report = run->advance(kGoldenSteps);
  return report.stopped.empty() ? run->signature() : "nothing, for the loss ran away";
}

CheckResult check_signature(const std::string& name, const KernelTable<float>& kernels, uint32_t threads) {
  const std::string signature = signature_with(kernels, threads);
  return judged(
      "signature, " + name, signature == kGolden, signature,
      "gives " + signature + ", but it must be " + kGolden +
          ": this build does not compute the project's numbers; look at arithmetic above, then build again without flags of your own");
}

uint32_t usable_processors() {
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return static_cast<uint32_t>(CPU_COUNT(&set));
#endif
  return std::thread::hardware_concurrency();
}

// Processors that the process's control group grants; 0 when it says nothing.
double granted_processors() {
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  std::string quota;
  double period = 0;
  if (!(file >> quota >> period) || quota == "max" || period <= 0) return 0;
  return std::strtod(quota.c_str(), nullptr) / period;
}

CheckResult check_threads() {
  const uint32_t usable = usable_processors();
  const double granted = granted_processors();
  std::string text = std::to_string(usable) + " processors may be used; a step can be shared by " + std::to_string(kMaxChunks) + " threads";
  const bool limited = granted > 0 && granted < usable;
  if (limited)
    text += "; this container is granted the time of " + std::to_string(granted).substr(0, 4) + " processors, so more threads would wait";
  return {"threads", limited ? Grade::note : Grade::fine, text};
}

CheckResult check_choice() {
  const char* forced = std::getenv("INDUCTION_KERNELS");
  const KernelTable<float>* fastest = choose_kernels();
  if (!forced || !*forced) return {"kernels", Grade::fine, std::string(fastest->name) + ", the fastest of this processor"};
  const KernelTable<float>* chosen = choose_kernels(forced);
  if (!chosen)
    return {"kernels", Grade::wrong,
            "INDUCTION_KERNELS is " + in_quotes(forced) + ", which this processor cannot run; unset it, or set generic"};
  const bool slower = chosen != fastest;
  return {"kernels", slower ? Grade::note : Grade::fine,
          std::string(chosen->name) + ", as INDUCTION_KERNELS says" +
              (slower ? "; without it " + std::string(fastest->name) + " would be faster" : "")};
}

}  // namespace

CheckResult check_build() {
  const std::string text = std::string("induction ") + INDUCTION_VERSION + ", compiler " + __VERSION__;
#ifdef __OPTIMIZE__
  return {"build", Grade::fine, text};
#else
  return {"build", Grade::note, text + ", not optimised: right numbers, but slow"};
#endif
}

std::vector<CheckResult> check_arithmetic() {
  // volatile: computed here and now, not by the compiler.
  volatile float smallest = FLT_MIN, subnormal = FLT_MIN / 2, two = 2, a = 1 + 0x1p-12f, c = 1 + 0x1p-11f;
  const bool kept = smallest / two > 0 && subnormal * two > 0;
  return {judged("arithmetic, rounding", std::fegetround() == FE_TONEAREST, "to nearest",
                 "is not to nearest: something in this process changed the rounding mode"),
          judged("arithmetic, subnormal numbers", kept, "kept",
                 "are flushed to zero: a library in this process, built with -ffast-math, has switched them off"),
          judged("arithmetic, products and sums", product_minus(a, c) == 0 && FLT_EVAL_METHOD == 0, "rounded one by one",
                 "are fused or kept in higher precision: build with -ffp-contract=off, on x86 with SSE2")};
}

std::vector<CheckResult> check_signatures() {
  std::vector<CheckResult> findings;
  for (const char* name : kKernelNames)
    if (const KernelTable<float>* kernels = choose_kernels(name)) findings.push_back(check_signature(name, *kernels, 1));
  findings.push_back(check_signature("two threads", *choose_kernels(), 2));
  return findings;
}

std::vector<CheckResult> check_machine() {
  return {check_choice(),
          check_threads(),
          {"memory", Grade::fine, std::to_string(available_memory() >> 20) + " MiB available"},
          {"GPU", Grade::note, "not used: the command line computes on processors only; the page says what it found"}};
}

}  // namespace induction
