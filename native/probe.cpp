// `induction probe`: every named activation, and gradient if asked, of a saved model on given token rows; and its circuits.

#include <filesystem>
#include <nlohmann/json.hpp>

#include "circuits.hpp"
#include "command.hpp"
#include "files.hpp"
#include "machine.hpp"
#include "own_data.hpp"
#include "refusal.hpp"
#include "run_folder.hpp"

namespace induction {
namespace {

constexpr size_t kMostRows = 1024;             // as the knob batch: with more, a tensor's size could pass 32 bits
constexpr uint64_t kMaxTokensFile = 16 << 20;  // bytes; 1024 of the longest rows have about one million

struct ProbeFlags {
  std::string model, tokens, out, circuits, data;
  std::string rows = "4";  // held-out rows when no --tokens are given
  bool gradients = false, json = false;
};

// What the model reads and what it shall predict (kNoTarget: nothing).
struct ProbeRow {
  std::vector<uint32_t> tokens;
  std::vector<int32_t> targets;
};
using TokenRows = std::vector<ProbeRow>;

// A JSON value in a sentence. Lists are not spelt out: a hostile one may be nested too deeply for that.
std::string value_text(const nlohmann::json& value) {
  if (value.is_structured()) return "a list or an object";
  return value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace).substr(0, 40);
}

ProbeRow parse_row(const nlohmann::json& row, const std::string& where, const Config& config) {
  if (!row.is_array()) refuse(where + " is not an array of tokens");
  if (row.size() < 2 || row.size() > static_cast<size_t>(config.n_ctx) + 1)
    refuse(where + " has " + std::to_string(row.size()) + " tokens; it must have 2 to " + std::to_string(config.n_ctx + 1) +
           " (n_ctx + 1)");
  std::vector<uint32_t> tokens;
  for (size_t t = 0; t < row.size(); ++t) {
    const bool whole = row[t].is_number_unsigned() && row[t].get<uint64_t>() < static_cast<uint64_t>(token_count(config));
    if (!whole)
      refuse(where + ", position " + std::to_string(t) + " is " + value_text(row[t]) + "; it must be a whole number from 0 to " +
             std::to_string(token_count(config) - 1) + " (d_vocab " + std::to_string(config.d_vocab) + ")");
    tokens.push_back(row[t].get<uint32_t>());
  }
  // A row of n_ctx + 1 tokens has a target at each position; in a shorter one the last position has none.
  std::vector<int32_t> targets(tokens.begin() + 1, tokens.end());
  if (tokens.size() > static_cast<size_t>(config.n_ctx))
    tokens.pop_back();
  else
    targets.push_back(kNoTarget);
  return {std::move(tokens), std::move(targets)};
}

TokenRows read_rows(const std::string& path, const Config& config) {
  const auto root = nlohmann::json::parse(read_text(path, kMaxTokensFile), nullptr, false);
  if (root.is_discarded()) refuse(quoted(path) + " is not valid JSON");
  if (!root.is_array() || root.empty()) refuse(quoted(path) + " must be an array of token rows, such as [[1, 2, 3, 1, 2, 3]]");
  if (root.size() > kMostRows)
    refuse(quoted(path) + " has " + std::to_string(root.size()) + " rows; it may have " + std::to_string(kMostRows));
  TokenRows rows;
  for (size_t r = 0; r < root.size(); ++r) {
    const std::string where = quoted(path) + ": row " + std::to_string(r);
    rows.push_back(parse_row(root[r], where, config));
    if (root[r].size() != root[0].size())
      refuse(where + " has " + std::to_string(root[r].size()) + " tokens and row 0 has " + std::to_string(root[0].size()) +
             "; all rows must be equally long");
  }
  return rows;
}

TokenRows held_out_rows(const Config& config, uint64_t n, const std::shared_ptr<const Corpus>& corpus) {
  TokenRows rows;
  for (const Sequence& sequence : Dataset(config, corpus).held_out(static_cast<uint32_t>(n)))
    rows.push_back({sequence.tokens, sequence.targets});
  return rows;
}

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
  if (!run) refuse("there is not enough memory for the model in " + quoted(path));
  if (const std::string wrong = load_run(file, *run); !wrong.empty()) refuse(quoted(path) + ": " + wrong);
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
  for (const auto& [flag, out] : {std::pair{"--out", flags.out}, {"--circuits", flags.circuits}})
    if (same_file(path, out)) refuse(std::string(flag) + " is " + quoted(out) + ", which is the model itself");
  TensorFile file = read_tensor_file(path);
  Config config;
  if (const std::string wrong = config_of(file, config); !wrong.empty()) refuse(quoted(path) + ": " + wrong);
  std::shared_ptr<const Corpus> corpus;
  if (flags.tokens.empty() || !flags.circuits.empty() || !flags.data.empty()) corpus = read_data(flags.data, config);
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
  if (!report) refuse("there is not enough memory for the circuit probes of " + quoted(model.path));
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

int probe(const ProbeFlags& flags) {
  if (flags.out.empty() && flags.circuits.empty()) refuse("--out or --circuits is required: nothing else says where to write");
  if (flags.out.empty() && (flags.gradients || !flags.tokens.empty()))
    refuse(std::string(flags.gradients ? "--gradients" : "--tokens") + " needs --out; --circuits always reads the held-out rows");
  const Loaded model = load_model(flags);
  Told told = Told::object();
  if (!flags.out.empty()) write_activations(flags, model, told);
  if (!flags.circuits.empty()) write_circuits(flags, model, told);
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
  add_data_flag(*command, flags->data);
  command->add_flag("--gradients", flags->gradients, "Write the gradients of the mean loss too, as grad.NAME");
  command->add_flag("--json", flags->json, "The report as JSON");
  return {command, [flags] { return probe(*flags); }};
}

}  // namespace induction
