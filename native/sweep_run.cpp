#include "sweep_run.hpp"

#include <chrono>

#include "refusal.hpp"

namespace induction {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

std::optional<RunEnd> make_run(const Course& course, const StopRules& stop, const std::shared_ptr<const Corpus>& corpus,
                               const KernelTable<float>& kernels, const RunWatch& watch) {
  const auto start = Clock::now();
  const std::unique_ptr<Run> run = Run::create(course, 1, {}, kernels, corpus);
  if (!run) refuse("there is not enough memory for another run; give a smaller number with --jobs");
  MeasuredRun measured(*run, stop);
  for (bool before = false; measured.advance();) {
    if (watch.cancel.load(std::memory_order_relaxed)) return std::nullopt;
    if (!before && measured.onset()) watch.at_onset(), before = true;
    watch.at_step(run->step());
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  RunEnd end;
  end.line = result_line(course, stop, measured.result(), seconds, corpus.get());
  end.result = read_result(end.line, "the run");
  return end;
}

}  // namespace induction
