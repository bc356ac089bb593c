#include "snapshot.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "snapshot_parts.hpp"
#include "text.hpp"

namespace induction {
namespace {

constexpr const char *kProgram = "induction-playground ", *kFormat = "induction-playground 1";

std::string step_text(const std::optional<uint64_t>& step) { return step ? std::to_string(*step) : ""; }

// The view of parameter `id` inside another region of the same layout.
Tensor moved(const Program& program, TensorId id, const Region& region) {
  Tensor tensor = program.tensors[id];
  tensor.offset = tensor.offset - program.parameter_region.offset + region.offset;
  return tensor;
}

struct Part {
  const char* prefix;
  Region Program::*region;
};
constexpr Part kParts[] = {
    {"", &Program::parameter_region}, {"optimizer.m.", &Program::moment1_region}, {"optimizer.v.", &Program::moment2_region}};

bool whole_number(const std::map<std::string, std::string>& metadata, const char* key, std::optional<uint64_t>& value) {
  const auto at = metadata.find(key);
  if (at == metadata.end() || at->second.empty()) return false;
  if (at->second.size() > 18 || at->second.find_first_not_of("0123456789") != std::string::npos) return false;
  value = std::strtoull(at->second.c_str(), nullptr, 10);
  return true;
}

// A number from 0 to 1; 0 when there is none such.
double share_of(const std::map<std::string, std::string>& metadata, const char* key) {
  const auto at = metadata.find(key);
  if (at == metadata.end() || at->second.size() > 24 || at->second.find_first_not_of("0123456789.e-") != std::string::npos) return 0;
  const double x = std::strtod(at->second.c_str(), nullptr);
  return x >= 0 && x <= 1 ? x : 0;
}

// What the file's interventions had measured. A sentence when an array does not fit.
std::string read_held(const TensorFile& file, const Config& config, HeldValues& held) {
  const std::string prefix = kHeld;
  for (const NamedArray& array : file.arrays) {
    Intervention one;
    if (array.name.rfind(prefix, 0) != 0) continue;
    if (std::string wrong = read_intervention(array.name.substr(prefix.size()), one); !wrong.empty()) return wrong;
    const Shape shape = {static_cast<uint32_t>(values_needed(one, config))};
    if (std::string wrong = check_array(&array, array.name, shape); !wrong.empty()) return wrong;
    held[text_of(one)] = array.values;
  }
  return {};
}

// A run on a reader's own data goes on with the same data only.
std::string check_corpus(const TensorFile& file, const Corpus* corpus) {
  const auto hash = file.metadata.find("corpus"), name = file.metadata.find("corpus_name");
  if (!corpus || hash == file.metadata.end() || hash->second == corpus->hash) return {};
  const std::string used = name == file.metadata.end() ? "" : " ('" + name->second.substr(0, 60) + "')";
  return "the data is not what the run was trained on" + used + ": its hash is " + corpus->hash + ", and the file says " +
         hash->second.substr(0, 16);
}

}  // namespace

std::string shape_text(const std::vector<uint64_t>& shape) {
  std::string text = "[";
  for (const uint64_t n : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(n);
  return text + "]";
}

std::string check_array(const NamedArray* array, const std::string& name, const Shape& shape) {
  if (!array) return "the file has no tensor '" + name + "'";
  const std::vector<uint64_t> wanted(shape.begin(), shape.end());
  if (array->shape != wanted) return "tensor '" + name + "' has shape " + shape_text(array->shape) + "; it must be " + shape_text(wanted);
  for (const float x : array->values)
    if (!std::isfinite(x)) return "tensor '" + name + "' holds a number that is not finite";
  return {};
}

std::vector<uint8_t> save_run(Run& run, Contents contents) {
  const Program& program = run.trainer().program;
  const State state = run.state();
  const Onset& onset = state.onset;
  TensorFile file;
  file.metadata = {{"format", kFormat},
                   {"config", config_to_json(run.config())},
                   {"step", std::to_string(run.step())},
                   {"signature", run.signature()},
                   {"onset_previous_token", step_text(onset.previous_token)},
                   {"onset_induction", step_text(onset.induction)},
                   {"best_accuracy", number_text(onset.best.accuracy)},
                   {"best_accuracy_step", std::to_string(onset.best.step)}};
  if (run.numerics() == Numerics::fast) file.metadata["numerics"] = "fast";
  if (!run.course().plain()) file.metadata["course"] = course_to_json(run.course());
  if (const Corpus* corpus = run.trainer().dataset.corpus()) {
    file.metadata["corpus"] = corpus->hash;
    file.metadata["corpus_name"] = corpus->name;
  }
  for (const Part& part : kParts) {
    if (contents == Contents::model && *part.prefix) continue;
    for (const TensorId id : program.parameters) {
      const Tensor tensor = moved(program, id, program.*part.region);
      file.arrays.push_back({part.prefix + tensor.name, {tensor.shape.begin(), tensor.shape.end()}, run.cpu().read(tensor)});
    }
  }
  if (contents == Contents::checkpoint)
    for (const auto& [text, values] : state.held) file.arrays.push_back({kHeld + text, {values.size()}, values});
  return write_tensors(file);
}

std::string format_problem(const TensorFile& file) {
  const auto format = file.metadata.find("format");
  if (format == file.metadata.end() || format->second == kFormat || format->second.rfind(kProgram, 0) != 0) return {};
  return "the file was made by a newer version of this program ('" + format->second.substr(0, 40) + "'; this one reads '" + kFormat + "')";
}

std::string config_of(const TensorFile& file, Config& config) {
  if (std::string wrong = format_problem(file); !wrong.empty()) return wrong;
  const auto at = file.metadata.find("config");
  if (at == file.metadata.end()) return "the file has no 'config' in its metadata, so it is not a model of this program";
  Config made;
  Problems found = config_from_json(at->second, made);
  if (found.empty()) found = problems(made);
  if (!found.empty()) return "the file's config is not valid: " + found[0].message;
  config = made;
  return {};
}

Numerics numerics_of(const TensorFile& file) {
  const auto at = file.metadata.find("numerics");
  return at != file.metadata.end() && at->second == "fast" ? Numerics::fast : Numerics::exact;
}

std::string course_of(const TensorFile& file, Course& course) {
  const auto at = file.metadata.find("course");
  if (at == file.metadata.end()) {
    Config config;
    std::string wrong = config_of(file, config);
    if (wrong.empty()) course = Course(config);
    return wrong;
  }
  Course made;
  Problems found = course_from_json(at->second, made);
  if (found.empty()) found = problems(made);
  if (!found.empty()) return "the file's course is not valid: " + found[0].message;
  course = made;
  return {};
}

std::string load_run(const TensorFile& file, Run& run) {
  const Program& program = run.trainer().program;
  if (std::string wrong = check_corpus(file, run.trainer().dataset.corpus()); !wrong.empty()) return wrong;
  const bool checkpoint = file.find("optimizer.m." + program.tensors[program.parameters[0]].name) != nullptr;
  for (const Part& part : kParts) {
    if (*part.prefix && !checkpoint) continue;
    for (const TensorId id : program.parameters) {
      const Tensor& tensor = program.tensors[id];
      const std::string name = part.prefix + tensor.name;
      if (std::string wrong = check_array(file.find(name), name, tensor.shape); !wrong.empty()) return wrong;
    }
  }
  std::optional<uint64_t> step;
  if (!whole_number(file.metadata, "step", step)) return "the file's metadata has no step";
  HeldValues held;
  if (std::string wrong = read_held(file, run.config(), held); !wrong.empty()) return wrong;
  for (const Part& part : kParts)
    for (const TensorId id : program.parameters) {
      const Tensor tensor = moved(program, id, program.*part.region);
      const NamedArray* array = file.find(part.prefix + tensor.name);
      if (array) run.cpu().write(tensor, array->values);
    }
  State state = run.state();
  state.step = *step;
  state.onset = {};
  whole_number(file.metadata, "onset_previous_token", state.onset.previous_token);
  whole_number(file.metadata, "onset_induction", state.onset.induction);
  std::optional<uint64_t> best_step;
  if (whole_number(file.metadata, "best_accuracy_step", best_step))
    state.onset.best = {share_of(file.metadata, "best_accuracy"), *best_step};
  state.held = held;
  return run.restore(state) ? "" : "there is not enough memory for the phase that the file's step lies in";
}

}  // namespace induction
