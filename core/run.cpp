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

uint64_t memory_needed(const Course& course) {
  uint64_t most = 0;
  for (const Phase& phase : course.phases) most = std::max(most, memory_needed(phase.config));
  return most;
}

Run::Machine::Machine(const Config& config, const Interventions& list, uint32_t threads, const KernelTable<float>& kernels,
                      std::shared_ptr<const Corpus> corpus)
    : trainer(config, list, std::move(corpus)),
      cpu(trainer.program, threads, kernels),
      prober(config, trainer.dataset, kernels, list),
      held(list) {}

Run::Run(const Course& course, uint32_t threads, Parallel parallel, const KernelTable<float>& kernels, std::shared_ptr<const Corpus> corpus)
    : course_(course),
      threads_(threads),
      kernels_(kernels),
      corpus_(std::move(corpus)),
      machine_(std::make_unique<Machine>(course.phases[0].config, Interventions{}, threads, kernels, corpus_)),
      parallel_(std::move(parallel)) {
  if (parallel_) return;
  parallel_ = [](uint32_t n, const Work& work) {
    for (uint32_t i = 0; i < n; ++i) work(i, 0);
  };
}

std::unique_ptr<Run> Run::create(const Course& course, uint32_t threads, Parallel parallel, const KernelTable<float>& kernels,
                                 std::shared_ptr<const Corpus> corpus) {
  std::unique_ptr<Run> run(new Run(course, threads, std::move(parallel), kernels, std::move(corpus)));
  if (!run->machine_->ok()) return nullptr;
  initialise(run->config(), run->cpu());
  return run->restore(run->state()) ? std::move(run) : nullptr;
}

Hyper Run::hyper(uint64_t step) const {
  const Phase& phase = course_.at(step);
  return hyper_at(phase.config, step - phase.clock, step - course_.moments_since(step));
}

std::string Run::runaway_message(uint64_t at) const {
  std::string text = "Training stopped at step " + std::to_string(at) + ": the loss is no longer a finite number. Likely cause: ";
  if (learning_rate(config(), at - machine_->trainer.clock) > 0.05)
    text += "the learning rate (lr) is too high";
  else if (config().grad_clip == 0)
    text += "a step that was too large; try a lower learning rate (lr) or gradient clipping (grad_clip)";
  else
    text += "a step that was too large; try a lower learning rate (lr)";
  return text + ". The model is back at step " + std::to_string(good_.step) + ".";
}

// Enters the phase that begins at the present step, if one does.
bool Run::turn(Report& report) {
  if (placed_ == course_.index_at(step()) || place(state())) return true;
  report.stopped = "Training stopped at step " + std::to_string(step()) + ": there is not enough memory for the phase that begins here.";
  return false;
}

Run::Report Run::advance(uint64_t n) {
  Report report;
  for (uint64_t i = 0; i < n; ++i) {
    if (!turn(report)) break;
    const double loss = trainer().train_step(cpu(), parallel_);
    // The loss is of the parameters before the update; a last step could overflow unseen.
    bool good = std::isfinite(loss) && all_finite(cpu().region(trainer().program.parameter_region));
    if (good && step() % kGuardEvery == 0) {
      State now = state();
      good = all_finite(now.moment1) && all_finite(now.moment2);
      if (good) good_ = std::move(now);
    }
    if (!good) {
      report.stopped = runaway_message(step());
      restore(good_);
      break;
    }
    report.loss = loss;
    if (!turn(report)) break;
  }
  report.step = step();
  return report;
}

ProbeRecord Run::probe() {
  ProbeRecord record = machine_->prober.measure(cpu().region(trainer().program.parameter_region));
  record.step = step();
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
  if (wanted.steps != config().steps && course_.next_change(step()) < course_.length())
    found.push_back({"steps", "steps cannot change while another phase follows"});
  return found.empty() ? change(wanted, course_.at(step()).held) : found;
}

Problems Run::intervene(const Interventions& held) {
  const Problems found = problems(held, config());
  return found.empty() ? change(config(), held) : found;
}

// What does not change training is no change of the course.
Problems Run::change(const Config& wanted, const Interventions& held) {
  Course course = course_;
  Phase& now = course.phases[course.index_at(step())];
  if (same_course(now.config, wanted) && now.held == held)
    now.config = wanted;
  else
    course.change(step(), wanted, held);
  std::swap(course_, course);
  if (place(state())) return {};
  std::swap(course_, course);
  return {{"", "there is not enough memory for this change"}};
}

Problems Run::follow(const Course& course) {
  Course both = course;
  both.phases.push_back({course.phases.back().at + 1, 0, config(), {}});  // the present model, which it must fit
  Problems found = problems(both);
  if (!found.empty()) return found;
  Course before = course;
  std::swap(course_, before);
  if (place(state())) return {};
  std::swap(course_, before);
  return {{"", "there is not enough memory for this course"}};
}

State Run::state() {
  const Program& program = trainer().program;
  const auto copy = [&](const Region& region) {
    const auto values = cpu().region(region);
    return std::vector<float>(values.begin(), values.end());
  };
  State now{step(), copy(program.parameter_region), copy(program.moment1_region), copy(program.moment2_region), onset_, {}};
  for (const Intervention& one : held())
    if (one.measured()) now.held[text_of(one)] = one.values;
  return now;
}

// Puts a state into the phase that its step lies in. The Program is recorded anew only where it is another one.
bool Run::place(const State& state) {
  const Phase& phase = course_.at(state.step);
  Interventions held = phase.held;
  if (!measure_held(held, phase.config, state.parameters, state.held, corpus_)) return false;
  bool same = held == machine_->held;
  for (const Knob& knob : knobs()) same = same && (knob.live || knob.get(phase.config) == knob.get(config()));
  if (!same) {
    auto made = std::make_unique<Machine>(phase.config, held, threads_, kernels_, corpus_);
    if (!made->ok()) return false;
    machine_ = std::move(made);
    ++generation_;
  }
  Trainer& now = trainer();
  now.config = phase.config, now.step = state.step, now.clock = phase.clock, now.moments = course_.moments_since(state.step);
  const auto put = [&](const std::vector<float>& values, const Region& region) {
    const auto to = cpu().region(region);
    const bool anew = &values != &state.parameters && now.moments == state.step;
    if (anew)
      std::fill(to.begin(), to.end(), 0.0f);
    else
      std::copy(values.begin(), values.end(), to.begin());
  };
  put(state.parameters, now.program.parameter_region);
  put(state.moment1, now.program.moment1_region);
  put(state.moment2, now.program.moment2_region);
  onset_ = state.onset;
  // What was best in another phase is nothing to fade from.
  if (state.step > 0 && state.step == phase.at && phase.planned()) onset_.best = {};
  placed_ = course_.index_at(state.step);
  return true;
}

bool Run::restore(const State& state) {
  if (!place(state)) return false;
  good_ = this->state();
  return true;
}

}  // namespace induction
