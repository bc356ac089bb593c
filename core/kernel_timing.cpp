#include "kernel_timing.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace induction {
namespace {

constexpr int kKernels = static_cast<int>(Kernel::count);
constexpr uint64_t kWarmUp = 3;

// A table's functions know nothing but their Step, so what is counted lies here; one measurement at a time, on one thread.
const KernelTable<float>* measured = nullptr;
Now clock_now = nullptr;
std::array<KernelTime, kKernels> totals;

// Of a product: two for each combination of all its axes. Of attention: its products, without the masked half.
double operations_of(const Step& step, uint32_t sequences) {
  if (step.kernel == Kernel::contract) {
    double terms = sequences;
    for (int axis = 1; axis < kAxes; ++axis) terms *= step.size[axis] ? step.size[axis] : 1;
    return 2 * terms;
  }
  const bool reverse = step.kernel == Kernel::attention_backward;
  if (step.kernel != Kernel::attention && !reverse) return 0;
  const double length = step.size[0], heads = step.size[1], width = step.size[2];
  return (reverse ? 4 : 2) * 2.0 * sequences * heads * width * length * (length + 1) / 2;
}

template <int K>
void timed(const Step& step, const Slice<float>& slice) {
  const double start = clock_now();
  measured->run[K](step, slice);
  totals[K].seconds += clock_now() - start;
  totals[K].operations += operations_of(step, slice.n);
  ++totals[K].calls;
}

template <int... K>
KernelTable<float> timed_table(std::integer_sequence<int, K...>) {
  return {measured->name, {timed<K>...}, measured->peaks, measured->numerics};
}

void clear() {
  totals = {{
#define KERNEL(kernel) {#kernel},
#include "kernels/kernels.def"
#undef KERNEL
  }};
}

}  // namespace

std::vector<KernelTime> kernel_times(const Config& config, const KernelTable<float>& kernels, uint64_t steps, Now now) {
  measured = &kernels, clock_now = now;
  const KernelTable<float> table = timed_table(std::make_integer_sequence<int, kKernels>());
  const Parallel one_thread = [](uint32_t n, const Work& work) {
    for (uint32_t chunk = 0; chunk < n; ++chunk) work(chunk, 0);
  };
  const std::unique_ptr<Run> run = Run::create(config, 1, one_thread, table);
  if (!run) return {};
  // Step by step by the trainer: a Run's probes would be counted too.
  Trainer& trainer = run->trainer();
  for (uint64_t i = 0; i < kWarmUp + steps; ++i) {
    if (i == kWarmUp) clear();
    const uint64_t before = trainer.step;
    trainer.train_step(run->cpu(), one_thread);
    if (trainer.step == before) return {};
  }
  std::vector<KernelTime> list;
  for (const KernelTime& time : totals)
    if (time.calls > 0) list.push_back(time);
  std::sort(list.begin(), list.end(), [](const KernelTime& a, const KernelTime& b) { return a.seconds > b.seconds; });
  return list;
}

double peak_gflops(const KernelTable<float>& kernels, Now now, uint32_t turns) {
  constexpr uint32_t kTerms = 128;  // 24 KiB at most: inside the nearest cache
  constexpr int kTries = 25;
  double best = 0;
  for (const ProductPeak& peak : kernels.peaks) {
    // Numbers that neither grow nor become subnormal.
    std::vector<float> a(kTerms * peak.rows, 1e-3f), b(kTerms * peak.columns, 1e-3f), c(peak.rows * peak.columns);
    for (int i = 0; i < kTries; ++i) {
      const double start = now();
      peak.product(a.data(), b.data(), c.data(), kTerms, turns);
      const double operations = 2.0 * turns * kTerms * peak.rows * peak.columns;
      best = std::max(best, operations / (now() - start) * 1e-9);
    }
  }
  return best;
}

}  // namespace induction
