#include "sweep_data.hpp"

#include <algorithm>
#include <filesystem>

#include "data_file.hpp"
#include "refusal.hpp"
#include "run_id.hpp"

namespace induction {
namespace {

namespace fs = std::filesystem;

constexpr size_t kKept = 4;  // corpora in memory, at most 32 MiB each and what the index of a large file takes

// The knobs that decide how bytes become tokens.
std::string key_of(const Config& config, bool says_d_vocab) {
  const bool text = config.task == kind::task::text, words = config.vocabulary == kind::vocabulary::word;
  return std::string(text ? "text, " : "tokens, ") + (words ? "words" : "characters") +
         (says_d_vocab ? ", d_vocab " + std::to_string(config.d_vocab) : "");
}

fs::path absolute(const std::string& path) {
  std::error_code none;
  return fs::weakly_canonical(fs::absolute(path, none), none);
}

}  // namespace

SweepData::SweepData(const Json& value, const std::string& folder, const std::string& where, DataUse use) : where_(where), use_(use) {
  const bool kept = value.is_object() && value.contains("file") && value.contains("known") && value.size() == 2;
  const Json& file = kept ? value["file"] : value;
  if (!file.is_string() || file.get_ref<const std::string&>().empty() || file.get_ref<const std::string&>().size() > 4096)
    refuse(where + " must be the name of a file, relative to the spec's folder");
  given_ = file.get<std::string>();
  path_ = fs::path(given_).is_absolute() || folder.empty() ? given_ : (fs::path(folder) / given_).string();
  if (kept) read_known(value["known"]);
}

void SweepData::read_known(const Json& known) {
  uint64_t ignored = 0;
  if (!known.is_object()) refuse(where_ + ": known must be an object");
  for (const auto& [key, facts] : known.items()) {
    const bool good = facts.is_object() && facts.contains("hash") && facts["hash"].is_string() && facts.contains("d_vocab") &&
                      facts["d_vocab"].is_number_unsigned() && id_from_text(facts["hash"].get<std::string>(), ignored);
    if (!good) refuse(where_ + ": known." + key.substr(0, 40) + " must have a hash and a d_vocab; name the file alone, and they are found");
    known_[key] = {facts["hash"].get<std::string>(), facts["d_vocab"].get<int64_t>()};
  }
}

// The lock is held.
std::shared_ptr<const Corpus> SweepData::find(const std::string& key, const Config& config, bool says_d_vocab) {
  for (const auto& [other, corpus] : recent_)
    if (other == key) return corpus;
  std::shared_ptr<const Corpus> corpus = read_data_file(path_, config, says_d_vocab ? config.d_vocab : kUsualVocabulary);
  const auto [at, fresh] = known_.try_emplace(key, Facts{corpus->hash, std::max<int64_t>(2, static_cast<int64_t>(corpus->labels.size()))});
  if (!fresh && at->second.hash != corpus->hash)
    refuse(induction::in_quotes(path_) + " is not the data that the sweep began with: its hash is " + corpus->hash +
           ", and that of the data then was " + at->second.hash);
  recent_.emplace_front(key, corpus);
  if (recent_.size() > kKept) recent_.pop_back();
  return corpus;
}

const SweepData::Facts& SweepData::facts(const Config& config, bool says_d_vocab) {
  const std::lock_guard<std::mutex> guard(mutex_);
  const std::string key = key_of(config, says_d_vocab);
  if (use_ == DataUse::read) find(key, config, says_d_vocab);
  const auto at = known_.find(key);
  if (at == known_.end()) refuse(where_ + " has no hash of the data for " + key + "; induction sweep with that spec adds it");
  return at->second;
}

std::shared_ptr<const Corpus> SweepData::corpus(const Config& config, bool says_d_vocab) {
  const std::lock_guard<std::mutex> guard(mutex_);
  return find(key_of(config, says_d_vocab), config, says_d_vocab);
}

std::string SweepData::name() const { return fs::path(given_).filename().string(); }

Json SweepData::kept(const std::string& folder) const {
  Json known = Json::object();
  for (const auto& [key, facts] : known_) known[key] = {{"hash", facts.hash}, {"d_vocab", facts.d_vocab}};
  const std::string file = fs::path(given_).is_absolute() ? given_ : absolute(path_).lexically_relative(absolute(folder)).string();
  return {{"file", file}, {"known", std::move(known)}};
}

std::string SweepData::difference(const SweepData& older) const {
  if (name() != older.name()) return {};
  for (const auto& [key, facts] : known_)
    if (const auto at = older.known_.find(key); at != older.known_.end() && at->second.hash != facts.hash)
      return induction::in_quotes(path_) + " is not the data that was read there before: its hash is " + facts.hash + ", and it was " +
             at->second.hash;
  return {};
}

}  // namespace induction
