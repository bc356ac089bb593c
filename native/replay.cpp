// `induction replay`: any step of a run, recomputed to the bit from the nearest checkpoint before it.

#include <filesystem>
#include <nlohmann/json.hpp>

#include "files.hpp"
#include "knob_flags.hpp"
#include "machine.hpp"
#include "own_data.hpp"
#include "pool.hpp"
#include "refusal.hpp"
#include "session.hpp"
#include "signals.hpp"

namespace induction {
namespace {

using Json = nlohmann::ordered_json;

struct ReplayFlags {
  MachineFlags machine;
  std::string folder, step, out, data;
  bool list = false, json = false, force = false;
};

// All checkpoints of a run, the one that --resume uses last.
std::vector<Checkpoint> checkpoints_of(const std::string& folder) {
  std::vector<Checkpoint> list;
  for (const KeptCheckpoint& kept : kept_checkpoints(folder)) list.push_back(read_checkpoint_file(kept.path));
  list.push_back(read_checkpoint(folder, "the folder"));
  return list;
}

uint64_t step_of(const Checkpoint& checkpoint) {
  const auto at = checkpoint.file.metadata.find("step");
  if (at == checkpoint.file.metadata.end()) refuse(in_quotes(checkpoint.path) + ": the file's metadata has no step");
  return whole_number("the step of " + checkpoint.path, at->second, 0, UINT32_MAX);
}

int list_checkpoints(const ReplayFlags& flags) {
  Json array = Json::array();
  std::string text;
  for (const Checkpoint& checkpoint : checkpoints_of(flags.folder)) {
    const auto signature = checkpoint.file.metadata.find("signature");
    const std::string digits = signature == checkpoint.file.metadata.end() ? "" : signature->second;
    array.push_back({{"step", step_of(checkpoint)}, {"signature", digits}, {"file", checkpoint.path}});
    text += "step " + std::to_string(step_of(checkpoint)) + "  signature " + digits + "  " + checkpoint.path + "\n";
  }
  print_out(flags.json ? array.dump(2) + "\n" : text);
  return kDone;
}

// The last checkpoint at or before `step`; none: the run has to start anew from its seed.
std::optional<Checkpoint> nearest(const std::string& folder, uint64_t step) {
  std::optional<Checkpoint> best;
  for (const KeptCheckpoint& kept : kept_checkpoints(folder))
    if (kept.step <= step) best = read_checkpoint_file(kept.path);
  Checkpoint latest = read_checkpoint(folder, "the folder");
  if (numerics_of(latest.file) == Numerics::fast)
    refuse(in_quotes(folder) + " was made with --numerics fast, so its steps cannot be recomputed to the bit");
  if (step_of(latest) <= step && (!best || step_of(*best) < step_of(latest))) best = std::move(latest);
  return best;
}

// A run saved as one file: its course, if the step asked for does not lie before it. Nothing says that it began from its seed.
Course course_of_file(const std::string& path, const std::string& asked) {
  const Checkpoint checkpoint = read_checkpoint_file(path);
  const uint64_t from = step_of(checkpoint);
  if (whole_number("--step", asked, 0, checkpoint.course.length()) < from)
    refuse("--step is " + asked + "; a run saved as one file is known from its own step on, here " + std::to_string(from));
  return checkpoint.course;
}

// Without a checkpoint the weights come from the seed. The run's first measurement tells when they did not.
void check_start(const std::string& folder, Run& run) {
  const std::string line = metrics_before(folder, 1);
  const auto first = Json::parse(line, nullptr, false);
  if (!first.is_object() || !first.contains("loss") || !first["loss"].is_number()) return;
  // Measurements use the C library and may differ between systems in the last digits; other weights differ far more.
  const double recorded = first["loss"].get<double>(), loss = run.probe().seen.loss;
  if (!(std::abs(recorded - loss) <= 1e-4 * std::abs(recorded)))
    refuse("the run in " + in_quotes(folder) + " did not start from its seed's weights, and no checkpoint lies before the step asked for");
}

// The folder's course, which knows every change. A checkpoint that does not lie on it is of a folder written before there were courses:
// then each checkpoint knows the Config from its step on.
Course course_from(const Checkpoint& checkpoint, const Course& folder) {
  const Phase& phase = folder.at(step_of(checkpoint));
  return same_course(phase.config, checkpoint.config) ? folder : checkpoint.course;
}

int replay(const ReplayFlags& flags) {
  if (flags.list == !flags.step.empty()) refuse("replay needs either --step N or --list");
  if (flags.list) return list_checkpoints(flags);
  std::error_code none;
  if (!flags.out.empty() && std::filesystem::equivalent(flags.folder, flags.out, none))
    refuse("--out is " + in_quotes(flags.out) + ", which is the run itself");
  const Course whole = is_file(flags.folder) ? course_of_file(flags.folder, flags.step) : read_run_course(flags.folder);
  const uint64_t step = whole_number("--step", flags.step, 0, whole.length());
  const std::optional<Checkpoint> checkpoint = nearest(flags.folder, step);
  const Course course = checkpoint ? course_from(*checkpoint, whole) : whole;
  const std::shared_ptr<const Corpus> corpus = read_data(flags.data, course);
  check_course(course, corpus.get());

  Pool pool(threads_of(flags.machine));
  const std::unique_ptr<Run> run = Run::create(course, pool.threads(), pool.parallel(), kernels_of(flags.machine), corpus);
  if (!run) refuse("there is not enough memory for the run in " + in_quotes(flags.folder));
  if (checkpoint)
    restore(*checkpoint, *run);
  else
    check_start(flags.folder, *run);
  std::optional<RunFolder> folder;
  if (!flags.out.empty()) {
    folder.emplace(flags.out, flags.force ? RunFolder::Existing::replace : RunFolder::Existing::refuse);
    folder->begin(*run, "");
  }
  std::fprintf(stderr, "induction: from %s at step %s\n", checkpoint ? checkpoint->path.c_str() : "the seed",
               std::to_string(run->step()).c_str());
  catch_signals();
  Session session(*run, folder ? &*folder : nullptr, {step, {}, flags.json});
  session.train();
  return session.finish();
}

}  // namespace

Command replay_command(CLI::App& app) {
  const auto flags = std::make_shared<ReplayFlags>();
  CLI::App* command = app.add_subcommand("replay", "Recompute any step of a run, to the bit, from the nearest checkpoint");
  command->add_option("folder", flags->folder, "Folder of the run, or a run saved as one file")->type_name("DIR|FILE")->required();
  command->add_option("--step", flags->step, "Step to recompute, up to the run's steps")->type_name("N")->take_last();
  command->add_flag("--list", flags->list, "List the checkpoints of the run instead");
  command->add_option("--out", flags->out, "Folder for that step's model, checkpoint and measurements; without it the summary is printed")
      ->type_name("DIR")
      ->take_last();
  command->add_flag("--force", flags->force, "Replace a run that --out holds already");
  command->add_flag("--json", flags->json, "Print as JSON");
  add_data_flag(*command, flags->data);
  add_machine_flags(*command, flags->machine);
  return {command, [flags] { return replay(*flags); }};
}

}  // namespace induction
