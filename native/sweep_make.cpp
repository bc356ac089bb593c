#include "sweep_make.hpp"

#include <cmath>

#include "refusal.hpp"
#include "signals.hpp"

namespace induction {

uint64_t SweepMaking::make(const KernelTable<float>& kernels, uint32_t jobs, uint64_t limit) {
  std::vector<Point> todo;
  for (const Point& point : points_)
    if (!folder_.done(point.id)) todo.push_back(point);
  before_ = folder_.tally(points_);
  SweepWorkers workers(plan_, folder_, kernels, todo, limit);
  catch_signals();
  workers.start(static_cast<uint32_t>(std::min<uint64_t>({jobs, limit, todo.size()})));
  watch(workers);
  progress_.clear();
  try {
    workers.finish();
  } catch (const Refusal& refusal) {
    refuse(refusal.sentence + "; " + std::to_string(folder_.tally(points_).runs) + " of " + std::to_string(points_.size()) +
           " runs are kept, and the same command goes on");
  }
  folder_.sync();
  return workers.state().made.runs;
}

void SweepMaking::watch(SweepWorkers& workers) {
  constexpr auto kLook = std::chrono::milliseconds(20);
  while (!workers.idle()) {
    std::this_thread::sleep_for(kLook);
    if (caught_signal()) workers.stop();
    show(workers);
  }
  show(workers);
}

void SweepMaking::show(SweepWorkers& workers) {
  const std::vector<std::string> news = workers.news();
  if (quiet_) return;
  if (!progress_.on_terminal())
    for (const std::string& line : news) progress_.say(line);
  if (progress_.due()) progress_.draw(bar(workers.state()));
}

std::string SweepMaking::bar(const SweepWorkers::State& state) const {
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  const double left = state.cost_done > 0 ? seconds * state.cost_left / state.cost_done : INFINITY;
  const uint64_t done = before_.runs + state.made.runs, diverged = before_.diverged + state.made.diverged;
  const double all = state.cost_done + state.cost_left;
  std::vector<BarField> fields = {{std::to_string(done) + "/" + std::to_string(points_.size()) + " runs", 0},
                                  {std::to_string(before_.onsets + state.onsets) + " onsets", 1}};
  if (diverged) fields.push_back({std::to_string(diverged) + " diverged", 3});
  if (state.elsewhere) fields.push_back({std::to_string(state.elsewhere) + " elsewhere", diverged ? 4 : 3});
  fields.push_back({std::isfinite(left) ? time_text(left) : "-:--", 2});
  return bar_text(all > 0 ? state.cost_done / all : 1, fields, progress_.width());
}

}  // namespace induction
