#pragma once
// Rows of token numbers out of files: NumPy arrays and JSON. Each reader returns a sentence when the bytes are not what it reads.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace induction {

/// The largest token number and one: config.def's largest d_vocab.
inline constexpr uint64_t kMostTokens = 4096;

bool is_npy(std::span<const uint8_t> bytes);
/// Does it begin as a JSON list?
bool is_json_list(std::span<const uint8_t> bytes);

/// `rows`: where each row begins, then the end. A 1-D array or flat list is one row.
std::string read_npy(std::span<const uint8_t> bytes, std::vector<uint32_t>& tokens, std::vector<uint32_t>& rows);
std::string read_json_rows(std::span<const uint8_t> bytes, std::vector<uint32_t>& tokens, std::vector<uint32_t>& rows);

}  // namespace induction
