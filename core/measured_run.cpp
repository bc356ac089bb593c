#include "measured_run.hpp"

#include <algorithm>
#include <cmath>

namespace induction {
namespace {

constexpr const char* kEndings[] = {"finished", "stopped", "diverged"};

bool has_role(const ProbeRecord& record, Role role) {
  return std::any_of(record.heads.begin(), record.heads.end(), [&](const HeadRecord& head) { return head.verdict.role == role; });
}

bool several_phases(const Course& course) {
  return std::count_if(course.phases.begin(), course.phases.end(), [](const Phase& phase) { return phase.planned(); }) > 1;
}

}  // namespace

const char* ending_name(Ending ending) { return kEndings[static_cast<size_t>(ending)]; }

MeasuredRun::MeasuredRun(Run& run, const StopRules& stop) : run_(run), stop_(stop), end_(run.course().length()) {
  begin_phase();
  if (on_schedule()) measure();
}

bool MeasuredRun::advance() {
  if (over_) return false;
  if (run_.step() >= end_ || !message_.empty()) {
    finish();
    return false;
  }
  const Run::Report report = run_.advance(1);
  if (!report.stopped.empty()) {
    ending_ = Ending::diverged, message_ = report.stopped;
    return true;
  }
  if (phase_begins()) end_phase(), begin_phase();
  if (on_schedule()) measure();
  return true;
}

// Off the schedule, as at the end of `induction train`.
void MeasuredRun::finish() {
  if (!record_ || record_->step != run_.step()) probe();
  end_phase();
  over_ = true;
}

std::span<const float> MeasuredRun::parameters() { return run_.cpu().region(run_.trainer().program.parameter_region); }

void MeasuredRun::probe() {
  record_ = run_.probe();
  note();
}

void MeasuredRun::note() {
  const bool half = record_->seen.accuracy_rep > 0.5;
  if (!half_right_ && half) half_right_ = run_.step();
  if (record_->strategies) note_nearest(*record_->strategies);
  if (phases_.empty() || run_.step() < phases_.back().at) return;
  PhaseNotes& phase = phases_.back();
  const uint64_t since = run_.step() - phase.at;
  if (!phase.half_right && half) phase.half_right = since;
  if (!phase.previous_token && has_role(*record_, Role::previous_token)) phase.previous_token = since;
  if (!phase.induction && has_role(*record_, Role::induction)) phase.induction = since;
}

void MeasuredRun::note_nearest(const StrategyDistances& distances) {
  if (!nearest_) nearest_.emplace();
  const double least = std::min({distances.uniform, distances.unigram, distances.bigram});
  const auto take = [&](double distance, std::optional<uint64_t>& first) {
    if (!first && distance == least) first = run_.step();
  };
  take(distances.uniform, nearest_->uniform);
  take(distances.unigram, nearest_->unigram);
  take(distances.bigram, nearest_->bigram);
}

void MeasuredRun::measure() {
  const bool before = onset();
  probe();
  if (!before && onset() && stop_.after_onset && run_.step() + *stop_.after_onset < end_) {
    end_ = run_.step() + *stop_.after_onset;
    ending_ = Ending::stopped;
  }
  if (run_.step() == 0) first_loss_ = record_->seen.loss;
  if (stop_.diverged && has_diverged(record_->seen.loss, first_loss_, run_.config())) {
    ending_ = Ending::diverged;
    message_ = "Stopped at step " + std::to_string(run_.step()) +
               ": the held-out loss is more than 1 nat above its start and above even guessing.";
  }
}

bool MeasuredRun::phase_begins() const {
  const Phase& phase = run_.course().at(run_.step());
  return several_phases(run_.course()) && phase.planned() && phase.at == run_.step() && run_.step() < end_;
}

// A Prober of its own: the Run's keeps count of onsets by the schedule alone.
void MeasuredRun::begin_phase() {
  if (!phase_begins()) return;
  PhaseNotes phase;
  phase.at = run_.step();
  phase.prober = std::make_unique<Prober>(run_.config(), run_.trainer().dataset, default_kernels<float>(), run_.held());
  if (phase.prober->ok()) phase.before = phase.after = phase.prober->measure(parameters()).seen;
  phases_.push_back(std::move(phase));
}

void MeasuredRun::end_phase() {
  if (phases_.empty() || !phases_.back().prober) return;
  PhaseNotes& phase = phases_.back();
  if (phase.prober->ok()) phase.after = phase.prober->measure(parameters()).seen;
  phase.steps = run_.step() - std::min(run_.step(), phase.at);
  phase.prober.reset();
}

}  // namespace induction
