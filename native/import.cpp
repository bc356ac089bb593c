// `induction import`: weights from elsewhere as the folder of a run at step 0, which probe, train and the page open.

#include "machine.hpp"
#include "refusal.hpp"
#include "session.hpp"
#include "weights.hpp"

namespace induction {
namespace {

struct ImportFlags {
  KnobFlags knobs;
  std::string file, out;
  bool force = false, json = false;
};

int import_weights(const ImportFlags& flags) {
  const Weights weights = read_weights(flags.file);
  const Config config = config_for(weights, flags.knobs);
  check_config(config);
  const std::unique_ptr<Run> run = Run::create(config);
  if (!run) refuse("there is not enough memory for the model in " + in_quotes(weights.path));
  start_from(weights, *run);
  RunFolder folder(flags.out, flags.force ? RunFolder::Existing::replace : RunFolder::Existing::refuse);
  folder.begin(*run, "");
  keep_checkpoint(folder.path(), *run);
  Session session(*run, &folder, {0, {}, flags.json});
  session.train();  // measures step 0
  return session.finish();
}

}  // namespace

Command import_command(CLI::App& app) {
  const auto flags = std::make_shared<ImportFlags>();
  CLI::App* command = app.add_subcommand("import", "Make a run folder from weights that were trained elsewhere");
  command->add_option("file", flags->file, "Safetensors file with TransformerLens' names, or the folder of a run")
      ->type_name("DIR|FILE")
      ->required();
  command->add_option("--out", flags->out, "Folder to make: config.json, metrics.jsonl, summary.json, model.safetensors, checkpoints")
      ->type_name("DIR")
      ->required()
      ->take_last();
  command->add_flag("--force", flags->force, "Replace a run that --out holds already");
  command->add_flag("--json", flags->json, "Print the summary as JSON");
  add_knob_flags(*command, flags->knobs);
  return {command, [flags] { return import_weights(*flags); }};
}

}  // namespace induction
