#include "run.hpp"

#include <algorithm>
#include <cmath>

namespace induction {
namespace {

// Steps between two copies of the last good state: what a run that blows up loses at most.
constexpr uint64_t kGuardEvery = 50;

bool all_finite(std::span<const float> values) {
  return std::all_of(values.begin(), values.end(), [](float x) { return std::isfinite(x); });
}

}  // namespace

uint64_t memory_needed(const Config& c) {
  const auto length = static_cast<uint32_t>(c.n_ctx);
  const Program training = record_model(c, {static_cast<uint32_t>(c.batch), length, length, true});  // with weights at most
  const Program probing = record_model(for_evaluation(c), {kHeldOutRows, length, length});
  return sizeof(float) * (training.memory_floats(1) + probing.memory_floats(1));
}

Run::Run(const Config& config, uint32_t threads, Parallel parallel, const KernelTable<float>& kernels)
    : trainer_(config),
      cpu_(trainer_.program, threads, kernels),
      prober_(config, trainer_.dataset, kernels),
      parallel_(std::move(parallel)) {
  if (parallel_) return;
  parallel_ = [](uint32_t n, const Work& work) {
    for (uint32_t i = 0; i < n; ++i) work(i, 0);
  };
}

std::unique_ptr<Run> Run::create(const Config& config, uint32_t threads, Parallel parallel, const KernelTable<float>& kernels) {
  std::unique_ptr<Run> run(new Run(config, threads, std::move(parallel), kernels));
  if (!run->cpu_.ok() || !run->prober_.ok()) return nullptr;
  initialise(config, run->cpu_);
  run->good_ = run->state();
  return run;
}

std::string Run::runaway_message(uint64_t at) const {
  std::string text = "Training stopped at step " + std::to_string(at) + ": the loss is no longer a finite number. Likely cause: ";
  if (learning_rate(config(), at) > 0.05)
    text += "the learning rate (lr) is too high";
  else if (config().grad_clip == 0)
    text += "a step that was too large; try a lower learning rate (lr) or gradient clipping (grad_clip)";
  else
    text += "a step that was too large; try a lower learning rate (lr)";
  return text + ". The model is back at step " + std::to_string(good_.step) + ".";
}

Run::Report Run::advance(uint64_t n) {
  Report report;
  for (uint64_t i = 0; i < n; ++i) {
    const double loss = trainer_.train_step(cpu_, parallel_);
    // The loss is of the parameters before the update; a last step could overflow unseen.
    bool good = std::isfinite(loss) && all_finite(cpu_.region(trainer_.program.parameter_region));
    if (good && trainer_.step % kGuardEvery == 0) {
      State now = state();
      good = all_finite(now.moment1) && all_finite(now.moment2);
      if (good) good_ = std::move(now);
    }
    if (!good) {
      report.stopped = runaway_message(trainer_.step);
      restore(good_);
      break;
    }
    report.loss = loss;
  }
  report.step = trainer_.step;
  return report;
}

ProbeRecord Run::probe() {
  ProbeRecord record = prober_.measure(cpu_.region(trainer_.program.parameter_region));
  record.step = trainer_.step;
  for (const HeadRecord& head : record.heads) {
    if (head.verdict.role == Role::previous_token && !onset_.previous_token) onset_.previous_token = record.step;
    if (head.verdict.role == Role::induction && !onset_.induction) onset_.induction = record.step;
  }
  const double accuracy = record.unseen ? record.unseen->accuracy_rep : record.seen.accuracy_rep;
  if (accuracy > onset_.best.accuracy) onset_.best = {accuracy, record.step};
  if (std::optional<Alarm> alarm = fading_alarm(onset_.best, accuracy)) record.alarms.push_back(std::move(*alarm));
  record.onset = onset_;
  return record;
}

Problems Run::set(const Config& wanted) {
  Problems found = problems(wanted);
  for (const Knob& knob : knobs())
    if (!knob.live && knob.get(wanted) != knob.get(config()))
      found.push_back({knob.name, std::string(knob.name) + " cannot change while the model runs; it needs a new run"});
  if (found.empty()) trainer_.config = wanted;
  return found;
}

State Run::state() {
  const Program& program = trainer_.program;
  const auto copy = [&](const Region& region) {
    const auto values = cpu_.region(region);
    return std::vector<float>(values.begin(), values.end());
  };
  return {trainer_.step, copy(program.parameter_region), copy(program.moment1_region), copy(program.moment2_region), onset_};
}

void Run::restore(const State& state) {
  const Program& program = trainer_.program;
  std::copy(state.parameters.begin(), state.parameters.end(), cpu_.region(program.parameter_region).begin());
  std::copy(state.moment1.begin(), state.moment1.end(), cpu_.region(program.moment1_region).begin());
  std::copy(state.moment2.begin(), state.moment2.end(), cpu_.region(program.moment2_region).begin());
  trainer_.step = state.step;
  onset_ = state.onset;
  if (&state != &good_) good_ = state;
}

}  // namespace induction
