// `induction bench`: how long a training step takes on this machine, what share of the machine's peak that is, and where it goes; as JSON.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "files.hpp"
#include "kernel_times.hpp"
#include "knob_flags.hpp"
#include "machine.hpp"
#include "pool.hpp"
#include "refusal.hpp"

namespace induction {
namespace {

constexpr uint64_t kWarmUpSteps = 5;  // caches, branch predictors and the threads' first wake-up

struct BenchFlags {
  KnobFlags knobs;  // its --preset only
  MachineFlags machine;
  std::string size, steps;
};

// The three sizes that other implementations were measured at: 2 layers, shortformer positions, AdamW.
Config sized_config(const std::string& size) {
  struct Size {
    const char* name;
    int64_t n_heads, d_model, d_vocab, n_ctx, batch;
  };
  constexpr Size kSizes[] = {{"S", 2, 32, 16, 32, 32}, {"M", 4, 64, 64, 64, 32}, {"L", 8, 256, 512, 256, 16}};
  for (const Size& s : kSizes) {
    if (size != s.name) continue;
    Config config;
    config.n_layers = 2, config.n_heads = s.n_heads, config.d_model = s.d_model, config.d_vocab = s.d_vocab, config.n_ctx = s.n_ctx;
    config.batch = s.batch, config.positions = kind::positions::shortformer, config.optimizer = kind::optimizer::adamw;
    config.period_min = s.n_ctx / 4, config.period_max = s.n_ctx / 2;
    // The rate makes no difference to the time; a low one keeps every size's numbers tame.
    config.lr = 1e-3;
    return config;
  }
  refuse("--size is " + in_quotes(size) + "; it must be S, M or L");
}

// Arithmetic of one step in GFLOP, from the shapes: a multiplication and an addition per term of every product, forward
// once and backward twice; the masked half of attention is not done, so it is not counted.
double gflop_per_step(const Config& c) {
  const double tokens = static_cast<double>(c.batch * c.n_ctx), heads = static_cast<double>(c.n_heads),
               width = static_cast<double>(head_width(c));
  const double layers = static_cast<double>(c.n_layers), d = static_cast<double>(c.d_model), seen = static_cast<double>(c.n_ctx + 1) / 2;
  const double products = layers * 4 * d * heads * width + d * static_cast<double>(c.d_vocab);
  const double attention = layers * heads * 2 * seen * width;
  return 3 * 2 * tokens * (products + attention) * 1e-9;
}

std::vector<double> step_times(Run& run, uint64_t steps) {
  run.advance(kWarmUpSteps);
  std::vector<double> ms(steps);
  for (double& time : ms) {
    const auto start = std::chrono::steady_clock::now();
    const Run::Report report = run.advance(1);
    time = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    if (!report.stopped.empty()) refuse(report.stopped);
  }
  std::sort(ms.begin(), ms.end());
  return ms;
}

// What each kernel takes of a step, on one thread: measured call by call, in a run of its own.
nlohmann::ordered_json kernel_table(const Config& config, const KernelTable<float>& kernels, uint64_t steps, double peak) {
  const std::vector<KernelTime> times = kernel_times(config, kernels, steps);
  double all = 0;
  for (const KernelTime& time : times) all += time.seconds;
  auto table = nlohmann::ordered_json::array();
  for (const KernelTime& time : times) {
    nlohmann::ordered_json line = {{"kernel", time.name},
                                   {"calls", static_cast<double>(time.calls) / static_cast<double>(steps)},
                                   {"ms", time.seconds * 1e3 / static_cast<double>(steps)},
                                   {"share", time.seconds / all}};
    if (time.operations > 0) {
      line["gflops"] = time.operations / time.seconds * 1e-9;
      line["share_of_peak"] = time.operations / time.seconds * 1e-9 / peak;
    }
    table.push_back(std::move(line));
  }
  return table;
}

int bench(const BenchFlags& flags) {
  const bool preset = flags.knobs.preset_option->count() != 0;
  if (preset != flags.size.empty()) refuse("bench needs either --size S, M or L, or --preset NAME");
  const Config config = preset ? chosen_config(flags.knobs) : sized_config(flags.size);
  // About three seconds at each size.
  const uint64_t usual = flags.size == "L" ? 15 : flags.size == "M" ? 200 : 1000;
  const uint64_t steps = flags.steps.empty() ? usual : whole_number("--steps", flags.steps, 1, 1000000);
  check_config(config);
  const KernelTable<float>& kernels = kernels_of(flags.machine);
  Pool pool(threads_of(flags.machine));
  const std::unique_ptr<Run> run = Run::create(config, pool.threads(), pool.parallel(), kernels);
  if (!run) refuse("there is not enough memory for this configuration");

  const std::vector<double> ms = step_times(*run, steps);
  const auto at = [&](double share) { return ms[static_cast<size_t>(std::lround(share * static_cast<double>(ms.size() - 1)))]; };
  const double median = at(0.5), gflop = gflop_per_step(config), peak = peak_gflops(kernels);
  const nlohmann::ordered_json result = {{"size", preset ? flags.knobs.preset : flags.size},
                                         {"threads", pool.threads()},
                                         {"kernels", kernels.name},
                                         {"numerics", kernels.numerics == Numerics::fast ? "fast" : "exact"},
                                         {"steps", steps},
                                         {"ms_per_step", median},
                                         {"ms_p10", at(0.1)},
                                         {"ms_p90", at(0.9)},
                                         {"tokens_per_second", static_cast<double>(config.batch * config.n_ctx) / (median * 1e-3)},
                                         {"gflops", gflop / (median * 1e-3)},
                                         {"gflop_per_step", gflop},
                                         {"peak_gflops", peak},
                                         {"share_of_peak", gflop / (median * 1e-3) / (peak * pool.threads())},
                                         {"by_kernel", kernel_table(config, kernels, std::max<uint64_t>(steps / 5, 1), peak)}};
  print_out(result.dump(2) + "\n");
  return kDone;
}

}  // namespace

Command bench_command(CLI::App& app) {
  const auto flags = std::make_shared<BenchFlags>();
  CLI::App* command =
      app.add_subcommand("bench", "Measure the time of a training step, its share of the machine's peak and what each kernel takes of it");
  command->add_option("--size", flags->size, "S, M or L: 2 layers of d_model 32, 64 or 256")->type_name("S|M|L")->take_last();
  add_preset_flag(*command, flags->knobs);
  command->add_option("--steps", flags->steps, "Steps to measure (default: about three seconds' worth)")->type_name("N")->take_last();
  add_machine_flags(*command, flags->machine);
  add_numerics_flag(*command, flags->machine);
  return {command, [flags] { return bench(*flags); }};
}

}  // namespace induction
