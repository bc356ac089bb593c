#include "opened.hpp"

#include <algorithm>

namespace induction {
namespace {

std::string metadata_of(const TensorFile& file, const char* key) {
  const auto at = file.metadata.find(key);
  return at == file.metadata.end() ? "" : at->second;
}

bool has_optimiser(const TensorFile& file) {
  return std::any_of(file.arrays.begin(), file.arrays.end(),
                     [](const NamedArray& array) { return array.name.rfind("optimizer.m.", 0) == 0; });
}

std::string look_at_own(const TensorFile& file, Opened& made) {
  // A newer version's course may have what this one cannot read.
  if (std::string wrong = format_problem(file); !wrong.empty()) return wrong;
  if (std::string wrong = course_of(file, made.course); !wrong.empty()) return wrong;
  made.data_name = metadata_of(file, "corpus_name").substr(0, 60);
  made.kind = has_optimiser(file) ? FileKind::run : FileKind::model;
  if (made.kind == FileKind::model) {
    // Parameters alone begin anew: the Config in force is all that counts.
    Config config;
    if (std::string wrong = config_of(file, config); !wrong.empty()) return wrong;
    made.course = Course(config);
    return {};
  }
  const std::string step = metadata_of(file, "step");
  if (step.empty() || step.size() > 15 || step.find_first_not_of("0123456789") != std::string::npos)
    return "the file's metadata has no step";
  made.step = std::stoull(step);
  return {};
}

}  // namespace

const char* file_kind_name(FileKind kind) {
  constexpr const char* names[] = {"run", "model", "weights"};
  return names[static_cast<size_t>(kind)];
}

std::vector<std::string> Opened::open_positions() const {
  if (kind != FileKind::weights || inferred.config.positions == kind::positions::t5) return {};
  if (inferred.position_table) return {"learned", "shortformer"};
  return {"rotary", "alibi", "sinusoidal", "none"};
}

std::string look_at(const TensorFile& file, Opened& opened) {
  Opened made;
  std::string wrong;
  if (file.metadata.count("config")) {
    wrong = look_at_own(file, made);
  } else {
    wrong = infer_config(file, made.inferred);
    made.course = Course(made.inferred.config);
  }
  if (wrong.empty()) opened = std::move(made);
  return wrong;
}

std::string open_into(const TensorFile& file, const Opened& opened, Run& run) {
  if (opened.kind != FileKind::run) return load_weights(file, run);
  if (std::string wrong = load_run(file, run); !wrong.empty()) return wrong;
  const std::string saved = metadata_of(file, "signature");
  if (saved.empty() || saved == run.signature()) return {};
  return "the file was saved with signature " + saved.substr(0, 16) + ", but its numbers have " + run.signature() + ": it was changed";
}

}  // namespace induction
