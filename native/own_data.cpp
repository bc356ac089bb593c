#include "own_data.hpp"

#include "data_file.hpp"
#include "refusal.hpp"

namespace induction {
namespace {

std::shared_ptr<Corpus> parsed(const std::string& path, const Config& config, int64_t most) {
  if (!own_data(config)) {
    if (!path.empty()) refuse("--data is " + in_quotes(path) + "; only the tasks tokens and text read data");
    return nullptr;
  }
  const std::string task = config.task == kind::task::text ? "text" : "tokens";
  if (path.empty()) refuse("task is " + task + ", which needs data; give a file with --data");
  return read_data_file(path, config, most);
}

std::shared_ptr<const Corpus> checked(std::shared_ptr<const Corpus> corpus, const std::string& path, const Config& config) {
  const Problems found = corpus_problems(config, corpus.get());
  if (!found.empty()) refuse(in_quotes(path) + ": " + found[0].message);
  return corpus;
}

// Presets are about tasks that make their own rows, so their d_vocab says nothing about data.
bool says_d_vocab(KnobFlags flags) {
  flags.preset.clear(), flags.preset_option = nullptr;
  Config one, other;
  other.d_vocab = one.d_vocab + 1;
  return chosen_config(flags, one).d_vocab == chosen_config(flags, other).d_vocab;
}

}  // namespace

void add_data_flag(CLI::App& app, std::string& path) {
  app.add_option("--data", path,
                 "Data of the tasks tokens and text, of any size: token rows as JSON or .npy, or plain text (see --vocabulary); "
                 "its last tenth is held out")
      ->type_name("FILE")
      ->take_last();
}

std::shared_ptr<const Corpus> read_data(const std::string& path, const Config& config) {
  return checked(parsed(path, config, config.d_vocab), path, config);
}

std::shared_ptr<const Corpus> read_data(const std::string& path, const Course& course) {
  for (const Phase& phase : course.phases)
    if (own_data(phase.config)) return read_data(path, phase.config);
  return read_data(path, course.phases[0].config);
}

std::shared_ptr<const Corpus> read_data(const std::string& path, const KnobFlags& flags, Config& config) {
  if (!own_data(config) || says_d_vocab(flags)) return read_data(path, config);
  const std::shared_ptr<Corpus> corpus = parsed(path, config, kUsualVocabulary);
  config.d_vocab = std::max<int64_t>(2, static_cast<int64_t>(corpus->labels.size()));
  return checked(corpus, path, config);
}

}  // namespace induction
