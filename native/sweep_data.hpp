#pragma once
// The data that a sweep's runs read: the file of a spec's member `data`, and what spec.json in the sweep's folder remembers of it.

#include <deque>
#include <map>
#include <memory>
#include <mutex>

#include "course.hpp"
#include "data/corpus.hpp"
#include "sweep_draw.hpp"

namespace induction {

/// `remembered`: the file is not looked at, as where the results of a sweep are joined on another computer.
enum class DataUse : uint8_t { read, remembered };

/// One file, as the task, vocabulary and d_vocab of a run cut it. Threads may share it.
class SweepData {
 public:
  /// `value`: the name of a file, relative to `folder`, or what kept() wrote. `where` begins the sentence of a refusal.
  SweepData(const Json& value, const std::string& folder, const std::string& where, DataUse use);

  struct Facts {
    std::string hash;     // of the data as the run reads it
    int64_t d_vocab = 2;  // tokens, two at least
  };
  /// `says_d_vocab`: the spec says how many tokens there are; else the data does, up to kUsualVocabulary for text. Refuses data that is not
  /// what is remembered, or not there.
  const Facts& facts(const Config& config, bool says_d_vocab);
  /// Reads the file unless one of the last runs did. Only with DataUse::read.
  std::shared_ptr<const Corpus> corpus(const Config& config, bool says_d_vocab);

  std::string name() const;
  /// {"file", "known"} for spec.json in this folder: the file's name from there, and the facts by the knobs that they depend on.
  Json kept(const std::string& folder) const;
  /// A sentence when both know the same file and differ about it.
  std::string difference(const SweepData& older) const;

 private:
  void read_known(const Json& known);
  std::shared_ptr<const Corpus> find(const std::string& key, const Config& config, bool says_d_vocab);

  std::string given_, path_, where_;
  DataUse use_;
  std::mutex mutex_;  // of all below
  std::map<std::string, Facts> known_;
  std::deque<std::pair<std::string, std::shared_ptr<const Corpus>>> recent_;
};

}  // namespace induction
