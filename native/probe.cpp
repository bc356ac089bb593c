// `induction probe`: every named activation, and gradient if asked, of a saved model on given token rows; and its circuits.

#include <filesystem>

#include "circuits.hpp"
#include "command.hpp"
#include "files.hpp"
#include "learning_coefficient.hpp"
#include "machine.hpp"
#include "own_data.hpp"
#include "patches.hpp"
#include "refusal.hpp"
#include "run_folder.hpp"
#include "token_rows.hpp"

namespace induction {
namespace {

struct ProbeFlags {
  std::string model, tokens, out, circuits, data, patch, patched, llc;
  std::string rows = "4";  // held-out rows when no --tokens are given
  bool gradients = false, json = false;
  LlcFlags sampler;
};

void write_rows(const TokenRows& rows, Cpu<float>& cpu) {
  const Program& program = cpu.program();
  for (size_t b = 0; b < rows.size(); ++b)
    for (size_t t = 0; t < program.length; ++t) {
      const size_t at = b * program.length + t;
      cpu.data(program.tokens)[at] = static_cast<float>(rows[b].tokens[t]);
      cpu.data(program.targets)[at] = static_cast<float>(rows[b].targets[t]);
    }
}

// The model's parameters, through a Run of one row: the layout does not depend on the batch.
std::vector<float> read_parameters(const TensorFile& file, const std::string& path, Config config,
                                   const std::shared_ptr<const Corpus>& corpus) {
  config.batch = 1;
  const std::unique_ptr<Run> run = Run::create(config, 1, {}, default_kernels<float>(), corpus);
  if (!run) refuse("there is not enough memory for the model in " + in_quotes(path));
  if (const std::string wrong = load_run(file, *run); !wrong.empty()) refuse(in_quotes(path) + ": " + wrong);
  return run->state().parameters;
}

NamedArray named_array(const Cpu<float>& cpu, const std::string& name, const Tensor& tensor) {
  return {name, {tensor.shape.begin(), tensor.shape.end()}, cpu.read(tensor)};
}

// loss is cut to the positions that have a target.
NamedArray counted_loss(const Cpu<float>& cpu, uint32_t counted) {
  Tensor loss = cpu.program().tensors[cpu.program().loss];
  loss.shape[1] = counted;
  return named_array(cpu, loss.name, loss);
}

std::vector<NamedArray> collect(const Cpu<float>& cpu, uint32_t counted, bool gradients) {
  const Program& program = cpu.program();
  std::vector<NamedArray> arrays;
  for (TensorId id = 0; id < program.tensors.size(); ++id) {
    const Tensor& tensor = program.tensors[id];
    if (tensor.name.empty() || tensor.name.rfind("grad.", 0) == 0 || (id == program.gradient_norm && !gradients)) continue;
    arrays.push_back(id == program.loss ? counted_loss(cpu, counted) : named_array(cpu, tensor.name, tensor));
    const TensorId gradient = program.gradient[id];
    if (gradients && gradient != kNoTensor) arrays.push_back(named_array(cpu, "grad." + tensor.name, program.tensors[gradient]));
  }
  return arrays;
}

bool same_file(const std::string& a, const std::string& b) {
  std::error_code none;
  return std::filesystem::equivalent(a, b, none);
}

// A model as it was read: what both kinds of output start from.
struct Loaded {
  std::string path;
  TensorFile file;
  Config config;
  std::shared_ptr<const Corpus> corpus;  // of a task that reads data
  std::vector<float> parameters;
};

Loaded load_model(const ProbeFlags& flags) {
  std::error_code none;
  const std::string path = std::filesystem::is_directory(flags.model, none) ? flags.model + "/model.safetensors" : flags.model;
  for (const auto& [flag, out] :
       {std::pair{"--out", flags.out}, {"--circuits", flags.circuits}, {"--patched", flags.patched}, {"--llc", flags.llc}})
    if (same_file(path, out)) refuse(std::string(flag) + " is " + in_quotes(out) + ", which is the model itself");
  TensorFile file = read_tensor_file(path);
  Config config;
  if (const std::string wrong = config_of(file, config); !wrong.empty()) refuse(in_quotes(path) + ": " + wrong);
  std::shared_ptr<const Corpus> corpus;
  const bool rows = !flags.out.empty() && flags.tokens.empty();
  if (rows || !flags.circuits.empty() || !flags.llc.empty() || !flags.data.empty()) corpus = read_data(flags.data, config);
  std::vector<float> parameters = read_parameters(file, path, config, corpus);
  return {path, std::move(file), config, std::move(corpus), std::move(parameters)};
}

// The report of --json: what was written, and where.
using Told = nlohmann::ordered_json;

void write_activations(const ProbeFlags& flags, const Loaded& model, Told& told) {
  const Config& config = model.config;
  const TokenRows tokens = flags.tokens.empty() ? held_out_rows(config, whole_number("--rows", flags.rows, 1, kMostRows), model.corpus)
                                                : read_rows(flags.tokens, config);
  const auto length = static_cast<uint32_t>(tokens[0].tokens.size());
  const uint32_t counted = tokens[0].targets.back() == kNoTarget ? length - 1 : length;
  const Rows rows{static_cast<uint32_t>(tokens.size()), length, counted};
  const Program program = record_model(for_evaluation(config), rows, Mode::plain);
  check_memory(program.memory_floats(1) * sizeof(float), "a probe of " + std::to_string(rows.batch) + " rows", "give fewer rows");
  Cpu<float> cpu(program);
  if (!cpu.ok()) refuse("there is not enough memory for " + std::to_string(tokens.size()) + " rows; give fewer");
  std::copy(model.parameters.begin(), model.parameters.end(), cpu.region(program.parameter_region).begin());
  write_rows(tokens, cpu);
  cpu.run(flags.gradients);
  if (flags.gradients) cpu.finish_gradient();

  TensorFile result;
  result.metadata = {
      {"format", "induction-playground activations 1"}, {"config", config_to_json(config)}, {"step", model.file.metadata.at("step")}};
  result.arrays = collect(cpu, rows.counted, flags.gradients);
  write_atomic(flags.out, write_tensors(result));
  if (flags.json)
    told.update({{"out", flags.out}, {"tensors", result.arrays.size()}, {"rows", tokens.size()}});
  else
    print_out(std::to_string(result.arrays.size()) + " tensors of " + std::to_string(tokens.size()) + " rows written to " + flags.out +
              "\n");
}

void write_circuits(const ProbeFlags& flags, const Loaded& model, Told& told) {
  check_memory(circuits_memory(model.config), "the circuit probes of this model", "probe a smaller model");
  const std::optional<CircuitReport> report = measure_circuits(model.config, model.parameters, model.corpus);
  if (!report) refuse("there is not enough memory for the circuit probes of " + in_quotes(model.path));
  const uint64_t step = std::stoull(model.file.metadata.at("step"));
  std::error_code none;
  std::optional<std::string> metrics;
  if (std::filesystem::is_regular_file(flags.model + "/metrics.jsonl", none)) metrics = metrics_before(flags.model, step + 1);
  write_atomic(flags.circuits, circuits_json(*report, model.config, step, metrics));
  if (flags.json)
    told.update({{"circuits", flags.circuits}, {"heads", report->heads.size()}});
  else
    print_out("circuits of " + std::to_string(report->heads.size()) + " heads written to " + flags.circuits + "\n");
}

// What was patched goes to a file, or to standard output.
void write_patches(const ProbeFlags& flags, const Loaded& model, Told& told) {
  const std::string text = patches_json(model.config, model.parameters, flags.patch);
  if (flags.patched.empty()) return print_out(text);
  write_atomic(flags.patched, text);
  if (flags.json)
    told.update({{"patched", flags.patched}});
  else
    print_out("patches of " + flags.patch + " written to " + flags.patched + "\n");
}

void write_llc(const ProbeFlags& flags, const Loaded& model, Told& told) {
  const LlcReport report = measure_llc(model.config, model.parameters, model.corpus, flags.sampler);
  write_atomic(flags.llc, report.json);
  if (flags.json)
    told.update({{"llc", flags.llc}, {"local_learning_coefficient", report.estimate.coefficient}});
  else
    print_out(report.sentence + ", written to " + flags.llc + "\n");
}

void check_flags(const ProbeFlags& flags) {
  if (flags.out.empty() && flags.circuits.empty() && flags.patch.empty() && flags.llc.empty())
    refuse("--out, --circuits, --patch or --llc is required: nothing else says what to write");
  if (flags.out.empty() && (flags.gradients || !flags.tokens.empty()))
    refuse(std::string(flags.gradients ? "--gradients" : "--tokens") + " needs --out; --circuits always reads the held-out rows");
  if (flags.patch.empty() && !flags.patched.empty()) refuse("--patched needs --patch, the prompts");
  if (flags.json && !flags.patch.empty() && flags.patched.empty())
    refuse("--json with --patch needs --patched, for the patches are JSON themselves");
}

int probe(const ProbeFlags& flags) {
  check_flags(flags);
  const Loaded model = load_model(flags);
  Told told = Told::object();
  if (!flags.out.empty()) write_activations(flags, model, told);
  if (!flags.circuits.empty()) write_circuits(flags, model, told);
  if (!flags.patch.empty()) write_patches(flags, model, told);
  if (!flags.llc.empty()) write_llc(flags, model, told);
  if (flags.json) print_out(told.dump() + "\n");
  return kDone;
}

}  // namespace

Command probe_command(CLI::App& app) {
  const auto flags = std::make_shared<ProbeFlags>();
  CLI::App* command =
      app.add_subcommand("probe", "Write every activation of a saved model for given token rows, or what its heads and weights do");
  command->add_option("--model", flags->model, "Folder of a run, or a model.safetensors")->type_name("DIR|FILE")->required()->take_last();
  command->add_option("--tokens", flags->tokens, "JSON array of equally long token rows (default: held-out rows)")
      ->type_name("FILE.json")
      ->take_last();
  command
      ->add_option("--rows", flags->rows,
                   "Held-out rows when no --tokens are given; the first 32 are those that training is measured on (default 4)")
      ->type_name("N")
      ->take_last();
  command->add_option("--out", flags->out, "Where to write the tensors, under TransformerLens' names")
      ->type_name("FILE.safetensors")
      ->take_last();
  command->add_option("--circuits", flags->circuits, "Where to write the circuit probes of the held-out rows, see docs/probes.md")
      ->type_name("FILE.json")
      ->take_last();
  command
      ->add_option("--patch", flags->patch,
                   "Two prompts, {\"clean\": [...], \"corrupted\": [...]}: which head and place brings the answer back?")
      ->type_name("FILE.json")
      ->take_last();
  command->add_option("--patched", flags->patched, "Where to write what --patch finds (default: standard output)")
      ->type_name("FILE.json")
      ->take_last();
  command->add_option("--llc", flags->llc, "Where to write the local learning coefficient, sampled around the model")
      ->type_name("FILE.json")
      ->take_last();
  add_llc_flags(*command, flags->sampler);
  add_data_flag(*command, flags->data);
  command->add_flag("--gradients", flags->gradients, "Write the gradients of the mean loss too, as grad.NAME");
  command->add_flag("--json", flags->json, "The report as JSON");
  return {command, [flags] { return probe(*flags); }};
}

}  // namespace induction
