#pragma once
// A file of own data that is too large to be kept in memory: read where a row is needed.

#include <memory>

#include "data/corpus.hpp"

namespace induction {

/// Reads a file's data. Up to kMaxCorpusBytes, and whatever is no regular file, such as a pipe, is kept in memory; a larger file stays open
/// and is read piece by piece for as long as the Corpus lives. Refuses what is not data, and, at any later read, a file that has changed.
std::shared_ptr<Corpus> read_data_file(const std::string& path, const Config& config, int64_t most);

}  // namespace induction
