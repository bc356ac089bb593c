#include "sweep_workers.hpp"

#include <cmath>

namespace induction {
namespace {

constexpr auto kLookAgain = std::chrono::milliseconds(200);  // whether another process has finished or died
constexpr double kTellCost = 0.01;                           // share of a run between two reports of its progress

std::string onset_words(const Json& line) {
  const Json& step = line["onset"]["induction"];
  return step.is_number() ? "induction at step " + step.dump() : "no induction head";
}

std::string news_text(const Point& point, const Json& knobs, const RunEnd& end) {
  const std::string words = knobs_text(knobs);
  return id_text(point.id) + "  " + ending_name(end.result.ending) + " after " + end.result.json["steps"].dump() + " steps, " +
         onset_words(end.result.json) + (words.empty() ? "" : "  " + words);
}

}  // namespace

double step_cost(const Config& c) {
  const auto d = static_cast<double>(c.d_model), t = static_cast<double>(c.n_ctx), heads = static_cast<double>(c.n_heads);
  const double inside = heads * static_cast<double>(head_width(c));
  const double layer = 4 * d * inside + 2 * t * inside;
  return static_cast<double>(c.batch) * t * (static_cast<double>(c.n_layers) * layer + d * static_cast<double>(c.d_vocab));
}

double run_cost(const Course& course) {
  double cost = 0;
  for (size_t i = 0; i < course.phases.size(); ++i) {
    const uint64_t end = i + 1 < course.phases.size() ? course.phases[i + 1].at : course.length();
    cost += step_cost(course.phases[i].config) * static_cast<double>(end - course.phases[i].at);
  }
  return cost;
}

SweepWorkers::SweepWorkers(const Plan& plan, SweepFolder& folder, const KernelTable<float>& kernels, std::vector<Point> todo,
                           uint64_t limit)
    : plan_(plan), folder_(folder), kernels_(kernels), waiting_(todo.begin(), todo.end()), limit_(limit) {
  uint64_t counted = 0;
  for (const Point& point : todo) {
    if (counted++ == limit) break;
    state_.cost_left += run_cost(plan.course(point));
  }
}

SweepWorkers::~SweepWorkers() {
  stop();
  for (std::thread& thread : threads_)
    if (thread.joinable()) thread.join();
}

void SweepWorkers::start(uint32_t threads) {
  working_ = threads;
  for (uint32_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

void SweepWorkers::finish() {
  for (std::thread& thread : threads_) thread.join();
  if (failure_) std::rethrow_exception(failure_);
}

SweepWorkers::State SweepWorkers::state() {
  const std::lock_guard<std::mutex> guard(mutex_);
  state_.elsewhere = busy_.size();
  return state_;
}

std::vector<std::string> SweepWorkers::news() {
  const std::lock_guard<std::mutex> guard(mutex_);
  return std::exchange(news_, {});
}

// A run that needs no making after all.
void SweepWorkers::pass(const Point& point) { state_.cost_left -= run_cost(plan_.course(point)); }

// Runs that another process has are asked for again until they are done there, or that process is gone.
std::optional<Point> SweepWorkers::next() {
  std::unique_lock<std::mutex> guard(mutex_);
  while (!stop_ && limit_ > 0 && !(waiting_.empty() && busy_.empty())) {
    if (waiting_.empty()) {
      guard.unlock();
      std::this_thread::sleep_for(kLookAgain);
      guard.lock();
      // Another thread may have put them back meanwhile, and a run that it took from there has left the list.
      if (waiting_.empty()) waiting_.swap(busy_);
      continue;
    }
    const Point point = waiting_.front();
    waiting_.pop_front();
    switch (folder_.claim(point.id)) {
      case SweepFolder::Claim::taken: --limit_; return point;
      case SweepFolder::Claim::busy: busy_.push_back(point); break;
      case SweepFolder::Claim::done: pass(point); break;
    }
  }
  return std::nullopt;
}

void SweepWorkers::work() {
  try {
    while (const std::optional<Point> point = next()) make(*point);
  } catch (...) {
    const std::lock_guard<std::mutex> guard(mutex_);
    if (!failure_) failure_ = std::current_exception();
    stop_ = true;
  }
  --working_;
}

void SweepWorkers::make(const Point& point) {
  const Course course = plan_.course(point);
  const double all = run_cost(course), cost = all / static_cast<double>(course.length());
  double told = 0;
  const auto tell = [&](double done) {
    const std::lock_guard<std::mutex> guard(mutex_);
    state_.cost_done += done - told, state_.cost_left -= done - told;
    told = done;
  };
  const RunWatch watch{stop_,
                       [&](uint64_t step) {
                         const double done = cost * static_cast<double>(step);
                         if (done - told >= all * kTellCost) tell(done);
                       },
                       [&] {
                         const std::lock_guard<std::mutex> guard(mutex_);
                         ++state_.onsets;
                       }};
  const std::optional<RunEnd> end = make_run(course, plan_.stop(point), plan_.corpus(point), kernels_, watch);
  if (end) folder_.append(point.id, end->line);
  folder_.release(point.id);
  if (!end) return;
  const std::lock_guard<std::mutex> guard(mutex_);
  state_.cost_left -= all - told;
  state_.made.add(end->result);
  news_.push_back(news_text(point, plan_.knobs(point), *end));
}

}  // namespace induction
