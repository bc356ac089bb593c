// `induction train`: a run from start, or from a checkpoint, to its end, to a signal, or to numbers that ran away.

#include <cmath>
#include <filesystem>
#include <limits>

#include "files.hpp"
#include "knob_flags.hpp"
#include "machine.hpp"
#include "pool.hpp"
#include "progress.hpp"
#include "refusal.hpp"
#include "run_folder.hpp"
#include "signals.hpp"

namespace induction {
namespace {

using Clock = std::chrono::steady_clock;

// A crash loses no more than this, whichever comes first.
constexpr uint64_t kCheckpointSteps = 500;
constexpr double kCheckpointSeconds = 30;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

struct TrainFlags {
  KnobFlags knobs;
  MachineFlags machine;
  std::string out, resume;
  bool force = false;
};

// One run in the making: trains, measures, shows and saves.
class Session {
 public:
  Session(Run& run, RunFolder* folder) : run_(run), folder_(folder), first_step_(run.step()), saved_step_(run.step()) {}

  /// Trains until the run's `steps`, a signal or numbers that ran away.
  void train() {
    if (on_schedule()) measure();
    while (run_.step() < steps() && !caught_signal() && stopped_.empty()) {
      const Run::Report report = run_.advance(1);
      stopped_ = report.stopped;
      if (!stopped_.empty()) break;
      loss_ = report.loss;
      if (on_schedule()) measure();
      save_now_and_then();
      if (progress_.due()) progress_.draw(status());
    }
  }

  /// Writes everything and says how it ended.
  int finish() {
    const double rate = steps_per_second();
    // The checkpoint comes before a measurement that is not on the schedule, so that an onset found only by stopping here
    // does not become part of the run when it goes on.
    if (folder_) folder_->save_checkpoint(run_);
    if (!record_ || record_->step != run_.step()) measure();
    progress_.clear();
    const std::string signature = run_.signature(), summary = summary_json({*record_, signature, stopped_, rate}) + "\n";
    if (folder_) folder_->finish(run_, summary);
    const std::string where = folder_ ? ", written to " + folder_->path() : "";
    if (!stopped_.empty()) std::fprintf(stderr, "induction: %s\n", stopped_.c_str());
    if (caught_signal())
      std::fprintf(stderr, "induction: stopped by a signal at step %s%s\n", std::to_string(run_.step()).c_str(), where.c_str());
    print_out(folder_ ? "signature " + signature + " at step " + std::to_string(run_.step()) + where + "\n" : summary);
    if (!stopped_.empty()) return kRanAway;
    return caught_signal() ? 128 + caught_signal() : kDone;
  }

 private:
  uint64_t steps() const { return static_cast<uint64_t>(run_.config().steps); }
  bool on_schedule() const { return run_.step() % static_cast<uint64_t>(run_.config().probe_every) == 0; }
  double steps_per_second() const {
    const double seconds = seconds_since(start_);
    return run_.step() > first_step_ && seconds > 0 ? static_cast<double>(run_.step() - first_step_) / seconds : std::nan("");
  }

  // A run that ran away is back at an earlier step: its file of measurements keeps rising steps, so that one is not added.
  void measure() {
    const bool later = !record_ || run_.step() > record_->step;
    record_ = run_.probe();
    if (folder_ && later) folder_->append(*record_);
    if (!progress_.on_terminal()) progress_.say(probe_text(*record_, steps_per_second()));
    if (later)
      for (const std::string& line : onset_texts(*record_)) progress_.say(line);
  }

  void save_now_and_then() {
    if (!folder_ || (run_.step() - saved_step_ < kCheckpointSteps && seconds_since(saved_) < kCheckpointSeconds)) return;
    folder_->save_checkpoint(run_);
    saved_step_ = run_.step();
    saved_ = Clock::now();
  }

  Status status() const {
    Status s{run_.step(), steps(), steps_per_second(), 0, loss_};
    s.seconds_left = static_cast<double>(steps() - run_.step()) / s.steps_per_second;
    s.loss_rep = record_ ? record_->seen.loss_rep : std::nan("");
    s.previous_token = record_ ? best_score(*record_, &PatternScores::previous_token) : std::nan("");
    s.induction = record_ ? best_score(*record_, &PatternScores::induction) : std::nan("");
    return s;
  }

