// `induction train`: a run from start, or from a checkpoint, to its end, to a signal, or to numbers that ran away.

#include <filesystem>

#include "knob_flags.hpp"
#include "machine.hpp"
#include "own_data.hpp"
#include "pool.hpp"
#include "refusal.hpp"
#include "session.hpp"
#include "signals.hpp"
#include "weights.hpp"

namespace induction {
namespace {

struct TrainFlags {
  KnobFlags knobs;
  CourseFlags course;
  MachineFlags machine;
  std::string out, resume, from, checkpoint_every, data;
  bool force = false, json = false;
};

// The checkpoint's Config with the live knobs that were asked for. Anything else would be another run.
Config resumed_config(const TrainFlags& flags, const Checkpoint& checkpoint) {
  if (flags.knobs.preset_option->count())
    refuse("--preset is " + in_quotes(flags.knobs.preset) + "; a run that goes on with --resume keeps its own knobs");
  const Config config = chosen_config(flags.knobs, checkpoint.config);
  for (const Knob& knob : knobs())
    if (!knob.live && knob.get(config) != knob.get(checkpoint.config))
      refuse(std::string(knob.name) + " is " + value_text(knob, config) + ", but the run in " + in_quotes(flags.resume) + " has " +
             value_text(knob, checkpoint.config) + "; only live knobs may change with --resume");
  return config;
}

// A run is of one kind from beginning to end.
void same_numerics(const TrainFlags& flags, const Checkpoint& checkpoint) {
  const Numerics made = numerics_of(checkpoint.file), wanted = kernels_of(flags.machine).numerics;
  if (made == wanted) return;
  refuse(made == Numerics::fast
             ? in_quotes(flags.resume) +
                   " was made with --numerics fast; give that to go on with it, on a processor with fused multiply-add"
             : in_quotes(flags.resume) + " was made with exact numbers; --numerics fast would make them this machine's own");
}

bool same_folder(const std::string& a, const std::string& b) {
  std::error_code none;
  return std::filesystem::equivalent(a, b, none);
}

// Opens the folder that the run is written to, if any.
void open_folder(const TrainFlags& flags, Run& run, const Checkpoint* resumed, std::optional<RunFolder>& folder) {
  const std::string out = flags.out.empty() && !is_file(flags.resume) ? flags.resume : flags.out;
  if (out.empty()) return;
  using Existing = RunFolder::Existing;
  const bool same = resumed && same_folder(out, flags.resume);
  // Read before the folder is opened for writing: it may be the same one.
  const std::string metrics = resumed ? metrics_before(flags.resume, run.step()) : "";
  folder.emplace(out, same ? Existing::go_on : flags.force ? Existing::replace : Existing::refuse);
  folder->begin(run, metrics);
  if (resumed && !same) copy_checkpoints(flags.resume, out, run.step());
}

// The checkpoint's course, and from its step on the knobs and interventions that were asked for.
std::unique_ptr<Run> resumed_run(const TrainFlags& flags, const Checkpoint& checkpoint, Pool& pool) {
  if (!flags.course.phases.empty()) refuse("--phases starts a new run; a run that goes on with --resume keeps its phases");
  const Config config = resumed_config(flags, checkpoint);
  const std::shared_ptr<const Corpus> corpus = read_data(flags.data, checkpoint.course);
  check_config(config, corpus.get());
  std::unique_ptr<Run> run = Run::create(checkpoint.course, pool.threads(), pool.parallel(), kernels_of(flags.machine), corpus);
  if (!run) return run;
  restore(checkpoint, *run);
  if (const Problems found = run->set(config); !found.empty()) refuse(found[0].message);
  if (flags.course.lines.empty()) return run;
  if (const Problems found = run->intervene(chosen_interventions(flags.course)); !found.empty()) refuse(found[0].message);
  return run;
}

std::unique_ptr<Run> new_run(const TrainFlags& flags, Pool& pool) {
  std::optional<Weights> weights;
  CourseText parts;
  if (!flags.from.empty()) weights = read_weights(flags.from);
  Config config = weights ? config_for(*weights, flags.knobs, &parts) : chosen_config(flags.knobs, {}, &parts);
  // The data may decide the vocabulary, so it is read before the phases are laid over the Config; one of them may be the one that reads it.
  std::shared_ptr<const Corpus> corpus;
  if (own_data(config)) corpus = weights ? read_data(flags.data, config) : read_data(flags.data, flags.knobs, config);
  const Course course = chosen_course(config, parts, flags.course);
  if (!corpus) corpus = read_data(flags.data, course);
  check_course(course, corpus.get());
  std::unique_ptr<Run> run = Run::create(course, pool.threads(), pool.parallel(), kernels_of(flags.machine), corpus);
  if (run && weights) start_from(*weights, *run);
  return run;
}

int train(const TrainFlags& flags) {
  const bool resuming = !flags.resume.empty();
  if (resuming && !flags.from.empty()) refuse("--from starts a new run and --resume goes on with one; give only one of them");
  const CheckpointPlan plan = flags.checkpoint_every.empty() ? CheckpointPlan() : CheckpointPlan(flags.checkpoint_every);
  if (plan.any() && flags.out.empty() && !resuming) refuse("--checkpoint-every needs a folder to keep checkpoints in; give --out too");
  std::optional<Checkpoint> checkpoint;
  if (resuming) checkpoint = read_checkpoint(flags.resume, "--resume");
  if (checkpoint) same_numerics(flags, *checkpoint);
  Pool pool(threads_of(flags.machine));
  const std::unique_ptr<Run> run = resuming ? resumed_run(flags, *checkpoint, pool) : new_run(flags, pool);
  if (!run) refuse("there is not enough memory for this configuration; make batch, n_ctx, n_heads or d_model smaller");
  const uint64_t last = run->course().length();
  if (run->step() > last)
    refuse("steps is " + std::to_string(last) + ", but the run is at step " + std::to_string(run->step()) + " already");

  std::optional<RunFolder> folder;
  open_folder(flags, *run, checkpoint ? &*checkpoint : nullptr, folder);
  // No course says where weights from outside came from.
  if (folder && !flags.from.empty()) keep_checkpoint(folder->path(), *run);
  catch_signals();
  Session session(*run, folder ? &*folder : nullptr, {last, plan, flags.json});
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
                   "Go on, to the bit, with the run in this folder (written there unless --out names another), or with a run that the page "
                   "saved as one file; live knobs may change")
      ->type_name("DIR|FILE")
      ->take_last();
  command
      ->add_option("--from", flags->from,
                   "Start a new run from the weights of a run, of a model.safetensors, or of a file with TransformerLens' names")
      ->type_name("DIR|FILE")
      ->take_last();
  command
      ->add_option("--checkpoint-every", flags->checkpoint_every,
                   "Keep a checkpoint every N steps, or at 0, 1, 2, 4, 8, ... (log), in checkpoints/, for induction replay")
      ->type_name("N|log")
      ->take_last();
  command->add_flag("--force", flags->force, "Replace a run that --out holds already");
  command->add_flag("--json", flags->json, "Print the summary as JSON with --out too");
  add_data_flag(*command, flags->data);
  add_machine_flags(*command, flags->machine);
  add_numerics_flag(*command, flags->machine);
  add_course_flags(*command, flags->course);
  add_knob_flags(*command, flags->knobs);
  return {command, [flags] { return train(*flags); }};
}

}  // namespace induction
