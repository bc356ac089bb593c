#include "snapshot.hpp"

#include <cmath>

namespace induction {
namespace {

constexpr const char* kFormat = "induction-playground 1";

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

}  // namespace

std::vector<uint8_t> save_run(Run& run, Contents contents) {
  const Program& program = run.trainer().program;
  const Onset onset = run.state().onset;
  TensorFile file;
  file.metadata = {{"format", kFormat},
                   {"config", config_to_json(run.config())},
                   {"step", std::to_string(run.step())},
                   {"signature", run.signature()},
                   {"onset_previous_token", step_text(onset.previous_token)},
                   {"onset_induction", step_text(onset.induction)}};
  for (const Part& part : kParts) {
    if (contents == Contents::model && *part.prefix) continue;
    for (const TensorId id : program.parameters) {
      const Tensor tensor = moved(program, id, program.*part.region);
      file.arrays.push_back({part.prefix + tensor.name, {tensor.shape.begin(), tensor.shape.end()}, run.cpu().read(tensor)});
    }
  }
  return write_tensors(file);
}

std::string config_of(const TensorFile& file, Config& config) {
  const auto at = file.metadata.find("config");
  if (at == file.metadata.end()) return "the file has no 'config' in its metadata, so it is not a model of this program";
  Config made;
  Problems found = config_from_json(at->second, made);
  if (found.empty()) found = problems(made);
  if (!found.empty()) return "the file's config is not valid: " + found[0].message;
  config = made;
  return {};
}

std::string load_run(const TensorFile& file, Run& run) {
  const Program& program = run.trainer().program;
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
  run.restore(state);
  return {};
}

}  // namespace induction
