// A module of its own for bench.html: where the time of a training step goes, and what a plain product reaches here. Times are of the
// browser's clock, which may be as coarse as 0.1 ms but is right on average.

#include <emscripten/emscripten.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "config_json.hpp"
#include "kernel_timing.hpp"
#include "memory.hpp"

using namespace induction;

namespace {

std::string answer;  // the last text handed out

const char* hand_out(std::string text) {
  answer = std::move(text);
  return answer.c_str();
}

double seconds() { return emscripten_get_now() * 1e-3; }

// So that a try takes some thirty milliseconds, three hundred times what the clock can tell.
constexpr uint32_t kTurns = 80000;

}  // namespace

extern "C" {

EMSCRIPTEN_KEEPALIVE void* ip_take(int bytes) { return std::malloc(static_cast<size_t>(bytes)); }
EMSCRIPTEN_KEEPALIVE void ip_give(void* memory) { std::free(memory); }

/// GFLOP/s of a plain register-blocked product, with this module's instructions.
EMSCRIPTEN_KEEPALIVE double ip_peak() { return peak_gflops(default_kernels<float>(), seconds, kTurns); }

/// What each kernel takes of the training steps of a configuration, the slowest first.
EMSCRIPTEN_KEEPALIVE const char* ip_kernels(const char* text, int steps) {
  Config config;
  Problems problems = config_from_json(text, config);
  if (problems.empty()) problems = memory_problem(config);
  if (!problems.empty()) return hand_out(problems_json(problems));
  auto kernels = nlohmann::ordered_json::array();
  for (const KernelTime& time : kernel_times(config, default_kernels<float>(), static_cast<uint64_t>(steps), seconds))
    kernels.push_back({{"kernel", time.name},
                       {"calls", static_cast<double>(time.calls) / steps},
                       {"ms", time.seconds * 1e3 / steps},
                       {"gflop", time.operations * 1e-9 / steps}});
  return hand_out(nlohmann::ordered_json{{"problems", nlohmann::json::array()}, {"kernels", kernels}}.dump());
}

}  // extern "C"
