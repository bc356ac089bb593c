#include "weights.hpp"

#include <filesystem>

#include "refusal.hpp"
#include "run_folder.hpp"

namespace induction {
namespace {

// Is a knob set by preset, file or flags? It is when it comes out the same over two different bases.
template <class T>
bool is_given(const KnobFlags& flags, const Config& base, T Config::*knob, T one, T other) {
  Config a = base, b = base;
  a.*knob = one, b.*knob = other;
  CourseText apart;  // that it may have phases does not matter here
  return chosen_config(flags, a, &apart).*knob == chosen_config(flags, b, &apart).*knob;
}

void refuse_open(const Weights& weights, const std::string& what) { refuse(in_quotes(weights.path) + " does not say " + what); }

}  // namespace

Weights read_weights(const std::string& path) {
  std::error_code none;
  const std::string file = std::filesystem::is_directory(path, none) ? path + "/model.safetensors" : path;
  Weights weights{read_tensor_file(file), file};
  weights.ours = weights.file.metadata.count("config") != 0;
  return weights;
}

Config config_for(const Weights& weights, const KnobFlags& flags, CourseText* parts) {
  if (weights.ours) {
    Config config;
    if (const std::string wrong = config_of(weights.file, config); !wrong.empty()) refuse(in_quotes(weights.path) + ": " + wrong);
    return chosen_config(flags, config, parts);
  }
  Inferred inferred;
  if (const std::string wrong = infer_config(weights.file, inferred); !wrong.empty()) refuse(in_quotes(weights.path) + ": " + wrong);
  using kind::positions;
  if (!is_given(flags, inferred.config, &Config::positions, positions::rotary, positions::none))
    refuse_open(weights, inferred.position_table ? "how its W_pos is used; give --positions learned or --positions shortformer"
                                                 : "how positions work; give --positions rotary, alibi, sinusoidal or none");
  if (!inferred.position_table && !is_given<int64_t>(flags, inferred.config, &Config::n_ctx, 8, 9))
    refuse_open(weights, "how long its sequences are; give --n_ctx");
  if (!inferred.norm_weights && !is_given(flags, inferred.config, &Config::norm, kind::norm::none, kind::norm::rms))
    refuse_open(weights, "whether it has a norm without weights; give --norm none if it has no norm (a folded one has no place here)");
  return chosen_config(flags, inferred.config, parts);
}

void start_from(const Weights& weights, Run& run) {
  if (const std::string wrong = load_weights(weights.file, run); !wrong.empty()) refuse(in_quotes(weights.path) + ": " + wrong);
}

}  // namespace induction
