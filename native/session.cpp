#include "session.hpp"

#include "files.hpp"
#include "refusal.hpp"
#include "signals.hpp"

namespace induction {
namespace {

// A crash loses no more than this, whichever comes first.
constexpr uint64_t kCheckpointSteps = 500;
constexpr double kCheckpointSeconds = 30;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

Session::Session(Run& run, RunFolder* folder, const Goal& goal)
    : run_(run), folder_(folder), goal_(goal), first_step_(run.step()), saved_step_(run.step()) {}

void Session::train() {
  if (on_schedule()) measure();
  keep_on_plan();
  while (run_.step() < goal_.until && !caught_signal() && stopped_.empty()) {
    const Run::Report report = run_.advance(1);
    stopped_ = report.stopped;
    if (!stopped_.empty()) break;
    loss_ = report.loss;
    if (on_schedule()) measure();
    keep_on_plan();
    save_now_and_then();
    if (progress_.due()) progress_.draw(status());
  }
}

int Session::finish() {
  const double rate = steps_per_second();
  // The checkpoint comes before a measurement that is not on the schedule, so that an onset found only by stopping here
  // does not become part of the run when it goes on.
  if (folder_) folder_->save_checkpoint(run_);
  if (folder_ && !stopped_.empty()) drop_checkpoints(folder_->path(), run_.step());
  if (!record_ || record_->step != run_.step()) measure();
  progress_.clear();
  const std::string signature = run_.signature(), summary = summary_json({*record_, signature, stopped_, rate, run_.numerics()}) + "\n";
  if (folder_) folder_->finish(run_, summary);
  const std::string where = folder_ ? ", written to " + folder_->path() : "";
  if (!stopped_.empty()) std::fprintf(stderr, "induction: %s\n", stopped_.c_str());
  if (caught_signal())
    std::fprintf(stderr, "induction: stopped by a signal at step %s%s\n", std::to_string(run_.step()).c_str(), where.c_str());
  const bool sentence = folder_ && !goal_.json;
  print_out(sentence ? "signature " + signature + " at step " + std::to_string(run_.step()) + where + "\n" : summary);
  if (!stopped_.empty()) return kRanAway;
  return caught_signal() ? 128 + caught_signal() : kDone;
}

double Session::steps_per_second() const {
  const double seconds = seconds_since(start_);
  return run_.step() > first_step_ && seconds > 0 ? static_cast<double>(run_.step() - first_step_) / seconds : std::nan("");
}

// A run that ran away is back at an earlier step: its file of measurements keeps rising steps, so that one is not added.
void Session::measure() {
  const bool later = !record_ || run_.step() > record_->step;
  record_ = run_.probe();
  if (folder_ && later) folder_->append(*record_);
  if (!progress_.on_terminal()) progress_.say(probe_text(*record_, steps_per_second()));
  if (!later) return;
  curves_.loss.push_back(record_->seen.loss);
  curves_.previous_token.push_back(best_score(*record_, &PatternScores::previous_token));
  curves_.induction.push_back(best_score(*record_, &PatternScores::induction));
  for (const std::string& line : onset_texts(*record_)) progress_.say(line);
}

void Session::keep_on_plan() {
  if (folder_ && goal_.plan.due(run_.step())) keep_checkpoint(folder_->path(), run_);
}

void Session::save_now_and_then() {
  if (!folder_ || (run_.step() - saved_step_ < kCheckpointSteps && seconds_since(saved_) < kCheckpointSeconds)) return;
  folder_->save_checkpoint(run_);
  saved_step_ = run_.step();
  saved_ = Clock::now();
}

Status Session::status() const {
  Status s{run_.step(), goal_.until, steps_per_second(), 0, loss_};
  s.curves = &curves_;
  s.seconds_left = static_cast<double>(goal_.until - run_.step()) / s.steps_per_second;
  s.loss_rep = record_ ? record_->seen.loss_rep : std::nan("");
  s.previous_token = record_ ? best_score(*record_, &PatternScores::previous_token) : std::nan("");
  s.induction = record_ ? best_score(*record_, &PatternScores::induction) : std::nan("");
  return s;
}

}  // namespace induction
