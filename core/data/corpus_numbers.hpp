#pragma once
// Rows of token numbers out of files: NumPy arrays and JSON. Each reader returns a sentence when the bytes are not what it reads.

#include <string>

#include "corpus.hpp"

namespace induction {

/// The largest token number and one: config.def's largest d_vocab.
inline constexpr uint64_t kMostTokens = 4096;

bool is_npy(const ByteSource& source);
/// Does it begin as a JSON list?
bool is_json_list(const ByteSource& source);

/// Rows, and how to read tokens; `vocabulary`: the largest number and one. A 1-D array or flat list is one row.
std::string scan_npy(const ByteSource& source, Corpus& corpus, uint32_t& vocabulary);
std::string scan_json_rows(const ByteSource& source, Corpus& corpus, uint32_t& vocabulary);

}  // namespace induction