  Run& run_;
  RunFolder* folder_;
  Progress progress_;
  std::optional<ProbeRecord> record_;
  std::string stopped_;
  double loss_ = std::nan("");
  uint64_t first_step_, saved_step_;
  Clock::time_point start_ = Clock::now(), saved_ = start_;
};

// The checkpoint's Config with the live knobs that were asked for. Anything else would be another run.
Config resumed_config(const TrainFlags& flags, const Checkpoint& checkpoint) {
  if (flags.knobs.preset_option->count())
    refuse("--preset is " + quoted(flags.knobs.preset) + "; a run that goes on with --resume keeps its own knobs");
  const Config config = chosen_config(flags.knobs, checkpoint.config);
  for (const Knob& knob : knobs())
    if (!knob.live && knob.get(config) != knob.get(checkpoint.config))
      refuse(std::string(knob.name) + " is " + value_text(knob, config) + ", but the run in " + quoted(flags.resume) + " has " +
             value_text(knob, checkpoint.config) + "; only live knobs may change with --resume");
  return config;
}

void restore(const Checkpoint& checkpoint, const Config& config, Run& run) {
  if (const std::string wrong = load_run(checkpoint.file, run); !wrong.empty()) refuse(quoted(checkpoint.path) + ": " + wrong);
  if (run.step() > static_cast<uint64_t>(config.steps))
    refuse("steps is " + std::to_string(config.steps) + ", but the run is at step " + std::to_string(run.step()) + " already");
}

bool same_folder(const std::string& a, const std::string& b) {
  std::error_code none;
  return std::filesystem::equivalent(a, b, none);
}

int train(const TrainFlags& flags) {
  const bool resuming = !flags.resume.empty();
  std::optional<Checkpoint> checkpoint;
  if (resuming) checkpoint = read_checkpoint(flags.resume);
  const Config config = resuming ? resumed_config(flags, *checkpoint) : chosen_config(flags.knobs);
  check_config(config);

  const KernelTable<float>& kernels = kernels_of(flags.machine);
  Pool pool(threads_of(flags.machine));
  const std::unique_ptr<Run> run = Run::create(config, pool.threads(), pool.parallel(), kernels);
  if (!run) refuse("there is not enough memory for this configuration; make batch, n_ctx, n_heads or d_model smaller");
  if (resuming) restore(*checkpoint, config, *run);

  const std::string out = flags.out.empty() ? flags.resume : flags.out;
  // Read before the folder is opened for writing: it may be the same one.
  const std::string metrics = resuming ? metrics_before(flags.resume, run->step()) : "";
  std::optional<RunFolder> folder;
  if (!out.empty()) {
    using Existing = RunFolder::Existing;
    const bool same = resuming && same_folder(out, flags.resume);
    folder.emplace(out, same ? Existing::go_on : flags.force ? Existing::replace : Existing::refuse);
    folder->begin(*run, metrics);
  }
  catch_signals();
  Session session(*run, folder ? &*folder : nullptr);
  session.train();
  return session.finish();
}

}  // namespace

Command train_command(CLI::App& app) {
  const auto flags = std::make_shared<TrainFlags>();
  CLI::App* command = app.add_subcommand("train", "Train a model and write or print what came of it");
  command
      ->add_option("--out", flags->out,
                   "Folder for config.json, metrics.jsonl, summary.json, model.safetensors and checkpoint.safetensors; "
                   "without it the summary is printed")
      ->type_name("DIR")
      ->take_last();
  command
      ->add_option("--resume", flags->resume,
                   "Go on, to the bit, with the run in this folder (written there unless --out names another); live knobs may change")
      ->type_name("DIR")
      ->take_last();
  command->add_flag("--force", flags->force, "Replace a run that --out holds already");
  add_machine_flags(*command, flags->machine);
  add_knob_flags(*command, flags->knobs);
  return {command, [flags] { return train(*flags); }};
}

}  // namespace induction
